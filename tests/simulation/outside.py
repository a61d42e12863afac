"""What a run must not get from outside: chance, the time of day, an event loop. Here they come from the run itself.

The same seed therefore replays the same story, bit by bit, in any process.
"""

import contextlib
import logging
import types
from collections.abc import Coroutine, Generator, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from liandong.core import ids
from liandong.exchange import receive, send

A_TUESDAY = datetime(2026, 11, 24, 1, tzinfo=UTC)  # 09:00 in Tianjin
_STEP = timedelta(milliseconds=300)


class Chance:
    """Stands where new_id() asks the system for randomness: a counter, so that ids differ and repeat with the run."""

    drawn = 0

    def urandom(self, length: int) -> bytes:
        self.drawn += 1
        return self.drawn.to_bytes(length)


CHANCE = Chance()


class SimulatedClock:
    """Moves a little with every step and as far as a story says."""

    def __init__(self) -> None:
        self.moment = A_TUESDAY

    def now(self) -> datetime:
        return self.moment

    def tick(self) -> None:
        self.moment += _STEP

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    def reach(self, moment: datetime) -> None:
        self.moment = max(self.moment, moment)


@types.coroutine
def point() -> Generator[None, Any, None]:
    """A place where a crash may come, or somebody faster."""
    yield


async def one_after_another(*jobs: Coroutine[Any, Any, Any]) -> list[Any]:
    """Instead of asyncio.gather: matters of one batch do not meet each other, so side by side or in turn is the same."""
    waiting = list(jobs)
    try:
        return [await waiting.pop(0) for _ in jobs]
    finally:
        for job in waiting:  # after a crash in the midst of it
            job.close()


@contextlib.contextmanager
def no_outside() -> Iterator[None]:
    """The product's modules, cut off from the machine they run on."""
    kept = ids.os, ids.time, receive.asyncio, send.time, logging.root.manager.disable
    ids.os = CHANCE  # type: ignore[assignment]
    ids.time = SimpleNamespace(time_ns=lambda: 1_800_000_000_000_000_000)  # type: ignore[assignment]
    receive.asyncio = SimpleNamespace(gather=one_after_another)  # type: ignore[assignment]
    send.time = SimpleNamespace(perf_counter=lambda: 0.0)  # type: ignore[assignment]
    logging.disable(logging.CRITICAL)  # what is refused or put off is the daily bread here
    try:
        yield
    finally:
        ids.os, ids.time, receive.asyncio, send.time = kept[:4]  # type: ignore[assignment]
        logging.disable(kept[4])
