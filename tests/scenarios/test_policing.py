"""The police side of one alarm: level, way to the scene, support, delay, case. Nothing here holds up who is sent."""

import pytest

from liandong.catalogue.units import default_units
from liandong.core.errors import AppError
from liandong.orders.context import Actor
from world import person, unit_of

CALM = {"danger": False, "scope": "own"}
FIRST = unit_of("110")
SECOND = next(u.org_code for u in default_units().values() if u.kind == "police_station" and u.org_code != FIRST)
UNIT = person("unit", unit=FIRST)
BESIDE = Actor(id="beside", roles=frozenset({"unit"}), unit=SECOND)
WANG = Actor(id="wang", roles=frozenset({"dispatcher"}))
LI = Actor(id="li", roles=frozenset({"dispatcher", "supervisor"}))


@pytest.fixture
def police(world):
    return world.centre("110")


async def on_the_scene(police, world, *, late=0, **more):
    order = await police.takes("楼下两家人吵架", facts=CALM, **more)
    await order.dispatch(unit=FIRST)
    await order.acknowledge(actor=UNIT)
    if late:
        await world.fast_forward(minutes=late)
    return await order.arrive(actor=UNIT)


# level


async def test_anybody_raises_the_level_at_once_and_lowering_needs_a_second_person(police):
    order = await police.takes("楼下两家人吵架", facts=CALM)
    await order.grade(level=3)
    await order.raise_level(level=2, reason="有人拿东西砸", actor=person("call_taker"))
    assert order.order.level == 2
    await order.ask_lower_level(level=4, reason="双方已平静", actor=LI)
    assert order.order.level == 2
    with pytest.raises(AppError, match="申请人以外"):
        await order.approve_lower_level(actor=LI)
    await order.approve_lower_level(actor=WANG)
    assert (order.order.level, order.order.policing.lowering) == (4, None)


async def test_a_level_is_not_lowered_by_grading_or_in_passing_by_a_dispatch(police):
    order = await police.takes("楼下两家人吵架", facts=CALM, level=2)
    with pytest.raises(AppError, match="ask_lower_level"):
        await order.grade(level=4)
    await order.dispatch(unit=FIRST, level=4)
    assert (order.status, order.order.level) == ("dispatched", 2)


async def test_a_lowering_that_is_refused_or_overtaken_leaves_the_level(police):
    order = await police.takes("楼下两家人吵架", facts=CALM)
    await order.grade(level=3)
    await order.ask_lower_level(level=5, reason="误报", actor=LI)
    await order.refuse_lower_level(reason="尚未核实", actor=WANG)
    assert order.order.level == 3
    await order.ask_lower_level(level=5, reason="误报", actor=LI)
    await order.raise_level(level=1)
    assert order.order.policing.lowering is None
    with pytest.raises(AppError, match="降级申请"):
        await order.approve_lower_level(actor=WANG)


# nobody waits


async def test_whoever_sends_is_not_held_up_by_what_was_asked_and_noted_meanwhile(police):
    order = await police.takes("楼下有人打架", facts={"danger": True})
    seen = order.order.version
    await order.answer_questions(answers={"weapons": "blade"})
    await order.supplement(text="还在打")
    await order.raise_level(level=1)
    await order.dispatch(unit=FIRST, version=seen)
    assert order.status == "dispatched"


async def test_whoever_sends_looks_again_where_somebody_was_sent_meanwhile(police):
    order = await police.takes("楼下有人打架", facts={"danger": True})
    seen = order.order.version
    await order.dispatch(unit=FIRST)
    with pytest.raises(AppError) as refused:
        await order.dispatch(unit=SECOND, version=seen)
    assert refused.value.code == "stale_version"


async def test_danger_is_sent_for_before_any_question_is_answered(police):
    order = await police.takes("楼下有人拿刀砍人")
    await order.dispatch(unit=FIRST)
    assert order.status == "dispatched"
    assert order.order.policing is None


# questions


async def test_answers_raise_danger_fill_in_the_scene_and_propose_a_level_but_set_none(police):
    order = await police.takes("有人来闹事", facts=CALM)
    await order.answer_questions(answers={"what": "violence", "weapons": "blade", "injured": 2, "children": "children"})
    it = order.order
    assert (it.danger, it.urgent, it.facts.danger, it.facts.violent_dispute) == (True, True, True, True)
    assert (it.incident.weapons, it.incident.injured, it.class_intake) == ("刀具", 2, "02010000")
    assert (it.level, it.policing.proposed_level, it.tags) == (None, 1, ["涉未成年人"])


async def test_no_answer_lowers_danger_or_a_level(police):
    order = await police.takes("楼下有人拿刀砍人", level=1)
    assert order.order.danger
    await order.answer_questions(answers={"what": "dispute", "weapons": "none", "ongoing": "over", "injured": 0})
    assert (order.order.danger, order.order.level) == (True, 1)


async def test_an_answer_that_no_question_has_is_refused_and_names_the_choices(police):
    order = await police.takes("有人来闹事", facts=CALM)
    with pytest.raises(AppError, match="blade"):
        await order.answer_questions(answers={"weapons": "banana"})


async def test_danger_found_by_asking_takes_back_what_is_on_offer_to_the_hotline(world, police):
    order = await police.takes("邻居把垃圾堆在楼道里，吵起来了", facts={"danger": False, "scope": "other"})
    await order.transfer("12345")
    await world.settle()
    hotline = await order.at("12345")
    await hotline.accept_transfer()
    await world.settle()
    assert order.status == "following"
    await order.answer_questions(answers={"weapons": "blade"})
    await world.settle()
    assert (order.status, order.order.responsible, hotline.status) == ("received", True, "following")
    assert hotline.order.danger
    assert order.order.policing.given == {"weapons": "blade"}


async def test_a_hotline_that_asks_and_hears_of_danger_calls_the_police(world):
    hotline = await world.centre("12345").takes("楼下有人争吵", facts=CALM)
    await hotline.answer_questions(answers={"what": "violence", "weapons": "blade"})
    assert hotline.order.danger
    assert (await hotline.clocks())["danger_transfer"] == "running"
    await world.fast_forward(seconds=31)
    theirs = await hotline.at("110")
    assert (theirs.status, theirs.order.danger, theirs.order.responsible) == ("received", True, True)


# the way to the scene


async def test_the_way_to_the_scene_is_kept_step_by_step(world, police):
    order = await police.takes("楼下两家人吵架", facts=CALM)
    await order.dispatch(unit=FIRST)
    await order.acknowledge(actor=UNIT)
    await world.fast_forward(seconds=30)
    await order.set_out(actor=UNIT, vehicle="津A1234警")
    sent = order.snapshot.dispatch
    assert sent.signed_at < sent.set_out_at
    assert (order.status, sent.vehicle) == ("acknowledged", "津A1234警")
    with pytest.raises(AppError, match="已经出发"):
        await order.set_out(actor=UNIT)


async def test_feedback_names_people_and_things_one_by_one(world, police):
    order = await on_the_scene(police, world)
    await order.start_disposing(actor=UNIT)
    people = [{"part": "suspect", "name": "张三", "id_number": "120101199001011239", "handled": "口头警告"}]
    await order.feed_back(
        actor=UNIT,
        result="已调解",
        class_confirmed="08020000",
        people=people,
        things=[{"name": "木棍", "amount": "1根", "handled": "扣押"}],
    )
    assert order.order.feedback.people[0].name == "张三"
    assert order.order.feedback.things[0].handled == "扣押"
    assert order.order.class_confirmed == "08020000"


async def test_a_slip_in_a_resident_s_number_is_named_before_it_is_kept(world, police):
    order = await on_the_scene(police, world)
    await order.start_disposing(actor=UNIT)
    slip = [{"part": "victim", "name": "李四", "id_number": "120101199001011230"}]
    with pytest.raises(AppError, match="李四"):
        await order.feed_back(actor=UNIT, result="已调解", people=slip)
    await order.feed_back(actor=UNIT, result="已调解", people=[{"part": "witness", "id_number": "E12345678"}])


# support


async def test_a_second_unit_is_sent_beside_the_first_with_a_state_of_its_own(world, police):
    order = await on_the_scene(police, world)
    await order.call_support(actor=UNIT, text="对方人多")
    assert (await order.clocks())["support_dispatch"] == "running"
    await order.send_support(unit=SECOND, person="赵警官")
    assert (await order.clocks())["support_dispatch"] == "stopped"
    for state in ("acknowledged", "on_the_way", "arrived"):
        await order.report_support(actor=BESIDE, no=1, state=state)
    one = order.order.policing.support(1)
    assert (one.state, one.unit, one.person) == ("arrived", SECOND, "赵警官")
    assert (order.status, order.order.unit) == ("arrived", FIRST)
    assert None not in (one.sent_at, one.acknowledged_at, one.on_the_way_at, one.arrived_at)
    with pytest.raises(AppError, match="不能改为"):
        await order.report_support(actor=BESIDE, no=1, state="on_the_way")
    await order.start_disposing(actor=UNIT)
    await order.feed_back(actor=UNIT, result="已处置")
    assert order.order.policing.support(1).over


async def test_a_call_for_support_that_nobody_answers_is_an_alarm(world, police):
    order = await on_the_scene(police, world)
    await order.call_support(actor=UNIT, text="对方人多")
    await world.fast_forward(seconds=61)
    assert "clock.overdue" in await order.events()


async def test_the_clock_goes_on_while_another_call_waits_and_ends_with_the_last(world, police):
    order = await on_the_scene(police, world)
    await order.call_support(actor=UNIT, text="对方人多")
    await order.call_support(actor=UNIT, text="再来一组")
    await order.send_support(unit=SECOND)
    assert (await order.clocks())["support_dispatch"] == "running"
    await order.report_support(no=2, state="ended", text="不需要了")
    assert (await order.clocks())["support_dispatch"] == "stopped"


async def test_a_supporting_unit_sees_the_order_and_does_not_do_the_first_unit_s_work(world, police):
    order = await on_the_scene(police, world)
    with pytest.raises(AppError) as unseen:
        await order.raise_level(level=1, actor=BESIDE)
    assert unseen.value.code == "not_found"
    await order.send_support(unit=SECOND)
    await order.raise_level(level=1, actor=BESIDE)
    with pytest.raises(AppError, match="没有派给您的单位"):
        await order.start_disposing(actor=BESIDE)
    with pytest.raises(AppError, match="已在本警单中"):
        await order.send_support(unit=SECOND)


# delay


@pytest.mark.parametrize(
    "division, minutes, late", [("120101", 6, True), ("120101", 4, False), ("120118", 6, False), ("120118", 11, True)]
)
async def test_the_limit_of_the_arrival_follows_the_place(world, police, division, minutes, late):
    order = await on_the_scene(police, world, late=minutes, division_code=division)
    assert (order.order.policing is not None) is late
    if late:
        assert "late_seconds" in (await order.ledger())[-1]["body"]


async def test_a_late_arrival_is_explained_before_the_order_is_closed_and_reviewed_by_another(world, police):
    order = await on_the_scene(police, world, late=7, division_code="120101")
    await order.start_disposing(actor=UNIT)
    await order.feed_back(actor=UNIT, result="已处置")
    with pytest.raises(AppError, match="explain_delay"):
        await order.close()
    with pytest.raises(AppError, match="交通拥堵"):
        await order.explain_delay(actor=UNIT, cause="没有原因")
    await order.explain_delay(actor=LI, cause="traffic", text="早高峰")
    with pytest.raises(AppError, match="说明人以外"):
        await order.review_delay(actor=LI, accepted=True)
    await order.review_delay(actor=WANG, accepted=False, text="当时不堵车")
    with pytest.raises(AppError, match="explain_delay"):
        await order.close()
    await order.explain_delay(actor=UNIT, cause="busy")
    await order.close()
    await order.review_delay(actor=WANG, accepted=True)
    delay = order.order.policing.delay
    assert (delay.cause, delay.accepted, delay.reviewed_by) == ("busy", True, "wang")


async def test_a_late_arrival_keeps_nobody_from_helping_and_the_caller_hears_the_result(world, police):
    hotline = await world.centre("12345").takes("楼下有人打架", facts={"danger": True})
    await hotline.transfer("110", urgent=True)
    await world.settle()
    order = await hotline.at("110")
    await order.dispatch(unit=FIRST)
    await order.acknowledge()
    await world.fast_forward(minutes=20)
    await order.arrive()
    await order.start_disposing()
    await order.feed_back(result="已制止")
    await world.settle()
    assert hotline.order.answer == "已制止"


# case


async def test_an_alarm_that_becomes_a_case_ends_with_its_number(world, police):
    order = await on_the_scene(police, world)
    await order.hand_to_case(actor=UNIT, case_number="津公(和)立字〔2025〕12号", unit="和平分局刑侦支队")
    assert order.status == "fed_back"
    assert "津公(和)立字〔2025〕12号" in order.order.answer
    await order.finish()
    assert (order.status, order.order.closing) == ("evaluated", "case")
    assert order.order.policing.case.unit == "和平分局刑侦支队"


async def test_the_number_of_a_case_may_come_after_the_feedback(world, police):
    order = await on_the_scene(police, world)
    await order.start_disposing(actor=UNIT)
    await order.feed_back(actor=UNIT, result="已控制嫌疑人")
    await order.hand_to_case(actor=UNIT, case_number="A1")
    assert order.order.answer == "已控制嫌疑人"
    await order.close()
    assert order.order.closing == "case"
