"""Reading the ledger on from a kept place: whoever does something because of committed events keeps its place in the transaction that
writes what it made of them. So nothing is lost and nothing is done twice, whenever a process is killed.

`read_on` hands the events themselves to what follows from them; `next_batch` and `keep_place` are for readers that only want to know
which orders were touched.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.core.failpoints import reach
from liandong.core.sqlfiles import load_sql

SQL = load_sql("liandong.core", "places.sql")
BATCH = 200

Handle = Callable[[asyncpg.Connection, Sequence[Any]], Awaitable[None]]
"""(connection in a transaction, events oldest first): writes what follows from them, by this connection alone."""


class Batch(Struct, frozen=True):
    """The orders that some events touched; `count` is of the events, 0 at the end of the ledger."""

    ids: list[UUID]
    count: int
    txid: str | None
    position: int | None


async def read_on(pool: asyncpg.Pool, reader: str, handle: Handle, now: datetime, *, limit: int = BATCH) -> int:
    """One batch. Returns how many events were read; 0 also while another process reads for this reader."""
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(SQL.hold_reader, reader):
            return 0
        events = await connection.fetch(SQL.events_after, *await _place(connection, reader), limit)
        if not events:
            return 0
        await handle(connection, events)
        reach("places.handled")
        await connection.execute(SQL.keep_place, reader, events[-1]["txid"], events[-1]["position"], now)
    reach("places.kept")
    return len(events)


async def next_batch(connection: asyncpg.Connection, reader: str, limit: int) -> Batch | None:
    """Inside a transaction. None: another process is reading for this reader."""
    if not await connection.fetchval(SQL.hold_reader, reader):
        return None
    return Batch(**dict(await connection.fetchrow(SQL.touched, *await _place(connection, reader), limit)))


async def keep_place(connection: asyncpg.Connection, reader: str, batch: Batch, now: datetime) -> None:
    if batch.count:
        await connection.execute(SQL.keep_place, reader, batch.txid, batch.position, now)


async def wait_for_reader(connection: asyncpg.Connection, reader: str) -> None:
    """Until this transaction ends nobody reads for this reader: what it sees and writes is not overtaken by a look that began before."""
    await connection.execute(SQL.wait_reader, reader)


async def go_to_end(connection: asyncpg.Connection, reader: str, now: datetime) -> None:
    """What is in the ledger already is not read any more. Waits for whoever is reading."""
    await wait_for_reader(connection, reader)
    end = await connection.fetchrow(SQL.feed_end)
    if end:
        await connection.execute(SQL.keep_place, reader, end["txid"], end["position"], now)


async def _place(connection: asyncpg.Connection, reader: str) -> tuple[str, int]:
    """The ledger's beginning where it has read nothing yet."""
    place = await connection.fetchrow(SQL.place, reader)
    return (place["txid"], place["position"]) if place else ("0", -1)
