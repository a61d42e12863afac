"""How two centres agree on a version of their transfer list: notices of one thread for each pair, so they arrive in order."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from liandong.exchange.body import Body
from liandong.orders.model import Line, Moment, Text

Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[int, Meta(ge=1, le=1_000_000)]
PART_LENGTH = 100_000  # characters of `content` in one notice; a sealed message holds 256 KB and base64 makes 4/3 of it
MAX_PARTS = 40


class CatalogueProposed(Body, frozen=True):
    """One part of a proposed version; the last part carries it out. The proposal is the proposer's own agreement.

    `digest`: SHA-256 of the content's exact bytes. `base`: the digest of the version that it follows, `no` counts the agreed
    versions of the pair from 1. `content`: a piece of base64 of zlib of the UTF-8 text, to be joined in order of `part`.
    """

    version_id: UUID
    no: Number
    digest: Digest
    effective_from: date
    part: Annotated[int, Meta(ge=1, le=MAX_PARTS)]
    parts: Annotated[int, Meta(ge=1, le=MAX_PARTS)]
    content: Annotated[str, Meta(max_length=PART_LENGTH)]
    base: Digest | None = None
    title: Line = ""
    notes: Text = ""
    by: Line = ""


class CatalogueAgreed(Body, frozen=True):
    """The receiver agrees to this very content and day: from here on it is agreed, whatever crosses it."""

    version_id: UUID
    digest: Digest
    effective_from: date
    at: Moment
    by: Line = ""


class CatalogueDeclined(Body, frozen=True):
    """The receiver does not agree. `reason` says why, in words."""

    version_id: UUID
    digest: Digest
    reason: Text
    by: Line = ""


class CatalogueWithdrawn(Body, frozen=True):
    """From the proposer: a request to take the proposal back. From the receiver (`confirmed`): it is off the table.

    A receiver that has answered keeps quiet: its answer, already on the way, settles it.
    """

    version_id: UUID
    digest: Digest
    reason: Text = ""
    confirmed: bool = False
