"""Questions to a peer: a sealed message that is answered at once and stored by nobody (docs/protocol.md, 10 and 14)."""

from typing import Any, TypeVar
from uuid import UUID

import httpx
import msgspec

from liandong.core.clock import Clock
from liandong.core.ids import new_id
from liandong.exchange.contracts import Envelope
from liandong.exchange.sealing import Sealer

T = TypeVar("T")
NOTHING = UUID(int=0)


class NoAnswer(Exception):
    """The peer can't be asked; the text says why."""


class UnknownQuestion(NoAnswer):
    """The peer's version does not have this question yet."""


class Asker:
    """Asks one peer. The caller owns the client."""

    def __init__(self, *, centre: str, peer: str, url: str, sealer: Sealer, client: httpx.AsyncClient, clock: Clock):
        self.centre = centre
        self.peer = peer
        self._url = url.rstrip("/")
        self._sealer = sealer
        self._client = client
        self._clock = clock

    async def ask(self, address: str, kind: str, question: msgspec.Struct, answer: type[T]) -> T:
        """Raises NoAnswer."""
        envelope = Envelope(
            id=new_id(),
            kind=kind,
            sender=self.centre,
            receiver=self.peer,
            matter_id=NOTHING,
            seq=1,
            sent_at=self._clock.now(),
            body=msgspec.to_builtins(question),
        )
        body: dict[str, Any] = {"messages": [self._sealer.seal(envelope)]}
        try:
            response = await self._client.post(f"{self._url}/exchange/v1/{address}", json=body)
            if response.status_code == 404:
                raise UnknownQuestion(f"{self.peer}的版本还不能回答 {kind}（its version does not know this question）")
            response.raise_for_status()
            return msgspec.json.decode(response.content, type=answer)
        except httpx.HTTPError as error:
            raise NoAnswer(f"{type(error).__name__} {error}".strip()) from error
        except msgspec.DecodeError as error:
            raise NoAnswer(f"{self.peer}的回答不合规范：{error}") from error
