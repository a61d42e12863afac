"""The caller is not content: it goes the same way again, as a new round."""

import pytest

from liandong.core.errors import AppError


async def closed(world, *codes):
    """Through the centres, answered by the last and evaluated by the first. All orders."""
    orders = [await world.centre(codes[0]).takes("小区里有人偷电动车")]
    for code in codes[1:]:
        await orders[-1].transfer(code)
        await world.settle()
        orders.append(await orders[-1].at(code))
        await orders[-1].accept_transfer()
        await world.settle()
    await orders[-1].work()
    await world.settle()
    for order in orders[1:]:
        await order.close()
    await orders[0].finish()
    await world.settle()
    assert await world.open_loops() == 0
    return orders


async def test_it_goes_the_same_way_again_with_its_round(world):
    order, theirs = await closed(world, "12345", "110")
    await order.reopen(reason="来电人说没抓到人")
    await world.settle()
    assert theirs.is_asked
    assert (order.order.round, theirs.order.round) == (2, 2)
    assert theirs.snapshot.open_transfer("in").round == 2
    assert await world.owners(order.matter_id) == ["12345"]
    await theirs.accept_transfer()
    await world.settle()
    assert await world.owners(order.matter_id) == ["110"]
    assert [hop.centre for hop in order.order.path] == ["12345", "110"]
    assert theirs.order.answer is None  # a fresh round
    await theirs.work()
    await world.settle()
    await theirs.close()
    await order.finish()
    await world.settle()
    assert await world.open_loops() == 0
    assert await world.differences() == []


async def test_a_chain_is_gone_through_again(open_world):
    world = await open_world("12345", "110", "gas")
    hotline, police, gas = await closed(world, "12345", "110", "gas")
    await hotline.reopen(reason="又漏了")
    await world.settle()
    await police.accept_transfer()
    await world.settle()
    await police.transfer("gas")
    await world.settle()
    await gas.accept_transfer()
    await world.settle()
    assert gas.order.round == 2
    assert [hop.centre for hop in hotline.order.path] == ["12345", "110", "gas"]
    assert await world.owners(hotline.matter_id) == ["gas"]


async def test_the_first_receiver_may_handle_the_new_round_itself(world):
    order, theirs = await closed(world, "12345", "110")
    await order.reopen(reason="这次是物业的事", same_way=False)
    await world.settle()
    assert not theirs.is_asked
    assert order.status == "accepted"
    await order.work()
    await order.finish()
    await world.settle()
    assert await world.open_loops() == 0


async def test_what_was_settled_in_the_old_round_binds_no_longer(world):
    order = await world.centre("12345").takes("楼上总往下扔烟头，物业不管，找过派出所也不管")
    await order.negotiate(owner="12345", to="110", basis_kind="catalogue", basis="G0501")
    await world.settle()
    await order.keep_matter()
    await world.settle()
    with pytest.raises(AppError, match="不再互转"):
        await order.transfer("110")
    await order.work()
    await order.finish()
    await order.reopen(reason="又扔了", same_way=False)
    await order.transfer("110")
    await world.settle()
    assert (await order.at("110")).is_asked


async def test_what_was_handled_here_may_go_elsewhere_in_the_new_round(world):
    order = await world.centre("12345").takes("楼道堆物")
    await order.work()
    await order.finish()
    await order.reopen(reason="这次有人故意纵火烧杂物，已灭", same_way=False)
    await order.transfer("110")
    await world.settle()
    assert (await order.at("110")).is_asked


async def test_only_the_first_receiver_reopens(world):
    _, theirs = await closed(world, "12345", "110")
    with pytest.raises(AppError, match="首接中心"):
        await theirs.reopen(reason="x")


async def test_a_reopening_crosses_a_cut_link_and_an_old_message_says_nothing_about_the_new_round(world):
    order, theirs = await closed(world, "12345", "110")
    world.cut()
    await order.reopen(reason="来电人说没抓到人")
    await world.fast_forward(minutes=10)
    assert await world.owners(order.matter_id) == ["12345"]
    world.mend()
    world.link("12345", "110").duplicate()
    await world.fast_forward(seconds=30)
    assert theirs.is_asked
    assert theirs.order.round == 2
    await theirs.accept_transfer()
    await world.settle()
    assert await world.owners(order.matter_id) == ["110"]
    assert await world.differences() == []
