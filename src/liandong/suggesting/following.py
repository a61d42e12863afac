"""What people chose: read off the ledger. A draft becomes an order under its own Idempotency-Key; class, type, unit and what they became are
the order's own columns, so reading twice changes nothing."""

from datetime import datetime, timedelta

import asyncpg

from liandong.core.clock import Clock
from liandong.core.places import keep_place, next_batch
from liandong.orders.model import RESOLVED
from liandong.suggesting.store import SQL

READER = "suggesting"
BATCH = 200
LINKED_WITHIN = timedelta(days=3)
"""A draft that is saved later than this counts as never saved."""
DAYS_AT_ONCE = 3
FORGOTTEN_AT_ONCE = 5_000


async def follow(pool: asyncpg.Pool, clock: Clock) -> int:
    """One batch of the ledger. Returns how many events were read."""
    now = clock.now()
    async with pool.acquire() as connection, connection.transaction():
        batch = await next_batch(connection, READER, BATCH)
        if batch is None:
            return 0
        linked = [row["order_id"] for row in await connection.fetch(SQL.link_shown, now - LINKED_WITHIN)]
        ids = list({*batch.ids, *linked})
        days = [row["day"] for row in await connection.fetch(SQL.keep_chosen, ids, sorted(RESOLVED))] if ids else []
        if days:
            await connection.execute(SQL.days_due, days)
        await keep_place(connection, READER, batch, now)
    return batch.count


async def count_days(pool: asyncpg.Pool) -> int:
    """Counts the days anew that something was chosen on. Returns how many."""
    async with pool.acquire() as connection, connection.transaction():
        days = [row["day"] for row in await connection.fetch(SQL.take_days, DAYS_AT_ONCE)]
        for day in days:
            await connection.execute(SQL.clear_day, day)
            await connection.execute(SQL.count_day, day)
    return len(days)


async def forget(pool: asyncpg.Pool, now: datetime, keep_days: int) -> None:
    """Single suggestions that are older than the city keeps them; what was counted of them stays."""
    before = (now - timedelta(days=keep_days)).date()
    while await pool.execute(SQL.forget, before, FORGOTTEN_AT_ONCE) == f"DELETE {FORGOTTEN_AT_ONCE}":
        pass
