"""A transfer: one hand-over of a matter, as each of the two centres keeps it, with the negotiation and the calls about it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

CentreCode = Annotated[str, Meta(pattern=r"^[0-9a-z_]{2,20}$")]
Said = Annotated[str, Meta(max_length=10_000)]
Name = Annotated[str, Meta(max_length=300)]


class TransferStatus(StrEnum):
    OFFERED = "offered"
    NEGOTIATING = "negotiating"
    WITHDRAWING = "withdrawing"
    KEEPING = "keeping"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    KEPT = "kept"
    OVERTAKEN = "overtaken"


class Binding(StrEnum):
    """Why an offer is taken at once, without asking anybody. Danger has its own flag, `urgent`."""

    RECALL = "recall"  # the receiver had asked for the matter back
    ARBITRATION = "arbitration"  # a leader's ruling crossed the return of the offer
    FIRST_RECEIVER = "first_receiver"  # a negotiation without result falls to whoever the caller reached first


class Basis(StrEnum):
    """What a position rests on."""

    CATALOGUE = "catalogue"
    LAW = "law"
    PRECEDENT = "precedent"


class SettledBy(StrEnum):
    AGREEMENT = "agreement"
    ARBITRATION = "arbitration"
    DEADLINE = "deadline"


ALREADY_HERE = "duplicate"  # the typed reason with which an offer of what we already have is returned
OPEN = frozenset(
    {TransferStatus.OFFERED, TransferStatus.NEGOTIATING, TransferStatus.WITHDRAWING, TransferStatus.KEEPING}
)
"""Until the other side has answered or confirmed. An acceptance counts while its offer is open, and only then."""


class Position(Struct, frozen=True, omit_defaults=True):
    """Who should take the matter, in the eyes of one centre. `ruling`: a leader's arbitration, which both sides apply."""

    centre: CentreCode
    owner: CentreCode
    basis_kind: Basis
    basis: Name
    at: datetime
    text: Said = ""
    person: Name = ""
    ruling: bool = False


class Joined(Struct, frozen=True, omit_defaults=True):
    """Somebody on a three-way call, with the number of the recording that their centre made."""

    centre: CentreCode
    at: datetime
    person: Name = ""
    seat: Name = ""
    recording_no: Name = ""


class CallOutcome(StrEnum):
    """What the three of them found: whose matter it is, that it stays unclear, or that the caller had gone."""

    SENDER = "sender"
    RECEIVER = "receiver"
    UNCLEAR = "unclear"
    CALLER_LEFT = "caller_left"


class ThreeWayCall(Struct, frozen=True, omit_defaults=True):
    """The caller and both centres on one line, as both sides record it."""

    id: UUID
    opened_by: CentreCode
    opened_at: datetime
    joined: tuple[Joined, ...] = ()
    ended_at: datetime | None = None
    outcome: CallOutcome | None = None
    text: Said = ""


class Hop(Struct, frozen=True):
    """A centre that has taken the whole matter, in the order in which they took it. The first is the first receiver."""

    centre: CentreCode
    number: Name
    at: datetime


class Precedent(Struct, frozen=True):
    """A settled negotiation: who owned such a matter, and why. `question` is what makes two matters the same question."""

    question: str
    owner: CentreCode
    settled_by: SettledBy
    at: datetime
    basis_kind: Basis | None = None
    basis: str = ""
    text: str = ""


class Transfer(Struct, frozen=True, kw_only=True):
    """`part`: only the receiver's part of the matter is handed over and the sender keeps its own (joint handling),
    until `joint_ended_at`.

    Whether the offer was delivered is the transport's knowledge (outbox); `status` is the business answer alone.
    `recall`: why the sender wants an accepted matter back, while that question is open.
    """

    id: UUID
    order_id: UUID
    direction: str
    peer: str
    part: bool
    urgent: bool
    status: TransferStatus
    items: list[str] = []
    message_id: UUID | None = None
    offered_at: datetime
    answered_at: datetime | None = None
    reason: str | None = None
    basis: str | None = None
    text: str | None = None
    peer_number: str | None = None
    peer_status: str | None = None
    peer_result: dict[str, Any] | None = None
    round: int = 1
    binding: Binding | None = None
    recall: str | None = None
    joint_ended_at: datetime | None = None
    duplicate_of: str | None = None
    negotiated_at: datetime | None = None
    settled_by: SettledBy | None = None
    positions: tuple[Position, ...] = ()
    calls: tuple[ThreeWayCall, ...] = ()
    precedent: Precedent | None = None

    @property
    def is_with_peer(self) -> bool:
        """The peer has the matter: it accepted, or had it already."""
        return self.status == TransferStatus.ACCEPTED or (
            self.status == TransferStatus.RETURNED and self.reason == ALREADY_HERE
        )

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_negotiated(self) -> bool:
        return self.status == TransferStatus.NEGOTIATING

    @property
    def is_joint(self) -> bool:
        """Both sides are at work, each on its part."""
        return self.part and self.status == TransferStatus.ACCEPTED and self.joint_ended_at is None

    @property
    def has_own_result(self) -> bool:
        """The peer's own work on it is done; a result that the peer only passed on says nothing of that."""
        return self.peer_result is not None and bool(self.peer_result.get("own", True))

    @property
    def open_call(self) -> ThreeWayCall | None:
        return next((call for call in self.calls if call.ended_at is None), None)


class SupervisionStatus(StrEnum):
    OPEN = "open"
    REPLIED = "replied"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Supervision(Struct, frozen=True, kw_only=True):
    """A formal question from one centre about the other's order, with its own deadline and reply.

    `direction`: `out` is what we asked, `in` what we are asked.
    """

    id: UUID
    direction: str
    peer: str
    status: SupervisionStatus
    text: str
    opened_at: datetime
    due_at: datetime
    reply: str | None = None
    replied_at: datetime | None = None
    verdict: str | None = None
