"""Who is signed in. In memory like the keys: read again every other second, so a session that was ended anywhere is ended everywhere within seconds.

A cookie carries a random token of which only the digest is stored. What a request that changes something must carry beside it (`csrf`) follows
from the token by a hash, so nothing has to be kept for it.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
import time
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.ids import new_id
from liandong.core.sqlfiles import load_sql
from liandong.orders.context import Actor
from liandong.people.policy import PeoplePolicy

SQL = load_sql("liandong.people")
COOKIE = "liandong_session"
REFRESH = 2.0  # seconds until a new or ended session is noticed everywhere
WRONG_REFRESH = 0.2
KEEP_SEEN = 30.0  # seconds between writes of when sessions were last used
CLEAN = 300.0


class Session(Struct, frozen=True):
    """`must_change`: nothing but the password may be changed until it is."""

    id: UUID
    actor: Actor
    display_name: str
    method: str
    created_at: datetime
    expires_at: datetime
    address: str
    agent: str
    must_change: bool


class NewSession(Struct, frozen=True):
    """`token` goes into the cookie and is never stored."""

    id: UUID
    token: str
    expires_at: datetime


class SessionRing:
    def __init__(self, pool: asyncpg.Pool, clock: Clock, policy: PeoplePolicy) -> None:
        self._pool = pool
        self._clock = clock
        self._idle = timedelta(minutes=policy.session.idle_minutes)
        self._absolute = timedelta(hours=policy.session.absolute_hours)
        self._age = timedelta(days=policy.password.max_age_days)
        self._sessions: dict[bytes, Session] = {}
        self._by_id: dict[UUID, bytes] = {}
        self._seen: dict[UUID, datetime] = {}
        self._used: set[UUID] = set()
        self._read_at = self._kept_at = self._cleaned_at = float("-inf")
        self._reading = asyncio.Lock()

    async def begin(self, account: str, *, method: str, address: str, agent: str) -> NewSession:
        """Raises nothing of its own: who may sign in was decided before."""
        now, token = self._clock.now(), secrets.token_urlsafe(32)
        made = NewSession(new_id(), token, now + self._absolute)
        values = (made.id, digest_of(token), account, method, now, made.expires_at, address, agent[:200])
        await self._pool.execute(SQL.add_session, *values)
        await self.read()
        return made

    async def find(self, token: str) -> Session | None:
        """The session of a cookie, while it lives; using it keeps it from idling."""
        digest = digest_of(token)
        if self._stale(REFRESH) or (digest not in self._sessions and self._stale(WRONG_REFRESH)):
            await self.read()
        session = self._sessions.get(digest)
        if session is None or not self._lives(session):
            return None
        self._seen[session.id] = self._clock.now()
        self._used.add(session.id)
        return session

    async def actor_of(self, session_id: UUID) -> Actor | None:
        """For what stays open, such as a stream: it is no use of the session. None: it has ended."""
        if self._stale(REFRESH):
            await self.read()
        session = self._sessions.get(self._by_id.get(session_id, b""))
        return session.actor if session is not None and self._lives(session) else None

    def of_account(self, account: str) -> list[Session]:
        return [one for one in self._sessions.values() if one.actor.id == account and self._lives(one)]

    def seen_at(self, session_id: UUID) -> datetime | None:
        return self._seen.get(session_id)

    async def end(self, session_id: UUID, account: str, *, by: str) -> bool:
        """False: no such living session of this account."""
        ended = await self._pool.fetchval(SQL.end_session, session_id, account, self._clock.now(), by)
        await self.read()
        return ended is not None

    async def end_all(self, account: str, *, by: str, but: UUID | None = None) -> int:
        ended = await self._pool.fetch(SQL.end_sessions, account, self._clock.now(), by, but)
        await self.read()
        return len(ended)

    async def read(self) -> None:
        """What the database says now."""
        asked_at = time.monotonic()
        async with self._reading:
            if self._read_at > asked_at:
                return  # another request began reading after this one asked
            begun, now = time.monotonic(), self._clock.now()
            await self._keep_seen(now)
            since = now - self._age if self._age else None
            rows = await self._pool.fetch(SQL.live_sessions, now, now - self._idle, since)
            self._sessions = {row["digest"]: _session(row) for row in rows}
            self._by_id = {one.id: digest for digest, one in self._sessions.items()}
            self._seen = {row["id"]: max(row["seen_at"], self._seen.get(row["id"], row["seen_at"])) for row in rows}
            self._read_at = begun

    async def _keep_seen(self, now: datetime) -> None:
        if self._used and time.monotonic() - self._kept_at > KEEP_SEEN:
            used, self._used = sorted(self._used), set()
            self._kept_at = time.monotonic()
            await self._pool.execute(SQL.see_sessions, used, [self._seen.get(one, now) for one in used])
        if time.monotonic() - self._cleaned_at > CLEAN:
            self._cleaned_at = time.monotonic()
            await self._pool.execute(SQL.end_stale, now, now - self._idle)

    def _stale(self, age: float) -> bool:
        return time.monotonic() - self._read_at > age

    def _lives(self, session: Session) -> bool:
        now = self._clock.now()
        return now < session.expires_at and now - self._seen.get(session.id, session.created_at) < self._idle


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def csrf_of(token: str) -> str:
    """What a page of ours knows and another site can't: it follows from the cookie, which no script reads."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"csrf:" + token.encode()).digest()).decode().rstrip("=")


def csrf_fits(token: str, given: str) -> bool:
    return hmac.compare_digest(csrf_of(token).encode(), given.encode())


def _session(row: asyncpg.Record) -> Session:
    actor = Actor(row["account"], frozenset(row["roles"]), row["unit"], row["home"], row["division"])
    named = ("id", "display_name", "method", "created_at", "expires_at", "address", "agent", "must_change")
    return Session(actor=actor, **{name: row[name] for name in named})
