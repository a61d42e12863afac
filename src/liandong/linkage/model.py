"""A transfer: one hand-over of a matter, as each of the two centres keeps it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct


class TransferStatus(StrEnum):
    OFFERED = "offered"
    WITHDRAWING = "withdrawing"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"


ALREADY_HERE = "duplicate"  # the typed reason with which an offer of what we already have is returned
OPEN = frozenset({TransferStatus.OFFERED, TransferStatus.WITHDRAWING})


class Transfer(Struct, frozen=True, kw_only=True):
    """`part`: only the receiver's part of the matter is handed over and the sender keeps its own (joint handling).

    Whether the offer was delivered is the transport's knowledge (outbox); `status` is the business answer alone.
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

    @property
    def is_with_peer(self) -> bool:
        """The peer has the matter: it accepted, or had it already."""
        return self.status == TransferStatus.ACCEPTED or (
            self.status == TransferStatus.RETURNED and self.reason == ALREADY_HERE
        )

    @property
    def is_open(self) -> bool:
        return self.status in OPEN
