"""Seals the ledger's days: one root a local day, chained to the day before, announced to every peer. docs/guarantees.md has the exact form.

Which day an event belongs to is decided by the order in which rows were appended (`events.position`), never by its time alone: a day
ends before the first event that was decided after midnight. So every event is in exactly one day, also one that was decided
before midnight and committed long after it, and nothing can come into a day that is sealed.
"""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.sqlfiles import load_sql
from liandong.exchange.ledger_bodies import HEADS_A_PAGE, Head, LedgerHeads, LedgerSealed
from liandong.exchange.notices import send_notice
from liandong.roots.model import Sealed
from liandong.roots.tree import as_hex, day_root, joined

SQL = load_sql("liandong.roots")
THREAD = UUID("6c656467-6572-4000-8000-000000000001")  # the thread of all notices about the ledger
GRACE = timedelta(minutes=5)  # after midnight: the commits of the last minute are then in their own day
STEP = 100_000  # positions that are looked at in one go for the end of a day
SETTLING = 30.0  # seconds to wait for transactions that were running when the day ended
log = logging.getLogger(__name__)


class NotSettled(Exception):
    """A transaction that began before the day's end is still running: try again later."""


class Sealing(Struct, frozen=True):
    """Whose ledger, told to whom, in which zone the days are."""

    centre: str
    peers: tuple[str, ...]
    zone: tzinfo


async def seal_due(pool: asyncpg.Pool, sealing: Sealing, clock: Clock) -> list[Sealed]:
    """Seals every day that has ended and is not sealed yet, oldest first; each once, however many workers look.

    Raises NotSettled. What was sealed before that stays sealed.
    """
    sealed: list[Sealed] = []
    newest = _newest_due(clock.now(), sealing.zone)
    while (day := await _next_day(pool, sealing.zone)) is not None and day <= newest:
        found = await seal_day(pool, sealing, day, now=clock.now())
        if found is not None:
            sealed.append(found)
    return sealed


async def seal_day(pool: asyncpg.Pool, sealing: Sealing, day: date, *, now: datetime) -> Sealed | None:
    """One day with its announcements, in one transaction. None: another worker has sealed it meanwhile."""
    settled = await _settled_position(pool)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(SQL.lock_sealing)
        last = await _last(connection)
        if last is not None and last.day + timedelta(days=1) != day:
            return None
        found = await _computed(connection, sealing, day, last=last, settled=settled)
        await connection.execute(
            SQL.seal,
            found.day,
            found.after_position,
            found.until_position,
            found.count,
            found.buckets,
            found.previous,
            found.root,
            now,
        )
        for peer in sealing.peers:
            await _announce(connection, peer, found, now)
    log.info("sealed %s: %d events, root %s", day, found.count, found.root.hex())
    return found


async def _computed(
    connection: asyncpg.Connection, sealing: Sealing, day: date, *, last: Sealed | None, settled: int
) -> Sealed:
    after = last.until_position if last else 0
    until = await _end_of_day(connection, after, settled, _midnight_after(day, sealing.zone))
    previous = last.root if last else b""
    count, buckets = await recomputed(connection, after, until)
    root = day_root(sealing.centre, day, count=count, previous=previous, buckets=buckets)
    return Sealed(
        day=day,
        after_position=after,
        until_position=until,
        count=count,
        buckets=buckets,
        previous=previous,
        root=root,
    )


async def _end_of_day(connection: asyncpg.Connection, after: int, settled: int, midnight: datetime) -> int:
    """The position before the first event decided at or after midnight; with none yet, the last that nothing can slip under any more.

    Looked for in steps, so that a day after a long downtime costs no reading of all that came later.
    """
    for start in range(after, settled, STEP):
        following = await connection.fetchval(SQL.first_position_from, start, min(start + STEP, settled), midnight)
        if following is not None:
            return following - 1
    return max(after, settled)


async def recomputed(connection: Any, after: int, until: int) -> tuple[int, bytes]:
    """How many events lie in a range of positions, and their buckets, as they are now. Computed by PostgreSQL."""
    rows = await connection.fetch(SQL.buckets_between, after, until, timeout=600)
    return sum(row["count"] for row in rows), joined((row["bucket"], row["root"]) for row in rows)


async def _announce(connection: asyncpg.Connection, peer: str, sealed: Sealed, now: datetime) -> None:
    rows = await connection.fetch(SQL.heads_between, sealed.after_position, sealed.until_position, peer, timeout=600)
    announced = LedgerSealed(
        day=sealed.day,
        root=sealed.root.hex(),
        count=sealed.count,
        buckets=as_hex(sealed.buckets),
        heads=len(rows),
        previous=sealed.previous.hex() or None,
    )
    await send_notice(connection, peer=peer, thread=THREAD, body=announced, now=now)
    for body in _pages(sealed.day, rows):
        await send_notice(connection, peer=peer, thread=THREAD, body=body, now=now)


def _pages(day: date, rows: Sequence[Any]) -> list[LedgerHeads]:
    heads = [Head(row["matter_id"], row["seq"], row["hash"].hex()) for row in rows]
    pages = [heads[at : at + HEADS_A_PAGE] for at in range(0, len(heads), HEADS_A_PAGE)]
    return [LedgerHeads(day=day, page=n, pages=len(pages), heads=page) for n, page in enumerate(pages, start=1)]


async def _settled_position(pool: asyncpg.Pool) -> int:
    """A position under which nothing can appear any more.

    A row takes its transaction's id before its position (the columns stand in that order). So whoever holds a position up to the one
    read first has an id below the one read second; when all those transactions have ended, so have these rows.
    """
    position = await pool.fetchval(SQL.last_position)
    if position is None:
        return 0
    following = await pool.fetchval(SQL.next_transaction)
    waited = 0.0
    while not await pool.fetchval(SQL.is_settled, following):
        if waited >= SETTLING:
            raise NotSettled
        await asyncio.sleep(0.05)
        waited += 0.05
    with contextlib.suppress(asyncpg.InsufficientPrivilegeError):  # only the owner may; then finding a day takes longer
        await pool.execute(SQL.summarize)
    return position


async def _next_day(pool: asyncpg.Pool, zone: tzinfo) -> date | None:
    """The day to seal next; None while there is no event at all."""
    last = await _last(pool)
    if last is not None:
        return last.day + timedelta(days=1)
    first = await pool.fetchval(SQL.first_event_at)
    return first.astimezone(zone).date() if first else None


async def _last(connection: Any) -> Sealed | None:
    row = await connection.fetchrow(SQL.last_sealed)
    return Sealed(**row) if row else None


def _newest_due(now: datetime, zone: tzinfo) -> date:
    return (now - GRACE).astimezone(zone).date() - timedelta(days=1)


def _midnight_after(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
