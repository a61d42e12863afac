"""API keys: who acts, in which roles, for which unit. Only a digest of each key is stored."""

import asyncio
import hashlib
import secrets
import time

import asyncpg
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.sqlfiles import load_sql
from liandong.orders.context import Actor

SQL = load_sql("liandong.people")
ROLES = frozenset(
    {"call_taker", "dispatcher", "unit", "supervisor", "auditor", "admin", "leader", "liaison", "security"}
)
REFRESH = 5.0  # seconds until a new or revoked key is noticed everywhere
WRONG_KEY_REFRESH = (
    0.2  # a key not seen before is looked up at once, but a flood of wrong ones is not a flood of queries
)


class NewKey(Struct, frozen=True):
    """`token` is shown once and never stored."""

    id: str
    token: str


async def add_key(
    pool: asyncpg.Pool,
    clock: Clock,
    *,
    name: str,
    roles: list[str],
    unit: str | None = None,
    home: str | None = None,
) -> NewKey:
    """Raises ValueError for an unknown role, a `unit` role without its unit, a `liaison` without the centre it comes from.

    A liaison has no other role: what it may see and do ends at the matters shared with its `home`.
    """
    unknown = set(roles) - ROLES
    if unknown or not roles:
        raise ValueError(f"unknown roles {sorted(unknown)}; known are {sorted(ROLES)}")
    if roles == ["unit"] and not unit:
        raise ValueError("a key with the role unit needs --unit")
    if (roles == ["liaison"]) != (home is not None) or ("liaison" in roles and len(roles) > 1):
        raise ValueError("a liaison seat has the role liaison alone and needs --home, the centre it comes from")
    key = NewKey(id=secrets.token_hex(4), token=f"ld_{secrets.token_urlsafe(24)}")
    await pool.execute(SQL.add_key, key.id, _digest(key.token), name, roles, unit, clock.now(), home)
    return key


class KeyRing:
    """The keys in memory, read again every few seconds and at once for a key not seen before (but not for every wrong one)."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._actors: dict[bytes, Actor] = {}
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    async def actor(self, token: str) -> Actor | None:
        digest = _digest(token)
        if self._age() > REFRESH or (digest not in self._actors and self._age() > WRONG_KEY_REFRESH):
            await self._read()
        return self._actors.get(digest)

    def _age(self) -> float:
        return time.monotonic() - self._read_at

    async def _read(self) -> None:
        asked_at = time.monotonic()
        async with self._reading:
            if self._read_at > asked_at:
                return  # another request read them while this one waited
            rows = await self._pool.fetch(SQL.all_keys)
            self._actors = {
                row["digest"]: Actor(f"{row['name']}#{row['id']}", frozenset(row["roles"]), row["unit"], row["home"])
                for row in rows
            }
            self._read_at = time.monotonic()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
