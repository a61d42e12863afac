"""What goes out: one sender a peer. It takes what is pending, seals it, posts it in batches outside any transaction and writes what came of it.

While one batch is on its way the next one follows it, with other matters: what comes later in a matter waits for the receipts of what came before.

One sender at a time holds a peer, by an advisory lock that dies with its connection: when its process is killed, another
worker takes over. A peer that can't be reached costs nothing but waiting: the messages stay pending and untouched.

A peer that can be reached and gives no usable answer may do so because of the batch: the batch is halved, down to one message, and that
one is put off. So neither a slow line nor one message that a peer stumbles over holds up the others.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec
from msgspec import Struct

from liandong.core import db
from liandong.core.clock import Clock
from liandong.core.failpoints import reach
from liandong.exchange.contracts import Envelope
from liandong.exchange.receive import SQL, Receipt
from liandong.exchange.sealing import MAX_MESSAGE, Sealer

log = logging.getLogger(__name__)

BATCH = 100
ON_THEIR_WAY = 2  # full batches at a time; one where the peer has had trouble with a batch
MAX_BODY = 8 * 1024 * 1024
MAX_ANSWER = 4 * 1024 * 1024
ANSWER_WITHIN = 20.0  # seconds for a whole batch, from the first byte sent to the last one read
FIRST_WAIT, LONGEST_WAIT = 0.25, 5.0  # seconds between tries at a peer that does not answer
MESSAGE_WAITS = (0.5, 60.0)  # seconds, doubled each time a peer asks for one message again
HOLD = "SELECT pg_try_advisory_lock(hashtext('liandong sender'), hashtext($1))"
# A machine that loses its power closes no connection: the server notices within about 4 s and frees the lock. (A killed process
# closes it at once.)
DIES_SOON = {"tcp_keepalives_idle": "2", "tcp_keepalives_interval": "1", "tcp_keepalives_count": "2"}
HEADERS = {"content-type": "application/json", "accept-encoding": "identity"}
KNOWN = frozenset({"handled", "parked", "refused", "retry"})
NOT_THERE = frozenset({502, 503})  # who answers says that nobody is there who could take anything
_receipts = msgspec.json.Decoder(list[Receipt])


class Peer(Struct, frozen=True):
    code: str
    url: str


class Unreachable(Exception):
    """The peer did not take the batch: nothing is known about its messages."""


class Unusable(Unreachable):
    """The peer was there, but its answer can't be used, or none came in time. The batch itself may be why."""


Post = Callable[[list[str]], Awaitable[list[Receipt]]]


class Claimed(Struct, frozen=True):
    """What is about to go: rows with their seals. `full`: there may be more behind it."""

    now: datetime
    sealed: list[tuple[Any, str]]
    count: int
    full: bool


class HttpPost:
    """Posts a batch to a peer's exchange address. Raises Unreachable, Unusable."""

    def __init__(self, client: httpx.AsyncClient, peer: Peer) -> None:
        self._client = client
        self._url = f"{peer.url.rstrip('/')}/exchange/v1/messages"

    async def __call__(self, sealed: list[str]) -> list[Receipt]:
        body = msgspec.json.encode({"messages": sealed})
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                content = await self._answer(body)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unreachable(_words(error)) from error
        except TimeoutError as error:
            raise Unusable(f"no answer within {ANSWER_WITHIN:.0f} s") from error
        except httpx.HTTPError as error:
            raise Unusable(_words(error)) from error
        try:
            receipts = _receipts.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Unusable(f"not a receipt: {error}") from error
        reach("send.read")
        return receipts

    async def _answer(self, body: bytes) -> bytes:
        async with self._client.stream("POST", self._url, content=body, headers=HEADERS) as answer:
            reach("send.posted")
            if answer.status_code != 200:
                kind = Unreachable if answer.status_code in NOT_THERE else Unusable
                raise kind(f"HTTP {answer.status_code}")
            content = bytearray()
            async for piece in answer.aiter_raw():
                content += piece
                if len(content) > MAX_ANSWER:
                    raise Unusable(f"an answer of more than {MAX_ANSWER} bytes")
            return bytes(content)


class Sender:
    def __init__(self, *, centre: str, peer: str, pool: asyncpg.Pool, sealer: Sealer, post: Post, clock: Clock) -> None:
        self._centre = centre
        self.peer = peer
        self._pool = pool
        self._sealer = sealer
        self._post = post
        self._clock = clock
        self._batch = BATCH
        self._flying: set[UUID] = set()
        self._stumbled: UUID | None = None
        self.last_error: str | None = None

    async def send_pending(self) -> int:
        """One batch. Returns how many messages were settled; raises Unreachable after writing the attempt."""
        claimed = await self._claim()
        return await self._deliver(claimed) if claimed else 0

    async def send_waiting(self, may_go_on: Callable[[], bool]) -> int:
        """Batch after batch until nothing waits. Raises Unreachable once everything that was on its way has come to its end."""
        settled = 0
        flying: deque[asyncio.Task[int]] = deque()
        try:
            while may_go_on():
                claimed = await self._claim()
                if claimed is None and not flying:
                    break
                if claimed is not None:
                    flying.append(asyncio.create_task(self._deliver(claimed)))
                if claimed is None or not claimed.full or len(flying) >= self._at_once:
                    settled += await flying.popleft()
            while flying:
                settled += await flying.popleft()
        finally:
            await asyncio.gather(*flying, return_exceptions=True)
        return settled

    @property
    def _at_once(self) -> int:
        return ON_THEIR_WAY if self._batch == BATCH else 1

    async def _claim(self) -> Claimed | None:
        now = self._clock.now()
        rows = await self._pool.fetch(SQL.pending, self.peer, now, self._batch, list(self._flying))
        if not rows:
            return None
        reach("send.claimed")
        sealed = await self._seal(rows)
        self._flying.update(row["matter_id"] for row, _ in sealed)
        return Claimed(now, sealed, len(rows), len(rows) >= self._batch)

    async def _deliver(self, claimed: Claimed) -> int:
        try:
            return await self._hand_over(claimed)
        finally:
            self._flying.difference_update(row["matter_id"] for row, _ in claimed.sealed)

    async def _hand_over(self, claimed: Claimed) -> int:
        now, sealed = claimed.now, claimed.sealed
        if not sealed:
            return claimed.count
        started = time.perf_counter()
        reach("send.sealed")
        try:
            receipts = await self._post([text for _, text in sealed])
            check_receipts([row for row, _ in sealed], receipts)
        except Unreachable as error:
            self.last_error = str(error)
            await self._record(now, len(sealed), 0, started, str(error))
            if isinstance(error, Unusable):
                await self._try_less([row for row, _ in sealed], str(error))
            raise
        self.last_error = None
        self._batch = min(BATCH, self._batch + 1 + self._batch // 4)
        settled = await self._settle([row for row, _ in sealed], receipts)
        reach("send.settled")
        await self._record(now, len(sealed), settled, started, None)
        return settled

    async def _seal(self, rows: list[Any]) -> list[tuple[Any, str]]:
        sealed: list[tuple[Any, str]] = []
        size = 0
        for row in rows:
            try:
                text = self._sealer.seal(envelope_of(row, self._centre, self.peer))
            except Exception as error:  # a bug must hold back this one matter, not everything for this peer
                log.exception("message %s can't be sealed", row["id"])
                await self._put_off(row, f"internal: {error}", MESSAGE_WAITS[1])
                continue
            if len(text) > MAX_MESSAGE:
                await self._pool.execute(SQL.mark_dead, row["id"], f"too_large: {len(text)} 字节")
                continue
            size += len(text)
            if size > MAX_BODY and sealed:
                break
            sealed.append((row, text))
        return sealed

    async def _try_less(self, rows: list[Any], why: str) -> None:
        """A lone message is put off at its second failure: the first may be the peer's restart."""
        if len(rows) == 1 and rows[0]["id"] == self._stumbled:
            await self._put_off(rows[0], why, LONGEST_WAIT)
        self._stumbled = rows[0]["id"] if len(rows) == 1 else None
        self._batch = max(1, len(rows) // 2)

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
                busy = (
                    receipt.code == "try_again"
                )  # the peer's trouble, not this message's: it may be over at any moment
                await self._put_off(row, why, LONGEST_WAIT if busy else MESSAGE_WAITS[1])
        return sum(receipt.status != "retry" for receipt in receipts)

    async def _put_off(self, row: Any, why: str, longest: float) -> None:
        wait = min(MESSAGE_WAITS[0] * 2 ** min(row["attempts"], 20), longest)
        await self._pool.execute(SQL.put_off, row["id"], self._clock.now() + timedelta(seconds=wait), why)

    async def _record(self, at: datetime, messages: int, delivered: int, started: float, error: str | None) -> None:
        took = int((time.perf_counter() - started) * 1000)
        await self._pool.execute(SQL.record_attempt, self.peer, at, messages, delivered, took, error)


def check_receipts(rows: list[Any], receipts: list[Receipt]) -> None:
    """Each message must have its own receipt, in order: a receipt for another message must never count as this one's. Raises Unusable."""
    if len(receipts) != len(rows):
        raise Unusable(f"{len(receipts)} receipts for {len(rows)} messages")
    for row, receipt in zip(rows, receipts, strict=True):
        if receipt.status not in KNOWN:
            raise Unusable(f"a receipt says {receipt.status[:40]!r}")
        unopened = receipt.id is None and receipt.status == "refused"
        if receipt.id != row["id"] and not unopened:
            raise Unusable(f"a receipt for {receipt.id} in the place of {row['id']}")


def _words(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()


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
    """An order's number is given by the very commit that writes its acceptance: it is filled in here, and only into what was
    written then or later, so that the bytes never change."""
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
    while True:
        try:
            holder = await db.connect(dsn, name=f"liandong sender {sender.peer}", settings=DIES_SOON)
        except db.TROUBLE as error:
            log.warning("sender %s: no database: %s", sender.peer, error)
            await asyncio.sleep(1)
            continue
        try:
            while not await holder.fetchval(HOLD, sender.peer):  # noqa: ASYNC110 (another process holds the peer)
                await asyncio.sleep(1)
            await _send_while_held(sender, holder, wake)
        except db.TROUBLE as error:
            log.warning("sender %s: %s", sender.peer, error)
            await asyncio.sleep(0.5)
        except Exception:  # a bug with one peer must stop neither the clocks nor the other peers
            log.exception("sender %s", sender.peer)
            await asyncio.sleep(5)
        finally:
            holder.terminate()


async def _send_while_held(sender: Sender, holder: asyncpg.Connection, wake: asyncio.Event) -> None:
    wait = FIRST_WAIT
    while not holder.is_closed():
        wake.clear()
        try:
            sent = await sender.send_waiting(lambda: not holder.is_closed())
            wait = FIRST_WAIT
        except Unreachable as error:
            log.warning("peer %s: %s; next try in %.1f s", sender.peer, error, wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
            continue
        if sent == 0:
            await _wait(wake, 1.0)


async def _wait(wake: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(wake.wait(), seconds)
    except TimeoutError:
        return
