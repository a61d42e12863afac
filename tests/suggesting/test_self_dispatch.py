"""Self-service dispatch: only what is certain by policy, never in danger or against a person, checked, and stopped when too much was wrong."""

from datetime import timedelta

import msgspec
import pytest

from apis import problem
from liandong.suggesting.retraining import train_now
from liandong.suggesting.self_dispatch import certain, dispatch_certain
from liandong.suggesting.store import promote
from suggesting.past import DISTRICTS, UNITS, WATER

pytestmark = pytest.mark.asyncio(loop_scope="module")
DRY = "小区停水，自来水发黄，水压低，没水喝，希望尽快恢复供水"


def willing(policy, **more):
    """On, with the bounds that a model of 128 short letters reaches."""
    given = {"on": True, "least_class": 0.8, "least_unit": 0.7, "least_measured": 0.9, "sample": 1.0} | more
    return msgspec.structs.replace(policy, self_dispatch=msgspec.structs.replace(policy.self_dispatch, **given))


def never_by_itself(order, guesser, policy):
    """Each of these alone leaves an order that would go to a person."""
    replace, facts = msgspec.structs.replace, order.facts
    assert certain(order, guesser, policy).why == ""
    for change in (
        {"danger": True},
        {"urgent": True},
        {"confidential": True},
        {"repeats": 1},
        {"facts": None},
        {"facts": replace(facts, danger=True)},
        {"facts": replace(facts, violent_dispute=True)},
        {"facts": replace(facts, stability_lead=True)},
        {"facts": replace(facts, overruled=("danger",))},
        {"verdict": None},
        {"verdict": replace(order.verdict, decision="negotiate")},
        {"channel": "phone"},
        {"type": "report"},
        {"content": order.content + "，老人说不想活了要跳楼"},
    ):
        assert certain(replace(order, **change), guesser, policy).why, change
    for bound in ({"least_class": 1.01}, {"least_unit": 1.01}, {"least_measured": 1.01}, {"classes": ("99",)}):
        assert certain(order, guesser, replace(policy, **bound)).why, bound


async def outcome(node, order):
    row = await node.pool.fetchrow("SELECT outcome, why, sampled FROM self_dispatches WHERE order_id = $1", order.id)
    return tuple(row) if row else None


async def test_what_is_certain_goes_by_itself_and_everything_else_waits(api, city, node):
    centre, chosen = city.centre("12345"), node.suggesting.policy
    web = {"channel": "web", "division_code": DISTRICTS[0]}

    async def round_(policy):
        node.suggesting.policy = policy
        city.clock.advance(timedelta(minutes=10))
        return await dispatch_certain(node.pool, node.clock, node.commands, node.suggesting)

    before = await centre.takes(DRY, **web)
    assert await round_(chosen) == 0, "off by default"
    assert await outcome(node, before) is None
    assert await round_(willing(chosen)) == 0, "nothing was learnt yet"
    assert (await outcome(node, before))[1] == "没有学成并启用的分类与承办单位模型"
    await train_now(node.pool, node.clock, node.policy, chosen, apart=False)
    for name in ("class", "type", "unit"):
        await promote(node.pool, name, 1, by="王示例", reason="检验合格", now=node.clock.now())
    await node.suggesting.models.refresh(node.pool)

    sure = await centre.takes(DRY, **web)
    never_by_itself(sure.order, node.suggesting.guesser(), willing(chosen).self_dispatch)
    set_by_person = await centre.takes(DRY, class_intake="040100", **web)
    danger = await centre.takes("停水，水压低，自来水发黄，楼里还有煤气泄漏，有人晕倒", **web)
    strange = await centre.takes("请帮忙", **web)
    phoned = await centre.takes(DRY, division_code=DISTRICTS[0])
    hidden = await centre.takes(DRY, confidential=True, **web)
    cleared = await centre.takes("停水，自来水发黄，水压低，没水喝，有煤气味", facts={"danger": False}, **web)
    touched = await centre.takes(DRY, **web)
    await touched.amend(title="改过")
    assert await round_(willing(chosen)) == 1
    await city.settle()
    assert (await outcome(node, sure), sure.status) == (("sent", "", True), "dispatched")
    assert sure.order.unit == UNITS[WATER, DISTRICTS[0]]
    assert sure.order.class_intake == WATER
    event = (await sure.ledger())[-1]
    assert event["actor"] == "self_service"
    assert "自助派单" in event["body"]
    assert (await outcome(node, set_by_person))[1] == "分类把握不够", "a person's class stands"
    for order in (danger, cleared):
        assert (await outcome(node, order))[1].endswith("由人处理")
        assert order.status != "dispatched"
    assert (await outcome(node, strange))[0] == "asked"
    assert (await outcome(node, phoned))[1] == "该渠道有人在受理"
    assert (await outcome(node, hidden))[1] == "要求保密或重复反映：由人处理"
    assert await outcome(node, touched) is None
    assert {o.status for o in (set_by_person, strange, phoned, hidden, touched)} == {"accepted"}
    assert await round_(willing(chosen)) == 0, "each is looked at once"

    listed = (await api.get("/api/v1/self-dispatches", "supervisor")).json()
    assert [one["order_id"] for one in listed["to_check"]] == [str(sure.id)]
    assert listed["to_check"][0]["unit_name"] == "水务集团"
    path = f"/api/v1/self-dispatches/{sure.id}/check"
    assert problem(await api.post(path, {"right": False}, "supervisor"))["code"] == "field_invalid"
    node.suggesting.policy = willing(chosen, least_checks=1)
    wrong = await api.post(path, {"right": False, "reason": "应派生态环境局"}, "supervisor")
    assert wrong.json()["stopped"]
    assert wrong.json()["wrong"] == 1
    assert problem(await api.post(path, {"right": True}, "supervisor"))["code"] == "not_found", "checked once"
    assert (await centre.alarms())[-1]["kind"] == "self_dispatch.stopped"
    late = await centre.takes(DRY, **web)
    assert await round_(willing(chosen, least_checks=1)) == 0
    assert await outcome(node, late) is None, "stopped: everything waits for people"
    gone_on = await api.post("/api/v1/self-dispatches/switch", {"stopped": False, "reason": "已核实"}, "supervisor")
    assert not gone_on.json()["stopped"]
    assert await round_(willing(chosen, least_checks=1)) == 1
    node.suggesting.policy = chosen
