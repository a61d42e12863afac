"""What a unit did with an order and what was decided about it: one document of the order, `orders.handling`.

Every record says who, when and in which round, so that a reopened matter asks for its evidence anew and keeps what went before.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

LADDER_CLOCK = "ladder"  # the next rung of whatever ladder this order climbs
SUSPENSION_CLOCK = "suspension"


class ReturnStatus(StrEnum):
    """`lapsed`: the order went on before anybody had reviewed it. `upheld`: refused again by another person after the objection."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    OBJECTED = "objected"
    UPHELD = "upheld"
    LAPSED = "lapsed"


RETURN_WAITS = frozenset({ReturnStatus.ASKED, ReturnStatus.OBJECTED})


class OrderReturn(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A unit's request to be rid of an order. `due_at`: until when it could ask; `no` counts within the order.

    `measure`: the measure of accountability that was proposed because somebody found the return malicious.
    """

    no: int
    round: int
    dispatch_no: int = 0
    unit: str
    reason: str
    basis: str
    text: str = ""
    evidence: str = ""
    attachments: list[UUID] = []
    asked_by: str
    asked_at: datetime
    due_at: datetime
    status: ReturnStatus
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    review: str = ""
    objected_by: str = ""
    objected_at: datetime | None = None
    objection: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    decision: str = ""
    measure: UUID | None = None


class Step(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was done: what, when and where; `lon` and `lat` are WGS-84 degrees."""

    round: int
    what: str
    at: datetime
    place: str = ""
    lon: float | None = None
    lat: float | None = None
    attachments: list[UUID] = []
    unit: str = ""
    by: str
    recorded_at: datetime


class Contact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One try to speak with the caller. `unit` is empty where the centre's own desk did it."""

    round: int
    at: datetime
    way: str
    reached: bool
    text: str = ""
    unit: str = ""
    by: str
    recorded_at: datetime


class DraftStatus(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


class Draft(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer before it is given: written by one person of the unit, reviewed by another."""

    round: int
    text: str
    by: str
    at: datetime
    status: DraftStatus = DraftStatus.WAITING
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    review: str = ""


class ExtensionStatus(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"


class Extension(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """More time for a clock, in working days, asked by the unit and approved by somebody else."""

    round: int
    clock: str
    days: int
    reason: str
    evidence: str
    attachments: list[UUID] = []
    asked_by: str
    asked_at: datetime
    status: ExtensionStatus = ExtensionStatus.ASKED
    decided_by: str = ""
    decided_at: datetime | None = None
    words: str = ""
    due_before: datetime | None = None
    due_after: datetime | None = None


class Pause(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Time that a clock was held. `clock_started_at` names the run of the clock, `suspension` that it was held with the whole order."""

    clock: str
    clock_started_at: datetime
    ground: str
    reason: str
    evidence: str = ""
    attachments: list[UUID] = []
    suspension: bool = False
    by: str
    from_at: datetime
    until_at: datetime | None = None


class Suspension(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The order rests until a day that was named; its clocks are held meanwhile."""

    ground: str
    reason: str
    evidence: str
    until: datetime
    by: str
    at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""


class Redo(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The centre did not take the answer: what it was, and why it would not do."""

    round: int
    answer: str
    reason: str
    by: str
    at: datetime


class Watch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far a clock has come on its ladder: `done` rungs; `lapsed`: its time is over and what it waits for has not come."""

    started_at: datetime
    due_at: datetime
    done: int = 0
    lapsed: bool = False


class Handling(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`known_by`: what the caller was known by before it was corrected, so that a hidden caller stays hidden; never shown."""

    returns: list[OrderReturn] = []
    steps: list[Step] = []
    contacts: list[Contact] = []
    drafts: list[Draft] = []
    extensions: list[Extension] = []
    pauses: list[Pause] = []
    suspensions: list[Suspension] = []
    redos: list[Redo] = []
    ladders: dict[str, Watch] = {}
    known_by: list[str] = []

    @property
    def waiting_return(self) -> OrderReturn | None:
        """The one that somebody must review: asked, or objected to."""
        last = self.returns[-1] if self.returns else None
        return last if last is not None and last.status in RETURN_WAITS else None

    @property
    def waiting_extension(self) -> Extension | None:
        last = self.extensions[-1] if self.extensions else None
        return last if last is not None and last.status == ExtensionStatus.ASKED else None

    @property
    def suspension(self) -> Suspension | None:
        """The one in force."""
        last = self.suspensions[-1] if self.suspensions else None
        return last if last is not None and last.ended_at is None else None

    def last_draft(self, round_: int) -> Draft | None:
        return next((draft for draft in reversed(self.drafts) if draft.round == round_), None)

    def held(self, clock: str, started_at: datetime) -> list[Pause]:
        """The pauses of this run of a clock, also one that goes on."""
        return [p for p in self.pauses if p.clock == clock and p.clock_started_at == started_at]
