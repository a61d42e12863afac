"""Lists and counts of returns by units. Every query finds its rows by an index of time or unit."""

from collections import defaultdict
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.sqlfiles import load_sql
from liandong.orders.within import within

SQL = load_sql("liandong.handling")
ZONE = "Asia/Shanghai"
FAR = datetime(9999, 1, 1, tzinfo=UTC)


class Waiting(Struct, frozen=True):
    """A return that somebody must review."""

    order_id: UUID
    no: int
    unit: str
    reason: str
    basis: str
    status: str
    asked_by: str
    asked_at: datetime


class Period(Struct, frozen=True):
    """From `since` until before `until`, in parts of a `day`, `week` or `month` of the city."""

    since: datetime
    until: datetime
    part: str = "week"


class Part(Struct, frozen=True):
    since: datetime
    asked: int
    dispatched: int

    @property
    def share(self) -> float:
        return self.asked / self.dispatched if self.dispatched else 0.0


class Pattern(Struct, frozen=True):
    """How a unit returns. `share`: returns asked ÷ dispatches in the period (null without a dispatch); drills are not left out."""

    unit: str
    dispatched: int
    asked: int
    granted: int
    refused: int
    malicious: int
    share: float | None
    reasons: dict[str, int]
    trend: list[Part]


async def returns_waiting(pool: asyncpg.Pool, limit: int = 100, division: str | None = None) -> list[Waiting]:
    rows = await pool.fetch(*within(SQL.returns_waiting, (limit,), division))
    return [msgspec.convert(dict(row), Waiting) for row in rows]


async def patterns(pool: asyncpg.Pool, period: Period, *, unit: str | None = None) -> list[Pattern]:
    """By unit, those that return the largest share first."""
    span = (period.since, period.until)
    asked = await pool.fetch(SQL.returns_counted, *span, period.part, ZONE, unit)
    units = sorted({row["unit"] for row in asked})
    sent = await pool.fetch(SQL.dispatches_counted, *span, period.part, ZONE, units) if units else []
    found = {row["unit"]: row["malicious"] for row in await pool.fetch(SQL.malicious_counted, *span, unit)}
    made = [
        _pattern([r for r in asked if r["unit"] == one], [r for r in sent if r["unit"] == one], found.get(one, 0))
        for one in units
    ]
    return sorted(made, key=lambda pattern: (-(pattern.share or 0), pattern.unit))


def _pattern(asked: list[asyncpg.Record], sent: list[asyncpg.Record], malicious: int) -> Pattern:
    reasons: dict[str, int] = defaultdict(int)
    parts: dict[datetime, int] = defaultdict(int)
    for row in asked:
        reasons[row["reason"]] += row["asked"]
        parts[row["since"]] += row["asked"]
    dispatched = {row["since"]: row["dispatched"] for row in sent}
    total, of = sum(parts.values()), sum(dispatched.values())
    return Pattern(
        unit=asked[0]["unit"],
        dispatched=of,
        asked=total,
        granted=sum(row["granted"] for row in asked),
        refused=sum(row["refused"] for row in asked),
        malicious=malicious,
        share=round(total / of, 4) if of else None,
        reasons=dict(reasons),
        trend=[Part(since, parts.get(since, 0), dispatched.get(since, 0)) for since in sorted({*parts, *dispatched})],
    )
