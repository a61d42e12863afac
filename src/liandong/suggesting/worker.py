"""What the clock does with suggestions: reads what people chose, counts it, sends what is certain, learns anew each week, looks for drift."""

import asyncio
import logging
import time
from datetime import date, datetime

import asyncpg

from liandong.core.clock import Clock
from liandong.orders.commands import Commands
from liandong.policy import CityPolicy
from liandong.suggesting.drifting import look, tell
from liandong.suggesting.following import count_days, follow, forget
from liandong.suggesting.model import Target
from liandong.suggesting.retraining import train_if_due
from liandong.suggesting.self_dispatch import dispatch_certain
from liandong.suggesting.service import Suggesting
from liandong.suggesting.store import SQL

PAUSE = 5.0  # seconds between looks
TRAIN_PAUSE = 300.0
COUNT_EVERY = 300.0  # seconds: a day that orders of it go on with is counted again, which reads the whole day
log = logging.getLogger(__name__)


async def keep_suggesting(pool: asyncpg.Pool, clock: Clock, commands: Commands, suggesting: Suggesting) -> None:
    """Runs until cancelled."""
    counted = 0.0
    while True:
        while await follow(pool, clock):
            pass
        if not counted or time.monotonic() - counted >= COUNT_EVERY:
            while await count_days(pool):
                pass
            counted = time.monotonic()
        await dispatch_certain(pool, clock, commands, suggesting)
        await asyncio.sleep(PAUSE)


async def keep_training(pool: asyncpg.Pool, clock: Clock, city: CityPolicy, suggesting: Suggesting) -> None:
    """Runs until cancelled. Where there is too little to learn from, it is tried again in the next week."""
    tried: datetime | None = None
    looked_on: date | None = None
    while True:
        last = await pool.fetchval(SQL.last_trained, Target.CLASS)
        last = max((one for one in (last, tried) if one is not None), default=None)
        if await train_if_due(pool, clock, city, suggesting.policy, last) is not None:
            tried = clock.now()
        today = city.local_date(clock.now())
        if looked_on != today:
            await tell(
                pool, clock, await look(pool, city, suggesting.policy.drift, suggesting.models.loaded, clock.now())
            )
            await forget(pool, clock.now(), suggesting.policy.keep_days)
            looked_on = today
        await asyncio.sleep(TRAIN_PAUSE)
