"""What may be asked of an order: one Struct an action, tagged with the action's name. People send them to the API,
timers and messages make them inside. The lifecycle tables say who may do which of them when."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from liandong.orders.model import (
    Call,
    Caller,
    Channel,
    Count,
    DivisionCode,
    Exercise,
    Incident,
    Level,
    Line,
    MatterType,
    Moment,
    Text,
)
from liandong.routing.model import Scope

Words = Annotated[str, Meta(min_length=1, max_length=10_000)]
ShortWords = Annotated[str, Meta(min_length=1, max_length=300)]
UnitCode = Annotated[str, Meta(min_length=1, max_length=64)]
Satisfaction = Annotated[int, Meta(ge=1, le=5)]
Tag = Annotated[str, Meta(min_length=1, max_length=40)]
Tags = Annotated[list[Tag], Meta(max_length=30)]


class Overruling(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Facts that a person sets over the reader's; a fact left out stays as read."""

    scope: Scope | None = None
    danger: bool | None = None
    violent_dispute: bool | None = None
    stability_lead: bool | None = None
    items: list[str] | None = None


class Intake(Struct, frozen=True, forbid_unknown_fields=True):
    """A new matter, as the desk takes it down. Only `content` is required."""

    content: Words
    title: Line = ""
    channel: Channel = Channel.PHONE
    type: MatterType | None = None
    class_intake: Annotated[str, Meta(pattern=r"^[0-9]{2,8}$")] | None = None
    level: Level | None = None
    confidential: bool = False
    exercise: Exercise = Exercise.ACTUAL
    division_code: DivisionCode | None = None
    caller: Caller = Caller()
    incident: Incident = Incident()
    call: Call = Call()
    tags: Tags = []
    facts: Overruling | None = None


class Action(Struct, frozen=True, forbid_unknown_fields=True, tag_field="action", omit_defaults=True):
    """Base of all actions. `version`: the version of the order that the person was looking at."""

    version: Annotated[int, Meta(ge=1)]

    @property
    def name(self) -> str:
        return action_name(type(self))


class AnswerDirectly(Action, frozen=True, tag="answer_directly"):
    answer: Words


class Guide(Action, frozen=True, tag="guide"):
    """Clearly no centre's duty: the caller is told where to go. `script` empty: the verdict's own script."""

    script: Text = ""


class DispatchOrder(Action, frozen=True, tag="dispatch"):
    unit: UnitCode
    person: Line | None = None
    vehicle: Line | None = None
    level: Level | None = None
    class_intake: Annotated[str, Meta(pattern=r"^[0-9]{2,8}$")] | None = None
    note: Text = ""


class SignFor(Action, frozen=True, tag="sign_for"):
    person: Line | None = None


class StartHandling(Action, frozen=True, tag="start_handling"):
    note: Text = ""


class Answer(Action, frozen=True, tag="answer"):
    answer: Words
    class_confirmed: Annotated[str, Meta(pattern=r"^[0-9]{2,8}$")] | None = None


class ReturnOrder(Action, frozen=True, tag="return_order"):
    """A unit gives the order back. `basis`: a catalogue item or a legal basis."""

    reason: ShortWords
    basis: ShortWords
    text: Text = ""


class Grade(Action, frozen=True, tag="grade"):
    level: Level
    class_intake: Annotated[str, Meta(pattern=r"^[0-9]{2,8}$")] | None = None


class Acknowledge(Action, frozen=True, tag="acknowledge"):
    person: Line | None = None


class Arrive(Action, frozen=True, tag="arrive"):
    note: Text = ""


class StartDisposing(Action, frozen=True, tag="start_disposing"):
    note: Text = ""


class FeedBack(Action, frozen=True, tag="feed_back"):
    result: Words
    real_address: Line = ""
    real_at: Moment | None = None
    class_confirmed: Annotated[str, Meta(pattern=r"^[0-9]{2,8}$")] | None = None
    persons: Line = ""
    items: Line = ""
    injured: Count | None = None
    dead: Count | None = None


class Close(Action, frozen=True, tag="close"):
    note: Text = ""


class CallBack(Action, frozen=True, tag="call_back"):
    """One attempt to call back. `satisfied` and `solved` only when the caller was reached."""

    reached: bool
    method: Annotated[str, Meta(pattern=r"^(phone|sms|portal)$")] = "phone"
    solved: bool | None = None
    note: Text = ""


class Evaluate(Action, frozen=True, tag="evaluate"):
    satisfaction: Satisfaction
    words: Text = ""


class Reopen(Action, frozen=True, tag="reopen"):
    reason: ShortWords


class Cancel(Action, frozen=True, tag="cancel"):
    """The matter is no matter: a prank, a test call, a mistake."""

    reason: ShortWords


class Amend(Action, frozen=True, tag="amend"):
    """Corrects what was taken down, and overrules what the reader read; only what is given changes."""

    title: Line | None = None
    type: MatterType | None = None
    class_intake: Annotated[str, Meta(pattern=r"^[0-9]{2,8}$")] | None = None
    division_code: DivisionCode | None = None
    confidential: bool | None = None
    caller: Caller | None = None
    incident: Incident | None = None
    tags: Tags | None = None
    facts: Overruling | None = None


class Supplement(Action, frozen=True, tag="supplement"):
    """The caller adds something; it is kept with the matter and goes to whoever shares it."""

    text: Words


class Attach(Action, frozen=True, tag="attach"):
    """A file that was uploaded whole becomes part of the matter; it goes to whoever shares it."""

    attachment: UUID


class PauseClock(Action, frozen=True, tag="pause_clock"):
    clock: ShortWords
    reason: ShortWords


class ResumeClock(Action, frozen=True, tag="resume_clock"):
    clock: ShortWords


class OfferTransfer(Action, frozen=True, tag="offer_transfer"):
    """One-key transfer. `part`: hand over only the other centre's part and keep our own."""

    to: ShortWords
    urgent: bool = False
    part: bool = False
    items: Tags = []
    note: Text = ""


class AcceptTransfer(Action, frozen=True, tag="accept_transfer"):
    note: Text = ""


class ReturnTransfer(Action, frozen=True, tag="return_transfer"):
    reason: ShortWords
    basis: ShortWords
    text: Text = ""


class WithdrawTransfer(Action, frozen=True, tag="withdraw_transfer"):
    reason: ShortWords


class RaiseDanger(Action, frozen=True, tag="raise_danger"):
    """Danger to life, property or public safety is seen: the police desk gets it at once, whatever was going on."""

    text: Words


PersonAction = (
    AnswerDirectly
    | Guide
    | DispatchOrder
    | SignFor
    | StartHandling
    | Answer
    | ReturnOrder
    | Grade
    | Acknowledge
    | Arrive
    | StartDisposing
    | FeedBack
    | Close
    | CallBack
    | Evaluate
    | Reopen
    | Cancel
    | Amend
    | Supplement
    | Attach
    | PauseClock
    | ResumeClock
    | OfferTransfer
    | AcceptTransfer
    | ReturnTransfer
    | WithdrawTransfer
    | RaiseDanger
)


class Due(Action, frozen=True, tag="due"):
    """A clock ran out. `version` is the one just loaded."""

    clock: str


class SettleAttachment(Action, frozen=True, tag="settle_attachment"):
    """What became of a file when it was whole: kept (`clean`, `unscanned`), `infected` or `refused`, and why."""

    attachment: UUID
    status: str
    text: str = ""


def person_actions() -> dict[str, type[Action]]:
    """Every action a person may send, by name."""
    return {action_name(kind): kind for kind in PersonAction.__args__}


def action_name(kind: type[Action]) -> str:
    return str(kind.__struct_config__.tag)


def required_fields(kind: type[Action]) -> list[str]:
    return [f.encode_name for f in msgspec.structs.fields(kind) if f.required and f.name != "version"]
