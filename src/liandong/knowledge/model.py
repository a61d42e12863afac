"""The words of the knowledge base: a card, its versions, who may see it, and what an answer cites."""

import hashlib
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

Question = Annotated[str, Meta(min_length=2, max_length=300)]
Day = date | None


class CardScope(StrEnum):
    """Who may see a card: every caller, the people at the seats, the police alone."""

    PUBLIC = "public"
    SEAT = "seat"
    POLICE = "police"


class CardStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DROPPED = "dropped"


class CardContent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a card says. `questions`: how callers ask it. `unit`: who answers for it. `law`: what it rests on.

    `valid_from`, `valid_until`: first and last local day; `review_on`: the day by which somebody reads it again.
    """

    title: Annotated[str, Meta(min_length=2, max_length=120)]
    questions: Annotated[list[Question], Meta(min_length=1, max_length=50)]
    answer: Annotated[str, Meta(min_length=2, max_length=10_000)]
    scope: CardScope
    unit: Annotated[str, Meta(min_length=1, max_length=64)]
    law: Annotated[str, Meta(max_length=1_000)] = ""
    keywords: Annotated[list[Annotated[str, Meta(min_length=1, max_length=60)]], Meta(max_length=50)] = []
    valid_from: Day = None
    valid_until: Day = None
    review_on: Day = None


class CardVersion(Struct, frozen=True, kw_only=True):
    """One version. `reason`: why it was withdrawn or sent back."""

    card_id: UUID
    number: str
    owner: str
    version: int
    status: CardStatus
    content: CardContent
    digest: str
    made_by: str
    made_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str = ""


class CitedCard(Struct, frozen=True):
    """The card that an answer rests on, as it stood then. `round`: of the order's handling."""

    id: UUID
    number: str
    version: int
    round: int = 1


class FoundCard(Struct, frozen=True, kw_only=True):
    """A card that fits a question. `score`: 0 to 1. `asked_as`: the wording of the card that fits best."""

    id: UUID
    number: str
    version: int
    owner: str
    scope: CardScope
    unit: str
    title: str
    answer: str
    asked_as: str
    score: float
    law: str = ""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(CardContent).decode


def text_of(content: CardContent) -> str:
    """The exact text of a content: what is digested, sent and compared."""
    return _encode(content).decode()


def content_of(text: str) -> CardContent:
    """Raises msgspec.ValidationError."""
    return _decode(text)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
