"""API keys: who acts, in which roles, for which unit. Only a digest of each key is stored."""

import hashlib
import secrets
import time

import asyncpg
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.sqlfiles import load_sql
from liandong.orders.context import Actor

SQL = load_sql("liandong.people")
ROLES = frozenset({"call_taker", "dispatcher", "unit", "supervisor", "auditor", "admin"})
REFRESH = 5.0  # seconds until a new or revoked key is noticed everywhere


class NewKey(Struct, frozen=True):
    """`token` is shown once and never stored."""

    id: str
    token: str


async def add_key(pool: asyncpg.Pool, clock: Clock, *, name: str, roles: list[str], unit: str | None = None) -> NewKey:
    """Raises ValueError for an unknown role, or a `unit` role without its unit."""
    unknown = set(roles) - ROLES
    if unknown or not roles:
        raise ValueError(f"unknown roles {sorted(unknown)}; known are {sorted(ROLES)}")
    if roles == ["unit"] and not unit:
        raise ValueError("a key with the role unit needs --unit")
    key = NewKey(id=secrets.token_hex(4), token=f"ld_{secrets.token_urlsafe(24)}")
    await pool.execute(SQL.add_key, key.id, _digest(key.token), name, roles, unit, clock.now())
    return key


class KeyRing:
    """The keys in memory, read again every few seconds and at once for a key not seen before (but not for every wrong one)."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._actors: dict[bytes, Actor] = {}
        self._read_at = 0.0

    async def actor(self, token: str) -> Actor | None:
        digest = _digest(token)
        age = time.monotonic() - self._read_at
        if age > REFRESH or (digest not in self._actors and age > 0.2):
            await self._read()
        return self._actors.get(digest)

    async def _read(self) -> None:
        self._read_at = time.monotonic()
        rows = await self._pool.fetch(SQL.all_keys)
        self._actors = {
            row["digest"]: Actor(f"{row['name']}#{row['id']}", frozenset(row["roles"]), row["unit"]) for row in rows
        }


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
