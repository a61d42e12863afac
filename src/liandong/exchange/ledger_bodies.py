"""Notices about the ledger: a day's root, where the shared matters stood, and which messages somebody lacks. docs/protocol.md, 14 and 15."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from liandong.exchange.body import Body

HEADS_A_PAGE = 500
MATTERS_A_NOTICE = 500
BUCKETS = 256

Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Seq = Annotated[int, Meta(ge=1, le=2_000_000_000)]
Count = Annotated[int, Meta(ge=0, le=9_000_000_000_000)]


class LedgerSealed(Body, frozen=True):
    """The root over all events of one local day of the sender, chained to the day before. It never changes.

    `previous`: the root of the day before; left out for the sender's first day. `heads`: how many heads follow in ledger.heads.v1.
    """

    day: date
    root: Hash
    count: Count
    buckets: Annotated[list[Hash], Meta(min_length=BUCKETS, max_length=BUCKETS)]
    heads: Count
    previous: Hash | None = None


class Head(Struct, frozen=True):
    """The newest event of one matter at the end of the day: its number in the sender's chain and its hash."""

    matter_id: UUID
    seq: Seq
    hash: Hash


class LedgerHeads(Body, frozen=True):
    """A page of the matters shared with the receiver that had an event on that day."""

    day: date
    page: Annotated[int, Meta(ge=1)]
    pages: Annotated[int, Meta(ge=1)]
    heads: Annotated[list[Head], Meta(max_length=HEADS_A_PAGE)]


class Missed(Struct, frozen=True):
    """Every message of the matter with a number above `after` is lacking."""

    matter_id: UUID
    after: Annotated[int, Meta(ge=0, le=2_000_000_000)]


class MessagesMissed(Body, frozen=True):
    """The sender lacks messages that it once acknowledged (a restored backup): hand them in again, the same bytes."""

    matters: Annotated[list[Missed], Meta(min_length=1, max_length=MATTERS_A_NOTICE)]
