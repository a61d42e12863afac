"""Invitations to evaluate by link: 128 random bits a link, of which only the digest is kept."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.core.sqlfiles import load_sql

SQL = load_sql("liandong.callbacks")
_TOKEN_LENGTH = 22  # 16 bytes in base64url


class Invite(Struct, frozen=True):
    """`round_now`, `status`: the order as it is."""

    id: UUID
    order_id: UUID
    round: int
    method: str
    expires_at: datetime
    used_at: datetime | None
    number: str | None
    round_now: int
    status: str


async def make_link(pool: asyncpg.Pool, public_url: str, invite_id: UUID, now: datetime) -> str:
    """A fresh link of an invitation. Earlier ones stay good, since one of them may have arrived; the first that is used ends them all."""
    token = secrets.token_urlsafe(16)
    await pool.execute(SQL.add_token, digest_of(token), invite_id, now)
    return f"{public_url.rstrip('/')}/e/{token}"


async def find_invite(pool: asyncpg.Pool, token: str) -> Invite | None:
    if len(token) != _TOKEN_LENGTH:
        return None
    row = await pool.fetchrow(SQL.invite_by_token, digest_of(token))
    return Invite(**dict(row)) if row else None


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
