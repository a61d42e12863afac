"""`liandong catalogue`: the transfer list with each centre, its versions, and the agreement on them."""

import contextlib
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from liandong.cli.common import SettingsOption, err, fail, load, out, run

catalogue = typer.Typer(help="对接事项清单 / the transfer list and its versions", no_args_is_help=True)
VersionArgument = Annotated[
    str, typer.Argument(help="版本 id（可只写开头）、in-force 或 shipped / an id or its beginning")
]
PeerOption = Annotated[
    str, typer.Option("--peer", help="与哪个中心的清单；只有一个对接中心时可省略 / with which centre")
]
DigestOption = Annotated[
    str, typer.Option("--digest", help="您查看过的内容的摘要；省略为该版本现有内容 / of the content that you looked at")
]


@catalogue.command("list")
def list_versions(settings: SettingsOption, peer: PeerOption = "", limit: int = 25) -> None:
    """列出版本，新的在前 / The versions, newest first."""
    from liandong.agreements.lifecycle import STATUSES

    async def read(agreements: Any) -> Any:
        return await agreements.versions(peer=peer or None, limit=limit)

    table = Table()
    for heading in ("版本 / id", "中心 / peer", "第 / no", "状态 / status", "生效 / from"):
        table.add_column(heading, no_wrap=True)
    table.add_column("名称 / title", overflow="fold")
    table.add_column("由谁 / by", overflow="fold")
    for version in _with(settings, read):
        side = "" if version.is_ours else "（对方提出）"
        table.add_row(
            str(version.id)[:13],
            version.peer,
            str(version.no or ""),
            STATUSES[version.status][0] + side,
            str(version.effective_from or ""),
            Text(version.title),
            Text(version.made_by),
        )
    out.print(table)


@catalogue.command("in-force")
def in_force(settings: SettingsOption) -> None:
    """现在执行哪些清单 / Which lists count today."""
    from liandong.catalogue.transfer import default_catalogue

    async def read(agreements: Any) -> Any:
        found = await agreements.in_force()
        return [
            (peer, found.get(peer), len((await agreements.content("in-force", peer)).items))
            for peer in agreements.peers
        ]

    table = Table("中心 / peer", "版本 / version", "第 / no", "生效 / from", "事项 / items", "摘要 / digest")
    for peer, version, items in _with(settings, read):
        if version is None:
            table.add_row(peer, f"随程序的清单 / shipped {default_catalogue().version}", "", "", str(items), "")
        else:
            title = Text(f"{str(version.id)[:13]} {version.title}")
            table.add_row(peer, title, str(version.no), str(version.effective_from), str(items), version.digest[:12])
    out.print(table)


@catalogue.command("show")
def show(settings: SettingsOption, version: VersionArgument, peer: PeerOption = "") -> None:
    """一个版本的经过和内容 / One version: its history and its items."""

    async def read(agreements: Any) -> Any:
        if version in ("in-force", "shipped"):
            return await agreements.content(version, _peer(agreements, peer)), None, (), []
        found = await agreements.version(await agreements.find(version))
        open_ = found.status in ("draft", "proposed")
        faults = await agreements.faults(found) if open_ else ()
        return await agreements.content(str(found.id)), found, faults, await agreements.log(found.id)

    content, found, faults, log = _with(settings, read)
    if found is not None:
        _print_version(found, faults, log)
    out.print(_items_table(content))


@catalogue.command("export")
def export(
    settings: SettingsOption,
    path: Annotated[Path, typer.Argument(help="写到哪个 xlsx 文件 / the file to write")],
    version: Annotated[str, typer.Option(help="版本 id、in-force 或 shipped")] = "in-force",
    peer: PeerOption = "",
) -> None:
    """导出为 Excel，供修改 / Write a list to a workbook, to be edited."""
    from liandong.catalogue.workbook import write_workbook

    async def read(agreements: Any) -> Any:
        title = version
        if version not in ("in-force", "shipped"):
            title = (await agreements.version(await agreements.find(version))).title
        return await agreements.content(version, _peer(agreements, peer)), title

    content, title = _with(settings, read)
    path.write_bytes(write_workbook(content, title))
    out.print(f"已写入 {path}：{len(content.items)} 个事项 / {len(content.items)} items written", highlight=False)


@catalogue.command("import")
def import_list(
    settings: SettingsOption,
    path: Annotated[Path, typer.Argument(help="xlsx 或 toml 文件")],
    peer: PeerOption = "",
    title: Annotated[str, typer.Option(help="名称，如 2026年7月版 / title")] = "",
    notes: Annotated[str, typer.Option(help="说明改了什么、为什么 / what changed and why")] = "",
) -> None:
    """导入成为草稿；有一处写错就整份不收 / Make a draft of a file; nothing is taken when one cell is wrong."""
    from liandong.agreements.checks import check_item
    from liandong.agreements.service import Draft
    from liandong.catalogue.content import pair_of
    from liandong.catalogue.files import read_file
    from liandong.catalogue.workbook_faults import WorkbookError

    async def make(agreements: Any) -> Any:
        to = _peer(agreements, peer)
        read = read_file(path.read_bytes(), path.suffix, pair_of(agreements.centre, to), check_item)
        named = title or read.title or path.stem
        return await agreements.draft(Draft(to, read.content, title=named, notes=notes, base=read.base or None), me())

    if not path.is_file():
        fail(f"没有文件 {path}（no such file）")
    try:
        made = _with(settings, make)
    except WorkbookError as error:
        for one in error.faults:
            err.print(Text(str(one)))
        fail(f"{len(error.faults)} 处有误，一项也没有收下 / {len(error.faults)} faults, nothing was taken", code=1)
    out.print(f"草稿 {made.id}\n摘要 {made.digest}", highlight=False)
    out.print(f"下一步 / next: liandong catalogue diff in-force {str(made.id)[:13]}，再 propose", highlight=False)


@catalogue.command("diff")
def show_diff(
    settings: SettingsOption,
    before: VersionArgument,
    after: VersionArgument,
    peer: PeerOption = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON / print JSON")] = False,
    xlsx: Annotated[Path | None, typer.Option(help="写成 Excel / write a workbook")] = None,
) -> None:
    """两个版本的差异 / What changes from one version to another."""
    import msgspec

    from liandong.catalogue.diff import WORDS, diff
    from liandong.catalogue.workbook import write_diff

    async def read(agreements: Any) -> Any:
        to = _peer(agreements, peer) if {before, after} & {"in-force", "shipped"} else peer
        return await agreements.content(before, to), await agreements.content(after, to)

    changes = diff(*_with(settings, read))
    if xlsx:
        xlsx.write_bytes(write_diff(changes))
    if as_json:
        typer.echo(msgspec.json.encode(changes).decode())
        return
    table = Table("变化", "代码 / code", "名称 / title", "字段 / field", "原为 / before", "现为 / after")
    colours = {"added": "green", "removed": "red", "changed": "yellow"}
    for change in changes:
        fields = change.fields or (None,)
        for field in fields:
            told = (field.field, _short(field.before), _short(field.after)) if field else ("", "", "")
            cells = [Text(cell) for cell in (WORDS[change.kind], change.code, change.title, *told)]
            table.add_row(*cells, style=colours[change.kind])
    out.print(table)
    counts = {kind: sum(change.kind == kind for change in changes) for kind in WORDS}
    out.print("，".join(f"{WORDS[kind]} {count}" for kind, count in counts.items()), highlight=False)


@catalogue.command("propose")
def propose(
    settings: SettingsOption,
    version: VersionArgument,
    effective_from: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="生效日期 / its first day")],
    digest: DigestOption = "",
) -> None:
    """提请对方同意，并定生效日期 / Propose a draft to the peer."""
    _step(settings, version, "propose", digest=digest, day=effective_from.date())


@catalogue.command("agree")
def agree(settings: SettingsOption, version: VersionArgument, digest: DigestOption = "") -> None:
    """同意对方的提议 / Agree to the peer's proposal."""
    _step(settings, version, "agree", digest=digest)


@catalogue.command("decline")
def decline(
    settings: SettingsOption,
    version: VersionArgument,
    reason: Annotated[str, typer.Option(help="为什么不同意，对方会看到 / why, for the peer to see")],
    digest: DigestOption = "",
) -> None:
    """不同意对方的提议 / Decline the peer's proposal."""
    _step(settings, version, "decline", digest=digest, reason=reason)


@catalogue.command("withdraw")
def withdraw(
    settings: SettingsOption, version: VersionArgument, reason: Annotated[str, typer.Option(help="原因 / why")] = ""
) -> None:
    """撤回提议或撤销草稿 / Take a proposal or a draft back."""
    _step(settings, version, "withdraw", digest="", reason=reason)


def _step(path: Path, name: str, action: str, *, digest: str, day: date | None = None, reason: str = "") -> None:
    from liandong.agreements.lifecycle import STATUSES

    async def act(agreements: Any) -> Any:
        version = await agreements.version(await agreements.find(name))
        seen = digest or version.digest
        return await agreements.act(version.id, action, me(), digest=seen, day=day, reason=reason)

    version = _with(path, act)
    word, word_en = STATUSES[version.status]
    day_told = f"，生效日期 {version.effective_from}" if version.effective_from else ""
    out.print(f"{version.peer} 第 {version.no or '-'} 版：{word}{day_told} / {word_en}", highlight=False)


def me() -> Any:
    """Whoever runs the command, as the log shows it."""
    from liandong.orders.context import Actor

    return Actor(id=f"cli:{getpass.getuser()}", roles=frozenset({"admin"}))


def _print_version(found: Any, faults: Any, log: Any) -> None:
    from liandong.agreements.lifecycle import LIFECYCLE, STATUSES

    labels = {row.event: row.label for row in LIFECYCLE.rows}
    out.print(
        f"[bold]{found.id}[/]  {STATUSES[found.status][0]}  {found.peer} 第 {found.no or '-'} 版", highlight=False
    )
    for label, value in (
        ("名称", found.title),
        ("说明", found.notes),
        ("摘要", found.digest),
        ("生效日期", found.effective_from),
        ("原因", found.reason),
    ):
        if value:
            out.print(Text(f"{label} {value}"))
    for fault in faults:
        out.print(Text(f"有误 {fault}", style="red"))
    table = Table("时间 / at", "经过 / event", "状态", "由谁 / by")
    for row in log:
        what = f"{labels.get(row['event'], '')} {row['event']}".strip()
        table.add_row(f"{row['at']:%F %T}Z", what, STATUSES[row["status"]][0], Text(row["actor"]))
    out.print(table)


def _items_table(content: Any) -> Table:
    from liandong.catalogue.columns import WAYS

    table = Table()
    for heading in ("代码", "方向"):
        table.add_column(heading, no_wrap=True)
    table.add_column("事项 / item", overflow="fold", ratio=1)
    for heading in ("方式", "紧急", "时限 s", "失效 / until"):
        table.add_column(heading, no_wrap=True)
    for item in content.items:
        urgent = "是" if item.urgent else ""
        way, until = f"{item.from_}→{item.to}", str(item.effective_to or "")
        table.add_row(item.code, way, Text(item.title), WAYS[item.way], urgent, str(item.time_limit_s), until)
    return table


def _peer(agreements: Any, named: str) -> str:
    if named:
        return named
    if len(agreements.peers) != 1:
        fail(f"请用 --peer 指明与哪个中心：{'、'.join(agreements.peers)}（say which centre with --peer）")
    return str(agreements.peers[0])


def _short(value: Any) -> str:
    text = "；".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    return text if len(text) <= 120 else f"{text[:117]}…"


def _with(path: Path, work: Callable[[Any], Awaitable[Any]]) -> Any:
    settings = load(path)

    async def done() -> Any:
        async with _agreements(settings) as agreements:
            return await work(agreements)

    return run(done())


@contextlib.asynccontextmanager
async def _agreements(settings: Any) -> AsyncIterator[Any]:
    from liandong.agreements.service import Agreements
    from liandong.core import db
    from liandong.core.clock import SystemClock

    pool = await db.create_pool(settings.dsn, size=2, name=f"liandong catalogue {settings.centre}")
    try:
        yield Agreements(centre=settings.centre, peers=tuple(settings.peers), pool=pool, clock=SystemClock())
    finally:
        await pool.close()


def register(app: typer.Typer) -> None:
    app.add_typer(catalogue, name="catalogue")
