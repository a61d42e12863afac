"""Stories of the measures: what happens to orders is what the figures of their period say, and each figure opens to its orders."""

from datetime import UTC, datetime, timedelta

import pytest

from liandong.assessment import service
from liandong.assessment.model import Group, Part
from liandong.assessment.periods import period_of
from liandong.assessment.reading import catch_up, rebuild
from world import unit_of

MARCH = period_of("2025-03")
PAST = "2025-02"


@pytest.fixture
async def hotline(open_world):
    world = await open_world("12345", "110", start=datetime(2025, 3, 4, 2, 0, tzinfo=UTC))
    return world.centre("12345")


async def march(centre, by=Group.CITY):
    await catch_up(centre.node.assessor)
    return await service.period_figures(centre.node.assessor, MARCH, by=by)


async def behind(centre, measure, part=Part.DENOMINATOR, **more):
    await catch_up(centre.node.assessor)
    return await service.behind(centre.node.assessor, measure, MARCH, part=part, **more)


async def test_an_order_that_was_answered_in_time_and_found_good_counts_for_every_rate(hotline):
    order = await hotline.takes("家门口的路灯坏了三天", type="help")
    await (await order.work()).finish()
    found = await march(hotline)
    assert [
        (found.of(m).numerator, found.of(m).denominator) for m in ("response_rate", "solved_rate", "satisfied_rate")
    ] == [(1, 1)] * 3
    assert found.of("score").value == pytest.approx(100)
    assert found.of("taken").value == 1
    assert found.of("return_rate").value == 0
    assert found.clocks_versions == [hotline.node.policy.clocks.policy_version]


async def test_an_order_counts_as_responded_to_when_the_caller_was_reached_in_time_and_the_record_says_so(hotline):
    reached = []
    for contact in ("never", "in vain", "in time", "too late"):
        order = await hotline.takes("家门口的路灯坏了三天", type="consultation", caller={"phone": "13800001234"})
        await order.dispatch(unit=unit_of("12345"))
        await order.sign_for()
        if contact in {"in vain", "in time"}:
            await order.record_contact(reached=contact == "in time")
        reached.append(order)
    await hotline.world.fast_forward(days=4)
    await reached[-1].look()
    await reached[-1].record_contact(reached=True)
    found = await march(hotline)
    assert (found.of("response_rate").numerator, found.of("response_rate").denominator) == (1, 4)
    missed = await behind(hotline, "response_rate", Part.MISSED)
    assert {one.order_id for one in missed.orders} == {order.id for order in reached if order is not reached[2]}


async def test_an_answer_that_never_came_counts_as_due_once_its_clock_ran_out(hotline):
    order = await hotline.takes("家门口的路灯坏了三天", type="consultation")
    await order.dispatch(unit=unit_of("12345"))
    assert (await march(hotline)).of("response_rate").denominator == 0, "it is not due yet"
    await hotline.world.fast_forward(days=5)
    found = await march(hotline)
    assert (found.of("answer_on_time").numerator, found.of("answer_on_time").denominator) == (0, 1)
    assert found.of("overdue_rate").numerator == 1
    missed = await behind(hotline, "answer_on_time", Part.MISSED)
    assert [one.order_id for one in missed.orders] == [order.id]


async def test_a_returned_order_counts_for_the_return_rate_and_owes_no_answer(hotline):
    order = await hotline.takes("楼上漏水", type="help")
    await order.dispatch(unit=unit_of("12345"))
    await order.give_back(reason="not_our_duty", basis="三定规定第二条")
    await hotline.world.fast_forward(days=20)
    found = await march(hotline)
    assert (found.of("return_rate").numerator, found.of("return_rate").denominator) == (1, 1)
    assert found.of("answer_on_time").denominator == 0


async def test_a_matter_answered_on_the_phone_counts_as_direct_and_as_solved_by_the_first_call(hotline):
    order = await hotline.takes("公积金怎么查")
    await order.answer_directly(answer="请登录公积金中心网站")
    found = await march(hotline)
    assert found.of("answered_directly").value == 1
    assert found.of("first_call_solved").value == 1


async def test_the_same_number_about_the_same_thing_again_counts_as_repeated(hotline):
    for _ in range(2):
        await hotline.takes("楼下烧烤扰民", type="complaint", caller={"phone": "13800001234"})
    await hotline.takes("公积金怎么查", type="consultation", caller={"phone": "13800001234"})
    found = await march(hotline)
    assert (found.of("repeat_rate").numerator, found.of("repeat_rate").denominator) == (1, 3)


async def test_a_reopened_order_counts_as_redone(hotline):
    order = await hotline.takes("路灯坏了", type="help")
    await (await order.work()).finish()
    await order.reopen(reason="又坏了")
    found = await march(hotline)
    assert found.of("redo_rate").value == 1
    assert found.of("solved_rate").denominator == 0, "the new round has not been called back"


async def test_a_drill_never_counts(hotline):
    order = await hotline.takes("演练：燃气泄漏", exercise="exercise")
    await order.answer_directly(answer="演练")
    found = await march(hotline)
    assert found.of("taken").value == 0
    assert await hotline.pool.fetchval("SELECT count(*) FROM assessed_orders") == 0


async def test_transfers_are_measured_from_the_offer_to_the_taking(hotline):
    order = await hotline.takes("邻居夜里放音响")
    await order.transfer("110")
    await hotline.world.settle()
    hotline.world.clock.advance(timedelta(seconds=40))
    there = await order.at("110")
    await there.accept_transfer()
    await hotline.world.settle()
    found = await march(hotline)
    assert found.of("take_p50").value == pytest.approx(40)
    assert found.of("transfer_on_time").value == 1
    assert found.of("bounce_rate").value == 0
    assert (found.of("loops_closed").numerator, found.of("loops_closed").denominator) == (0, 1)


async def test_an_offer_that_was_given_back_counts_as_bounced(hotline):
    order = await hotline.takes("小区噪音")
    await order.transfer("110")
    await hotline.world.settle()
    await (await order.at("110")).return_transfer(reason="not_our_duty", basis="清单 A01")
    await hotline.world.settle()
    assert (await march(hotline)).of("bounce_rate").value == 1


async def test_units_come_by_their_code_and_their_sums_are_the_citys(hotline):
    order = await hotline.takes("路灯坏了", type="help", division_code="120101")
    await (await order.work()).finish()
    await (await hotline.takes("公积金", division_code="120102")).answer_directly(answer="见网站")
    units, divisions = await march(hotline, Group.UNIT), await march(hotline, Group.DIVISION)
    assert units.groups == sorted(units.groups)
    assert sum(units.of("taken", g).value for g in units.groups) == 2
    assert units.of("response_rate", unit_of("12345")).value == 1
    assert divisions.of("per_10k", "120101").value == pytest.approx(10_000 / 355_000)


async def test_reading_the_ledger_again_or_making_everything_anew_changes_nothing(hotline):
    for n in range(3):
        order = await hotline.takes(f"路灯坏了{n}", type="help")
        await order.work()
    await catch_up(hotline.node.assessor)
    before = await hotline.pool.fetch("SELECT * FROM assessed_orders ORDER BY order_id")
    await hotline.pool.execute("DELETE FROM reading_places")
    await catch_up(hotline.node.assessor)
    assert await hotline.pool.fetch("SELECT * FROM assessed_orders ORDER BY order_id") == before
    assert await rebuild(hotline.node.assessor) == 3
    assert await hotline.pool.fetch("SELECT * FROM assessed_orders ORDER BY order_id") == before
    assert await catch_up(hotline.node.assessor) == 0


async def test_the_orders_behind_a_figure_come_page_by_page_and_are_as_many_as_it_says(hotline):
    for n in range(5):
        await hotline.takes(f"咨询{n}")
    first = await behind(hotline, "taken", limit=3)
    second = await behind(hotline, "taken", limit=3, after=first.next)
    assert (first.count, len(first.orders), len(second.orders), second.next) == (5, 3, 2, None)
    assert len({one.order_id for one in (*first.orders, *second.orders)}) == 5


async def test_another_months_orders_are_not_counted(hotline):
    await hotline.takes("咨询")
    await catch_up(hotline.node.assessor)
    found = await service.period_figures(hotline.node.assessor, period_of(PAST))
    assert found.of("taken").value == 0
