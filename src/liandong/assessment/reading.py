"""Keeps `assessed_orders` up with the ledger: what events touch is derived anew, the place is kept in the same transaction.

A row depends only on what is stored of its order, so reading the same events twice changes nothing, and the whole can be made again.
"""

import asyncio
import logging
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.assessment.policy import Rules
from liandong.core.clock import Clock
from liandong.core.places import go_to_end, keep_place, next_batch, wait_for_reader
from liandong.core.sqlfiles import load_sql
from liandong.orders.lifecycle import FINAL

SQL = load_sql("liandong.assessment")
READER = "assessment"
BATCH = 2_000  # events a transaction
PAUSE = 5.0  # seconds between looks
NOTHING = UUID(int=0)
log = logging.getLogger(__name__)


class Assessor(Struct, frozen=True):
    """What the reading needs of a node."""

    pool: asyncpg.Pool
    clock: Clock
    rules: Rules
    centre: str


async def read_once(assessor: Assessor) -> int:
    """One batch of the ledger. How many events it had; 0 also when another process is reading."""
    async with assessor.pool.acquire() as connection, connection.transaction():
        batch = await next_batch(connection, READER, BATCH)
        if batch is None:
            return 0
        late = [row["order_id"] for row in await connection.fetch(SQL.newly_delayed)]
        await derive(connection, assessor.rules, [*batch.ids, *late])
        await keep_place(connection, READER, batch, assessor.clock.now())
        return batch.count


async def catch_up(assessor: Assessor) -> int:
    """Reads to the end of the ledger; how many events that were."""
    read = 0
    while count := await read_once(assessor):
        read += count
    return read


async def rebuild(assessor: Assessor) -> int:
    """Throws everything away and makes it again from the orders; how many rows there are now.

    Events that come while it runs are read afterwards: the place is the ledger's end as it was before.
    """
    async with assessor.pool.acquire() as connection:
        async with connection.transaction():
            await go_to_end(connection, READER, assessor.clock.now())
            await connection.execute("TRUNCATE assessed_orders")
        after = NOTHING
        while ids := [row["id"] for row in await connection.fetch(SQL.next_orders, after, BATCH)]:
            async with connection.transaction():
                await wait_for_reader(connection, READER)
                await derive(connection, assessor.rules, ids)
            after = ids[-1]
        return int(await connection.fetchval("SELECT count(*) FROM assessed_orders"))


async def derive(connection: asyncpg.Connection, rules: Rules, ids: list[UUID]) -> None:
    """Writes the rows of these orders anew."""
    if ids:
        await connection.execute(SQL.drop_invented, ids)
        await connection.execute(SQL.derive, ids, sorted(FINAL), rules.policy.repeat_days)


async def keep_assessing(assessor: Assessor) -> None:
    """Runs until cancelled."""
    while True:
        await catch_up(assessor)
        await asyncio.sleep(PAUSE)
