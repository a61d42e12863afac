"""Clocks of handling: from dispatch, held with a ground and evidence, extended once, computed anew without losing time, and their ladders."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from liandong.catalogue.clocks import load_clocks
from liandong.core.errors import AppError
from liandong.handling import store
from liandong.handling.reckoning import Reckoning
from liandong.orders.actions import RecomputeClocks
from liandong.orders.context import Actor
from liandong.oversight.service import list_measures
from world import person

SUPERVISOR = person("supervisor")


async def at_work(world, **more):
    order = await world.centre("12345").takes("路灯坏了", **({"type": "help"} | more))
    await order.dispatch(unit=order.centre.unit)
    await order.sign_for()
    return await order.start_handling()


def of_unit(order, name="worker"):
    return Actor(id=name, roles=frozenset({"unit"}), unit=order.centre.unit)


async def kinds_and_times(order, *kinds):
    return [(row["kind"], row["at"]) for row in await order.ledger() if row["kind"] in kinds]


def local(text):
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


async def test_a_clock_is_held_only_with_a_ground_of_the_table_and_evidence(world):
    order = await at_work(world)
    with pytest.raises(AppError, match="不在目录中"):
        await order.pause_clock(clock="answer", ground="忙", reason="人手不足", evidence="无")
    with pytest.raises(msgspec.ValidationError):
        await order.pause_clock(clock="answer", ground="waiting_for_caller", reason="等材料")
    with pytest.raises(AppError, match="不属于本工单"):
        await order.pause_clock(
            clock="answer",
            ground="waiting_for_caller",
            reason="等材料",
            evidence="录音",
            attachments=["00000000-0000-0000-0000-000000000009"],
        )
    await order.pause_clock(clock="answer", ground="waiting_for_caller", reason="等材料", evidence="录音A12")
    assert order.order.handling.pauses[0].evidence == "录音A12"
    await world.fast_forward(days=7)
    await order.resume_clock(clock="answer")
    assert order.order.handling.pauses[0].until_at == world.clock.now()


async def test_one_extension_asked_by_the_unit_and_approved_by_somebody_else(world):
    order = await at_work(world)
    due = await order.due_at("answer")
    await order.ask_extension(actor=of_unit(order), days=10, reason="待供货", evidence="合同")
    assert await order.due_at("answer") == due
    with pytest.raises(AppError, match="需要角色"):
        await order.grant_extension(actor=of_unit(order, "another"))
    await order.grant_extension(actor=SUPERVISOR)
    assert (due, await order.due_at("answer")) == (local("2025-03-18T23:59:59.999"), local("2025-04-01T23:59:59.999"))
    with pytest.raises(AppError, match="只能申请一次"):
        await order.ask_extension(actor=of_unit(order), days=5, reason="还不够", evidence="合同")


async def test_who_asked_for_more_time_does_not_grant_it(world):
    order = await at_work(world)
    both = Actor(id="two hats", roles=frozenset({"unit", "supervisor"}))
    await order.ask_extension(actor=both, days=5, reason="x", evidence="x")
    with pytest.raises(AppError, match="另一人"):
        await order.grant_extension(actor=both)
    await order.refuse_extension(actor=SUPERVISOR, text="可以调货")
    assert order.order.handling.extensions[0].status == "refused"


async def test_an_extension_is_at_most_ten_working_days(world):
    order = await at_work(world)
    with pytest.raises(msgspec.ValidationError):
        await order.ask_extension(actor=of_unit(order), days=11, reason="x", evidence="x")


async def test_a_clock_that_ran_out_is_not_extended_any_more(world):
    order = await at_work(world)
    await world.fast_forward(days=20)
    with pytest.raises(AppError, match="没有在走"):
        await order.ask_extension(actor=of_unit(order), days=5, reason="x", evidence="x")


async def test_the_ladder_of_an_answer_climbs_from_a_warning_to_an_entry_for_accountability(world):
    order = await at_work(world)  # help: ten working days from Tuesday 4 March 10:00
    await world.fast_forward(days=40)
    climbed = await kinds_and_times(
        order, "clock.warned", "clock.overdue", "clock.urged", "clock.supervised", "clock.accounted"
    )
    assert [kind for kind, _ in climbed] == [
        "clock.warned", "clock.overdue", "clock.urged", "clock.supervised", "clock.accounted", "clock.overdue",
    ]  # fmt: skip
    moments = dict(climbed[:-1])  # the last is the supervision's own deadline
    assert local("2025-03-14T08:30") < moments["clock.warned"] < local("2025-03-14T18:00")
    assert moments["clock.overdue"] == local("2025-03-18T23:59:59.999")
    assert moments["clock.urged"] <= local("2025-03-18T23:59:59.999") + timedelta(seconds=1)
    assert moments["clock.supervised"] == local("2025-03-19T23:59:59.999")
    assert moments["clock.accounted"] == local("2025-03-21T23:59:59.999")
    assert order.order.urges == 1
    (oversight,) = order.snapshot.oversights
    assert (oversight.unit, oversight.rule, oversight.status) == (order.centre.unit, "ladder", "open")
    assert oversight.opened_at == moments["clock.supervised"]
    assert "oversight" in await order.clocks()
    (measure,) = await list_measures(order.centre.pool, unit=None, kind=None, status=None, before=None, limit=9)
    assert (measure.kind, measure.cause, measure.unit) == ("accountability", "overdue", order.centre.unit)
    assert (measure.status, measure.proposed_by, measure.orders) == ("proposed", "rule:ladder", [order.order.number])
    assert measure.number.endswith("-WZ-0001")
    assert "ladder" not in [t.name for t in order.snapshot.timers or []]


async def test_a_ladder_opens_no_second_supervision_beside_one_as_high(world):
    order = await at_work(world)
    await order.open_oversight(authority="district", text="为何不修", actor=SUPERVISOR)
    await world.fast_forward(days=20)
    assert "clock.supervised" in await order.events()
    assert [one.authority for one in order.snapshot.oversights] == ["district"]


async def test_an_answer_in_time_ends_the_ladder(world):
    order = await at_work(world)
    await world.fast_forward(days=11)
    await order.record_step(what="换灯")
    await order.record_contact(reached=True)
    await order.answer(answer="已修好")
    await world.fast_forward(days=1)
    assert [kind for kind, _ in await kinds_and_times(order, "clock.warned", "clock.urged")] == ["clock.warned"]
    assert (await order.clocks())["ladder"] != "running"


async def test_a_late_answer_ends_the_ladder_before_the_next_rung(world):
    order = await at_work(world)
    await world.fast_forward(days=14, hours=20)
    assert "clock.urged" in await order.events()
    await order.record_step(what="换灯")
    await order.record_contact(reached=True)
    await order.answer(answer="已修好")
    await world.fast_forward(days=10)
    assert "clock.supervised" not in await order.events()


async def test_a_held_clock_holds_its_ladder_and_an_extended_one_moves_it(world):
    order = await at_work(world)
    await order.pause_clock(clock="answer", ground="waiting_for_caller", reason="x", evidence="x")
    await world.fast_forward(days=60)
    assert not await kinds_and_times(order, "clock.warned", "clock.urged")
    await order.resume_clock(clock="answer")
    await order.ask_extension(actor=of_unit(order), days=10, reason="x", evidence="x")
    await order.grant_extension(actor=SUPERVISOR)
    # 3 May + twenty working days is 30 May; four fifths of them are over on 26 May
    await world.fast_forward(days=21)
    assert "clock.warned" not in await order.events()
    await world.fast_forward(days=4)
    assert "clock.warned" in await order.events()


async def test_after_a_long_standstill_every_rung_is_taken_once_and_in_order(world):
    order = await at_work(world)
    world.clock.advance(timedelta(days=90))  # no worker ran
    await world.fast_forward(minutes=1)
    climbed = [
        kind
        for kind, _ in await kinds_and_times(
            order, "clock.warned", "clock.urged", "clock.supervised", "clock.accounted"
        )
    ]
    assert climbed == ["clock.warned", "clock.urged", "clock.supervised", "clock.accounted"]


async def test_several_clocks_run_side_by_side_each_with_its_own_ladder(world):
    order = await world.centre("12345").takes("路灯坏了", type="complaint")
    await order.dispatch(unit=order.centre.unit)
    await world.fast_forward(days=4)
    told = [
        msgspec.json.decode(r["body"])
        for r in await order.ledger()
        if r["kind"] in {"clock.warned", "clock.supervised"}
    ]
    assert [(t["clock"], t["does"]) for t in told] == [("unit_accept", "warn"), ("unit_accept", "supervise")]
    assert (await order.clocks())["answer"] == "running"
    await order.sign_for()
    await world.fast_forward(days=40)
    assert "clock.accounted" in await order.events()


async def test_another_category_moves_the_clock_and_keeps_the_time_that_it_was_held(world):
    order = await at_work(world)
    await order.pause_clock(clock="answer", ground="waiting_for_caller", reason="x", evidence="x")
    await world.fast_forward(days=7)  # five working days
    await order.resume_clock(clock="answer")
    assert await order.due_at("answer") == local("2025-03-25T23:59:59.999")
    await order.amend(type="complaint")  # fifteen working days instead of ten
    assert await order.due_at("answer") == local("2025-04-01T23:59:59.999")
    await order.amend(title="路灯")
    assert await order.due_at("answer") == local("2025-04-01T23:59:59.999")


async def test_a_clock_that_is_held_now_follows_another_category_too(world):
    order = await at_work(world)
    await order.pause_clock(clock="answer", ground="waiting_for_caller", reason="x", evidence="x")
    await order.amend(type="complaint")
    await world.fast_forward(days=7)
    await order.resume_clock(clock="answer")
    assert await order.due_at("answer") == local("2025-04-01T23:59:59.999")


def put_in_force(node, clocks):
    node.policy.clocks = clocks
    node.policy.reckoning = Reckoning(clocks, node.policy.calendar, node.policy.centre)


async def test_a_new_table_of_limits_moves_clocks_only_when_a_supervisor_says_so(world, tmp_path):
    order = await at_work(world)
    await order.pause_clock(clock="answer", ground="waiting_for_caller", reason="x", evidence="x")
    await world.fast_forward(days=7)
    await order.resume_clock(clock="answer")
    await order.ask_extension(actor=of_unit(order), days=2, reason="x", evidence="x")
    await order.grant_extension(actor=SUPERVISOR)
    assert await order.due_at("answer") == local("2025-03-27T23:59:59.999")
    node = order.centre.node
    entries = [msgspec.to_builtins(clock) for clock in node.policy.clocks.clocks]
    for entry in entries:
        entry["when"] = sorted(entry.get("when", []))
        if entry["name"] == "answer" and entry["when"] == ["help"]:
            entry["limit"] = {"kind": "working_days", "amount": 8}
    path = tmp_path / "clocks.json"
    path.write_bytes(msgspec.json.encode({"policy_version": "2026.9", "clocks": entries}))
    put_in_force(node, load_clocks(path))
    await order.amend(title="路灯")
    assert await order.due_at("answer") == local("2025-03-27T23:59:59.999"), "a promise that was made stays"
    rows = await node.pool.fetch(store.SQL.clocks_of_other_policies, ["answer"], "2026.9", "0" * 32, 10)
    assert [row["order_id"] for row in rows] == [order.id]
    await node.commands.act_now(order.id, RecomputeClocks(version=1, reason="新时限表"), SUPERVISOR)
    # 4 March + 8 working days + 5 held + 2 granted
    assert await order.due_at("answer") == local("2025-03-25T23:59:59.999")
    assert await node.pool.fetch(store.SQL.clocks_of_other_policies, ["answer"], "2026.9", "0" * 32, 10) == []


async def test_a_suspended_order_rests_until_its_day_and_goes_on_with_what_was_left(world):
    order = await at_work(world)
    until = world.clock.now() + timedelta(days=14)
    with pytest.raises(AppError, match="不在目录中"):
        await order.suspend(ground="waiting_for_caller", reason="x", evidence="x", until=until)
    with pytest.raises(AppError, match="结束日期"):
        await order.suspend(ground="seasonal_works", reason="x", evidence="x", until=world.clock.now())
    far = world.clock.now() + timedelta(days=200)
    with pytest.raises(AppError, match="结束日期"):
        await order.suspend(ground="seasonal_works", reason="x", evidence="x", until=far)
    await order.suspend(ground="seasonal_works", reason="冻土期不能开挖", evidence="施工方案", until=until)
    assert (await order.clocks())["answer"] == "paused"
    with pytest.raises(AppError, match="已经挂起"):
        await order.suspend(ground="seasonal_works", reason="x", evidence="x", until=until)
    await world.fast_forward(days=15)
    assert (await order.clocks())["answer"] == "running"
    assert await order.due_at("answer") == local("2025-04-01T23:59:59.999")
    assert order.order.handling.suspensions[0].ended_by == "clock"


async def test_a_suspension_can_be_ended_before_its_day(world):
    order = await at_work(world)
    until = world.clock.now() + timedelta(days=60)
    await order.suspend(ground="seasonal_works", reason="x", evidence="x", until=until)
    await world.fast_forward(days=7)
    await order.end_suspension(reason="气温回升")
    assert await order.due_at("answer") == local("2025-03-25T23:59:59.999")
    assert (await order.clocks())["suspension"] == "stopped"


async def test_danger_is_never_suspended(world):
    order = await at_work(world)
    await order.raise_danger(text="灯杆要倒")
    with pytest.raises(AppError, match="不能挂起"):
        await order.suspend(
            ground="seasonal_works", reason="x", evidence="x", until=world.clock.now() + timedelta(days=2)
        )
