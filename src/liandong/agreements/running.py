"""The catalogue that this process reads and routes by: the shipped list, with each pair's agreed version in its place.

Every process looks every two seconds; what is built stays until another version, or an item's last day, changes it.
"""

import asyncio
import logging
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from liandong.agreements.steps import SQL, local_day
from liandong.catalogue.content import Content, read_content
from liandong.catalogue.transfer import Item, TransferCatalogue, default_catalogue
from liandong.core.clock import Clock
from liandong.policy import CityPolicy
from liandong.routing.model import Facts
from liandong.routing.policy import Policy, policy_of
from liandong.routing.reader import Reader, default_reader

LOOK = 2.0  # seconds between looks
log = logging.getLogger(__name__)


class RunningCatalogue:
    """Reads texts in place of a Reader. `refresh` exchanges reader and policy in one step, so a decision never sees two lists."""

    def __init__(self, policy: CityPolicy) -> None:
        self._policy = policy
        self.catalogue = default_catalogue()
        self.versions: dict[str, UUID] = {}
        """Peer → the version in force; a peer without one has the shipped list."""
        self._reader: Reader = default_reader()
        self._items: tuple[Item, ...] = self.catalogue.items
        self._seen: Any = None

    @property
    def version(self) -> str:
        return self.catalogue.version

    def read(self, text: str, centre: str) -> Facts:
        return self._reader.read(text, centre)

    async def refresh(self, pool: asyncpg.Pool, today: date) -> bool:
        """True: another list is in force now."""
        rows = await pool.fetch(SQL.in_force_on, today)
        ids = {row["peer"]: row["id"] for row in rows}
        seen = (ids, today)
        if seen == self._seen:
            return False
        contents = {row["id"]: row["content"] for row in await pool.fetch(SQL.contents, list(ids.values()))}
        lists = {row["peer"]: (row["no"], row["digest"], read_content(contents[row["id"]])) for row in rows}
        merged = merge(default_catalogue(), self._policy.centre, lists)
        items = merged.on(today)
        changed = (merged.version, items) != (self.version, self._items)
        if changed:
            reader, routing = await asyncio.to_thread(_build, merged, items)
            self.catalogue, self._items, self._reader = merged, items, reader
            self._policy.routing = routing
            log.warning("catalogue in force: %s, %d items", merged.version, len(items))
        self.versions, self._seen = ids, seen
        return changed

    async def keep_current(self, pool: asyncpg.Pool, clock: Clock) -> None:
        """Runs until cancelled."""
        while True:
            try:
                await self.refresh(pool, local_day(clock.now()))
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("catalogue: %s", error)
            except ValueError:  # nothing that was agreed may stop the desk: what was in force stays
                log.exception("catalogue: a version can't be used")
            await asyncio.sleep(LOOK)


def merge(shipped: TransferCatalogue, centre: str, lists: dict[str, tuple[int, str, Content]]) -> TransferCatalogue:
    """The shipped catalogue with each pair's list replaced; the version names what it is made of."""
    pairs = {frozenset((centre, peer)) for peer in lists}
    categories = {c.code: c for c in shipped.categories if frozenset((c.sender, c.to)) not in pairs}
    items = {i.code: i for i in shipped.items if frozenset((i.from_, i.to)) not in pairs}
    version = shipped.version
    for peer in sorted(lists):
        no, digest, content = lists[peer]
        version += f"+{peer}.{no}-{digest[:8]}"
        for code in {item.code for item in content.items} & items.keys():
            log.error("item %s is in two lists; the one with %s is not used", code, peer)
        categories = {c.code: c for c in content.categories} | categories
        items = {i.code: i for i in content.items} | items
    return TransferCatalogue(version, tuple(categories.values()), tuple(items.values()))


def _build(catalogue: TransferCatalogue, items: tuple[Item, ...]) -> tuple[Reader, Policy]:
    counted = TransferCatalogue(catalogue.version, catalogue.categories, items)
    return Reader(counted), policy_of(catalogue)
