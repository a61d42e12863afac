"""The worker's part: when a unit has ended, its open orders go to its successor. What was closed stays as it was."""

import asyncio
import logging
from collections.abc import Callable
from datetime import date, datetime

import asyncpg

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.sqlfiles import load_sql
from liandong.orders.actions import HandOver
from liandong.orders.commands import Commands
from liandong.orders.context import CLOCK_ACTOR
from liandong.orders.lifecycle import POLICE, WORK
from liandong.units.directory import Directory
from liandong.units.model import Unit

SQL = load_sql("liandong.dispatching")
ENGAGED = sorted(WORK.engaged | POLICE.engaged)
BATCH = 200
PAUSE = 60.0  # seconds between looks
GONE_ON = {"guard_refused", "action_not_allowed"}  # answered or handed over meanwhile
log = logging.getLogger(__name__)


async def hand_over(pool: asyncpg.Pool, commands: Commands, today: date) -> int:
    """Every open order of a unit that has ended, and every open share. Returns how many moved. Safe to repeat and to interrupt."""
    moved = 0
    for gone in commands.policy.directory.ended_by(today):
        for query, code in (
            (SQL.open_of_unit, gone.org_code),
            (SQL.open_with_share, f'[{{"unit": "{gone.org_code}"}}]'),
        ):
            last = None
            while rows := await pool.fetch(query, code, ENGAGED, last, BATCH):
                last = rows[-1]["id"]
                for row in rows:
                    moved += await _move(commands, row["id"])
    return moved


async def left_behind(pool: asyncpg.Pool, before: Directory, after: Directory) -> list[Unit]:
    """Units that a new version no longer has a row of, and that are still at work: their orders would have nobody to go to."""
    gone = sorted({unit.org_code for unit in before.units if not after.knows(unit.org_code)})
    rows = await pool.fetch(SQL.with_open_orders, gone, ENGAGED) if gone else []
    return [unit for row in rows if (unit := before.last_known(row["unit"])) is not None]


async def _move(commands: Commands, order_id: object) -> bool:
    try:
        await commands.act_now(order_id, HandOver(version=1), CLOCK_ACTOR)  # type: ignore[arg-type]
    except AppError as error:
        if error.code in GONE_ON:
            return False
        raise
    return True


async def keep_handing_over(
    pool: asyncpg.Pool, clock: Clock, commands: Commands, local_day: Callable[[datetime], date]
) -> None:
    """Runs until cancelled."""
    while True:
        try:
            moved = await hand_over(pool, commands, local_day(clock.now()))
            if moved:
                log.warning("orders handed over to the successors of their units: %d", moved)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, AppError) as error:
            log.warning("handing over: %s", error)
        await asyncio.sleep(PAUSE)
