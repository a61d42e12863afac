"""/api/v1/units, proposals for an order, and many orders at once."""

import asyncio
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, get, post
from litestar.params import Body, HeaderParameter, Parameter
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.dispatching.bulk import BulkDispatch, Outcome, dispatch_all
from liandong.dispatching.handing_over import SQL as OPEN
from liandong.dispatching.proposing import Proposal, proposals
from liandong.orders.api import require
from liandong.orders.commands import Commands, may_see
from liandong.orders.context import Actor
from liandong.orders.lifecycle import FINAL, LIFECYCLES
from liandong.orders.store import SQL, Store
from liandong.orders.view import OrderView, view
from liandong.orders.within import within
from liandong.policy import ZONE, CityPolicy
from liandong.units.model import Shift, Unit
from liandong.units.office import opens_at

STATUSES = sorted({status for lifecycle in LIFECYCLES.values() for status in lifecycle.statuses} - FINAL)
_bulk = msgspec.json.Decoder(BulkDispatch)


class Branch(Struct, frozen=True):
    """A unit with how many units stand directly below it."""

    unit: Unit
    children: int


class UnitView(Struct, frozen=True):
    """`path`: from the root to the parent. `successor`: who took over, if it has ended. `on_duty`: whose turn it is now.

    `opens_at`: its office is closed now and staffed from then on.
    """

    unit: Unit
    in_service: bool
    path: list[Unit]
    children: list[Branch]
    successor: Unit | None
    on_duty: Shift | None
    opens_at: datetime | None
    directory: str


class UnitOrders(Struct, frozen=True):
    """`next`: give it as `before` to get the page after this one; null at the end."""

    orders: list[OrderView]
    next: UUID | None


class Outcomes(Struct, frozen=True):
    """`warnings`: what the sender should know and what held nothing up."""

    dispatched: int
    repeated: int
    refused: int
    warnings: list[str]
    results: list[Outcome]


@get("/api/v1/units", summary="The tree of units, one level at a time", tags=["units"], responses=answers(list[Branch]))
async def tree(actor: Actor, policy: CityPolicy, clock: Clock, parent: str = "") -> Response[bytes]:
    """Without `parent` the roots. For everybody who is signed in."""
    if parent and not policy.directory.knows(parent):
        raise AppError("not_found", f"没有机构代码为“{parent}”的单位")
    return json_answer(_branches(policy, parent, clock))


@get("/api/v1/units/search", summary="Units by words", tags=["units"], responses=answers(list[Unit]))
async def search(
    actor: Actor, policy: CityPolicy, clock: Clock, q: str, limit: Annotated[int, Parameter(ge=1, le=200)] = 25
) -> Response[bytes]:
    """Every word of `q` must stand in the unit's code, names, duties or places."""
    return json_answer(policy.directory.search(q, policy.local_date(clock.now()), limit))


@get("/api/v1/units/{code:str}", summary="One unit", tags=["units"], responses=answers(UnitView))
async def show(code: str, actor: Actor, policy: CityPolicy, clock: Clock) -> Response[bytes]:
    today, directory = policy.local_date(clock.now()), policy.directory
    unit = directory.unit(code, today) or directory.last_known(code)
    if unit is None:
        raise AppError("not_found", f"没有机构代码为“{code}”的单位")
    return json_answer(
        UnitView(
            unit=unit,
            in_service=unit.stands_on(today),
            path=directory.path(unit, today),
            children=_branches(policy, code, clock),
            successor=directory.successor(code, today),
            on_duty=directory.on_duty(code, clock.now().astimezone(ZONE)),
            opens_at=opens_at(unit, clock.now().astimezone(ZONE), policy.calendar),
            directory=directory.version,
        )
    )


@get("/api/v1/units/{code:str}/orders", summary="A unit's open orders", tags=["units"], responses=answers(UnitOrders))
async def orders_of(
    code: str,
    actor: Actor,
    store: Store,
    pool: asyncpg.Pool,
    share: bool = False,
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 25,
) -> Response[bytes]:
    """As the lead, or with `share` as a co-handler. A unit's key sees its own."""
    if actor.unit not in (None, code) or actor.home is not None:
        raise AppError("not_permitted", "只能查看本单位的工单")
    named = msgspec.json.encode([{"unit": code}]).decode()
    query, key = (OPEN.newest_with_share, named) if share else (OPEN.newest_of_unit, code)
    asked = within(query, (key, STATUSES, before, limit), actor.division)
    ids = [row["id"] for row in await pool.fetch(*asked)]
    loaded = await asyncio.gather(*(store.load(order_id) for order_id in ids))
    snapshots = [s for s in loaded if s is not None and may_see(s, actor)]  # a share may have ended with its dispatch
    return json_answer(UnitOrders([view(s, actor) for s in snapshots], ids[-1] if len(ids) == limit else None))


@get(
    "/api/v1/orders/{key:str}/proposals",
    summary="To whom an order should go: unit, mode, and why",
    tags=["units"],
    responses=answers(list[Proposal]),
)
async def propose(
    key: str, actor: Actor, store: Store, pool: asyncpg.Pool, policy: CityPolicy, clock: Clock
) -> Response[bytes]:
    """The best first. Nothing happens by itself: `action` says what to press."""
    require(actor, "call_taker", "dispatcher", "supervisor")
    order_id = await pool.fetchval(SQL.find, _as_uuid(key), key)
    snapshot = await store.load(order_id) if order_id else None
    if snapshot is None or not may_see(snapshot, actor):
        raise AppError("not_found", "没有这个工单")
    now = clock.now()
    found = proposals(snapshot.order, policy.directory, policy.local_date(now), now.astimezone(ZONE), policy.calendar)
    return json_answer(found)


@post(
    "/api/v1/dispatches",
    summary="Dispatch many orders to one unit",
    tags=["units"],
    status_code=200,
    responses=answers(Outcomes),
)
async def dispatch_many(
    request: Request[Any, Any, Any],
    actor: Actor,
    commands: Commands,
    pool: asyncpg.Pool,
    clock: Clock,
    policy: CityPolicy,
    data: Annotated[BulkDispatch, Body(description="Orders with the versions that were seen, and the unit")],
    idempotency_key: Annotated[
        str | None, HeaderParameter(name="Idempotency-Key", description="One for each request; keep it when retrying")
    ] = None,
) -> Response[bytes]:
    """Each order is judged by itself: one that is refused does not hold up the others."""
    require(actor, "call_taker", "dispatcher", "supervisor")
    key = (idempotency_key or "").strip()
    if not key:
        raise AppError("idempotency_key_missing", "请为每次批量派单生成一个不重复的 Idempotency-Key，重试时不要更换")
    if len(key) > 150:
        raise AppError("field_invalid", "Idempotency-Key 不得超过 150 个字符")
    asked = decode_body(await request.body(), _bulk)
    results = await dispatch_all(asked, commands, pool, actor, key=key, now=clock.now())
    counts = {name: sum(one.result == name for one in results) for name in ("dispatched", "repeated", "refused")}
    return json_answer(Outcomes(**counts, warnings=_closed(policy, asked.unit, clock), results=results))


def _closed(policy: CityPolicy, code: str, clock: Clock) -> list[str]:
    """That nobody is in the office of whoever gets all this."""
    now = clock.now()
    unit = policy.directory.unit(code, policy.local_date(now))
    opens = opens_at(unit, now.astimezone(ZONE), policy.calendar) if unit else None
    if unit is None or opens is None:
        return []
    return [
        f"{unit.short}现在不在办公时间，{opens:%m-%d %H:%M} 上班；签收时限照常计算（the office is closed until then; the clocks run）"
    ]


def _branches(policy: CityPolicy, parent: str, clock: Clock) -> list[Branch]:
    today, directory = policy.local_date(clock.now()), policy.directory
    return [Branch(unit, len(directory.children(unit.org_code, today))) for unit in directory.children(parent, today)]


def _as_uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


HANDLERS = [tree, search, show, orders_of, propose, dispatch_many]
