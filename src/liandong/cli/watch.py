"""Watching a node: audit (also from another machine, with read rights) and peers."""

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.table import Table

from liandong.cli.common import SettingsOption, load, out, run

LINK = {"up": "通 up", "slow": "慢 slow", "down": "断 down", "never": "未应答 never"}


def audit(
    settings: SettingsOption,
    keep_watching: Annotated[
        bool, typer.Option("--watch", help="一直看下去，一行一条 JSON / go on, one JSON object a line")
    ] = False,
    rounds: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """独立核查：时限、转交、消息和后台是否都在动；有发现时退出码为 1 / Check from outside that everything moves; exit code 1 on findings."""
    import msgspec

    from liandong.audit.model import AuditError
    from liandong.audit.watch import News, look_once, news, watch
    from liandong.cli.common import fail
    from liandong.core.clock import SystemClock
    from liandong.node import auditor_of, policy_of

    loaded = load(settings)
    try:
        auditor = auditor_of(loaded, policy_of(loaded))
    except (AuditError, OSError, ValueError) as error:
        fail(f"设置有误（the settings can't be used）：{error}")

    def tell(one: News) -> None:
        sys.stdout.write(msgspec.json.encode(one).decode() + "\n")
        sys.stdout.flush()

    if keep_watching:
        run(watch(loaded.dsn, auditor, SystemClock(), tell, rounds=rounds))
        return
    looked = run(look_once(loaded.dsn, auditor, SystemClock()))
    for one in looked.found:
        _print(news(auditor, one, looked.at, "open"))
    out.print(f"{len(looked.found)} 处发现 / findings", highlight=False)
    raise typer.Exit(1 if looked.found else 0)


def _print(one: Any) -> None:
    out.print(f"[bold]{one.severity}[/] {one.kind}", highlight=False)
    out.print(f"    {one.zh}\n    {one.en}", markup=False, highlight=False, soft_wrap=True)


def peers(settings: SettingsOption) -> None:
    """对接中心与链路 / The other centres and the links with them."""
    from liandong.catalogue.centres import default_centres
    from liandong.core import db
    from liandong.node import understood
    from liandong.peers.asking import profile_of
    from liandong.peers.listing import list_peers

    loaded = load(settings)

    async def read() -> list[Any]:
        connection = await db.connect(loaded.dsn, name="liandong cli")
        try:
            profiles = [profile_of(code, default_centres()) for code in loaded.peers]
            return list(await list_peers(connection, profiles, kinds=understood()))
        finally:
            await connection.close()

    found = run(read())
    out.print(_peer_table(found))
    for one in found:
        for note in _notes(one):
            out.print(f"{one.code}：{note}", markup=False, highlight=False, soft_wrap=True)


def _peer_table(found: list[Any]) -> Table:
    headings = (
        "中心 / peer",
        "链路 / link",
        "自 / since",
        "毫秒 / ms",
        "席位 / desk",
        "待发 / waiting",
        "死信 / dead",
        "版本 / version",
    )
    table = Table(*headings)
    for one in found:
        desk = {None: "—", True: "有人 open", False: "无人 closed"}[one.desk_open]
        waiting = f"{one.pending}" + (f"（{_clock(one.oldest_waiting_at)}）" if one.pending else "")
        latency = "—" if one.latency_ms is None else str(one.latency_ms)
        link = (LINK[one.state], _clock(one.since), latency)
        table.add_row(one.code, *link, desk, waiting, str(one.dead), one.version or "—")
    return table


def _notes(one: Any) -> Iterator[str]:
    if one.clock_skewed:
        seconds = f"{one.clock_skew_ms / 1000:.1f}"
        yield f"时钟相差 {seconds} 秒 / its clock differs by {seconds} s"
    if one.kinds_not_spoken:
        yield f"不认识的消息 / kinds not spoken: {' '.join(one.kinds_not_spoken)}"
    if one.desk_open is False:
        yield one.desk_reason
    if one.last_error:
        yield one.last_error


def _clock(moment: Any) -> str:
    from liandong.policy import ZONE

    return f"{moment.astimezone(ZONE):%m-%d %H:%M:%S}" if moment else "—"


def register(app: typer.Typer) -> None:
    app.command()(audit)
    app.command()(peers)
