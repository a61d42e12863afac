"""The overview counts what is going on, and every number opens to its orders."""

import asyncio

import pytest

from liandong.core.ids import new_id

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def seen(city, person, what, key=""):
    """The numbers as they are now, and the orders behind one of them."""
    await city.fast_forward(seconds=16)
    await person.sign_in()  # hours may have passed, and its session with them
    numbers = (await person.get("/api/v1/overview")).json()
    page = await person.get("/api/v1/overview/orders", what=what, key=key)
    assert page.status_code == 200, page.text
    return numbers, page.json()["orders"]


async def test_a_number_opens_to_exactly_its_orders(desk, city):
    leader = await desk.signed_in("leader")
    await desk.centre.takes("路灯不亮", division_code="120101")
    await desk.centre.takes("井盖坏了", division_code="120101004")
    await desk.centre.takes("演练：停电", division_code="120101", exercise="exercise")
    for what in ("today", "open", "danger", "risk"):
        numbers, orders = await seen(city, leader, what)
        assert numbers[what] == len(orders), what
    numbers, orders = await seen(city, leader, "district", "120101")
    heat = {one["code"]: one["today"] for one in numbers["districts"]}
    assert heat["120101"] == len(orders) == 2


async def test_danger_handed_to_the_police_is_a_flow_and_counts(desk, city):
    leader = await desk.signed_in("leader")
    order = await desk.centre.takes("家里煤气味很大，有人晕倒", division_code="120102")
    await order.transfer("110", urgent=True)
    await city.settle()
    numbers, orders = await seen(city, leader, "out", "110")
    assert [one["order_id"] for one in orders] == [str(order.order.id)]
    assert sum(f["count"] for f in numbers["flows"] if (f["peer"], f["direction"]) == ("110", "out")) == 1
    assert numbers["danger"] == 1


async def test_a_clock_is_at_risk_then_late_until_its_thing_is_done(desk, city):
    leader = await desk.signed_in("leader")
    order = await desk.centre.takes("占道经营", division_code="120103")
    numbers, orders = await seen(city, leader, "risk")
    assert (str(order.order.id), "unit_dispatch") in {(o["order_id"], o["clock"]) for o in orders}
    await city.fast_forward(hours=3)
    numbers, orders = await seen(city, leader, "late")
    late = [(o["order_id"], o["clock"]) for o in orders]
    assert numbers["late"] == len(late)
    assert (str(order.order.id), "unit_dispatch") in late
    await order.dispatch(unit=desk.centre.unit)
    _, orders = await seen(city, leader, "late")
    assert (str(order.order.id), "unit_dispatch") not in {(o["order_id"], o["clock"]) for o in orders}


async def test_pages_of_late_clocks_follow_each_other(desk, city):
    for said in ("路灯坏了", "井盖坏了"):
        await desk.centre.takes(said, division_code="120103")
    await city.fast_forward(hours=3)
    leader = await desk.signed_in("leader")
    whole = (await leader.get("/api/v1/overview/orders", what="late")).json()["orders"]
    assert len(whole) > 1
    found, after = [], None
    while True:
        page = (
            await leader.get("/api/v1/overview/orders", what="late", limit=1, **({"after": after} if after else {}))
        ).json()
        found += page["orders"]
        after = page["next"]
        if after is None:
            break
    assert found == whole
    wrong = await leader.get("/api/v1/overview/orders", what="late", after="yesterday")
    assert wrong.json()["code"] == "field_invalid"


async def test_the_overview_is_for_people_of_the_whole_centre(desk):
    boss, taker = await desk.signed_in("supervisor"), await desk.signed_in("call_taker")
    bound = await desk.signed_in("supervisor", "unit", unit=desk.centre.unit)
    for path, given in (("", {}), ("/orders", {"what": "open"}), ("/map", {})):
        answers = [await who.get(f"/api/v1/overview{path}", **given) for who in (boss, taker, bound)]
        assert [one.status_code for one in answers] == [200, 403, 403], path


async def test_a_dead_message_goes_again_from_the_screen(desk, city):
    admin, auditor = await desk.signed_in("admin"), await desk.signed_in("auditor")
    order = await desk.centre.takes("有人打架")
    await order.transfer("110")
    await desk.centre.pool.execute(
        "UPDATE outbox SET status = 'dead', last_error = 'refused' WHERE order_id = $1", order.order.id
    )
    dead = (await admin.get("/api/v1/outbox")).json()["messages"]
    assert [one["last_error"] for one in dead] == ["refused"]
    assert (await auditor.post("/api/v1/outbox/resend")).status_code == 403
    assert (await admin.post("/api/v1/outbox/resend", {"ids": [str(new_id())]})).json() == {"queued": 0}
    assert (await admin.post("/api/v1/outbox/resend", {"ids": [dead[0]["id"]]})).json() == {"queued": 1}
    await city.settle()
    assert (await admin.get("/api/v1/outbox")).json()["messages"] == []
    assert (
        len(await city.centre("110").pool.fetch("SELECT FROM orders WHERE matter_id = $1", order.order.matter_id)) == 1
    )


async def finished(auditor):
    for _ in range(200):
        last = (await auditor.get("/api/v1/ledger/checks")).json()[0]
        if last["finished_at"]:
            return last
        await asyncio.sleep(0.02)
    raise AssertionError("the verification does not end")


async def test_the_auditor_verifies_the_ledger_and_a_rewritten_past_is_named(desk, city):
    auditor = await desk.signed_in("auditor")
    assert (await (await desk.signed_in("admin")).post("/api/v1/ledger/checks")).status_code == 403
    assert (await auditor.post("/api/v1/ledger/checks")).status_code == 202
    last = await finished(auditor)
    assert last["broken"] is None
    assert last["events"] == await desk.centre.pool.fetchval("SELECT count(*) FROM events")
    order = await desk.centre.takes("噪声扰民")
    await rewrite(desk.centre.pool, order.order.id, "nobody")
    assert (await auditor.post("/api/v1/ledger/checks")).status_code == 202
    last = await finished(auditor)
    assert last["broken"]["order_id"] == str(order.order.id)
    await rewrite(desk.centre.pool, order.order.id, "desk")  # the city ends with its ledgers verified
    assert (await auditor.post("/api/v1/ledger/checks")).status_code == 202
    assert (await finished(auditor))["broken"] is None


async def rewrite(pool, order_id, actor):
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("ALTER TABLE events DISABLE TRIGGER USER")
        await connection.execute("UPDATE events SET actor = $2 WHERE order_id = $1 AND seq = 1", order_id, actor)
        await connection.execute("ALTER TABLE events ENABLE TRIGGER USER")


async def test_a_return_waits_for_a_decision_until_it_is_made(desk, city):
    boss = await desk.signed_in("supervisor")
    order = await desk.centre.takes("小区停车难", division_code="120103")
    await order.dispatch(unit=desk.centre.unit)
    await order.return_order(reason="not_our_duty", basis="三定规定", text="不属本单位职责")
    _, orders = await seen(city, boss, "review")
    assert (str(order.order.id), "return_review") in {(o["order_id"], o["clock"]) for o in orders}
