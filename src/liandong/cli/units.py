"""`liandong units`: the tree of units, the dispatch catalogue and the rota, their versions."""

import getpass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from liandong.cli.common import SettingsOption, err, fail, load, out, run

units = typer.Typer(help="承办单位、职责目录、值班 / units, the dispatch catalogue and the rota", no_args_is_help=True)
FileArgument = Annotated[
    Path, typer.Argument(help="xlsx 文件，或放有 units.csv、duties.csv、rota.csv 的目录 / a workbook or a folder")
]


@units.command("check")
def check(path: FileArgument) -> None:
    """检查文件，不需要数据库 / Check a file; needs no database."""
    read = _read(path)
    directory = read.directory
    out.print(
        f"可用：{len(directory.units)} 个单位，{len(directory.duties)} 行职责，{len(directory.rota)} 个班次 / sound",
        highlight=False,
    )


@units.command("import")
def import_units(
    settings: SettingsOption,
    path: FileArgument,
    effective_from: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="从哪一天起执行 / its first day")
    ],
    title: Annotated[str, typer.Option(help="名称，如 2026年机构改革 / title")] = "",
) -> None:
    """导入为新版本；有一处写错就整份不收 / Take in a new version; nothing is taken when one cell is wrong."""
    from liandong.core.clock import SystemClock
    from liandong.dispatching.handing_over import left_behind
    from liandong.units.store import add
    from liandong.units.store import load as load_version

    read, by, now = _read(path), f"cli:{getpass.getuser()}", SystemClock().now()

    async def write(pool: Any) -> int:
        day = effective_from.date()
        behind = await left_behind(pool, await load_version(pool, "in-force", day), read.directory)
        for unit in behind[:50]:
            err.print(Text(f"{unit.org_code} {unit.name}"))
        if behind:
            fail(
                f"以上 {len(behind)} 个单位不在文件中，但还有在办工单。请保留原行，写上止日、变更方式和承接机构代码"
                "（these units have open orders: keep their rows and say who takes over）",
                code=1,
            )
        return await add(pool, read.directory, effective_from=day, title=title or path.stem, by=by, at=now)

    no = _with(settings, write)
    out.print(f"第 {no} 版，自 {effective_from:%Y-%m-%d} 起执行 / version {no}, from that day", highlight=False)


@units.command("export")
def export(
    settings: SettingsOption,
    path: Annotated[Path, typer.Argument(help="写到哪个 xlsx 文件 / the file to write")],
    version: Annotated[
        str, typer.Option(help="版本号、in-force 或 shipped / a number, in-force or shipped")
    ] = "in-force",
) -> None:
    """导出为 Excel，供修改 / Write a version to a workbook, to be edited."""
    from liandong.units.workbook import write_workbook

    directory = _version(settings, version)
    path.write_bytes(write_workbook(directory))
    out.print(f"已写入 {path}：{len(directory.units)} 个单位 / {len(directory.units)} units written", highlight=False)


@units.command("diff")
def show_diff(
    settings: SettingsOption,
    before: Annotated[str, typer.Argument(help="版本号、in-force、shipped，或 xlsx 文件")],
    after: Annotated[str, typer.Argument(help="同上 / the same")],
) -> None:
    """两个版本的差异 / What changes from one version to another."""
    from liandong.units.changes import WORDS, changes

    found = changes(_version(settings, before), _version(settings, after))
    table = Table("变化", "表 / table")
    for heading in ("代码 / key", "字段 / field", "原为 / before", "现为 / after"):
        table.add_column(heading, overflow="fold")
    colours = {"added": "green", "removed": "red", "changed": "yellow"}
    for one in found:
        cells = (WORDS[one.kind], one.table, one.key, one.field, one.before, one.after)
        table.add_row(*(Text(cell) for cell in cells), style=colours[one.kind])
    out.print(table)
    out.print(
        "，".join(f"{word} {sum(one.kind == kind for one in found)}" for kind, word in WORDS.items()), highlight=False
    )


@units.command("show")
def show(
    settings: SettingsOption,
    unit: Annotated[
        str, typer.Argument(help="机构代码或名称；省略则列出各版本 / a code or a name; without it the versions")
    ] = "",
) -> None:
    """一个单位，或各版本 / One unit, or the versions."""
    if not unit:
        _show_versions(settings)
        return
    directory, today = _version(settings, "in-force"), _today()
    found = directory.unit(unit, today) or directory.last_known(unit)
    if found is None:
        for one in directory.search(unit, today, 25):
            out.print(f"{one.org_code}  {one.name}", highlight=False)
        return
    heir = directory.successor(found.org_code, today)
    rows = {
        "代码 / code": found.org_code, "名称 / name": found.name, "上级 / above": " → ".join(u.short for u in directory.path(found, today)),
        "管辖 / covers": "、".join(found.areas), "职责 / duties": "、".join(found.duties), "办公 / hours": found.hours,
        "电话 / phone": f"{found.phone} {found.contact}", "起止 / days": f"{found.valid_from or ''} – {found.valid_to or ''}",
        "承接 / successor": f"{heir.name}（{heir.org_code}）" if heir else "",
        "下级 / below": "、".join(u.short for u in directory.children(found.org_code, today)[:40]),
    }  # fmt: skip
    for label, value in rows.items():
        if value.strip(" –"):
            out.print(Text(f"{label}  {value}"))


def _show_versions(settings: Path) -> None:
    from liandong.units.store import versions

    table = Table("版本 / no", "执行 / from", "名称 / title", "由谁 / by", "摘要 / digest")
    for one in _with(settings, versions):
        table.add_row(str(one.no), str(one.effective_from), Text(one.title), Text(one.imported_by), one.digest[:12])
    out.print(table)


def _read(path: Path, version: str = "file") -> Any:
    from liandong.units.model import DirectoryError
    from liandong.units.reading import read_folder
    from liandong.units.workbook import read_workbook

    if not path.exists():
        fail(f"没有文件 {path}（no such file）")
    try:
        read = read_folder(path, version) if path.is_dir() else read_workbook(path.read_bytes(), version)
    except DirectoryError as error:
        for one in error.faults[:200]:
            err.print(Text(str(one)))
        fail(f"{len(error.faults)} 处有误，一行也没有收下 / {len(error.faults)} faults, nothing was taken", code=1)
    for one in read.warnings[:200]:
        err.print(Text(f"提醒 {one}", style="yellow"))
    return read


def _version(settings: Path, name: str) -> Any:
    from liandong.units.store import load as load_version

    if name.endswith(".xlsx") or Path(name).is_dir():
        return _read(Path(name), name).directory

    async def read(pool: Any) -> Any:
        return await load_version(pool, name, _today())

    try:
        return _with(settings, read)
    except LookupError:
        fail(f"没有版本 {name}，用 liandong units show 查看（no such version）")


def _today() -> date:
    from liandong.agreements.steps import local_day
    from liandong.core.clock import SystemClock

    return local_day(SystemClock().now())


def _with(path: Path, work: Any) -> Any:
    from liandong.core import db

    settings = load(path)

    async def done() -> Any:
        pool = await db.create_pool(settings.dsn, size=1, name=f"liandong units {settings.centre}")
        try:
            return await work(pool)
        finally:
            await pool.close()

    return run(done())


def register(app: typer.Typer) -> None:
    app.add_typer(units, name="units")
