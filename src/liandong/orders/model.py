"""The order: one centre's own record of a matter, with the data items of the national formats (their names in brackets)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct, field

from liandong.attachments.model import Attachment
from liandong.catalogue.centres import Kind
from liandong.dispatching.model import Assignment, Share
from liandong.handling.model import Handling
from liandong.knowledge.model import CitedCard
from liandong.linkage.model import CentreCode, Hop, Supervision, Transfer
from liandong.oversight.model import Oversight
from liandong.policing.model import Policing
from liandong.repeats.model import RepeatReview
from liandong.routing.model import Facts, Verdict

Text = Annotated[str, Meta(max_length=10_000)]
Line = Annotated[str, Meta(max_length=300)]
Phone = Annotated[str, Meta(max_length=30, pattern=r"^$|^[0-9+*() \-]{3,30}$")]
DivisionCode = Annotated[str, Meta(pattern=r"^[0-9]{6}([0-9]{3}|[0-9]{6})?$")]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Moment = Annotated[datetime, Meta(tz=True)]  # a time from outside always says its zone
Count = Annotated[int, Meta(ge=0, le=100_000)]
Level = Annotated[int, Meta(ge=1, le=5)]


class MatterType(StrEnum):
    """What the caller wants of the hotline (12345)."""

    CONSULTATION = "consultation"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"
    PRAISE = "praise"


class Channel(StrEnum):
    """[JQLYFS] How the matter reached the centre."""

    PHONE = "phone"
    WEB = "web"
    APP = "app"
    WECHAT = "wechat"
    SMS = "sms"
    IMPORT = "import"
    WALK_IN = "walk_in"


class Origin(StrEnum):
    """Who brought the matter to this centre: the caller, or a peer. The first receiver calls back."""

    CALLER = "caller"
    PEER = "peer"


class Exercise(StrEnum):
    """As CAP 1.2 `status`: drills and tests never count and never mix with the real."""

    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


class Point(Struct, frozen=True, forbid_unknown_fields=True):
    """Degrees."""

    lon: Longitude
    lat: Latitude


class Caller(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    name: Line = ""  # [BJRMC]
    sex: Sex = Sex.UNKNOWN  # [BJRXBDM]
    phone: Phone = ""  # [BJDH] the number that called
    contact_phone: Phone = ""  # [LXDH]
    subscriber_name: Line = ""  # [BJDHYHM]
    subscriber_address: Line = ""  # [BJDHYHDZ]
    address: Line = ""  # [BJDZ]
    foreign_language: Line = ""


def known_by(caller: Caller) -> list[str]:
    """What somebody could recognise the caller by."""
    words = (
        caller.name,
        caller.phone,
        caller.contact_phone,
        caller.subscriber_name,
        caller.subscriber_address,
        caller.address,
    )
    return [word for word in words if word]


class Incident(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where and what it is about. Coordinates are stated in each system apart, never converted silently."""

    address: Line = ""  # [JQDZ]
    wgs84: Point | None = None
    gcj02: Point | None = None
    occurred_at: Moment | None = None
    weapons: Line = ""
    hazardous_goods: Line = ""
    explosives: Line = ""
    trapped: Count = 0  # [BKRYQKSM]
    injured: Count = 0  # [SSRYQKSM]
    dead: Count = 0  # [SWRYQKSM]


class Call(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    reached_at: Moment | None = None  # [BJSJ]
    answered_at: Moment | None = None  # [JJSJ]
    ended_at: Moment | None = None  # [JJWCSJ]
    recording_no: Line = ""  # [JJLYH]
    seat: Line = ""


class Part(StrEnum):
    """What a person has to do with what happened."""

    VICTIM = "victim"
    SUSPECT = "suspect"
    WITNESS = "witness"
    PARTY = "party"
    OTHER = "other"


class Involved(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A person that the unit met. Personal data: masked like the caller's."""

    part: Part
    name: Line = ""
    id_number: Annotated[str, Meta(pattern=r"^$|^[0-9]{17}[0-9Xx]$|^[A-Za-z0-9]{5,15}$")] = ""
    phone: Phone = ""
    handled: Line = ""


class Thing(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Something that the unit took, saw or gave back."""

    name: Line
    amount: Line = ""
    handled: Line = ""


class Feedback(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the unit found and did. `persons`, `items`: in words; `people`, `things`: one by one."""

    result: Text = ""
    real_address: Line = ""
    real_at: Moment | None = None
    class_confirmed: str = ""
    persons: Line = ""
    items: Line = ""
    people: list[Involved] = []
    things: list[Thing] = []


# A result is there: what remains is the first receiver's telling the caller and calling back.
RESOLVED = frozenset({"answered", "fed_back", "closed", "called_back", "evaluated", "guided", "cancelled"})


class PartsAwaited(Struct, frozen=True):
    """Whose parts the centre that holds the whole still waits for, as it said when."""

    by: CentreCode
    at: datetime
    peers: list[CentreCode]


class Order(Struct, frozen=True, kw_only=True):
    """One row of `orders`. Times are UTC. `responsible`: this centre holds itself responsible for the matter (or its part of it).

    `path`: the centres that have had the whole matter in this round. `bounces`: how often it was given back in this round.
    `claim`: how often the police desk has taken the matter over in danger; what was said under a lower number is void.
    `awaits`: told by the centre that has the whole, for the one that ends it for the caller.
    `repeat_of`: the order of the caller's earlier matter that this one brings again; `repeats`: how often by now.
    """

    id: UUID
    matter_id: UUID
    number: str | None = None
    kind: Kind
    status: str
    version: int
    round: int = 1
    responsible: bool
    first_receiver: str
    origin: Origin = Origin.CALLER
    master_id: UUID | None = None  # [GLZJJDBH]
    exercise: Exercise = Exercise.ACTUAL
    channel: Channel
    type: MatterType | None = None
    class_intake: str | None = None
    class_confirmed: str | None = None
    level: int | None = None  # [JQDJDM]
    urgent: bool = False
    danger: bool = False
    confidential: bool = False  # [SFBM]
    division_code: str | None = None  # [XZQHDM]
    unit: str | None = None  # [JJDWDM]
    title: str = ""
    content: str  # [BJNR]
    caller: Caller = Caller()
    incident: Incident = Incident()
    call: Call = Call()
    facts: Facts | None = None
    verdict: Verdict | None = None
    feedback: Feedback | None = None
    answer: str | None = None
    closing: str | None = None
    satisfaction: int | None = None
    solved: bool | None = None
    call_backs: int = 0
    call_back_tried_at: datetime | None = None
    tags: list[str] = []
    merged: bool = False
    revisited: bool = False
    fed_back: bool = False
    invalid: bool = False
    path: list[Hop] = []
    bounces: int = 0
    claim: int = 0
    urges: int = 0
    awaits: PartsAwaited | None = None
    supervisions: list[Supervision] = []
    policing: Policing | None = None
    repeat_of: UUID | None = None
    repeats: int = 0
    repeat_review: RepeatReview | None = None
    handling: Handling = field(default_factory=Handling)
    assignment: Assignment | None = None
    card: CitedCard | None = None
    created_at: datetime
    accepted_at: datetime | None = None
    dispatched_at: datetime | None = None
    signed_at: datetime | None = None
    arrived_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    called_back_at: datetime | None = None
    evaluated_at: datetime | None = None
    updated_at: datetime

    @property
    def is_resolved(self) -> bool:
        return self.status in RESOLVED

    @property
    def came_from_peer(self) -> bool:
        """Another centre took the call first."""
        return self.origin == "peer"

    @property
    def sends_forces(self) -> bool:
        """A desk that sends somebody out by itself (110, 119, 120): danger is acted on here, not handed over."""
        return self.kind == Kind.POLICE_ORDER


class Timer(Struct, frozen=True, kw_only=True):
    """A deadline of an order. `remaining` is what was left when it was paused (core.worktime)."""

    order_id: UUID
    name: str
    status: str
    due_at: datetime
    started_at: datetime
    policy_version: str
    remaining: dict[str, Any] | None = None
    reason: str | None = None


class Dispatch(Struct, frozen=True, kw_only=True):
    """One unit's turn. `ended_at`, `end_reason`: it ended without return or result (recalled, redispatched, handed_over)."""

    order_id: UUID
    no: int
    round: int = 1
    unit: str
    person: str | None = None
    vehicle: str | None = None
    dispatched_at: datetime
    signed_at: datetime | None = None
    set_out_at: datetime | None = None
    arrived_at: datetime | None = None
    fed_back_at: datetime | None = None
    returned_at: datetime | None = None
    return_reason: str | None = None
    return_basis: str | None = None
    return_text: str | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None


class Snapshot(Struct, frozen=True):
    """What a decision looks at: the order with its open timers, dispatches, transfers, the orders merged into it, its attachments and oversights."""

    order: Order
    timers: list[Timer] | None = None
    dispatches: list[Dispatch] | None = None
    transfers: list[Transfer] | None = None
    members: list[UUID] | None = None
    attachments: list[Attachment] | None = None
    oversights: list[Oversight] | None = None

    def open_transfers(self, direction: str) -> list[Transfer]:
        """What waits for an answer: `out` is what we offered, `in` what we are asked."""
        return [t for t in self.transfers or () if t.direction == direction and t.is_open]

    def open_transfer(self, direction: str, transfer_id: UUID | None = None) -> Transfer | None:
        """The one that is named; without a name the one of the whole matter that is not being called back, else a part."""
        waiting = self.open_transfers(direction)
        if transfer_id is not None:
            return next((t for t in waiting if t.id == transfer_id), None)
        return min(waiting, key=lambda t: (t.part, t.status in {"withdrawing", "keeping"}), default=None)

    @property
    def dispatch_at_work(self) -> bool:
        """Somebody of ours was sent and has no result yet."""
        return self.dispatch is not None and not self.order.is_resolved

    def holds_whole(self, centre: str) -> bool:
        """This centre answers for the whole matter, not only for a part of it."""
        return self.order.responsible and self.has_whole(centre)

    def has_whole(self, centre: str | None) -> bool:
        """The last of the path is this centre; without a name: is none of the peers, as far as the order itself shows."""
        last = self.order.path[-1].centre if self.order.path else centre
        return last == centre if centre is not None else last not in {t.peer for t in self.transfers or ()}

    @property
    def negotiation(self) -> Transfer | None:
        """The negotiation that is going on, whoever offered."""
        return next((t for t in self.transfers or () if t.is_negotiated), None)

    def transfer(self, transfer_id: UUID) -> Transfer | None:
        return next((t for t in self.transfers or () if t.id == transfer_id), None)

    def attachment(self, attachment_id: UUID) -> Attachment | None:
        return next((a for a in self.attachments or () if a.id == attachment_id), None)

    @property
    def followers(self) -> list[str]:
        """Peers that share this matter with us: whatever was accepted in either direction."""
        return sorted({t.peer for t in self.transfers or () if t.status == "accepted"})

    @property
    def dispatch(self) -> Dispatch | None:
        """The dispatch in force: the last one, unless it was returned, or fed back before the matter began anew."""
        last = self.dispatches[-1] if self.dispatches else None
        over = last is None or last.returned_at or last.ended_at or (last.fed_back_at and not self.order.is_resolved)
        over = over or self.order.dispatched_at is None
        return None if over else last

    @property
    def shares(self) -> list[Share]:
        """The co-handlers' shares of the dispatch in force."""
        current, assignment = self.dispatch, self.order.assignment
        return [s for s in assignment.shares if s.no == current.no] if current is not None and assignment else []

    def is_unit_of(self, org_code: str | None) -> bool:
        """Does this unit have the order, or a share of it?"""
        return self.order.unit == org_code or any(share.unit == org_code for share in self.shares)
