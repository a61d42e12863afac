"""What goes out: one sender a peer. It takes what is pending, seals it, posts it in batches outside any transaction and writes what came of it.

One sender at a time holds a peer, by an advisory lock that dies with its connection: when its process is killed, another
worker takes over. A peer that can't be reached costs nothing but waiting: the messages stay pending and untouched.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import msgspec
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.failpoints import reach
from liandong.exchange.contracts import Envelope
from liandong.exchange.receive import SQL, Receipt
from liandong.exchange.sealing import MAX_MESSAGE, Sealer

log = logging.getLogger(__name__)

BATCH = 200
MAX_BODY = 8 * 1024 * 1024
FIRST_WAIT, LONGEST_WAIT = 0.25, 15.0  # seconds between tries at a peer that does not answer
MESSAGE_WAITS = (0.5, 60.0)  # seconds, doubled each time a peer asks for one message again
HOLD = "SELECT pg_try_advisory_lock(hashtext('liandong sender'), hashtext($1))"
# A machine that loses its power closes no connection: the server notices within about 4 s and frees the lock. (A killed process
# closes it at once.)
DIES_SOON = {"tcp_keepalives_idle": "2", "tcp_keepalives_interval": "1", "tcp_keepalives_count": "2"}
JSON = {"content-type": "application/json"}
_receipts = msgspec.json.Decoder(list[Receipt])


class Peer(Struct, frozen=True):
    code: str
    url: str


class Unreachable(Exception):
    """The peer did not take the batch: no connection, time-out, or an answer that is no receipt."""


Post = Callable[[list[str]], Awaitable[list[Receipt]]]


class HttpPost:
    """Posts a batch to a peer's exchange address."""

    def __init__(self, client: httpx.AsyncClient, peer: Peer) -> None:
        self._client = client
        self._url = f"{peer.url.rstrip('/')}/exchange/v1/messages"

    async def __call__(self, sealed: list[str]) -> list[Receipt]:
        try:
            answer = await self._client.post(self._url, content=msgspec.json.encode({"messages": sealed}), headers=JSON)
        except httpx.HTTPError as error:
            raise Unreachable(f"{type(error).__name__} {error}".strip()) from error
        if answer.status_code != 200:
            raise Unreachable(f"HTTP {answer.status_code}")
        try:
            receipts = _receipts.decode(answer.content)
        except msgspec.DecodeError as error:
            raise Unreachable(f"not a receipt: {error}") from error
        if len(receipts) != len(sealed):
            raise Unreachable(f"{len(receipts)} receipts for {len(sealed)} messages")
        return receipts


class Sender:
    def __init__(self, *, centre: str, peer: str, pool: asyncpg.Pool, sealer: Sealer, post: Post, clock: Clock) -> None:
        self._centre = centre
        self.peer = peer
        self._pool = pool
        self._sealer = sealer
        self._post = post
        self._clock = clock
        self.last_error: str | None = None

    async def send_pending(self) -> int:
        """One batch. Returns how many messages were settled; raises Unreachable after writing the attempt."""
        now = self._clock.now()
        rows = await self._pool.fetch(SQL.pending, self.peer, now, BATCH)
        if not rows:
            return 0
        reach("send.claimed")
        sealed = await self._seal(rows)
        started = time.perf_counter()
        reach("send.sealed")
        try:
            receipts = await self._post([text for _, text in sealed])
        except Unreachable as error:
            self.last_error = str(error)
            await self._record(now, len(sealed), 0, started, str(error))
            raise
        reach("send.posted")
        self.last_error = None
        settled = await self._settle([row for row, _ in sealed], receipts)
        reach("send.settled")
        await self._record(now, len(sealed), settled, started, None)
        return settled

    async def _seal(self, rows: list[Any]) -> list[tuple[Any, str]]:
        sealed: list[tuple[Any, str]] = []
        size = 0
        for row in rows:
            text = self._sealer.seal(envelope_of(row, self._centre, self.peer))
            if len(text) > MAX_MESSAGE:
                await self._pool.execute(SQL.mark_dead, row["id"], f"too_large: {len(text)} 字节")
                continue
            size += len(text)
            if size > MAX_BODY and sealed:
                break
            sealed.append((row, text))
        return sealed

    async def _settle(self, rows: list[Any], receipts: list[Receipt]) -> int:
        now = self._clock.now()
        delivered = [
            row["id"] for row, receipt in zip(rows, receipts, strict=True) if receipt.status in {"handled", "parked"}
        ]
        if delivered:
            await self._pool.execute(SQL.mark_delivered, delivered, now)
        for row, receipt in zip(rows, receipts, strict=True):
            why = f"{receipt.code}: {receipt.text}"
            if receipt.status == "refused":
                log.warning("message %s to %s is dead: %s", row["id"], self.peer, why)
                await self._pool.execute(SQL.mark_dead, row["id"], why)
            elif receipt.status == "retry":
                first, longest = MESSAGE_WAITS
                wait = min(first * 2 ** min(row["attempts"], 20), longest)
                await self._pool.execute(SQL.put_off, row["id"], now + timedelta(seconds=wait), why)
        return sum(receipt.status != "retry" for receipt in receipts)

    async def _record(self, at: Any, messages: int, delivered: int, started: float, error: str | None) -> None:
        took = int((time.perf_counter() - started) * 1000)
        await self._pool.execute(SQL.record_attempt, self.peer, at, messages, delivered, took, error)


def envelope_of(row: Any, centre: str, peer: str) -> Envelope:
    """The same bytes at every try: everything comes from the row."""
    return Envelope(
        id=row["id"],
        kind=row["kind"],
        sender=centre,
        receiver=peer,
        matter_id=row["matter_id"],
        seq=row["seq"],
        sent_at=row["created_at"],
        exercise=row["exercise"],
        body=_with_number(msgspec.json.decode(row["body"]), row["number"], centre),
    )


def _with_number(body: dict[str, Any], number: str | None, centre: str) -> dict[str, Any]:
    """An order's number is given by the very commit that writes its acceptance: it is filled in here and never changes again."""
    if not number:
        return body
    filled = body | {"number": number} if body.get("number") == "" else body
    path = filled.get("path") or ()
    if any(hop["centre"] == centre and hop["number"] == "" for hop in path):
        ours = {"number": number}
        filled = filled | {
            "path": [hop | ours if hop["centre"] == centre and not hop["number"] else hop for hop in path]
        }
    return filled


async def keep_sending(sender: Sender, dsn: str, wake: asyncio.Event) -> None:
    """Runs until cancelled: holds the peer, sends while there is something, waits for a notice or a second."""
    wait = FIRST_WAIT
    while True:
        try:
            holder = await asyncpg.connect(
                dsn, timeout=10, server_settings={"application_name": f"liandong sender {sender.peer}"} | DIES_SOON
            )
        except (OSError, asyncpg.PostgresError, TimeoutError) as error:
            log.warning("sender %s: no database: %s", sender.peer, error)
            await asyncio.sleep(1)
            continue
        try:
            while not await holder.fetchval(HOLD, sender.peer):  # noqa: ASYNC110 (another process holds the peer)
                await asyncio.sleep(1)
            while not holder.is_closed():
                wake.clear()
                try:
                    sent = await sender.send_pending()
                    wait = FIRST_WAIT
                except Unreachable as error:
                    log.warning("peer %s unreachable: %s; next try in %.1f s", sender.peer, error, wait)
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, LONGEST_WAIT)
                    continue
                if sent == 0:
                    await _wait(wake, 1.0)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, AppError, TimeoutError) as error:
            log.warning("sender %s: %s", sender.peer, error)
            await asyncio.sleep(0.5)
        finally:
            holder.terminate()


async def _wait(wake: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(wake.wait(), seconds)
    except TimeoutError:
        return
