"""A dispute that may turn violent: police at once, and 12345 gets its part, in one step (plan 二(三)1)."""

import pytest

from liandong.core.errors import AppError

DISPUTE = "楼上装修噪声扰民，吵了好几次，说要砍人"


async def split(world):
    police = await world.centre("110").takes(DISPUTE)
    assert police.order.verdict.decision == "dispatch_and_transfer"
    await police.split(unit=police.centre.unit, to="12345", level=2, note="噪声问题请督促物业")
    return police


async def test_one_step_sends_the_police_and_offers_the_part(world):
    police = await split(world)
    assert (police.status, police.order.level, police.order.unit) == ("dispatched", 2, police.centre.unit)
    (transfer,) = police.snapshot.transfers
    assert (transfer.peer, transfer.part, transfer.status) == ("12345", True, "offered")
    assert (await police.events())[-1] == "order.split"
    await world.settle()
    hotline = await police.at("12345")
    assert hotline.is_asked
    assert hotline.order.content == DISPUTE


async def test_each_handles_its_part_and_the_caller_is_told_when_both_are_done(world):
    police = await split(world)
    await world.settle()
    hotline = await police.at("12345")
    await hotline.accept_transfer()
    await world.settle()
    assert set(await world.owners(police.matter_id)) == {"110", "12345"}  # marked as joint handling
    assert police.snapshot.transfers[0].is_joint
    await police.acknowledge()
    await police.arrive()
    await police.start_disposing()
    await police.feed_back(result="双方已劝开")
    await world.settle()
    with pytest.raises(AppError, match="12345承办的部分尚未反馈结果"):
        await police.close()
    await hotline.work()
    await world.settle()
    await hotline.close()
    await police.finish()
    await world.settle()
    assert await world.open_loops() == 0
    assert await world.differences() == []


async def test_a_cut_link_keeps_nobody_from_being_sent(world):
    world.cut()
    police = await split(world)
    await world.fast_forward(minutes=6)
    assert police.status == "dispatched"
    assert not await world.centre("12345").knows(police.matter_id)
    await police.acknowledge()
    world.mend()
    await world.fast_forward(seconds=30)
    assert (await police.at("12345")).is_asked


async def test_a_part_that_12345_gives_back_stays_with_the_police(world):
    police = await split(world)
    await world.settle()
    hotline = await police.at("12345")
    await hotline.return_transfer(reason="not_our_duty", basis="目录")
    await world.settle()
    assert await world.owners(police.matter_id) == ["110"]
    await police.acknowledge()
    await police.arrive()
    await police.start_disposing()
    await police.feed_back(result="双方已劝开")
    await police.finish()
    await world.settle()
    assert await world.open_loops() == 0


async def test_an_unknown_unit_sends_nobody_and_offers_nothing(world):
    police = await world.centre("110").takes(DISPUTE)
    with pytest.raises(AppError, match="没有机构代码"):
        await police.split(unit="nobody", to="12345")
    await police.look()
    assert police.status == "received"
    assert not police.snapshot.transfers


async def test_the_hotline_has_no_split(world):
    order = await world.centre("12345").takes("路灯坏了")
    with pytest.raises(AppError):
        await order.split(unit=order.centre.unit, to="110")
