"""The bytes of attachments in the database, piece by piece: nothing here ever holds a whole file."""

import hashlib
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg

from liandong.attachments.model import OWN
from liandong.core.sqlfiles import load_sql

SQL = load_sql("liandong.attachments")
PIECE = 256 * 1024  # bytes of a row
PIECES_AT_A_TIME = 4  # rows of a reading query


async def append(
    pool: asyncpg.Pool, order_id: UUID, attachment_id: UUID, *, offset: int, data: bytes, origin: str = OWN
) -> int | None:
    """Writes the next bytes durably. Returns how many there are now; None if they don't go on where the last ones ended."""
    return await pool.fetchval(SQL.append, order_id, attachment_id, offset, len(data), data, origin)


async def read(
    pool: asyncpg.Pool, order_id: UUID, attachment_id: UUID, *, start: int = 0, length: int | None = None
) -> AsyncIterator[bytes]:
    """The bytes from `start` on, `length` of them or all."""
    left = length
    while left is None or left > 0:
        rows = await pool.fetch(SQL.chunks, order_id, attachment_id, start, PIECES_AT_A_TIME)
        sent = 0
        for row in rows:
            piece = row["bytes"][max(start - row["start"], 0) :]
            if left is not None:
                piece = piece[:left]
                left -= len(piece)
            if piece:
                sent += len(piece)
                start += len(piece)
                yield piece
        if not sent:
            return


async def head(pool: asyncpg.Pool, order_id: UUID, attachment_id: UUID, length: int) -> bytes:
    """The beginning of a file."""
    return b"".join([piece async for piece in read(pool, order_id, attachment_id, length=length)])


async def sha256_of(pool: asyncpg.Pool, order_id: UUID, attachment_id: UUID) -> str:
    """The hash of what is really stored, in hex."""
    digest = hashlib.sha256()
    async for piece in read(pool, order_id, attachment_id):
        digest.update(piece)
    return digest.hexdigest()
