"""Several callers, one matter: recognised, linked, handled once, and every caller is answered."""

import asyncio
import itertools

import pytest

from liandong.core.errors import AppError
from liandong.duplicates.store import find_duplicates

QUIET = {"danger": False, "scope": "own"}
HOLE = {"incident": {"address": "和平区南京路1号"}, "caller": {"phone": "13800001111"}}


async def likely(order):
    node = order.centre.node
    return [one.id for one in await find_duplicates(node.pool, order.order, node.policy.linkage) if one.responsible]


async def both(world):
    """110 has the matter from a caller of its own, and 12345 offers it from another caller. (master, hotline, theirs)"""
    master = await world.centre("110").takes("南京路一号门口有人打架", **HOLE)
    hotline = await world.centre("12345").takes(
        "南京路一号门口两个人打起来了", incident=HOLE["incident"], facts={"danger": False, "scope": "other"}
    )
    await hotline.transfer("110")
    await world.settle()
    return master, hotline, await hotline.at("110")


async def test_at_acceptance_the_duplicate_is_recognised_and_linked(world):
    master, hotline, theirs = await both(world)
    assert theirs.is_asked
    assert await likely(theirs) == [master.id]
    await theirs.accept_transfer(duplicate_of=str(master.id))
    await world.settle()
    assert theirs.status == "merged"
    assert theirs.order.master_id == master.id
    assert hotline.status == "following"
    assert hotline.snapshot.transfers[0].duplicate_of == master.order.number


async def test_the_master_s_result_answers_every_caller(world):
    master, hotline, theirs = await both(world)
    await theirs.accept_transfer(duplicate_of=str(master.id))
    third = await world.centre("110").takes("南京路一号还在打", incident=HOLE["incident"])
    await third.merge(into=str(master.id))
    await world.settle()
    await master.work()
    await world.settle()
    assert theirs.order.answer == hotline.order.answer == third.order.answer == "已处置"
    assert hotline.status == "answered"
    for order in (master, third):
        await order.finish()
    await theirs.close()
    await hotline.finish()
    await world.settle()
    assert await world.open_loops() == 0
    assert await world.differences() == []


async def test_the_peer_learns_of_a_merge_and_of_its_undoing(world):
    master = await world.centre("110").takes("南京路一号门口有人打架", **HOLE)
    hotline = await world.centre("12345").takes("有人偷电动车", facts={"danger": False, "scope": "other"})
    await hotline.transfer("110")
    await world.settle()
    theirs = await hotline.at("110")
    await theirs.accept_transfer()
    await world.settle()
    await theirs.merge(into=str(master.id), text="同一现场")
    await world.settle()
    assert hotline.snapshot.transfers[0].duplicate_of == master.order.number
    await theirs.unmerge(reason="核对后不是一件事")
    await world.settle()
    assert hotline.snapshot.transfers[0].duplicate_of is None
    assert theirs.status == "received"
    assert (await theirs.clocks())["police_dispatch"] == "running"
    await theirs.work()
    await world.settle()
    assert hotline.status == "answered"


async def test_the_word_of_a_merge_and_the_result_cross_a_cut_link_in_order(world):
    master, hotline, theirs = await both(world)
    world.cut()
    await theirs.accept_transfer(duplicate_of=str(master.id))
    await master.work()
    await world.fast_forward(minutes=10)
    assert hotline.order.responsible
    world.mend()
    await world.fast_forward(seconds=30)
    assert hotline.order.answer == "已处置"
    assert hotline.snapshot.transfers[0].duplicate_of == master.order.number
    assert await world.differences() == []


async def test_a_master_that_ends_without_a_result_lets_its_members_go_on(world):
    hotline = world.centre("12345")
    master, member = await hotline.takes("井盖丢了", **HOLE), await hotline.takes("井盖没了", **HOLE)
    await member.merge(into=str(master.id))
    await master.cancel(reason="来电人说看错了")
    await world.settle()
    assert member.status == "accepted"
    assert member.order.master_id is None


async def test_nothing_is_merged_into_itself_into_a_drill_or_away_from_danger(world):
    hotline = world.centre("12345")
    order = await hotline.takes("井盖丢了", **HOLE)
    drill = await hotline.takes("井盖丢了", exercise="exercise", **HOLE)
    with pytest.raises(AppError, match="自身"):
        await order.merge(into=str(order.id))
    with pytest.raises(AppError, match="演练"):
        await order.merge(into=str(drill.id))
    police = world.centre("110")
    calm = await police.takes("门口有人聊天", facts={"danger": False})
    danger = await police.takes("家里煤气味很大，报警器一直响")
    with pytest.raises(AppError, match="危险"):
        await danger.merge(into=str(calm.id))


async def test_two_orders_that_two_desks_merge_into_each_other_at_once_keep_one_master(world, monkeypatch):
    first = await world.centre("110").takes("楼下小卖部丢了一箱水", facts=QUIET)
    second = await world.centre("110").takes("小卖部门口的水不见了", facts=QUIET)
    commands = first.centre.node.commands
    both_have_looked, look, looks = asyncio.Barrier(2), commands._related, itertools.count()

    async def slow(order_id):
        found = await look(order_id)
        if next(looks) < 2:
            await both_have_looked.wait()
        return found

    monkeypatch.setattr(commands, "_related", slow)
    merges = first.merge(into=str(second.id)), second.merge(into=str(first.id))
    done = await asyncio.gather(*merges, return_exceptions=True)
    assert [type(one) for one in done].count(AppError) == 1, done
    await first.look()
    await second.look()
    assert sorted(order.status for order in (first, second)) == ["merged", "received"]
