"""/api/v1/ledger/checks: the whole ledger is verified in the background; the screen sees how far it has come."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Response, get, post
from msgspec import Struct

from liandong.core import ledger
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, json_answer
from liandong.core.ids import new_id
from liandong.core.sqlfiles import load_sql
from liandong.orders.api import require
from liandong.orders.context import Actor

SQL = load_sql("liandong.operating")
TAGS = ["operations"]
SILENT = timedelta(minutes=2)  # a check whose process has ended says nothing any more
BETWEEN = timedelta(seconds=1)  # real time between two notes of how far it is
log = logging.getLogger(__name__)
_running: set[asyncio.Task[None]] = set()


class BrokenAt(Struct, frozen=True):
    order_id: UUID
    seq: int
    why: str


class LedgerCheck(Struct, frozen=True):
    """`estimate`: about how many events there are (0: not known). `alive` false without `finished_at`: its process has ended, ask again."""

    id: UUID
    asked_by: str
    started_at: datetime
    finished_at: datetime | None
    alive: bool
    estimate: int
    events: int
    orders: int
    broken: BrokenAt | None
    error: str | None


@get(
    "/api/v1/ledger/checks",
    summary="Verifications of the ledger, newest first",
    tags=TAGS,
    responses=answers(list[LedgerCheck]),
)
async def checks(actor: Actor, pool: asyncpg.Pool, clock: Clock) -> Response[bytes]:
    require(actor, "auditor", "admin", "supervisor")
    return json_answer([_view(row, clock.now()) for row in await pool.fetch(SQL.last_checks, 20)])


@post(
    "/api/v1/ledger/checks",
    summary="Verify the whole ledger: every hash anew",
    tags=TAGS,
    status_code=202,
    responses=answers(LedgerCheck, 202),
)
async def begin(actor: Actor, pool: asyncpg.Pool, clock: Clock) -> Response[bytes]:
    """Goes on in the background; `GET` tells how far it is. One at a time."""
    require(actor, "auditor")
    now = clock.now()
    row = await pool.fetchrow(SQL.begin_check, new_id(), actor.id, now, now - SILENT)
    if row is None:
        raise AppError("action_not_allowed", "正在核验，请等它结束（a verification is going on）")
    task = asyncio.create_task(verify_and_note(pool, clock, row["id"]))
    _running.add(task)
    task.add_done_callback(_running.discard)
    return json_answer(_view(row, now), status=202)


async def verify_and_note(pool: asyncpg.Pool, clock: Clock, check_id: UUID) -> None:
    """Reads the ledger once; what was found, or why it could not be read, is kept."""
    told: asyncio.Queue[int] = asyncio.Queue()
    noting = asyncio.create_task(_note(pool, clock, check_id, told))
    try:
        async with pool.acquire() as connection:
            found = await ledger.verify(connection, told.put_nowait)
        broken = msgspec.json.encode(found.broken).decode() if found.broken else None
        await pool.execute(SQL.end_check, check_id, clock.now(), found.events, found.orders, broken, None)
    except Exception as error:  # whatever it was, the screen must not wait for ever
        log.exception("ledger check %s", check_id)
        await pool.execute(SQL.end_check, check_id, clock.now(), 0, 0, None, f"{type(error).__name__}: {error}")
    finally:
        noting.cancel()
        await asyncio.gather(noting, return_exceptions=True)


async def _note(pool: asyncpg.Pool, clock: Clock, check_id: UUID, told: asyncio.Queue[int]) -> None:
    while True:
        events = await told.get()
        while not told.empty():
            events = told.get_nowait()
        await pool.execute(SQL.progress, check_id, clock.now(), events)
        await asyncio.sleep(BETWEEN.total_seconds())


def _view(row: Any, now: datetime) -> LedgerCheck:
    names = ("id", "asked_by", "started_at", "finished_at", "estimate", "events", "orders", "error")
    broken = msgspec.json.decode(row["broken"], type=BrokenAt) if row["broken"] else None
    alive = row["finished_at"] is None and now - row["seen_at"] < SILENT
    return LedgerCheck(**{name: row[name] for name in names}, alive=alive, broken=broken)


HANDLERS = [checks, begin]
