"""A caller comes again after a final answer: linked, counted, shown, and looked at by a supervisor."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from liandong.core.errors import AppError
from liandong.orders import commands
from liandong.orders.actions import Intake
from liandong.repeats.callers import history, thread
from liandong.repeats.model import Earlier
from liandong.repeats.store import find_earlier
from world import PEOPLE, person

QUIET = {"danger": False, "scope": "own"}
CALLER = {"caller": {"phone": "13800001111", "name": "王小明"}, "facts": QUIET}
LAMP = "和平区南京路1号门口的路灯坏了，晚上看不见路"


@pytest.fixture
def hotline(world):
    return world.centre("12345")


async def answered(hotline, content=LAMP, **more):
    order = await hotline.takes(content, **CALLER | more)
    await order.answer_directly(answer="路灯已修复")
    return order


async def test_the_same_matter_after_an_answer_is_linked_and_counted(world, hotline):
    first = await answered(hotline)
    await world.fast_forward(days=20)
    second = await answered(hotline, "南京路1号门口的路灯又坏了，晚上看不见路")
    third = await hotline.takes("南京路1号门口路灯坏了第三次了，晚上看不见路", **CALLER)
    assert (second.order.repeat_of, second.order.repeats, second.order.repeat_review) == (first.id, 1, None)
    assert (third.order.repeat_of, third.order.repeats) == (second.id, 2)


async def test_another_matter_an_open_one_and_another_caller_are_no_repeat(hotline):
    await answered(hotline)
    other = await hotline.takes("想问医保怎么报销", **CALLER)
    stranger = await hotline.takes(LAMP, facts=QUIET, caller={"phone": "13900002222"})
    drill = await hotline.takes(LAMP, exercise="exercise", **CALLER)
    assert [o.order.repeat_of for o in (other, stranger, drill)] == [None, None, None]
    await hotline.takes("小区东门停车位被占", **CALLER)
    again = await hotline.takes("小区东门停车位还是被占", **CALLER)
    assert again.order.repeat_of is None  # it is still open: urged or merged, not repeated


async def test_a_matter_that_is_too_old_is_no_repeat(world, hotline):
    await answered(hotline)
    world.clock.advance(timedelta(days=hotline.node.policy.repeats.days + 1))
    again = await hotline.takes(LAMP, **CALLER)
    assert again.order.repeat_of is None


async def test_what_comes_again_and_again_goes_to_a_supervisor_who_is_reminded(world, hotline):
    await answered(hotline)
    await answered(hotline)
    third = await hotline.takes(LAMP, **CALLER)
    assert third.order.repeat_review.reviewed_at is None
    assert (await third.clocks())["repeat_review"] == "running"
    await world.fast_forward(days=2)
    assert "clock.overdue" in await third.events()
    with pytest.raises(AppError) as refused:
        await third.review_repeat(text="已约谈", actor=person("call_taker"))
    assert refused.value.code == "not_permitted"
    await third.review_repeat(text="已约谈承办单位，更换灯具")
    assert third.order.repeat_review.reviewed_by == PEOPLE.id
    with pytest.raises(AppError, match="没有等待"):
        await third.review_repeat(text="再看一次")


async def test_a_person_corrects_what_was_linked(hotline):
    first = await answered(hotline)
    second = await hotline.takes(LAMP, **CALLER)
    await second.link_repeat()
    assert (second.order.repeat_of, second.order.repeats) == (None, 0)
    await second.link_repeat(of=str(first.id))
    assert (second.order.repeat_of, second.order.repeats) == (first.id, 1)
    with pytest.raises(AppError, match="自身"):
        await second.link_repeat(of=str(second.id))
    with pytest.raises(AppError, match="自身"):  # never in a circle
        await first.link_repeat(of=str(second.id))


async def test_the_caller_s_history_says_what_is_open_what_was_answered_and_how_often(hotline):
    first = await answered(hotline)
    second = await hotline.takes(LAMP, **CALLER)
    await (await hotline.takes("打错了", **CALLER)).cancel(reason="误拨")
    found = await history(hotline.pool, "13800001111", hotline.node.clock.now(), hotline.node.policy.repeats)
    assert [one.id for one in found.open] == [second.id]
    assert [(one.id, one.answer) for one in found.answered] == [(first.id, "路灯已修复")]
    assert (found.phone, found.repeats) == ("138****1111", 1)


async def test_one_thread_has_everything_in_order_from_whichever_matter_it_is_asked_for(world, hotline):
    first = await answered(hotline)
    await world.fast_forward(minutes=1)
    await first.call_back(reached=True, solved=True)
    await first.evaluate(satisfaction=4)
    await world.fast_forward(minutes=1)
    second = await hotline.takes(LAMP, **CALLER)
    await second.supplement(text="东边那盏")
    store = hotline.node.store
    one, other = [await thread(hotline.pool, store, o.id, PEOPLE) for o in (first, second)]
    assert one == other
    assert [o.id for o in one.orders] == [first.id, second.id]
    said = [(e.number, e.what, e.text or e.satisfaction) for e in one.entries]
    a, b = first.order.number, second.order.number
    assert said[:2] == [(a, "matter", LAMP), (a, "answer", "路灯已修复")]
    assert said[2:] == [
        (a, "call_back", None),
        (a, "evaluation", 4),
        (b, "matter", LAMP),
        (b, "supplement", "东边那盏"),
    ]
    assert one.orders[0].caller.phone == "138****1111"


async def test_a_unit_learns_of_a_foreign_matter_only_that_it_is_there(hotline):
    first = await answered(hotline)
    second = await hotline.takes(LAMP, **CALLER)
    await second.dispatch(unit=hotline.unit)
    unit = person("unit", unit=hotline.unit)
    seen = await thread(hotline.pool, hotline.node.store, second.id, unit)
    theirs = [e for e in seen.entries if e.order_id == first.id]
    assert theirs
    assert all(e.hidden and not e.text and e.satisfaction is None for e in theirs)
    assert next(o for o in seen.orders if o.id == first.id).caller.phone == ""
    assert [e.text for e in seen.entries if e.order_id == second.id] == [LAMP]


async def test_what_would_be_repeated_is_known_before_the_matter_is_taken_in(hotline):
    first = await answered(hotline)
    intake = msgspec.convert({"content": LAMP} | CALLER, Intake)
    node = hotline.node
    found = await find_earlier(node.pool, intake, node.clock.now(), node.policy.repeats)
    assert found == Earlier(first.id, first.order.number, 0)


async def test_an_intake_does_not_fail_or_wait_when_the_earlier_matters_can_not_be_read(hotline, monkeypatch):
    await answered(hotline)

    async def broken(*_):
        raise OSError

    async def slow(*_):
        await asyncio.Event().wait()

    monkeypatch.setattr(commands, "PATIENCE", 0.01)
    for look in (broken, slow):
        monkeypatch.setattr(hotline.node.commands, "_earlier", look)
        again = await hotline.takes(LAMP, **CALLER)
        assert (again.status, again.order.repeat_of) == ("accepted", None)


async def test_what_two_callers_bring_is_merged_each_is_answered_and_each_thread_says_so(world, hotline):
    master = await hotline.takes(LAMP, **CALLER)
    other = await hotline.takes(LAMP, facts=QUIET, caller={"phone": "13900002222"})
    third = await hotline.takes(LAMP, facts=QUIET, caller={"phone": "13900003333"})
    for order in (other, third):
        await order.merge(into=str(master.id))
    await third.unmerge(reason="核对后是另一盏灯")
    await master.work()
    await world.settle()
    for order in (master, other):
        seen = await thread(hotline.pool, hotline.node.store, order.id, PEOPLE)
        assert [(e.what, e.text) for e in seen.entries] == [("matter", LAMP), ("answer", "已处理")]
    assert (third.status, third.order.answer) == ("accepted", None)
    await other.finish()
    again = await hotline.takes(LAMP, facts=QUIET, caller={"phone": "13900002222"})
    assert again.order.repeat_of == other.id
