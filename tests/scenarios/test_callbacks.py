"""Call-back and evaluation: who is asked how, half-days, what a bad judgement leads to, and who may have judged in the caller's stead."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from liandong.callbacks.planning import Asking, chosen, share_of
from liandong.catalogue.callbacks import default_callbacks
from liandong.core.errors import AppError
from liandong.messaging.settings import GatewaySettings, MessagingSettings
from liandong.orders.actions import EvaluateByCaller
from liandong.orders.context import Actor
from world import person

SETTINGS = MessagingSettings(public_url="https://12345.example.cn", sms=GatewaySettings(kind="file", folder="letters"))
CALLER = {"name": "韩梅梅", "phone": "13800001234"}
SEAT = person("call_taker")
NOT_SAMPLED = UUID(int=999_999)


@pytest.fixture
async def centre(open_world):
    return (await open_world("12345", "110", messaging=SETTINGS)).centre("12345")


async def closed(centre, **more):
    order = await centre.takes("路灯坏了", **({"caller": CALLER, "type": "complaint"} | more))
    await order.work()
    return await order.close()


def asking(**more):
    plain = {
        "order_id": NOT_SAMPLED,
        "round": 1,
        "danger": False,
        "confidential": False,
        "mobile": True,
        "type": None,
        "channel": "phone",
    }
    return Asking(**(plain | more))


@pytest.mark.parametrize(
    ("more", "method", "rule"),
    [
        ({}, "sms", "others"),
        ({"danger": True}, "phone", "danger"),
        ({"confidential": True}, "phone", "confidential"),
        ({"mobile": False}, "phone", "no_mobile"),
        ({"round": 2}, "phone", "again"),
        ({"type": "complaint"}, "phone", "complaint"),
        ({"order_id": UUID(int=5)}, "phone", "sample"),
        ({"channel": "web"}, "portal", "web"),
    ],
)
def test_the_sampling_policy_says_who_is_asked_how(more, method, rule):
    found = chosen(default_callbacks(), asking(**more))
    assert (found.method, found.code) == (method, rule)


def test_about_a_tenth_is_sampled_and_the_same_order_always_is():
    ids = [uuid4() for _ in range(5000)]
    drawn = [one for one in ids if share_of(one) < 0.1]
    assert 350 < len(drawn) < 650
    assert [one for one in ids if share_of(one) < 0.1] == drawn


def test_five_levels_are_three():
    policy = default_callbacks()
    assert [policy.mapped(n) for n in (1, 2, 3, 4, 5)] == ["not", "not", "basically", "satisfied", "satisfied"]


@pytest.mark.parametrize(
    ("hour", "starts", "following"),
    [(1, 0, 6), (3, 0, 6), (5, 6, 24), (11, 6, 24), (14, 6, 24)],  # hours UTC of 2025-03-04; Tianjin is eight ahead
)
def test_a_moment_belongs_to_one_half_day(hour, starts, following):
    day = datetime(2025, 3, 4, tzinfo=UTC)
    start, after = default_callbacks().half_day(day + timedelta(hours=hour))
    opens = {0: timedelta(minutes=30), 6: timedelta(hours=6), 24: timedelta(hours=24, minutes=30)}
    assert (start, after) == (day + opens[starts], day + opens[following])


async def test_a_second_attempt_in_the_same_half_day_is_refused_with_the_time_of_the_next(centre):
    order = await closed(centre)  # 10:00
    await order.call_back(reached=False)
    with pytest.raises(AppError, match="2025-03-04 14:00"):
        await order.call_back(reached=False)
    await centre.world.fast_forward(hours=5)
    await order.call_back(reached=False)
    with pytest.raises(AppError, match="2025-03-05 08:30"):
        await order.call_back(reached=False)
    await centre.world.fast_forward(hours=18)
    await order.call_back(reached=False)
    assert (order.status, order.order.call_backs) == ("called_back", 3)


async def test_who_is_reached_after_all_in_the_same_half_day_is_written_down(centre):
    order = await closed(centre)
    await order.call_back(reached=False)
    await order.call_back(reached=True, solved=True)
    assert order.status == "called_back"


async def test_another_round_begins_its_half_days_anew(centre):
    order = await closed(centre)
    await order.call_back(reached=False)
    await order.reopen(reason="又坏了")
    await order.work()
    await order.close()
    await order.call_back(reached=False)
    assert order.order.call_backs == 1


async def test_a_complaint_is_called_and_a_suggestion_gets_a_link(centre):
    await closed(centre)
    await closed(centre, confidential=True)
    await centre.follow()
    rows = await centre.pool.fetch("SELECT method, rule FROM call_plans")
    assert sorted((r["method"], r["rule"]) for r in rows) == [("phone", "complaint"), ("phone", "confidential")]
    assert await centre.pool.fetchval("SELECT count(*) FROM invites") == 0


async def test_nobody_answers_the_link_so_somebody_calls(centre):
    from liandong.callbacks.invites import SQL

    await with_link(centre)
    assert await centre.pool.fetch(SQL.to_call, centre.node.clock.now(), None, None, 10) == []
    await centre.world.fast_forward(hours=25)
    assert len(await centre.pool.fetch(SQL.to_call, centre.node.clock.now(), None, None, 10)) == 1


async def with_link(centre, **more):
    """An order whose caller is invited by SMS; sampled ones are taken in anew until one is not drawn."""
    while True:
        order = await closed(centre, type="help", **more)
        await centre.follow()
        if await centre.pool.fetchval("SELECT method FROM call_plans WHERE order_id = $1", order.id) == "sms":
            return order


async def judged_by_link(centre, order, **said):
    """What the page does (tests/api/test_evaluation_page.py), without HTTP."""
    invite = await centre.pool.fetchval(
        "SELECT id FROM invites WHERE order_id = $1 AND round = $2", order.id, order.order.round
    )
    address, ago = said.pop("address", "203.0.113.9"), said.pop("sent_ago", timedelta(hours=1))
    now = centre.node.clock.now()
    await centre.pool.execute(
        "UPDATE invites SET sent_at = $2, tried_from = $3, tried_at = $4 WHERE id = $1", invite, now - ago, address, now
    )
    data = EvaluateByCaller(
        version=1, round=order.order.round, invite=invite, **({"satisfaction": 5, "solved": True} | said)
    )
    await centre.node.commands.act_now(order.id, data, Actor("caller:sms", frozenset({"caller"})))
    await centre.follow()
    return await order.look()


async def evaluations(centre):
    return await centre.pool.fetch("SELECT * FROM evaluations ORDER BY at, seq")


async def flags(centre):
    return await centre.pool.fetch("SELECT * FROM evaluation_flags ORDER BY first_at, kind")


async def test_a_judgement_by_link_ends_the_order_and_the_words_are_kept(centre):
    order = await judged_by_link(centre, await with_link(centre), words="师傅来得快，谢谢")
    assert (order.status, order.order.satisfaction, order.order.solved, order.order.revisited) == (
        "evaluated",
        5,
        True,
        True,
    )
    (one,) = await evaluations(centre)
    assert (one["mapped"], one["words"], one["method"], one["address"]) == (
        "satisfied",
        "师傅来得快，谢谢",
        "sms",
        "203.0.113.9",
    )
    assert one["unit"] == centre.unit
    assert await centre.pool.fetchval("SELECT count(*) FROM call_plans WHERE done_at IS NULL") == 0
    assert await flags(centre) == []


async def test_the_other_centre_hears_a_judgement_by_link(centre):
    world = centre.world
    order = await centre.takes("小区有人偷电动车", caller=CALLER, type="help")
    await order.transfer("110")
    await world.settle()
    police = await order.at("110")
    await police.accept_transfer()
    await police.work()
    await police.close()
    await world.settle()
    await order.close()
    data = EvaluateByCaller(version=1, round=1, invite=uuid4(), satisfaction=4, solved=True)
    await centre.node.commands.act_now(order.id, data, Actor("caller:sms", frozenset({"caller"})))
    await world.settle()
    assert (police.status, police.order.satisfaction) == ("evaluated", 4)
    with pytest.raises(AppError):
        await world.centre("110").node.commands.act_now(police.id, data, Actor("caller:sms", frozenset({"caller"})))


async def test_not_solved_is_handled_again_by_rule_and_the_second_time_supervised(centre):
    order = await with_link(centre)
    await judged_by_link(centre, order, solved=False, satisfaction=2)
    assert (order.status, order.order.round) == ("accepted", 2)
    last = (await order.ledger())[-1]
    assert (last["kind"], last["actor"], last["role"]) == ("order.reopened", "rule:not_solved", "clock")
    await order.work()
    await order.close()
    await order.call_back(reached=True, solved=False, actor=SEAT)
    await order.evaluate(satisfaction=1, words="还是没修", actor=SEAT)
    await centre.follow()
    await order.look()
    assert (order.status, order.order.round) == ("accepted", 3)
    overseen = order.snapshot.oversights[-1]
    assert (overseen.authority, overseen.rule, overseen.unit) == ("centre", "not_solved_twice", centre.unit)
    assert [(e["round"], e["solved"], e["mapped"]) for e in await evaluations(centre)] == [
        (1, False, "not"),
        (2, False, "not"),
    ]


async def test_solved_but_not_satisfied_is_supervised_and_not_opened_again(centre):
    order = await judged_by_link(centre, await with_link(centre), satisfaction=1, solved=True)
    assert (order.status, order.snapshot.oversights[-1].rule) == ("evaluated", "not_satisfied")


async def test_a_rule_is_carried_out_once_whenever_the_worker_dies(centre):
    order = await judged_by_link(centre, await with_link(centre), solved=False, satisfaction=3)
    await centre.pool.execute("UPDATE reactions SET done_at = NULL, outcome = NULL")
    await centre.node.reactor.react_once()
    await order.look()
    assert (order.status, order.order.round) == ("accepted", 2)
    assert (await order.events()).count("order.reopened") == 1


async def test_whoever_has_it_handled_again_first_is_not_overruled(centre):
    order = await closed(centre)
    await order.call_back(reached=True, solved=False, actor=SEAT)
    await order.evaluate(satisfaction=1, actor=SEAT)
    await order.reopen(reason="主任要求")
    await centre.follow()
    outcome = await centre.pool.fetchval("SELECT outcome FROM reactions")
    assert outcome.startswith("overtaken")
    assert (await order.events()).count("order.reopened") == 1


async def test_nobody_judged_but_it_was_said_not_to_be_solved(centre):
    order = await closed(centre)
    await order.call_back(reached=True, solved=False, actor=SEAT)
    await centre.world.fast_forward(days=8)
    await centre.follow()
    await order.look()
    assert (order.status, order.order.round) == ("accepted", 2)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"sent_ago": timedelta(seconds=5)}, "too_fast"),
        ({"address": "10.1.2.3"}, "office_network"),
        ({"address": "::ffff:10.1.2.3"}, "office_network"),
        ({}, None),
    ],
)
async def test_a_judgement_that_looks_made_is_flagged_to_a_person(centre, said, kind):
    await judged_by_link(centre, await with_link(centre), **said)
    assert [f["kind"] for f in await flags(centre)] == ([kind] if kind else [])
    raised = [a["subject"] for a in await centre.alarms() if a["kind"] == "evaluation.flagged"]
    assert raised == ([kind] if kind else [])


async def test_one_address_and_one_number_that_judge_many_are_flagged_once(centre):
    limits = default_callbacks().detector
    for n in range(limits.same_address_from):
        await judged_by_link(centre, await with_link(centre, caller={"phone": f"1380000{n:04d}"}))
    assert [(f["kind"], f["thing"], len(f["orders"])) for f in await flags(centre)] == [
        ("same_address", "203.0.113.9", limits.same_address_from)
    ]
    for n in range(limits.same_number_from):
        await judged_by_link(centre, await with_link(centre), address=f"203.0.113.{n + 20}")
    found = {f["kind"]: f for f in await flags(centre)}
    assert len(found["same_number"]["orders"]) == limits.same_number_from
    assert "138****1234" in found["same_number"]["thing"]
    assert "13800001234" not in found["same_number"]["thing"]


async def test_a_seat_that_writes_down_many_at_once_is_flagged_and_a_slow_one_is_not(centre):
    limits = default_callbacks().detector
    for n in range(limits.same_seat_from):
        order = await closed(centre, caller={"phone": f"1390000{n:04d}"})
        await order.call_back(reached=True, solved=True, actor=SEAT)
        await order.evaluate(satisfaction=5, actor=SEAT)
        assert not await flags(centre)
        if n == 0:
            await centre.world.fast_forward(minutes=limits.seat_window_minutes + 1)
    await centre.follow()
    assert await flags(centre) == []
    order = await closed(centre, caller={"phone": "13900009999"})
    await order.call_back(reached=True, solved=True, actor=SEAT)
    await order.evaluate(satisfaction=5, actor=SEAT)
    await centre.follow()
    assert [(f["kind"], f["thing"]) for f in await flags(centre)] == [("same_seat", SEAT.id)]


async def test_overdue_supervision_of_an_ended_order_is_told_once(centre):
    from liandong.oversight.opening import watch_deadlines

    order = await judged_by_link(centre, await with_link(centre), satisfaction=1)
    due = order.snapshot.oversights[-1].due_at
    await centre.world.fast_forward(seconds=(due - centre.node.clock.now()).total_seconds() + 1)
    assert await watch_deadlines(centre.pool, centre.node.clock) == 1
    assert await watch_deadlines(centre.pool, centre.node.clock) == 0
    assert "oversight.overdue" in {a["kind"] for a in await centre.alarms()}


def test_every_rule_of_the_shipped_table_can_be_reached_and_its_authority_exists():
    from liandong.catalogue.oversight import default_oversight

    policy = default_callbacks()
    assert msgspec.structs.asdict(policy.sampling[-1].when) == msgspec.structs.asdict(type(policy.sampling[-1].when)())
    for outcome in policy.outcomes:
        assert (outcome.then == "reopen") == (default_oversight().authority(outcome.authority) is None)
    cases = [
        (solved, level, round_) for solved in (True, False, None) for level in (1, 3, 5, None) for round_ in (1, 2, 3)
    ]
    found = {policy.outcome(solved=s, satisfaction=n, round_=r) for s, n, r in cases}
    assert found == {*policy.outcomes, None}
