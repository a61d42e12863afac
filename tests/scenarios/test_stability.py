"""A lead on social stability goes from 12345 to 110 at once (plan 二(三)1); it is a lead, not yet a danger."""

import pytest

from liandong.core.errors import AppError

LEAD = {"facts": {"stability_lead": True, "danger": False}}


async def told(world):
    order = await world.centre("12345").takes("听说几个业主群在串联，下周一要一起去开发商那里讨说法", **LEAD)
    assert order.order.verdict.decision == "transfer_urgent"
    assert not order.order.danger
    return order


async def test_if_nobody_presses_the_key_the_clock_does(world):
    order = await told(world)
    assert (await order.clocks())["danger_transfer"] == "running"
    await world.fast_forward(seconds=61)
    police = await order.at("110")
    assert police.status == "received"
    assert await world.owners(order.matter_id) == ["110"]
    assert "transfer.offered_by_clock" in await order.events()
    assert not police.order.danger  # 110 judges it
    assert police.order.urgent


async def test_pressing_the_key_is_faster_and_the_clock_is_over(world):
    order = await told(world)
    await order.transfer("110", urgent=True)
    assert (await order.clocks())["danger_transfer"] == "stopped"
    await world.settle()
    assert await world.owners(order.matter_id) == ["110"]
    assert not (await order.at("110")).order.danger


async def test_the_police_are_not_bound_by_the_rules_of_danger_for_it(world):
    """It may hand the hotline's part, or the whole, over before it has sent anybody."""
    order = await told(world)
    await order.transfer("110", urgent=True)
    await world.settle()
    police = await order.at("110")
    await police.transfer("12345", note="经核实为普通消费纠纷，请按程序办理")
    await world.settle()
    assert order.is_asked
    await order.accept_transfer()
    await world.settle()
    assert await world.owners(order.matter_id) == ["12345"]


async def test_the_police_can_t_refuse_it(world):
    order = await told(world)
    await order.transfer("110", urgent=True)
    await world.settle()
    police = await order.at("110")
    with pytest.raises(AppError):
        await police.return_transfer(reason="not_our_duty", basis="目录")


async def test_on_a_cut_link_the_lead_waits_and_goes_by_itself(world):
    order = await told(world)
    world.cut()
    await world.fast_forward(minutes=10)
    assert await world.owners(order.matter_id) == ["12345"]
    world.mend()
    await world.fast_forward(seconds=30)
    assert await world.owners(order.matter_id) == ["110"]


async def test_what_the_police_find_comes_back_and_both_loops_close(world):
    order = await told(world)
    await world.fast_forward(seconds=61)
    police = await order.at("110")
    await police.work()
    await world.settle()
    assert order.order.answer == "已处置"
    await police.close()
    await order.finish()
    await world.settle()
    assert await world.open_loops() == 0


async def test_a_lead_called_in_at_110_stays_there(world):
    police = await world.centre("110").takes("听说几个业主群在串联，下周一要一起去讨说法", **LEAD)
    assert (police.order.verdict.decision, police.order.verdict.target) == ("keep", "110")
