"""Deadlines: found by their due time, carried out by a command. The command's own commit marks the timer as fired,
so it fires once however many workers look, and also after a long downtime.

A claim keeps two workers from doing the same work; it is no guard. It is short and renewed while the work goes on, so a worker
that is killed leaves its clocks to another within `CLAIM`.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from liandong.core.clock import Clock
from liandong.core.db import TROUBLE
from liandong.core.errors import AppError
from liandong.core.failpoints import reach
from liandong.core.sqlfiles import load_sql

SQL = load_sql("liandong.core", "timers.sql")
BATCH = 200
CLAIM = timedelta(seconds=3)  # a worker that dies leaves its claims to others after this long
RENEW = 1.0  # seconds between renewals of the claims that are still being carried out
PAUSE = 0.5  # seconds between looks
log = logging.getLogger(__name__)

Fire = Callable[[UUID, str], Awaitable[bool]]


async def fire_due(pool: asyncpg.Pool, clock: Clock, fire: Fire) -> int:
    """One round. Returns how many clocks were looked at."""
    now = clock.now()
    rows = await pool.fetch(SQL.claim_due, now, now + CLAIM, BATCH)
    if not rows:
        return 0
    reach("timers.claimed")
    renewing = asyncio.create_task(_keep_claims(pool, clock, rows))
    try:
        results = await asyncio.gather(*(fire(row["order_id"], row["name"]) for row in rows), return_exceptions=True)
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
    for row, result in zip(rows, results, strict=True):
        if isinstance(result, AppError):
            log.warning("clock %s of order %s not carried out: %s", row["name"], row["order_id"], result)
        elif isinstance(result, BaseException):
            log.error("clock %s of order %s failed", row["name"], row["order_id"], exc_info=result)
    if rows:
        reach("timers.fired")
    return len(rows)


async def _keep_claims(pool: asyncpg.Pool, clock: Clock, rows: list[Any]) -> None:
    """Until cancelled. A renewal that fails costs nothing: then another worker may look at the same clock, which still fires once."""
    orders, names = [row["order_id"] for row in rows], [row["name"] for row in rows]
    while True:
        await asyncio.sleep(RENEW)
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            await pool.execute(SQL.renew_claims, orders, names, clock.now() + CLAIM)


async def keep_firing(pool: asyncpg.Pool, clock: Clock, fire: Fire) -> None:
    """Runs until cancelled."""
    while True:
        try:
            found = await fire_due(pool, clock, fire)
        except TROUBLE as error:
            log.warning("timers: %s", error)
            found = 0
        except Exception:  # a bug in one round must not end all later ones
            log.exception("timers")
            found = 0
        if found < BATCH:
            await asyncio.sleep(PAUSE)
