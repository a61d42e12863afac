"""A caller's matters in the database. Every look is by an index and bounded."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from liandong.core.gathering import Gathered
from liandong.core.sqlfiles import load_sql
from liandong.orders.actions import Intake
from liandong.orders.model import Exercise, Point
from liandong.repeats.looking import Known, Said, earlier_matter
from liandong.repeats.model import Earlier
from liandong.repeats.policy import RepeatsPolicy

SQL = load_sql("liandong.repeats")
BOUND = 100  # matters of one caller that are looked at
DEPTH = 200  # of a thread
_point = msgspec.json.Decoder(Point)


async def matters_of(pool: asyncpg.Pool, phone: str, since: datetime, exercise: Exercise) -> list[Known]:
    """Newest first."""
    if not phone:
        return []
    rows = await pool.fetch(SQL.of_caller, phone, since, exercise, BOUND)
    return [_known(row) for row in rows]


async def find_earlier(pool: asyncpg.Pool, intake: Intake, now: datetime, policy: RepeatsPolicy) -> Earlier | None:
    """Which answered matter this caller brings again, if it is one. One query for a caller who has had no answer yet."""
    return await EarlierMatters(pool).find(intake, now, policy)


class EarlierMatters:
    """`find_earlier` for a process that takes in many matters: those that come together are looked up together."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._answered = Gathered(self._have_answers)

    async def find(self, intake: Intake, now: datetime, policy: RepeatsPolicy) -> Earlier | None:
        phone, since = intake.caller.phone, now - timedelta(days=policy.days)
        if not await self._answered.ask((phone, since)):
            return None
        known = await matters_of(self._pool, phone, since, intake.exercise)
        return earlier_matter(said_in(intake), known, policy)

    async def _have_answers(self, asked: Sequence[tuple[str, datetime]]) -> list[bool]:
        phones, since = zip(*asked, strict=True)
        rows = await self._pool.fetch(SQL.have_answers, phones, since)
        return [row["answered"] for row in rows]


async def thread_of(pool: asyncpg.Pool, order_id: UUID) -> list[UUID]:
    """The orders of the thread that this one belongs to, the first matter first."""
    return [row["id"] for row in await pool.fetch(SQL.thread, order_id, DEPTH)]


def said_in(intake: Intake) -> Said:
    incident = intake.incident
    return Said(intake.title, intake.content, incident.address, incident.wgs84, incident.gcj02)


def _known(row: Any) -> Known:
    fields = {name: row[name] for name in Known.__struct_fields__}
    fields |= {name: _point.decode(row[name]) if row[name] else None for name in ("wgs84", "gcj02")}
    return Known(**fields)
