"""The kit's own exchange address: takes what the other side sends, as docs/protocol.md says, and writes down what is wrong with it."""

import asyncio
import contextlib
import json
import socket
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import msgspec
import uvicorn
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.ids import new_id
from liandong.exchange.contracts import MESSAGES, Envelope
from liandong.exchange.sealing import Opened, Opener, Sealer
from liandong.peers.model import ABOUT_TOLD, NOBODY, PROTOCOL, About

_decoders = {kind: msgspec.json.Decoder(body) for kind, body in MESSAGES.items()}
MOST = 12 * 1024 * 1024  # bytes of one body


class Came(Struct, frozen=True):
    """A message that was taken. `times`: how often it had been handed in until then."""

    envelope: Envelope
    digest: str
    at: datetime


class Listener:
    """An ASGI application. `came`: what was taken, in order. `faults`: clause → what was wrong with what came."""

    def __init__(self, us: str, *, opener: Opener, sealer: Sealer, clock: Clock) -> None:
        self._us = us
        self._opener = opener
        self._sealer = sealer
        self._clock = clock
        self._digests: dict[UUID, str] = {}
        self._receipts: dict[UUID, dict[str, Any]] = {}
        self._heads: dict[UUID, int] = defaultdict(int)
        self._troubles: dict[UUID, list[str]] = {}
        self._news = asyncio.Condition()
        self.came: list[Came] = []
        self.handed_in: dict[UUID, int] = defaultdict(int)
        self.faults: list[tuple[str, str]] = []

    def trouble(self, matter_id: UUID, *troubles: str) -> None:
        """The next tries to hand in this matter's messages meet these: `500`, or `retry` as a receipt."""
        self._troubles[matter_id] = list(troubles)

    async def wait(self, matter_id: UUID, kinds: tuple[str, ...], within: float, *, after: int = 0) -> Came | None:
        """The first message of these kinds in the matter, numbered above `after`; None when it does not come in time."""

        def found() -> Came | None:
            ours = (c for c in self.came if c.envelope.matter_id == matter_id and c.envelope.kind in kinds)
            return next((c for c in ours if c.envelope.seq > after), None)

        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within), self._news:
                await self._news.wait_for(lambda: found() is not None)
        return found()

    def opened(self, text: str) -> Envelope:
        """A message that was answered with. Raises AppError."""
        return self._opener.open(text).envelope

    def of(self, matter_id: UUID) -> list[Envelope]:
        return [c.envelope for c in self.came if c.envelope.matter_id == matter_id]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = bytearray()
        more = True
        while more and len(body) <= MOST:
            event = await receive()
            body += event.get("body", b"")
            more = event.get("more_body", False)
        status, answer = await self._answer(scope, bytes(body))
        kind = b"application/json" if status == 200 else b"application/problem+json"
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    async def _answer(self, scope: Any, body: bytes) -> tuple[int, Any]:
        path = scope["path"]
        if path.endswith("/exchange/v1/messages") and scope["method"] == "POST":
            return await self._take(body)
        if path.endswith("/exchange/v1/views"):
            return 200, []
        if path.endswith("/exchange/v1/about"):
            return self._about(scope["query_string"].decode())
        return 404, {"code": "not_found", "status": 404}

    def _about(self, query: str) -> tuple[int, Any]:
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        now = self._clock.now()
        try:
            about = msgspec.convert(
                {"centre": self._us, "nonce": asked.get("nonce"), "at": now, "protocol": PROTOCOL, "kinds": sorted(MESSAGES)},
                About,
            )  # fmt: skip
            envelope = _envelope(about, asked.get("for", ""), now)
        except msgspec.ValidationError as error:
            self._fault("16", f"about 的问法不对（a wrong question for about）：{error}")
            return 400, {"code": "request_malformed", "status": 400}
        return 200, {"message": self._sealer.seal(envelope)}

    async def _take(self, body: bytes) -> tuple[int, Any]:
        try:
            messages = json.loads(body)["messages"]
            if not isinstance(messages, list) or not all(isinstance(text, str) for text in messages):
                raise ValueError("messages is no list of texts")
        except (ValueError, TypeError, KeyError) as error:
            self._fault("4", f"交来的不是规定的格式（not the form of a batch）：{error}")
            return 400, {"code": "request_malformed", "status": 400}
        if not 1 <= len(messages) <= 500:
            self._fault("4", f"一批有 {len(messages)} 条（a batch of {len(messages)}; 1 to 500 are allowed）")
        opened = [self._open(text) for text in messages]
        troubles = [self._next_trouble(one) for one in opened if isinstance(one, Opened)]
        if "500" in troubles:
            return 500, {"code": "internal", "status": 500}
        receipts: dict[int, dict[str, Any]] = {
            place: one for place, one in enumerate(opened) if not isinstance(one, Opened)
        }
        whole = [(place, one) for place, one in enumerate(opened) if isinstance(one, Opened)]
        for place, one in sorted(whole, key=lambda pair: pair[1].envelope.seq):
            receipts[place] = self._one(one, put_off="retry" in troubles)
        async with self._news:
            self._news.notify_all()
        return 200, [receipts[place] for place in range(len(messages))]

    def _open(self, text: str) -> Opened | dict[str, Any]:
        try:
            return self._opener.open(text)
        except AppError as error:
            self._fault("3", f"{error.code} {error.text}：{text[:80]}…")
            return {"id": None, "status": "refused", "code": error.code, "text": error.text}

    def _next_trouble(self, opened: Opened) -> str:
        waiting = self._troubles.get(opened.envelope.matter_id)
        return waiting.pop(0) if waiting else ""

    def _one(self, opened: Opened, *, put_off: bool) -> dict[str, Any]:
        envelope = opened.envelope
        self.handed_in[envelope.id] += 1
        said = f"{envelope.kind} {envelope.seq}"
        if self._digests.setdefault(envelope.id, opened.digest) != opened.digest:
            self._fault("3", f"{said} 重发时内容变了（sent again with other bytes）")
            return _refused(envelope, "message_reused")
        if envelope.id in self._receipts:
            return self._receipts[envelope.id]
        if put_off:
            return {"id": str(envelope.id), "status": "retry", "code": "try_again"}
        head = self._heads[envelope.matter_id]
        if envelope.seq > head + 1:
            return {"id": str(envelope.id), "status": "retry", "code": "out_of_order"}
        if envelope.seq <= head:
            self._fault("6", f"{said} 的编号已用过（this number was another message）")
            return _refused(envelope, "message_reused")
        self._heads[envelope.matter_id] = envelope.seq
        self._receipts[envelope.id] = self._judge(opened, said)
        return self._receipts[envelope.id]

    def _judge(self, opened: Opened, said: str) -> dict[str, Any]:
        envelope = opened.envelope
        if envelope.kind not in _decoders:
            return {"id": str(envelope.id), "status": "parked"}
        try:
            _decoders[envelope.kind].decode(msgspec.json.encode(envelope.body))
        except msgspec.ValidationError as error:
            self._fault("8", f"{said} 的内容不合规范（the body does not fit its schema）：{error}")
            return _refused(envelope, "message_malformed")
        self.came.append(Came(envelope, opened.digest, self._clock.now()))
        return {"id": str(envelope.id), "status": "handled"}

    def _fault(self, clause: str, text: str) -> None:
        self.faults.append((clause, text))


def _refused(envelope: Envelope, code: str) -> dict[str, Any]:
    return {"id": str(envelope.id), "status": "refused", "code": code}


def _envelope(about: About, receiver: str, now: datetime) -> Envelope:
    given = {
        "id": new_id(),
        "kind": ABOUT_TOLD,
        "sender": about.centre,
        "receiver": receiver,
        "matter_id": NOBODY,
        "seq": 1,
        "sent_at": now,
        "body": msgspec.to_builtins(about),
    }
    return msgspec.convert(given, Envelope)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


@contextlib.asynccontextmanager
async def listening(app: Any, host: str, port: int) -> AsyncIterator[str]:
    """The application behind a socket. Yields its address; raises OSError when the port is taken."""
    with socket.socket() as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        server = _Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=0))
        task = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            while not server.started and not task.done():  # noqa: ASYNC110 (uvicorn has no event for it)
                await asyncio.sleep(0.01)
            yield f"http://{host}:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task
