"""The models that this process reads by: those in force in the database, loaded when they change."""

import asyncio
import logging
from typing import Any

import asyncpg
import msgspec

from liandong.models.files import FileFault
from liandong.suggesting import handlers
from liandong.suggesting.guessing import Loaded
from liandong.suggesting.model import ModelCard, Target
from liandong.suggesting.packing import unpack
from liandong.suggesting.store import SQL

LOOK = 5.0  # seconds between looks
log = logging.getLogger(__name__)


class RunningModels:
    """`loaded` by name; an assignment of a whole new dictionary, so a reader sees the old or the new."""

    def __init__(self) -> None:
        self.loaded: dict[str, Loaded] = {}
        self._current: dict[str, tuple[int, str]] = {}

    async def refresh(self, pool: asyncpg.Pool) -> bool:
        """True: another model is in force now. A model that can't be read is logged, and the one before reads on."""
        rows = await pool.fetch(SQL.in_force)
        current = {row["name"]: (row["version"], row["digest"]) for row in rows}
        if current == self._current:
            return False
        loaded = {}
        for row in rows:
            name = row["name"]
            if self._current.get(name) == current[name]:
                loaded[name] = self.loaded[name]
                continue
            found = await _load(pool, name, row["version"]) or self.loaded.get(name)
            if found is not None:
                loaded[name] = found
        self.loaded, self._current = loaded, current
        log.warning("models in force: %s", "、".join(f"{name} {one.version}" for name, one in loaded.items()) or "none")
        return True

    async def keep_current(self, pool: asyncpg.Pool) -> None:
        """Runs until cancelled."""
        while True:
            try:
                await self.refresh(pool)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("models: %s", error)
            await asyncio.sleep(LOOK)


async def _load(pool: asyncpg.Pool, name: str, version: int) -> Loaded | None:
    row = await pool.fetchrow(SQL.files, name, version)
    try:
        return await asyncio.to_thread(read_model, row["card"], row["files"])
    except (FileFault, msgspec.DecodeError) as error:
        log.error("the model %s %d can't be read: %s", name, version, error)
        return None


def read_model(card_text: Any, files: bytes) -> Loaded:
    """Raises FileFault, msgspec.DecodeError."""
    card = msgspec.json.decode(card_text, type=ModelCard)
    if card.name == Target.UNIT:
        return Loaded(card, handlers.decode(files))
    return Loaded(card, unpack(files))
