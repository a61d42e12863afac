"""What a detector looks at, what it says, and its rule as data."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

Share = Annotated[float, Meta(ge=0, le=1)]


class Detector(Struct, frozen=True, forbid_unknown_fields=True):
    """One row of detectors.json. It flags where its score (0 to 1) reaches the threshold, which moves by `step` between `min` and `max`."""

    name: str
    zh: str
    en: str
    zh_rule: str
    en_rule: str
    threshold: Share
    step: Share
    min: Share
    max: Share
    params: dict[str, float]
    on: bool = True


class Training(Struct, frozen=True, forbid_unknown_fields=True):
    """When people's decisions move a threshold: once `least` of the last `window` flags raised under it were decided.

    Fewer than `low` confirmed: one step up. More than `high` confirmed: one step down.
    """

    window: int
    least: int
    low: Share
    high: Share


class DetectorPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`stock`: phrases that say nothing about a matter."""

    version: str
    training: Training
    detectors: list[Detector]
    stock: list[str]

    def detector(self, name: str) -> Detector | None:
        return next((one for one in self.detectors if one.name == name), None)


class Return(Struct, frozen=True):
    unit: str
    reason: str | None
    basis: str | None
    text: str | None


class Step(Struct, frozen=True):
    """An event of the round, as far as the detectors look at it."""

    kind: str
    at: datetime
    actor: str
    role: str


class Near(Struct, frozen=True):
    """Another order of the same unit, answered before."""

    order_id: UUID
    number: str | None
    content: str
    answer: str


class Case(Struct, frozen=True, kw_only=True):
    """One order as the detectors see it. Only its text and dates; no caller."""

    order_id: UUID
    round: int
    kind: str
    unit: str
    title: str = ""
    content: str
    answer: str = ""
    closing: str = ""
    danger: bool = False
    overruled: list[str] = []
    level: int | None = None
    class_intake: str | None = None
    class_confirmed: str | None = None
    injured: int = 0
    dead: int = 0
    solved: bool | None = None
    satisfaction: int | None = None
    files: int = 0
    dispatched_at: datetime | None = None
    handled_at: datetime | None = None
    closed_at: datetime | None = None
    answer_due: datetime | None = None
    returns: list[Return] = []
    steps: list[Step] = []
    near: list[Near] = []


class Suspicion(Struct, frozen=True):
    """`score` 0 to 1. `evidence`: what it rests on, in words and values that a person can check."""

    score: float
    evidence: dict[str, Any]


class Flag(Struct, frozen=True):
    """A suspicion that reached its threshold, and what a person decided about it."""

    id: UUID
    detector: str
    order_id: UUID
    number: str | None
    round: int
    unit: str
    score: float
    threshold: float
    evidence: dict[str, Any]
    raised_at: datetime
    status: str
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


class Decided(Struct, frozen=True):
    """`moved`: where the detector's threshold lies now, if this decision moved it, and why."""

    flag: Flag
    moved: float | None = None
    because: str = ""
