"""Each day's ledger gets one root that the peers keep: whoever rewrites the past at one centre is found by the other."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest

from liandong.roots import seal
from liandong.roots.model import FIRST_DAY
from liandong.roots.own import check_own
from liandong.roots.seal import THREAD, NotSettled
from liandong.roots.tree import Tree, bucket_of, day_root
from nights import Administrator, Nights, discrepancies, kinds, sealed_by
from world import A_TUESDAY

TUESDAY, WEDNESDAY = date(2025, 3, 4), date(2025, 3, 5)
THURSDAY = date(2025, 3, 6)


@pytest.fixture
async def nights(world):
    async with Nights.open(world) as opened:
        yield opened


async def shared_order(world, content="小区有人偷电动车"):
    """Taken at 12345, handed to 110, taken there and dispatched."""
    order = await world.centre("12345").takes(content)
    await order.transfer("110")
    await world.settle()
    theirs = await order.at("110")
    await theirs.accept_transfer()
    await theirs.dispatch(unit=theirs.centre.unit)
    await world.settle()
    return order, theirs


async def days_of(centre):
    return [row["day"] for row in await centre.pool.fetch("SELECT day FROM sealed_days ORDER BY day")]


# What a day is


async def test_a_day_is_sealed_once_however_many_workers_look(world):
    await world.centre("12345").takes("路灯坏了")
    await world.fast_forward(hours=15)
    centre = world.centre("12345")
    found = await asyncio.gather(*(sealed_by(centre) for _ in range(4)))
    assert sum(len(one) for one in found) == 1
    assert await days_of(centre) == [TUESDAY]
    announced = [row for row in await centre.outbox() if row["kind"] == "ledger.sealed.v1"]
    assert len(announced) == 1


async def test_a_day_is_not_sealed_before_it_has_ended(world):
    await world.centre("12345").takes("路灯坏了")
    await world.fast_forward(hours=14, minutes=4)  # four minutes past midnight in the city
    assert await sealed_by(world.centre("12345")) == []
    await world.fast_forward(minutes=2)
    assert [day.day for day in await sealed_by(world.centre("12345"))] == [TUESDAY]


async def test_every_event_is_in_exactly_one_day_also_after_a_downtime_of_the_worker(world):
    centre = world.centre("12345")
    for n in range(3):
        for _ in range(2):
            await centre.takes(f"路灯坏了 {n}")
        await world.fast_forward(hours=48)  # a day with calls, a day without
    sealed = await sealed_by(centre)
    assert [day.day for day in sealed] == [TUESDAY + timedelta(days=n) for n in range(6)]
    rows = await centre.pool.fetch("SELECT position, at FROM events ORDER BY position")
    for day in sealed:
        inside = [row for row in rows if day.after_position < row["position"] <= day.until_position]
        assert len(inside) == day.count
        local = {row["at"].astimezone(centre.node.sealing.zone).date() for row in inside}
        assert local <= {day.day}
    assert sum(day.count for day in sealed) == len(rows)
    assert sealed[1].count < sealed[0].count


async def test_a_root_is_what_the_definition_says(world):
    centre = world.centre("12345")
    orders = [await centre.takes(f"路灯坏了 {n}") for n in range(5)]
    for order in orders:
        await order.dispatch(unit=order.centre.unit)
    await world.fast_forward(hours=15)
    (sealed,) = await sealed_by(centre)
    tree = Tree()
    for row in await centre.pool.fetch("SELECT order_id, seq, hash FROM events ORDER BY order_id, seq"):
        tree.add(row["order_id"], row["seq"], row["hash"])
    assert sealed.buckets == tree.buckets()
    assert sealed.root == day_root("12345", TUESDAY, count=tree.count, previous=b"", buckets=tree.buckets())


async def test_what_is_committed_long_after_midnight_is_in_a_later_day_and_the_sealed_one_stays(world, monkeypatch):
    """A process stops between deciding and committing: its row has the old time and an old position."""
    centre = world.centre("12345")
    order = await centre.takes("路灯坏了")
    late = """INSERT INTO events (order_id, seq, status, kind, id, at, actor, role, body, hash)
              SELECT order_id, 99, status, kind, gen_random_uuid(), at, actor, role, body, hash FROM events WHERE order_id = $1 AND seq = 1"""
    async with centre.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            await connection.execute(late, order.id)
            await world.fast_forward(hours=15)
            await centre.takes("井盖坏了")  # the next day has begun, with a higher position
            with monkeypatch.context() as patience:
                patience.setattr(seal, "SETTLING", 0.1)
                with pytest.raises(NotSettled):
                    await sealed_by(centre)
            assert await days_of(centre) == []
        finally:
            await transaction.rollback()
    (sealed,) = await sealed_by(centre)
    async with centre.pool.acquire() as again:
        await again.execute(late, order.id)  # decided on Tuesday, appended on Wednesday
    await world.fast_forward(hours=24)
    (following,) = await sealed_by(centre)
    assert following.day == WEDNESDAY
    assert following.after_position == sealed.until_position
    async with centre.pool.acquire() as reading:
        assert (await check_own(reading, "12345")).faults == []
    await Administrator(centre).execute("DELETE FROM events WHERE seq = 99")


# What the peers keep


async def test_every_peer_keeps_root_and_heads_and_all_agree(open_world):
    world = await open_world("12345", "110", "119")
    async with Nights.open(world) as nights:
        order, _ = await shared_order(world)
        await nights.pass_day(2)
        for here in world.centres:
            for there in world.centres:
                if here is there:
                    continue
                own, witnessed = await nights.verify(here.code, there.code)
                assert own == []
                assert witnessed.faults == []
                assert await kinds(here) == []
        held = await world.centre("110").pool.fetch(
            "SELECT * FROM peer_heads WHERE peer = '12345' AND matter_id = $1", order.matter_id
        )
        assert held
        assert await world.centre("119").pool.fetchval("SELECT count(*) FROM peer_heads") == 0
        _, witnessed = await nights.verify("12345", "110")
        assert (witnessed.our_days, witnessed.their_days) == (2, 2)
        assert witnessed.our_heads >= 1
        assert witnessed.their_heads >= 1


async def test_more_heads_than_a_page_arrive_all(nights, monkeypatch, world):
    monkeypatch.setattr(seal, "HEADS_A_PAGE", 2)
    for n in range(5):
        await (await world.centre("12345").takes(f"小区有人偷电动车 {n}")).transfer("110")
    await nights.pass_day()
    pages = [row for row in await world.centre("12345").outbox() if row["kind"] == "ledger.heads.v1"]
    assert len(pages) == 3
    assert await world.centre("110").pool.fetchval("SELECT count(*) FROM peer_heads") == 5


async def test_a_cut_link_only_delays_the_witness(nights, world):
    await shared_order(world)
    world.cut()
    await nights.pass_day(3)
    assert await world.centre("110").pool.fetchval("SELECT count(*) FROM peer_roots") == 0
    world.mend()
    await world.settle()
    own, witnessed = await nights.verify("12345", "110")
    assert (own, witnessed.faults, witnessed.our_days) == ([], [], 3)
    assert await kinds(world.centre("110")) == []


# The rewritten past


@pytest.mark.parametrize("guilty, other", [("12345", "110"), ("110", "12345")])
async def test_whoever_rewrites_a_whole_chain_with_head_and_root_is_found_by_both(nights, world, guilty, other):
    """Triggers off, every hash computed again, the order's head, the sealed roots of that day and of all days since."""
    order, theirs = await shared_order(world)
    await nights.pass_day(3)
    victim = order if guilty == "12345" else theirs
    administrator = Administrator(world.centre(guilty))
    await administrator.rewrite(victim.id, '"', ' "')
    await administrator.reseal()

    assert (await world.centre(guilty).verified()).broken is None, "alone, the rewritten ledger looks whole"
    own, witnessed = await nights.verify(guilty, other)
    assert own == []
    expect_named(witnessed.faults, guilty, witness=other, victim=victim)
    _, seen = await nights.verify(other, guilty)
    expect_named(seen.faults, guilty, witness=other, victim=victim)


def expect_named(faults, guilty, *, witness, victim):
    assert {(fault.centre, fault.witness) for fault in faults} == {(guilty, witness)}
    days = [fault for fault in faults if fault.kind == "root_changed"]
    assert [(fault.day, fault.bucket) for fault in days] == [(TUESDAY, bucket_of(victim.id))]
    heads = [fault for fault in faults if fault.kind == "head_changed"]
    assert {fault.matter_id for fault in heads} == {victim.matter_id}
    assert all(fault.number for fault in heads)


async def test_without_the_seal_mended_the_centre_finds_it_alone_and_the_peer_too(nights, world):
    order, _ = await shared_order(world)
    await nights.pass_day()
    await Administrator(world.centre("12345")).rewrite(order.id, "电动车", "自行车")
    own, _ = await nights.verify("12345", "110")
    assert [(fault.kind, fault.day, fault.bucket) for fault in own] == [("root_changed", TUESDAY, bucket_of(order.id))]
    assert own[0].orders == [order.order.number]
    _, seen = await nights.verify("110", "12345")
    days = [fault for fault in seen.faults if fault.kind == "root_changed"]
    assert [(fault.centre, fault.day, fault.bucket) for fault in days] == [("12345", TUESDAY, bucket_of(order.id))]


async def test_a_rewritten_order_that_no_peer_shares_is_named_by_day_and_bucket(nights, world):
    await shared_order(world)
    order = await world.centre("12345").takes("路灯坏了")
    await nights.pass_day(2)
    administrator = Administrator(world.centre("12345"))
    await administrator.rewrite(order.id, "路灯", "井盖")
    await administrator.reseal()
    _, witnessed = await nights.verify("12345", "110")
    assert [(fault.kind, fault.day, fault.bucket) for fault in witnessed.faults] == [
        ("root_changed", TUESDAY, bucket_of(order.id))
    ]
    assert witnessed.faults[0].orders == [order.order.number]
    _, seen = await nights.verify("110", "12345")
    assert [(fault.centre, fault.day, fault.bucket) for fault in seen.faults] == [
        ("12345", TUESDAY, bucket_of(order.id))
    ]


async def test_a_whole_order_deleted_is_found(nights, world):
    order, _ = await shared_order(world)
    quiet = await world.centre("12345").takes("路灯坏了")
    await nights.pass_day(2)
    administrator = Administrator(world.centre("12345"))
    world._handles.clear()  # nobody looks at them any more
    for gone in (order, quiet):
        await administrator.delete(gone.id)
    await administrator.reseal()
    assert (await world.centre("12345").verified()).broken is None
    for here, there in (("12345", "110"), ("110", "12345")):
        _, witnessed = await nights.verify(here, there)
        found = witnessed.faults
        assert {fault.centre for fault in found} == {"12345"}
        buckets = {fault.bucket for fault in found if fault.kind == "root_changed"}
        assert buckets == {bucket_of(order.id), bucket_of(quiet.id)}
        assert {fault.matter_id for fault in found if fault.kind == "head_gone"} == {order.matter_id}


async def test_an_order_cut_short_is_found_at_once_when_it_is_announced_again(nights, world):
    order, _ = await shared_order(world)
    await nights.pass_day()
    events = len(await order.events())
    administrator = Administrator(world.centre("12345"))
    await administrator.cut_off(order.id, events - 1)
    await order.look()
    _, witnessed = await nights.verify("110", "12345")
    assert {fault.kind for fault in witnessed.faults} >= {"root_changed", "head_gone"}
    await administrator.cut_off(order.id, 1)
    await order.look()
    await order.supplement(text="车是红色的")
    await nights.pass_day()
    assert "head_backwards" in await kinds(world.centre("110"))


async def test_a_day_dropped_is_named(nights, world):
    await shared_order(world)
    await nights.pass_day(3)
    await Administrator(world.centre("12345")).drop_day(WEDNESDAY)
    own, witnessed = await nights.verify("12345", "110")
    assert ("day_missing", THURSDAY) in {(fault.kind, fault.day) for fault in own}
    assert ("day_missing", WEDNESDAY) in {(fault.kind, fault.day) for fault in witnessed.faults}
    _, seen = await nights.verify("110", "12345")
    assert ("12345", "day_missing", WEDNESDAY) in {(f.centre, f.kind, f.day) for f in seen.faults}


async def test_a_day_sealed_anew_is_an_alarm_at_the_peer_the_moment_it_is_announced(nights, world):
    order, _ = await shared_order(world)
    await nights.pass_day(2)
    administrator = Administrator(world.centre("12345"))
    await administrator.rewrite(order.id, "电动车", "自行车")
    await administrator.execute("DELETE FROM sealed_days")
    await nights.seal()
    alarms = await discrepancies(world.centre("110"))
    assert {(row["kind"], row["subject"]) for row in alarms if row["kind"] == "root_twice"} == {
        ("root_twice", f"12345/{TUESDAY}"),
        ("root_twice", f"12345/{WEDNESDAY}"),
    }
    assert "head_changed" in {row["kind"] for row in alarms}
    kept = await world.centre("110").pool.fetchval(
        "SELECT count(*) FROM peer_roots WHERE peer = '12345' AND day = $1", TUESDAY
    )
    assert kept == 2, "both are kept: they are the evidence"
    _, seen = await nights.verify("110", "12345")
    assert "root_twice" in {fault.kind for fault in seen.faults}


async def test_a_day_left_out_of_the_chain_is_an_alarm_when_the_next_arrives(nights, world):
    await shared_order(world)
    await nights.pass_day()
    world.cut()
    await nights.pass_day()
    skipped = "DELETE FROM outbox WHERE matter_id = $1 AND status = 'pending' RETURNING 1"
    assert await world.centre("12345").pool.fetch(skipped, THREAD)
    world.mend()
    await nights.pass_day()
    alarms = {(row["kind"], row["subject"]) for row in await discrepancies(world.centre("110"))}
    assert ("day_missing", f"12345/{WEDNESDAY}") in alarms


async def test_a_chain_that_does_not_go_on_from_what_was_announced_is_an_alarm(nights, world):
    await shared_order(world)
    await nights.pass_day()
    await Administrator(world.centre("12345")).execute("UPDATE sealed_days SET root = sha256(root)")
    await nights.pass_day()
    alarms = {(row["kind"], row["subject"]) for row in await discrepancies(world.centre("110"))}
    assert alarms == {("root_chain", f"12345/{WEDNESDAY}")}


async def test_a_witness_that_lost_its_copy_is_named_itself(nights, world):
    await shared_order(world)
    await nights.pass_day(3)
    await Administrator(world.centre("110")).execute("DELETE FROM peer_roots WHERE day = $1", WEDNESDAY)
    _, witnessed = await nights.verify("12345", "110")
    assert [(f.centre, f.kind, f.day) for f in witnessed.faults] == [("110", "day_missing", WEDNESDAY)]


async def test_a_root_that_does_not_fit_its_own_buckets_is_refused_and_nothing_is_kept(nights, world):
    await shared_order(world)
    world.cut()
    await nights.pass_day()
    forge = "UPDATE outbox SET body = replace(body, '\"count\":', '\"count\":1') WHERE kind = 'ledger.sealed.v1'"
    await world.centre("12345").pool.execute(forge)
    world.mend()
    await world.settle()
    rows = {row["kind"]: row for row in await world.centre("12345").outbox() if row["matter_id"] == THREAD}
    assert rows["ledger.sealed.v1"]["status"] == "dead"
    assert rows["ledger.sealed.v1"]["last_error"].startswith("message_malformed")
    assert await world.centre("110").pool.fetchval("SELECT count(*) FROM peer_roots") == 0


@pytest.mark.parametrize("table", ["sealed_days", "peer_roots", "peer_heads"])
async def test_what_was_sealed_or_announced_can_only_be_added_to(nights, world, table):
    import asyncpg

    await shared_order(world)
    await nights.pass_day()
    for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET day = day", f"TRUNCATE {table}"):
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            await world.centre("110").pool.execute(sql)


# The night


async def test_the_night_does_each_of_its_tasks_once(nights, world):
    await shared_order(world)
    await world.fast_forward(hours=15)  # 01:00
    assert await nights.do_what_is_due("12345") == 0
    assert await days_of(world.centre("12345")) == [TUESDAY]
    await world.fast_forward(minutes=31)
    await nights.do_what_is_due("110")
    await world.settle()
    assert await nights.do_what_is_due("12345") == 1
    assert await nights.do_what_is_due("12345") == 0
    await world.fast_forward(hours=24)
    both = await asyncio.gather(nights.do_what_is_due("12345"), nights.do_what_is_due("12345"))
    assert sum(both) == 1
    rows = await world.centre("12345").pool.fetch("SELECT * FROM reconciliations ORDER BY id")
    assert [(row["looked"], row["error"], row["nightly"]) for row in rows] == [(1, None, True)] * 2


async def test_a_peer_that_can_not_be_asked_at_night_is_asked_again_soon(nights, world):
    await shared_order(world)
    world.cut()
    await world.fast_forward(hours=16)
    assert await nights.do_what_is_due("12345") == 0
    world.mend()
    assert await nights.do_what_is_due("12345") == 0, "not at once"
    await world.fast_forward(minutes=11)
    assert await nights.do_what_is_due("12345") == 1
    rows = await world.centre("12345").pool.fetch("SELECT error FROM reconciliations ORDER BY id")
    assert rows[0]["error"]
    assert rows[1]["error"] is None


async def test_the_night_puts_a_rewritten_past_before_people_at_both_sides(nights, world):
    order, _ = await shared_order(world)
    await nights.pass_day()
    administrator = Administrator(world.centre("110"))
    theirs = await order.at("110")
    await administrator.rewrite(theirs.id, "电动车", "自行车")
    await administrator.reseal()
    await world.fast_forward(hours=24)
    for _ in range(2):  # seen twice, put down once
        for code in ("12345", "110"):
            await nights.do_what_is_due(code)
        await world.settle()
        await world.fast_forward(hours=24)
    for code in ("12345", "110"):
        found = await discrepancies(world.centre(code))
        assert {row["kind"] for row in found} >= {"root_changed", "head_changed"}
        assert len({(row["kind"], row["subject"]) for row in found}) == len(found)
        assert all("110的" in row["text"] for row in found)
        assert any(row["times"] == 2 for row in found)


async def test_a_peer_restored_to_an_older_backup_gets_the_roots_again(nights, world):
    from nights import Backup

    await shared_order(world)
    await nights.pass_day()
    backup = await Backup.take(world.centre("110"))
    await nights.pass_day(2)
    await backup.restore()
    assert await world.centre("110").pool.fetchval("SELECT count(*) FROM peer_roots") == 1
    await nights.do_what_is_due("12345")
    await world.settle()
    held = await world.centre("110").pool.fetchval("SELECT count(*) FROM peer_roots WHERE peer = '12345'")
    assert held == 3


async def test_a_stranger_s_question_is_refused_and_nobody_learns_of_matters_that_are_not_shared(nights, world):
    from liandong.exchange.asking import NoAnswer
    from liandong.roots.model import ROOTS_ASKED, AskedHead, RootsAnswer, RootsAsked

    order = await world.centre("12345").takes("路灯坏了")
    asker = nights.asker("110", "12345")
    question = RootsAsked(matters=[AskedHead(order.matter_id, 1), AskedHead(uuid4(), 1)])
    answer = await asker.ask("roots", ROOTS_ASKED, question, RootsAnswer)
    assert [one.hash for one in answer.matters] == [None, None]
    asker.centre = "12345"  # signed by 110, but speaking for another
    with pytest.raises(NoAnswer):
        await asker.ask("roots", ROOTS_ASKED, RootsAsked(held_after=FIRST_DAY), RootsAnswer)


def test_the_stories_begin_on_the_day_they_say():
    assert A_TUESDAY.date() == TUESDAY


async def test_the_end_of_a_day_is_found_in_steps_of_any_size(world, monkeypatch):
    centre = world.centre("12345")
    for n in range(3):
        for _ in range(3):
            await centre.takes(f"路灯坏了 {n}")
        await world.fast_forward(hours=24)
    monkeypatch.setattr(seal, "STEP", 1)
    sealed = await sealed_by(centre)
    rows = await centre.pool.fetch("SELECT position, at FROM events ORDER BY position")
    for day in sealed:
        inside = [row for row in rows if day.after_position < row["position"] <= day.until_position]
        assert {row["at"].astimezone(centre.node.sealing.zone).date() for row in inside} == {day.day}
    assert len(sealed) == 3


async def test_a_peer_of_an_older_version_is_compared_with_all_the_same(nights, world, monkeypatch):
    from liandong import nightly
    from liandong.exchange.asking import UnknownQuestion

    async def unknown(*_args, **_more):
        raise UnknownQuestion("its version does not know this question")

    await shared_order(world)
    await nights.pass_day()
    monkeypatch.setattr(nightly, "check_with", unknown)
    await world.fast_forward(hours=16)
    assert await nights.do_what_is_due("12345") == 1
    rows = await world.centre("12345").pool.fetch("SELECT looked, error FROM reconciliations")
    assert [(row["looked"], row["error"]) for row in rows] == [(1, None)]


async def test_of_a_day_that_differs_everywhere_the_number_is_told_and_not_every_bucket(nights, world, monkeypatch):
    from liandong.roots import own, witness

    for module in (own, witness):
        monkeypatch.setattr(module, "NAMED_BUCKETS", 2)
    orders = [await world.centre("12345").takes(f"路灯坏了 {n}") for n in range(12)]
    await shared_order(world)
    await nights.pass_day()
    administrator = Administrator(world.centre("12345"))
    for order in orders:
        await administrator.rewrite(order.id, "路灯", "井盖")
    await administrator.reseal()
    for here, there in (("12345", "110"), ("110", "12345")):
        _, witnessed = await nights.verify(here, there)
        assert [fault.bucket is None for fault in witnessed.faults] == [True, False, False]
        assert "桶不同" in witnessed.faults[0].text
