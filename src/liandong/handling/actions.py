"""Returning, holding clocks, handling and answering."""

from typing import Annotated

from msgspec import Meta

from liandong.orders.acting import Action, Files, ShortWords, Words
from liandong.orders.model import Line, Moment, Point, Text


class PauseClock(Action, frozen=True, tag="pause_clock"):
    """`ground`: one of the grounds of the handling table; `reason` says it in words, `evidence` what shows it."""

    clock: ShortWords
    ground: ShortWords
    reason: ShortWords
    evidence: ShortWords
    attachments: Files = []


class ResumeClock(Action, frozen=True, tag="resume_clock"):
    clock: ShortWords


class GrantReturn(Action, frozen=True, tag="grant_return"):
    """Another person than who asked reviews a return: the order goes back to the dispatcher."""

    text: Text = ""


class RefuseReturn(Action, frozen=True, tag="refuse_return"):
    """The unit goes on; its clock never stopped."""

    text: Words


class ObjectToReturn(Action, frozen=True, tag="object_to_return"):
    """The unit objects, once, to the refusal of its return; a third person decides."""

    text: Words


class FindMaliciousReturn(Action, frozen=True, tag="find_malicious_return"):
    """A person finds that a return was malicious, with evidence and the rule it breaks: accountability is proposed."""

    return_no: Annotated[int, Meta(ge=1)]
    evidence: Words
    basis: ShortWords
    attachments: Files = []


class AskExtension(Action, frozen=True, tag="ask_extension"):
    """The unit asks for more time for its answer, once, before the deadline. `days`: working days."""

    days: Annotated[int, Meta(ge=1, le=10)]
    reason: ShortWords
    evidence: ShortWords
    attachments: Files = []


class GrantExtension(Action, frozen=True, tag="grant_extension"):
    text: Text = ""


class RefuseExtension(Action, frozen=True, tag="refuse_extension"):
    text: Words


class RecomputeClocks(Action, frozen=True, tag="recompute_clocks"):
    """The clocks of handling follow the tables and the calendar of today; held and extended time is kept."""

    reason: ShortWords


class RecordStep(Action, frozen=True, tag="record_step"):
    """One thing that was done. `happened_at` left out: now."""

    what: Words
    happened_at: Moment | None = None
    place: Line = ""
    wgs84: Point | None = None
    attachments: Files = []


class RecordContact(Action, frozen=True, tag="record_contact"):
    """One try to speak with the caller."""

    reached: bool
    way: Annotated[str, Meta(pattern=r"^(phone|sms|visit|portal|letter)$")] = "phone"
    happened_at: Moment | None = None
    text: Text = ""


class DraftAnswer(Action, frozen=True, tag="draft_answer"):
    answer: Words


class ReviewAnswer(Action, frozen=True, tag="review_answer"):
    """Another person of the unit reads the draft. `text` says what is wrong with it."""

    approved: bool
    text: Text = ""


class Redo(Action, frozen=True, tag="redo"):
    """The answer does not do: the unit that gave it handles the matter again."""

    reason: Words


class Suspend(Action, frozen=True, tag="suspend"):
    """The order rests until `until`; its clocks are held."""

    ground: ShortWords
    reason: ShortWords
    evidence: ShortWords
    until: Moment
    attachments: Files = []


class EndSuspension(Action, frozen=True, tag="end_suspension"):
    reason: ShortWords


class WithdrawMatter(Action, frozen=True, tag="withdraw_matter"):
    """The caller wants it no more; the call-back asks whether that was the caller's own will."""

    reason: Words
    way: Annotated[str, Meta(pattern=r"^(phone|sms|visit|portal|letter)$")] = "phone"


HandlingAction = (
    PauseClock
    | ResumeClock
    | GrantReturn
    | RefuseReturn
    | ObjectToReturn
    | FindMaliciousReturn
    | AskExtension
    | GrantExtension
    | RefuseExtension
    | RecomputeClocks
    | RecordStep
    | RecordContact
    | DraftAnswer
    | ReviewAnswer
    | Redo
    | Suspend
    | EndSuspension
    | WithdrawMatter
)
