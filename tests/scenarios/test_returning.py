"""A unit gives an order back: reason, basis, evidence and window; a second person reviews; one objection; what a malicious return costs."""

from datetime import timedelta

import pytest

from liandong.core.errors import AppError
from liandong.handling.store import Period, patterns, returns_waiting
from liandong.orders.context import Actor
from liandong.oversight.service import find_measure
from world import person

WORKER = "worker"


@pytest.fixture
async def order(world):
    order = await world.centre("12345").takes("路灯坏了")
    await order.dispatch(unit=order.centre.unit)
    return order


def of_unit(order, name=WORKER):
    return Actor(id=name, roles=frozenset({"unit"}), unit=order.centre.unit)


def named(name, *roles):
    return Actor(id=name, roles=frozenset(roles))


async def asks_to_return(order, **more):
    given = {"reason": "wrong_district", "basis": "市区划目录"} | more
    return await order.return_order(actor=of_unit(order), **given)


async def test_a_return_is_a_request_and_the_unit_s_clocks_never_stop(world, order):
    due = await order.due_at("answer")
    await asks_to_return(order)
    assert (order.status, order.order.unit) == ("dispatched", order.centre.unit)
    assert (await order.clocks())["answer"] == (await order.clocks())["return_review"] == "running"
    await order.refuse_return(actor=person("dispatcher"), text="该路段属本区")
    assert await order.due_at("answer") == due
    assert (await order.clocks())["return_review"] == "stopped"
    assert order.order.handling.returns[0].status == "refused"


async def test_who_asked_never_reviews_even_with_the_role_for_it(order):
    both = named("two hats", "supervisor", "unit")
    await order.return_order(actor=both, reason="wrong_district", basis="x")
    with pytest.raises(AppError, match="另一人"):
        await order.grant_return(actor=both)
    await order.grant_return(actor=named("another", "supervisor"))
    assert (order.status, order.order.unit) == ("returned", None)
    assert order.snapshot.dispatches[0].return_reason == "wrong_district"


async def test_a_return_after_its_window_counts_as_accepted_and_says_so(world, order):
    await world.fast_forward(days=2)
    with pytest.raises(AppError, match="逾期视为接受"):
        await asks_to_return(order)


async def test_a_complex_matter_has_a_day_more(world):
    order = await world.centre("12345").takes("老旧小区加装电梯", tags=["complex"])
    await order.dispatch(unit=order.centre.unit)
    await world.fast_forward(days=2)
    await asks_to_return(order)
    await world.fast_forward(days=1)
    assert order.order.handling.returns[0].status == "asked"


async def test_some_reasons_must_bring_evidence(order):
    with pytest.raises(AppError, match="证据"):
        await asks_to_return(order, reason="duplicate")
    await asks_to_return(order, reason="duplicate", evidence="与昨日第17号工单为同一盏灯")
    assert order.order.handling.returns[0].evidence


async def test_a_refusal_is_objected_to_once_and_a_third_person_decides(order):
    await asks_to_return(order)
    await order.refuse_return(actor=named("first", "dispatcher"), text="属本区")
    with pytest.raises(AppError, match="已申请过退单"):
        await asks_to_return(order)
    await order.object_to_return(actor=of_unit(order), text="2024年区划调整后不属本区")
    with pytest.raises(AppError, match="另一人"):
        await order.grant_return(actor=named("first", "supervisor"))
    await order.refuse_return(actor=named("second", "supervisor"), text="调整不含该路段")
    assert order.order.handling.returns[0].status == "upheld"
    with pytest.raises(AppError, match="异议只能提一次"):
        await order.object_to_return(actor=of_unit(order), text="再提一次")


async def test_an_objection_can_be_granted_and_the_order_goes_back(order):
    await asks_to_return(order)
    await order.refuse_return(actor=named("first", "dispatcher"), text="属本区")
    await order.object_to_return(actor=of_unit(order), text="区划调整")
    await order.grant_return(actor=named("second", "supervisor"))
    assert order.status == "returned"


async def test_an_objection_too_late_is_refused(world, order):
    await asks_to_return(order)
    await order.refuse_return(actor=named("first", "dispatcher"), text="属本区")
    await world.fast_forward(days=3)
    with pytest.raises(AppError, match="异议应在"):
        await order.object_to_return(actor=of_unit(order), text="区划调整")


async def test_a_unit_that_answers_lets_its_own_return_lapse(order):
    await asks_to_return(order)
    await order.sign_for()
    await order.start_handling()
    await order.answer(answer="已修好")
    assert order.order.handling.returns[0].status == "lapsed"
    assert (await order.clocks())["return_review"] == "stopped"


async def test_after_a_new_dispatch_another_return_may_be_asked(order):
    await order.give_back(reason="wrong_district", basis="x")
    await order.dispatch(unit=order.centre.unit)
    await asks_to_return(order)
    assert [one.status for one in order.order.handling.returns] == ["granted", "asked"]


async def test_nobody_reviews_and_the_clock_of_the_review_says_so(world, order):
    await asks_to_return(order)
    await world.fast_forward(days=3)
    assert any(row["kind"] == "clock.overdue" and "return_review" in row["body"] for row in await order.ledger())


async def test_a_malicious_return_is_a_finding_with_evidence_and_an_appeal_that_another_person_decides(world, order):
    await asks_to_return(order)
    await order.refuse_return(actor=named("first", "dispatcher"), text="属本区")
    finder = named("finder", "supervisor")
    with pytest.raises(AppError, match="没有这次退单"):
        await order.find_malicious_return(actor=finder, return_no=2, evidence="x", basis="x")
    fields = {"return_no": 1, "evidence": "一周内七次以同一理由退回本区路灯", "basis": "热线管理办法第十二条"}
    await order.find_malicious_return(actor=finder, **fields)
    with pytest.raises(AppError, match="已经认定过"):
        await order.find_malicious_return(actor=finder, **fields)
    about = order.order.handling.returns[0].measure
    measure, steps = await find_measure(order.centre.pool, str(about), finder)
    assert (measure.kind, measure.cause, measure.status) == ("accountability", "malicious_return", "proposed")
    assert (measure.unit, measure.evidence) == (order.centre.unit, "一周内七次以同一理由退回本区路灯")
    assert [(step["step"], step["actor"]) for step in steps] == [("propose", "finder")]
    (ledger,) = [row for row in await order.ledger() if row["kind"] == "return.found_malicious"]
    assert str(about) in ledger["body"]


async def test_the_database_itself_refuses_a_review_by_the_one_who_asked(order):
    import asyncpg

    await asks_to_return(order)
    with pytest.raises(asyncpg.CheckViolationError):
        await order.centre.pool.execute("UPDATE order_returns SET reviewed_by = asked_by, status = 'granted'")


async def test_patterns_of_returning_are_seen_by_unit_reason_share_and_trend(world):
    centre = world.centre("12345")
    for n in range(4):
        order = await centre.takes(f"第{n}盏路灯坏了")
        await order.dispatch(unit=centre.unit)
        if n < 2:
            await asks_to_return(order)
        if n == 0:
            await order.grant_return(actor=named("first", "dispatcher"))
        await world.fast_forward(days=1)
    waiting = await returns_waiting(centre.pool, limit=10)
    assert [one.status for one in waiting] == ["asked"]
    end = world.clock.now() + timedelta(days=1)
    found = await patterns(centre.pool, Period(end - timedelta(days=30), end, "week"))
    assert [(p.unit, p.dispatched, p.asked, p.granted) for p in found] == [(centre.unit, 4, 2, 1)]
    assert found[0].share == 0.5
    assert found[0].reasons == {"wrong_district": 2}
    assert [(t.asked, t.dispatched) for t in found[0].trend] == [(2, 4)]
    assert await patterns(centre.pool, Period(end - timedelta(days=30), end, "week"), unit="no such unit") == []
