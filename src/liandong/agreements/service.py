"""What people do with versions of the transfer list: draft, look, compare, propose, answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.agreements.model import Asked, Status, Version
from liandong.agreements.running import RunningCatalogue
from liandong.agreements.steps import SQL, add_log, faults_of, find_version, head_of, local_day, take_step, version_of
from liandong.catalogue.content import (
    MAX_CONTENT,
    Content,
    content_of_pair,
    digest_of,
    read_content,
    write_content,
)
from liandong.catalogue.transfer import default_catalogue
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.ids import new_id
from liandong.orders.context import Actor

SHIPPED, IN_FORCE = "shipped", "in-force"


class Draft(Struct, frozen=True):
    """`base`: the digest of the version it was made from; None takes the newest agreed one."""

    peer: str
    content: Content
    title: str
    notes: str = ""
    base: str | None = None


class Agreements:
    """The versions of one centre with each of its peers."""

    def __init__(self, *, centre: str, peers: Sequence[str], pool: asyncpg.Pool, clock: Clock) -> None:
        self.centre = centre
        self.peers = tuple(peers)
        self._pool = pool
        self._clock = clock

    async def draft(self, draft: Draft, actor: Actor) -> Version:
        """Raises AppError: no_such_peer, catalogue_invalid."""
        self._check_peer(draft.peer)
        text = write_content(draft.content)
        if len(text.encode()) > MAX_CONTENT:
            raise AppError("catalogue_invalid", f"清单不得超过 {MAX_CONTENT} 字节")
        async with self._pool.acquire() as connection, connection.transaction():
            faults = await faults_of(connection, draft.content, self.centre, draft.peer)
            if faults:
                raise AppError("catalogue_invalid", "；".join(faults[:20]))
            version = await self._new(connection, draft, text, actor)
            asked = Asked("draft", actor, version.made_at, local_day(version.made_at))
            await add_log(connection, version, asked, "catalogue.drafted", version.status)
            return version

    async def act(
        self, version_id: UUID, action: str, actor: Actor, *, digest: str, day: date | None = None, reason: str = ""
    ) -> Version:
        """propose, agree, decline or withdraw. `digest`: of the content that the person was looking at."""
        now = self._clock.now()
        asked = Asked(action, actor, now, local_day(now), digest=digest, effective_from=day, reason=reason)
        async with self._pool.acquire() as connection, connection.transaction():
            return await take_step(connection, version_id, asked, centre=self.centre)

    async def versions(
        self, *, peer: str | None = None, status: Sequence[Status] | None = None, before: UUID | None = None, limit: int
    ) -> list[Version]:
        """Newest first."""
        wanted = [str(one) for one in status] if status else None
        return [version_of(row) for row in await self._pool.fetch(SQL.list_versions, peer, wanted, before, limit)]

    async def version(self, version_id: UUID) -> Version:
        version = await find_version(self._pool, version_id)
        if version is None:
            raise AppError("not_found", "没有这个目录版本")
        return version

    async def faults(self, version: Version) -> tuple[str, ...]:
        """Why it could not be agreed, in words."""
        return await faults_of(self._pool, await self.content(str(version.id)), self.centre, version.peer)

    async def log(self, version_id: UUID) -> list[Any]:
        return await self._pool.fetch(SQL.log, version_id)

    async def reassessment(self, version_id: UUID) -> Any:
        """How far the open orders were read again under it; None before it came into force."""
        return await self._pool.fetchrow(SQL.reassessment, version_id)

    async def in_force(self) -> dict[str, Version]:
        """Peer → the version in force today; a peer that is missing has the shipped list."""
        rows = await self._pool.fetch(SQL.in_force_on, local_day(self._clock.now()))
        return {row["peer"]: await self.version(row["id"]) for row in rows}

    async def find(self, name: str) -> UUID:
        """The version whose id is or begins so. Raises AppError not_found."""
        digits = name.replace("-", "").lower()
        if not digits or len(digits) > 32 or not set(digits) <= set("0123456789abcdef"):
            raise AppError("not_found", f"没有版本“{name}”")
        low, high = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
        found = await self._pool.fetch(SQL.by_prefix, low, high)
        if len(found) != 1:
            raise AppError("not_found", f"有几个版本以“{name}”开头" if found else f"没有版本“{name}”")
        return found[0]["id"]

    async def content(self, name: str, peer: str = "") -> Content:
        """Of `shipped` or `in-force` (with a peer), or of a version by its id or the beginning of it."""
        if name in (SHIPPED, IN_FORCE):
            self._check_peer(peer)
            current = (await self.in_force()).get(peer) if name == IN_FORCE else None
            if current is None:
                return content_of_pair(default_catalogue(), self.centre, peer)
            name = str(current.id)
        return read_content(await self._pool.fetchval(SQL.content, await self.find(name)))

    async def _new(self, connection: asyncpg.Connection, draft: Draft, text: str, actor: Actor) -> Version:
        head = await head_of(connection, draft.peer)
        shipped = digest_of(write_content(content_of_pair(default_catalogue(), self.centre, draft.peer)))
        version = Version(
            id=new_id(),
            peer=draft.peer,
            origin="ours",
            status=Status.DRAFT,
            title=draft.title,
            notes=draft.notes,
            digest=digest_of(text),
            base=draft.base or head.digest or shipped,
            made_by=actor.id,
            made_at=self._clock.now(),
        )
        await connection.execute(
            SQL.add_version, version.id, version.peer, version.origin, version.status, version.title, version.notes,
            text, version.digest, version.base, None, None, version.made_by, version.made_at,
        )  # fmt: skip
        return version

    def _check_peer(self, peer: str) -> None:
        if peer not in self.peers:
            raise AppError("no_such_peer", f"没有配置对接中心“{peer}”；已配置：{'、'.join(self.peers)}")


def running_items(running: RunningCatalogue) -> dict[str, int]:
    """How many items this process routes by, per direction."""
    counts: dict[str, int] = {}
    for item in running.catalogue.items:
        way = f"{item.from_}→{item.to}"
        counts[way] = counts.get(way, 0) + 1
    return counts
