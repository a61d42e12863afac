"""The closed loop inside a centre on the terminal: notifications and formal supervisions."""

from typing import Annotated
from uuid import UUID

import typer

from liandong.cli.common import SettingsOption, fail, load, out, run
from liandong.cli.records import fetch
from liandong.cli.shown import OVERSIGHT_WORDS, clock, say

notifications = typer.Typer(help="给承办单位和群众的通知 / notifications to people", no_args_is_help=True)


@notifications.command("list")
def list_notifications(
    settings: SettingsOption,
    status: Annotated[str | None, typer.Option(help="pending、sent 或 dead")] = None,
    limit: int = 50,
) -> None:
    """待发、已发和未能送出的通知 / Pending, sent and dead notifications."""
    from liandong.messaging.api import masked
    from liandong.messaging.writing import SQL

    for row in run(fetch(load(settings), SQL.listed, status, None, None, limit)):
        to = masked(row["channel"], row["recipient"])
        tried = f"第 {row['attempts']} 次" if row["attempts"] else ""
        say(
            f"{row['id']}  {row['channel']} → {to}  {row['template']} {row['number'] or ''}  {row['status']} {tried}".rstrip()
        )
        if row["last_error"]:
            say(f"    {row['last_error']}")


@notifications.command("resend")
def resend(
    settings: SettingsOption,
    ids: Annotated[list[str] | None, typer.Argument(help="通知编号；不给则用 --all")] = None,
    all_dead: Annotated[bool, typer.Option("--all", help="全部未能送出的，一次最多 1000 条 / every dead one")] = False,
) -> None:
    """重发未能送出的通知 / Send dead notifications again."""
    from liandong.core.clock import SystemClock
    from liandong.messaging.writing import SQL

    async def again() -> int:
        chosen = (
            [row["id"] for row in await fetch(loaded, SQL.dead_ids, 1000)] if all_dead else [UUID(i) for i in ids or []]
        )
        return len(await fetch(loaded, SQL.resend, chosen, SystemClock().now()))

    loaded = load(settings)
    if not ids and not all_dead:
        fail("请给出通知编号，或用 --all 重发全部未能送出的（name them, or use --all）")
    try:
        out.print(f"已重新排队 {run(again())} 条 / queued again")
    except ValueError:
        fail("通知编号应为 UUID，可用 liandong notifications list --status dead 查看")


def oversights(
    settings: SettingsOption,
    unit: Annotated[str | None, typer.Option(help="承办单位机构代码 / the unit's org code")] = None,
    authority: Annotated[str | None, typer.Option(help="督办层级：centre、district、city / the level")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="只看逾期未回复的 / overdue only")] = False,
    limit: int = 50,
) -> None:
    """督办清单，新的在前 / Formal supervisions, newest first."""
    from liandong.core.clock import SystemClock
    from liandong.oversight.service import OversightFilters, oversights_sql

    sql, values = oversights_sql(OversightFilters(unit, authority, None, overdue), SystemClock().now(), limit)
    for row in run(fetch(load(settings), sql, *values)):
        say(
            f"{row['number']}  {OVERSIGHT_WORDS[row['status']]}  期限 {clock(row['due_at'])[:16]}  {row['unit'] or '—'}  {row['text'][:40]}"
        )


def register(app: typer.Typer) -> None:
    app.add_typer(notifications, name="notifications")
    app.command("oversights")(oversights)
