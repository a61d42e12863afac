"""A peer that answers nonsense: every way of being wrong that a sender must survive without losing a message or its mind."""

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

Answer = Callable[[list[Any]], bytes]


def _http(body: bytes, status: str = "200 OK", kind: str = "application/json", **headers: str) -> bytes:
    head = {
        "content-type": kind,
        "content-length": str(len(body)),
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def _receipts(receipts: list[dict[str, Any]]) -> bytes:
    return _http(json.dumps(receipts).encode())


def _handled(messages: list[Any], **wrong: Any) -> list[dict[str, Any]]:
    return [{"id": _id_of(message), "status": "handled"} | wrong for message in messages]


def _id_of(sealed: str) -> str:
    import base64

    payload = sealed.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["id"]


# name → what is written for a batch. Each ends the connection, but for those in HANGING.
ANSWERS: dict[str, Answer] = {
    "a page of HTML": lambda _: _http(b"<html><body>login</body></html>", kind="text/html"),
    "500": lambda _: _http(b"oops", "500 Internal Server Error", "text/plain"),
    "413": lambda _: _http(b"", "413 Content Too Large"),
    "a redirect": lambda _: _http(b"", "302 Found", location="http://127.0.0.1:9/exchange/v1/messages"),
    "204": lambda _: b"HTTP/1.1 204 No Content\r\n\r\n",
    "JSON that is no receipt": lambda _: _http(b'{"ok": true}'),
    "JSON cut off": lambda messages: _http(json.dumps(_handled(messages)).encode()[:-1]),
    "no JSON": lambda _: _http(b"handled"),
    "bytes that are no UTF-8": lambda _: _http(b'[{"id": null, "status": "\xff\xfe"}]'),
    "nesting without end": lambda _: _http(b'[{"x":' + b"[" * 200_000),
    "no receipts": lambda _: _http(b"[]"),
    "one receipt too many": lambda messages: _receipts(
        [*_handled(messages), {"id": str(uuid4()), "status": "handled"}]
    ),
    "one receipt too few": lambda messages: _receipts(_handled(messages)[1:]),
    "receipts for other messages": lambda messages: _receipts(_handled(messages, id=str(uuid4()))),
    "receipts for nobody": lambda messages: _receipts(_handled(messages, id=None)),
    "a status that does not exist": lambda messages: _receipts(_handled(messages, status="ok")),
    "no HTTP": lambda _: b"SSH-2.0-OpenSSH_9.6\r\n",
    "nothing, and hangs up": lambda _: b"",
    "less than it promised": lambda _: (
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n[{"
    ),
    "more than a sender should read": lambda _: _http(b"[" + b" " * (6 << 20) + b"]"),
    "a body packed to blow up": lambda _: _http(b"\x1f\x8b\x08nonsense", content_encoding="gzip"),
}
HANGING: dict[str, Answer] = {
    "nothing, and holds the line": lambda _: b"",
    "half an answer, and holds the line": lambda _: (
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n[{"
    ),
}


class Nonsense:
    """An answerer for a Gate. Each request gets the next answer; `given` says which there were."""

    def __init__(self, answers: dict[str, Answer] = ANSWERS, *, drip: float | None = None) -> None:
        self._answers = itertools.cycle(answers.items())
        self._drip = drip
        self.given: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        messages = json.loads(await _body(reader))["messages"]
        name, answer = next(self._answers)
        self.given.append(name)
        await self._write(writer, answer(messages))
        if name in HANGING:
            await asyncio.sleep(3600)

    async def _write(self, writer: asyncio.StreamWriter, answer: bytes) -> None:
        if self._drip is None:
            writer.write(answer)
            await writer.drain()
            return
        for byte in answer:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(self._drip)


def whole(messages: list[Any]) -> bytes:
    """The right answer, for a peer that is wrong in another way."""
    return _receipts(_handled(messages))


async def _body(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(next(line.split(":")[1] for line in head.splitlines() if line.startswith("content-length")))
    return await reader.readexactly(length)
