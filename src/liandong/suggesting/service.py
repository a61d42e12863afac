"""Proposals for a matter by the models in force, and what of them is kept: what was shown, by which model."""

import asyncio
import logging
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from liandong.core.clock import Clock
from liandong.core.likeness import likeness, pairs
from liandong.orders.model import RESOLVED
from liandong.policy import CityPolicy
from liandong.suggesting.guessing import Guesser, Said
from liandong.suggesting.model import Similar, Suggested
from liandong.suggesting.policy import SuggestingPolicy
from liandong.suggesting.running import RunningModels
from liandong.suggesting.store import SQL

PATIENCE = 0.5  # seconds that a proposal waits at most for being kept: the desk types on
NOBODY = UUID(int=0)
log = logging.getLogger(__name__)


class Suggesting:
    """`unkept`: how many shown proposals could not be written since this process started (a database that was away)."""

    def __init__(self, pool: asyncpg.Pool, clock: Clock, policy: CityPolicy, suggesting: SuggestingPolicy) -> None:
        self._pool = pool
        self._clock = clock
        self._city = policy
        self.policy = suggesting
        self.models = RunningModels()
        self.unkept = 0

    def guesser(self) -> Guesser:
        """As it reads now: models and directory do not change under one reading."""
        today = self._city.local_date(self._clock.now())
        return Guesser(self._city.kind, self.policy, self._city.directory, today, self.models.loaded)

    def suggest(self, said: Said) -> Suggested:
        return self.guesser().suggest(said)

    async def keep_shown(self, actor: str, draft: str, shown: Suggested) -> bool:
        """Writes what a person sees now. False, counted and logged, where it could not be written in time: the proposal is shown all the same."""
        fields = [one for one in (shown.class_, shown.type, shown.unit) if one.guesses]
        if not fields:
            return True
        now = self._clock.now()
        rows = [
            {name: getattr(one, name) for name in ("field", "model", "version", "guesses", "unsure")} for one in fields
        ]
        try:
            async with asyncio.timeout(PATIENCE):
                text = msgspec.json.encode(rows).decode()
                await self._pool.execute(SQL.keep_shown, actor, draft, now, self._city.local_date(now), text)
            return True
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            self.unkept += 1
            log.warning("a shown suggestion was not kept: %s", error)
            return False

    async def similar(self, text: str, class_code: str, but: UUID = NOBODY) -> list[Similar]:
        """Past orders of the class that say nearly the same, the likest first."""
        policy = self.policy.similar
        if not class_code:
            return []
        rows = await self._pool.fetch(SQL.similar, class_code, sorted(RESOLVED), but, policy.candidates)
        ours = pairs(text)
        alike = [(likeness(ours, pairs(f"{row['title']}{row['content']}")), row) for row in rows]
        found = sorted((one for one in alike if one[0] >= policy.least_likeness), key=lambda one: -one[0])
        return [self._similar(row, share) for share, row in found[: policy.most]]

    def _similar(self, row: Any, share: float) -> Similar:
        unit = self._city.directory.last_known(row["unit"] or "")
        given = {name: row[name] for name in ("id", "number", "class_code", "unit", "closing", "created_at")}
        title = row["title"] or row["content"][:60]
        return Similar(**given, title=title, unit_name=unit.short if unit else "", likeness=round(share, 2))
