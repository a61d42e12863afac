"""The peer answers something else than receipts: each message stays where it is until the peer comes to its senses."""

import contextlib
import time

import httpx
import pytest

from gates import open_gate
from liandong.exchange import send
from liandong.exchange.send import HttpPost, Peer, Unreachable
from nonsense import ANSWERS, HANGING, Nonsense, whole


@contextlib.asynccontextmanager
async def nonsensical_peer(world, nonsense):
    """12345 posts over a real connection to a peer that gives these answers."""
    async with open_gate("127.0.0.1", 9) as gate, httpx.AsyncClient(trust_env=False) as client:
        gate.answer_with(nonsense)
        yield world.centre("12345").node.sender("110", HttpPost(client, Peer("110", gate.url)))


async def waiting(world, matters=2):
    for n in range(matters):
        await (await world.centre("12345").takes(f"小区有人偷电动车，第{n}辆")).transfer("110")


async def statuses(world):
    return {row["status"] for row in await world.centre("12345").outbox()}


@pytest.mark.parametrize("name", ANSWERS)
async def test_no_message_counts_as_delivered_after(world, name):
    await waiting(world)
    nonsense = Nonsense({name: ANSWERS[name]})
    async with nonsensical_peer(world, nonsense) as sender:
        with pytest.raises(Unreachable):
            await sender.send_pending()
    assert nonsense.given == [name]
    assert await statuses(world) == {"pending"}
    attempt = (await world.centre("12345").pool.fetch("SELECT * FROM attempts"))[0]
    assert attempt["delivered"] == 0
    assert attempt["error"]
    await world.fast_forward(seconds=10)
    assert await statuses(world) == {"delivered"}
    assert await world.differences() == []


@pytest.mark.parametrize("name", HANGING)
async def test_a_peer_that_holds_the_line_is_left_after_a_while(world, name, monkeypatch):
    monkeypatch.setattr(send, "ANSWER_WITHIN", 0.3)
    await waiting(world)
    async with nonsensical_peer(world, Nonsense({name: HANGING[name]})) as sender:
        with pytest.raises(Unreachable, match="no answer within"):
            await sender.send_pending()
    assert await statuses(world) == {"pending"}


async def test_a_peer_that_answers_byte_by_byte_does_not_hold_the_sender_for_ever(world, monkeypatch):
    monkeypatch.setattr(send, "ANSWER_WITHIN", 0.5)
    await waiting(world)
    started = time.monotonic()
    async with nonsensical_peer(world, Nonsense({"slowly": whole}, drip=0.05)) as sender:
        with pytest.raises(Unreachable, match="no answer within"):
            await sender.send_pending()
    assert time.monotonic() - started < 10
    assert await statuses(world) == {"pending"}


async def test_before_a_peer_that_can_not_use_a_batch_the_batches_shrink_until_one_message_is_put_off(world):
    await waiting(world, matters=8)
    sizes = []

    async def stumbling(sealed):
        """It breaks over the very first message, whatever comes with it."""
        sizes.append(len(sealed))
        stumbling.over = stumbling.over or sealed[0]
        if stumbling.over in sealed:
            raise send.Unusable("HTTP 500")
        return await world.centre("110").node.receiver.receive(sealed, "test")

    stumbling.over = None
    sender = world.centre("12345").node.sender("110", stumbling)
    for _ in range(9):
        with contextlib.suppress(Unreachable):
            await sender.send_pending()
    assert sizes == [8, 4, 2, 1, 1, 1, 2, 3, 1]
    rows = await world.centre("12345").outbox()
    assert sorted(row["status"] for row in rows) == ["delivered"] * 7 + ["pending"]


async def test_a_peer_whose_database_is_down_is_asked_again_within_seconds_however_long_it_was_down(world):
    await waiting(world, matters=1)

    async def down(sealed):
        return [send.Receipt(row["id"], "retry", "try_again") for row in await world.centre("12345").outbox()]

    sender = world.centre("12345").node.sender("110", down)
    for _ in range(12):
        await sender.send_pending()
        row = (await world.centre("12345").outbox())[0]
        world.clock.advance(row["next_attempt_at"] - world.clock.now())
    assert row["attempts"] == 12
    await sender.send_pending()
    row = (await world.centre("12345").outbox())[0]
    assert (row["next_attempt_at"] - world.clock.now()).total_seconds() <= send.LONGEST_WAIT


async def test_a_message_that_can_not_be_sealed_holds_back_no_other_matter(world):
    await waiting(world, matters=2)
    centre = world.centre("12345")
    broken = (await centre.outbox())[0]["id"]
    await centre.pool.execute("UPDATE outbox SET body = '{' WHERE id = $1", broken)
    await centre.send()
    assert {row["id"] == broken: row["status"] for row in await centre.outbox()} == {
        True: "pending",
        False: "delivered",
    }
