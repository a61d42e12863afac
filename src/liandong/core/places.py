"""Reading the ledger on from a kept place: each reader sees every event at least once, and keeps its place in the transaction of what it made."""

from datetime import datetime
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.core.sqlfiles import load_sql

SQL = load_sql("liandong.core", "places.sql")


class Batch(Struct, frozen=True):
    """The orders that some events touched; `count` is of the events, 0 at the end of the ledger."""

    ids: list[UUID]
    count: int
    txid: str | None
    position: int | None


async def next_batch(connection: asyncpg.Connection, reader: str, limit: int) -> Batch | None:
    """Inside a transaction. None: another process is reading for this reader."""
    if not await connection.fetchval(SQL.hold_reader, reader):
        return None
    place = await connection.fetchrow(SQL.place, reader)
    at = (place["txid"], place["position"]) if place else ("0", -1)
    return Batch(**dict(await connection.fetchrow(SQL.touched, *at, limit)))


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
