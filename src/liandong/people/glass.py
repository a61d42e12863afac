"""Break-glass: a caller who is hidden is opened at once, with a reason; a second person says afterwards whether that was right.

Whoever waits for a second person while somebody is in danger waits too long; so the record comes first, the second person later, and an alarm
if nobody looked in time or if it was not right. Whoever is bound to a unit opens nothing: the caller is hidden from the unit (domain §6).
"""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.core.ids import new_id
from liandong.core.sqlfiles import load_sql
from liandong.orders.api import Reason, find_order
from liandong.orders.context import Actor
from liandong.orders.store import SQL as ORDERS
from liandong.orders.store import Store
from liandong.orders.view import Unmasked
from liandong.people.rooms import People

SQL = load_sql("liandong.people")
TAGS = ["people"]
LOOK = 15.0  # seconds between looks for openings that nobody judged in time


class Opened(Unmasked, frozen=True, kw_only=True):
    """`due_at`: until when a second person must have judged it."""

    glass_id: UUID
    due_at: datetime


class Broken(Struct, frozen=True):
    id: UUID
    order_id: UUID
    number: str | None
    at: datetime
    actor: str
    reason: str
    due_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    justified: bool | None
    words: str | None


class Judgement(Struct, frozen=True, forbid_unknown_fields=True):
    justified: bool
    text: Annotated[str, Meta(min_length=2, max_length=300)]


@post(
    "/api/v1/orders/{key:str}/break-glass",
    summary="Open a hidden caller at once; a second person judges it afterwards",
    tags=TAGS,
    status_code=200,
    responses=answers(Opened),
)
async def break_glass(
    key: str,
    request: Request[Any, Any, Any],
    actor: Actor,
    store: Store,
    pool: asyncpg.Pool,
    clock: Clock,
    people: People,
    data: Reason,
) -> Response[bytes]:
    given = decode_body(await request.body(), msgspec.json.Decoder(Reason))
    snapshot = await find_order(key, actor, store, pool)
    if actor.unit is not None or actor.home is not None:
        raise AppError("not_permitted", "诉求人要求保密，承办单位的账号不能查看（hidden from units）")
    now, glass_id = clock.now(), new_id()
    due_at = now + timedelta(minutes=people.policy.break_glass_minutes)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(SQL.break_glass, glass_id, snapshot.order.id, now, actor.id, given.reason, due_at)
        fields = ["caller", "break_glass"]
        await connection.execute(ORDERS.record_view, now, actor.id, snapshot.order.id, fields, given.reason)
    opened = Opened(order_id=snapshot.order.id, caller=snapshot.order.caller, glass_id=glass_id, due_at=due_at)
    return json_answer(opened)


@get("/api/v1/break-glass", summary="Hidden callers that were opened", tags=TAGS, responses=answers(list[Broken]))
async def list_broken(
    pool: asyncpg.Pool,
    open: bool = True,
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Response[bytes]:
    """Those that wait for a second person, newest first; with `open=false` all."""
    rows = await pool.fetch(SQL.broken_glass, open, before, limit)
    return json_answer([Broken(**dict(row)) for row in rows])


@post(
    "/api/v1/break-glass/{glass_id:uuid}/decide",
    summary="A second person judges it",
    tags=TAGS,
    status_code=200,
    responses=answers(Broken),
)
async def decide(
    glass_id: UUID, request: Request[Any, Any, Any], actor: Actor, pool: asyncpg.Pool, clock: Clock, data: Judgement
) -> Response[bytes]:
    """Not by whoever opened it, and once. Not justified: an alarm."""
    given = decode_body(await request.body(), msgspec.json.Decoder(Judgement))
    now = clock.now()
    async with pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(SQL.glass, glass_id)
        if row is None:
            raise AppError("not_found", "没有这次查看（no such opening）")
        if row["actor"] == actor.id:
            raise AppError("second_person_needed", "须由另一人确认，不能是查看者本人")
        if row["decided_at"] is not None:
            raise AppError("action_not_allowed", f"已由 {row['decided_by']} 确认（it was judged already）")
        await connection.execute(SQL.judge_glass, glass_id, now, actor.id, given.justified, given.text)
        if not given.justified:
            await raise_alarm(connection, _unjustified(row), now)
        row = await connection.fetchrow(SQL.glass, glass_id)
    return json_answer(Broken(**dict(row)))


async def alarm_once(pool: asyncpg.Pool, now: datetime) -> int:
    """An alarm for each opening that nobody judged in time, once. Returns how many."""
    async with pool.acquire() as connection, connection.transaction():
        rows = await connection.fetch(SQL.glass_overdue, now)
        for row in rows:
            await raise_alarm(connection, _unseen(row), now)
    return len(rows)


async def keep_watching_glass(pool: asyncpg.Pool, clock: Clock) -> None:
    while True:
        await alarm_once(pool, clock.now())
        await asyncio.sleep(LOOK)


def _unseen(row: asyncpg.Record) -> Alarm:
    return Alarm(
        kind="glass.unconfirmed",
        subject="break_glass",
        severity=Severity.ALARM,
        zh=f"{row['actor']} 查看了保密诉求人，期限内无第二人确认",
        en=f"{row['actor']} opened a hidden caller and no second person judged it in time",
        order_id=row["order_id"],
    )


def _unjustified(row: asyncpg.Record) -> Alarm:
    return Alarm(
        kind="glass.unjustified",
        subject="break_glass",
        severity=Severity.ALARM,
        zh=f"{row['actor']} 查看保密诉求人，第二人认为没有正当理由",
        en=f"{row['actor']} opened a hidden caller; a second person says that it was not justified",
        order_id=row["order_id"],
    )


HANDLERS = [break_glass, list_broken, decide]
