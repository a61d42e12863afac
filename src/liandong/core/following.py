"""Following the ledger: whoever does something because of committed events reads them by a cursor, and the cursor moves in the same
transaction that writes what was made of them. So nothing is lost and nothing is done twice, whenever a process is killed."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg

from liandong.core.failpoints import reach
from liandong.core.sqlfiles import load_sql

SQL = load_sql("liandong.core", "following.sql")
BATCH = 200
log = logging.getLogger(__name__)

Handle = Callable[[asyncpg.Connection, Sequence[Any]], Awaitable[None]]
"""(connection in a transaction, events oldest first): writes what follows from them, by this connection alone."""


async def follow_once(pool: asyncpg.Pool, name: str, handle: Handle, *, limit: int = BATCH) -> int:
    """One batch. Returns how many events were read; 0 also while another worker reads them."""
    async with pool.acquire() as connection, connection.transaction():
        cursor = await connection.fetchrow(SQL.take_cursor, name)
        if cursor is None:
            return 0
        events = await connection.fetch(SQL.events_after, cursor["txid"], cursor["position"], limit)
        if not events:
            return 0
        await handle(connection, events)
        reach("following.handled")
        await connection.execute(SQL.move_cursor, name, events[-1]["txid"], events[-1]["position"])
    reach("following.moved")
    return len(events)
