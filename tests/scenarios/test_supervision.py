"""Urging and supervising across centres (plan 二(二)2, 二(三)3): a question with a deadline, an answer, and a judgement."""

import pytest

from liandong.core.errors import AppError
from world import person

SUPERVISOR = person("supervisor")


async def at_work(world, *codes):
    """Handed from the first to the last, which has accepted. All orders."""
    orders = [await world.centre(codes[0]).takes("小区里有人偷电动车")]
    for code in codes[1:]:
        await orders[-1].transfer(code)
        await world.settle()
        orders.append(await orders[-1].at(code))
        await orders[-1].accept_transfer()
        await world.settle()
    return orders


def question(handle):
    return handle.order.supervisions[-1]


async def test_an_urging_is_counted_at_both(world):
    order, theirs = await at_work(world, "12345", "110")
    await order.urge(text="来电人又打来催")
    await world.settle()
    assert (order.order.urges, theirs.order.urges) == (1, 1)
    assert any("来电人又打来催" in row["body"] for row in await theirs.ledger())


async def test_in_a_chain_the_urging_reaches_who_is_at_work(open_world):
    world = await open_world("12345", "110", "gas")
    hotline, police, gas = await at_work(world, "12345", "110", "gas")
    await hotline.urge(text="来电人又打来催")
    await world.settle()
    assert (hotline.order.urges, police.order.urges, gas.order.urges) == (1, 1, 1)


async def test_a_question_has_its_deadline_at_both_and_the_answer_is_judged(world):
    order, theirs = await at_work(world, "12345", "110")
    await order.supervise(text="为何三天没有进展", actor=SUPERVISOR)
    await world.settle()
    assert question(order).due_at == question(theirs).due_at > world.clock.now()
    assert (question(order).direction, question(theirs).direction) == ("out", "in")
    assert (await theirs.clocks())["supervision"] == "running"
    await theirs.reply_supervision(text="正在调监控")
    await world.settle()
    assert question(order).reply == "正在调监控"
    await order.reject_reply(text="请说明时间", actor=SUPERVISOR)
    await world.settle()
    assert (question(order).status, question(theirs).status) == ("open", "open")
    assert question(theirs).verdict == "请说明时间"
    assert (await theirs.clocks())["supervision"] == "running"
    await theirs.reply_supervision(text="明日答复来电人")
    await world.settle()
    await order.accept_reply(text="同意", actor=SUPERVISOR)
    await world.settle()
    assert (question(order).status, question(theirs).status) == ("accepted", "accepted")
    assert (await order.clocks())["supervision"] == (await theirs.clocks())["supervision"] == "stopped"


async def test_a_deadline_that_passes_raises_an_alarm_at_both(world):
    order, theirs = await at_work(world, "12345", "110")
    await order.supervise(text="请说明进展", actor=SUPERVISOR)
    await world.settle()
    await world.fast_forward(seconds=(question(order).due_at - world.clock.now()).total_seconds() + 1)
    for side in (order, theirs):
        assert any("supervision" in row["body"] for row in await side.ledger() if row["kind"] == "clock.overdue")


async def test_only_a_supervisor_supervises_and_only_what_is_at_work_elsewhere(world):
    order, _ = await at_work(world, "12345", "110")
    with pytest.raises(AppError, match="supervisor"):
        await order.supervise(text="x", actor=person("call_taker"))
    own = await world.centre("12345").takes("路灯坏了")
    with pytest.raises(AppError, match="没有其他中心"):
        await own.supervise(text="x", actor=SUPERVISOR)
    await order.supervise(text="x", actor=SUPERVISOR)
    with pytest.raises(AppError, match="尚未办结"):
        await order.supervise(text="再问一次", actor=SUPERVISOR)


async def test_a_question_and_its_answer_survive_a_cut_link(world):
    order, theirs = await at_work(world, "12345", "110")
    world.cut()
    await order.supervise(text="请说明进展", actor=SUPERVISOR)
    await world.fast_forward(minutes=30)
    assert theirs.order.supervisions == []
    world.mend()
    await world.fast_forward(seconds=30)
    assert question(theirs).text == "请说明进展"
    world.cut()
    await theirs.reply_supervision(text="已到现场")
    await theirs.work()
    world.mend()
    await world.fast_forward(seconds=30)
    assert question(order).reply == "已到现场"
    assert order.status == "answered"
    await order.accept_reply(actor=SUPERVISOR)
    await world.settle()
    assert await world.differences() == []
