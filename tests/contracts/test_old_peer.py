"""A node of the first message version and a new one live side by side: matters go both ways, danger waits for nobody, nothing is parked or dead."""

from typing import Any
from uuid import uuid4

import pytest
from old_messages import OLD_MESSAGES
from old_node import make_old, speak_as_then

from liandong.core.errors import AppError
from liandong.exchange import contracts
from liandong.exchange.contracts import MESSAGES
from liandong.linkage.spoken import INSTEAD
from liandong.peers.model import FIRST_KINDS
from world import OrderHandle, World

PAIRS = [("12345", "110"), ("110", "12345")]


async def _clean(world: World, *, open_: int = 0) -> None:
    """Nothing dead, parked or refused; both sides see the same."""
    await world.settle()
    for centre in world.centres:
        assert [row["kind"] for row in await centre.outbox() if row["status"] != "delivered"] == []
        assert [(row["kind"], row["code"]) for row in await centre.inbox() if row["status"] != "handled"] == []
    assert await world.differences() == []
    assert await world.open_loops() == open_


async def _through(order: OrderHandle, there: str) -> None:
    """Accepted there, worked on, fed back and evaluated."""
    world = order.centre.world
    await world.settle()
    peer = await order.at(there)
    if peer.is_asked:
        await peer.accept_transfer()
    await world.settle()
    await peer.work()
    await world.settle()
    assert order.order.answer
    await order.finish()
    await world.settle()
    await peer.close()


@pytest.mark.parametrize("old", ["12345", "110"])
@pytest.mark.parametrize(("here", "there"), PAIRS)
async def test_a_matter_goes_over_and_both_loops_close(world: World, old: str, here: str, there: str) -> None:
    make_old(world, old)
    order = await world.centre(here).takes("路灯坏了")
    await order.transfer(there)
    await _through(order, there)
    await _clean(world)


@pytest.mark.parametrize("old", ["12345", "110"])
async def test_danger_is_taken_at_once(world: World, old: str) -> None:
    make_old(world, old)
    order = await world.centre("12345").takes("家里煤气味很大，有人晕倒了")
    await order.transfer("110", urgent=True)
    await world.settle()
    assert await world.owners(order.matter_id) == ["110"]
    await _through(order, "110")
    await _clean(world)


@pytest.mark.parametrize("old", ["12345", "110"])
async def test_danger_that_the_police_see_while_asked_is_theirs_at_once(world: World, old: str) -> None:
    make_old(world, old)
    order = await world.centre("12345").takes("楼下吵架")
    await order.transfer("110")
    await world.settle()
    police = await order.at("110")
    await police.raise_danger(text="拿出了刀")
    await world.settle()
    assert await world.owners(order.matter_id) == ["110"]
    assert order.status == "following"
    await _through(order, "110")
    await _clean(world)


@pytest.mark.parametrize("old", ["12345", "110"])
async def test_danger_in_what_the_police_had_handed_over_comes_back_to_them(world: World, old: str) -> None:
    make_old(world, old)
    police = await world.centre("110").takes("楼上漏水")
    await police.transfer("12345")
    await world.settle()
    hotline = await police.at("12345")
    await hotline.accept_transfer()
    await world.settle()
    await police.raise_danger(text="墙要塌了")
    await world.settle()
    assert await world.owners(police.matter_id) == ["110"]
    assert hotline.order.danger


async def test_an_old_police_desk_that_only_tells_of_danger_gets_the_matter_urgently(world: World) -> None:
    """The first version did not claim: it told the holder and waited for its urgent offer. The link is played by hand."""
    make_old(world, "110")
    police = await world.centre("110").takes("楼上漏水")
    await police.transfer("12345")
    await world.settle()
    hotline = await police.at("12345")
    await hotline.accept_transfer()
    await world.settle()
    await world.centre("110").pool.execute(
        "INSERT INTO outbox (id, peer, matter_id, seq, kind, body, created_at, exercise, urgent, next_attempt_at)"
        " SELECT $1, '12345', $2, max(seq) + 1, 'danger.raised.v1', $3::jsonb, $4, 'actual', false, $4 FROM outbox WHERE matter_id = $2",
        uuid4(), police.matter_id, '{"at": "2025-03-04T02:00:00Z", "text": "墙要塌了"}', world.clock.now(),
    )  # fmt: skip
    await world.settle()
    said = [row["kind"] for row in await world.centre("12345").outbox()]
    assert said[-1] == "transfer.offered.v1"
    assert await world.owners(police.matter_id) == ["110"]


@pytest.mark.parametrize("old", ["12345", "110"])
async def test_a_talk_that_the_other_side_would_not_hear_is_refused_in_words(world: World, old: str) -> None:
    make_old(world, old)
    new = "110" if old == "12345" else "12345"
    order = await world.centre(new).takes("路灯坏了")
    await order.transfer(old)
    await world.settle()
    position: dict[str, Any] = {"owner": old, "basis_kind": "law", "basis": "国办发〔2022〕12号"}
    for action, fields in (("negotiate", position), ("open_three_way_call", {"to": old})):
        with pytest.raises(AppError, match="版本还不支持"):
            await order.act(action, **fields)
    await world.fast_forward(hours=30)
    assert "negotiation.opened_by_clock" not in await order.events()
    assert "clock.overdue" in await order.events()
    await _through(order, old)
    await _clean(world)


@pytest.mark.parametrize("old", ["12345", "110"])
async def test_a_recall_that_the_other_side_would_not_hear_is_refused_in_words(world: World, old: str) -> None:
    make_old(world, old)
    new = "110" if old == "12345" else "12345"
    order = await world.centre(new).takes("路灯坏了")
    await order.transfer(old)
    await world.settle()
    await (await order.at(old)).accept_transfer()
    await world.settle()
    with pytest.raises(AppError, match="版本还不支持"):
        await order.recall_transfer(reason="转错了")


async def test_a_negotiation_with_a_peer_that_went_back_to_the_old_version_ends_by_a_withdrawal(world: World) -> None:
    """Its program was replaced by the old one while both were talking."""
    order = await world.centre("12345").takes("路灯坏了")
    await order.transfer("110")
    await order.negotiate(owner="110", basis_kind="law", basis="国办发〔2022〕12号")
    await world.settle()
    make_old(world, "110")
    await order.keep_matter(text="先由我们办理")
    await world.settle()
    kinds = [row["kind"] for row in await world.centre("12345").outbox()]
    assert kinds[-1] == "transfer.withdrawal_requested.v1"
    assert order.snapshot.transfers[-1].status == "kept"
    assert any("transfer.kept.v1" in str(event["body"]) for event in await order.ledger())
    assert await world.owners(order.matter_id) == ["12345"]
    await order.work()
    await order.finish()
    await _clean(world)


async def test_what_moves_nothing_is_left_unsaid_and_written_down(world: World) -> None:
    make_old(world, "110")
    order = await world.centre("12345").takes("路灯坏了")
    await order.transfer("110")
    await world.settle()
    await (await order.at("110")).accept_transfer()
    await world.settle()
    await order.urge(text="来电人再次询问")
    event = (await order.ledger())[-1]
    assert event["kind"] == "order.urged"
    assert "not_spoken" in str(event["body"])
    await _through(order, "110")
    await _clean(world)


async def test_a_peer_that_was_upgraded_is_spoken_to_in_full(world: World) -> None:
    here = world.centre("12345")
    speak_as_then(here, "110")
    order = await here.takes("路灯坏了")
    await order.transfer("110")
    await world.settle()
    here.node.policy._speaks = lambda peer, kind: True
    await order.negotiate(owner="110", basis_kind="law", basis="国办发〔2022〕12号")
    await world.settle()
    assert (await order.at("110")).snapshot.negotiation


def test_every_newer_kind_about_a_matter_has_its_word_for_an_old_peer() -> None:
    notices = {
        kind for kind in MESSAGES if kind.startswith(("ledger.", "messages.", "catalogue.", "card.", "emergency."))
    }
    assert set(OLD_MESSAGES) == FIRST_KINDS
    assert set(INSTEAD) == set(MESSAGES) - FIRST_KINDS - notices


def test_no_field_of_the_first_version_has_gone_or_changed() -> None:
    """Whatever the first version could write, the newest reads as it was meant."""
    for kind, old in OLD_MESSAGES.items():
        new = getattr(contracts, MESSAGES[kind].__name__)
        assert set(old.__struct_fields__) <= set(new.__struct_fields__), kind
        added = set(new.__struct_fields__) - set(old.__struct_fields__)
        required = new.__struct_fields__[: len(new.__struct_fields__) - len(new.__struct_defaults__)]
        assert not added & set(required), f"{kind}: a new field must be optional"
