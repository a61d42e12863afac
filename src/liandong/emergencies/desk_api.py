"""/api/v1/emergencies at the desk: bursts that are proposed, callers of mass-call mode, calling back."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import Body, Parameter
from msgspec import Meta, Struct

from liandong.core.http import answers, decode_body, json_answer
from liandong.emergencies import actions as act
from liandong.emergencies.bursting import BurstProposal, Bursts
from liandong.emergencies.callers import Callers, CallerTaken, CallerView
from liandong.emergencies.service import Emergencies
from liandong.orders.context import Actor

TAGS = ["emergencies"]


class ProposalPage(Struct, frozen=True):
    """`counts`: of the last 90 days, by what people decided."""

    proposals: list[BurstProposal]
    counts: dict[str, int]


class FalseAlarm(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=300)]


class Belonging(Struct, frozen=True, forbid_unknown_fields=True):
    emergency_id: UUID


_call = msgspec.json.Decoder(act.CallTaken)
_called = msgspec.json.Decoder(act.CalledBack)
_dismissal = msgspec.json.Decoder(FalseAlarm)
_belonging = msgspec.json.Decoder(Belonging)


@get(
    "/api/v1/emergencies/proposals",
    summary="Bursts of matters that wait for a person",
    tags=TAGS,
    responses=answers(ProposalPage),
)
async def proposals(bursts: Bursts) -> Response[bytes]:
    return json_answer(ProposalPage(await bursts.open(), await bursts.counts(90)))


@post(
    "/api/v1/emergencies/proposals/{proposal_id:uuid}/dismiss",
    summary="A false alarm",
    tags=TAGS,
    status_code=200,
    responses=answers(ProposalPage),
)
async def dismiss(
    proposal_id: UUID, request: Request[Any, Any, Any], actor: Actor, bursts: Bursts, data: FalseAlarm
) -> Response[bytes]:
    await bursts.dismiss(proposal_id, decode_body(await request.body(), _dismissal).reason, actor)
    return json_answer(ProposalPage(await bursts.open(), await bursts.counts(90)))


@post(
    "/api/v1/emergencies/proposals/{proposal_id:uuid}/belongs",
    summary="Its matters belong to an open emergency",
    tags=TAGS,
    status_code=200,
    responses=answers(ProposalPage),
)
async def belongs(
    proposal_id: UUID, request: Request[Any, Any, Any], actor: Actor, bursts: Bursts, data: Belonging
) -> Response[bytes]:
    await bursts.belongs(proposal_id, decode_body(await request.body(), _belonging).emergency_id, actor)
    return json_answer(ProposalPage(await bursts.open(), await bursts.counts(90)))


@post(
    "/api/v1/emergencies/{emergency_id:uuid}/calls",
    summary="Take a caller down in mass-call mode",
    tags=TAGS,
    status_code=200,
    responses=answers(CallerTaken),
)
async def take_call(
    emergency_id: UUID,
    request: Request[Any, Any, Any],
    actor: Actor,
    callers: Callers,
    data: Annotated[act.CallTaken, Body(description="`id` is made by the screen: sent twice, it is one call")],
) -> Response[bytes]:
    return json_answer(await callers.take(emergency_id, decode_body(await request.body(), _call), actor))


@get(
    "/api/v1/emergencies/{emergency_id:uuid}/callers",
    summary="Persons to call back, oldest first",
    tags=TAGS,
    responses=answers(list[CallerView]),
)
async def to_call(
    emergency_id: UUID, emergencies: Emergencies, callers: Callers, limit: Annotated[int, Parameter(ge=1, le=500)] = 50
) -> Response[bytes]:
    return json_answer(await callers.to_call(await emergencies.one(emergency_id), limit))


@post(
    "/api/v1/emergencies/callers/{caller_id:uuid}/call",
    summary="Call back now: the whole number, and it is noted who saw it",
    tags=TAGS,
    status_code=200,
    responses=answers(CallerView),
)
async def begin_call(caller_id: UUID, actor: Actor, callers: Callers) -> Response[bytes]:
    return json_answer(await callers.begin(caller_id, actor))


@post(
    "/api/v1/emergencies/callers/{caller_id:uuid}/called-back",
    summary="What came of calling back",
    tags=TAGS,
    status_code=200,
    responses=answers(CallerView),
)
async def called_back(
    caller_id: UUID, request: Request[Any, Any, Any], actor: Actor, callers: Callers, data: act.CalledBack
) -> Response[bytes]:
    return json_answer(await callers.called_back(caller_id, decode_body(await request.body(), _called), actor))


HANDLERS = [proposals, dismiss, belongs, take_call, to_call, begin_call, called_back]
