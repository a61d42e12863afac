"""After a cut two batches are on their way at a time; what comes later in a matter still waits for the receipts of what came before."""

import asyncio

import pytest

from liandong.exchange import send
from liandong.exchange.send import Unreachable, Unusable


class Watched:
    """Stands before a link: notes which matters are on their way at the same time. `gate` holds the batches back, `fails` names what comes of one."""

    def __init__(self, sender):
        self.inner = sender._post
        self.on_the_way, self.most, self.posts = 0, 0, []
        self.fails = {}
        sender._post = self

    async def __call__(self, sealed):
        self.posts.append(sealed)
        error = self.fails.get(len(self.posts))
        self.on_the_way += 1
        self.most = max(self.most, self.on_the_way)
        try:
            for _ in range(50):  # the next one has time to come
                await asyncio.sleep(0)
            await asyncio.sleep(0.02)
            if error is not None:
                raise error
            return await self.inner(sealed)
        finally:
            self.on_the_way -= 1


@pytest.fixture
async def waiting(world, monkeypatch):
    """Six matters of two messages each wait; a batch is three."""
    monkeypatch.setattr(send, "BATCH", 3)
    world.cut()
    centre = world.centre("12345")
    for n in range(6):
        order = await centre.takes(f"小区有人偷电动车，第{n}辆")
        await order.transfer("110")
        await order.supplement(text=f"补充：{n}")
    world.mend()
    sender = centre.senders["110"]
    sender._batch = 3
    return sender, Watched(sender)


async def arrived(world):
    rows = await world.centre("110").inbox()
    by_matter = {}
    for row in rows:
        by_matter.setdefault(row["matter_id"], []).append(row["seq"])
    return sorted(by_matter.values())


async def test_two_batches_fly_at_once_and_every_matter_keeps_its_order(world, waiting):
    sender, watched = waiting
    assert await sender.send_waiting(lambda: True) == 12
    assert watched.most == 2
    assert await arrived(world) == [[1, 2]] * 6
    assert {row["attempts"] for row in await world.centre("12345").outbox()} == {1}  # nobody was ahead of his turn
    assert sender._flying == set()


async def test_a_peer_that_goes_away_under_one_batch_gets_the_other_and_the_rest_when_it_is_back(world, waiting):
    sender, watched = waiting
    watched.fails[1] = Unreachable("cut")
    with pytest.raises(Unreachable):
        await sender.send_waiting(lambda: True)
    assert sender._flying == set()
    assert await sender.send_waiting(lambda: True) > 0
    assert await arrived(world) == [[1, 2]] * 6
    assert {row["status"] for row in await world.centre("12345").outbox()} == {"delivered"}


async def test_after_trouble_with_a_batch_one_goes_at_a_time_until_the_batches_are_whole_again(world, waiting):
    sender, watched = waiting
    watched.fails = {1: Unusable("nonsense"), 2: Unusable("nonsense")}
    with pytest.raises(Unusable):
        await sender.send_waiting(lambda: True)
    watched.most, watched.fails = 0, {}
    first = asyncio.create_task(sender.send_waiting(lambda: True))
    while len(watched.posts) < 3:
        await asyncio.sleep(0)
    assert len(watched.posts[2]) == 1
    assert watched.most == 1
    await first
    assert watched.most == 2
    assert await arrived(world) == [[1, 2]] * 6


async def test_who_has_lost_the_peer_sends_no_further_batch(world, waiting):
    sender, watched = waiting
    looks = iter([True, False])
    await sender.send_waiting(lambda: next(looks))
    assert len(watched.posts) == 1
