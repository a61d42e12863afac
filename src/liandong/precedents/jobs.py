"""The worker's part: questions that come again become proposals for the catalogue."""

import asyncio
import logging
from datetime import timedelta

import asyncpg

from liandong.core.clock import Clock
from liandong.precedents.store import EVER, propose

log = logging.getLogger(__name__)
PAUSE = 600.0  # seconds between looks: what is for a consultation can wait
OVERLAP = timedelta(hours=1)  # looked at again, for commits that were under way


async def keep_proposing(pool: asyncpg.Pool, clock: Clock, often: int) -> None:
    """Runs until cancelled. The first look goes over everything, the later ones over what was settled since."""
    since = EVER
    while True:
        now = clock.now()
        try:
            found = await propose(pool, often, since)
            since = now - OVERLAP
            if found:
                log.info("proposals for the catalogue: %s", "、".join(found))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            log.warning("proposals: %s", error)
        await asyncio.sleep(PAUSE)
