"""/api/v1/outbox: messages that wait for a peer or can't go, and sending dead ones again."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, get, post
from litestar.params import Body, Parameter
from msgspec import Meta, Struct

from liandong.core.clock import Clock
from liandong.core.http import answers, decode_body, json_answer
from liandong.core.sqlfiles import load_sql
from liandong.exchange.receive import SQL as EXCHANGE_SQL
from liandong.orders.api import require
from liandong.orders.context import Actor

SQL = load_sql("liandong.operating")
TAGS = ["operations"]
AT_ONCE = 1000


class Outgoing(Struct, frozen=True):
    """A message to a peer; its body is for the peer alone. `last_error`: why the last try failed, or why it is dead."""

    id: UUID
    peer: str
    matter_id: UUID
    order_id: UUID
    seq: int
    kind: str
    urgent: bool
    status: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    last_error: str | None


class OutgoingPage(Struct, frozen=True):
    """`next`: give it as `before` to get the page after this one; null at the end."""

    messages: list[Outgoing]
    next: UUID | None


class ResendMessages(Struct, frozen=True, forbid_unknown_fields=True):
    """`ids` empty: every dead one (of `peer`, if given), at most 1000 at a time."""

    ids: Annotated[list[UUID], Meta(max_length=AT_ONCE)] = []
    peer: str | None = None


class QueuedAgain(Struct, frozen=True):
    queued: int


_resend = msgspec.json.Decoder(ResendMessages)


@get("/api/v1/outbox", summary="Messages to peers that wait or are dead", tags=TAGS, responses=answers(OutgoingPage))
async def list_outbox(
    actor: Actor,
    pool: asyncpg.Pool,
    status: Annotated[str, Parameter(pattern="^(pending|dead)$")] = "dead",
    peer: str | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 100,
) -> Response[bytes]:
    require(actor, "admin", "supervisor", "auditor")
    rows = await pool.fetch(SQL.outbox_of, status, peer, before, limit)
    found = [Outgoing(**dict(row)) for row in rows]
    return json_answer(OutgoingPage(found, found[-1].id if len(found) == limit else None))


@post(
    "/api/v1/outbox/resend",
    summary="Send dead messages again",
    tags=TAGS,
    status_code=200,
    responses=answers(QueuedAgain),
)
async def resend(
    request: Request[Any, Any, Any],
    actor: Actor,
    pool: asyncpg.Pool,
    clock: Clock,
    data: Annotated[ResendMessages, Body(description="Which; without ids every dead one")],
) -> Response[bytes]:
    """The receiver takes them even out of order, and never twice: each kept its place in its matter."""
    require(actor, "admin", "supervisor")
    asked = decode_body(await request.body(), _resend)
    ids = asked.ids or [row["id"] for row in await pool.fetch(EXCHANGE_SQL.dead_ids, asked.peer)][:AT_ONCE]
    return json_answer(QueuedAgain(len(await pool.fetch(EXCHANGE_SQL.resend, ids, clock.now()))))


HANDLERS = [list_outbox, resend]
