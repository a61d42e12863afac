"""/api/v1/oversights and /api/v1/measures."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, get, post
from litestar.params import Body, Parameter
from msgspec import Meta, Struct

from liandong.core.clock import Clock
from liandong.core.http import answers, decode_body, json_answer
from liandong.core.lifecycle import Transition
from liandong.orders.api import require
from liandong.orders.context import Actor
from liandong.orders.hiding import Hidden
from liandong.orders.store import Store
from liandong.oversight.measures import LIFECYCLE, Measure, Step
from liandong.oversight.model import Oversight
from liandong.oversight.opening import SQL
from liandong.oversight.service import (
    Measures,
    Outstanding,
    OversightFilters,
    Proposal,
    find_measure,
    list_measures,
    list_oversights,
    outstanding,
)
from liandong.policy import CityPolicy

READERS = ("dispatcher", "supervisor", "leader", "auditor", "unit")
Moment = Annotated[datetime, Meta(tz=True)]


class MeasureStep(Struct, frozen=True, forbid_unknown_fields=True):
    """`version`: the one that was seen. `text`: why; for an appeal, its grounds."""

    action: Annotated[str, Meta(pattern="^(approve|refuse|appeal|uphold|revoke|carry_out)$")]
    version: Annotated[int, Meta(ge=1)]
    text: Annotated[str, Meta(min_length=1, max_length=10_000)]


class StepTaken(Struct, frozen=True):
    version: int
    step: str
    at: datetime
    actor: str
    text: str


class AllowedStep(Struct, frozen=True):
    action: str
    label: str
    label_en: str


class MeasureView(Measure, frozen=True, kw_only=True):
    allowed_actions: list[AllowedStep]
    steps: list[StepTaken]


_proposal, _step = msgspec.json.Decoder(Proposal), msgspec.json.Decoder(MeasureStep)


@get(
    "/api/v1/oversights",
    summary="Formal supervisions, newest first",
    tags=["oversight"],
    responses=answers(list[Oversight]),
)
async def oversights(
    actor: Actor,
    pool: asyncpg.Pool,
    clock: Clock,
    unit: str | None = None,
    authority: str | None = None,
    status: Annotated[str | None, Parameter(pattern="^(open|replied|accepted|raised|withdrawn)$")] = None,
    overdue: bool = False,
    before_at: Moment | None = None,
    before_number: str = "",
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Response[bytes]:
    """The next page: `before_at` and `before_number` are `opened_at` and `number` of the last one. A unit sees its own."""
    require(actor, *READERS)
    before = (before_at, before_number) if before_at else None
    filters = OversightFilters(actor.unit or unit, authority, status, overdue, before, actor.division)
    return json_answer(await list_oversights(pool, filters, clock.now(), limit))


@get(
    "/api/v1/measures",
    summary="Interviews, circulars, accountability, praise",
    tags=["oversight"],
    responses=answers(list[MeasureView]),
)
async def measures_listed(
    actor: Actor,
    pool: asyncpg.Pool,
    store: Store,
    unit: str | None = None,
    kind: str | None = None,
    status: str | None = None,
    before_at: Moment | None = None,
    before_id: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Response[bytes]:
    require(actor, *READERS)
    before = (before_at, before_id) if before_at and before_id else None
    found = await list_measures(pool, unit=actor.unit or unit, kind=kind, status=status, before=before, limit=limit)
    return json_answer(await _hidden([_view(one, actor) for one in found], actor, pool, store))


@get(
    "/api/v1/measures/outstanding",
    summary="Candidates for praise",
    tags=["oversight"],
    responses=answers(list[Outstanding]),
)
async def candidates(
    actor: Actor,
    pool: asyncpg.Pool,
    clock: Clock,
    policy: CityPolicy,
    since: Moment | None = None,
    until: Moment | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Response[bytes]:
    """Units that callers are satisfied with; without times, of the last 90 days."""
    require(actor, "supervisor", "leader", "auditor")
    end = until or clock.now()
    return json_answer(await outstanding(pool, policy.oversight, since or end - timedelta(days=90), end, limit))


@get(
    "/api/v1/measures/{key:str}",
    summary="One measure with its steps",
    tags=["oversight"],
    responses=answers(MeasureView),
)
async def show_measure(key: str, actor: Actor, pool: asyncpg.Pool, store: Store) -> Response[bytes]:
    require(actor, *READERS)
    measure, steps = await find_measure(pool, key, actor)
    shown = _view(measure, actor, [StepTaken(**step) for step in steps])
    return json_answer((await _hidden([shown], actor, pool, store))[0])


@post(
    "/api/v1/measures",
    summary="Propose a measure with its evidence",
    tags=["oversight"],
    status_code=201,
    responses=answers(MeasureView, 201),
)
async def propose(
    request: Request[Any, Any, Any],
    actor: Actor,
    measures: Measures,
    data: Annotated[Proposal, Body(description="What, about whom, why, and the orders that show it")],
) -> Response[bytes]:
    require(actor, "supervisor", "leader")
    asked = decode_body(await request.body(), _proposal)
    return json_answer(_view(await measures.propose(asked, actor), actor), status=201)


@post(
    "/api/v1/measures/{measure_id:uuid}/actions",
    summary="Decide, appeal, carry out",
    tags=["oversight"],
    status_code=200,
    responses=answers(MeasureView),
)
async def take_step(
    measure_id: UUID,
    request: Request[Any, Any, Any],
    actor: Actor,
    measures: Measures,
    pool: asyncpg.Pool,
    store: Store,
    data: Annotated[MeasureStep, Body(description="The step with the version that was seen")],
) -> Response[bytes]:
    asked = decode_body(await request.body(), _step)
    done = await measures.take(measure_id, asked.action, actor, version=asked.version, text=asked.text)
    return json_answer((await _hidden([_view(done, actor)], actor, pool, store))[0])


async def _hidden(shown: list[MeasureView], actor: Actor, pool: asyncpg.Pool, store: Store) -> list[MeasureView]:
    """A confidential caller of an order that shows a measure is hidden from the unit here as well."""
    if actor.unit is None:
        return shown
    rows = await pool.fetch(SQL.confidential_orders, sorted({number for one in shown for number in one.orders}))
    loaded = await asyncio.gather(*(store.load(row["id"]) for row in rows))
    hidden = {s.order.number: Hidden.of(s, actor) for s in loaded if s is not None}
    for number, secrets in hidden.items():
        shown = [secrets.struct(one) if number in one.orders else one for one in shown]
    return shown


def _view(measure: Measure, actor: Actor, steps: list[StepTaken] | None = None) -> MeasureView:
    """What this very person may do: not who had a part in it before."""
    mine = Step(actor.id, actor.unit, measure.proposed_at)
    rows = LIFECYCLE.allowed(measure.status, actor.roles, measure)
    shown = [
        r for r in rows if isinstance(LIFECYCLE.find(measure.status, r.action, actor.roles, measure, mine), Transition)
    ]
    fields = {name: getattr(measure, name) for name in Measure.__struct_fields__}
    return MeasureView(
        **fields, allowed_actions=[AllowedStep(r.action, r.label, r.label_en) for r in shown], steps=steps or []
    )


HANDLERS = [oversights, measures_listed, candidates, show_measure, propose, take_step]
