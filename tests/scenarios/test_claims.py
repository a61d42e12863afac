"""Only the police desk claims a matter in danger; a centre that has no part in the matter can't take it out of anybody's hands."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from liandong.exchange.contracts import Envelope


@pytest.fixture
async def city(open_world):
    return await open_world("12345", "110", "gas")


async def claims(city, sender, order, *, seq):
    """What a peer with a valid key could send."""
    body = {
        "transfer_id": str(uuid4()),
        "number": "x-1",
        "at": "2025-03-04T02:00:00Z",
        "text": "险情，由我方接管",
        "claim": 7,
    }
    envelope = Envelope(
        id=uuid4(),
        kind="danger.claimed.v1",
        sender=sender,
        receiver="12345",
        matter_id=order.matter_id,
        seq=seq,
        sent_at=datetime(2025, 3, 4, 2, tzinfo=UTC),
        body=body,
    )
    sealed = city.centre(sender).node.sealer.seal(envelope)
    (receipt,) = await city.centre("12345").node.receiver.receive([sealed], "10.0.0.7")
    return receipt


async def test_a_stranger_to_the_matter_claims_in_vain(city):
    order = await city.centre("12345").takes("家门口的路灯坏了三天")
    receipt = await claims(city, "gas", order, seq=1)
    assert (receipt.status, receipt.code) == ("refused", "guard_refused")
    assert "只能由公安报警台宣布" in receipt.text
    await order.look()
    assert (order.order.status, order.order.responsible, order.order.claim) == ("accepted", True, 0)


async def test_the_police_desk_claims_what_it_never_shared_before(city):
    order = await city.centre("12345").takes("家门口的路灯坏了三天")
    receipt = await claims(city, "110", order, seq=1)
    assert receipt.status == "handled", receipt.text
    await order.look()
    assert (order.order.status, order.order.responsible, order.order.danger) == ("following", False, True)


async def test_a_centre_of_the_matter_may_tell_of_the_claim(city):
    order = await city.centre("12345").takes("燃气表要换新的")
    await order.offer_transfer(to="gas")
    await city.settle()
    receipt = await claims(city, "gas", order, seq=1)
    assert receipt.status == "handled", receipt.text
