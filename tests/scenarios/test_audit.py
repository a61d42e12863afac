"""The independent auditor: whatever is planted, it is found, told once, and over when it is mended."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from liandong.audit.checks import SQL as AUDIT_SQL
from liandong.audit.watch import look_once
from liandong.core.timers import SQL as TIMER_SQL

GAS = "家里煤气味很大，头晕，还有老人在屋里"
THEFT = "小区有人偷电动车"


@pytest.fixture
def hotline(world):
    return world.centre("12345")


@pytest.fixture
def police(world):
    return world.centre("110")


async def kinds(centre):
    """What one more round of the auditor finds open."""
    await centre.audit()
    return [row["kind"] for row in await centre.findings()]


async def a_day(world):
    """An ordinary matter, an urgent one and one that is returned, each to its end."""
    hotline = world.centre("12345")
    theft, gas, lamp = await hotline.takes(THEFT), await hotline.takes(GAS), await hotline.takes("路灯坏了")
    await theft.transfer("110")
    await gas.transfer("110", urgent=True)
    await world.settle()
    for order in (theft, gas):
        theirs = await order.at("110")
        if theirs.is_asked:
            await theirs.accept_transfer()
        await theirs.work()
        await theirs.close()
        await world.settle()
        await order.finish()
    await lamp.work()
    await lamp.finish()
    await world.settle()
    return theft, gas, lamp


async def every_event_is_read(centre):
    """Rounds until the auditor has read the whole ledger: what others write in the same server may hold it back for a moment."""
    written, read = await centre.pool.fetchval("SELECT count(*) FROM events"), 0
    assert written > 10
    async with asyncio.timeout(20):
        while (read := read + (await centre.audit()).looked.touched) < written:
            await asyncio.sleep(0.05)
    assert read == written


async def test_of_an_ordinary_day_there_is_nothing_to_say(world):
    for centre in world.centres:
        await centre.audit()  # from here on every event is read
    await a_day(world)
    for centre in world.centres:
        await every_event_is_read(centre)
        assert await kinds(centre) == []
        assert await centre.alarms() == []
    assert await world.open_loops() == 0


async def test_nothing_is_said_of_orders_that_wait_within_their_time(world, hotline, police):
    order = await hotline.takes("路灯坏了")
    await order.dispatch(unit=hotline.unit)
    asked = await hotline.takes(THEFT)
    await asked.transfer("110")
    await world.settle()
    await world.fast_forward(minutes=14)
    assert await kinds(hotline) == []
    assert await kinds(police) == []


async def test_a_clock_that_a_worker_skips_is_found_told_once_and_over_when_it_has_fired(world, hotline):
    order = await hotline.takes("路灯坏了")
    await order.work()  # the clock of the evaluation has no ladder beside it
    await order.close()
    await order.call_back(reached=True)
    due = await order.due_at("evaluation")
    world.clock.advance(due - world.clock.now() + timedelta(seconds=14))
    assert await kinds(hotline) == []  # within its grace
    world.clock.advance(timedelta(seconds=2))
    assert await kinds(hotline) == ["clock_not_fired"]
    first = (await hotline.findings())[0]
    assert (first["order_id"], first["severity"]) == (order.id, "alarm")
    assert order.order.number in first["zh"]
    assert "evaluation" in first["en"]
    world.clock.advance(timedelta(seconds=30))
    assert await kinds(hotline) == ["clock_not_fired"]
    again = (await hotline.findings())[0]
    assert (again["id"], again["first_seen"]) == (first["id"], first["first_seen"])
    assert again["last_seen"] > first["last_seen"]
    await world.settle()
    assert await kinds(hotline) == []
    assert [a["kind"] for a in await hotline.alarms()] == ["finding.opened", "finding.ended"]
    assert (await hotline.findings(open_=False))[0]["over_at"] == world.clock.now()


async def test_a_clock_that_is_only_marked_as_fired_is_found(hotline):
    order = await hotline.takes("路灯坏了")
    await order.dispatch(unit=hotline.unit)
    await hotline.pool.execute("UPDATE timers SET status = 'fired' WHERE name = 'unit_accept'")
    assert await kinds(hotline) == ["clock_without_event"]


async def test_a_clock_that_was_never_written_is_found(hotline):
    order = await hotline.takes("路灯坏了")
    await order.dispatch(unit=hotline.unit)
    await hotline.pool.execute("DELETE FROM timers WHERE name = 'answer'")
    assert await kinds(hotline) == ["clock_missing"]
    assert (await hotline.findings())[0]["detail"].count('"answer"') == 1


async def test_a_clock_that_was_left_from_the_round_before_is_found(hotline):
    order = await hotline.takes("路灯坏了")
    await order.dispatch(unit=hotline.unit)
    await hotline.pool.execute("UPDATE timers SET started_at = started_at - interval '1 second' WHERE name = 'answer'")
    assert await kinds(hotline) == ["clock_missing"]


async def test_an_order_that_nobody_will_be_reminded_of_is_found(world, hotline):
    order = await hotline.takes("路灯坏了")
    await order.dispatch(unit=hotline.unit)
    await hotline.pool.execute("UPDATE timers SET status = 'stopped'")
    assert await kinds(hotline) == []
    world.clock.advance(timedelta(days=2))
    assert await kinds(hotline) == ["nobody_reminded"]
    assert "已派单" in (await hotline.findings())[0]["zh"]


async def test_an_order_that_was_handed_over_is_the_peer_s_to_remember(world, hotline):
    order = await hotline.takes(THEFT)
    await order.transfer("110")
    await world.settle()
    await (await order.at("110")).accept_transfer()
    await world.settle()
    world.clock.advance(timedelta(days=2))
    assert order.status == "following"
    assert "nobody_reminded" not in await kinds(hotline)


async def test_a_transfer_whose_message_is_gone_is_found_at_once(world, hotline):
    order = await hotline.takes(THEFT)
    await order.transfer("110")
    await hotline.pool.execute("DELETE FROM outbox")
    world.clock.advance(timedelta(seconds=6))
    assert await kinds(hotline) == ["transfer_lost"]


async def test_a_transfer_that_nobody_answers_is_found_at_both_ends_after_its_limit(world, hotline, police):
    order = await hotline.takes(THEFT)
    await order.transfer("110")
    await world.settle()
    world.clock.advance(timedelta(minutes=15, seconds=59))  # nobody's clocks fire: the workers are ill
    assert "transfer_stuck" not in {*await kinds(hotline), *await kinds(police)}
    world.clock.advance(timedelta(seconds=2))
    assert "transfer_stuck" in await kinds(hotline)
    assert "transfer_stuck" in await kinds(police)
    await (await order.at("110")).accept_transfer()
    await world.settle()
    assert "transfer_stuck" not in {*await kinds(hotline), *await kinds(police)}


async def test_a_withdrawal_or_a_negotiation_that_has_begun_excuses_an_open_transfer(world, hotline):
    order = await hotline.takes(THEFT)
    await order.transfer("110")
    world.cut()
    await world.fast_forward(minutes=14)
    await order.withdraw_transfer(reason="弄错了")
    await world.fast_forward(minutes=20)
    assert await kinds(hotline) == []
    await world.fast_forward(minutes=20)
    assert await kinds(hotline) == ["transfer_stuck"]


async def test_an_urgent_transfer_has_a_minute(world, hotline):
    order = await hotline.takes(GAS)
    await order.transfer("110", urgent=True)
    world.cut()
    await world.fast_forward(seconds=115)
    assert await kinds(hotline) == []
    await world.fast_forward(seconds=10)
    assert await kinds(hotline) == ["transfer_stuck"]


async def test_a_message_that_waits_although_the_peer_answers_is_found(world, hotline):
    order = await hotline.takes(THEFT)
    await order.transfer("110")
    long_ago = world.clock.now() - timedelta(hours=1)
    add = "INSERT INTO peers (code, reachable, since, last_seen_at) VALUES ('110', $1, $2, $3)"
    world.clock.advance(timedelta(seconds=40))
    await hotline.pool.execute(add, True, long_ago, world.clock.now())
    assert await kinds(hotline) == ["message_waits"]
    await hotline.pool.execute("UPDATE peers SET reachable = false")
    assert await kinds(hotline) == []  # then it may wait
    await hotline.pool.execute("UPDATE peers SET reachable = true, since = $1", world.clock.now())
    assert await kinds(hotline) == []  # it has only just come back


async def test_danger_that_no_clock_hands_over_is_found(world, hotline):
    order = await hotline.takes(GAS)
    await hotline.pool.execute("UPDATE timers SET status = 'stopped'")
    world.clock.advance(timedelta(seconds=44))
    assert await kinds(hotline) == []
    world.clock.advance(timedelta(seconds=2))
    assert await kinds(hotline) == ["danger_not_sent"]
    await order.transfer("110")
    assert await kinds(hotline) == []


async def test_danger_that_was_seen_late_has_its_time_from_then_on(world, hotline):
    order = await hotline.takes("路灯坏了")
    world.clock.advance(timedelta(minutes=30))
    await order.amend(facts={"danger": True})
    world.clock.advance(timedelta(seconds=40))
    assert "danger_not_sent" not in await kinds(hotline)
    world.clock.advance(timedelta(seconds=10))
    assert "danger_not_sent" in await kinds(hotline)


async def test_a_centre_that_acts_in_danger_itself_hands_nothing_over(world, police):
    await police.takes(GAS)
    world.clock.advance(timedelta(seconds=70))
    assert "danger_not_sent" not in await kinds(police)


async def test_a_message_that_was_refused_is_told_until_somebody_has_seen_it(world, hotline):
    await hotline.pool.execute(
        """INSERT INTO inbox (sender, message_id, matter_id, seq, kind, digest, status, code, raw, received_at)
           VALUES ('110', $1, $1, 1, 'strange.told.v9', '', 'parked', NULL, 'x', $2)""",
        uuid4(), world.clock.now() - timedelta(seconds=10),
    )  # fmt: skip
    assert await kinds(hotline) == ["message_unseen"]
    await hotline.pool.execute("UPDATE findings SET seen_at = $1, seen_by = 'x', over_at = $1", world.clock.now())
    assert await kinds(hotline) == []


async def planted_negotiation(order, seconds, role="call_taker"):
    """An event of waiting, as negotiating writes it, after what is there (with a place of its own in the chain's order)."""
    sql = """INSERT INTO events (order_id, seq, status, kind, id, at, actor, role, body, hash)
             SELECT order_id, seq + 100, status, 'negotiation.opened', gen_random_uuid(), at + make_interval(secs => $2), 'desk', $3, '{}', ''
             FROM events WHERE order_id = $1 ORDER BY seq DESC LIMIT 1"""
    await order.centre.pool.execute(sql, order.id, float(seconds), role)


@pytest.fixture
def unchained(monkeypatch):
    """These stories plant events past the commit statement: the ledger's chain is not theirs to keep."""
    from world import World

    async def no_verification(self):
        return

    monkeypatch.setattr(World, "verify_ledgers", no_verification)


async def test_an_emergency_that_waited_for_a_negotiation_is_counted_and_never_forgotten(unchained, world, hotline):
    order = await hotline.takes(GAS)
    await planted_negotiation(order, 5)
    assert "emergency_delayed" in await kinds(hotline)
    await hotline.pool.execute("UPDATE orders SET danger = danger")
    assert (await hotline.findings())[0]["order_id"] == order.id
    sql = "UPDATE findings SET seen_at = $1, seen_by = 'x', over_at = $1 WHERE kind = 'emergency_delayed'"
    await hotline.pool.execute(sql, world.clock.now())
    assert "emergency_delayed" not in await kinds(hotline)
    from liandong.audit.figures import audit_gauges

    gauges = {name: values for name, _, values in await audit_gauges(hotline.pool, world.clock.now())}
    assert gauges["liandong_emergencies_delayed_by_negotiation"] == {"": 1}


async def test_negotiating_before_danger_was_known_delays_nobody(unchained, world, hotline):
    order = await hotline.takes("楼道里堆了杂物")
    sql = """INSERT INTO events (order_id, seq, status, kind, id, at, actor, role, body, hash)
             SELECT order_id, 0, status, 'negotiation.opened', gen_random_uuid(), at, 'desk', 'call_taker', '{}', '' FROM events WHERE order_id = $1"""
    await hotline.pool.execute(sql, order.id)
    world.clock.advance(timedelta(minutes=1))
    await order.raise_danger(text="着火了")
    assert "emergency_delayed" not in await kinds(hotline)


@pytest.mark.parametrize("role", ["call_taker", "peer"])
async def test_what_a_peer_still_says_and_what_follows_the_urgent_offer_delays_nobody(unchained, world, hotline, role):
    order = await hotline.takes(GAS)
    if role != "peer":
        await order.transfer("110", urgent=True)
    await planted_negotiation(order, 5, role)
    assert "emergency_delayed" not in await kinds(hotline)


async def test_talking_with_the_police_about_their_own_part_delays_nobody(unchained, world, hotline, police):
    """Who acts in danger has it already: it asks us for a part."""
    theirs = await police.takes("楼上装修噪声扰民，吵了好几次，说要砍人")
    await theirs.raise_danger(text="拿着刀")
    await theirs.split(unit=police.unit, to="12345", level=2, note="噪声问题请督促物业")
    await world.settle()
    ours = await theirs.at("12345")
    assert ours.order.danger
    await planted_negotiation(ours, 5)
    assert "emergency_delayed" not in await kinds(hotline)


async def test_real_danger_is_never_delayed(world, hotline, police):
    for text in (GAS, "着火了，楼上有人"):
        order = await hotline.takes(text)
        assert order.order.danger
    await world.fast_forward(minutes=2)
    for centre in (hotline, police):
        assert "emergency_delayed" not in await kinds(centre)


async def test_a_worker_that_ended_without_a_word_is_found_until_another_takes_its_place(world, hotline):
    add = "INSERT INTO workers (id, host, pid, version, started_at, seen_at, ended_at) VALUES ($1, $2, 7, '1', $3, $3, $4)"
    now = world.clock.now()
    await hotline.pool.execute(add, uuid4(), "a", now - timedelta(minutes=1), None)
    await hotline.pool.execute(add, uuid4(), "b", now - timedelta(minutes=1), now)  # ended in order
    assert await kinds(hotline) == ["worker_silent"]
    await hotline.pool.execute(add, uuid4(), "a", now, None)
    assert await kinds(hotline) == []


async def test_many_findings_are_bounded_and_none_of_them_counts_as_over(world, hotline, monkeypatch):
    import msgspec

    audit = hotline.node.auditor.audit
    monkeypatch.setattr(hotline.node.auditor, "audit", msgspec.structs.replace(audit, most=3))
    orders = [await hotline.takes("路灯坏了") for _ in range(5)]
    for order in orders:
        await order.dispatch(unit=hotline.unit)
    world.clock.advance(timedelta(days=5))
    assert len([k for k in await kinds(hotline) if k == "clock_not_fired"]) == 3
    before = {row["thing"] for row in await hotline.findings()}
    await hotline.pool.execute(
        "UPDATE timers SET due_at = due_at + interval '1 hour' WHERE order_id = $1", orders[0].id
    )
    await kinds(hotline)
    assert before <= {row["thing"] for row in await hotline.findings()}


async def test_open_orders_are_looked_at_slice_by_slice(world, hotline, monkeypatch):
    import msgspec

    audit = hotline.node.auditor.audit
    monkeypatch.setattr(hotline.node.auditor, "audit", msgspec.structs.replace(audit, slice=2, events_a_run=1))
    orders = [await hotline.takes("路灯坏了") for _ in range(5)]
    for order in orders:
        await order.dispatch(unit=hotline.unit)
    await hotline.pool.execute("DELETE FROM timers WHERE name = 'answer'")
    found = [len(await kinds(hotline)) for _ in range(4)]
    assert found[0] < 5
    assert found[-1] == 5


async def test_two_auditors_at_once_are_one(world, hotline):
    from liandong.audit.auditor import audit_once

    order = await hotline.takes("路灯坏了")
    await order.dispatch(unit=hotline.unit)
    await hotline.pool.execute("DELETE FROM timers WHERE name = 'answer'")
    node = hotline.node
    await asyncio.gather(*(audit_once(node.pool, node.auditor, node.clock) for _ in range(6)))
    assert len(await hotline.findings()) == 1
    assert len(await hotline.alarms()) == 1
    assert await audit_once(node.pool, node.auditor, node.clock, often=False) is None
    async with hotline.pool.acquire() as busy, busy.transaction():
        assert await busy.fetchval(AUDIT_SQL.hold_audit)
        assert await audit_once(node.pool, node.auditor, node.clock) is None
    assert await audit_once(node.pool, node.auditor, node.clock) is not None


async def test_the_look_from_outside_needs_read_rights_only_and_sees_that_no_worker_runs(world, hotline, databases):
    order = await hotline.takes("路灯坏了")
    await order.dispatch(unit=hotline.unit)
    await hotline.pool.execute("DELETE FROM timers WHERE name = 'answer'")
    role = f"reader_{uuid4().hex[:8]}"
    await hotline.pool.execute(f"CREATE ROLE {role} LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
    dsn = hotline.node.settings.dsn.replace("//postgres:@", f"//{role}:@")
    try:
        assert role in dsn
        looked = await look_once(dsn, hotline.node.auditor, world.clock)
    finally:
        await hotline.pool.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}; DROP ROLE {role}")
    assert {one.kind for one in looked.found} == {"clock_missing", "no_worker", "audit_silent"}
    assert await hotline.findings() == []


async def test_the_auditor_does_not_believe_the_claim_of_a_worker(world, hotline):
    """A worker that claims a clock for ever and does nothing."""
    order = await hotline.takes("路灯坏了")
    await order.work()  # the clock of the evaluation has no ladder beside it
    await order.close()
    await order.call_back(reached=True)
    due = await order.due_at("evaluation")
    world.clock.advance(due - world.clock.now() + timedelta(seconds=16))
    now = world.clock.now()
    await hotline.pool.fetch(TIMER_SQL.claim_due, now, now + timedelta(days=1), 10)
    await world.settle()
    assert await kinds(hotline) == ["clock_not_fired"]
