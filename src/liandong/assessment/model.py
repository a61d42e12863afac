"""What is measured: the measures as data, a figure with what it was counted from, and the words for groups."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct


class Shape(StrEnum):
    """How a measure is counted. `share`: a count that should be as near to its goal as can be, with what it is a share of."""

    COUNT = "count"
    RATE = "rate"
    SHARE = "share"
    PER_10K = "per_10k"
    QUANTILE = "quantile"
    SCORE = "score"
    RECONCILIATIONS = "reconciliations"


class Group(StrEnum):
    """What figures may be told apart by; each is a column of `assessed_orders`."""

    CITY = "city"
    UNIT = "unit"
    DIVISION = "division"
    CATEGORY = "category"


class Part(StrEnum):
    """The orders behind a figure: `excluded` are those that two people took out; `missed` is the denominator without the numerator."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    MISSED = "missed"
    EXCLUDED = "excluded"


class Measure(Struct, frozen=True, forbid_unknown_fields=True):
    """One row of measures.json. `denominator`, `numerator`, `value`: conditions and a column of `assessed_orders` (assessment.conditions).

    `moment`: the column by which an order falls into a period. `excludes`: approved exclusions are taken out.
    """

    name: Annotated[str, Meta(pattern="^[a-z0-9_]+$")]
    zh: str
    en: str
    shape: Shape
    moment: str
    zh_says: str
    en_says: str
    denominator: str = ""
    numerator: str = ""
    value: str = ""
    quantile: Annotated[float, Meta(ge=0, le=1)] = 0.5
    excludes: bool = False
    better: Annotated[str, Meta(pattern="^(high|low|)$")] = ""
    goal: float | None = None
    unit: Annotated[str, Meta(pattern="^(seconds|)$")] = ""

    @property
    def is_counted(self) -> bool:
        """Its numerator and denominator are counts of orders and add up over groups."""
        return self.shape in {Shape.COUNT, Shape.RATE, Shape.SHARE, Shape.PER_10K}

    @property
    def opens(self) -> bool:
        """There are orders behind it."""
        return bool(self.denominator)


class AssessmentPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`weights` of the score, in any unit. `like_size`: units count as like if one is at most so many times as large as the other.

    `least_count`: a rate over fewer orders is shown but not compared. `league_tables`: whether units may be listed by their figures; the
    State Council asks not to rank one-sidedly (国办发〔2020〕53号), so the default is no.
    """

    version: str
    weights: dict[str, float]
    repeat_days: Annotated[int, Meta(ge=1, le=366)]
    league_tables: bool
    like_size: Annotated[float, Meta(ge=1)]
    least_count: Annotated[int, Meta(ge=1)]
    exclusions: dict[str, tuple[str, str]]


class Figure(Struct, frozen=True):
    """One measure of one group. `value`: a share (0 to 1), points (score, 0 to 100), a number, or seconds; null where nothing was counted."""

    measure: str
    group: str
    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    excluded: int = 0


class Figures(Struct, frozen=True):
    """The figures of a period. `policy_version`: of the measures, weights and inhabitants; `clocks_versions`: of the deadlines.

    `as_of`: what was not due by then does not count. `frozen`: the freezing that they come from.
    """

    centre: str
    period: str
    starts_at: datetime
    ends_at: datetime
    as_of: datetime
    by: Group
    policy_version: str
    clocks_versions: list[str]
    figures: list[Figure]
    frozen: UUID | None = None

    def of(self, measure: str, group: str = "") -> Figure:
        """Raises KeyError where the measure has no such group."""
        for one in self.figures:
            if one.measure == measure and one.group == group:
                return one
        raise KeyError(f"{measure} {group}")

    @property
    def groups(self) -> list[str]:
        return sorted({one.group for one in self.figures})


class Behind(Struct, frozen=True):
    """One order behind a figure."""

    order_id: UUID
    number: str | None
    title: str
    unit: str
    category: str
    division: str
    status: str
    moment: datetime
    answer_due: datetime | None
    handled_at: datetime | None
    excluded: str | None


class BehindPage(Struct, frozen=True):
    """`next`: give it as `after` to get the page after this one; null at the end."""

    measure: str
    part: Part
    count: int
    orders: list[Behind]
    next: UUID | None


class Exclusion(Struct, frozen=True):
    """An order that some measures leave out, once a second person has approved it."""

    id: UUID
    order_id: UUID
    number: str | None
    reason: str
    evidence: str
    attachments: list[UUID]
    status: str
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    note: str | None


class Frozen(Struct, frozen=True):
    """A period whose figures were signed. `signed`: a JWS (EdDSA) with the figures and the hash of the orders behind them."""

    id: UUID
    period: str
    frozen_at: datetime
    frozen_by: str
    signed: str
    reopened_at: datetime | None = None
    reopened_by: str | None = None
    reason: str | None = None


def of_row(kind: Any, row: Any, **more: Any) -> Any:
    """A database row as a Struct, by the names of its fields."""
    given = dict(row) | more
    return kind(**{name: given.get(name) for name in kind.__struct_fields__})
