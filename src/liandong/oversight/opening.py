"""Formal supervision opened by a rule (not solved, the ladder), and its deadlines watched where the order has no clock any more."""

import asyncio
from uuid import UUID

import asyncpg

from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.clock import Clock
from liandong.core.sqlfiles import load_sql
from liandong.orders.actions import OpenOversight
from liandong.orders.commands import Commands
from liandong.orders.context import Actor
from liandong.orders.model import Snapshot

SQL = load_sql("liandong.oversight")
PAUSE = 30.0  # seconds between looks at deadlines


async def open_oversight(
    commands: Commands, order_id: UUID, *, authority: str, text: str, rule: str, unit: str | None = None
) -> Snapshot:
    """What a rule calls. `rule` stands in the oversight and in the ledger as who opened it; `unit` is used where the order has none.

    Raises AppError: guard_refused where one as high is alive or nobody has the order, action_not_allowed, not_found, try_again.
    """
    actor = Actor(id=f"rule:{rule}", roles=frozenset({"clock"}))
    action = OpenOversight(version=1, authority=authority, text=text, rule=rule, unit=unit)
    return await commands.act_now(order_id, action, actor)


async def watch_deadlines(pool: asyncpg.Pool, clock: Clock) -> int:
    """Whoever has not replied in time is told of once a round, also where the order's loop is closed. Returns how many were new."""
    now = clock.now()
    async with pool.acquire() as connection, connection.transaction():
        rows = await connection.fetch(SQL.newly_overdue, now)
        for row in rows:
            zh = f"督办 {row['number']} 已过回复期限，承办单位尚未回复"
            en = f"The formal supervision {row['number']} is overdue: the unit has not replied"
            alarm = Alarm(
                kind="oversight.overdue",
                subject=row["authority"],
                severity=Severity.WARNING,
                zh=zh,
                en=en,
                order_id=row["order_id"],
            )
            await raise_alarm(connection, alarm, now)
    return len(rows)


async def keep_watching(pool: asyncpg.Pool, clock: Clock) -> None:
    """Runs until cancelled."""
    while True:
        await watch_deadlines(pool, clock)
        await asyncio.sleep(PAUSE)
