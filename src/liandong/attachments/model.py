"""An attachment: a file that belongs to a matter. Its bytes lie in pieces beside it; this is what is known of it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

# No separators, no control characters, nothing that turns the direction of writing (a name must look like what it is).
FileName = Annotated[
    str, Meta(min_length=1, max_length=200, pattern=r"^[^/\\\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+(?![\s\S])")
]
MediaType = Annotated[str, Meta(max_length=100, pattern=r"^[a-z0-9]+/[a-z0-9.+-]+(?![\s\S])")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}(?![\s\S])")]
Size = Annotated[int, Meta(ge=1, le=2**40)]

OWN = "own"


class AttachmentStatus(StrEnum):
    """`clean`: a scanner looked at it. `unscanned`: this centre has none, and says so wherever the file is shown."""

    RECEIVING = "receiving"
    SCANNING = "scanning"
    CLEAN = "clean"
    UNSCANNED = "unscanned"
    INFECTED = "infected"
    REFUSED = "refused"


WHOLE = frozenset({AttachmentStatus.CLEAN, AttachmentStatus.UNSCANNED})
BAD = frozenset({AttachmentStatus.INFECTED, AttachmentStatus.REFUSED})


class Copy(Struct, frozen=True):
    """What a peer has of it: pending, delivered (the peer has checked it), refused by the peer, or withheld by us. `sent`: bytes."""

    peer: str
    status: str
    sent: int


class Attachment(Struct, frozen=True, kw_only=True):
    """One row of `attachments`. `sha256` in hex, `size` and `received` in bytes.

    `origin` is `own` or the code of the peer that it came from. `added_at` is None until it has become part of the order.
    `confidential`: hidden from units.
    """

    id: UUID
    order_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    taken_at: datetime | None = None
    place: str = ""
    added_by: str
    added_at: datetime | None = None
    confidential: bool = False
    origin: str = OWN
    status: AttachmentStatus
    received: int = 0
    reason: str | None = None
    created_at: datetime
    copies: list[Copy] | None = None

    @property
    def is_own(self) -> bool:
        return self.origin == OWN

    def is_same_as(self, sha256: str, size: int) -> bool:
        return (self.sha256, self.size) == (sha256, size)

    def is_told(self, peer: str) -> bool:
        """Does the peer know of it: we announced it there, or it came from there?"""
        return self.origin == peer or any(copy.peer == peer for copy in self.copies or ())


def visible(attachments: Iterable[Attachment] | None, unit: str | None) -> list[Attachment]:
    """What an actor of this unit (None: of the centre itself) may know of."""
    return [one for one in attachments or () if unit is None or not one.confidential]
