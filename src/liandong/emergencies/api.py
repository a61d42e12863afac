"""/api/v1/emergencies: declaring, acting, the log, reports, callers, proposals."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from litestar import Request, Response, get, post
from litestar.params import Body, Parameter
from msgspec import Meta, Struct

from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.emergencies import actions as act
from liandong.emergencies.callers import Callers, Counts
from liandong.emergencies.capping import alert_of
from liandong.emergencies.lifecycle import EVENT_WORDS
from liandong.emergencies.model import Emergency
from liandong.emergencies.policy import Level, Subtype
from liandong.emergencies.reporting import make_report
from liandong.emergencies.run_cards import RunCard
from liandong.emergencies.service import Board, Emergencies
from liandong.emergencies.store import SQL, lines_of
from liandong.emergencies.timeline import Chain, Late, Moment, Score, chain_of, score_of, timeline, what_was_late
from liandong.orders.context import Actor
from liandong.policy import CityPolicy

TAGS = ["emergencies"]


class Allowed(Struct, frozen=True):
    action: str
    label: str
    label_en: str


class BoardRow(Struct, frozen=True, kw_only=True):
    """One emergency on the board; counts of what is open."""

    id: UUID
    number: str
    title: str
    kind: str
    subtype: str
    level: int | None
    status: str
    exercise: str
    place: str
    division_code: str
    declared_at: datetime | None
    centre: str
    orders: int
    tasks: int
    tasks_done: int
    tasks_late: int
    unread: list[str]
    mass_call: bool
    answer: str | None
    response: int | None
    dead: int
    injured: int
    trapped: int
    report_due: datetime | None
    report_overdue: bool


class Reader(Struct, frozen=True):
    broadcast_id: UUID
    person: str
    at: datetime


class Unreached(Struct, frozen=True):
    """A peer that has not got everything yet: the link is down, or it is."""

    peer: str
    messages: int


class EmergencyView(Struct, frozen=True, kw_only=True):
    """`unread`: broadcasts that this person has not read. `cards`: the run cards of its subtype."""

    emergency: Emergency
    allowed_actions: list[Allowed]
    card: RunCard | None
    callers: Counts
    readers: list[Reader]
    unread: list[UUID]
    unreached: list[Unreached]
    here: str


class Log(Struct, frozen=True, kw_only=True):
    moments: list[Moment]
    late: list[Late]
    chain: Chain
    score: Score | None


class LinkedOrderView(Struct, frozen=True, kw_only=True):
    id: UUID
    number: str | None
    status: str
    title: str
    danger: bool
    created_at: datetime
    linked_by: str
    why: str


class ReportRow(Struct, frozen=True):
    no: int
    made_at: datetime
    made_by: str
    digest: str
    size: int


class ReportMade(Struct, frozen=True):
    no: int


class Tables(Struct, frozen=True, kw_only=True):
    """What forms and boards are drawn from. `events`: words for the lines of a log."""

    version: str
    cards_version: str
    kinds: dict[str, list[str]]
    subtypes: list[Subtype]
    levels: list[Level]
    cards: list[RunCard]
    report_to: str
    centres: list[str]
    events: dict[str, list[str]]


@get("/api/v1/emergencies", summary="Emergencies, newest first", tags=TAGS, responses=answers(list[BoardRow]))
async def listed(
    emergencies: Emergencies,
    status: Annotated[str | None, Parameter(pattern="^(open|ended)$")] = None,
    exercise: Annotated[str | None, Parameter(pattern="^(actual|exercise|test)$")] = None,
    before: Annotated[datetime, Meta(tz=True)] | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Response[bytes]:
    """The next page: `before` is `declared_at` of the last one."""
    found = await emergencies.listed(Board(status, exercise, before), limit)
    return json_answer([_row(one) for one in found])


@get("/api/v1/emergencies/tables", summary="Kinds, levels, run cards", tags=TAGS, responses=answers(Tables))
async def tables(emergencies: Emergencies) -> Response[bytes]:
    table, cards = emergencies.table, emergencies.cards
    return json_answer(
        Tables(
            version=table.version, cards_version=cards.version, kinds=table.kinds, subtypes=table.subtypes, levels=table.levels,
            cards=cards.cards, report_to=table.report_to, centres=sorted(emergencies.present), events=EVENT_WORDS,
        )
    )  # fmt: skip


@post(
    "/api/v1/emergencies",
    summary="Declare an emergency",
    tags=TAGS,
    status_code=201,
    responses=answers(EmergencyView, 201),
)
async def declare(
    request: Request[Any, Any, Any],
    actor: Actor,
    emergencies: Emergencies,
    callers: Callers,
    data: Annotated[act.Declaration, Body(description="`id` is made by the screen: sent twice, it declares once")],
) -> Response[bytes]:
    state = await emergencies.declare(decode_body(await request.body(), act.declaration_decoder), actor)
    return json_answer(await _view(state, actor, emergencies, callers), status=201)


@get("/api/v1/emergencies/{emergency_id:uuid}", summary="One emergency", tags=TAGS, responses=answers(EmergencyView))
async def shown(emergency_id: UUID, actor: Actor, emergencies: Emergencies, callers: Callers) -> Response[bytes]:
    """One that was joined shows what it was joined into."""
    return json_answer(await _view(await emergencies.one(emergency_id), actor, emergencies, callers))


@post(
    "/api/v1/emergencies/{emergency_id:uuid}/actions",
    summary="Do what allowed_actions says",
    tags=TAGS,
    status_code=200,
    responses=answers(EmergencyView),
)
async def acted(
    emergency_id: UUID,
    request: Request[Any, Any, Any],
    actor: Actor,
    emergencies: Emergencies,
    callers: Callers,
    data: Annotated[act.PersonAct, Body(description="The action")],
) -> Response[bytes]:
    given = decode_body(await request.body(), act.act_decoder)
    if isinstance(given, act.ReadBroadcast):
        state = await emergencies.note_read(emergency_id, given.id, actor)
    else:
        state = await emergencies.act(emergency_id, given, actor)
    return json_answer(await _view(state, actor, emergencies, callers))


@get(
    "/api/v1/emergencies/{emergency_id:uuid}/log",
    summary="What happened, by cause; what was late",
    tags=TAGS,
    responses=answers(Log),
)
async def log(emergency_id: UUID, emergencies: Emergencies) -> Response[bytes]:
    """`lamport` gives the order; `at` is each centre's own clock, `skew` where it contradicts that order."""
    state = await emergencies.one(emergency_id)
    lines = await lines_of(emergencies.pool, [state.id, *state.members])
    score = score_of(state) if state.is_drill else None
    return json_answer(
        Log(moments=timeline(lines, state), late=what_was_late(state, lines), chain=chain_of(lines), score=score)
    )


@get(
    "/api/v1/emergencies/{emergency_id:uuid}/orders",
    summary="This centre's orders of an emergency",
    tags=TAGS,
    responses=answers(list[LinkedOrderView]),
)
async def orders(
    emergency_id: UUID, emergencies: Emergencies, limit: Annotated[int, Parameter(ge=1, le=1000)] = 200
) -> Response[bytes]:
    state = await emergencies.one(emergency_id)
    rows = await emergencies.pool.fetch(SQL.orders_of, [state.id, *state.members], limit)
    names = LinkedOrderView.__struct_fields__
    return json_answer([LinkedOrderView(**{name: row[name] for name in names}) for row in rows])


@post(
    "/api/v1/emergencies/{emergency_id:uuid}/reports",
    summary="Make a situation report",
    tags=TAGS,
    status_code=201,
    responses=answers(ReportMade, 201),
)
async def report(emergency_id: UUID, actor: Actor, emergencies: Emergencies, callers: Callers) -> Response[bytes]:
    return json_answer(ReportMade(await make_report(emergencies, callers, emergency_id, actor)), status=201)


@get(
    "/api/v1/emergencies/{emergency_id:uuid}/reports",
    summary="Situation reports made here",
    tags=TAGS,
    responses=answers(list[ReportRow]),
)
async def reports(emergency_id: UUID, emergencies: Emergencies) -> Response[bytes]:
    state = await emergencies.one(emergency_id)
    rows = await emergencies.pool.fetch(SQL.reports_of, state.id)
    return json_answer([ReportRow(**dict(row)) for row in rows])


@get(
    "/api/v1/emergencies/{emergency_id:uuid}/reports/{no:int}",
    summary="A situation report as PDF",
    tags=TAGS,
    responses=answers(None),
)
async def report_file(emergency_id: UUID, no: int, emergencies: Emergencies) -> Response[bytes]:
    state = await emergencies.one(emergency_id)
    made = await emergencies.pool.fetchval(SQL.report, state.id, no)
    if made is None:
        raise AppError("not_found", f"本中心没有第 {no} 期报告")
    return Response(made, media_type="application/pdf", headers={"content-disposition": f'inline; filename="{state.number}-{no}.pdf"'})  # fmt: skip


@get(
    "/api/v1/emergencies/{emergency_id:uuid}/cap", summary="An emergency as CAP 1.2", tags=TAGS, responses=answers(None)
)
async def cap(emergency_id: UUID, emergencies: Emergencies, policy: CityPolicy) -> Response[bytes]:
    state = await emergencies.one(emergency_id)
    if state.declared_at is None:
        raise AppError("not_found", "这个事件的宣布还没有到（its declaration is on the way）")
    text = alert_of(state, emergencies.table, policy.profile.name)
    return Response(text.encode(), media_type="application/cap+xml")


def _row(state: Emergency) -> BoardRow:
    answer = state.answer
    unread = {one.centre for sent in state.broadcasts for one in sent.receipts if one.read_at is None}
    tasks = [one for one in state.tasks if not one.measure]
    return BoardRow(
        id=state.id, number=state.number, title=state.title, kind=state.kind, subtype=state.subtype, level=state.level,
        status=state.status, exercise=state.exercise, place=state.place.text, division_code=state.place.division_code,
        declared_at=state.declared_at, centre=state.centre, orders=sum(not one.out for one in state.orders), tasks=len(tasks),
        tasks_done=sum(one.status == "done" for one in tasks), tasks_late=sum(one.overdue for one in tasks),
        unread=sorted(unread), mass_call=state.mass_call, answer=answer.text if answer else None, response=state.response,
        dead=state.facts.dead, injured=state.facts.injured, trapped=state.facts.trapped, report_due=state.report_due,
        report_overdue=state.report_overdue,
    )  # fmt: skip


async def _view(state: Emergency, actor: Actor, emergencies: Emergencies, callers: Callers) -> EmergencyView:
    pool: asyncpg.Pool = emergencies.pool
    ids = [sent.id for sent in state.broadcasts]
    readers = [Reader(**dict(row)) for row in await pool.fetch(SQL.readers_of, ids)]
    read = {one.broadcast_id for one in readers if one.person == actor.id}
    waiting = await pool.fetch(SQL.unreached, [state.id, *state.members])
    return EmergencyView(
        emergency=state,
        allowed_actions=[Allowed(row.action, row.label, row.label_en) for row in emergencies.allowed(state, actor)],
        card=emergencies.cards.card(state.subtype),
        callers=await callers.counts(state),
        readers=readers,
        unread=[sent.id for sent in state.broadcasts if sent.id not in read and sent.sent_by != actor.id],
        unreached=[Unreached(row["peer"], row["messages"]) for row in waiting],
        here=emergencies.centre,
    )


HANDLERS = [listed, tables, declare, shown, acted, log, orders, report, reports, report_file, cap]  # fmt: skip
