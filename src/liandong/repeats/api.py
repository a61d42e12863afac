"""What the desk looks up while somebody calls: the caller's matters, likely duplicates, the thread; and what a supervisor has to look at."""

import asyncio
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
from liandong.duplicates.model import Duplicate
from liandong.duplicates.store import find_duplicates
from liandong.orders.actions import Intake
from liandong.orders.api import require
from liandong.orders.commands import may_see
from liandong.orders.context import Actor
from liandong.orders.decide import as_order
from liandong.orders.model import Exercise
from liandong.orders.store import SQL as ORDERS
from liandong.orders.store import Store
from liandong.orders.view import OrderView, view
from liandong.orders.within import within
from liandong.policy import CityPolicy
from liandong.repeats.callers import History, Thread, history, thread
from liandong.repeats.model import Earlier
from liandong.repeats.store import SQL, find_earlier
from liandong.topics.keeping import TopicHint, topics_of

DESK = ("call_taker", "dispatcher", "supervisor")
NOBODY = UUID(int=0)


class Caller(Struct, frozen=True, forbid_unknown_fields=True):
    """A number is looked up in the body of a request, so that it stands in no log of addresses."""

    phone: Annotated[str, Meta(pattern=r"^[0-9+*() \-]{3,30}$")]
    exercise: Exercise = Exercise.ACTUAL


class AtIntake(Struct, frozen=True):
    """What is known before the matter is taken in. `repeats`: the answered matter that this would be linked to. `topics`: what the likely
    duplicates are a part of."""

    history: History
    duplicates: list[Duplicate]
    repeats: Earlier | None
    topics: list[TopicHint]


class Reviews(Struct, frozen=True):
    """`next`: give it as `after` to get the page after this one; null at the end."""

    orders: list[OrderView]
    next: UUID | None


_caller = msgspec.json.Decoder(Caller)
_intake = msgspec.json.Decoder(Intake)


@post(
    "/api/v1/callers/history",
    summary="A caller's open and answered matters",
    tags=["repeats"],
    status_code=200,
    responses=answers(History),
)
async def show_history(
    request: Request[Any, Any, Any], actor: Actor, pool: asyncpg.Pool, clock: Clock, policy: CityPolicy, data: Caller
) -> Response[bytes]:
    require(actor, *DESK)
    asked = decode_body(await request.body(), _caller)
    return json_answer(await history(pool, asked.phone, clock.now(), policy.repeats, asked.exercise))


@post(
    "/api/v1/intake/look",
    summary="Before taking in: the caller's history, likely duplicates, what this would repeat",
    tags=["repeats"],
    status_code=200,
    responses=answers(AtIntake),
)
async def look(
    request: Request[Any, Any, Any], actor: Actor, pool: asyncpg.Pool, clock: Clock, policy: CityPolicy, data: Intake
) -> Response[bytes]:
    """Keeps nothing, and nothing waits for it: the matter may be taken in at any moment."""
    require(actor, *DESK)
    intake, now = decode_body(await request.body(), _intake), clock.now()
    known, alike, repeats = await asyncio.gather(
        history(pool, intake.caller.phone, now, policy.repeats, intake.exercise),
        find_duplicates(pool, as_order(intake, policy, now), policy.linkage),
        find_earlier(pool, intake, now, policy.repeats),
    )
    topics = await topics_of(pool, [one.id for one in alike])
    return json_answer(AtIntake(known, alike, repeats, topics))


@get(
    "/api/v1/orders/{key:str}/thread",
    summary="Everything a caller said and was answered about one thing, in order",
    tags=["repeats"],
    responses=answers(Thread),
)
async def show_thread(key: str, actor: Actor, store: Store, pool: asyncpg.Pool) -> Response[bytes]:
    try:
        as_uuid = UUID(key)
    except ValueError:
        as_uuid = None
    order_id = await pool.fetchval(ORDERS.find, as_uuid, key)
    snapshot = await store.load(order_id) if order_id else None
    if snapshot is None or not may_see(snapshot, actor):
        raise AppError("not_found", "没有这个工单，或没有派给您的单位")
    return json_answer(await thread(pool, store, snapshot.order.id, actor))


@get(
    "/api/v1/repeats/to-review",
    summary="Matters that came again and again and that no supervisor has looked at, oldest first",
    tags=["repeats"],
    responses=answers(Reviews),
)
async def list_to_review(
    actor: Actor,
    store: Store,
    pool: asyncpg.Pool,
    after: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 25,
) -> Response[bytes]:
    require(actor, "supervisor")
    asked = within(SQL.to_review, (after or NOBODY, limit), actor.division)
    ids = [row["id"] for row in await pool.fetch(*asked)]
    found = await asyncio.gather(*(store.load(one) for one in ids))
    return json_answer(Reviews([view(one, actor) for one in found if one], ids[-1] if len(ids) == limit else None))


HANDLERS = [show_history, look, show_thread, list_to_review]
