"""What may be asked of an order: one Struct an action, tagged with the action's name. People send them to the API,
timers and messages make them inside. The lifecycle tables say who may do which of them when."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from liandong.linkage.model import Basis, CallOutcome, CentreCode
from liandong.orders.model import (
    Call,
    Caller,
    Channel,
    Count,
    DivisionCode,
    Exercise,
    Incident,
    Involved,
    Level,
    Line,
    MatterType,
    Moment,
    Point,
    Text,
    Thing,
)
from liandong.policing.model import Given, SupportState
from liandong.routing.model import Scope

Words = Annotated[str, Meta(min_length=1, max_length=10_000)]
ShortWords = Annotated[str, Meta(min_length=1, max_length=300)]
UnitCode = Annotated[str, Meta(min_length=1, max_length=64)]
UnitCodes = Annotated[list[UnitCode], Meta(max_length=50)]
Satisfaction = Annotated[int, Meta(ge=1, le=5)]
Tag = Annotated[str, Meta(min_length=1, max_length=40)]
Tags = Annotated[list[Tag], Meta(max_length=30)]
Files = Annotated[list[UUID], Meta(max_length=50)]


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
    """`card`: the number of the answer card that it rests on; it has to be in force."""

    answer: Words
    card: Annotated[str, Meta(min_length=1, max_length=64)] | None = None


class Guide(Action, frozen=True, tag="guide"):
    """Clearly no centre's duty: the caller is told where to go. `script` empty: the verdict's own script."""

    script: Text = ""


class DispatchOrder(Action, frozen=True, tag="dispatch"):
    unit: UnitCode
    person: Line | None = None
    vehicle: Line | None = None
    level: Level | None = None
    class_intake: Annotated[str, Meta(pattern=r"^[0-9]{2,8}$")] | None = None
    co_handlers: UnitCodes = []
    note: Text = ""


class ToStation(Action, frozen=True, tag="to_station"):
    """One key: to the street, community, police station or grid that the place resolves to, as the dispatch catalogue says.

    `unit`: which one, where the place does not tell.
    """

    unit: UnitCode | None = None
    note: Text = ""


class Designate(Action, frozen=True, tag="designate"):
    """The hotline binds a unit after too many dispatches without an owner; the unit may not give it back."""

    unit: UnitCode
    reason: ShortWords
    basis: ShortWords


class Redispatch(Action, frozen=True, tag="redispatch"):
    """Before anybody has signed: to another unit, with no moment in between without one."""

    unit: UnitCode
    reason: ShortWords


class RecallDispatch(Action, frozen=True, tag="recall_dispatch"):
    """Before anybody has signed: the dispatch was a mistake."""

    reason: ShortWords


class AddCoHandlers(Action, frozen=True, tag="add_co_handlers"):
    co_handlers: Annotated[list[UnitCode], Meta(min_length=1, max_length=50)]
    note: Text = ""


class SignShare(Action, frozen=True, tag="sign_share"):
    """`unit`: for people of the centre, which co-handler; a unit's own key need not say."""

    unit: UnitCode | None = None


class AnswerShare(Action, frozen=True, tag="answer_share"):
    answer: Words
    unit: UnitCode | None = None


class Circulate(Action, frozen=True, tag="circulate"):
    """The lead's draft goes to every co-handler for its signature."""

    draft: Words


class Countersign(Action, frozen=True, tag="countersign"):
    agrees: bool
    text: Text = ""
    unit: UnitCode | None = None


class SignFor(Action, frozen=True, tag="sign_for"):
    person: Line | None = None


class StartHandling(Action, frozen=True, tag="start_handling"):
    note: Text = ""


class Answer(Action, frozen=True, tag="answer"):
    """`without_shares`: why the lead does not wait for its co-handlers, if it does not."""

    answer: Words
    class_confirmed: Annotated[str, Meta(pattern=r"^[0-9]{2,8}$")] | None = None
    without_shares: Text = ""


class ReturnOrder(Action, frozen=True, tag="return_order"):
    """A unit gives the order back, or asks to. `basis`: a catalogue item or a legal basis; `evidence`: what shows it, in words."""

    reason: ShortWords
    basis: ShortWords
    text: Text = ""
    evidence: Text = ""
    attachments: Files = []


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
    people: Annotated[list[Involved], Meta(max_length=50)] = []
    things: Annotated[list[Thing], Meta(max_length=100)] = []
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
    """A new round. The matter goes the same way again, to the centre that had it last, unless `same_way` is false."""

    reason: ShortWords
    same_way: bool = True


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
    """`ground`: one of the grounds of the handling table; `reason` says it in words, `evidence` what shows it."""

    clock: ShortWords
    ground: ShortWords
    reason: ShortWords
    evidence: ShortWords
    attachments: Files = []


class ResumeClock(Action, frozen=True, tag="resume_clock"):
    clock: ShortWords


class OfferTransfer(Action, frozen=True, tag="offer_transfer"):
    """One-key transfer. `part`: hand over only the other centre's part and keep our own."""

    to: CentreCode
    urgent: bool = False
    part: bool = False
    items: Tags = []
    note: Text = ""


class AcceptTransfer(Action, frozen=True, tag="accept_transfer"):
    """`duplicate_of`: our own order of the same matter, from another call; the two are linked and handled once."""

    transfer_id: UUID | None = None
    duplicate_of: UUID | None = None
    note: Text = ""


class ReturnTransfer(Action, frozen=True, tag="return_transfer"):
    reason: ShortWords
    basis: ShortWords
    text: Text = ""
    transfer_id: UUID | None = None


class WithdrawTransfer(Action, frozen=True, tag="withdraw_transfer"):
    reason: ShortWords
    transfer_id: UUID | None = None


class RecallTransfer(Action, frozen=True, tag="recall_transfer"):
    """An accepted transfer was a mistake: the matter is asked back."""

    reason: ShortWords


class AgreeRecall(Action, frozen=True, tag="agree_recall"):
    note: Text = ""


class RefuseRecall(Action, frozen=True, tag="refuse_recall"):
    reason: ShortWords


class Negotiate(Action, frozen=True, tag="negotiate"):
    """Opens the negotiation with a first position: about what is on offer, or else with the centre `to`."""

    owner: CentreCode
    basis_kind: Basis
    basis: ShortWords
    text: Text = ""
    to: CentreCode | None = None


class TakePosition(Action, frozen=True, tag="take_position"):
    owner: CentreCode
    basis_kind: Basis
    basis: ShortWords
    text: Text = ""


class KeepMatter(Action, frozen=True, tag="keep_matter"):
    """The holder keeps it: the negotiation ends by agreement."""

    text: Text = ""


class Arbitrate(Action, frozen=True, tag="arbitrate"):
    """A leader decides; both sides apply it."""

    owner: CentreCode
    basis_kind: Basis
    basis: ShortWords
    text: Text = ""


class OpenThreeWayCall(Action, frozen=True, tag="open_three_way_call"):
    """The caller, this desk and the centre `to` on one line. What is known of the matter goes along at once."""

    to: CentreCode
    person: Line = ""
    seat: Line = ""
    recording_no: Line = ""


class JoinThreeWayCall(Action, frozen=True, tag="join_three_way_call"):
    person: Line = ""
    seat: Line = ""
    recording_no: Line = ""


class EndThreeWayCall(Action, frozen=True, tag="end_three_way_call"):
    """`unclear` opens the negotiation in the same step."""

    outcome: CallOutcome
    text: Text = ""


class EndJointHandling(Action, frozen=True, tag="end_joint_handling"):
    text: Text = ""


class Split(Action, frozen=True, tag="split"):
    """A dispute that may turn violent: somebody is sent at once, and the other centre gets its part (plan 二(三)1)."""

    unit: UnitCode
    to: CentreCode
    person: Line | None = None
    vehicle: Line | None = None
    level: Level | None = None
    class_intake: Annotated[str, Meta(pattern=r"^[0-9]{2,8}$")] | None = None
    items: Tags = []
    note: Text = ""


class Urge(Action, frozen=True, tag="urge"):
    text: ShortWords


class Supervise(Action, frozen=True, tag="supervise"):
    """A formal question to the centre that has the matter, with a deadline of its own."""

    text: Words


class ReplySupervision(Action, frozen=True, tag="reply_supervision"):
    text: Words


class AcceptReply(Action, frozen=True, tag="accept_reply"):
    text: Text = ""


class RejectReply(Action, frozen=True, tag="reject_reply"):
    text: Words


class Merge(Action, frozen=True, tag="merge"):
    """Handled together with another order of this centre; the result of that one is this one's, and every caller is answered."""

    into: UUID
    text: Text = ""


class Unmerge(Action, frozen=True, tag="unmerge"):
    reason: ShortWords


class OpenOversight(Action, frozen=True, tag="open_oversight"):
    """Formal supervision (督办) of the unit, at a level of catalogue/data/oversight.json.

    `unit`: where the order has none. `joint`: the centre at work across is asked the same. `rule`: the rule that asks for it.
    """

    authority: ShortWords
    text: Words
    unit: UnitCode | None = None
    joint: bool = False
    rule: Line | None = None


class ReplyOversight(Action, frozen=True, tag="reply_oversight"):
    text: Words


class AcceptOversight(Action, frozen=True, tag="accept_oversight"):
    text: Text = ""


class RejectOversight(Action, frozen=True, tag="reject_oversight"):
    """What is still missing; a new deadline begins."""

    text: Words


class WithdrawOversight(Action, frozen=True, tag="withdraw_oversight"):
    reason: ShortWords


class CheckOnSite(Action, frozen=True, tag="check_on_site"):
    """Somebody went and looked. `attachments`: files of this order that show it."""

    place: ShortWords
    found: Words
    persons: Line = ""
    at: Moment | None = None
    attachments: Annotated[list[UUID], Meta(max_length=20)] = []


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


class RaiseDanger(Action, frozen=True, tag="raise_danger"):
    """Danger to life, property or public safety is seen: the police desk gets it at once, whatever was going on.

    One tap for a unit in the field (plan 二(三)1): what it sees and, where it differs from the order's, the place.
    """

    text: Words
    address: Line = ""
    wgs84: Point | None = None


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


class LinkRepeat(Action, frozen=True, tag="link_repeat"):
    """A person says of which earlier matter this is the repeat; `of` null: of none."""

    of: UUID | None = None
    reason: Line = ""


class ReviewRepeat(Action, frozen=True, tag="review_repeat"):
    """A supervisor has looked at a matter that came again and again; `text`: what is done about it."""

    text: Words


PersonAction = (
    AnswerDirectly
    | Guide
    | DispatchOrder
    | ToStation
    | Designate
    | Redispatch
    | RecallDispatch
    | AddCoHandlers
    | SignShare
    | AnswerShare
    | Circulate
    | Countersign
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
    | RecallTransfer
    | AgreeRecall
    | RefuseRecall
    | Negotiate
    | TakePosition
    | KeepMatter
    | Arbitrate
    | OpenThreeWayCall
    | JoinThreeWayCall
    | EndThreeWayCall
    | EndJointHandling
    | Split
    | Urge
    | Supervise
    | ReplySupervision
    | AcceptReply
    | RejectReply
    | Merge
    | Unmerge
    | OpenOversight
    | ReplyOversight
    | AcceptOversight
    | RejectOversight
    | WithdrawOversight
    | CheckOnSite
    | RaiseDanger
    | AnswerQuestions
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
    | LinkRepeat
    | ReviewRepeat
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


class Due(Action, frozen=True, tag="due"):
    """A clock ran out. `version` is the one just loaded."""

    clock: str


class EvaluateByCaller(Action, frozen=True, tag="evaluate_by_caller"):
    """The caller judges by the link of one invitation. `round`: the round of handling that it is about."""

    satisfaction: Satisfaction
    solved: bool
    round: int
    invite: UUID
    words: Text = ""
    method: str = "sms"


class HandOver(Action, frozen=True, tag="hand_over"):
    """The order's unit has ended: its successor goes on. `version` is the one just loaded."""


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
