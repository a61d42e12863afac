"""What the overview says. Every count stands for orders that `/api/v1/overview/orders` lists."""

from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

MET = ("dispatched_at", "signed_at", "answered_at", "called_back_at", "arrived_at")


class OverviewPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`clocks`: deadlines that count. `done_by`: the moment of an order that meets a deadline; others are late until the order is final.

    `risk_minutes`: a running clock that is due within is at risk. `late_days`: late ones are looked for so far back.
    """

    clocks: list[str]
    done_by: dict[str, Annotated[str, Meta(pattern=f"^({'|'.join(MET)})$")]]
    risk_minutes: Annotated[int, Meta(ge=1, le=100_000)]
    late_days: Annotated[int, Meta(ge=1, le=366)]
    top_classes: Annotated[int, Meta(ge=1, le=50)]


@cache
def default_overview() -> OverviewPolicy:
    text = files("liandong.overview").joinpath("data", "overview.json").read_bytes()
    return msgspec.json.decode(text, type=OverviewPolicy)


class What(StrEnum):
    """Which number's orders: `district` and `class` with their code, `out` and `in` with the peer's code as `key`."""

    TODAY = "today"
    OPEN = "open"
    DANGER = "danger"
    RISK = "risk"
    LATE = "late"
    REVIEW = "review"
    DISTRICT = "district"
    CLASS = "class"
    OUT = "out"
    IN = "in"


class Heat(Struct, frozen=True):
    """A district (six digits; empty: not known) or a class today, and the same hours of yesterday."""

    code: str
    today: int
    yesterday: int
    danger: int = 0


class Flow(Struct, frozen=True):
    """Hand-overs of today with one centre. `status`: as the transfers' own (docs/protocol.md)."""

    peer: str
    direction: str
    status: str
    count: int


class AtRisk(Struct, frozen=True):
    """A clock and the order that it runs for. `title`: where there is none, the beginning of what was said. `late`: it has fired and what it asked for is not done."""

    order_id: UUID
    number: str | None
    title: str
    status: str
    unit: str | None
    danger: bool
    clock: str
    due_at: datetime
    late: bool


class Overview(Struct, frozen=True):
    """Without exercises. `today`: taken in since midnight of the city. `counted_at`: when the slower part was counted (districts, classes, late)."""

    at: datetime
    counted_at: datetime
    centre: str
    today: int
    yesterday: int
    open: int
    danger: int
    risk: int
    late: int
    asked: int
    by_status: dict[str, int]
    districts: list[Heat]
    classes: list[Heat]
    flows: list[Flow]
    clocks: list[AtRisk]


class Listed(Struct, frozen=True):
    """One order behind a number. `title`: where there is none, the beginning of what was said. `clock`, `due_at`: where the number counts clocks."""

    order_id: UUID
    number: str | None
    title: str
    kind: str
    status: str
    unit: str | None
    division_code: str | None
    danger: bool
    urgent: bool
    created_at: datetime
    clock: str | None = None
    due_at: datetime | None = None


class ListedPage(Struct, frozen=True):
    """`next`: give it as `after` to get the page after this one; null at the end."""

    orders: list[Listed]
    next: str | None
