"""What the clock does with emergencies: rings silent centres again, passes tasks on, marks what is late, makes situation reports, keeps
cards of answers, tells peers whom the desks have taken down, and reads new matters for bursts."""

import asyncio
import logging

from liandong.core.errors import AppError
from liandong.emergencies.bursting import Bursts
from liandong.emergencies.callers import Callers
from liandong.emergencies.deciding import watch
from liandong.emergencies.due import card_work
from liandong.emergencies.model import Emergency
from liandong.emergencies.publishing import publish
from liandong.emergencies.reporting import make_report
from liandong.emergencies.service import Emergencies
from liandong.emergencies.store import SQL, find
from liandong.knowledge.service import Knowledge
from liandong.orders.context import CLOCK_ACTOR

PAUSE = 1.0  # seconds between looks
BATCHES = 20  # of the ledger, in one look
log = logging.getLogger(__name__)


class Watching:
    def __init__(self, emergencies: Emergencies, callers: Callers, knowledge: Knowledge, bursts: Bursts) -> None:
        self._emergencies = emergencies
        self._callers = callers
        self._knowledge = knowledge
        self._bursts = bursts

    async def look_once(self) -> int:
        """One round; returns how much there was to do. What one emergency's look can't do holds no other one back."""
        found = self._emergencies
        done = await self._callers.tell_peers() + await self._read_matters()
        for row in await found.pool.fetch(SQL.due, found.clock.now()):
            try:
                done += await self._look(row["id"])
            except AppError as error:
                log.warning("emergency %s: %s", row["id"], error)
        return done

    async def _read_matters(self) -> int:
        """All that is new, up to a bound that leaves time for the clocks."""
        read = 0
        for _ in range(BATCHES):
            fresh = await self._bursts.read_once()
            read += fresh
            if fresh == 0:
                break
        return read

    async def _look(self, emergency_id: object) -> int:
        found = self._emergencies
        now = found.clock.now()
        async with found.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL.lock)
            state = await find(connection, emergency_id)  # type: ignore[arg-type]
            if state is None:
                return 0
            lines = watch(state, found.deciding(CLOCK_ACTOR, now))
            if lines:
                state = await found.append(connection, state.id, lines, CLOCK_ACTOR.id, state.exercise, now)
        return len(lines) + await self._follow(state)

    async def _follow(self, state: Emergency) -> int:
        found, done = self._emergencies, 0
        if card_work(state, found.centre):
            await publish(found, self._knowledge, state)
            done += 1
        due = state.sitrep_due
        if state.status == "open" and state.centre == found.centre and due is not None and due <= found.clock.now():
            await make_report(found, self._callers, state.id, CLOCK_ACTOR)
            done += 1
        return done


async def keep_emergencies(watching: Watching) -> None:
    """Runs until cancelled."""
    while True:
        await watching.look_once()
        await asyncio.sleep(PAUSE)
