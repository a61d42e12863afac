"""Returns, accountability and clocks of handling from the shell."""

import getpass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from liandong.cli.acting import _with_node
from liandong.cli.common import SettingsOption, fail, out, run
from liandong.cli.shown import clock, say

returns = typer.Typer(help="退单 / returns by units", no_args_is_help=True)
clocks = typer.Typer(help="办理时限 / clocks of handling", no_args_is_help=True)
SLICE = 200


@returns.command("waiting")
def waiting(settings: SettingsOption, limit: int = 50) -> None:
    """等待审核的退单 / Returns that somebody must review."""
    from liandong.handling import store

    async def work(node: Any) -> list[store.Waiting]:
        return await store.returns_waiting(node.pool, limit)

    for one in run(_with_node(settings, work)):
        say(
            f"{clock(one.asked_at)[:16]}  {one.unit}  {one.reason}（{one.basis}）  {one.status}  工单 {one.order_id} 第{one.no}次"
        )


@returns.command("patterns")
def patterns(
    settings: SettingsOption,
    days: Annotated[int, typer.Option(min=1, max=400, help="最近多少天 / of the last days")] = 30,
    part: Annotated[str, typer.Option(help="day、week 或 month")] = "week",
    unit: Annotated[str | None, typer.Option(help="只看这个单位 / of this unit")] = None,
) -> None:
    """各单位退单的原因、占派单的比例和趋势 / Reasons, share of dispatches and trend of returning."""
    from liandong.handling import store

    if part not in {"day", "week", "month"}:
        fail("part 应为 day、week 或 month（no such part）")

    async def work(node: Any) -> list[store.Pattern]:
        now = node.clock.now()
        return await store.patterns(node.pool, store.Period(now - timedelta(days=days), now, part), unit=unit)

    table = Table("单位 / unit", "派单 / sent", "退单 / asked", "比例 / share", "同意 / granted", "恶意 / malicious", "原因 / reasons", "趋势 / trend")  # fmt: skip
    for one in run(_with_node(settings, work)):
        share = f"{one.share:.1%}" if one.share is not None else "—"
        reasons = "、".join(f"{reason} {count}" for reason, count in one.reasons.items())
        trend = " ".join(f"{t.asked}/{t.dispatched}" for t in one.trend)
        figures = (str(one.dispatched), str(one.asked), share, str(one.granted), str(one.malicious))
        table.add_row(one.unit, *figures, reasons, trend)
    out.print(table)


def accountability(
    settings: SettingsOption,
    unit: Annotated[str | None, typer.Option(help="只看这个单位 / of this unit")] = None,
    before: Annotated[datetime | None, typer.Option(help="早于此刻（UTC）")] = None,
    limit: int = 50,
) -> None:
    """对承办单位的问责：提请、决定和申诉 / Measures of accountability against units, with their appeals."""
    from datetime import UTC

    from liandong.oversight.service import LAST_ID, Measure, list_measures

    async def work(node: Any) -> list[Measure]:
        upto = (before.replace(tzinfo=UTC), LAST_ID) if before else None
        return await list_measures(node.pool, unit=unit, kind="accountability", status=None, before=upto, limit=limit)

    for one in run(_with_node(settings, work)):
        say(f"{clock(one.proposed_at)[:16]}  {one.number}  {one.unit}  {one.status}  工单 {'、'.join(one.orders)}")
        say(f"    {one.reason}；{one.evidence}；{one.basis} {one.appeal}".rstrip())


@clocks.command("recompute")
def recompute(
    settings: SettingsOption,
    reason: Annotated[str, typer.Option(help="为什么，写入账本 / why; goes into the ledger")],
    dry_run: Annotated[bool, typer.Option(help="只数不改 / count only")] = False,
) -> None:
    """时限表或日历改了以后，让在办工单的时限跟着改；暂停和延期的时间不丢 / After a change of the table or the calendar, clocks at work follow it."""
    from liandong.core.errors import AppError
    from liandong.handling.store import SQL
    from liandong.orders.actions import RecomputeClocks
    from liandong.orders.context import Actor

    actor = Actor(id=f"cli:{getpass.getuser()}", roles=frozenset({"supervisor"}))

    async def work(node: Any) -> tuple[int, int]:
        names, version = sorted(node.policy.handling.recomputed), node.policy.clocks.policy_version
        done = left = 0
        last = UUID(int=0)
        while rows := await node.pool.fetch(SQL.clocks_of_other_policies, names, version, last, SLICE):
            for row in rows:
                last = row["order_id"]
                try:
                    if not dry_run:
                        await node.commands.act_now(last, RecomputeClocks(version=1, reason=reason), actor)
                    done += 1
                except AppError:
                    left += 1
        return done, left

    done, left = run(_with_node(settings, work))
    say(f"{'将重算' if dry_run else '已重算'} {done} 个工单，{left} 个不在办理中未动 / recomputed {done}, left {left}")


def register(app: typer.Typer) -> None:
    app.add_typer(returns, name="returns")
    app.add_typer(clocks, name="clocks")
    app.command()(accountability)
