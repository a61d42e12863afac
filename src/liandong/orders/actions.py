"""What may be asked of an order: one Struct an action, tagged with the action's name. People send them to the API,
timers and messages make them inside. The lifecycle tables say who may do which of them when.

Here are those of every order, and the one table of all: each capability has its own beside its effects."""

from typing import Annotated

from msgspec import Meta, Struct

from liandong.attachments.actions import Attach, AttachmentAction, SettleAttachment
from liandong.callbacks.actions import EvaluateByCaller
from liandong.dispatching.actions import (
    AddCoHandlers,
    AnswerShare,
    Circulate,
    Countersign,
    Designate,
    DispatchingAction,
    HandOver,
    RecallDispatch,
    Redispatch,
    SignShare,
    ToStation,
)
from liandong.handling.actions import (
    AskExtension,
    DraftAnswer,
    EndSuspension,
    FindMaliciousReturn,
    GrantExtension,
    GrantReturn,
    HandlingAction,
    ObjectToReturn,
    PauseClock,
    RecomputeClocks,
    RecordContact,
    RecordStep,
    Redo,
    RefuseExtension,
    RefuseReturn,
    ResumeClock,
    ReviewAnswer,
    Suspend,
    WithdrawMatter,
)
from liandong.linkage.actions import (
    AcceptTransfer,
    AgreeRecall,
    EndJointHandling,
    LinkageAction,
    OfferTransfer,
    RaiseDanger,
    RecallTransfer,
    RefuseRecall,
    ReturnTransfer,
    Split,
    WithdrawTransfer,
)
from liandong.merging.actions import Merge, MergingAction, Unmerge
from liandong.negotiation.actions import (
    Arbitrate,
    EndThreeWayCall,
    JoinThreeWayCall,
    KeepMatter,
    Negotiate,
    NegotiationAction,
    OpenThreeWayCall,
    TakePosition,
)
from liandong.orders.acting import (
    Action,
    Files,
    Satisfaction,
    ShortWords,
    Tag,
    Tags,
    UnitCode,
    UnitCodes,
    Words,
    action_name,
    required_fields,
)
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
    Text,
    Thing,
)
from liandong.oversight.actions import (
    AcceptOversight,
    CheckOnSite,
    OpenOversight,
    OversightAction,
    RejectOversight,
    ReplyOversight,
    WithdrawOversight,
)
from liandong.policing.actions import (
    AnswerQuestions,
    ApproveLowerLevel,
    AskLowerLevel,
    CallSupport,
    ExplainDelay,
    HandToCase,
    PolicingAction,
    RaiseLevel,
    RefuseLowerLevel,
    ReportSupport,
    ReviewDelay,
    SendSupport,
    SetOut,
)
from liandong.repeats.actions import LinkRepeat, RepeatsAction, ReviewRepeat
from liandong.routing.model import Scope
from liandong.supervision.actions import AcceptReply, RejectReply, ReplySupervision, Supervise, SupervisionAction, Urge

__all__ = [
    "AcceptOversight", "AcceptReply", "AcceptTransfer", "Acknowledge", "Action", "AddCoHandlers", "AgreeRecall", "Amend", "Answer", "AnswerDirectly",
    "AnswerQuestions", "AnswerShare", "ApproveLowerLevel", "Arbitrate", "Arrive", "AskExtension", "AskLowerLevel", "Attach", "CallBack",
    "CallSupport", "Cancel", "CheckOnSite", "Circulate", "Close", "Countersign", "Designate", "DispatchOrder", "DraftAnswer", "Due",
    "EndJointHandling", "EndSuspension", "EndThreeWayCall", "Evaluate", "EvaluateByCaller", "ExplainDelay", "FeedBack", "Files",
    "FindMaliciousReturn", "Grade", "GrantExtension", "GrantReturn", "Guide", "HandOver", "HandToCase", "Intake", "JoinThreeWayCall", "KeepMatter",
    "LinkRepeat", "Merge", "Negotiate", "ObjectToReturn", "OfferTransfer", "OpenOversight", "OpenThreeWayCall", "OrderAction", "Overruling",
    "PauseClock", "PersonAction", "RaiseDanger", "RaiseLevel", "RecallDispatch", "RecallTransfer", "RecomputeClocks", "RecordContact", "RecordStep",
    "Redispatch", "Redo", "RefuseExtension", "RefuseLowerLevel", "RefuseRecall", "RefuseReturn", "RejectOversight", "RejectReply", "Reopen",
    "ReplyOversight", "ReplySupervision", "ReportSupport", "ResumeClock", "ReturnOrder", "ReturnTransfer", "ReviewAnswer", "ReviewDelay",
    "ReviewRepeat", "Satisfaction", "SendSupport", "SetOut", "SettleAttachment", "ShortWords", "SignFor", "SignShare", "Split", "StartDisposing",
    "StartHandling", "Supervise", "Supplement", "Suspend", "Tag", "Tags", "TakePosition", "ToStation", "UnitCode", "UnitCodes", "Unmerge", "Urge",
    "WithdrawMatter", "WithdrawOversight", "WithdrawTransfer", "Words", "action_name", "person_actions", "required_fields",
]  # fmt: skip


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


class Due(Action, frozen=True, tag="due"):
    """A clock ran out. `version` is the one just loaded."""

    clock: str


OrderAction = (
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
)
PersonAction = (
    OrderAction
    | DispatchingAction
    | LinkageAction
    | NegotiationAction
    | SupervisionAction
    | MergingAction
    | OversightAction
    | HandlingAction
    | PolicingAction
    | RepeatsAction
    | AttachmentAction
)


def person_actions() -> dict[str, type[Action]]:
    """Every action a person may send, by name."""
    return {action_name(kind): kind for kind in PersonAction.__args__}
