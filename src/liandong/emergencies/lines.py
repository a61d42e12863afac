"""The lines of an emergency's log: what each event carries, how a line is hashed, and in which order lines are read.

The order is by cause: a line's `lamport` number is greater than that of every line that its writer knew. Clocks of centres may be wrong;
they are shown and never compared.
"""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from liandong.emergencies.model import Casualties, Place
from liandong.orders.model import Exercise


class Line(Struct, frozen=True, kw_only=True):
    """One line as it is stored and sent."""

    id: UUID
    emergency_id: UUID
    centre: str
    no: int
    lamport: int
    at: datetime
    by: str
    event: str
    content: str
    previous: str
    digest: str

    @property
    def cause(self) -> tuple[int, str, int]:
        return (self.lamport, self.centre, self.no)


class Data(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of what lines carry; what a newer centre adds is passed over."""


class TaskGiven(Data, frozen=True):
    key: str
    title: str
    to: str
    holder: str
    due_at: datetime
    order: int = 1
    substitutes: list[str] = []
    check_in_minutes: int = 0
    minutes: int = 0
    measure: bool = False


class Declared(Data, frozen=True):
    number: str
    kind: str
    subtype: str
    level: int
    title: str
    place: Place
    exercise: Exercise
    text: str = ""
    facts: Casualties = Casualties()
    source: str = "person"
    why: str = ""
    card: str = ""
    tasks: list[TaskGiven] = []
    report_due: datetime | None = None
    sitrep_due: datetime | None = None


class Graded(Data, frozen=True):
    level: int
    reason: str
    facts: Casualties | None = None
    tasks: list[TaskGiven] = []
    card: str = ""
    report_due: datetime | None = None


class Joined(Data, frozen=True):
    into: UUID
    reason: str


class Split(Data, frozen=True):
    """The emergency of this line was joined and stands by itself again."""

    reason: str


class Ended(Data, frozen=True):
    reason: str


class ResponseChanged(Data, frozen=True):
    """The city's response of this level is on; None: it is over."""

    level: int | None
    reason: str = ""


class LinkedOrder(Data, frozen=True):
    matter_id: UUID
    number: str = ""


class OrdersLinked(Data, frozen=True):
    orders: list[LinkedOrder]
    why: str = ""


class OrdersUnlinked(Data, frozen=True):
    matters: list[UUID]
    reason: str = ""


class BroadcastSent(Data, frozen=True):
    id: UUID
    text: str
    to: list[str]
    due_at: datetime


class BroadcastRead(Data, frozen=True):
    id: UUID


class BroadcastActing(Data, frozen=True):
    id: UUID
    text: str = ""


class BroadcastRung(Data, frozen=True):
    id: UUID
    centre: str
    due_at: datetime


class BroadcastPassed(Data, frozen=True):
    id: UUID
    centre: str
    task: TaskGiven


class TaskAccepted(Data, frozen=True):
    key: str
    due_at: datetime
    check_in_due: datetime | None = None


class TaskDone(Data, frozen=True):
    key: str
    text: str = ""


class TaskRefused(Data, frozen=True):
    key: str
    reason: str


class TaskLate(Data, frozen=True):
    key: str


class TaskPassed(Data, frozen=True):
    key: str
    to: str
    holder: str
    due_at: datetime
    reason: str = ""


class TaskCheckedIn(Data, frozen=True):
    key: str
    text: str
    check_in_due: datetime | None = None


class CheckInMissed(Data, frozen=True):
    key: str
    check_in_due: datetime


class Noted(Data, frozen=True):
    """`files`: attachments of orders that belong to the emergency."""

    text: str
    place: Place | None = None
    files: list[dict[str, str]] = []
    facts: Casualties | None = None


class AnswerDrafted(Data, frozen=True):
    no: int
    text: str


class AnswerAgreed(Data, frozen=True):
    no: int


class AnswerWithdrawn(Data, frozen=True):
    no: int
    reason: str


class AnswerPublished(Data, frozen=True):
    no: int
    card: str


class MassCall(Data, frozen=True):
    on: bool


class ResourceAsked(Data, frozen=True):
    id: UUID
    what: str
    amount: int


class ResourceOffered(Data, frozen=True):
    id: UUID
    of: UUID
    amount: int
    text: str = ""


class ResourceTaken(Data, frozen=True):
    of: UUID
    offer: UUID


class ReportMade(Data, frozen=True):
    no: int
    digest: str
    next_at: datetime | None = None


class ReportSentUp(Data, frozen=True):
    to: str
    text: str
    next_due: datetime | None = None


class ReportLate(Data, frozen=True):
    """Nobody reported to those above by this time."""

    due_at: datetime


class Reviewed(Data, frozen=True):
    findings: list[str]
    measures: list[TaskGiven] = []


class InjectGiven(Data, frozen=True):
    no: int
    text: str
    within_minutes: int


class InjectMet(Data, frozen=True):
    no: int


EVENTS: dict[str, type[Data]] = {
    "emergency.declared": Declared,
    "emergency.graded": Graded,
    "emergency.joined": Joined,
    "emergency.split": Split,
    "emergency.ended": Ended,
    "response.changed": ResponseChanged,
    "orders.linked": OrdersLinked,
    "orders.unlinked": OrdersUnlinked,
    "broadcast.sent": BroadcastSent,
    "broadcast.read": BroadcastRead,
    "broadcast.acting": BroadcastActing,
    "broadcast.rung": BroadcastRung,
    "broadcast.passed": BroadcastPassed,
    "task.given": TaskGiven,
    "task.accepted": TaskAccepted,
    "task.done": TaskDone,
    "task.refused": TaskRefused,
    "task.late": TaskLate,
    "task.passed": TaskPassed,
    "task.checked_in": TaskCheckedIn,
    "check_in.missed": CheckInMissed,
    "log.noted": Noted,
    "answer.drafted": AnswerDrafted,
    "answer.agreed": AnswerAgreed,
    "answer.withdrawn": AnswerWithdrawn,
    "answer.published": AnswerPublished,
    "mass_call.switched": MassCall,
    "resource.asked": ResourceAsked,
    "resource.offered": ResourceOffered,
    "resource.taken": ResourceTaken,
    "report.made": ReportMade,
    "report.sent_up": ReportSentUp,
    "report.late": ReportLate,
    "emergency.reviewed": Reviewed,
    "drill.injected": InjectGiven,
    "drill.met": InjectMet,
}
EVENT_OF: dict[type[Data], str] = {kind: event for event, kind in EVENTS.items()}
_decoders = {event: msgspec.json.Decoder(kind) for event, kind in EVENTS.items()}
_encode = msgspec.json.Encoder().encode


def content_of(data: Data) -> str:
    return _encode(data).decode()


def read_content(event: str, content: str) -> Any:
    """The data of a line; None for an event that this version doesn't know, which is kept and shown as it is. Raises msgspec.MsgspecError."""
    decoder = _decoders.get(event)
    return decoder.decode(content) if decoder else None


def digest_of(line: Line) -> str:
    """Over everything but the digest itself; times by their microsecond, so that every centre computes the same."""
    parts = [
        str(line.id),
        str(line.emergency_id),
        line.centre,
        str(line.no),
        str(line.lamport),
        str(round(line.at.timestamp() * 1_000_000)),
        line.by,
        line.event,
        line.previous,
        line.content,
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def sealed(line: Line) -> Line:
    return msgspec.structs.replace(line, digest=digest_of(line))
