"""What the clock does with versions: puts them in force on their day, and has the open orders read again."""

import asyncio
import logging
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from liandong.agreements.model import Asked
from liandong.agreements.running import LOOK, RunningCatalogue
from liandong.agreements.steps import SQL, local_day, take_step
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.failpoints import reach
from liandong.orders.commands import Commands
from liandong.orders.context import CLOCK_ACTOR
from liandong.orders.listing import OPEN

BATCH = 200  # orders that are read again in one go
GRACE = timedelta(seconds=10)
"""Until every process has the new list, so that no order is read by the old one after its turn."""
log = logging.getLogger(__name__)


async def bring_into_force(pool: asyncpg.Pool, now: datetime) -> int:
    """Every agreed version whose local day has come. Returns how many."""
    today = local_day(now)
    due = [row for row in await pool.fetch(SQL.in_force_on, today) if row["status"] == "agreed"]
    for row in due:
        async with pool.acquire() as connection, connection.transaction():
            await _bring(connection, row, now)
    return len(due)


async def _bring(connection: asyncpg.Connection, row: asyncpg.Record, now: datetime) -> None:
    """An older one makes room first, also one that was agreed and whose day is still to come."""
    await connection.execute(SQL.lock)
    for old in await connection.fetch(SQL.outranked, row["peer"], row["no"]):
        await take_step(connection, old["id"], Asked("supersede", CLOCK_ACTOR, now, local_day(now)))
    try:
        await take_step(connection, row["id"], Asked("come_into_force", CLOCK_ACTOR, now, local_day(now)))
    except AppError as error:
        log.info("version %s: another worker was faster: %s", row["id"], error)
        return
    await connection.execute(SQL.begin_reassessment, row["id"], now + GRACE)


async def reassess_some(pool: asyncpg.Pool, now: datetime, *, running: RunningCatalogue, commands: Commands) -> int:
    """One batch of open orders, by one worker at a time. Returns how many were looked at.

    The place is written after the batch: whoever is killed in it leaves it to be done again, which changes nothing twice.
    """
    async with pool.acquire() as connection, connection.transaction():
        work = await connection.fetchrow(SQL.next_reassessment, now)
        if work is None:
            return 0
        await running.refresh(pool, local_day(now))
        if (
            work["version_id"] not in running.versions.values()
        ):  # superseded meanwhile: the newer one's turn covers all orders
            await connection.execute(SQL.note_reassessed, work["version_id"], work["after"], 0, 0, now)
            return 0
        ids = [row["id"] for row in await connection.fetch(SQL.open_orders, OPEN, work["after"], BATCH)]
        flagged = await _reassess(commands, ids)
        reach("catalogue.reassessed")
        finished = now if len(ids) < BATCH else None
        last = ids[-1] if ids else work["after"]
        await connection.execute(SQL.note_reassessed, work["version_id"], last, len(ids), flagged, finished)
        return len(ids)


async def _reassess(commands: Commands, ids: list[UUID]) -> int:
    """How many are flagged. An order that can't be read costs only itself; a lost database costs the batch, which is done again."""
    results = await asyncio.gather(*(commands.reassess(order_id) for order_id in ids), return_exceptions=True)
    for order_id, result in zip(ids, results, strict=True):
        if isinstance(result, AppError) and result.code == "try_again":
            raise result
        if isinstance(result, BaseException):
            log.error("order %s could not be read again", order_id, exc_info=result)
    return sum(result is True for result in results)


async def keep_agreements(pool: asyncpg.Pool, clock: Clock, *, running: RunningCatalogue, commands: Commands) -> None:
    """Runs until cancelled."""
    while True:
        looked = 0
        try:
            await bring_into_force(pool, clock.now())
            looked = await reassess_some(pool, clock.now(), running=running, commands=commands)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, AppError, TimeoutError) as error:
            log.warning("catalogue versions: %s", error)
        except ValueError:
            log.exception("catalogue versions: a version can't be used")
        await asyncio.sleep(0 if looked else LOOK)
