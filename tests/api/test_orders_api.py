"""Orders over HTTP: take in, look, act, list."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from apis import problem


async def test_a_matter_is_taken_in_and_found_by_its_id_its_matter_and_its_number(api):
    order = await api.takes("路灯坏了", caller={"name": "王小明", "phone": "13800001234"})
    for key in (order["id"], order["matter_id"], order["number"]):
        assert (await api.get(f"/api/v1/orders/{key}")).json()["id"] == order["id"]
    assert order["status"] == "accepted"
    assert {a["action"] for a in order["allowed_actions"]} >= {"dispatch", "answer_directly", "offer_transfer"}


async def test_every_allowed_action_says_what_it_needs(api):
    order = await api.takes()
    needs = {a["action"]: a["needs"] for a in order["allowed_actions"]}
    assert needs["dispatch"] == ["unit"]
    assert needs["answer_directly"] == ["answer"]
    answer = await api.act(order, "answer_directly")
    assert problem(answer)["fields"][0]["field"] == "answer"


async def test_the_caller_is_masked_until_somebody_says_why_and_that_is_recorded(api):
    order = await api.takes(caller={"name": "王小明", "phone": "13800001234", "address": "和平区南京路1号3门201"})
    assert order["caller"] == {"name": "王**", "phone": "138****1234", "address": "和平区南京路****"}
    events = (await api.get(f"/api/v1/orders/{order['id']}/events")).text
    assert "13800001234" not in events
    assert "王小明" not in events
    shown = await api.post(f"/api/v1/orders/{order['id']}/unmask", {"reason": "回访"})
    assert shown.json()["caller"]["phone"] == "13800001234"
    row = await api.centre.pool.fetchrow("SELECT * FROM views")
    assert (row["reason"], str(row["order_id"]), row["actor"].split("#")[0]) == ("回访", order["id"], "desk")


@pytest.mark.parametrize("more", [{"confidential": True}, {"type": "report"}])
async def test_a_confidential_caller_does_not_exist_for_the_unit(api, more):
    order = await api.takes(caller={"name": "王小明", "phone": "13800001234"}, **more)
    dispatched = (await api.act(order, "dispatch", unit=api.centre.unit)).json()
    seen = (await api.get(f"/api/v1/orders/{order['id']}", "unit")).json()
    assert seen["caller"] == {}
    ledger = (await api.get(f"/api/v1/orders/{order['id']}/events", "unit")).text
    assert not [words for words in ("王", "138****", "13800001234", '1234"') if words in ledger]
    refused = await api.post(f"/api/v1/orders/{order['id']}/unmask", {"reason": "想知道"}, "unit")
    assert problem(refused)["code"] == "not_permitted"
    assert dispatched["status"] == "dispatched"


async def test_the_ledger_of_an_order_is_shown_with_its_hashes(api):
    order = await api.takes()
    await api.act(order, "dispatch", unit=api.centre.unit)
    rows = (await api.get(f"/api/v1/orders/{order['id']}/events")).json()
    assert [row["kind"] for row in rows] == ["order.accepted", "order.dispatched"]
    assert all(len(row["hash"]) == 64 for row in rows)


async def test_a_list_visits_every_order_once_while_new_ones_come_in(api):
    old = [(await api.takes(f"路灯坏了 {n}"))["id"] for n in range(23)]
    seen, before = [], None
    while True:
        page = (await api.get("/api/v1/orders", limit=5, **({"before": before} if before else {}))).json()
        seen += [order["id"] for order in page["orders"]]
        await api.takes("又来了一个")
        before = page["next"]
        if before is None:
            break
    assert seen == sorted(old, reverse=True)


async def test_the_last_page_that_is_just_full_is_followed_by_an_empty_one(api):
    for n in range(4):
        await api.takes(f"路灯坏了 {n}")
    page = (await api.get("/api/v1/orders", limit=4)).json()
    rest = (await api.get("/api/v1/orders", limit=4, before=page["next"])).json()
    assert rest == {"orders": [], "next": None}


async def test_filters_narrow_the_list(api, city):
    plain = await api.takes("路灯坏了", division_code="120101", type="help")
    await city.fast_forward(minutes=10)
    border = city.clock.now()
    urgent = await api.takes("家里煤气味很大，头晕", division_code="120102", type="complaint")
    done = await api.takes("路灯坏了")
    sent = await api.takes("路灯坏了")
    await api.act(done, "guide")
    await api.act(sent, "dispatch", unit=api.centre.unit)

    async def ids(**params):
        return {order["id"] for order in (await api.get("/api/v1/orders", **params)).json()["orders"]}

    assert await ids(division_code="120101") == {plain["id"]}
    assert await ids(type="complaint") == {urgent["id"]}
    assert await ids(urgent="true") == {urgent["id"]}
    assert await ids(open="false") == {done["id"]}
    assert await ids(status="dispatched") == {sent["id"]}
    assert await ids(status=["dispatched", "guided"]) == {sent["id"], done["id"]}
    assert await ids(status="guided", open="true") == set()
    assert await ids(unit=api.centre.unit) == {sent["id"]}
    assert border > city.clock.now() - timedelta(minutes=1)


async def test_a_unit_s_key_lists_and_opens_only_its_own(api):
    mine, other = await api.takes(), await api.takes()
    await api.act(mine, "dispatch", unit=api.centre.unit)
    await api.act(other, "dispatch", unit="11120102YB0000024N")
    listed = (await api.get("/api/v1/orders", "unit")).json()["orders"]
    assert [order["id"] for order in listed] == [mine["id"]]
    asked = (await api.get("/api/v1/orders", "unit", unit="11120102YB0000024N")).json()["orders"]
    assert [order["id"] for order in asked] == [mine["id"]]
    for path in ("", "/events"):
        assert (await api.get(f"/api/v1/orders/{other['id']}{path}", "unit")).status_code == 404
    assert (await api.act(other, "sign_for", "unit", version=2)).status_code == 404


async def test_the_same_key_gives_the_same_order_and_says_that_it_is_a_repetition(api):
    first = await api.post("/api/v1/orders", {"content": "路灯坏了"}, idempotency_key="k")
    second = await api.post("/api/v1/orders", {"content": "路灯坏了"}, idempotency_key="k")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert first.headers["location"] == f"/api/v1/orders/{first.json()['id']}"


async def test_two_people_with_the_same_key_do_not_meet(api):
    one = await api.post("/api/v1/orders", {"content": "路灯坏了"}, "call_taker", idempotency_key="k")
    other = await api.post("/api/v1/orders", {"content": "路灯坏了"}, "supervisor", idempotency_key="k")
    assert one.json()["id"] != other.json()["id"]


async def test_of_twenty_stale_clicks_one_wins_and_the_others_see_the_current_version(api):
    order = await api.takes()
    answers = await asyncio.gather(*(api.act(order, "supplement", text=f"{n}") for n in range(20)))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 19
    for answer in answers:
        if answer.status_code == 409:
            assert problem(answer)["version"] == 2


async def test_the_desk_of_one_centre_has_no_key_at_the_other(api, city):
    from apis import open_api

    async with open_api(city.centre("110")) as police:
        answer = await police.client.get("/api/v1/orders", headers=api.headers())
        assert problem(answer)["code"] == "not_signed_in"


async def test_a_revoked_key_ends(api):
    from liandong.people.keys import SQL, add_key

    key = await add_key(api.centre.pool, api.centre.node.clock, name="temp", roles=["call_taker"])
    api.tokens["temp"] = key.token
    await api.centre.node.keys._read()
    assert (await api.get("/api/v1/orders", "temp")).status_code == 200
    await api.centre.pool.fetch(SQL.revoke_key, key.id, api.centre.node.clock.now())
    await api.centre.node.keys._read()
    assert (await api.get("/api/v1/orders", "temp")).status_code == 401


async def test_an_order_that_is_not_there_is_not_found(api):
    assert problem(await api.get(f"/api/v1/orders/{uuid4()}"))["code"] == "not_found"
