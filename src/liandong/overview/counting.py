"""Counts for the overview, kept a moment for everybody who looks: a wall and a hundred screens cost one reading."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.sqlfiles import load_sql
from liandong.orders.listing import OPEN, first_id
from liandong.orders.within import within
from liandong.overview.model import AtRisk, Flow, Heat, Overview, OverviewPolicy
from liandong.policy import ZONE

SQL = load_sql("liandong.overview")
NOBODY = UUID(int=0)
KEPT = timedelta(seconds=1)
DIVISION_KEPT = timedelta(seconds=10)  # it reads the rows of open orders where the city reads an index alone
SLOW_KEPT = timedelta(seconds=15)  # districts, classes and late clocks read rows of orders, not an index alone
SHOWN = 12


class Slow(Struct, frozen=True):
    at: datetime
    today: int
    yesterday: int
    late: int
    districts: list[Heat]
    classes: list[Heat]


class Counting:
    """One a process."""

    def __init__(self, pool: asyncpg.Pool, clock: Clock, policy: OverviewPolicy, centre: str) -> None:
        self.pool, self.clock, self.policy, self.centre = pool, clock, policy, centre
        self._lock = asyncio.Lock()
        self._known: dict[str | None, Overview] = {}
        self._slow: dict[str | None, Slow] = {}

    async def overview(self, division: str | None = None) -> Overview:
        """At most a second old, of one division ten; `counted_at` says when the slower part was counted."""
        kept = KEPT if division is None else DIVISION_KEPT
        async with self._lock:
            now = self.clock.now()
            known = self._known.get(division)
            if known is None or not timedelta(0) <= now - known.at < kept:
                known = self._known[division] = await self._count(now, division)
            return known

    async def _count(self, now: datetime, division: str | None) -> Overview:
        slow = self._slow.get(division)
        if slow is None or not timedelta(0) <= now - slow.at < SLOW_KEPT:
            slow = self._slow[division] = await self._count_slow(now, division)
        midnight = midnight_of(now)
        async with self.pool.acquire() as connection:
            by_status = await connection.fetch(*within(SQL.by_status, (OPEN,), division))
            statuses = {row["status"]: row["count"] for row in by_status}
            danger = await connection.fetchval(*within(SQL.in_danger, (OPEN,), division))
            asked = await connection.fetchval(*within(SQL.asked, (), division))
            until = now + timedelta(minutes=self.policy.risk_minutes)
            risk = await connection.fetchval(*within(SQL.risk_count, (now, until, self.policy.clocks), division))
            flows = [Flow(**dict(row)) for row in await connection.fetch(*within(SQL.flows, (midnight,), division))]
            clocks = await self._clocks(connection, now, division)
        return Overview(
            at=now,
            counted_at=slow.at,
            centre=self.centre,
            today=slow.today,
            yesterday=slow.yesterday,
            open=sum(statuses.values()),
            danger=danger,
            risk=risk,
            late=slow.late,
            asked=asked,
            by_status=dict(sorted(statuses.items())),
            districts=slow.districts,
            classes=slow.classes,
            flows=flows,
            clocks=clocks,
        )

    async def _count_slow(self, now: datetime, division: str | None) -> Slow:
        midnight = midnight_of(now)
        day = timedelta(days=1)
        bounds = tuple(first_id(moment) for moment in (midnight - day, now - day, midnight))
        rows = await self.pool.fetch(*within(SQL.days, bounds, division))
        late = await self.pool.fetchval(*within(SQL.late_count, self.late_given(now), division))
        classes = sorted(heats(rows, "class"), key=lambda one: (-one.today, one.code))
        return Slow(
            at=now,
            today=sum(row["count"] for row in rows if row["today"]),
            yesterday=sum(row["count"] for row in rows if not row["today"]),
            late=late,
            districts=sorted(heats(rows, "district"), key=lambda one: one.code),
            classes=[one for one in classes if one.today][: self.policy.top_classes],
        )

    async def _clocks(self, connection: asyncpg.Connection, now: datetime, division: str | None) -> list[AtRisk]:
        """Danger first, then what is due next."""
        until = now + timedelta(minutes=self.policy.risk_minutes)
        given = (now, until, self.policy.clocks, now, NOBODY, 5 * SHOWN)
        rows = await connection.fetch(*within(SQL.at_risk, given, division))
        found = [_at_risk(row) for row in rows]
        return sorted(found, key=lambda one: (not one.danger, one.due_at))[:SHOWN]

    def late_given(self, now: datetime) -> tuple[Any, ...]:
        """The first six values of `late` and `late_count`."""
        met = self.policy.done_by
        since = now - timedelta(days=self.policy.late_days)
        return since, now, self.policy.clocks, OPEN, list(met), list(met.values())


def heats(rows: list[Any], by: str) -> list[Heat]:
    """Sums by district or by class."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        counts[row[by], "today" if row["today"] else "yesterday"] += row["count"]
        counts[row[by], "danger"] += row["danger"] if row["today"] else 0
    codes = {code for code, _ in counts}
    return [Heat(code, *(counts[code, name] for name in ("today", "yesterday", "danger"))) for code in codes]


def midnight_of(now: datetime) -> datetime:
    """The beginning of the city's day."""
    return now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)


def _at_risk(row: Any) -> AtRisk:
    names = ("order_id", "number", "title", "status", "unit", "danger", "clock", "due_at")
    return AtRisk(**{name: row[name] for name in names}, late=False)
