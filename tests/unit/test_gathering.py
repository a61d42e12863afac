"""Questions that are asked at the same moment are one query; nobody waits for a timer, and nobody pays for who gave up."""

import asyncio

import pytest

from liandong.core.gathering import Gathered


class Query:
    """Answers each with its double; "bad" fails the query whole."""

    def __init__(self):
        self.asked = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, keys):
        self.asked.append(list(keys))
        await self.gate.wait()
        if "bad" in keys:
            raise OSError("lost")
        return [key * 2 for key in keys]


async def test_a_lone_question_goes_at_once_and_those_that_come_meanwhile_go_together():
    query = Query()
    query.gate.clear()
    gathered = Gathered(query)
    first = asyncio.create_task(gathered.ask("a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(gathered.ask(key)) for key in "bc"]
    await asyncio.sleep(0)
    query.gate.set()
    async with asyncio.timeout(5):
        assert await asyncio.gather(first, *others) == ["aa", "bb", "cc"]
    assert query.asked == [["a"], ["b", "c"]]


async def test_a_query_that_fails_fails_for_those_who_asked_in_it_and_the_next_one_is_answered():
    gathered = Gathered(Query())
    async with asyncio.timeout(5):
        answers = await asyncio.gather(gathered.ask("a"), gathered.ask("bad"), return_exceptions=True)
        assert [type(answer) for answer in answers] == [OSError, OSError]
        assert await gathered.ask("c") == "cc"


async def test_who_gives_up_waiting_disturbs_nobody():
    query = Query()
    query.gate.clear()
    gathered = Gathered(query)
    patient = asyncio.create_task(gathered.ask("a"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await gathered.ask("b")
    query.gate.set()
    async with asyncio.timeout(5):
        assert await patient == "aa"
        assert await gathered.ask("c") == "cc"
