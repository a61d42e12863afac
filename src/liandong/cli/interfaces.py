"""`liandong partners` and `liandong middle`: accounts of other systems, their code tables, and the sides of the exchange database."""

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from liandong.cli.common import SettingsOption, fail, load, out, run

partners = typer.Typer(
    help="开放接口的账号与代码对照 / accounts of partners and their code tables", no_args_is_help=True
)
middle = typer.Typer(help="中间库：各方、死信、对账 / the exchange database", no_args_is_help=True)


@partners.command("add")
def add_partner(
    settings: SettingsOption,
    code: Annotated[str, typer.Argument(help="代码，如 app311 / a short code")],
    name: Annotated[str, typer.Option(help="谁使用 / who uses it")],
    scope: Annotated[list[str], typer.Option(help="权限，可多次：requests orders callers events webhooks alerts")],
    unit: Annotated[str | None, typer.Option(help="只看这个承办单位的 / only this unit's orders")] = None,
    per_minute: int = 600,
    per_day: int = 100_000,
    network: Annotated[list[str] | None, typer.Option(help="允许的地址段 CIDR，可多次 / allowed networks")] = None,
    host: Annotated[
        list[str] | None, typer.Option(help="推送地址，如 https://app.example / where webhooks may go")
    ] = None,
    expires: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="到期日 / last day (UTC)")] = None,
    signed: Annotated[bool, typer.Option("--signed", help="请求须签名 / every request has to be signed")] = False,
) -> None:
    """新建账号，密钥只显示一次 / Make an account; its key is shown once."""
    from liandong.core.clock import SystemClock
    from liandong.partners import accounts

    async def make(pool: Any) -> Any:
        return await accounts.add_partner(
            pool, SystemClock(), code=code, name=name, scopes=scope, unit=unit, per_minute=per_minute, per_day=per_day,
            networks=network, hosts=host, expires_at=expires.replace(tzinfo=UTC) if expires else None, signed=signed,
        )  # fmt: skip

    try:
        given = _with(settings, make)
    except ValueError as error:
        fail(str(error))
    out.print(given.key, highlight=False)
    if given.secret:
        out.print(given.secret, highlight=False)
    out.print("请立即保存，之后无法再查看 / keep it now, it can't be shown again")


@partners.command("list")
def list_partners(settings: SettingsOption) -> None:
    """列出账号 / List the accounts."""
    from liandong.partners.accounts import SQL

    table = Table("代码", "名称", "权限", "单位", "每分钟/每天", "地址段", "到期", "停用")
    for row in _with(settings, lambda pool: pool.fetch(SQL.all_partners)):
        quota = f"{row['per_minute']}/{row['per_day']}"
        cells = (row["code"], row["name"], " ".join(row["scopes"]), row["unit"] or "", quota, " ".join(row["networks"]))
        table.add_row(*(Text(cell) for cell in cells), str(row["expires_at"] or ""), str(row["revoked_at"] or ""))
    out.print(table)


@partners.command("revoke")
def revoke_partner(settings: SettingsOption, code: str) -> None:
    """停用账号，立即生效 / Revoke an account, at once."""
    from liandong.partners.accounts import SQL

    if not _with(settings, lambda pool: pool.fetch(SQL.revoke_partner, code, datetime.now(UTC))):
        fail(f"没有有效的账号 {code}（no such account）")
    out.print("已停用 / revoked")


@partners.command("map")
def map_codes(
    settings: SettingsOption,
    owner: Annotated[str, typer.Argument(help="账号代码，或中间库一方的代码 / a partner's or a side's code")],
    name: Annotated[str, typer.Argument(help="代码表名，如 lbdm、sqlx / the code list")],
    path: Annotated[Path, typer.Argument(help="CSV，两列：ours,theirs")],
) -> None:
    """导入代码对照，整表替换 / Take in a mapping of codes, replacing the list."""
    from liandong.partners.accounts import SQL

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or {"ours", "theirs"} - set(rows[0]):
        fail("文件须有两列：ours,theirs（two columns）")
    pairs = [(row["ours"].strip(), row["theirs"].strip()) for row in rows]
    if len({ours for ours, _ in pairs}) < len(pairs) or len({theirs for _, theirs in pairs}) < len(pairs):
        fail("同一代码出现了两次，对照须一一对应（a code twice: mappings go both ways）")

    async def write(pool: Any) -> None:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL.drop_mappings, owner, name)
            await connection.executemany(SQL.map_code, [(owner, name, *pair) for pair in pairs])

    _with(settings, write)
    out.print(f"已导入 {len(pairs)} 条 / taken in", highlight=False)


@partners.command("unmapped")
def list_unmapped(settings: SettingsOption, owner: str | None = None) -> None:
    """列出没有对照的代码 / Codes that nobody has mapped."""
    from liandong.partners.accounts import SQL

    table = Table("所属", "代码表", "方向", "代码", "次数", "最近")
    for row in _with(settings, lambda pool: pool.fetch(SQL.unmapped, owner)):
        cells = (row["owner"], row["list"], row["direction"], row["code"], str(row["count"]))
        table.add_row(*(Text(cell) for cell in cells), f"{row['last_at']:%F %T}")
    out.print(table)


@middle.command("add-side")
def add_side(
    settings: SettingsOption,
    code: Annotated[str, typer.Argument(help="代码，如 old12345 / a short code")],
    name: Annotated[str, typer.Option(help="名称 / its name")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, help="数据库口令 / its database password")],
    role: Annotated[str, typer.Option(help="数据库角色名，默认同代码 / its database role")] = "",
    unit: Annotated[str | None, typer.Option(help="承办单位机构代码；不填为本中心的系统 / the unit's org code")] = None,
    callers: Annotated[bool, typer.Option("--callers", help="可见诉求人完整信息 / is shown who called")] = False,
    from_beginning: Annotated[
        bool, typer.Option("--from-beginning", help="从头推送 / from the ledger's beginning")
    ] = False,
) -> None:
    """新增一方：建数据库角色，只授中间库的权限 / A side with a database role that reaches the exchange database alone."""
    from liandong.core.clock import SystemClock
    from liandong.middle import sides

    async def make(pool: Any) -> None:
        await sides.add_side(
            pool, SystemClock(), code=code, name=name, role=role or code, password=password, unit=unit, callers=callers,
            from_beginning=from_beginning,
        )  # fmt: skip

    try:
        _with(settings, make)
    except ValueError as error:
        fail(str(error))
    out.print(f"已新增 {code}，用角色 {role or code} 连接，见模式 exchange_db / added", highlight=False)


@middle.command("end-side")
def end_side(settings: SettingsOption, code: str) -> None:
    """停用一方，数据保留 / End a side; its rows stay."""
    from liandong.core.clock import SystemClock
    from liandong.middle import sides

    if not _with(settings, lambda pool: sides.end_side(pool, SystemClock(), code)):
        fail(f"没有 {code}（no such side）")
    out.print("已停用 / ended")


@middle.command("dead-letters")
def dead_letters(settings: SettingsOption, side: str | None = None) -> None:
    """未能处理的行及原因 / Rows that were refused and why."""
    from liandong.middle.pump import SQL

    table = Table("方", "表", "行", "编号", "代码", "原因", "次数", "最近")
    for row in _with(settings, lambda pool: pool.fetch(SQL.dead_letters, side, 200)):
        cells = (row["side"], row["bm"], str(row["hh"]), row["bh"], row["cwdm"], row["cwsm"], str(row["cs"]))
        table.add_row(*(Text(cell) for cell in cells), f"{row['cwsj']:%F %T}")
    out.print(table)


@middle.command("resend")
def resend(settings: SettingsOption, side: str) -> None:
    """死信原样重新处理（我方改正之后）/ Refused rows go again as they are."""
    from liandong.middle import sides

    out.print(f"{_with(settings, lambda pool: sides.resend(pool, side))} 行 / rows", highlight=False)


@middle.command("reconcile")
def reconcile(settings: SettingsOption) -> None:
    """各方各表各状态的行数 / Counts by side, table and state."""
    from liandong.middle.pump import SQL

    table = Table("方", "表", "总数", "未推送", "已推送", "已处理", "有错", "最早未完成")
    for row in _with(settings, lambda pool: pool.fetch(SQL.reconciliation)):
        numbers = (str(row[name]) for name in ("zs", "wts", "yts", "ycl", "cw"))
        table.add_row(row["side"], row["bm"], *numbers, f"{row['zzwcl']:%F %T}" if row["zzwcl"] else "")
    out.print(table)


def export(
    settings: SettingsOption,
    folder: Annotated[Path, typer.Argument(help="写到哪个目录 / the folder to write to")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="第一天 / first day")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="最后一天 / last day")],
    form: Annotated[str, typer.Option("--format", help="jsonl、csv 或 parquet")] = "jsonl",
) -> None:
    """批量导出工单和事件，一天一个文件；中断后再运行即续传 / Export orders and events, a file a day; run again to go on."""
    from liandong.core import db
    from liandong.core.clock import SystemClock
    from liandong.exports.writing import FORMATS, ExportError
    from liandong.exports.writing import export as write

    if form not in FORMATS:
        fail(f"没有格式 {form}；可用：{'、'.join(FORMATS)}（no such format）")
    loaded = load(settings)

    async def do() -> Any:
        connection = await db.connect(loaded.dsn, name="liandong export")
        try:
            return await write(
                connection, folder, centre=loaded.centre, form=form, first=first.date(), last=last.date(), now=SystemClock().now()
            )  # fmt: skip
        finally:
            await connection.close()

    try:
        manifest = run(do())
    except ExportError as error:
        fail(str(error))
    rows = sum(one.rows for one in manifest.files)
    out.print(
        f"{folder}：{len(manifest.files)} 个文件，{rows} 行，清单 manifest.json / files and rows", highlight=False
    )


def check_export(folder: Annotated[Path, typer.Argument(help="导出目录 / the folder")]) -> None:
    """核对导出的文件与清单 / Hold the files of an export against its manifest."""
    from liandong.exports.writing import ExportError, faults

    try:
        wrong = faults(folder)
    except ExportError as error:
        fail(str(error))
    if wrong:
        fail(f"与清单不符：{'、'.join(wrong)}（not as the manifest says）", code=1)
    out.print("与清单相符 / as the manifest says")


def _with(settings: Path, work: Any) -> Any:
    from liandong.core import db

    async def do() -> Any:
        pool = await db.create_pool(load(settings).dsn, size=2)
        try:
            return await work(pool)
        finally:
            await pool.close()

    return run(do())


def register(app: typer.Typer) -> None:
    app.command()(export)
    app.command("check-export")(check_export)
    app.add_typer(partners, name="partners")
    app.add_typer(middle, name="middle")
