"""Messages that concern no order: a proposed catalogue, the root of a day's ledger. The same seal, sequence and guarantees as all others.

A notice belongs to a thread; its id stands where a matter's id stands otherwise. What a notice does is written in one
transaction with its inbox row, so it happens exactly once.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from liandong.core.failpoints import reach
from liandong.core.ids import new_id
from liandong.core.sqlfiles import load_sql
from liandong.exchange.contracts import KIND_OF, Body
from liandong.orders.context import Incoming
from liandong.orders.model import Exercise

SQL = load_sql("liandong.exchange")
_encode = msgspec.json.Encoder().encode

Handler = Callable[[asyncpg.Connection, Incoming, Any, datetime], Awaitable[None]]
"""(connection in a transaction, who sent it, its body, now). Raises AppError to refuse it for good."""
Handlers = Mapping[str, Handler]


async def send_notice(
    connection: asyncpg.Connection,
    *,
    peer: str,
    thread: UUID,
    body: Body,
    now: datetime,
    exercise: Exercise = Exercise.ACTUAL,
    urgent: bool = False,
) -> UUID:
    """Puts a notice into the outbox, in the caller's transaction. Notices of one thread arrive in order; urgent ones overtake other threads."""
    message_id = new_id()
    kind = KIND_OF[type(body)]
    await connection.execute(SQL.lock_thread, peer, str(thread))
    await connection.execute(
        SQL.add_notice, message_id, peer, thread, kind, _encode(body).decode(), now, exercise, urgent
    )
    return message_id


async def take_notice(pool: asyncpg.Pool, handler: Handler, incoming: Incoming, body: Any, now: datetime) -> bool:
    """Claims the notice and carries it out, both or neither. False: another try was faster."""
    async with pool.acquire() as connection, connection.transaction():
        digest = bytes.fromhex(incoming.digest)
        claimed = await connection.fetchval(
            SQL.claim_notice,
            incoming.sender,
            incoming.message_id,
            incoming.matter_id,
            incoming.seq,
            incoming.kind,
            digest,
            now,
        )
        if claimed:
            await handler(connection, incoming, body, now)
            reach("notice.handled")
        return bool(claimed)
