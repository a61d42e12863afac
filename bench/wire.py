"""A lean HTTP/1.1 client: requests are rendered beforehand, one is outstanding on a connection, answers are cut out of the bytes.

It costs a few microseconds a request, so that on the same machine the server is measured and not its client.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

_LENGTH = b"content-length:"


class Answer(Struct):
    status: int
    head: bytes
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Line(asyncio.Protocol):
    """One keep-alive connection. `on_answer` hears of every answer."""

    def __init__(self, on_answer: Callable[["Line", Answer], None]) -> None:
        self._on_answer = on_answer
        self._buffer = b""
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def send(self, request: bytes) -> None:
        self._transport.write(request)

    def close(self) -> None:
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._buffer = buffer = self._buffer + data if self._buffer else data
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = buffer[:end].lower()
        at = head.find(_LENGTH)
        length = int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(buffer) < end + 4 + length:
            return
        self._buffer = b""
        self._on_answer(self, Answer(int(head[9:12]), head, buffer[end + 4 :]))

    def connection_lost(self, error: Exception | None) -> None:
        self._on_answer(self, Answer(0, b"", b"connection lost"))


class Caller:
    """A `Line` that can be awaited."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[Answer] | None = None
        self._line = Line(self._answered)

    @classmethod
    async def open(cls, url: str) -> "Caller":
        caller = cls()
        await connect(url, caller._line)
        return caller

    async def ask(self, request: bytes, *, expect: int | None = 200) -> Answer:
        """Raises RuntimeError for any other status; with None the caller looks itself."""
        self._answer = asyncio.get_running_loop().create_future()
        self._line.send(request)
        answer = await self._answer
        if expect is not None and answer.status != expect:
            raise RuntimeError(
                f"HTTP {answer.status} instead of {expect}: {answer.body[:400].decode(errors='replace')}"
            )
        return answer

    def close(self) -> None:
        self._line.close()

    def _answered(self, _: Line, answer: Answer) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)


async def connect(url: str, line: Line) -> None:
    parts = urlsplit(url)
    await asyncio.get_running_loop().create_connection(lambda: line, parts.hostname or "", parts.port or 80)


def post(path: str, body: bytes, token: str, headers: Mapping[str, str] | None = None) -> bytes:
    extra = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    head = f"content-type: application/json\r\ncontent-length: {len(body)}\r\n{extra}"
    return f"POST {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n{head}\r\n".encode() + body


def get(path: str, token: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n".encode()
