"""What people do on both sides while the messages of the other are still on their way."""

import pytest

from liandong.core.errors import AppError


async def test_a_withdrawal_is_settled_by_consent(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    await order.withdraw_transfer(reason="来电人说找到了")
    assert order.snapshot.open_transfer("out") is not None  # asked, not yet agreed
    with pytest.raises(AppError):
        await order.withdraw_transfer(reason="再来一次")
    await world.settle()
    theirs = await order.at("110")
    assert theirs.status == "withdrawn"
    assert order.status == "accepted"
    assert order.snapshot.transfers[0].status == "withdrawn"
    await order.answer_directly(answer="已找到")
    assert await world.owners(order.matter_id) == ["12345"]


async def test_an_acceptance_that_crosses_the_withdrawal_wins(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    world.cut()
    await order.withdraw_transfer(reason="弄错了")
    await theirs.accept_transfer()
    world.mend()
    await world.settle()
    assert order.status == "following"
    assert theirs.status == "received"
    assert await world.owners(order.matter_id) == ["110"]
    assert await world.differences() == []


async def test_a_return_that_crosses_the_withdrawal_leaves_one_owner(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    world.cut()
    await order.withdraw_transfer(reason="弄错了")
    await theirs.return_transfer(reason="other", basis="目录", text="重复")
    world.mend()
    await world.settle()
    assert await world.owners(order.matter_id) == ["12345"]
    assert order.snapshot.open_transfer("out") is None
    await order.answer_directly(answer="已办")
    assert await world.differences() == []


async def test_an_offer_made_while_the_acceptance_of_the_last_is_on_its_way_is_overtaken(world):
    order = await world.centre("12345").takes("楼道里堆了杂物")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    world.cut()
    await theirs.accept_transfer()
    await order.raise_danger(text="着火了")
    world.mend()
    await world.settle()
    assert await world.owners(order.matter_id) == ["110"]
    assert order.status == "following"
    assert theirs.order.danger
    assert order.snapshot.open_transfer("out") is None
    assert await world.differences() == []


async def test_danger_seen_on_both_sides_at_once_ends_with_110(world):
    order = await world.centre("110").takes("两家人因漏水争吵")
    await order.transfer("12345")
    await world.settle()
    hotline = await order.at("12345")
    world.cut()
    await order.raise_danger(text="拿出了刀")
    await hotline.raise_danger(text="来电人说有人流血")
    world.mend()
    await world.settle()
    assert await world.owners(order.matter_id) == ["110"]
    assert order.snapshot.open_transfer("out") is None
    assert await world.differences() == []


async def test_danger_at_110_crosses_the_hotline_s_acceptance_and_ends_with_110(world):
    order = await world.centre("110").takes("两家人因漏水争吵")
    await order.transfer("12345")
    await world.settle()
    hotline = await order.at("12345")
    world.cut()
    await order.raise_danger(text="拿出了刀")
    await hotline.accept_transfer()
    world.mend()
    await world.settle()
    assert await world.owners(order.matter_id) == ["110"]
    assert order.status == "received"
    assert order.order.danger
    assert await world.differences() == []


async def test_the_caller_s_evaluation_may_arrive_before_the_receiver_has_closed(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    await theirs.accept_transfer()
    await theirs.work()
    await world.settle()
    await order.finish()
    await world.settle()
    assert theirs.status == "fed_back"
    await theirs.close()
    assert theirs.status == "evaluated"
    assert await world.open_loops() == 0


async def test_a_reopened_matter_goes_the_same_way_again_in_a_new_round(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    await theirs.accept_transfer()
    await theirs.work()
    await theirs.close()
    await world.settle()
    await order.close()
    await order.reopen(reason="没有解决")
    assert order.order.round == 2
    await world.settle()
    assert theirs.status == "closed"
    assert theirs.is_asked
    await theirs.accept_transfer()
    await world.settle()
    assert order.status == "following"
    assert theirs.order.round == 2
    assert await world.owners(order.matter_id) == ["110"]


async def test_a_matter_reopened_after_its_evaluation_goes_over_again(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    await theirs.accept_transfer()
    await theirs.work()
    await theirs.close()
    await world.settle()
    await order.finish()
    await world.settle()
    await order.reopen(reason="又发生了")
    await world.settle()
    assert theirs.status == "offered"
    await theirs.accept_transfer()
    await theirs.work()
    await world.settle()
    assert order.status == "answered"
    assert theirs.order.round == 2
