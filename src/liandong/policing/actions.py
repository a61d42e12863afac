"""What the police side asks of an alarm."""

from typing import Annotated

from msgspec import Meta

from liandong.orders.acting import Action, ShortWords, UnitCode, Words
from liandong.orders.model import Count, Level, Line, Text
from liandong.policing.model import Given, SupportState


class AnswerQuestions(Action, frozen=True, tag="answer_questions"):
    """Answers to the danger questions, by the questions' ids, in any order and any number; `skipped` leaves one out."""

    answers: Annotated[dict[str, Given], Meta(max_length=50)]


class RaiseLevel(Action, frozen=True, tag="raise_level"):
    """Graver than it was held: at once, by anybody. 1 is the gravest."""

    level: Level
    reason: Line = ""


class AskLowerLevel(Action, frozen=True, tag="ask_lower_level"):
    level: Level
    reason: ShortWords


class ApproveLowerLevel(Action, frozen=True, tag="approve_lower_level"):
    """By another person than the one who asked."""

    note: Text = ""


class RefuseLowerLevel(Action, frozen=True, tag="refuse_lower_level"):
    reason: ShortWords


class SetOut(Action, frozen=True, tag="set_out"):
    """The unit is on the way."""

    person: Line | None = None
    vehicle: Line | None = None


class CallSupport(Action, frozen=True, tag="call_support"):
    """The unit can't do it alone."""

    text: Words


class SendSupport(Action, frozen=True, tag="send_support"):
    """A unit beside the first. `no`: the call that it answers; without it the oldest that waits, or none."""

    unit: UnitCode
    no: Count | None = None
    person: Line | None = None
    vehicle: Line | None = None


class ReportSupport(Action, frozen=True, tag="report_support"):
    """How it goes with a unit that was sent beside the first."""

    no: Count
    state: SupportState
    text: Text = ""


class ExplainDelay(Action, frozen=True, tag="explain_delay"):
    """Why the unit arrived late. `cause`: one of the city's table."""

    cause: ShortWords
    text: Text = ""


class ReviewDelay(Action, frozen=True, tag="review_delay"):
    """By another person than the one who explained; an explanation that is refused has to be given again."""

    accepted: bool
    text: Text = ""


class HandToCase(Action, frozen=True, tag="hand_to_case"):
    """The alarm goes on as a case, and ends as an alarm with the case's number."""

    case_number: ShortWords
    unit: Line = ""
    text: Text = ""


PolicingAction = (
    AnswerQuestions
    | RaiseLevel
    | AskLowerLevel
    | ApproveLowerLevel
    | RefuseLowerLevel
    | SetOut
    | CallSupport
    | SendSupport
    | ReportSupport
    | ExplainDelay
    | ReviewDelay
    | HandToCase
)
