"""/api/v1/callbacks and /api/v1/evaluations: whom to call now, what callers said, and what a detector flagged."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, get, post
from litestar.params import Body, Parameter
from msgspec import Meta, Struct

from liandong.callbacks.invites import SQL, make_link
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.messaging.settings import MessagingSettings
from liandong.orders.api import require
from liandong.orders.context import Actor
from liandong.orders.within import within
from liandong.policy import CityPolicy

DESK = ("call_taker", "dispatcher", "supervisor")


class ToCall(Struct, frozen=True):
    """Somebody to call by phone. `next_try_at`: not before, because this half-day was used; null for now."""

    order_id: UUID
    number: str | None
    method: str
    rule: str
    planned_at: datetime
    phone_from: datetime
    call_backs: int
    next_try_at: datetime | None
    due_at: datetime | None
    unit: str | None
    type: str | None


class Given(Struct, frozen=True):
    """An evaluation, in five levels and in three, and the caller's own words."""

    round: int
    seq: int
    at: datetime
    method: str
    actor: str
    satisfaction: int
    mapped: str
    solved: bool | None
    words: str


class Flag(Struct, frozen=True):
    """`thing`: the seat, address or number (masked) that it is about."""

    id: UUID
    kind: str
    thing: str
    orders: list[str]
    first_at: datetime
    last_at: datetime
    count: int
    actors: list[str]
    status: str
    decided_by: str | None
    decided_at: datetime | None
    note: str


class FlagDecided(Struct, frozen=True, forbid_unknown_fields=True):
    status: Annotated[str, Meta(pattern="^(confirmed|dismissed)$")]
    note: Annotated[str, Meta(min_length=1, max_length=1000)]


class Link(Struct, frozen=True):
    link: str
    expires_at: datetime


_decided = msgspec.json.Decoder(FlagDecided)


@get(
    "/api/v1/callbacks",
    summary="Whom to call now, the longest waiting first",
    tags=["callbacks"],
    responses=answers(list[ToCall]),
)
async def to_call(
    actor: Actor,
    pool: asyncpg.Pool,
    clock: Clock,
    policy: CityPolicy,
    after_at: Annotated[datetime, Meta(tz=True)] | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Response[bytes]:
    """By phone from the start, or because nobody answered by link in time. Next page: `phone_from` and `order_id` of the last one."""
    require(actor, *DESK)
    now, halves = clock.now(), policy.callbacks
    rows = await pool.fetch(*within(SQL.to_call, (now, after_at, after, limit), actor.division))
    shown = []
    for row in rows:
        told = dict(row)
        tried = told.pop("call_back_tried_at")
        same = tried is not None and halves.half_day(tried)[0] == halves.half_day(now)[0]
        shown.append(ToCall(**told, next_try_at=halves.half_day(now)[1] if same else None))
    return json_answer(shown)


@get(
    "/api/v1/evaluations/flags",
    summary="Evaluations that somebody may have given in the callers' stead",
    tags=["callbacks"],
    responses=answers(list[Flag]),
)
async def flags(
    actor: Actor,
    pool: asyncpg.Pool,
    status: Annotated[str, Parameter(pattern="^(open|confirmed|dismissed)$")] = "open",
    limit: Annotated[int, Parameter(ge=1, le=500)] = 100,
) -> Response[bytes]:
    require(actor, "supervisor", "leader", "auditor")
    return json_answer([Flag(**dict(row)) for row in await pool.fetch(SQL.flags, status, limit)])


@post(
    "/api/v1/evaluations/flags/{flag_id:uuid}/decide",
    summary="Confirm or dismiss",
    tags=["callbacks"],
    status_code=200,
    responses=answers(Flag),
)
async def decide_flag(
    flag_id: UUID,
    request: Request[Any, Any, Any],
    actor: Actor,
    pool: asyncpg.Pool,
    clock: Clock,
    data: Annotated[FlagDecided, Body(description="What a person found")],
) -> Response[bytes]:
    require(actor, "supervisor", "leader", "auditor")
    asked = decode_body(await request.body(), _decided)
    flag = await pool.fetchrow(SQL.flag_by_id, flag_id)
    if flag is None:
        raise AppError("not_found", "没有这条疑点")
    if actor.id in flag["actors"]:
        raise AppError("guard_refused", "疑点涉及本人录入的评价，须由另一人核实")
    row = await pool.fetchrow(SQL.decide_flag, flag_id, asked.status, actor.id, clock.now(), asked.note)
    if row is None:
        raise AppError("action_not_allowed", "这条疑点已经有结论")
    return json_answer(Flag(**dict(row)))


@get(
    "/api/v1/orders/{order_id:uuid}/evaluations",
    summary="What the caller said, round by round",
    tags=["callbacks"],
    responses=answers(list[Given]),
)
async def evaluations(order_id: UUID, actor: Actor, pool: asyncpg.Pool) -> Response[bytes]:
    require(actor, *DESK, "leader", "auditor")
    await _visible(order_id, actor, pool)
    return json_answer([Given(**dict(row)) for row in await pool.fetch(SQL.evaluations_of, order_id)])


@post(
    "/api/v1/orders/{order_id:uuid}/evaluation-link",
    summary="A link for the portal to show its caller",
    tags=["callbacks"],
    status_code=200,
    responses=answers(Link),
)
async def link(
    order_id: UUID, actor: Actor, pool: asyncpg.Pool, clock: Clock, messaging: MessagingSettings
) -> Response[bytes]:
    """For an order whose caller is invited; the link is shown this once and not kept."""
    require(actor, *DESK)
    if messaging.public_url is None:
        raise AppError("guard_refused", "没有配置 messaging.public_url，不能生成评价链接")
    await _visible(order_id, actor, pool)
    row = await pool.fetchrow(SQL.invite_now, order_id)
    if row is None or row["used_at"] is not None or row["expires_at"] <= clock.now():
        raise AppError("not_found", "该工单没有可用的评价邀请：按抽样规则由人工回访，或已评价、已过期")
    return json_answer(Link(await make_link(pool, messaging.public_url, row["id"], clock.now()), row["expires_at"]))


async def _visible(order_id: UUID, actor: Actor, pool: asyncpg.Pool) -> None:
    """Raises AppError not_found for an order outside the district that an account is bound to."""
    if not actor.covers(await pool.fetchval(SQL.division_of, order_id)):
        raise AppError("not_found", "没有这个工单，或不在您的区域（no such order, or not in your district）")


HANDLERS = [to_call, flags, decide_flag, evaluations, link]
