"""Discrepancies: what was found and can't be put right by the program itself. Each stays until it is no more or a person dismisses it with a reason."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.core.errors import AppError
from liandong.core.ids import new_id
from liandong.core.sqlfiles import load_sql

SQL = load_sql("liandong.discrepancies")
log = logging.getLogger(__name__)

STATUSES = ("open", "healed", "dismissed")


class Found(Struct, frozen=True):
    """One thing that was seen. `subject` tells it from others of its kind: the matter's id, or a day."""

    peer: str
    kind: str
    subject: str
    text: str
    matter_id: UUID | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.subject


class Discrepancy(Struct, frozen=True, kw_only=True):
    """As it is shown. `number`: our own order of the matter. `tries`: how often the program tried to heal it."""

    id: UUID
    peer: str
    kind: str
    subject: str
    matter_id: UUID | None
    number: str | None
    text: str
    status: str
    first_seen: datetime
    last_seen: datetime
    times: int
    tries: int
    closed_at: datetime | None
    closed_by: str | None
    reason: str | None


async def put_down(connection: Any, found: Iterable[Found], now: datetime) -> int:
    """Writes what was seen; the same thing twice is one row. Returns how many are new. Safe with several writers at once."""
    new = 0
    for one in found:
        row = await connection.fetchrow(
            SQL.put, new_id(int(now.timestamp() * 1000)), one.peer, one.kind, one.subject, one.matter_id, one.text, now
        )
        if row is None:
            await connection.execute(SQL.seen_dismissed, one.peer, one.kind, one.subject, one.text, now)
        elif row["times"] == 1:
            new += 1
            log.error("discrepancy %s with %s, %s: %s", one.kind, one.peer, one.subject, one.text)
    return new


async def heal_gone(
    connection: Any, peer: str, *, kinds: Sequence[str], looked: Iterable[UUID], found: Iterable[Found], now: datetime
) -> int:
    """Closes what is open for a matter that was looked at and is not so any more. Returns how many."""
    still = list(found)
    kinds_still, subjects = [one.kind for one in still], [one.subject for one in still]
    rows = await connection.fetch(SQL.heal, peer, list(kinds), list(looked), kinds_still, subjects, now, "reconcile")
    return len(rows)


async def listed(
    pool: Any,
    *,
    status: str | None = None,
    kind: str | None = None,
    peer: str | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Discrepancy]:
    """Newest first."""
    return [Discrepancy(**row) for row in await pool.fetch(SQL.listed, status, kind, peer, before, limit)]


async def dismiss(pool: asyncpg.Pool, discrepancy: UUID, *, who: str, reason: str, now: datetime) -> None:
    """A person has looked at it. Raises AppError: not_found, action_not_allowed (it is open no more)."""
    if await pool.fetchval(SQL.dismiss, discrepancy, now, who, reason):
        return
    if await pool.fetchval(SQL.status_of, discrepancy) is None:
        raise AppError("not_found", "没有这条记录")
    raise AppError("action_not_allowed", "这条记录已经不是未处理状态")
