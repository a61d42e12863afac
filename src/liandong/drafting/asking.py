"""Asks the model once. Whatever it does instead of answering ends in one sentence and never in more waiting than the patience."""

import asyncio
from typing import Any

import httpx
import msgspec
from msgspec import Struct

from liandong.drafting.settings import LargeModelSettings

LARGEST = 256 * 1024  # bytes of an answer that are read
LONGEST = 4_000  # characters of a draft


class NoDraft(Exception):
    """Why there is no draft, for the record and for people."""


class _Message(Struct):
    content: str


class _Choice(Struct):
    message: _Message


class _Answer(Struct):
    choices: list[_Choice]


_answer = msgspec.json.Decoder(_Answer)


class LargeModel:
    def __init__(self, settings: LargeModelSettings, key: str = "", transport: httpx.AsyncBaseTransport | None = None):
        self.settings = settings
        self._key = key
        self._transport = transport

    async def ask(self, task: str, material: str) -> str:
        """Plain text. Raises NoDraft."""
        try:
            async with asyncio.timeout(self.settings.patience):
                body = await self._posted(task, material)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError) as error:
            raise NoDraft(f"大模型没有应答（{type(error).__name__}）") from error
        try:
            text = _answer.decode(body).choices[0].message.content
        except (msgspec.DecodeError, IndexError, UnicodeDecodeError) as error:
            raise NoDraft("大模型的应答不合格式") from error
        return plain(text)

    async def _posted(self, task: str, material: str) -> bytes:
        asked: dict[str, Any] = {
            "model": self.settings.model,
            "messages": [{"role": "system", "content": task}, {"role": "user", "content": material}],
            "temperature": 0,
            "max_tokens": self.settings.most_tokens,
            "stream": False,
        }
        headers = {"authorization": f"Bearer {self._key}"} if self._key else {}
        client = httpx.AsyncClient(trust_env=False, timeout=self.settings.patience, transport=self._transport)
        url = f"{self.settings.url.rstrip('/')}/chat/completions"
        async with client, client.stream("POST", url, json=asked, headers=headers) as answer:
            if answer.status_code != 200:
                raise NoDraft(f"大模型答 {answer.status_code}")
            body = b""
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise NoDraft("大模型的应答过长")
        return body


def plain(text: str) -> str:
    """Without what no person wrote: thoughts aloud, marks of formatting, characters that do not print. Raises NoDraft for nothing, or too much."""
    text = text.rpartition("</think>")[2]
    text = "".join(c for c in text if c.isprintable() or c == "\n").replace("**", "").replace("```", "").strip()
    if not text:
        raise NoDraft("大模型的应答是空的")
    if len(text) > LONGEST:
        raise NoDraft("大模型的应答过长")
    return text
