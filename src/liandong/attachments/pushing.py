"""Sends the bytes of attachments to a peer, beside the messages and never in their way: one file at a time, piece by piece.

Where a piece goes on is what the receiver says it has, so a killed process or a cut link costs at most the piece that was under way.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec

from liandong.attachments import store
from liandong.attachments.model import BAD
from liandong.attachments.store import SQL
from liandong.attachments.taking import CHUNK_KIND, Answer
from liandong.core.clock import Clock
from liandong.core.failpoints import reach
from liandong.core.ids import new_id
from liandong.exchange.attachment_messages import AttachmentChunk
from liandong.exchange.contracts import Envelope
from liandong.exchange.sealing import Sealer
from liandong.exchange.send import FIRST_WAIT, LONGEST_WAIT, Peer, Unreachable

log = logging.getLogger(__name__)

PIECE_MOST, PIECE_LEAST = 1024 * 1024, 64 * 1024  # bytes of a request: halved when one fails, doubled when one arrives
SLICE = 16 * 1024 * 1024  # bytes of one file before another may go first
COPY_WAITS = (1.0, 600.0)  # seconds, doubled each time a peer does not take a piece
TIMEOUT = httpx.Timeout(60, connect=3)
PAUSE = 1.0  # seconds between looks for something to send
HOLD = "SELECT pg_try_advisory_lock(hashtext('liandong attachments'), hashtext($1))"
SEAL_HEADER = "liandong-seal"
_answers = msgspec.json.Decoder(Answer)

Put = Callable[[UUID, str, bytes], Awaitable[Answer]]
"""(attachment, seal, bytes) -> where the receiver stands. Raises Unreachable."""


class HttpPut:
    """Puts a piece to a peer's exchange address."""

    def __init__(self, client: httpx.AsyncClient, peer: Peer) -> None:
        self._client = client
        self._url = f"{peer.url.rstrip('/')}/exchange/v1/attachments"

    async def __call__(self, attachment_id: UUID, sealed: str, data: bytes) -> Answer:
        headers = {SEAL_HEADER: sealed, "content-type": "application/octet-stream"}
        try:
            answer = await self._client.put(
                f"{self._url}/{attachment_id}", content=data, headers=headers, timeout=TIMEOUT
            )
        except httpx.HTTPError as error:
            raise Unreachable(f"{type(error).__name__} {error}".strip()) from error
        if answer.status_code != 200:
            raise Unreachable(f"HTTP {answer.status_code} {answer.text[:200]}")
        try:
            return _answers.decode(answer.content)
        except msgspec.DecodeError as error:
            raise Unreachable(f"no answer: {error}") from error


class Pusher:
    """`rate`: bytes a second, 0 for no limit."""

    def __init__(
        self, *, centre: str, peer: str, pool: asyncpg.Pool, sealer: Sealer, put: Put, clock: Clock, rate: int = 0
    ) -> None:
        self._centre = centre
        self.peer = peer
        self._pool = pool
        self._sealer = sealer
        self._put = put
        self._clock = clock
        self._rate = rate
        self._piece = PIECE_MOST

    async def push_next(self) -> bool:
        """Sends a slice of the file that is owed first. False: nothing is owed now. Raises Unreachable after writing it down."""
        row = await self._pool.fetchrow(SQL.pending_copy, self.peer, self._clock.now())
        if row is None:
            return False
        if row["status"] in BAD:
            await self._settle(row, "withheld", row["status"])
            return True
        reach("attachment.push_begun")
        try:
            await self._push(row)
        except Unreachable as error:
            self._piece = max(self._piece // 2, PIECE_LEAST)
            await self._later(row, str(error), LONGEST_WAIT)
            raise
        return True

    async def _push(self, row: Any) -> None:
        answer = await self._send(row, 0, b"")  # how far are you?
        moved = 0
        while answer.status == "receiving" and moved < SLICE:
            offset = answer.received
            data = await self._read(row, offset)
            if not data:
                break
            started = time.perf_counter()
            answer = await self._send(row, offset, data)
            reach("attachment.chunk_sent")
            moved += len(data)
            if answer.status in {"receiving", "checking", "stored"}:
                self._piece = min(self._piece * 2, PIECE_MOST)
                await self._pool.execute(SQL.copy_sent, *self._key(row), answer.received)
            await self._hold_back(len(data), time.perf_counter() - started)
        await self._note(row, answer, moved)

    async def _note(self, row: Any, answer: Answer, moved: int) -> None:
        if answer.status == "stored":
            await self._settle(row, "delivered", None)
        elif answer.status == "refused":
            await self._settle(row, "refused", f"{answer.code} {answer.text}".strip())
        elif answer.status != "receiving" or not moved:
            await self._later(row, f"{answer.status} {answer.code}".strip())

    async def _read(self, row: Any, offset: int) -> bytes:
        pieces = store.read(self._pool, row["order_id"], row["attachment_id"], start=offset, length=self._piece)
        return b"".join([piece async for piece in pieces])

    async def _send(self, row: Any, offset: int, data: bytes) -> Answer:
        chunk = AttachmentChunk(
            attachment_id=row["attachment_id"],
            offset=offset,
            length=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        envelope = Envelope(
            id=new_id(),
            kind=CHUNK_KIND,
            sender=self._centre,
            receiver=self.peer,
            matter_id=row["matter_id"],
            seq=1,
            sent_at=self._clock.now(),
            exercise=row["exercise"],
            body=msgspec.to_builtins(chunk),
        )
        return await self._put(row["attachment_id"], self._sealer.seal(envelope), data)

    async def _settle(self, row: Any, status: str, why: str | None) -> None:
        log.info("attachment %s at %s: %s %s", row["attachment_id"], self.peer, status, why or "")
        await self._pool.execute(SQL.copy_settled, *self._key(row), status, self._clock.now(), why)

    async def _later(self, row: Any, why: str, longest: float = COPY_WAITS[1]) -> None:
        first = COPY_WAITS[0]
        wait = min(first * 2 ** min(row["attempts"], 20), longest)
        at = self._clock.now() + timedelta(seconds=wait)
        await self._pool.execute(SQL.copy_later, *self._key(row), at, why[:300])

    async def _hold_back(self, sent: int, took: float) -> None:
        if self._rate:
            await asyncio.sleep(max(0.0, sent / self._rate - took))

    def _key(self, row: Any) -> tuple[UUID, UUID, str]:
        return row["order_id"], row["attachment_id"], self.peer


async def keep_pushing(pusher: Pusher, dsn: str) -> None:
    """Runs until cancelled: holds the peer's files (one worker at a time, as for messages), sends while something is owed."""
    wait = FIRST_WAIT
    while True:
        try:
            holder = await asyncpg.connect(
                dsn, timeout=10, server_settings={"application_name": f"liandong attachments {pusher.peer}"}
            )
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            log.warning("attachments to %s: no database: %s", pusher.peer, error)
            await asyncio.sleep(1)
            continue
        try:
            while not await holder.fetchval(HOLD, pusher.peer):  # noqa: ASYNC110 (another process holds the peer)
                await asyncio.sleep(1)
            while not holder.is_closed():
                try:
                    moved = await pusher.push_next()
                    wait = FIRST_WAIT
                except Unreachable as error:
                    log.warning("attachments to %s: %s; next try in %.1f s", pusher.peer, error, wait)
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, LONGEST_WAIT)
                    continue
                if not moved:
                    await asyncio.sleep(PAUSE)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            log.warning("attachments to %s: %s", pusher.peer, error)
            await asyncio.sleep(0.5)
        finally:
            holder.terminate()
