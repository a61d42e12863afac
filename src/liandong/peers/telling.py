"""What this centre tells of itself, and asking a peer for the same."""

import secrets
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import asyncpg
import httpx
import msgspec
from msgspec import Struct

from liandong import __version__
from liandong.catalogue.centres import Centre
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.ids import new_id
from liandong.core.sqlfiles import load_sql
from liandong.exchange.contracts import Envelope
from liandong.exchange.sealing import MAX_MESSAGE, Opener, Sealer
from liandong.peers.model import ABOUT_TOLD, NOBODY, PATIENCE, PROTOCOL, About, Heard

SQL = load_sql("liandong.peers")
OLDER = "application/problem+json"  # what a node without this address answers it with


class Sealed(Struct, frozen=True):
    """The answer of /exchange/v1/about: one sealed message of kind about.told.v1."""

    message: str


_sealed = msgspec.json.Decoder(Sealed)


class Teller:
    """Tells of this centre, sealed for one peer. `kinds`: the messages that it understands."""

    def __init__(
        self, profile: Centre, sealer: Sealer, clock: Clock, *, kinds: Iterable[str], peers: Iterable[str]
    ) -> None:
        self._profile = profile
        self._sealer = sealer
        self._clock = clock
        self.kinds = sorted(kinds)
        self._peers = frozenset(peers)

    async def tell(self, pool: asyncpg.Pool, asker: str, nonce: str) -> Sealed:
        """Raises AppError sender_unknown for a centre that is no configured peer."""
        if asker not in self._peers:
            raise AppError("sender_unknown", f"“{asker}”不在本中心的对接名单中")
        desk = await pool.fetchrow(SQL.desk)
        now = self._clock.now()
        profile = self._profile
        about = About(
            centre=profile.code,
            nonce=nonce,
            at=now,
            protocol=PROTOCOL,
            kinds=self.kinds,
            kind=str(profile.kind),
            side=profile.side,
            name=profile.name,
            acts_in_danger=profile.acts_in_danger,
            version=__version__,
            desk_open=desk["open"] if desk else True,
            desk_reason=desk["reason"] if desk else "",
            desk_since=desk["since"] if desk else None,
        )
        return Sealed(self._sealer.seal(_envelope(about, asker, now)))


def _envelope(about: About, receiver: str, now: datetime) -> Envelope:
    return Envelope(
        id=new_id(),
        kind=ABOUT_TOLD,
        sender=about.centre,
        receiver=receiver,
        matter_id=NOBODY,
        seq=1,
        sent_at=now,
        body=msgspec.to_builtins(about),
    )


class AboutAsker:
    """Asks peers for what they tell of themselves. Every answer is checked: who sealed it, for whom, and to which question."""

    def __init__(self, client: httpx.AsyncClient, opener: Opener, clock: Clock, *, centre: str) -> None:
        self._client = client
        self._opener = opener
        self._clock = clock
        self._centre = centre

    async def ask(self, peer: str, url: str) -> Heard:
        """Never raises for what the peer or the network does; `error` says what it was."""
        nonce = secrets.token_urlsafe(12)
        before, started = self._clock.now(), time.perf_counter()
        try:
            answer = await self._client.get(
                f"{url.rstrip('/')}/exchange/v1/about",
                params={"for": self._centre, "nonce": nonce},
                timeout=httpx.Timeout(PATIENCE, connect=2),
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return self._failed(f"{type(error).__name__} {error}".strip())
        took = time.perf_counter() - started
        after = self._clock.now()
        heard = self._read(peer, nonce, answer)
        if isinstance(heard, str):
            return self._failed(heard)
        skew = round((heard.at - (before + (after - before) / 2)).total_seconds() * 1000) if heard else None
        skew = None if skew is None else max(-(2**31) + 1, min(skew, 2**31 - 1))
        return Heard(reachable=True, at=after, latency_ms=round(took * 1000), about=heard, skew_ms=skew)

    def _read(self, peer: str, nonce: str, answer: httpx.Response) -> About | str | None:
        """What was told, None for an older peer that can't be asked, or why it is no answer."""
        if answer.status_code == 404 and answer.headers.get("content-type", "").startswith(OLDER):
            return None
        if answer.status_code != 200:
            return f"HTTP {answer.status_code}"
        if len(answer.content) > MAX_MESSAGE + 100:
            return "too_large"
        try:
            opened = self._opener.open(_sealed.decode(answer.content).message)
            about = msgspec.convert(opened.envelope.body, About)
        except AppError as error:
            return f"{error.code} {error.text}".strip()
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
            return f"not an answer: {error}"[:300]
        envelope = opened.envelope
        if envelope.kind != ABOUT_TOLD or about.nonce != nonce:
            return "not an answer to this question"
        if envelope.sender != peer or about.centre != peer:
            return f"it is {envelope.sender}, not {peer}"
        return about

    def _failed(self, why: str) -> Heard:
        return Heard(reachable=False, at=self._clock.now(), error=why)


def row_of(peer: str, before: Any, heard: Heard) -> tuple[Any, ...]:
    """The peer's row as it is after this answer; what was told earlier stays known while a peer is away."""
    about = heard.about
    moved = before["since"] is None or before["reachable"] != heard.reachable
    keep = not heard.reachable

    def fresh(name: str, value: Any) -> Any:
        return before[name] if keep else value

    return (
        peer,
        heard.reachable,
        heard.slow,
        heard.at if moved else before["since"],
        fresh("last_seen_at", heard.at),
        fresh("latency_ms", heard.latency_ms),
        fresh("version", about.version if about else None),
        fresh("protocol", about.protocol if about else None),
        fresh("kinds", heard.kinds),
        fresh("clock_skew_ms", heard.skew_ms),
        fresh("desk_open", about.desk_open if about else None),
        fresh("desk_reason", about.desk_reason if about else None),
        fresh("desk_since", about.desk_since if about else None),
        heard.error,
    )
