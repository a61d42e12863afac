"""A unit at work: steps, contacts, a reviewed draft, what an answer needs; sent back, suspended, withdrawn by the caller."""

from datetime import timedelta

import pytest

from liandong.core.errors import AppError
from liandong.orders.context import Actor
from world import person

LATE = timedelta(hours=1)


async def at_work(world, **more):
    order = await world.centre("12345").takes("路灯坏了", **more)
    await order.dispatch(unit=order.centre.unit)
    await order.sign_for()
    return await order.start_handling()


def of_unit(order, name="worker"):
    return Actor(id=name, roles=frozenset({"unit"}), unit=order.centre.unit)


async def test_a_unit_records_what_it_did_when_and_where(world):
    order = await at_work(world)
    then = world.clock.now() - LATE
    await order.record_step(
        actor=of_unit(order), what="更换灯头", happened_at=then, place="南京路1号", wgs84={"lon": 117.2, "lat": 39.1}
    )
    step = order.order.handling.steps[0]
    assert (step.what, step.at, step.place, step.lon, step.by) == ("更换灯头", then, "南京路1号", 117.2, "worker")
    with pytest.raises(AppError, match="晚于现在"):
        await order.record_step(what="更换灯头", happened_at=world.clock.now() + LATE)


async def test_a_step_refers_to_files_of_the_same_order_only(world):
    order = await at_work(world)
    with pytest.raises(AppError, match="不属于本工单"):
        await order.record_step(what="x", attachments=["00000000-0000-0000-0000-000000000009"])


async def test_a_complaint_is_answered_with_steps_contact_and_a_reviewed_draft_only(world):
    order = await at_work(world, type="complaint")
    with pytest.raises(AppError, match="办理过程、与诉求人的联系记录、经审核的答复稿"):
        await order.answer(answer="已修好")
    await order.record_step(what="更换灯头")
    await order.record_contact(reached=False, way="phone")
    await order.draft_answer(actor=of_unit(order), answer="灯头已更换")
    with pytest.raises(AppError, match="另一人"):
        await order.review_answer(actor=of_unit(order), approved=True)
    await order.review_answer(actor=of_unit(order, "head"), approved=False, text="请写明时间")
    with pytest.raises(AppError, match="没有通过审核"):
        await order.answer(answer="灯头已更换")
    await order.draft_answer(actor=of_unit(order), answer="灯头已于3月4日更换")
    with pytest.raises(AppError, match="没有通过审核"):
        await order.answer(answer="灯头已于3月4日更换")
    await order.review_answer(actor=of_unit(order, "head"), approved=True)
    with pytest.raises(AppError, match="不一致"):
        await order.answer(answer="都好了")
    await order.answer(actor=of_unit(order), answer="灯头已于3月4日更换")
    assert order.status == "answered"
    await order.finish()
    assert order.status == "evaluated"


async def test_an_answered_order_whose_category_was_corrected_is_not_closed_without_its_evidence(world):
    order = await at_work(world)
    await order.answer(answer="已修好")
    await order.amend(type="complaint")
    with pytest.raises(AppError, match="还缺"):
        await order.close()
    await order.redo(reason="按投诉补齐材料")
    await order.record_step(what="更换灯头")
    await order.record_contact(reached=True)
    await order.draft_answer(actor=of_unit(order), answer="已修好")
    await order.review_answer(actor=of_unit(order, "head"), approved=True)
    await order.answer(answer="已修好")
    await order.finish()


async def test_what_does_not_do_is_sent_back_to_the_same_unit_with_a_new_clock(world):
    order = await at_work(world)
    await order.answer(answer="已转交")
    await world.fast_forward(days=1)
    await order.redo(actor=person("dispatcher"), reason="没有答复诉求")
    assert (order.status, order.order.answer, order.order.unit) == ("handling", None, order.centre.unit)
    assert order.snapshot.dispatch is not None
    assert (await order.clocks())["answer"] == "running"
    assert order.order.handling.redos[0].answer == "已转交"
    await order.answer(answer="灯已修好")
    await order.finish()


async def test_an_answer_that_another_centre_has_is_not_sent_back(world):
    order = await world.centre("110").takes("路灯坏了，请转热线")
    await order.transfer("12345")
    await world.settle()
    mine = await order.at("12345")
    await mine.accept_transfer()
    await mine.work()
    with pytest.raises(AppError, match="已告知其他中心"):
        await mine.redo(reason="不行")


async def test_a_new_round_asks_for_its_own_evidence(world):
    order = await at_work(world, type="help")
    await order.record_step(what="更换灯头")
    await order.record_contact(reached=True)
    await order.answer(answer="已修好")
    await order.finish()
    await order.reopen(reason="又坏了")
    await order.dispatch(unit=order.centre.unit)
    await order.sign_for()
    await order.start_handling()
    with pytest.raises(AppError, match="还缺"):
        await order.answer(answer="已修好")


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
async def test_the_caller_may_withdraw_at_any_step_and_is_called_back_about_it(world, steps):
    order = await world.centre("12345").takes("路灯坏了")
    for action, fields in [("dispatch", {"unit": order.centre.unit}), ("sign_for", {}), ("start_handling", {})][:steps]:
        await order.act(action, **fields)
    await order.withdraw_matter(reason="来电人自己修好了")
    assert (order.status, order.order.closing) == ("closed", "withdrawn_by_caller")
    clocks = await order.clocks()
    assert clocks["callback"] == "running"
    assert [name for name, state in clocks.items() if state == "running"] == ["callback"]
    await order.call_back(reached=True, solved=True)
    await order.evaluate(satisfaction=5)


async def test_danger_does_not_end_because_a_caller_withdraws(world):
    order = await world.centre("12345").takes("家里煤气味很大，报警器一直响")
    with pytest.raises(AppError, match="不能因撤诉"):
        await order.withdraw_matter(reason="没事了")


async def test_a_withdrawal_is_told_to_the_centre_that_shares_the_matter(world):
    order = await world.centre("110").takes("路灯坏了，请转热线")
    await order.transfer("12345")
    await world.settle()
    mine = await order.at("12345")
    await mine.accept_transfer()
    await mine.dispatch(unit=mine.centre.unit)
    await mine.withdraw_matter(reason="来电人不再要求")
    await world.settle()
    assert order.status == "fed_back"
    assert "撤诉" in order.order.answer


async def test_a_confidential_caller_is_contacted_by_the_hotline_and_never_by_the_unit(world):
    order = await at_work(world, type="report", caller={"name": "李雷", "phone": "13800001234"})
    with pytest.raises(AppError, match="由热线联系"):
        await order.record_contact(actor=of_unit(order), reached=True)
    await order.record_contact(actor=person("call_taker"), reached=True, text="李雷说补充照片")
