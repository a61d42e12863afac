"""Many orders to one unit with one request: each order has its own version and its own result, and a repeated request changes nothing."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Meta, Struct

from liandong.core.errors import AppError, problem
from liandong.core.sqlfiles import load_sql
from liandong.orders.actions import DispatchOrder, Text, UnitCode, UnitCodes
from liandong.orders.commands import Commands
from liandong.orders.context import Actor
from liandong.orders.store import Request, digest_of

SQL = load_sql("liandong.dispatching")
AT_ONCE = 8  # orders under way together


class One(Struct, frozen=True, forbid_unknown_fields=True):
    """An order with the version that the person was looking at."""

    id: UUID
    version: Annotated[int, Meta(ge=1)]


class BulkDispatch(Struct, frozen=True, forbid_unknown_fields=True):
    orders: Annotated[list[One], Meta(min_length=1)]
    unit: UnitCode
    co_handlers: UnitCodes = []
    note: Text = ""


class Outcome(Struct, frozen=True, omit_defaults=True):
    """`version` and `status` are the order's after it. `code`, `text`: why it was refused; the others were not held up by it."""

    id: UUID
    result: Literal["dispatched", "repeated", "refused"]
    version: int | None = None
    status: str = ""
    number: str = ""
    code: str = ""
    text: str = ""


async def dispatch_all(
    asked: BulkDispatch, commands: Commands, pool: asyncpg.Pool, actor: Actor, *, key: str, now: datetime
) -> list[Outcome]:
    """In the order in which they were given. Raises AppError where the request as a whole can't be taken."""
    most = commands.policy.dispatching.most_at_once
    if len(asked.orders) > most:
        raise AppError("field_invalid", f"一次最多派 {most} 件，请分批")
    if max(Counter(one.id for one in asked.orders).values()) > 1:
        raise AppError("field_invalid", "同一工单在请求中出现了两次")
    gate = asyncio.Semaphore(AT_ONCE)

    async def one_of(one: One) -> Outcome:
        async with gate:
            return await _dispatch(one, asked, commands, pool, actor, key=key, now=now)

    return await asyncio.gather(*(one_of(one) for one in asked.orders))


async def _dispatch(
    one: One, asked: BulkDispatch, commands: Commands, pool: asyncpg.Pool, actor: Actor, *, key: str, now: datetime
) -> Outcome:
    action = DispatchOrder(version=one.version, unit=asked.unit, co_handlers=asked.co_handlers, note=asked.note)
    request = Request(actor=actor.id, key=f"{key}/{one.id}", digest=digest_of(msgspec.json.encode(action)), at=now)
    try:
        if await _taken_before(pool, request):
            return await _repeated(one, commands)
        done = (await commands.act(one.id, action, actor, request=request)).order
        return Outcome(one.id, "dispatched", done.version, done.status, done.number or "")
    except AppError as error:
        if error.code == "stale_version" and await _taken_before(pool, request):
            return await _repeated(one, commands)  # the same request, at the same time
        return Outcome(one.id, "refused", code=error.code, text=error.text or str(problem(error)["title"]))


async def _taken_before(pool: asyncpg.Pool, request: Request) -> bool:
    digest = await pool.fetchval(SQL.request, request.actor, request.key)
    if digest is not None and digest.hex() != request.digest:
        raise AppError("idempotency_key_reused", "请为新的批量派单换一个 Idempotency-Key")
    return digest is not None


async def _repeated(one: One, commands: Commands) -> Outcome:
    order = (await commands.look(one.id)).order
    return Outcome(one.id, "repeated", order.version, order.status, order.number or "")
