"""A message that its receiver refuses for good is a dead letter: visible, never lost, and sent again by a person."""

import contextlib

import msgspec
import pytest

from liandong.exchange import receive
from liandong.exchange.contracts import TransferOffered
from liandong.exchange.receive import SQL


class OfferOfAnotherTime(TransferOffered, kw_only=True):
    """What a receiver would ask for whose software does not fit its peer's."""

    weather: str


@contextlib.contextmanager
def a_receiver_that_does_not_understand():
    decoders = receive._decoders
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(decoders, "transfer.offered.v1", msgspec.json.Decoder(OfferOfAnotherTime))
        yield


async def a_dead_letter(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    with a_receiver_that_does_not_understand():
        await world.settle()
    return order


async def test_a_refused_message_is_dead_at_once_and_says_why(world):
    await a_dead_letter(world)
    row = (await world.centre("12345").outbox())[0]
    assert row["status"] == "dead"
    assert row["last_error"].startswith("message_malformed")
    kept = (await world.centre("110").inbox())[0]
    assert kept["status"] == "refused"
    assert kept["raw"]


async def test_a_dead_letter_is_not_tried_again_by_itself(world):
    await a_dead_letter(world)
    sent = await dead_tries(world)
    await world.fast_forward(hours=5)
    assert await dead_tries(world) == sent


async def dead_tries(world):
    outbox = await world.centre("12345").outbox()
    return outbox[0]["attempts"], outbox[0]["status"]


async def test_the_sender_stays_responsible_and_is_alarmed(world):
    order = await a_dead_letter(world)
    await world.fast_forward(minutes=20)
    assert await world.owners(order.matter_id) == ["12345"]
    assert "negotiation.opened_by_clock" in await order.events()
    assert (await world.differences())[0].kind == "stuck"


async def test_resend_delivers_it_even_after_what_followed(world):
    order = await a_dead_letter(world)
    await order.supplement(text="车是红色的")
    await world.settle()
    pool = world.centre("12345").pool
    assert {row["status"] for row in await world.centre("12345").outbox()} == {"dead"}
    dead = [row["id"] for row in await pool.fetch(SQL.dead_ids, "110")]
    assert len(await pool.fetch(SQL.resend, dead, world.clock.now())) == 2
    await world.settle()
    assert {row["status"] for row in await world.centre("12345").outbox()} == {"delivered"}
    assert (await order.at("110")).order.content.endswith("车是红色的")
    assert await world.differences() == []


async def test_resend_takes_only_dead_letters(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    pool = world.centre("12345").pool
    sent = [row["id"] for row in await world.centre("12345").outbox()]
    assert await pool.fetch(SQL.resend, sent, world.clock.now()) == []


async def test_a_message_too_large_to_seal_dies_alone(world):
    centre = world.centre("12345")
    order = await centre.takes("小区有人偷电动车")
    await order.transfer("110")
    await centre.pool.execute(
        "UPDATE outbox SET body = jsonb_set(body::jsonb, '{note}', to_jsonb(repeat('x', 300000)))::text"
    )
    other = await centre.takes("又有人偷电动车")
    await other.transfer("110")
    await world.settle()
    states = {row["matter_id"]: row for row in await centre.outbox()}
    assert states[order.matter_id]["status"] == "dead"
    assert states[order.matter_id]["last_error"].startswith("too_large")
    assert states[other.matter_id]["status"] == "delivered"
