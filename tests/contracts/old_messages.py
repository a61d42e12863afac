"""The messages of the first version, frozen: what a node that is never upgraded reads and writes. Nothing here is ever changed."""

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from liandong.orders.model import (
    Call,
    Caller,
    Channel,
    DivisionCode,
    Incident,
    Level,
    Line,
    MatterType,
    Moment,
    Text,
)

Centre = Annotated[str, Meta(pattern=r"^[0-9a-z_]{2,20}$")]


class Body(Struct, frozen=True, omit_defaults=True):
    """Base of all bodies; fields that a newer peer adds are passed over."""


class PeerCaller(Caller, frozen=True, forbid_unknown_fields=False):
    """A caller as a peer sends it: what a newer peer adds is passed over, as everywhere in a message."""


class PeerIncident(Incident, frozen=True, forbid_unknown_fields=False):
    """See PeerCaller."""


class PeerCall(Call, frozen=True, forbid_unknown_fields=False):
    """See PeerCaller."""


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


OLD_MESSAGES: dict[str, type[Body]] = {
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
}
