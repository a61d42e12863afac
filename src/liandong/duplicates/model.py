"""Orders of one centre that may be about the same thing."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from liandong.orders.model import Point


class Sign(StrEnum):
    """What speaks for the same matter."""

    CALLER = "caller"
    ADDRESS = "address"
    PLACE = "place"
    WORDS = "words"


class Reason(Struct, frozen=True, omit_defaults=True):
    """`metres` only for `place`, `likeness` (0 to 1) only for `words`."""

    sign: Sign
    text: str
    text_en: str
    metres: int | None = None
    likeness: float | None = None


class Likely(Struct, frozen=True):
    """What is compared of an order."""

    id: UUID
    number: str | None
    status: str
    responsible: bool
    title: str
    content: str
    phone: str
    address: str
    wgs84: Point | None
    gcj02: Point | None
    created_at: datetime


class Duplicate(Struct, frozen=True):
    """An order that may be the same matter, with every reason. `score` (0 to 1) only ranks; a person decides.

    `responsible`: it can be named in `merge` (`into`) or `accept_transfer` (`duplicate_of`).
    """

    id: UUID
    number: str | None
    status: str
    responsible: bool
    title: str
    content: str
    created_at: datetime
    score: float
    reasons: list[Reason]
