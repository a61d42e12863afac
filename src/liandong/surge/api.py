"""/api/v1/surge: the switch, its log, and conversations of a telephone or chat robot with callers while the lines are full."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post, put
from litestar.params import Body, HeaderParameter, Parameter
from msgspec import Meta, Struct

from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.orders.actions import Words
from liandong.orders.api import require
from liandong.orders.context import Actor
from liandong.orders.model import Caller, Channel
from liandong.surge.policy import Channel as Way
from liandong.surge.service import Conversation, Surge
from liandong.surge.switch import Load, Mode, Switch
from liandong.surge.talking import Status, Turn

ROBOT = ("call_taker", "dispatcher", "supervisor", "admin")


class SurgeView(Struct, frozen=True):
    """`channels`: where callers are guided to while the lines are full."""

    switch: Switch
    channels: list[Way]


class SwitchLine(Struct, frozen=True):
    """`by`: `policy`, or the person's key."""

    id: int
    at: datetime
    is_on: bool
    mode: str
    by: str
    reason: str
    load: Any


class Setting(Struct, frozen=True, forbid_unknown_fields=True):
    """`auto`: the policy decides again."""

    mode: Mode
    reason: Annotated[str, Meta(min_length=2, max_length=300)]


class Started(Struct, frozen=True, forbid_unknown_fields=True):
    channel: Channel = Channel.PHONE
    caller: Caller = Caller()


class Said(Struct, frozen=True, forbid_unknown_fields=True):
    """`no`: counts the caller's sentences from 1, so that one sent twice is answered once."""

    no: Annotated[int, Meta(ge=1, le=1000)]
    text: Words


class TalkView(Struct, frozen=True, kw_only=True):
    """`person`: hand the call to a person now. `last`: what to say to the caller. `number`: of the matter that was filed."""

    id: UUID
    status: Status
    person: bool
    last: Turn
    turns: list[Turn]
    failures: int
    reason: str
    order_id: UUID | None
    number: str | None
    channels: list[Way]


@get("/api/v1/surge", summary="Is automatic answering on, and why?", tags=["surge"], responses=answers(SurgeView))
async def show(actor: Actor, surge: Surge) -> Response[bytes]:
    return json_answer(SurgeView(await surge.switch(), surge.policy.channels))


@get("/api/v1/surge/log", summary="Who or what switched it", tags=["surge"], responses=answers(list[SwitchLine]))
async def show_log(
    actor: Actor, surge: Surge, before: int | None = None, limit: Annotated[int, Parameter(ge=1, le=200)] = 50
) -> Response[bytes]:
    """Newest first."""
    require(actor, "dispatcher", "supervisor", "leader", "admin", "auditor")
    return json_answer([SwitchLine(**row) for row in await surge.log(before, limit)])


@put("/api/v1/surge/load", summary="Report how full the lines are", tags=["surge"], responses=answers(Switch))
async def report(request: Request[Any, Any, Any], actor: Actor, surge: Surge, data: Load) -> Response[bytes]:
    """From the telephone system, every few seconds. Without a fresh report it switches off and people answer."""
    require(actor, *ROBOT)
    return json_answer(await surge.report(decode_body(await request.body(), msgspec.json.Decoder(Load))))


@post(
    "/api/v1/surge/switch",
    summary="Switch it on or off by hand",
    tags=["surge"],
    status_code=200,
    responses=answers(Switch),
)
async def set_switch(request: Request[Any, Any, Any], actor: Actor, surge: Surge, data: Setting) -> Response[bytes]:
    require(actor, "supervisor", "leader", "admin")
    given = decode_body(await request.body(), msgspec.json.Decoder(Setting))
    return json_answer(await surge.set(given.mode, given.reason, actor))


@post(
    "/api/v1/surge/conversations", summary="Begin a conversation", tags=["surge"], status_code=201, responses=answers(TalkView, 201)
)  # fmt: skip
async def start(
    request: Request[Any, Any, Any],
    actor: Actor,
    surge: Surge,
    data: Annotated[Started, Body(description="Who calls and how")],
    idempotency_key: Annotated[str | None, HeaderParameter(name="Idempotency-Key")] = None,
) -> Response[bytes]:
    """409 `guard_refused` with `human: true` while it is off: put the caller through to a person."""
    require(actor, *ROBOT)
    if not idempotency_key or len(idempotency_key) > 200:
        raise AppError("idempotency_key_missing", "请为每次来电生成一个不重复的 Idempotency-Key（不超过200个字符）")
    given = decode_body(await request.body(), msgspec.json.Decoder(Started))
    talk = await surge.start(f"{actor.id}:{idempotency_key}", given.channel, given.caller)
    return json_answer(await _view(talk, surge), status=201)


@post(
    "/api/v1/surge/conversations/{conversation_id:uuid}/say", summary="The caller says something", tags=["surge"], status_code=200,
    responses=answers(TalkView),
)  # fmt: skip
async def say(
    conversation_id: UUID,
    request: Request[Any, Any, Any],
    actor: Actor,
    surge: Surge,
    data: Annotated[Said, Body(description="The caller's words")],
) -> Response[bytes]:
    """Answers from approved public cards only, with the card shown. `person: true`: hand the call over now."""
    require(actor, *ROBOT)
    given = decode_body(await request.body(), msgspec.json.Decoder(Said))
    return json_answer(await _view(await surge.say(conversation_id, given.no, given.text), surge))


@get(
    "/api/v1/surge/conversations/{conversation_id:uuid}",
    summary="One conversation",
    tags=["surge"],
    responses=answers(TalkView),
)
async def show_talk(conversation_id: UUID, actor: Actor, surge: Surge) -> Response[bytes]:
    """Everything that was said, for the person who goes on."""
    require(actor, *ROBOT, "auditor")
    return json_answer(await _view(await surge.conversation(conversation_id), surge))


@get(
    "/api/v1/surge/conversations",
    summary="Conversations, newest first",
    tags=["surge"],
    responses=answers(list[TalkView]),
)
async def list_talks(
    actor: Actor,
    surge: Surge,
    status: Annotated[str, Parameter(pattern=r"^(open|handed_over|filed|solved)$")] = "handed_over",
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=100)] = 25,
) -> Response[bytes]:
    require(actor, *ROBOT, "auditor")
    found = await surge.conversations(msgspec.convert(status, Status), before, limit)
    return json_answer([_told(talk, None, surge) for talk in found])


async def _view(talk: Conversation, surge: Surge) -> TalkView:
    return _told(talk, await surge.number_of(talk), surge)


def _told(talk: Conversation, number: str | None, surge: Surge) -> TalkView:
    last = talk.turns[-1]
    if "{number}" in last.text:
        last = msgspec.structs.replace(last, text=last.text.replace("{number}", number or "—"))
    return TalkView(
        id=talk.id,
        status=talk.status,
        person=talk.status == "handed_over",
        last=last,
        turns=[*talk.turns[:-1], last],
        failures=talk.failures,
        reason=talk.reason,
        order_id=talk.order_id,
        number=number,
        channels=surge.policy.channels,
    )


HANDLERS = [show, show_log, report, set_switch, start, say, show_talk, list_talks]
