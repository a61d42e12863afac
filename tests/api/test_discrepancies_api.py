"""What people must look at, over HTTP, and the figures of reconciliation and roots."""

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from apis import problem
from liandong.discrepancies.store import Found, put_down
from nights import Nights


@pytest.fixture
async def three(api):
    pool, now = api.centre.pool, api.centre.node.clock.now()
    found = [Found("110", kind, kind, f"说明 {kind}") for kind in ("lost", "root_twice", "no_owner")]
    async with pool.acquire() as connection:
        for number, one in enumerate(found):
            assert await put_down(connection, [one], now + timedelta(seconds=number)) == 1
        assert await put_down(connection, found, now + timedelta(minutes=1)) == 0
    return found


async def test_open_discrepancies_are_listed_newest_first_a_page_at_a_time(api, three):
    first = (await api.get("/api/v1/discrepancies", "supervisor", limit=2)).json()
    assert [one["kind"] for one in first["discrepancies"]] == ["no_owner", "root_twice"]
    rest = (await api.get("/api/v1/discrepancies", "supervisor", limit=2, before=first["next"])).json()
    assert [one["kind"] for one in rest["discrepancies"]] == ["lost"]
    assert rest["next"] is None
    assert rest["discrepancies"][0]["times"] == 2
    chosen = (await api.get("/api/v1/discrepancies", "auditor", kind="root_twice", peer="110")).json()
    assert [one["kind"] for one in chosen["discrepancies"]] == ["root_twice"]


async def test_dismissing_needs_a_role_and_a_reason_and_is_kept(api, three):
    listed = (await api.get("/api/v1/discrepancies", "supervisor")).json()["discrepancies"]
    path = f"/api/v1/discrepancies/{listed[0]['id']}/dismiss"
    assert problem(await api.post(path, {"reason": "已核实"}, "call_taker"))["code"] == "not_permitted"
    assert problem(await api.post(path, {"reason": ""}, "supervisor"))["code"] == "field_invalid"
    assert problem(await api.post(path, {}, "supervisor"))["code"] == "field_invalid"
    done = await api.post(path, {"reason": "双方电话核实，无误"}, "supervisor")
    assert done.status_code == 200, done.text
    assert done.json()["status"] == "dismissed"
    assert problem(await api.post(path, {"reason": "再来一次"}, "supervisor"))["code"] == "action_not_allowed"
    (kept,) = (await api.get("/api/v1/discrepancies", "auditor", status="dismissed")).json()["discrepancies"]
    assert (kept["reason"], kept["closed_by"]) == ("双方电话核实，无误", done.json()["closed_by"])
    assert len((await api.get("/api/v1/discrepancies", "auditor", status="all")).json()["discrepancies"]) == 3


async def test_who_may_not_see_them_and_what_does_not_exist(api, three):
    assert problem(await api.get("/api/v1/discrepancies", "unit"))["code"] == "not_permitted"
    assert problem(await api.get("/api/v1/discrepancies", "call_taker"))["code"] == "not_permitted"
    assert problem(await api.get("/api/v1/discrepancies", "supervisor", status="odd"))["code"] == "field_invalid"
    path = "/api/v1/discrepancies/01957000-0000-7000-8000-000000000000/dismiss"
    assert problem(await api.post(path, {"reason": "不存在"}, "supervisor"))["code"] == "not_found"


async def test_the_figures_tell_of_differences_roots_and_alarms(api, three):
    world = api.centre.world
    order = await api.centre.takes("小区有人偷电动车")
    await order.transfer("110")
    await world.settle()
    async with Nights.open(world) as nights:
        await nights.pass_day(2)
        await api.centre.pool.execute("UPDATE orders SET responsible = false")
        await nights.reconcile("12345", "110")
    figures = {}
    for family in text_string_to_metric_families((await api.client.get("/metrics")).text):
        for sample in family.samples:
            figures[sample.name, *sorted(sample.labels.values())] = sample.value
    assert figures["liandong_reconcile_differences", "110", "no_owner"] == 1
    assert figures["liandong_reconcile_differences", "110", "lost"] == 0
    assert figures["liandong_roots_checked", "110"] == 2
    assert figures["liandong_days_unsealed",] == 0
    assert figures["liandong_ledger_alarms",] == 1
    assert figures["liandong_discrepancies_open", "root_twice"] == 1
    await world.fast_forward(hours=72)
    answer = await api.client.get("/metrics")
    assert "liandong_days_unsealed 3" in answer.text
