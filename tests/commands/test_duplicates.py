"""Orders that may be about the same thing, found in a real database by its indexes."""

from datetime import timedelta

import pytest

from liandong.duplicates.store import find_duplicates

PLACE = {"lon": 117.2000, "lat": 39.1000}


@pytest.fixture
def hotline(world):
    return world.centre("12345")


async def found(order):
    node = order.centre.node
    return await find_duplicates(node.pool, order.order, node.policy.linkage)


async def signs_of(order):
    return {one.number: sorted(reason.sign for reason in one.reasons) for one in await found(order)}


async def test_the_same_caller_place_neighbourhood_and_words_are_each_found(hotline):
    caller = await hotline.takes("我要咨询医保报销", caller={"phone": "13800001111"})
    address = await hotline.takes("路灯不亮", incident={"address": "和平区南京路1号"})
    near = await hotline.takes("下水道堵了", incident={"wgs84": {"lon": 117.2005, "lat": 39.1005}})
    words = await hotline.takes("南京路一号门口井盖丢了，很危险，有人差点掉下去")
    await hotline.takes(
        "想问问公积金怎么提取", caller={"phone": "13800009999"}, incident={"address": "河西区友谊路2号"}
    )
    order = await hotline.takes(
        "南京路一号门口的井盖丢了",
        caller={"phone": "13800001111"},
        incident={"address": "和平区南京路1号", "wgs84": PLACE},
    )
    assert await signs_of(order) == {
        caller.order.number: ["caller"],
        address.order.number: ["address"],
        near.order.number: ["place"],
        words.order.number: ["words"],
    }


async def test_the_neighbour_beyond_the_reach_and_the_drill_are_not_found(hotline):
    await hotline.takes("下水道堵了", incident={"wgs84": {"lon": 117.2025, "lat": 39.1000}})
    await hotline.takes("下水道堵了", incident={"wgs84": PLACE}, exercise="exercise")
    order = await hotline.takes("停车难", incident={"wgs84": PLACE})
    assert await signs_of(order) == {}


async def test_an_old_matter_of_the_same_caller_is_shown_while_it_is_open_and_not_after(world, hotline):
    first = await hotline.takes("路灯坏了", caller={"phone": "13800001111"})
    await world.fast_forward(hours=hotline.node.policy.linkage.duplicate_hours + 1)
    second = await hotline.takes("还是那个灯", caller={"phone": "13800001111"})
    assert first.order.number in await signs_of(second)
    await first.answer_directly(answer="已修")
    await first.call_back(reached=True, solved=True)
    await first.evaluate(satisfaction=5)
    assert await signs_of(second) == {}


async def test_a_cancelled_order_is_no_duplicate(hotline):
    prank = await hotline.takes("井盖丢了", caller={"phone": "13800001111"})
    await prank.cancel(reason="恶作剧")
    assert await signs_of(await hotline.takes("井盖丢了", caller={"phone": "13800001111"})) == {}


async def test_words_are_looked_for_in_the_same_division_where_one_is_known(hotline):
    text = "小区门口井盖丢了，晚上看不见"
    there = await hotline.takes(text, division_code="120102")
    here = await hotline.takes(text, division_code="120101")
    order = await hotline.takes(text, division_code="120101")
    assert await signs_of(order) == {here.order.number: ["words"]}
    assert there.order.number not in await signs_of(order)


async def test_what_came_later_is_found_as_well(world, hotline):
    first = await hotline.takes("井盖丢了", caller={"phone": "13800001111"})
    world.clock.advance(timedelta(minutes=5))
    later = await hotline.takes("井盖丢了", caller={"phone": "13800001111"})
    assert list(await signs_of(first)) == [later.order.number]
