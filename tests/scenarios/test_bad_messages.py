"""What is no good message gets the documented answer, leaves the documented trace and touches nobody else's."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
import pytest

from liandong.exchange.contracts import Envelope
from liandong.exchange.sealing import MAX_MESSAGE, Sealer, new_key

OFFER = {
    "transfer_id": "00000000-0000-7000-8000-000000000009",
    "urgent": False,
    "part": False,
    "first_receiver": "12345",
    "sender_number": "120000-12345-20250304-000001",
    "round": 1,
    "content": "小区有人偷电动车",
    "created_at": "2025-03-04T02:00:00Z",
}


def envelope(body=OFFER, *, kind="transfer.offered.v1", matter_id=None, seq=1, **more):
    given = {
        "id": uuid4(),
        "kind": kind,
        "sender": "12345",
        "receiver": "110",
        "matter_id": matter_id or uuid4(),
        "seq": seq,
        "sent_at": datetime(2025, 3, 4, 2, tzinfo=UTC),
        "body": body | {"transfer_id": str(uuid4())} if "transfer_id" in body else body,
    }
    return Envelope(**(given | more))


@pytest.fixture
def hand_in(world):
    sealer = world.centre("12345").node.sealer

    async def hand(*messages):
        sealed = [message if isinstance(message, str) else sealer.seal(message) for message in messages]
        return await world.centre("110").node.receiver.receive(sealed, "10.0.0.7")

    return hand


async def orders_at_110(world):
    return await world.centre("110").pool.fetchval("SELECT count(*) FROM orders")


def tampered(sealed):
    head, payload, signature = sealed.split(".")
    return ".".join([head, payload[:-6] + ("A" if payload[-6] != "A" else "B") + payload[-5:], signature])


async def test_a_wrong_signature_is_refused_and_kept_as_a_rejection(world, hand_in):
    good = world.centre("12345").node.sealer.seal(envelope())
    foreign = Sealer(new_key(), "12345-1").seal(envelope())
    receipts = await hand_in(tampered(good), foreign)
    assert [(r.status, r.code) for r in receipts] == [("refused", "signature_invalid")] * 2
    traces = await world.centre("110").rejections()
    assert [(t["source"], t["code"]) for t in traces] == [("10.0.0.7", "signature_invalid")] * 2
    assert await world.centre("110").inbox() == []
    assert await orders_at_110(world) == 0


async def test_a_stranger_and_a_message_for_somebody_else_are_refused(world, hand_in):
    stranger = Sealer(new_key(), "999-1").seal(envelope(sender="999"))
    receipts = await hand_in(stranger, envelope(receiver="119"), envelope(sender="110"), "not a message")
    assert [r.code for r in receipts] == ["sender_unknown", "receiver_wrong", "sender_unknown", "message_malformed"]
    assert [t["code"] for t in await world.centre("110").rejections()] == [r.code for r in receipts]


async def test_a_replay_gets_the_same_answer_and_nothing_happens_again(world, hand_in):
    sealed = world.centre("12345").node.sealer.seal(envelope())
    assert [r.status for r in await hand_in(sealed)] == ["handled"]
    assert [r.status for r in await hand_in(sealed, sealed)] == ["handled", "handled"]
    assert await orders_at_110(world) == 1
    assert len(await world.centre("110").inbox()) == 1


async def test_the_same_id_with_other_content_is_refused(world, hand_in):
    message = envelope()
    await hand_in(message)
    receipt = (await hand_in(msgspec.structs.replace(message, body=OFFER | {"content": "别的内容"})))[0]
    assert (receipt.status, receipt.code) == ("refused", "message_reused")
    assert await world.centre("110").pool.fetchval("SELECT content FROM orders") == OFFER["content"]


async def test_a_number_used_twice_in_a_matter_is_refused(world, hand_in):
    message = envelope()
    await hand_in(message)
    again = envelope(
        {"at": "2025-03-04T02:00:00Z", "text": "x"}, kind="matter.supplemented.v1", matter_id=message.matter_id
    )
    receipt = (await hand_in(again))[0]
    assert (receipt.status, receipt.code) == ("refused", "message_reused")


async def test_an_unknown_kind_is_parked_whole_and_does_not_block_what_follows(world, hand_in):
    matter = uuid4()
    strange = envelope({"anything": 1}, kind="drone.landed.v1", matter_id=matter, seq=2)
    receipts = await hand_in(
        envelope(matter_id=matter),
        strange,
        envelope(
            {"at": "2025-03-04T02:00:00Z", "text": "第三条"}, kind="matter.supplemented.v1", matter_id=matter, seq=3
        ),
    )
    assert [r.status for r in receipts] == ["handled", "parked", "handled"]
    parked = (await world.centre("110").pool.fetch("SELECT * FROM inbox WHERE status = 'parked'"))[0]
    assert parked["message_id"] == strange.id
    assert parked["raw"] == world.centre("12345").node.sealer.seal(strange)
    assert (await hand_in(strange))[0].status == "parked"


async def test_an_oversized_message_is_refused_with_a_short_sample_kept(world, hand_in):
    huge = world.centre("12345").node.sealer.seal(envelope(OFFER | {"content": "字" * MAX_MESSAGE}))
    receipt = (await hand_in(huge))[0]
    assert (receipt.status, receipt.code) == ("refused", "too_large")
    trace = (await world.centre("110").rejections())[0]
    assert trace["code"] == "too_large"
    assert len(trace["sample"]) <= 500


@pytest.mark.parametrize(
    "change, field",
    [
        ({"content": 5}, "content"),
        ({"urgent": "yes"}, "urgent"),
        ({"caller": {"phone": "abc"}}, "phone"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"content": "字" * 10_001}, "content"),
    ],
)
async def test_a_body_that_breaks_its_schema_is_refused_with_the_field_named_and_kept(world, hand_in, change, field):
    receipt = (await hand_in(envelope(OFFER | change)))[0]
    assert (receipt.status, receipt.code) == ("refused", "message_malformed")
    assert field in receipt.text
    kept = (await world.centre("110").inbox())[0]
    assert (kept["status"], kept["code"]) == ("refused", "message_malformed")
    assert kept["raw"]


NASTY = {
    "a NUL in the text": {"content": "煤气\x00味"},
    "a NUL in a tag": {"tags": ["a\x00"]},
    "a round beyond the column": {"round": 10**6},
    "a round beyond any integer": {"round": 10**18},
    "a time before all time": {"created_at": "0001-01-01T00:00:00Z"},
    "a tag list without end": {"tags": ["x" * 3000] * 20},
    "a title in another plane": {"title": "😀" * 300},
}


@pytest.mark.parametrize("nasty", NASTY)
async def test_one_nasty_message_touches_neither_the_receiver_nor_its_neighbours(world, hand_in, nasty):
    receipts = await hand_in(envelope(), envelope(OFFER | NASTY[nasty]), envelope())
    assert receipts[0].status == receipts[2].status == "handled"
    assert receipts[1].status in {"handled", "refused"}, nasty
    if receipts[1].status == "refused":
        assert receipts[1].code == "message_malformed"


async def test_a_message_about_a_matter_never_offered_is_refused_and_kept(world, hand_in):
    receipt = (await hand_in(envelope({"at": "2025-03-04T02:00:00Z", "text": "x"}, kind="danger.raised.v1")))[0]
    assert (receipt.status, receipt.code) == ("refused", "unknown_matter")


async def test_an_answer_to_an_offer_that_was_never_made_changes_nothing(world):
    order = await world.centre("110").takes("小区有人偷电动车")
    sealer = world.centre("12345").node.sealer
    bodies = {
        "transfer.accepted.v1": {"number": "1", "accepted_at": "2025-03-04T02:00:00Z"},
        "transfer.returned.v1": {"reason": "other", "basis": "x"},
        "transfer.withdrawn.v1": {},
        "transfer.withdrawal_requested.v1": {"reason": "x"},
    }
    for seq, (kind, body) in enumerate(bodies.items(), start=1):
        message = envelope(body | {"transfer_id": str(uuid4())}, kind=kind, matter_id=order.matter_id, seq=seq)
        receipt = (await world.centre("110").node.receiver.receive([sealer.seal(message)], "test"))[0]
        assert receipt.status in {"handled", "refused"}, kind
    await order.look()
    assert order.status == "received"
    assert order.order.responsible


async def test_an_answer_from_a_centre_that_was_not_asked_changes_nothing(open_world, monkeypatch):
    world = await open_world("12345", "110")
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    transfer = order.snapshot.transfers[0]
    key = new_key()
    from liandong.exchange.sealing import Opener, PeerKey

    opener = Opener("12345", {"119-1": PeerKey("119", key.public_key())})
    monkeypatch.setattr(world.centre("12345").node.receiver, "_opener", opener)
    message = Envelope(
        id=uuid4(),
        kind="transfer.accepted.v1",
        sender="119",
        receiver="12345",
        matter_id=order.matter_id,
        seq=1,
        sent_at=datetime(2025, 3, 4, 2, tzinfo=UTC),
        body={"transfer_id": str(transfer.id), "number": "x", "accepted_at": "2025-03-04T02:00:00Z"},
    )
    await world.centre("12345").node.receiver.receive([Sealer(key, "119-1").seal(message)], "test")
    await order.look()
    assert order.status == "accepted"
    assert order.order.responsible


def test_the_example_offer_is_itself_valid():
    assert UUID(OFFER["transfer_id"]).version == 7
