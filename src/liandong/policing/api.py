"""The police side over HTTP: danger questions, units proposed, where they are and whether they can be sent."""

import asyncio
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, get, post, put
from litestar.params import Parameter
from msgspec import Meta, Struct

from liandong.catalogue.units import default_units
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.orders.actions import AnswerQuestions
from liandong.orders.api import require
from liandong.orders.commands import Commands, may_see
from liandong.orders.context import Actor
from liandong.orders.model import Moment, Point, Snapshot
from liandong.orders.store import SQL as ORDERS
from liandong.orders.store import Store
from liandong.orders.view import OrderView, view
from liandong.policing.model import NOTHING, Given
from liandong.policing.proposing import Availability, Proposed, UnitState, skills_needed, units_sent_by
from liandong.policing.questions import Question, Read, Tree, next_question, read, unfit
from liandong.policing.roads import Roads
from liandong.policing.units import keep_position, keep_state, propose_units, states_of, supported_by
from liandong.policy import CityPolicy

DESK = ("call_taker", "dispatcher", "supervisor")
AHEAD = timedelta(minutes=1)  # how far a reporter's watch may be ahead of ours


class Said(Struct, frozen=True, forbid_unknown_fields=True):
    """Answers by the questions' ids; none: what is to be asked first or next."""

    answers: Annotated[dict[str, Given], Meta(max_length=50)] = {}


class Asking(Struct, frozen=True):
    """`next` null: nothing is left to ask. `reads`: what all answers say together. Nothing has to be answered before somebody is sent."""

    next: Question | None
    reads: Read


class AskingOrder(Struct, frozen=True):
    order: OrderView
    next: Question | None
    reads: Read


class Proposal(Struct, frozen=True):
    """The best unit first. `skills`: what the matter needs. `roads`: distances are by road where the roads lead there."""

    skills: list[str]
    roads: bool
    units: list[Proposed]


class UnitView(Struct, frozen=True):
    """`stale`: the position is older than the city allows."""

    unit: str
    name: str
    state: UnitState
    stale: bool


class Position(Struct, frozen=True, forbid_unknown_fields=True):
    """Each system of coordinates apart. `at`: when it was there; without it, now."""

    wgs84: Point | None = None
    gcj02: Point | None = None
    at: Moment | None = None


class State(Struct, frozen=True, forbid_unknown_fields=True):
    state: Availability


_said = msgspec.json.Decoder(Said)
_position = msgspec.json.Decoder(Position)
_state = msgspec.json.Decoder(State)


@get("/api/v1/policing/questions", summary="The danger questions", tags=["policing"], responses=answers(Tree))
async def show_questions(actor: Actor, policy: CityPolicy) -> Response[bytes]:
    return json_answer(policy.policing.questions)


@post(
    "/api/v1/policing/questions",
    summary="The next danger question, before there is an order",
    tags=["policing"],
    status_code=200,
    responses=answers(Asking),
)
async def ask(request: Request[Any, Any, Any], actor: Actor, policy: CityPolicy, data: Said) -> Response[bytes]:
    """Keeps nothing. The answers are sent again with the order, when it has its number."""
    given, tree = decode_body(await request.body(), _said).answers, policy.policing.questions
    wrong = unfit(tree, given)
    if wrong:
        raise AppError("field_invalid", wrong)
    return json_answer(Asking(next_question(tree, given), read(tree, given)))


@post(
    "/api/v1/orders/{key:str}/questions",
    summary="Keeps answers to the danger questions and gives the next one",
    tags=["policing"],
    status_code=200,
    responses=answers(AskingOrder),
)
async def ask_about(
    key: str,
    request: Request[Any, Any, Any],
    actor: Actor,
    commands: Commands,
    store: Store,
    pool: asyncpg.Pool,
    policy: CityPolicy,
    data: Said,
) -> Response[bytes]:
    """Rests on no version: whoever asks is never held up by whoever sends, nor the other way round."""
    require(actor, *DESK)
    given, tree = decode_body(await request.body(), _said).answers, policy.policing.questions
    snapshot = await _find(key, actor, store, pool)
    wrong = unfit(tree, given)
    if wrong:
        raise AppError("field_invalid", wrong)
    if given:
        snapshot = await commands.act_now(snapshot.order.id, AnswerQuestions(version=1, answers=given), actor)
    known = (snapshot.order.policing or NOTHING).given
    return json_answer(AskingOrder(view(snapshot, actor), next_question(tree, known), read(tree, known)))


@get(
    "/api/v1/orders/{key:str}/units",
    summary="Units to send, nearest and suitable first, with the reasons",
    tags=["policing"],
    responses=answers(Proposal),
)
async def list_proposed(
    key: str,
    actor: Actor,
    store: Store,
    pool: asyncpg.Pool,
    clock: Clock,
    policy: CityPolicy,
    roads: Roads | None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 5,
) -> Response[bytes]:
    """Advice: any unit may be sent, also one that is not in the list."""
    require(actor, *DESK)
    order = (await _find(key, actor, store, pool)).order
    found = await propose_units(pool, order, clock.now(), centre=policy.centre, policy=policy.policing, roads=roads)
    return json_answer(Proposal(skills_needed(order, policy.policing), roads is not None, found[:limit]))


@get(
    "/api/v1/policing/units",
    summary="Where the units are and whether they can be sent",
    tags=["policing"],
    responses=answers(list[UnitView]),
)
async def list_units(actor: Actor, pool: asyncpg.Pool, clock: Clock, policy: CityPolicy) -> Response[bytes]:
    require(actor, *DESK)
    units = units_sent_by(policy.centre, default_units().values(), policy.policing)
    states, now = await states_of(pool, units), clock.now()
    fresh = timedelta(seconds=policy.policing.proposal.fresh_seconds)
    return json_answer(
        [
            UnitView(
                unit.org_code,
                unit.name,
                state := states.get(unit.org_code, UnitState(unit=unit.org_code)),
                state.position_at is not None and now - state.position_at > fresh,
            )
            for unit in units
        ]
    )


@put(
    "/api/v1/policing/units/{unit:str}/position",
    summary="A unit is here",
    tags=["policing"],
    status_code=204,
)
async def report_position(
    unit: str, request: Request[Any, Any, Any], actor: Actor, pool: asyncpg.Pool, clock: Clock, data: Position
) -> None:
    """By the unit itself or the desk. A report that is older than what is known changes nothing."""
    _speaks_for(actor, unit)
    place = decode_body(await request.body(), _position)
    if place.wgs84 is None and place.gcj02 is None:
        raise AppError("field_invalid", "请给出 wgs84 或 gcj02 坐标")
    now = clock.now()
    at = place.at or now
    if at > now + AHEAD:
        raise AppError("field_invalid", "at 晚于现在，请核对设备的时钟")
    await keep_position(pool, unit, place.wgs84, place.gcj02, min(at, now), actor.id)


@put(
    "/api/v1/policing/units/{unit:str}/state",
    summary="Whether a unit can be sent",
    tags=["policing"],
    status_code=204,
)
async def report_state(
    unit: str, request: Request[Any, Any, Any], actor: Actor, pool: asyncpg.Pool, clock: Clock, data: State
) -> None:
    _speaks_for(actor, unit)
    await keep_state(pool, unit, decode_body(await request.body(), _state).state, clock.now(), actor.id)


@get(
    "/api/v1/policing/supports",
    summary="Orders that a unit supports beside the first",
    tags=["policing"],
    responses=answers(list[OrderView]),
)
async def list_supports(actor: Actor, store: Store, pool: asyncpg.Pool, unit: str | None = None) -> Response[bytes]:
    """A unit sees its own; the desk names one."""
    require(actor, "unit", *DESK)
    asked = actor.unit or unit
    if not asked:
        raise AppError("field_invalid", "请用 unit 指明单位的机构代码")
    ids = await supported_by(pool, asked)
    found = await asyncio.gather(*(store.load(order_id) for order_id in ids))
    return json_answer([view(one, actor) for one in found if one is not None])


def _speaks_for(actor: Actor, unit: str) -> None:
    require(actor, "unit", *DESK)
    if actor.unit not in {None, unit}:
        raise AppError("not_permitted", "只能报告本单位的位置和状态")
    if unit not in default_units():
        raise AppError("not_found", f"没有机构代码为“{unit}”的单位")


async def _find(key: str, actor: Actor, store: Store, pool: asyncpg.Pool) -> Snapshot:
    try:
        as_uuid = UUID(key)
    except ValueError:
        as_uuid = None
    order_id = await pool.fetchval(ORDERS.find, as_uuid, key)
    snapshot = await store.load(order_id) if order_id else None
    if snapshot is None or not may_see(snapshot, actor):
        raise AppError("not_found", "没有这个工单，或没有派给您的单位")
    return snapshot


HANDLERS = [show_questions, ask, ask_about, list_proposed, list_units, report_position, report_state, list_supports]
