"""Deadlines: found by their due time, carried out by a command. The command's own commit marks the timer as fired,
so it fires once however many workers look, and also after a long downtime."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import asyncpg

from liandong.core.clock import Clock
from liandong.core.db import TROUBLE
from liandong.core.errors import AppError
from liandong.core.failpoints import reach
from liandong.core.sqlfiles import load_sql

SQL = load_sql("liandong.core", "timers.sql")
BATCH = 200
CLAIM = timedelta(seconds=4)  # a worker that dies leaves its claims to others after this long
PAUSE = 0.5  # seconds between looks
log = logging.getLogger(__name__)

Fire = Callable[[UUID, str], Awaitable[bool]]


async def fire_due(pool: asyncpg.Pool, clock: Clock, fire: Fire) -> int:
    """One round. Returns how many clocks were looked at."""
    now = clock.now()
    rows = await pool.fetch(SQL.claim_due, now, now + CLAIM, BATCH)
    if rows:
        reach("timers.claimed")
    results = await asyncio.gather(*(fire(row["order_id"], row["name"]) for row in rows), return_exceptions=True)
    for row, result in zip(rows, results, strict=True):
        if isinstance(result, AppError):
            log.warning("clock %s of order %s not carried out: %s", row["name"], row["order_id"], result)
        elif isinstance(result, BaseException):
            log.error("clock %s of order %s failed", row["name"], row["order_id"], exc_info=result)
    if rows:
        reach("timers.fired")
    return len(rows)


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
