"""Formal supervision inside a centre (plan 二(三)3): a number, a deadline, a reply that is judged, levels, both centres, checks on site."""

import pytest

from liandong.core.errors import AppError
from liandong.orders.decide import allowed_actions
from world import person

SUPERVISOR, LEADER, OTHER = person("supervisor"), person("leader"), person("dispatcher")


async def dispatched(world, **more):
    order = await world.centre("12345").takes("路灯坏了一个月", **more)
    return await order.dispatch(unit=order.centre.unit)


def last(order):
    return order.snapshot.oversights[-1]


def unit_of(order):
    return person("unit", unit=order.centre.unit)


async def until_due(world, order):
    await world.fast_forward(seconds=(last(order).due_at - world.clock.now()).total_seconds() + 1)


async def test_the_unit_replies_in_time_and_the_reply_is_accepted(world):
    order = await dispatched(world)
    await order.open_oversight(authority="centre", text="为何一个月没有修", actor=SUPERVISOR)
    assert last(order).number == f"{order.order.number}-DB01"
    assert (last(order).unit, last(order).status) == (order.centre.unit, "open")
    assert (await order.clocks())["oversight"] == "running"
    assert await order.due_at("oversight") == last(order).due_at
    await order.reply_oversight(text="灯具今日更换", actor=unit_of(order))
    assert (await order.clocks())["oversight"] == "stopped"
    assert not last(order).rounds[0].late
    await order.accept_oversight(text="同意销号", actor=SUPERVISOR)
    assert (last(order).status, last(order).ended_at) == ("accepted", world.clock.now())


async def test_a_rejected_reply_runs_a_new_deadline_and_every_round_is_kept(world):
    order = await dispatched(world)
    await order.open_oversight(authority="centre", text="为何不修", actor=SUPERVISOR)
    first = last(order).due_at
    await until_due(world, order)
    await order.reply_oversight(text="正在研究", actor=unit_of(order))
    await order.reject_oversight(text="请写明修复日期", actor=SUPERVISOR)
    assert (await order.clocks())["oversight"] == "running"
    assert last(order).due_at == await order.due_at("oversight") > first
    told = [(r.text, r.reply, r.late, r.accepted) for r in last(order).rounds]
    assert told == [("为何不修", "正在研究", True, False), ("请写明修复日期", "", False, None)]


async def test_a_deadline_that_passes_is_an_event_of_the_order(world):
    order = await dispatched(world)
    await order.open_oversight(authority="centre", text="x", actor=SUPERVISOR)
    await until_due(world, order)
    overdue = [row["body"] for row in await order.ledger() if row["kind"] == "clock.overdue"]
    assert any('"clock":"oversight"' in body for body in overdue)


async def test_a_higher_level_takes_it_over_and_has_a_shorter_deadline(world):
    order = await dispatched(world)
    await order.open_oversight(authority="centre", text="x", actor=SUPERVISOR)
    slow = last(order).due_at
    with pytest.raises(AppError, match="尚未办结"):
        await order.open_oversight(authority="centre", text="再问一次", actor=SUPERVISOR)
    with pytest.raises(AppError, match="市领导督办"):
        await order.open_oversight(authority="city", text="x", actor=SUPERVISOR)
    await order.open_oversight(authority="city", text="限期解决", actor=LEADER)
    assert [(o.number[-4:], o.status) for o in order.snapshot.oversights] == [("DB01", "raised"), ("DB02", "open")]
    assert last(order).due_at < slow
    await order.reply_oversight(text="已修好", actor=unit_of(order))
    with pytest.raises(AppError, match="leader"):
        await order.accept_oversight(actor=SUPERVISOR)
    await order.accept_oversight(actor=LEADER)


async def test_whoever_writes_the_reply_does_not_judge_it_and_another_unit_does_not_reply(world):
    order = await dispatched(world)
    await order.open_oversight(authority="centre", text="x", actor=SUPERVISOR)
    with pytest.raises(AppError):
        await order.reply_oversight(text="x", actor=person("unit", unit="another"))
    await order.reply_oversight(text="单位来电：已修", actor=SUPERVISOR)
    with pytest.raises(AppError, match="另一人"):
        await order.accept_oversight(actor=SUPERVISOR)
    await order.accept_oversight(actor=LEADER)


async def test_both_centres_supervise_jointly(world):
    order = await world.centre("12345").takes("小区里有人偷电动车")
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    await theirs.accept_transfer()
    await world.settle()
    await order.open_oversight(authority="centre", text="请双方说明进展", joint=True, actor=SUPERVISOR)
    await world.settle()
    assert theirs.order.supervisions[-1].text == "请双方说明进展"
    assert last(order).joint == order.order.supervisions[-1].id == theirs.order.supervisions[-1].id
    assert {c: s for c, s in (await order.clocks()).items() if "super" in c or "over" in c} == {
        "oversight": "running",
        "supervision": "running",
    }
    await theirs.reply_supervision(text="已抓获")
    await world.settle()
    assert order.order.supervisions[-1].reply == "已抓获"


async def test_an_order_of_nobody_needs_the_name_of_a_unit(world):
    order = await world.centre("12345").takes("路灯坏了")
    with pytest.raises(AppError, match="写明督办哪个单位"):
        await order.open_oversight(authority="centre", text="x", actor=SUPERVISOR)
    with pytest.raises(AppError, match="联合督办需要"):
        await order.open_oversight(authority="centre", text="x", unit=order.centre.unit, joint=True, actor=SUPERVISOR)
    await order.open_oversight(authority="district", text="x", unit=order.centre.unit, actor=SUPERVISOR)
    assert last(order).unit == order.centre.unit


async def test_a_unit_that_has_lost_the_order_still_answers_for_it_and_does_nothing_else(world):
    order = await dispatched(world)
    unit = unit_of(order)
    await order.give_back(reason="not_our_duty", basis="清单", actor=unit)
    await order.open_oversight(authority="centre", text="为何退回", unit=order.centre.unit, actor=SUPERVISOR)
    assert [row.action for row in allowed_actions(order.snapshot, unit)] == ["reply_oversight"]
    with pytest.raises(AppError, match="只能回复督办"):
        await order.raise_danger(text="x", actor=unit)
    await order.reply_oversight(text="不属本单位职责，依据见附件", actor=unit)
    await order.accept_oversight(actor=SUPERVISOR)
    with pytest.raises(AppError, match="没有派给您的单位"):
        await order.reply_oversight(text="x", actor=unit)


async def test_a_check_on_site_is_kept_with_the_supervision(world):
    order = await dispatched(world)
    with pytest.raises(AppError, match="没有进行中的督办"):
        await order.check_on_site(place="南京路", found="灯仍不亮", actor=OTHER)
    await order.open_oversight(authority="centre", text="x", actor=SUPERVISOR)
    await order.check_on_site(place="南京路", found="灯仍不亮", persons="督查组二人", actor=OTHER)
    check = last(order).checks[0]
    assert (check.place, check.found, check.by, check.at) == ("南京路", "灯仍不亮", OTHER.id, world.clock.now())


async def test_after_the_end_of_the_order_it_may_be_supervised_and_its_clocks_stay_still(world):
    order = await dispatched(world)
    await order.sign_for()
    await order.start_handling()
    await order.answer(answer="已修")
    await order.finish()
    await order.open_oversight(authority="centre", text="回访后又坏", actor=SUPERVISOR)
    assert (order.status, (await order.clocks()).get("oversight")) == ("evaluated", None)
    await order.withdraw_oversight(reason="重复", actor=SUPERVISOR)
    assert last(order).status == "withdrawn"
