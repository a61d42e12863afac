"""Group execution: who waits together goes together, and nobody pays for his neighbour's fault."""

import asyncio

import asyncpg
import pytest

from liandong.core.errors import AppError
from liandong.core.lanes import MAX_BATCH, Lane, Lanes, OutcomeUnknown


async def together(*calls, **more):
    """Nobody may be left waiting."""
    async with asyncio.timeout(5):
        return await asyncio.gather(*calls, **more)


class Connection:
    def __init__(self):
        self.closed = False

    def is_closed(self):
        return self.closed

    def terminate(self):
        self.closed = True

    async def close(self):
        self.closed = True


class Statement:
    """Doubles each item. A batch with "bad" in it fails whole, as PostgreSQL's would; None answers for "stale"."""

    def __init__(self):
        self.batches = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.lose_next = False

    async def __call__(self, connection, items):
        self.batches.append(list(items))
        await self.gate.wait()
        if self.lose_next:
            self.lose_next = False
            raise asyncpg.ConnectionDoesNotExistError("gone")
        if "full" in items:
            raise asyncpg.DiskFullError("no space left on device")
        if "bad" in items:
            raise asyncpg.DataError("bad row")
        return [None if item == "stale" else item * 2 for item in items]


@pytest.fixture
async def rig():
    statement, connections = Statement(), []

    async def connect():
        connections.append(Connection())
        return connections[-1]

    lane = Lane(connect, statement, key=lambda item: item if isinstance(item, tuple) else object())
    await lane.start()
    yield lane, statement, connections
    await lane.stop()


async def test_a_lone_item_goes_at_once(rig):
    lane, statement, _ = rig
    assert await lane.submit("x") == "xx"
    assert statement.batches == [["x"]]


async def test_who_waits_at_the_same_moment_shares_one_statement(rig):
    lane, statement, _ = rig
    statement.gate.clear()
    first = lane.submit("a")
    await asyncio.sleep(0)
    rest = [lane.submit(c) for c in "bcd"]
    statement.gate.set()
    assert await together(first, *rest) == ["aa", "bb", "cc", "dd"]
    assert statement.batches in ([["a"], ["b", "c", "d"]], [["a", "b", "c", "d"]])
    assert lane.items == 4


async def test_a_stale_item_touches_only_its_own_caller(rig):
    lane, _, _ = rig
    assert await together(*(lane.submit(x) for x in ("a", "stale", "b"))) == ["aa", None, "bb"]


async def test_a_row_that_spoils_the_statement_touches_only_its_own_caller(rig):
    lane, statement, _ = rig
    answers = await together(*(lane.submit(x) for x in ("a", "bad", "b")), return_exceptions=True)
    assert answers[0] == "aa"
    assert isinstance(answers[1], asyncpg.DataError)
    assert answers[2] == "bb"
    assert statement.batches == [["a", "bad", "b"], ["a"], ["bad"], ["b"]]


async def test_two_items_of_one_key_never_share_a_statement(rig):
    lane, statement, _ = rig
    await together(*(lane.submit(("k",)) for _ in range(3)))
    assert [len(batch) for batch in statement.batches] == [1, 1, 1]


async def test_a_batch_has_a_limit(rig):
    lane, statement, _ = rig
    await together(*(lane.submit("x") for _ in range(MAX_BATCH + 10)))
    assert [len(batch) for batch in statement.batches] == [MAX_BATCH, 10]


async def test_a_lost_connection_leaves_the_outcome_unknown_and_the_next_call_connects_again(rig):
    lane, statement, connections = rig
    statement.lose_next = True
    with pytest.raises(OutcomeUnknown):
        await lane.submit("x")
    assert connections[0].closed
    assert await lane.submit("y") == "yy"
    assert len(connections) == 2


async def test_a_full_disk_is_nobody_s_fault_and_all_are_asked_to_try_again_at_once(rig):
    lane, statement, connections = rig
    results = await together(*(lane.submit(item) for item in ("a", "full", "b")), return_exceptions=True)
    assert [getattr(result, "code", None) for result in results] == ["try_again"] * 3
    assert len(statement.batches) == 1, "row by row it would only fail three times more"
    assert await lane.submit("x") == "xx"
    assert len(connections) == 2, "another server may have taken over"


async def test_who_can_not_connect_is_asked_to_try_again():
    tries = 0

    async def connect():
        nonlocal tries
        tries += 1
        if tries > 1:
            raise ConnectionRefusedError
        return Connection()

    lane = Lane(connect, Statement())
    await lane.start()
    lane._connection.closed = True
    with pytest.raises(AppError) as refused:
        await lane.submit("x")
    assert refused.value.code == "try_again"
    await lane.stop()


async def test_a_caller_that_went_away_harms_nobody(rig):
    lane, statement, _ = rig
    statement.gate.clear()
    gone, stays = lane.submit("a"), lane.submit("b")
    await asyncio.sleep(0)
    gone.cancel()
    statement.gate.set()
    assert await stays == "bb"


async def test_items_that_belong_together_always_take_the_same_lane():
    statements = [Statement(), Statement()]

    async def connect():
        return Connection()

    lanes = Lanes([Lane(connect, statement) for statement in statements], spread=len)
    await lanes.start()
    await together(*(lanes.submit(x) for x in ("aa", "bb", "c", "d")))
    assert statements[0].batches == [["aa", "bb"]]
    assert statements[1].batches == [["c", "d"]]
    await lanes.stop()
