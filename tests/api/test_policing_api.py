"""Danger questions, units proposed, callers' histories and threads over HTTP."""

import json
from datetime import timedelta

import pytest
from test_feed import read

from apis import open_api, problem, real_server
from liandong.api import create_app
from liandong.catalogue.units import default_units
from liandong.policing.roads import Roads

SCENE = {"lon": 117.2000, "lat": 39.1000}
STATIONS = [u for u in default_units().values() if u.kind == "police_station"]
NEAR, FAR, THIRD = (u.org_code for u in STATIONS[:3])
CALM = {"danger": False, "scope": "own"}
CALLER = {"phone": "13800001111", "name": "王小明"}


@pytest.fixture
async def desk(city):
    async with open_api(city.centre("110")) as opened:
        yield opened


async def put(api, unit, what, body, who="desk"):
    path = f"/api/v1/policing/units/{unit}/{what}"
    return await api.client.put(path, json=body, headers=api.headers(who))


async def proposed(api, order, **params):
    answer = await api.get(f"/api/v1/orders/{order['id']}/units", **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ask(api, order, **answers):
    answer = await api.post(f"/api/v1/orders/{order['id']}/questions", {"answers": answers})
    assert answer.status_code == 200, answer.text
    return answer.json()


# questions


async def test_one_call_keeps_the_answers_and_gives_the_next_question(desk):
    order = await desk.takes("有人来闹事", facts=CALM)
    first = await ask(desk, order)
    assert (first["next"]["id"], first["order"]["version"]) == ("what", 1)
    second = await ask(desk, order, what="violence")
    assert second["next"]["id"] == "weapons"
    assert second["order"]["danger"] is True
    third = await ask(desk, order, weapons="blade", injured=1)
    assert third["next"]["id"] == "still_there"
    assert third["reads"]["level"] == 1
    assert {one["question"]: one["given"] for one in third["order"]["policing"]["answers"]} == {
        "what": "violence",
        "weapons": "blade",
        "injured": 1,
    }


async def test_the_questions_may_be_asked_before_there_is_an_order_and_keep_nothing(desk):
    answer = await desk.post("/api/v1/policing/questions", {"answers": {"what": "fire_or_gas"}})
    assert (answer.json()["next"]["id"], answer.json()["reads"]["danger"]) == ("hazardous", True)
    assert (await desk.get("/api/v1/policing/questions")).json()["first"] == "what"
    wrong = await desk.post("/api/v1/policing/questions", {"answers": {"what": "banana"}})
    assert "violence" in problem(wrong)["detail"]


async def test_an_answer_that_does_not_fit_leaves_the_order_as_it_was(desk):
    order = await desk.takes("有人来闹事", facts=CALM)
    answer = await desk.post(f"/api/v1/orders/{order['id']}/questions", {"answers": {"weapons": "banana"}})
    assert problem(answer)["code"] == "field_invalid"
    assert (await desk.get(f"/api/v1/orders/{order['id']}")).json()["version"] == 1


# units


async def test_the_nearest_unit_that_can_do_it_is_proposed_with_its_reasons(city, desk):
    await put(desk, NEAR, "position", {"wgs84": {"lon": 117.205, "lat": 39.1}})
    await put(desk, FAR, "position", {"wgs84": {"lon": 117.300, "lat": 39.1}})
    order = await desk.takes("楼下两家人吵架", facts=CALM, class_intake="08020000", incident={"wgs84": SCENE})
    found = await proposed(desk, order)
    assert found["skills"] == ["mediation"]
    assert [one["unit"] for one in found["units"][:2]] == [NEAR, FAR]
    best = found["units"][0]
    assert (best["by"], best["stale"], best["missing"], best["load"]) == ("straight", False, [], 0)
    assert 420 < best["metres"] < 440
    assert [reason["sign"] for reason in best["reasons"]] == ["distance", "skills", "load", "division"]
    assert best["score"] == round(sum(r["value"] * r["weight"] for r in best["reasons"]), 3)


async def test_a_stale_position_is_marked_and_counts_less(city, desk):
    now = city.clock.now()
    await put(desk, NEAR, "position", {"wgs84": {"lon": 117.205, "lat": 39.1}, "at": str(now - timedelta(minutes=9))})
    order = await desk.takes("楼下两家人吵架", facts=CALM, incident={"wgs84": SCENE})
    found = next(one for one in (await proposed(desk, order, limit=200))["units"] if one["unit"] == NEAR)
    assert found["stale"] is True
    assert "过时" in found["reasons"][0]["text"]
    await put(desk, NEAR, "position", {"wgs84": {"lon": 117.205, "lat": 39.1}})
    fresh = next(one for one in (await proposed(desk, order, limit=200))["units"] if one["unit"] == NEAR)
    assert fresh["score"] > found["score"]


async def test_a_report_that_was_under_way_longer_than_a_newer_one_changes_nothing(city, desk):
    now = city.clock.now()
    await put(desk, NEAR, "position", {"wgs84": {"lon": 117.205, "lat": 39.1}})
    late = {"wgs84": {"lon": 118.0, "lat": 39.1}, "at": str(now - timedelta(minutes=1))}
    assert (await put(desk, NEAR, "position", late)).status_code == 204
    units = (await desk.get("/api/v1/policing/units")).json()
    assert next(u for u in units if u["unit"] == NEAR)["state"]["wgs84"]["lon"] == 117.205


async def test_who_is_off_duty_is_left_out_and_who_is_busy_comes_later(desk):
    for unit in (NEAR, FAR):
        await put(desk, unit, "position", {"wgs84": {"lon": 117.205, "lat": 39.1}})
    await put(desk, NEAR, "state", {"state": "off_duty"})
    await put(desk, FAR, "state", {"state": "busy"})
    order = await desk.takes("楼下两家人吵架", facts=CALM, incident={"wgs84": SCENE})
    units = {one["unit"]: one for one in (await proposed(desk, order, limit=200))["units"]}
    assert NEAR not in units
    assert units[FAR]["state"] == "busy"
    sent = await desk.act(order, "dispatch", unit=NEAR)  # advice: whoever sends decides
    assert sent.status_code == 200


async def test_what_a_unit_has_in_hand_or_supports_is_its_load(desk):
    one, two = [await desk.takes("楼下两家人吵架", facts=CALM) for _ in range(2)]
    await desk.act(one, "dispatch", unit=FAR)
    sent = (await desk.act(two, "dispatch", unit=THIRD)).json()
    await desk.act(sent, "send_support", unit=FAR)
    order = await desk.takes("停车起争执", facts=CALM)
    loads = {u["unit"]: u["load"] for u in (await proposed(desk, order, limit=200))["units"]}
    assert (loads[FAR], loads[THIRD], loads[NEAR]) == (2, 1, 0)


async def test_by_road_where_the_city_has_a_graph_and_it_is_said(city, desk):
    """Near in a straight line, but beyond the river."""
    across, along = {"lon": 117.200, "lat": 39.105}, {"lon": 117.220, "lat": 39.1}
    junctions = [(117.2, 39.1), (117.22, 39.1), (117.2, 39.105)]
    city.centre("110").node.roads = Roads("wgs84", junctions, [(0, 1, 1800.0, False), (1, 2, 9000.0, False)])
    await put(desk, NEAR, "position", {"wgs84": across})
    await put(desk, FAR, "position", {"wgs84": along})
    order = await desk.takes("停车起争执", facts=CALM, incident={"wgs84": SCENE})
    found = await proposed(desk, order)
    assert found["roads"] is True
    assert [(u["unit"], u["by"], u["metres"]) for u in found["units"][:2]] == [
        (FAR, "road", 1800),
        (NEAR, "road", 10800),
    ]
    city.centre("110").node.roads = None
    assert (await proposed(desk, order))["units"][0]["unit"] == NEAR


async def test_systems_of_coordinates_are_never_mixed(desk):
    await put(desk, NEAR, "position", {"gcj02": SCENE})
    order = await desk.takes("停车起争执", facts=CALM, incident={"wgs84": SCENE})
    units = (await proposed(desk, order, limit=200))["units"]
    assert next(u for u in units if u["unit"] == NEAR)["metres"] is None


async def test_weapons_and_people_trapped_ask_for_units_that_can_deal_with_them(desk):
    order = await desk.takes("有人来闹事", facts=CALM)
    await ask(desk, order, weapons="blade", trapped=1)
    found = await proposed(desk, order)
    assert found["skills"] == ["armed", "rescue"]
    assert found["units"][0]["missing"] == []
    assert default_units()[found["units"][0]["unit"]].kind == "police_branch"


async def test_a_unit_reports_for_itself_only_and_a_watch_that_is_ahead_is_refused(city, desk):
    here = {"wgs84": SCENE}
    assert (await put(desk, city.centre("110").unit, "position", here, "unit")).status_code == 204
    other = next(u.org_code for u in STATIONS if u.org_code != city.centre("110").unit)
    assert problem(await put(desk, other, "position", here, "unit"))["code"] == "not_permitted"
    ahead = here | {"at": str(city.clock.now() + timedelta(hours=1))}
    assert "时钟" in problem(await put(desk, NEAR, "position", ahead))["detail"]
    assert problem(await put(desk, NEAR, "position", {}))["code"] == "field_invalid"
    assert problem(await put(desk, "nobody", "position", here))["code"] == "not_found"


async def test_a_supporting_unit_finds_what_it_supports(city, desk):
    mine = city.centre("110").unit
    first = next(u.org_code for u in STATIONS if u.org_code != mine)
    order = await desk.takes("楼下两家人吵架", facts=CALM)
    sent = (await desk.act(order, "dispatch", unit=first)).json()
    assert (await desk.get("/api/v1/policing/supports", "unit")).json() == []
    beside = (await desk.act(sent, "send_support", unit=mine)).json()
    assert [o["id"] for o in (await desk.get("/api/v1/policing/supports", "unit")).json()] == [order["id"]]
    assert (await desk.get(f"/api/v1/orders/{order['id']}", "unit")).status_code == 200
    await desk.act(beside, "report_support", "unit", no=1, state="ended")
    assert (await desk.get("/api/v1/policing/supports", "unit")).json() == []


async def test_a_supporting_unit_hears_of_it_on_the_feed(city, desk):
    mine = city.centre("110").unit
    first = next(u.org_code for u in STATIONS if u.org_code != mine)
    order = await desk.takes("楼下两家人吵架", facts=CALM)
    sent = (await desk.act(order, "dispatch", unit=first)).json()
    await desk.act(sent, "send_support", unit=mine)
    async with real_server(create_app(None, city.centre("110").node)) as address:
        heard = await read(desk, address, 3, "unit", **{"last-event-id": "0-0"})
    assert [kind for _, kind, _ in heard] == ["order.accepted", "order.dispatched", "support.sent"]


async def test_people_in_a_feedback_are_masked_in_the_order_and_in_its_ledger(city, desk):
    order = await desk.takes("楼下两家人吵架", facts=CALM)
    for action, fields in (
        ("dispatch", {"unit": city.centre("110").unit}),
        ("acknowledge", {}),
        ("arrive", {}),
        ("start_disposing", {}),
        (
            "feed_back",
            {
                "result": "已调解",
                "people": [
                    {"part": "victim", "name": "张三丰", "id_number": "120101199001011239", "phone": "13800009999"}
                ],
            },
        ),
    ):
        who = "desk" if action == "dispatch" else "unit"
        order = (await desk.act(order, action, who, **fields)).json()
    person = order["feedback"]["people"][0]
    assert (person["name"], person["phone"], person["id_number"]) == ("张**", "138****9999", "120101********1239")
    ledger = await desk.get(f"/api/v1/orders/{order['id']}/events")
    assert "张**" in ledger.text
    for secret in ("张三丰", "13800009999", "120101199001011239"):
        assert secret not in ledger.text


# callers


async def test_at_intake_the_history_the_duplicates_and_the_repeat_are_one_look(api):
    lamp = "和平区南京路1号门口的路灯坏了，晚上看不见路"
    first = await api.takes(lamp, caller=CALLER, facts=CALM)
    await api.act(first, "answer_directly", answer="已修复")
    neighbour = await api.takes(lamp, caller={"phone": "13900002222"}, facts=CALM)
    answer = await api.post("/api/v1/intake/look", {"content": lamp, "caller": CALLER})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["repeats"]["number"] == first["number"]
    assert [one["number"] for one in found["history"]["answered"]] == [first["number"]]
    assert {one["number"] for one in found["duplicates"]} == {first["number"], neighbour["number"]}
    assert CALLER["phone"] not in json.dumps(found["history"])
    again = await api.takes(lamp, caller=CALLER, facts=CALM)
    assert (again["repeat_of"], again["repeats"]) == (first["id"], 1)


async def test_a_history_is_for_the_desk_and_a_thread_for_whoever_sees_the_order(api):
    first = await api.takes("路灯坏了，看不见路", caller=CALLER, facts=CALM)
    body = {"phone": CALLER["phone"]}
    assert problem(await api.post("/api/v1/callers/history", body, "unit"))["code"] == "not_permitted"
    assert problem(await api.post("/api/v1/callers/history", {"phone": "x"}))["code"] == "field_invalid"
    assert len((await api.post("/api/v1/callers/history", body)).json()["open"]) == 1
    assert problem(await api.get(f"/api/v1/orders/{first['id']}/thread", "unit"))["code"] == "not_found"
    seen = (await api.get(f"/api/v1/orders/{first['number']}/thread")).json()
    assert [entry["what"] for entry in seen["entries"]] == ["matter"]


async def test_what_a_supervisor_has_to_look_at_is_a_list_of_its_own(api):
    for _ in range(3):
        order = await api.takes("路灯坏了，看不见路", caller=CALLER, facts=CALM)
        order = (await api.act(order, "answer_directly", answer="已修复")).json()
    assert problem(await api.get("/api/v1/repeats/to-review", "call_taker"))["code"] == "not_permitted"
    page = (await api.get("/api/v1/repeats/to-review", "supervisor", limit=1)).json()
    assert [one["id"] for one in page["orders"]] == [order["id"]]
    await api.act(order, "review_repeat", "supervisor", text="已研判")
    assert (await api.get("/api/v1/repeats/to-review", "supervisor")).json()["orders"] == []
