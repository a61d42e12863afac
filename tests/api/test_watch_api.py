"""Peers, the desk, findings and alarms over HTTP."""

from datetime import timedelta

from apis import problem

ROLES = ("call_taker", "dispatcher", "supervisor", "auditor", "admin")


async def put(api, body, who="desk"):
    return await api.client.put("/api/v1/desk", json=body, headers=api.headers(who))


async def test_the_peers_are_listed_for_people_and_not_for_units(api):
    for who in ROLES:
        answer = await api.get("/api/v1/peers", who)
        assert answer.status_code == 200, answer.text
    assert [peer["code"] for peer in answer.json()] == ["110"]
    assert answer.json()[0]["state"] == "never"
    for path in ("/api/v1/peers", "/api/v1/findings", "/api/v1/alarms"):
        assert problem(await api.get(path, "unit"))["code"] == "not_permitted"
        assert (await api.client.get(path)).status_code == 401


async def test_a_supervisor_says_that_the_desk_is_not_staffed_and_everybody_hears_it(api, city):
    assert (await api.get("/api/v1/desk")).json() == {"open": True, "reason": "", "since": None, "actor": ""}
    assert problem(await put(api, {"open": False, "reason": "停电"}, "call_taker"))["code"] == "not_permitted"
    answer = await put(api, {"open": False, "reason": "停电，请拨 88880000"})
    assert answer.status_code == 200, answer.text
    since = answer.json()["since"]
    city.clock.advance(timedelta(minutes=1))
    again = await put(api, {"open": False, "reason": "仍停电"})
    assert again.json()["since"] == since
    back = await put(api, {"open": True, "reason": "来电了"})
    assert back.json()["since"] != since
    alarms = (await api.get("/api/v1/alarms")).json()["alarms"]
    assert [(a["kind"], a["severity"]) for a in alarms] == [("desk.opened", "info"), ("desk.closed", "warning")]
    assert "88880000" in alarms[1]["zh"]


async def test_a_desk_change_needs_a_reason_and_knows_no_other_field(api):
    for body in (
        {"open": False},
        {"open": False, "reason": ""},
        {"open": "no", "reason": "停电"},
        {"open": True, "reason": "好了", "x": 1},
    ):
        assert problem(await put(api, body))["code"] == "field_invalid", body


async def test_findings_are_listed_and_a_fact_of_the_past_is_over_when_somebody_has_seen_it(api, city):
    centre = city.centre("12345")
    order = await centre.takes("路灯坏了")
    await order.dispatch(unit=centre.unit)
    await centre.pool.execute("DELETE FROM timers WHERE name = 'answer'")
    now = city.clock.now()
    await centre.pool.execute(
        """INSERT INTO workers (id, host, pid, version, started_at, seen_at) VALUES (gen_random_uuid(), 'a', 7, '1', $1, $1)""",
        now - timedelta(minutes=5),
    )
    await centre.audit()
    found = {f["kind"]: f for f in (await api.get("/api/v1/findings", "auditor")).json()["findings"]}
    assert set(found) == {"clock_missing", "worker_silent"}
    assert found["clock_missing"]["number"] == order.order.number
    for kind, over in (("worker_silent", True), ("clock_missing", False)):
        path = f"/api/v1/findings/{found[kind]['id']}/seen"
        assert problem(await api.post(path, None, "call_taker"))["code"] == "not_permitted"
        seen = await api.post(path, None, "supervisor")
        assert seen.status_code == 200, seen.text
        assert seen.json()["seen_by"].startswith("supervisor")
        assert (seen.json()["over_at"] is not None) == over
    await centre.audit()
    left = (await api.get("/api/v1/findings")).json()["findings"]
    assert [(f["kind"], f["seen_by"] is not None) for f in left] == [("clock_missing", True)]
    every = (await api.get("/api/v1/findings", open="false", limit=1)).json()
    assert len(every["findings"]) == 1
    rest = (await api.get("/api/v1/findings", open="false", before=every["next"])).json()
    assert len(rest["findings"]) == 1
    unknown = "/api/v1/findings/01957000-0000-7000-8000-000000000001/seen"
    assert problem(await api.post(unknown, None, "supervisor"))["code"] == "not_found"


async def test_alarms_are_paged_and_chosen_by_severity(api, city):
    for n in range(3):
        await put(api, {"open": n % 2 == 1, "reason": f"第{n}次"})
    first = (await api.get("/api/v1/alarms", limit=2)).json()
    rest = (await api.get("/api/v1/alarms", limit=2, before=first["next"])).json()
    assert [len(first["alarms"]), len(rest["alarms"]), rest["next"]] == [2, 1, None]
    chosen = (await api.get("/api/v1/alarms", severity="info")).json()["alarms"]
    assert [a["kind"] for a in chosen] == ["desk.opened"]
    assert (await api.get("/api/v1/alarms", severity="loud")).status_code == 400


async def test_the_figures_show_every_kind_of_finding_and_an_auditor_that_never_ran(api, city):
    text = (await api.client.get("/metrics")).text
    assert "liandong_audit_last_run_seconds inf" in text
    assert 'liandong_audit_findings{kind="clock_not_fired"} 0' in text
    assert "liandong_emergencies_delayed_by_negotiation 0" in text
    await city.centre("12345").audit()
    city.clock.advance(timedelta(seconds=12))
    assert "liandong_audit_last_run_seconds 12.0" in (await api.client.get("/metrics")).text
