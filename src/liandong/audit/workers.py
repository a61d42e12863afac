"""Signs of life: each worker process has a row and says every second that it is there."""

import asyncio
import logging
import os
import socket
from datetime import timedelta

import asyncpg

from liandong import __version__
from liandong.audit.checks import SQL
from liandong.core.clock import Clock
from liandong.core.ids import new_id

log = logging.getLogger(__name__)
BEAT = 1.0  # seconds
FORGET = timedelta(days=7)  # workers that ended longer ago are no longer listed
ALIVE = timedelta(seconds=5)  # a worker seen within this time counts as living


async def keep_beating(pool: asyncpg.Pool, clock: Clock) -> None:
    """Runs until cancelled, which is an orderly end and is written down as one."""
    worker = new_id()
    about = (socket.gethostname(), os.getpid(), __version__)
    registered = False
    try:
        while True:
            try:
                if not registered:
                    await pool.execute(SQL.forget_workers, clock.now() - FORGET)
                    await pool.execute(SQL.start_worker, worker, *about, clock.now())
                    registered = True
                registered = bool(await pool.fetchval(SQL.worker_seen, worker, clock.now()))
            except Exception as error:  # whatever it is, it must not end the worker
                log.warning("heartbeat: %s", error)
            await asyncio.sleep(BEAT)
    except asyncio.CancelledError:  # also in the midst of the first beat: the row may stand already
        await _say_goodbye(pool, worker, clock)
        raise


async def _say_goodbye(pool: asyncpg.Pool, worker: object, clock: Clock) -> None:
    try:
        await asyncio.wait_for(asyncio.shield(pool.execute(SQL.worker_ended, worker, clock.now())), 2)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        log.warning("heartbeat at the end: %s", error)
