"""/api/v1/topics: what people bring again and again, where and since when, whether it grows, and what was done before more complained."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.orders.api import require
from liandong.orders.context import Actor
from liandong.policy import CityPolicy
from liandong.topics.keeping import SQL, Counted, OnDay

SEES = ("call_taker", "dispatcher", "supervisor", "leader", "auditor")
ACTS = ("dispatcher", "supervisor", "leader")


class TopicStatus(StrEnum):
    FOUND = "found"
    ACTING = "acting"
    DONE = "done"
    DISMISSED = "dismissed"


class TopicRow(Struct, frozen=True):
    """`recent`: of the last week; `growth`: against an average week before; `unit`: who handles most of it, or was asked to act."""

    id: UUID
    name: str
    words: list[str]
    size: int
    first_on: date
    last_on: date
    recent: int
    growth: float | None
    growing: bool
    places: list[Counted]
    classes: list[Counted]
    days: list[OnDay]
    unit: str | None
    unit_name: str
    status: TopicStatus
    found_at: datetime
    kept_at: datetime


class TopicOrder(Struct, frozen=True):
    """`title` is empty where the caller asked for confidentiality. Degrees, in the system that the order has."""

    id: UUID
    number: str | None
    title: str
    confidential: bool
    status: str
    division_code: str | None
    unit: str | None
    class_code: str | None
    created_at: datetime
    lon: float | None
    lat: float | None


class TopicStep(Struct, frozen=True):
    at: datetime
    actor: str
    status: TopicStatus
    unit: str | None
    text: str


class TopicView(Struct, frozen=True):
    """`next`: give it as `before` to get the orders after these."""

    topic: TopicRow
    orders: list[TopicOrder]
    steps: list[TopicStep]
    next: UUID | None


class StepGiven(Struct, frozen=True, forbid_unknown_fields=True):
    """`unit`: who was asked to act."""

    status: TopicStatus
    text: Annotated[str, Meta(min_length=2, max_length=500)]
    unit: Annotated[str, Meta(max_length=40)] | None = None


_step = msgspec.json.Decoder(StepGiven)


@get("/api/v1/topics", summary="Topics, the largest first", tags=["topics"], responses=answers(list[TopicRow]))
async def topics(
    actor: Actor,
    pool: asyncpg.Pool,
    policy: CityPolicy,
    growing: bool = False,
    status: TopicStatus | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Response[bytes]:
    """Gathered anew every half hour from the orders of the last weeks. `growing`: what should be acted on before more people complain."""
    require(actor, *SEES)
    _not_for_units(actor)
    rows = await pool.fetch(SQL.list, growing, status, limit)
    return json_answer([_row(row, policy) for row in rows])


@get(
    "/api/v1/topics/{topic_id:uuid}",
    summary="One topic with its orders and what was done",
    tags=["topics"],
    responses=answers(TopicView),
)
async def topic(
    topic_id: UUID,
    actor: Actor,
    pool: asyncpg.Pool,
    policy: CityPolicy,
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 100,
) -> Response[bytes]:
    require(actor, *SEES)
    _not_for_units(actor)
    row = await pool.fetchrow(SQL.topic, topic_id)
    if row is None:
        raise AppError("not_found", "没有这个热点")
    orders = [TopicOrder(**dict(one)) for one in await pool.fetch(SQL.orders_of, topic_id, before, limit)]
    steps = [TopicStep(**dict(one)) for one in await pool.fetch(SQL.log, topic_id)]
    return json_answer(TopicView(_row(row, policy), orders, steps, orders[-1].id if len(orders) == limit else None))


@post(
    "/api/v1/topics/{topic_id:uuid}/steps",
    summary="What is done about a topic, recorded",
    tags=["topics"],
    status_code=200,
    responses=answers(TopicRow),
)
async def step(
    topic_id: UUID,
    request: Request[Any, Any, Any],
    actor: Actor,
    pool: asyncpg.Pool,
    clock: Clock,
    policy: CityPolicy,
    data: StepGiven,
) -> Response[bytes]:
    """未诉先办: somebody is asked to look and act (`acting`), it is `done`, or it is no topic (`dismissed`)."""
    require(actor, *ACTS)
    _not_for_units(actor)
    given = decode_body(await request.body(), _step)
    if given.unit and not policy.knows_unit(given.unit):
        raise AppError("field_invalid", f"unit: 没有机构代码为“{given.unit}”的单位")
    async with pool.acquire() as connection, connection.transaction():
        if await connection.fetchval(SQL.step, topic_id, given.status, given.unit) is None:
            raise AppError("not_found", "没有这个热点")
        values = (actor.id, given.status, given.unit, given.text)
        await connection.execute(SQL.add_step, topic_id, clock.now(), *values)
    return json_answer(_row(await pool.fetchrow(SQL.topic, topic_id), policy))


def _row(row: Any, policy: CityPolicy) -> TopicRow:
    names = set(TopicRow.__struct_fields__) - {"places", "classes", "days", "unit_name"}
    unit = policy.directory.last_known(row["unit"] or "")
    return TopicRow(
        **{name: row[name] for name in names},
        places=msgspec.json.decode(row["places_text"], type=list[Counted]),
        classes=msgspec.json.decode(row["classes_text"], type=list[Counted]),
        days=msgspec.json.decode(row["days_text"], type=list[OnDay]),
        unit_name=unit.short if unit else "",
    )


def _not_for_units(actor: Actor) -> None:
    if actor.unit is not None or actor.home is not None:
        raise AppError("not_permitted", "只供本中心人员查看（for the people of this centre）")


HANDLERS = [topics, topic, step]
