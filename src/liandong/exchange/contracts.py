"""The messages between centres: one Struct a kind and version. docs/protocol.md and the JSON Schemas are generated from here.

A field once published never changes its meaning; a new optional field is the same version, anything else a new one.
"""

from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from liandong.exchange import catalogue_messages as catalogue
from liandong.exchange.attachment_messages import AttachmentAdded, AttachmentSettled
from liandong.exchange.body import Body, Centre
from liandong.exchange.card_messages import CardPublished, CardWithdrawn
from liandong.exchange.emergency_messages import CallersKept, EmergencyLogged
from liandong.exchange.ledger_bodies import LedgerHeads, LedgerSealed, MessagesMissed
from liandong.linkage.model import Basis, Binding, CallOutcome, Hop, SettledBy
from liandong.orders.model import (
    Call,
    Caller,
    Channel,
    DivisionCode,
    Exercise,
    Incident,
    Level,
    Line,
    MatterType,
    Moment,
    Text,
)

Claim = Annotated[int, Meta(ge=0, le=30_000)]


class PeerCaller(Caller, frozen=True, forbid_unknown_fields=False):
    """A caller as a peer sends it: what a newer peer adds is passed over, as everywhere in a message."""


class PeerIncident(Incident, frozen=True, forbid_unknown_fields=False):
    """See PeerCaller."""


class PeerCall(Call, frozen=True, forbid_unknown_fields=False):
    """See PeerCaller."""


Part = TypeVar("Part", PeerCaller, PeerIncident, PeerCall)


def as_sent(kind: type[Part], ours: Caller | Incident | Call) -> Part:
    return kind(**msgspec.structs.asdict(ours))


class TransferOffered(Body, frozen=True):
    """Take this matter over. `urgent`: danger; the police desk is responsible at once and can't refuse.

    `part`: only the receiver's part; the sender keeps its own. Everything the caller said goes along.
    `binding`: taken at once like an urgent one, where the receiver knows the reason itself (it had asked for the matter back, it is
    the first receiver). `bounces`: how often the whole matter was given back in this round. `path`: who has had it.
    """

    transfer_id: UUID
    urgent: bool
    part: bool
    first_receiver: Centre
    sender_number: Line
    round: int
    content: Text
    created_at: Moment
    title: Line = ""
    channel: Channel = Channel.PHONE
    type: MatterType | None = None
    class_intake: Line | None = None
    level: Level | None = None
    danger: bool = False
    confidential: bool = False
    division_code: DivisionCode | None = None
    caller: PeerCaller = PeerCaller()
    incident: PeerIncident = PeerIncident()
    call: PeerCall = PeerCall()
    tags: list[str] = []
    items: list[str] = []
    reason: Text = ""
    note: Text = ""
    binding: Binding | None = None
    bounces: Annotated[int, Meta(ge=0, le=1000)] = 0
    path: list[Hop] = []
    claim: Claim = 0


class TransferAccepted(Body, frozen=True):
    """The receiver has it and is responsible from `accepted_at` on. Wins over whatever the sender has done meanwhile."""

    transfer_id: UUID
    number: Line
    accepted_at: Moment
    duplicate_of: Line = ""
    """The receiver had the same matter from another call already: the number under which it is handled."""
    settled_by: SettledBy | None = None
    path: list[Hop] = []
    claim: Claim = 0


class TransferReturned(Body, frozen=True):
    """The offer is declined. `reason` is one of the typed reasons, `basis` a catalogue item or a legal basis."""

    transfer_id: UUID
    reason: Line
    basis: Line
    text: Text = ""


class WithdrawalRequested(Body, frozen=True):
    """The sender asks to take its offer back; only the receiver's answer settles it."""

    transfer_id: UUID
    reason: Line


class TransferWithdrawn(Body, frozen=True):
    """The receiver agrees: the offer is closed, the sender keeps the matter."""

    transfer_id: UUID


class TransferKept(Body, frozen=True):
    """A negotiation ends with the sender: it keeps the matter. The receiver confirms by `transfer.withdrawn.v1`, unless it has accepted."""

    transfer_id: UUID
    settled_by: SettledBy
    at: Moment
    text: Text = ""


class RecallRequested(Body, frozen=True):
    """The transfer was a mistake: the sender asks for the accepted matter back. The receiver agrees by a binding offer, or refuses."""

    transfer_id: UUID
    reason: Line


class RecallRefused(Body, frozen=True):
    transfer_id: UUID
    reason: Line


class PositionTaken(Body, frozen=True):
    """Who should take the matter, in the sender's eyes. `ruling`: a leader has decided; the receiver applies it."""

    transfer_id: UUID
    owner: Centre
    basis_kind: Basis
    basis: Line
    at: Moment
    text: Text = ""
    person: Line = ""
    ruling: bool = False


class NegotiationOpened(Body, frozen=True):
    """The offer becomes a negotiation; responsibility does not move."""

    transfer_id: UUID
    at: Moment
    reason: Line = ""
    position: PositionTaken | None = None


class CallOpened(Body, frozen=True):
    """The caller is held on the line: join the three-way call."""

    transfer_id: UUID
    call_id: UUID
    at: Moment
    person: Line = ""
    seat: Line = ""
    recording_no: Line = ""


class CallJoined(Body, frozen=True):
    transfer_id: UUID
    call_id: UUID
    at: Moment
    person: Line = ""
    seat: Line = ""
    recording_no: Line = ""


class CallEnded(Body, frozen=True):
    transfer_id: UUID
    call_id: UUID
    at: Moment
    outcome: CallOutcome
    text: Text = ""


class JointEnded(Body, frozen=True):
    """Joint handling is over: the part has its result and the sender has noted it."""

    transfer_id: UUID
    at: Moment
    text: Text = ""


class OrderUrged(Body, frozen=True):
    """A nudge for whoever is responsible."""

    at: Moment
    text: Text


class SupervisionOpened(Body, frozen=True):
    """A formal question about the order, to be answered by `due_at`."""

    supervision_id: UUID
    at: Moment
    due_at: Moment
    text: Text


class SupervisionReplied(Body, frozen=True):
    supervision_id: UUID
    at: Moment
    text: Text


class SupervisionJudged(Body, frozen=True):
    """The reply is accepted, or it is not and the question stays open until the new `due_at`."""

    supervision_id: UUID
    at: Moment
    accepted: bool
    text: Text = ""
    due_at: Moment | None = None


class MatterMerged(Body, frozen=True):
    """The sender handles this matter together with another one; its result will be this one's, too."""

    at: Moment
    number: Line
    into_number: Line
    text: Text = ""


class MatterUnmerged(Body, frozen=True):
    at: Moment
    number: Line
    text: Text = ""


class OrderProgressed(Body, frozen=True):
    """How the order of the centre that is responsible goes on.

    `by`: whose order it is, where the sender only passes it on to centres that are not among `told`.
    `awaits`: as in a result that was given before, where that has changed.
    """

    number: Line
    status: Line
    at: Moment
    text: Text = ""
    path: list[Hop] = []
    by: Centre | None = None
    told: list[Centre] = []
    awaits: list[Centre] | None = None


class OrderAnswered(Body, frozen=True):
    """The result, for the centre that follows and for the caller.

    `part`: of the sender's part alone; the whole is handled elsewhere. `by`: whose result it is, where the sender only passes it on.
    `awaits`: centres that have a part from whoever answers and no result yet; progress tells when that changes.
    """

    number: Line
    status: Line
    at: Moment
    answer: Text
    closing: Line = ""
    result: dict[str, Any] = {}
    claim: Claim = 0
    part: bool = False
    by: Centre | None = None
    awaits: list[Centre] = []


class OrderEvaluated(Body, frozen=True):
    """The caller's judgement, from the centre that called back; closes the loop of the receiver's order."""

    number: Line
    at: Moment
    solved: bool | None = None
    satisfaction: int | None = None
    words: Text = ""


class MatterSupplemented(Body, frozen=True):
    """The caller added something."""

    at: Moment
    text: Text


class DangerRaised(Body, frozen=True):
    """Danger was seen by either side, at any moment."""

    at: Moment
    text: Text


class DangerClaimed(Body, frozen=True):
    """The police desk has taken the matter over in danger: it is responsible from `at` on, and whoever was follows.

    `claim` counts the times; what was offered or answered under a lower number is void. Whoever reads a new claim tells it to
    every centre that it shares the matter with and that is not among `told`.
    """

    transfer_id: UUID
    number: Line
    at: Moment
    text: Text
    claim: Claim
    told: list[Centre] = []


MESSAGES: dict[str, type[Body]] = {
    "transfer.offered.v1": TransferOffered,
    "transfer.accepted.v1": TransferAccepted,
    "transfer.returned.v1": TransferReturned,
    "transfer.withdrawal_requested.v1": WithdrawalRequested,
    "transfer.withdrawn.v1": TransferWithdrawn,
    "order.progressed.v1": OrderProgressed,
    "order.answered.v1": OrderAnswered,
    "order.evaluated.v1": OrderEvaluated,
    "matter.supplemented.v1": MatterSupplemented,
    "danger.raised.v1": DangerRaised,
    "danger.claimed.v1": DangerClaimed,
    "transfer.kept.v1": TransferKept,
    "transfer.recall_requested.v1": RecallRequested,
    "transfer.recall_refused.v1": RecallRefused,
    "negotiation.opened.v1": NegotiationOpened,
    "negotiation.position_taken.v1": PositionTaken,
    "call.opened.v1": CallOpened,
    "call.joined.v1": CallJoined,
    "call.ended.v1": CallEnded,
    "joint.ended.v1": JointEnded,
    "order.urged.v1": OrderUrged,
    "supervision.opened.v1": SupervisionOpened,
    "supervision.replied.v1": SupervisionReplied,
    "supervision.judged.v1": SupervisionJudged,
    "matter.merged.v1": MatterMerged,
    "matter.unmerged.v1": MatterUnmerged,
    "ledger.sealed.v1": LedgerSealed,
    "ledger.heads.v1": LedgerHeads,
    "messages.missed.v1": MessagesMissed,
    "catalogue.proposed.v1": catalogue.CatalogueProposed,
    "catalogue.agreed.v1": catalogue.CatalogueAgreed,
    "catalogue.declined.v1": catalogue.CatalogueDeclined,
    "catalogue.withdrawn.v1": catalogue.CatalogueWithdrawn,
    "attachment.added.v1": AttachmentAdded,
    "attachment.settled.v1": AttachmentSettled,
    "card.published.v1": CardPublished,
    "card.withdrawn.v1": CardWithdrawn,
    "emergency.logged.v1": EmergencyLogged,
    "emergency.callers_kept.v1": CallersKept,
}
KIND_OF: dict[type[Body], str] = {body: kind for kind, body in MESSAGES.items()}


class Envelope(Struct, frozen=True, kw_only=True):
    """The signed part of a message. `seq` counts from 1 without gaps for each sender, receiver and matter."""

    id: UUID
    kind: Annotated[str, Meta(pattern=r"^[a-z_]+\.[a-z_]+\.v[0-9]+$", max_length=80)]
    sender: Centre
    receiver: Centre
    matter_id: UUID
    seq: Annotated[int, Meta(ge=1, le=2_000_000_000)]
    sent_at: Moment
    exercise: Exercise = Exercise.ACTUAL
    body: dict[str, Any]
