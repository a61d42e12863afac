"""Danger is 110's first, whatever was going on (plan 二(三)1)."""

import pytest

from liandong.core.errors import AppError

GAS = "家里煤气味很大，头晕，还有老人在屋里"


async def test_an_urgent_transfer_is_taken_at_once_without_anybody_pressing_anything(world):
    order = await world.centre("12345").takes(GAS)
    assert order.order.danger
    await order.transfer("110", urgent=True)
    await world.settle()
    theirs = await order.at("110")
    assert theirs.status == "received"
    assert theirs.order.urgent
    assert theirs.order.number is not None
    assert order.status == "following"
    assert await world.owners(order.matter_id) == ["110"]
    assert (await theirs.clocks())["police_dispatch"] == "running"


async def test_an_urgent_transfer_can_not_be_refused_or_sent_on_before_dispatch(world):
    order = await world.centre("12345").takes(GAS)
    await order.transfer("110", urgent=True)
    await world.settle()
    theirs = await order.at("110")
    for action, fields in (
        ("return_transfer", {"reason": "not_our_duty", "basis": "目录"}),
        ("offer_transfer", {"to": "12345"}),
    ):
        with pytest.raises(AppError) as refused:
            await theirs.act(action, **fields)
        assert refused.value.code in {"action_not_allowed", "guard_refused"}
    await theirs.look()
    assert theirs.status == "received"


async def test_an_urgent_transfer_can_not_be_withdrawn(world):
    order = await world.centre("12345").takes(GAS)
    await order.transfer("110", urgent=True)
    with pytest.raises(AppError, match="不能撤回"):
        await order.withdraw_transfer(reason="弄错了")


async def test_a_matter_in_danger_goes_urgently_even_if_the_desk_forgets_to_say_so(world):
    order = await world.centre("12345").takes(GAS)
    await order.transfer("110")
    await world.settle()
    assert (await order.at("110")).status == "received"
    assert order.status == "following"


async def test_an_urgent_matter_is_worked_and_its_result_closes_the_hotline_s_order(world):
    order = await world.centre("12345").takes(GAS)
    await order.transfer("110", urgent=True)
    await world.settle()
    theirs = await order.at("110")
    await theirs.work()
    await theirs.close()
    await world.settle()
    await order.finish()
    await world.settle()
    assert await world.open_loops() == 0
    assert await world.differences() == []


async def test_danger_raised_while_an_offer_waits_overtakes_it_and_110_has_it_at_once(world):
    order = await world.centre("12345").takes("楼道里堆了杂物")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    assert theirs.status == "offered"
    await order.raise_danger(text="现在着火了")
    await world.settle()
    assert theirs.status == "received"
    assert theirs.order.danger
    assert "现在着火了" in theirs.order.content
    assert order.status == "following"
    assert await world.owners(order.matter_id) == ["110"]
    assert [t.status for t in order.snapshot.transfers] == ["overtaken", "accepted"]
    assert await world.differences() == []


async def test_danger_raised_during_the_cut_reaches_110_when_the_link_is_back(world):
    order = await world.centre("12345").takes("楼道里堆了杂物")
    world.cut()
    await order.transfer("110")
    await order.raise_danger(text="现在着火了")
    await world.fast_forward(minutes=5)
    assert await world.owners(order.matter_id) == ["12345"]  # never without an owner
    world.mend()
    await world.fast_forward(minutes=1)
    assert (await order.at("110")).status == "received"
    assert await world.owners(order.matter_id) == ["110"]


async def test_the_police_desk_takes_what_it_is_asked_when_it_sees_danger_itself(world):
    order = await world.centre("12345").takes("两家人在吵架")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    await theirs.raise_danger(text="听到有人喊救命")
    await world.settle()
    assert theirs.status == "received"
    assert order.status == "following"
    assert order.order.danger


async def test_danger_seen_by_the_hotline_in_what_110_asked_goes_straight_back(world):
    order = await world.centre("110").takes("两家人因漏水争吵")
    await order.transfer("12345")
    await world.settle()
    hotline = await order.at("12345")
    await hotline.raise_danger(text="说要点燃煤气罐")
    await world.settle()
    assert hotline.status == "declined"
    assert order.status == "received"
    assert order.order.danger
    assert await world.owners(order.matter_id) == ["110"]
    assert await world.differences() == []


async def test_danger_seen_by_110_calls_back_its_open_offer_and_nobody_waits(world):
    order = await world.centre("110").takes("两家人因漏水争吵")
    await order.transfer("12345")
    await world.settle()
    await order.raise_danger(text="拿出了刀")
    await world.settle()
    hotline = await order.at("12345")
    assert await world.owners(order.matter_id) == ["110"]
    assert hotline.status == "declined"  # the word of danger came before the withdrawal
    assert order.snapshot.open_transfer("out") is None
    await order.dispatch(unit=order.centre.unit)


async def test_a_unit_in_the_field_calls_the_police_in_one_tap_and_both_handle_their_part(world):
    order = await world.centre("12345").takes("商户占道经营")
    await order.dispatch(unit=order.centre.unit)
    await order.sign_for()
    await order.raise_danger(text="商户持刀威胁")
    await world.settle()
    police = await order.at("110")
    assert police.status == "received"
    assert order.status == "signed"
    assert sorted(await world.owners(order.matter_id)) == ["110", "12345"]
    assert await world.differences() == []  # each of its part


async def test_when_110_gives_danger_in_its_part_to_the_hotline_the_hotline_may_dispatch(world):
    order = await world.centre("110").takes("夫妻打架，男的拿刀要砍人，孩子在哭")
    assert order.order.danger
    await order.dispatch(unit=order.centre.unit)
    await order.transfer("12345", part=True)
    await world.settle()
    hotline = await order.at("12345")
    await hotline.accept_transfer()
    await hotline.dispatch(unit=hotline.centre.unit)
    assert hotline.status == "dispatched"


async def test_danger_pressed_twice_calls_the_police_once(world):
    order = await world.centre("12345").takes("楼道里堆了杂物")
    await order.raise_danger(text="着火了")
    await order.raise_danger(text="快来人")  # it is on its way: this only tells
    await world.settle()
    assert len(order.snapshot.transfers) == 1
    assert "快来人" in (await order.at("110")).order.content
    await order.raise_danger(text="火更大了")  # following: 110 is told
    await world.settle()
    assert "火更大了" in (await order.at("110")).order.content
