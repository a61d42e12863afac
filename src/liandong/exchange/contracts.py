"""The messages between centres: one Struct a kind and version. docs/protocol.md and the JSON Schemas are generated from here.

A field once published never changes its meaning; a new optional field is the same version, anything else a new one.
"""

from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from liandong.exchange.attachment_messages import AttachmentAdded, AttachmentSettled
from liandong.exchange.body import Body
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

Centre = Annotated[str, Meta(pattern=r"^[0-9a-z_]{2,20}$")]


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


class TransferAccepted(Body, frozen=True):
    """The receiver has it and is responsible from `accepted_at` on. Wins over whatever the sender has done meanwhile."""

    transfer_id: UUID
    number: Line
    accepted_at: Moment


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


class OrderProgressed(Body, frozen=True):
    """How the order of the centre that is responsible goes on."""

    number: Line
    status: Line
    at: Moment
    text: Text = ""


class OrderAnswered(Body, frozen=True):
    """The result, for the centre that follows and for the caller."""

    number: Line
    status: Line
    at: Moment
    answer: Text
    closing: Line = ""
    result: dict[str, Any] = {}


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
    "attachment.added.v1": AttachmentAdded,
    "attachment.settled.v1": AttachmentSettled,
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
