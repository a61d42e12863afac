"""Interviews, circulars, accountability and praise: with evidence, decided by another person, appealed to a third; and lists of oversights."""

from datetime import timedelta

import pytest

from apis import problem
from liandong.people.keys import add_key
from world import person

SUPERVISOR = person("supervisor")


@pytest.fixture
async def people(api):
    """Three supervisors and a leader beside the usual ones."""
    clock, pool = api.centre.node.clock, api.centre.pool
    for who, role in (("second", "supervisor"), ("third", "supervisor"), ("leader", "leader")):
        api.tokens[who] = (await add_key(pool, clock, name=who, roles=[role])).token
    api.tokens["stranger"] = (await add_key(pool, clock, name="stranger", roles=["unit"], unit="another")).token
    return api


async def proposed(api, kind="accountability", **more):
    order = await api.takes("路灯坏了")
    body = {"kind": kind, "unit": api.centre.unit, "reason": "谎报办结", "orders": [order["number"]]}
    body |= {"evidence": "现场核查灯仍不亮，答复称已修", "basis": "工作方案二（三）3"} | more
    answer = await api.post("/api/v1/measures", body, "supervisor")
    assert answer.status_code == 201, answer.text
    return answer.json()


async def step(api, measure, action, who):
    body = {"action": action, "version": measure["version"], "text": f"{action} 的理由"}
    return await api.post(f"/api/v1/measures/{measure['id']}/actions", body, who)


async def test_accountability_is_proposed_decided_appealed_and_judged_by_four_people(people):
    api, measure = people, await proposed(people)
    assert measure["number"] == "120000-12345-2025-WZ-0001"
    assert problem(await step(api, measure, "approve", "supervisor"))["code"] == "guard_refused"
    decided = (await step(api, measure, "approve", "second")).json()
    assert (decided["status"], decided["appeal_until"] is not None) == ("in_force", True)
    assert problem(await step(api, decided, "appeal", "stranger"))["code"] == "not_found"
    appealed = (await step(api, decided, "appeal", "unit")).json()
    assert (appealed["status"], appealed["appeal"]) == ("appealed", "appeal 的理由")
    for who in ("supervisor", "second"):
        assert "未参与" in problem(await step(api, appealed, "uphold", who))["detail"]
    assert (await step(api, appealed, "revoke", "third")).json()["status"] == "revoked"
    shown = (await api.get(f"/api/v1/measures/{measure['number']}", "auditor")).json()
    assert [one["step"] for one in shown["steps"]] == ["propose", "approve", "appeal", "revoke"]
    assert len({one["actor"] for one in shown["steps"]}) == 4
    assert shown["allowed_actions"] == []


async def test_only_what_this_person_may_do_is_offered(people):
    measure = await proposed(people)
    offered = {}
    for who in ("supervisor", "second", "unit", "auditor"):
        shown = (await people.get(f"/api/v1/measures/{measure['id']}", who)).json()
        offered[who] = [one["action"] for one in shown["allowed_actions"]]
    assert offered == {"supervisor": [], "second": ["approve", "refuse"], "unit": [], "auditor": []}


async def test_an_appeal_comes_in_time_or_not_at_all(people):
    decided = (await step(people, await proposed(people), "approve", "second")).json()
    people.centre.world.clock.advance(timedelta(days=20))
    assert "已过申诉期限" in problem(await step(people, decided, "appeal", "unit"))["detail"]


async def test_an_interview_is_carried_out_and_knows_no_appeal(people):
    decided = (await step(people, await proposed(people, "interview"), "approve", "leader")).json()
    assert decided["appeal_until"] is None
    assert "不设申诉" in problem(await step(people, decided, "appeal", "unit"))["detail"]
    assert (await step(people, decided, "carry_out", "second")).json()["status"] == "done"


async def test_a_stale_step_and_a_second_decision_are_refused(people):
    measure = await proposed(people, "circular")
    decided = (await step(people, measure, "approve", "second")).json()
    assert problem(await step(people, measure, "refuse", "third"))["code"] == "stale_version"
    assert problem(await step(people, decided, "approve", "third"))["code"] == "action_not_allowed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "whipping"},
        {"unit": "nobody"},
        {"orders": []},
        {"orders": ["120000-12345-20250304-999999"]},
        {"evidence": " "},
        {"basis": ""},
    ],
)
async def test_without_evidence_nothing_is_proposed(people, wrong):
    order = await people.takes("路灯坏了")
    body = {
        "kind": "accountability",
        "unit": people.centre.unit,
        "reason": "x",
        "orders": [order["number"]],
        "evidence": "x",
        "basis": "x",
    }
    answer = problem(await people.post("/api/v1/measures", body | wrong, "supervisor"))
    assert answer["code"] == "field_invalid"
    assert await people.centre.pool.fetchval("SELECT count(*) FROM measures") == 0


async def test_units_that_callers_praise_are_candidates_and_flagged_orders_do_not_count(people):
    api, centre = people, people.centre
    for n in range(6):
        order = await centre.takes("路灯坏了", caller={"phone": f"1390000{n:04d}"})
        await order.work()
        await order.finish()
    await centre.follow()
    (one,) = (await api.get("/api/v1/measures/outstanding", "leader")).json()
    assert (one["unit"], one["evaluations"], one["satisfied"], len(one["orders"])) == (centre.unit, 6, 6, 6)
    praise = {
        "kind": "praise",
        "unit": one["unit"],
        "person": "王师傅",
        "reason": "办理快、群众满意",
        "orders": one["orders"],
    }
    assert (await api.post("/api/v1/measures", praise, "leader")).status_code == 201
    await centre.pool.execute(
        "INSERT INTO evaluation_flags (id, kind, thing, orders, first_at, last_at, count, actors) VALUES (gen_random_uuid(), 'same_seat', 'x', $1, $2, $2, 1, '{}')",
        one["orders"][:2],
        centre.node.clock.now(),
    )
    assert (await api.get("/api/v1/measures/outstanding", "leader")).json() == []


async def test_oversights_are_found_by_unit_level_and_deadline_page_by_page(people):
    api, centre = people, people.centre
    orders = [await centre.takes(f"路灯坏了 {n}") for n in range(4)]
    for order, authority in zip(orders, ("centre", "centre", "district", "centre"), strict=True):
        await order.dispatch(unit=centre.unit)
        await order.open_oversight(authority=authority, text="为何不修", actor=SUPERVISOR)
        centre.world.clock.advance(timedelta(minutes=1))

    async def found(who="auditor", **params):
        return [one["number"] for one in (await api.get("/api/v1/oversights", who, **params)).json()]

    numbers = [f"{order.order.number}-DB01" for order in reversed(orders)]
    assert await found() == await found("unit") == numbers
    assert await found("stranger") == []
    assert await found(authority="district") == [numbers[1]]
    assert await found(unit=centre.unit, status="replied") == []
    assert await found(overdue=True) == []
    first = (await api.get("/api/v1/oversights", "auditor", limit=2)).json()
    rest = await found(before_at=first[-1]["opened_at"], before_number=first[-1]["number"])
    assert [one["number"] for one in first] + rest == numbers
    await orders[0].reply_oversight(text="已修")
    centre.world.clock.advance(timedelta(days=5))
    assert await found(overdue=True) == [numbers[1]]  # the district's is due first
    centre.world.clock.advance(timedelta(days=10))
    assert await found(overdue=True) == numbers[:3]
    shown = (await api.get(f"/api/v1/orders/{orders[0].id}")).json()
    assert [one["status"] for one in shown["oversights"]] == ["replied"]
    assert "accept_oversight" in {
        a["action"] for a in (await api.get(f"/api/v1/orders/{orders[0].id}", "supervisor")).json()["allowed_actions"]
    }
