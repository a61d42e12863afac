"""The ledger and the peers: verify, reconcile, roots, discrepancies."""

import contextlib
import getpass
import sys
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from liandong.cli.common import SettingsOption, err, fail, load, out, run
from liandong.cli.records import fetch

discrepancies = typer.Typer(help="需要人处理的差异 / what a person must look at", no_args_is_help=True)
JsonOption = Annotated[bool, typer.Option("--json", help="结果以一个 JSON 对象输出 / print one JSON object")]
UNREACHABLE = 3


def verify(
    settings: SettingsOption,
    peers: Annotated[
        bool, typer.Option("--peers", help="并与各对方互证每日账本根 / also witness the daily roots with the peers")
    ] = False,
    peer: Annotated[str | None, typer.Option(help="只与这一个对方互证 / with this peer only")] = None,
    days: Annotated[int, typer.Option(min=0, help="只互证最近几天，0 为全部 / the last days only; 0: all")] = 0,
    as_json: JsonOption = False,
) -> None:
    """核验账本：重算每条哈希；加 --peers 与对方互证，改写过去会被指出 / Recompute every hash; with --peers, have the past witnessed.

    退出码 / exit code: 0 完整 intact, 1 有改动 changed, 3 问不到对方 a peer can't be asked.
    """
    loaded = load(settings)
    chosen = _chosen(loaded, peer) if peers or peer else []
    result = run(_verify(loaded, chosen, days))
    if as_json:
        sys.stdout.write(_json(result) + "\n")
    else:
        _say(result)
    raise typer.Exit(result["code"])


async def _verify(loaded: Any, peers: list[str], days: int) -> dict[str, Any]:
    from liandong.core import db, ledger
    from liandong.exchange.asking import NoAnswer
    from liandong.roots.own import check_own
    from liandong.roots.witness import check_with

    bars = _bars()
    connection = await db.connect(loaded.dsn, name="liandong verify")
    try:
        with bars:
            found = await ledger.verify(connection, await _event_bar(bars, connection))
            days_bar = bars.add_task("日根 / days", total=None)
            witnessed, silent = [], {}
            async with _askers(loaded) as (pool, asker_of, clock):
                since = _since(clock, days)
                own = await check_own(
                    connection,
                    loaded.centre,
                    since=since,
                    progress=lambda done, all_: bars.update(days_bar, completed=done, total=all_),
                )
                for code in peers:
                    try:
                        progress = _counting(bars, f"与{code}互证 / with {code}")
                        witnessed.append(await check_with(pool, asker_of(code), own, since=since, progress=progress))
                    except NoAnswer as error:
                        silent[code] = str(error)
    finally:
        await connection.close()
    faults = own.faults + [fault for one in witnessed for fault in one.faults]
    return {
        "code": 1 if found.broken or faults else UNREACHABLE if silent else 0,
        "ledger": found,
        "days": len(own.days),
        "faults": own.faults,
        "peers": witnessed,
        "silent": silent,
    }


def _say(result: dict[str, Any]) -> None:
    ledger = result["ledger"]
    if ledger.broken:
        err.print(
            f"[bold red]账本被改动[/] 工单 {ledger.broken.order_id} 第 {ledger.broken.seq} 条：{ledger.broken.why}",
            highlight=False,
        )
    else:
        out.print(f"账本完整：{ledger.orders} 个工单，{ledger.events} 条事件 / intact", highlight=False)
    out.print(f"已封存 {result['days']} 天，不符 {len(result['faults'])} 处 / sealed days", highlight=False)
    _print_faults(result["faults"])
    for one in result["peers"]:
        out.print(
            f"与{one.peer}互证：对方持有我方 {one.our_days} 天、{one.our_heads} 个诉求；我方持有对方 {one.their_days} 天、"
            f"{one.their_heads} 个诉求；待送 {one.waiting} 天；不符 {len(one.faults)} 处 / witnessed",
            highlight=False,
        )
        _print_faults(one.faults)
    for peer, why in result["silent"].items():
        err.print(f"[bold red]无法询问{peer}[/]：{why} / can't be asked", highlight=False)


def _print_faults(faults: list[Any]) -> None:
    from liandong.roots.model import LEDGER_KINDS

    for fault in faults:
        where = [f"{fault.centre}的账本"]
        where += [str(fault.day)] if fault.day else []
        where += [f"第 {fault.bucket:02x} 桶"] if fault.bucket is not None else []
        where += [f"诉求 {fault.matter_id}"] if fault.matter_id else []
        where += [f"工单 {fault.number}"] if fault.number else []
        err.print(
            f"[bold red]{fault.kind}[/] {'，'.join(where)}：{fault.text}（{LEDGER_KINDS[fault.kind]}）",
            highlight=False,
            soft_wrap=True,
        )


def reconcile(
    settings: SettingsOption,
    peer: Annotated[str | None, typer.Argument(help="对方代码；不给则逐个核对")] = None,
    days: Annotated[int, typer.Option(min=0, help="连同最近几天办结的 / also those closed in the last days")] = 7,
    heal: Annotated[
        bool, typer.Option("--heal", help="补发能证明缺少的消息 / send again what is proven to be lacking")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """与对方核对诉求，能补的补，其余交人处理 / Compare both sides' view of the matters; heal what can be healed.

    退出码 / exit code: 0 一致 agreed, 1 有要人处理的不同 differences for people, 3 问不到对方 a peer can't be asked.
    """
    loaded = load(settings)
    done, silent = run(_reconcile(loaded, _chosen(loaded, peer), days, heal))
    serious = any(one.kind != "on_the_way" for each in done for one in each.differences)
    if as_json:
        code = 1 if serious else UNREACHABLE if silent else 0
        sys.stdout.write(_json({"code": code, "peers": done, "silent": silent}) + "\n")
    else:
        for each in done:
            _print_reconciled(each)
        for code_, why in silent.items():
            err.print(f"[bold red]无法询问{code_}[/]：{why} / can't be asked", highlight=False)
    raise typer.Exit(1 if serious else UNREACHABLE if silent else 0)


async def _reconcile(loaded: Any, peers: list[str], days: int, heal: bool) -> tuple[list[Any], dict[str, str]]:
    from liandong.exchange import healing
    from liandong.exchange.asking import NoAnswer
    from liandong.nightly import heal_thread

    done, silent = [], {}
    bars = _bars()
    async with _askers(loaded) as (pool, asker_of, clock):
        with bars:
            for code in peers:
                progress = _counting(bars, f"与{code}核对 / with {code}")
                try:
                    asker = asker_of(code)
                    if heal:
                        await heal_thread(pool, asker, clock.now())
                    done.append(
                        await healing.reconcile(pool, asker, clock=clock, days=days, heal=heal, progress=progress)
                    )
                except NoAnswer as error:
                    silent[code] = str(error)
    return done, silent


def _print_reconciled(each: Any) -> None:
    from liandong.exchange.reconcile import KINDS

    again = f"；已补发 {each.resent} 条，请对方补发 {each.asked_for} 个诉求" if each.resent or each.asked_for else ""
    well = f"；此前的 {each.healed} 处已一致" if each.healed else ""
    out.print(
        f"与{each.peer}核对了 {each.looked} 个诉求，{len(each.differences)} 处不同{again}{well} / compared",
        highlight=False,
    )
    if not each.differences:
        return
    table = Table("诉求 / matter", "种类 / kind", "说明 / what")
    for one in each.differences:
        table.add_row(str(one.matter_id), one.kind, f"{one.text}（{KINDS[one.kind]}）")
    out.print(table)


def roots(settings: SettingsOption, limit: int = 30) -> None:
    """已封存的每日账本根 / The sealed days with their roots."""
    sql = "SELECT day, count, root, sealed_at FROM sealed_days ORDER BY day DESC LIMIT $1"
    table = Table("日期 / day", "事件 / events", "根 / root")
    for row in run(fetch(load(settings), sql, limit)):
        table.add_row(str(row["day"]), f"{row['count']:,}", row["root"].hex())
    out.print(table)


@discrepancies.command("list")
def list_discrepancies(
    settings: SettingsOption,
    status: Annotated[str, typer.Option(help="open、healed、dismissed 或 all")] = "open",
    kind: str | None = None,
    peer: str | None = None,
    limit: int = 50,
    as_json: JsonOption = False,
) -> None:
    """未处理的发现 / What was found and waits for a person."""
    from liandong.discrepancies import store

    async def read() -> list[store.Discrepancy]:
        async with _askers(loaded) as (pool, _, _clock):
            return await store.listed(
                pool, status=None if status == "all" else status, kind=kind, peer=peer, limit=limit
            )

    loaded = load(settings)
    if status not in (*store.STATUSES, "all"):
        fail(f"--status 应为 {'、'.join(store.STATUSES)} 或 all")
    found = run(read())
    if as_json:
        sys.stdout.write(_json(found) + "\n")
        return
    for one in found:
        place = one.number or one.subject
        out.print(
            f"{one.id}  [bold]{one.kind}[/] {one.peer} {place}  {one.status}  {one.first_seen:%F %R} 起，见到 {one.times} 次",
            highlight=False,
            soft_wrap=True,
        )
        out.print(
            f"    {one.text}{f'（{one.closed_by}：{one.reason}）' if one.reason else ''}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    if not found:
        out.print("没有 / none")


@discrepancies.command("dismiss")
def dismiss_discrepancy(
    settings: SettingsOption,
    discrepancy: Annotated[str, typer.Argument(help="编号 / id")],
    reason: Annotated[str, typer.Option(help="为什么可以不再处理 / why nothing needs doing")],
) -> None:
    """经人查看后消去一条，留下是谁和原因 / Dismiss one; who and why stay on record."""
    from liandong.discrepancies import store

    async def settle(key: UUID) -> None:
        async with _askers(loaded) as (pool, _, clock):
            await store.dismiss(pool, key, who=f"command line: {getpass.getuser()}", reason=reason, now=clock.now())

    loaded = load(settings)
    if len(reason.strip()) < 2:
        fail("请写明原因 / give a reason")
    try:
        run(settle(UUID(discrepancy)))
    except ValueError:
        fail("编号应为 UUID，可用 liandong discrepancies list 查看")
    out.print("已消去 / dismissed")


@contextlib.asynccontextmanager
async def _askers(loaded: Any) -> AsyncIterator[tuple[Any, Callable[[str], Any], Any]]:
    """A pool, a way to ask each peer, and the clock."""
    from liandong.core import db
    from liandong.core.clock import SystemClock
    from liandong.exchange.asking import Asker
    from liandong.exchange.sealing import Sealer, read_private
    from liandong.nightly import clients

    pool = await db.create_pool(loaded.dsn, size=2, name="liandong cli")
    clock = SystemClock()
    try:
        async with clients() as client:

            def asker_of(code: str) -> Asker:
                sealer = Sealer(read_private(loaded.path(loaded.key_file)), loaded.kid)
                url = loaded.peers[code].url
                return Asker(centre=loaded.centre, peer=code, url=url, sealer=sealer, client=client, clock=clock)

            yield pool, asker_of, clock
    finally:
        await pool.close()


def _chosen(loaded: Any, peer: str | None) -> list[str]:
    if peer and peer not in loaded.peers:
        fail(f"没有配置对接中心“{peer}”；已有：{'、'.join(loaded.peers)}")
    return [peer] if peer else list(loaded.peers)


def _since(clock: Any, days: int) -> Any:
    from datetime import timedelta

    from liandong.policy import ZONE
    from liandong.roots.model import FIRST_DAY

    return (clock.now() - timedelta(days=days + 1)).astimezone(ZONE).date() if days else FIRST_DAY


def _bars() -> Any:
    from rich.progress import Progress

    return Progress(console=err)


def _counting(bars: Any, text: str) -> Callable[[int], None]:
    task = bars.add_task(text, total=None)
    return lambda more: bars.advance(task, more)


async def _event_bar(bars: Any, connection: Any) -> Callable[[int], None]:
    sql = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE relname = 'events'"
    total = await connection.fetchval(sql)
    task = bars.add_task("核验 / events", total=total or None)
    return lambda done: bars.update(task, completed=done, total=max(total, done))


def _json(value: Any) -> str:
    import msgspec

    return msgspec.json.encode(value).decode()


def register(app: typer.Typer) -> None:
    for command in (verify, reconcile, roots):
        app.command()(command)
    app.add_typer(discrepancies, name="discrepancies")
