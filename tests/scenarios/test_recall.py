"""A transfer that was a mistake is asked back after it was accepted; both must agree, and somebody is responsible all the time."""

import pytest

from liandong.core.errors import AppError

BOTH_WAYS = pytest.mark.parametrize("here, there", [("12345", "110"), ("110", "12345")])


async def accepted(world, here="12345", there="110"):
    order = await world.centre(here).takes("小区里有人偷电动车")
    await order.transfer(there)
    await world.settle()
    theirs = await order.at(there)
    await theirs.accept_transfer()
    await world.settle()
    return order, theirs


@BOTH_WAYS
async def test_by_consent_of_both_it_comes_back_and_both_loops_close(world, here, there):
    order, theirs = await accepted(world, here, there)
    await order.recall_transfer(reason="转错了，来电人说的是另一件事")
    await world.settle()
    assert theirs.snapshot.transfers[-1].recall == "转错了，来电人说的是另一件事"
    assert await world.owners(order.matter_id) == [there]
    await theirs.agree_recall()
    assert set(await world.owners(order.matter_id)) >= {there}
    await world.settle()
    assert await world.owners(order.matter_id) == [here]
    assert theirs.status == "following"
    await order.work()
    await world.settle()
    await theirs.close()
    await order.finish()
    await world.settle()
    assert await world.open_loops() == 0
    assert await world.differences() == []


async def test_a_mistake_put_right_is_no_bounce(world):
    order, theirs = await accepted(world)
    await order.recall_transfer(reason="转错了")
    await world.settle()
    await theirs.agree_recall()
    await world.settle()
    assert (order.order.bounces, theirs.order.bounces) == (0, 0)


async def test_a_refusal_says_why_and_the_matter_stays(world):
    order, theirs = await accepted(world)
    await order.recall_transfer(reason="转错了")
    await world.settle()
    await theirs.refuse_recall(reason="民警已在途中")
    await world.settle()
    assert await world.owners(order.matter_id) == ["110"]
    assert order.snapshot.transfers[0].recall is None
    told = next(row["body"] for row in await order.ledger() if row["kind"] == "transfer.recall_refused_by_peer")
    assert "民警已在途中" in told
    await order.recall_transfer(reason="再问一次")  # it may be asked again


async def test_an_answer_that_does_not_come_raises_an_alarm(world):
    order, theirs = await accepted(world)
    await order.recall_transfer(reason="转错了")
    await world.settle()
    due = await theirs.due_at("recall")
    await world.fast_forward(seconds=(due - world.clock.now()).total_seconds() + 1)
    assert (await theirs.clocks())["recall"] in {"fired", "stopped"}
    assert "clock.overdue" in await theirs.events()
    assert await world.owners(order.matter_id) == ["110"]


async def test_a_recall_that_crosses_the_result_comes_too_late(world):
    order, theirs = await accepted(world)
    world.cut()
    await order.recall_transfer(reason="转错了")
    await theirs.work()
    await world.fast_forward(minutes=5)
    world.mend()
    await world.fast_forward(seconds=30)
    assert "transfer.recall_too_late" in await theirs.events()
    assert order.status == "answered"
    assert order.snapshot.transfers[0].recall is None
    assert await world.differences() == []


async def test_consent_on_a_cut_link_leaves_it_with_the_other_until_it_arrives(world):
    order, theirs = await accepted(world)
    await order.recall_transfer(reason="转错了")
    await world.settle()
    world.cut()
    await theirs.agree_recall()
    await world.fast_forward(minutes=20)
    assert await world.owners(order.matter_id) == ["110"]
    world.mend()
    await world.fast_forward(seconds=30)
    assert await world.owners(order.matter_id) == ["12345"]


async def test_what_was_taken_in_danger_is_not_asked_back(world):
    order = await world.centre("12345").takes("家里煤气味很大，报警器一直响")
    await order.transfer("110", urgent=True)
    await world.settle()
    with pytest.raises(AppError, match="不能撤回"):
        await order.recall_transfer(reason="好像没事了")
