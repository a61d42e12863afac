"""Rules of an order's own life that the table alone does not show."""

import json
from datetime import timedelta

import pytest

from liandong.core.errors import AppError, problem
from world import person

GAS = "家里煤气味很大，头晕，还有老人在屋里"


@pytest.mark.parametrize(
    "action, fields",
    [("answer_directly", {"answer": "好"}), ("guide", {}), ("dispatch", {})],
)
async def test_a_hotline_may_not_settle_danger_before_110_has_it(world, action, fields):
    order = await world.centre("12345").takes(GAS)
    fields = fields | ({"unit": order.centre.unit} if action == "dispatch" else {})
    with pytest.raises(AppError) as refused:
        await order.act(action, **fields)
    assert refused.value.code == "guard_refused"
    assert action not in problem(refused.value)["allowed"]


async def test_a_person_may_overrule_the_reader_and_the_ledger_keeps_it(world):
    order = await world.centre("12345").takes("我家煤气灶怎么换？", facts={"danger": False})
    await order.answer_directly(answer="请联系燃气公司")
    assert '"danger":false' in (await order.ledger())[0]["body"]


async def test_raising_danger_by_amending_the_facts_forbids_to_answer(world):
    order = await world.centre("12345").takes("楼道里堆了杂物")
    await order.amend(facts={"danger": True})
    assert order.order.danger
    with pytest.raises(AppError):
        await order.answer_directly(answer="好")


@pytest.mark.parametrize("code", ["12345", "110"])
async def test_a_return_must_have_one_of_the_typed_reasons(world, code):
    order = await world.centre(code).takes("小区有人偷电动车" if code == "110" else "路灯坏了")
    await order.dispatch(unit=order.centre.unit)
    with pytest.raises(AppError, match="不在目录中"):
        await order.return_order(reason="不想管", basis="x")
    await order.give_back(reason="wrong_district", basis="市区划")
    assert order.status == "returned"
    sent = order.snapshot.dispatches[0]
    assert (sent.return_reason, sent.return_basis) == ("wrong_district", "市区划")
    assert order.order.unit is None


async def test_a_returned_order_is_dispatched_again_and_each_dispatch_is_kept(world):
    order = await world.centre("12345").takes("路灯坏了")
    await order.dispatch(unit=order.centre.unit)
    await order.give_back(reason="wrong_district", basis="x")
    await order.dispatch(unit=order.centre.unit)
    assert [d.no for d in order.snapshot.dispatches] == [1, 2]
    assert order.snapshot.dispatches[0].returned_at is not None
    assert order.snapshot.dispatches[1].returned_at is None


async def test_a_reopened_order_starts_a_new_round_with_a_clean_sheet(world):
    order = await world.centre("12345").takes("路灯坏了")
    await order.work()
    await order.finish()
    await order.reopen(reason="又坏了")
    assert (order.status, order.order.round) == ("accepted", 2)
    for name in ("answer", "closing", "satisfaction", "solved", "unit", "evaluated_at", "closed_at", "dispatched_at"):
        assert getattr(order.order, name) is None, name
    assert order.order.call_backs == 0
    assert order.order.responsible
    await order.work()
    await order.finish()
    assert order.order.round == 2


async def test_an_unreached_caller_is_called_three_times_and_then_it_counts_as_tried(world):
    order = await world.centre("12345").takes("路灯坏了")
    await order.work()
    await order.close()
    for n in (1, 2):
        await order.call_back(reached=False)
        assert (order.status, order.order.call_backs) == ("closed", n)
        await world.fast_forward(hours=24)
    await order.call_back(reached=False)
    assert (order.status, order.order.call_backs) == ("called_back", 3)
    assert not order.order.revisited


async def test_only_the_first_receiver_calls_back(world):
    order = await world.centre("12345").takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    police = await order.at("110")
    await police.accept_transfer()
    await police.work()
    await police.close()
    with pytest.raises(AppError, match="由首接中心12345回访"):
        await police.call_back(reached=True)


async def test_a_paused_clock_keeps_what_is_left(world):
    order = await world.centre("12345").takes("路灯坏了", type="help")
    await order.dispatch(unit=order.centre.unit)
    due = await order.due_at("unit_accept")
    await order.pause_clock(clock="unit_accept", ground="waiting_for_caller", reason="等待材料", evidence="电话录音A12")
    assert (await order.clocks())["unit_accept"] == "paused"
    await world.fast_forward(days=30)
    assert (
        "clock.overdue" not in [k for k in await order.events() if k == "clock.overdue"]
        or (await order.clocks())["unit_accept"] == "paused"
    )
    await order.resume_clock(clock="unit_accept")
    assert (await order.clocks())["unit_accept"] == "running"
    assert await order.due_at("unit_accept") > due + timedelta(days=25)


async def test_a_paused_clock_never_fires_and_a_resumed_one_does_once(world):
    order = await world.centre("12345").takes("路灯坏了", type="help")
    await order.dispatch(unit=order.centre.unit)
    await order.sign_for()
    await order.pause_clock(clock="answer", ground="waiting_for_caller", reason="核实地址", evidence="电话录音A12")
    await world.fast_forward(days=40)
    assert "clock.overdue" not in await order.events()
    await order.resume_clock(clock="answer")
    await world.fast_forward(days=40)
    fired = [json.loads(e["body"])["clock"] for e in await order.ledger() if e["kind"] == "clock.overdue"]
    assert fired.count("answer") == 1


async def test_a_clock_of_safety_can_not_be_paused(world):
    order = await world.centre("12345").takes("家里煤气味很大，报警器一直响")
    with pytest.raises(AppError, match="不能暂停"):
        await order.pause_clock(clock="danger_transfer", ground="waiting_for_caller", reason="等一等", evidence="无")
    await world.fast_forward(minutes=1)
    assert await world.owners(order.matter_id) == ["110"]


async def test_a_clock_that_ran_out_while_nobody_worked_fires_once_when_work_goes_on(world):
    order = await world.centre("110").takes("小区有人偷电动车")
    world.clock.advance(timedelta(days=3))  # no worker ran
    await world.settle()
    await world.settle()
    assert (await order.events()).count("clock.overdue") == 1


async def test_two_workers_fire_a_clock_once(world):
    import asyncio

    centre = world.centre("110")
    orders = [await centre.takes(f"小区有人偷电动车 {n}") for n in range(20)]
    world.clock.advance(timedelta(hours=1))
    await asyncio.gather(*(centre.fire_clocks() for _ in range(4)))
    for order in orders:
        assert (await order.events()).count("clock.overdue") == 1


async def test_a_unit_s_key_reaches_only_its_own_orders(world):
    order = await world.centre("12345").takes("路灯坏了")
    await order.dispatch(unit=order.centre.unit)
    stranger = person("unit", unit="11120102YB0000024N")
    with pytest.raises(AppError) as refused:
        await order.sign_for(actor=stranger)
    assert refused.value.code == "not_found"
    await order.sign_for(actor=person("unit", unit=order.centre.unit))
    assert order.status == "signed"


async def test_a_report_is_confidential_even_if_nobody_ticks_the_box(world):
    order = await world.centre("12345").takes("举报餐馆用地沟油", type="report")
    assert order.order.confidential
