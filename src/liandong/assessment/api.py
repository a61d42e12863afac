"""/api/v1/assessment: figures, the orders behind them, exclusions, frozen periods, reports."""

from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, get, post
from litestar.params import Body, Parameter
from msgspec import Meta, Struct

from liandong.assessment import service
from liandong.assessment.comparing import Comparison
from liandong.assessment.exclusions import decide_exclusion, request_exclusion
from liandong.assessment.freezing import Checked, Signer, check_frozen, freeze, reopen
from liandong.assessment.model import BehindPage, Exclusion, Figures, Frozen, Group, Measure, Part
from liandong.assessment.periods import period_of
from liandong.assessment.reading import Assessor
from liandong.assessment.writing import MEDIA, Form, written
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.orders.api import require
from liandong.orders.context import Actor

READERS = ("supervisor", "leader", "auditor", "admin")
DECIDERS = ("supervisor", "leader")
PATH = "/api/v1/assessment"
TAGS = ["assessment"]
Reason = Annotated[str, Meta(min_length=1, max_length=2000)]
PeriodName = Annotated[str, Parameter(description="2026-10, 2026-W41, 2026-Q3, 2026, 2026-10-08")]


class AskExclusion(Struct, frozen=True, forbid_unknown_fields=True):
    """`reason`: a typed one (assessment.json). `evidence`: what it rests on. `attachments`: files of the order that show it."""

    order_id: UUID
    reason: Annotated[str, Meta(max_length=40)]
    evidence: Reason
    attachments: Annotated[list[UUID], Meta(max_length=20)] = []


class DecideExclusion(Struct, frozen=True, forbid_unknown_fields=True):
    approve: bool
    note: Annotated[str, Meta(max_length=2000)] = ""


class Reopen(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Reason


class League(Struct, frozen=True):
    """Units from best to worst, by org code."""

    measure: str
    period: str
    units: list[str]


_ask = msgspec.json.Decoder(AskExclusion)
_decide = msgspec.json.Decoder(DecideExclusion)
_reopen = msgspec.json.Decoder(Reopen)


@get(f"{PATH}/measures", summary="The measures, as data", tags=TAGS, responses=answers(list[Measure]))
async def list_measures(actor: Actor, assessor: Assessor) -> Response[bytes]:
    require(actor, *READERS, "dispatcher", "call_taker", "unit")
    return json_answer(assessor.rules.measures)


@get(f"{PATH}/figures", summary="The figures of a period", tags=TAGS, responses=answers(Figures))
async def figures(actor: Actor, assessor: Assessor, period: PeriodName, by: Group = Group.CITY) -> Response[bytes]:
    """Each with numerator, denominator and what was excluded. Groups come by their code, never by their figures."""
    require(actor, *READERS)
    return json_answer(await service.period_figures(assessor, period_of(period), by=by, division=actor.division))


@get(f"{PATH}/orders", summary="The orders behind a figure", tags=TAGS, responses=answers(BehindPage))
async def orders(
    actor: Actor,
    assessor: Assessor,
    period: PeriodName,
    measure: str,
    part: Part = Part.DENOMINATOR,
    by: Group = Group.CITY,
    group: str = "",
    after: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=500)] = 100,
) -> Response[bytes]:
    require(actor, *READERS)
    page = await service.behind(
        assessor,
        measure,
        period_of(period),
        part=part,
        by=by,
        group=group,
        after=after,
        limit=limit,
        division=actor.division,
    )
    return json_answer(page)


@get(f"{PATH}/compare", summary="A unit beside its like", tags=TAGS, responses=answers(Comparison))
async def compare(actor: Actor, assessor: Assessor, period: PeriodName, unit: str) -> Response[bytes]:
    """Beside the city with the same mix of matters, and beside units of its kind and size."""
    require(actor, *READERS)
    return json_answer(await service.compared(assessor, period_of(period), unit))


@get(f"{PATH}/league", summary="Units by a measure, where a city allows it", tags=TAGS, responses=answers(League))
async def league(actor: Actor, assessor: Assessor, period: PeriodName, measure: str) -> Response[bytes]:
    """Refused unless the city has turned league tables on."""
    require(actor, *DECIDERS)
    chosen = assessor.rules.measure(measure)
    return json_answer(League(chosen.name, period, await service.league(assessor, chosen, period_of(period))))


@get(
    f"{PATH}/exclusion-reasons",
    summary="The typed reasons of an exclusion, in Chinese and English",
    tags=TAGS,
    responses=answers(dict[str, tuple[str, str]]),
)
async def exclusion_reasons(actor: Actor, assessor: Assessor) -> Response[bytes]:
    require(actor, *READERS, "dispatcher")
    return json_answer(assessor.rules.policy.exclusions)


@get(f"{PATH}/exclusions", summary="Exclusions, newest first", tags=TAGS, responses=answers(list[Exclusion]))
async def exclusions(
    actor: Actor,
    pool: asyncpg.Pool,
    status: str | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=500)] = 100,
) -> Response[bytes]:
    require(actor, *READERS, "dispatcher")
    return json_answer(await service.exclusions(pool, status, before, limit))


@post(
    f"{PATH}/exclusions", summary="Ask for an exclusion", tags=TAGS, status_code=201, responses=answers(Exclusion, 201)
)
async def ask_exclusion(
    request: Request[Any, Any, Any],
    actor: Actor,
    assessor: Assessor,
    data: Annotated[AskExclusion, Body(description="The order, the typed reason and the evidence")],
) -> Response[bytes]:
    """It counts once another person has approved it."""
    require(actor, "dispatcher", *DECIDERS)
    asked = decode_body(await request.body(), _ask)
    if not await assessor.pool.fetchval("SELECT true FROM orders WHERE id = $1", asked.order_id):
        raise AppError("not_found", "没有这个工单（no such order）")
    given = msgspec.structs.asdict(asked)
    made = await request_exclusion(assessor.pool, assessor.rules, assessor.clock, who=actor.id, **given)
    return json_answer(made, 201)


@post(
    f"{PATH}/exclusions/{{exclusion_id:uuid}}/decide",
    summary="Approve or refuse it",
    tags=TAGS,
    status_code=200,
    responses=answers(Exclusion),
)
async def decide(
    request: Request[Any, Any, Any],
    exclusion_id: UUID,
    actor: Actor,
    assessor: Assessor,
    data: Annotated[DecideExclusion, Body(description="Yes or no, and why")],
) -> Response[bytes]:
    """Never by the person who asked."""
    require(actor, *DECIDERS)
    asked = decode_body(await request.body(), _decide)
    made = await decide_exclusion(
        assessor.pool,
        assessor.rules,
        assessor.clock,
        exclusion_id,
        approve=asked.approve,
        who=actor.id,
        note=asked.note,
    )
    return json_answer(made)


@get(f"{PATH}/frozen", summary="Frozen periods, newest first", tags=TAGS, responses=answers(list[Frozen]))
async def frozen(actor: Actor, pool: asyncpg.Pool) -> Response[bytes]:
    require(actor, *READERS)
    return json_answer(await service.frozen_periods(pool))


@post(
    f"{PATH}/frozen/{{period:str}}",
    summary="Freeze a period and sign its figures",
    tags=TAGS,
    status_code=201,
    responses=answers(Frozen, 201),
)
async def freeze_period(period: str, actor: Actor, assessor: Assessor, signer: Signer) -> Response[bytes]:
    require(actor, *DECIDERS)
    return json_answer(await freeze(assessor, signer, period_of(period), who=actor.id), 201)


@get(
    f"{PATH}/frozen/{{period:str}}",
    summary="Is the frozen period what was signed?",
    tags=TAGS,
    responses=answers(Checked),
)
async def check_period(period: str, actor: Actor, pool: asyncpg.Pool, signer: Signer) -> Response[bytes]:
    require(actor, *READERS)
    return json_answer(await check_frozen(pool, period_of(period), signer.public))


@post(
    f"{PATH}/frozen/{{period:str}}/reopen",
    summary="Open a frozen period, with a reason",
    tags=TAGS,
    status_code=200,
    responses=answers(Frozen),
)
async def reopen_period(
    request: Request[Any, Any, Any],
    period: str,
    actor: Actor,
    assessor: Assessor,
    data: Annotated[Reopen, Body(description="Why")],
) -> Response[bytes]:
    """What was frozen stays as evidence; freezing again makes a new record."""
    require(actor, *DECIDERS)
    asked = decode_body(await request.body(), _reopen)
    return json_answer(await reopen(assessor, period_of(period), who=actor.id, reason=asked.reason))


@get(f"{PATH}/report", summary="The report of a period as PDF or xlsx", tags=TAGS)
async def report(actor: Actor, assessor: Assessor, period: PeriodName, form: Form = Form.PDF) -> Response[bytes]:
    require(actor, *READERS)
    chosen = period_of(period)
    made = await written(assessor, chosen, form=form)
    name = f"liandong-{assessor.centre}-{chosen.name}.{form}"
    return Response(made, media_type=MEDIA[form], headers={"content-disposition": f'attachment; filename="{name}"'})


HANDLERS = [
    list_measures,
    figures,
    orders,
    compare,
    league,
    exclusion_reasons,
    exclusions,
    ask_exclusion,
    decide,
    frozen,
    freeze_period,
    check_period,
    reopen_period,
    report,
]
