"""Eight centres from their profiles alone. A gas smell is called in at 12345; everybody who must act does, each on its part."""

import pytest

from liandong.catalogue.centres import default_centres
from liandong.core.errors import AppError

EVERYBODY = ("12345", "110", "119", "120", "water", "power", "gas", "heat")


@pytest.fixture
async def city(open_world):
    return await open_world(*EVERYBODY)


async def smelt(city):
    """The gas smell at 12345 is in the hands of 110, which has sent somebody. Both orders."""
    hotline = await city.centre("12345").takes("家里煤气味很大，报警器一直响", caller={"phone": "13800001234"})
    await hotline.transfer("110", urgent=True)
    await city.settle()
    police = await hotline.at("110")
    await police.dispatch(unit=police.centre.unit)
    await city.settle()
    return hotline, police


async def test_there_are_eight_profiles_and_each_takes_a_matter_in(city):
    assert set(EVERYBODY) == set(default_centres())
    for centre in city.centres:
        order = await centre.takes("想咨询一件事")
        assert centre.code in order.order.number
        assert order.order.kind == default_centres()[centre.code].kind


@pytest.mark.parametrize("code", [code for code in EVERYBODY if code != "110"])
async def test_danger_called_in_anywhere_reaches_the_police_at_once(city, code):
    order = await city.centre(code).takes("家里煤气味很大，报警器一直响")
    assert order.order.danger
    await order.raise_danger(text="有人晕倒了") if order.order.sends_forces else await order.transfer(
        "110", urgent=True
    )
    await city.settle()
    if not order.order.sends_forces:  # 119 and 120 act by themselves and tell who shares the matter
        police = await order.at("110")
        assert police.status == "received"
        assert await city.owners(order.matter_id) == ["110"]
    else:
        assert await city.owners(order.matter_id) == [code]


async def test_nobody_presses_a_key_and_the_clock_hands_it_over(city):
    order = await city.centre("gas").takes("家里煤气味很大，报警器一直响")
    await city.fast_forward(seconds=61)
    assert await city.owners(order.matter_id) == ["110"]


async def test_parts_go_to_119_120_and_gas_at_once_and_the_caller_is_told_when_all_have_answered(city):
    hotline, police = await smelt(city)
    for to in ("119", "120", "gas"):
        await police.transfer(to, part=True, note="燃气泄漏，有人头晕")
    assert [t.peer for t in police.snapshot.open_transfers("out")] == ["119", "120", "gas"]
    city.link("110", "gas").cut()
    await city.settle()
    fire, ambulance = await police.at("119"), await police.at("120")
    for desk in (fire, ambulance):
        if desk.is_asked:
            await desk.accept_transfer()
        await desk.work()
    await city.settle()
    await police.acknowledge()
    await police.arrive()
    await police.start_disposing()
    await police.feed_back(result="现场已疏散，阀门已关")
    await city.settle()
    with pytest.raises(AppError, match=r"等待对方答复|gas"):
        await police.close()
    city.mend()
    await city.fast_forward(seconds=30)
    gas = await police.at("gas")
    await gas.accept_transfer()
    await city.settle()
    assert set(await city.owners(hotline.matter_id)) >= {"gas"}
    with pytest.raises(AppError, match="gas承办的部分尚未反馈结果"):
        await police.close()
    await gas.work()
    await city.settle()
    await police.end_joint_handling(text="险情解除")
    await city.settle()
    for part in (fire, ambulance, gas):
        assert part.snapshot.transfers[-1].joint_ended_at is not None
        await part.close()
    await police.close()
    await hotline.finish()
    await city.settle()
    assert hotline.order.answer == "现场已疏散，阀门已关"
    assert await city.open_loops() == 0
    assert await city.differences() == []


async def test_a_part_that_is_answered_first_does_not_close_it_for_the_caller(city):
    hotline, police = await smelt(city)
    await police.transfer("gas", part=True)
    await city.settle()
    gas = await police.at("gas")
    await gas.accept_transfer()
    await city.settle()
    await gas.work()
    await city.settle()
    assert hotline.status == "following"
    assert police.status == "dispatched"


async def test_a_heating_line_passes_what_is_not_its_own_to_the_hotline(city):
    order = await city.centre("heat").takes("楼道里的灯坏了好几天")
    await order.transfer("12345")
    await city.settle()
    theirs = await order.at("12345")
    await theirs.accept_transfer()
    await theirs.work()
    await city.settle()
    await theirs.close()
    await order.finish()
    await city.settle()
    assert await city.open_loops() == 0


async def test_the_first_receiver_waits_for_the_parts_of_the_police(city):
    hotline, police = await smelt(city)
    await police.transfer("gas", part=True)
    await police.acknowledge()
    await police.arrive()
    await police.start_disposing()
    await police.feed_back(result="现场已疏散")
    await city.settle()
    with pytest.raises(AppError, match="gas承办的部分尚未反馈结果"):
        await hotline.close()
    gas = await police.at("gas")
    await gas.accept_transfer()
    await gas.work()
    await city.settle()
    await hotline.close()
    assert hotline.status == "closed"


async def test_a_part_that_is_accepted_late_hears_the_evaluation_too(city):
    hotline, police = await smelt(city)
    await police.acknowledge()
    await police.arrive()
    await police.start_disposing()
    await police.feed_back(result="现场已疏散")
    await city.settle()
    await hotline.finish()
    await police.transfer("gas", part=True)
    await city.settle()
    gas = await police.at("gas")
    await gas.accept_transfer()
    await gas.work()
    await city.settle()
    await gas.close()
    await police.close()
    await city.settle()
    assert gas.status == "evaluated"
