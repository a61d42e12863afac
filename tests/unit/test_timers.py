"""The worker's rounds go on whatever one of them meets."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from liandong.core import keeping, timers
from liandong.core.clock import ManualClock, SystemClock


class Pool:
    """Each look meets the next trouble; then there is nothing to do."""

    def __init__(self, *troubles):
        self._troubles = list(troubles)
        self.calm = asyncio.Event()

    async def fetch(self, *_):
        if self._troubles:
            raise self._troubles.pop(0)
        self.calm.set()
        return []


async def test_neither_a_broken_database_nor_a_bug_ends_the_rounds(monkeypatch):
    monkeypatch.setattr(timers, "PAUSE", 0.001)
    pool = Pool(
        ConnectionRefusedError(),
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
        asyncpg.DiskFullError("no space left on device"),
        KeyError("a bug"),
    )
    rounds = asyncio.create_task(timers.keep_firing(pool, ManualClock(datetime(2025, 3, 4, tzinfo=UTC)), None))
    async with asyncio.timeout(5):
        await pool.calm.wait()
    assert not rounds.done()
    rounds.cancel()


@pytest.mark.parametrize(("given", "ahead"), [("180", 180), ("-90.5", -90.5), ("", 0)])
def test_a_clock_can_be_made_wrong(monkeypatch, given, ahead):
    monkeypatch.setenv("LIANDONG_CLOCK_OFFSET", given)
    assert abs((SystemClock().now() - datetime.now(UTC)).total_seconds() - ahead) < 5


async def test_a_loop_that_fails_begins_again_and_one_that_returns_is_over(monkeypatch):
    monkeypatch.setattr(keeping, "PAUSE", 0.001)
    troubles = [KeyError("a bug"), ConnectionRefusedError()]
    begun = []

    async def loop(first, *, second):
        begun.append((first, second))
        if troubles:
            raise troubles.pop(0)

    async with asyncio.timeout(5):
        await keeping.kept(loop, 1, second=2)
    assert begun == [(1, 2)] * 3
