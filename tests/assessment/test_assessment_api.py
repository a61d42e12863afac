"""Assessment and detectors over HTTP and from the shell."""

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from apis import open_api, problem
from liandong.assessment.reading import catch_up
from liandong.cli.app import app
from liandong.detectors.running import catch_up as detect

EVIDENCE = "法院已受理，案号见附件说明"


@pytest.fixture
async def api(world):
    async with open_api(world.centre("12345")) as opened:
        yield opened


async def read(api):
    await catch_up(api.centre.node.assessor)
    await detect(api.centre.node.detecting)


async def direct(api):
    order = await api.takes()
    assert (await api.act(order, "answer_directly", answer="见网站")).status_code == 200
    return order


async def test_the_figures_of_a_month_come_with_what_they_were_counted_from(api):
    await direct(api)
    await read(api)
    body = (await api.get("/api/v1/assessment/figures", "supervisor", period="2025-03")).json()
    by = {one["measure"]: one for one in body["figures"]}
    assert (by["answered_directly"]["numerator"], by["answered_directly"]["denominator"]) == (1, 1)
    assert body["policy_version"]
    assert {one["name"] for one in (await api.get("/api/v1/assessment/measures")).json()} == set(by)


async def test_a_figure_opens_to_its_orders(api):
    order = await direct(api)
    await read(api)
    page = await api.get("/api/v1/assessment/orders", "auditor", period="2025-03", measure="taken", limit=1)
    assert [one["order_id"] for one in page.json()["orders"]] == [order["id"]]
    refused = await api.get("/api/v1/assessment/orders", "auditor", period="2025-03", measure="score")
    assert problem(refused)["code"] == "guard_refused"
    unknown = await api.get("/api/v1/assessment/orders", "auditor", period="2025-03", measure="x")
    assert problem(unknown)["code"] == "not_found"


@pytest.mark.parametrize("period", ["2025-13", "march", "2025-W60", "", "2025-02-30", "99999-01"])
async def test_a_period_that_is_none_is_refused_with_the_forms_that_there_are(api, period):
    answer = problem(await api.get("/api/v1/assessment/figures", "supervisor", period=period))
    assert answer["code"] == "field_invalid"


async def test_who_may_not_read_figures_or_decide_is_refused(api):
    for who in ("unit", "call_taker"):
        answer = await api.get("/api/v1/assessment/figures", who, period="2025-03")
        assert problem(answer)["code"] == "not_permitted"
    assert problem(await api.post("/api/v1/assessment/frozen/2025-02", {}, "auditor"))["code"] == "not_permitted"
    assert problem(await api.get("/api/v1/flags", "call_taker"))["code"] == "not_permitted"


async def test_units_are_not_listed_by_their_figures_unless_a_city_turns_it_on(api):
    answer = await api.get("/api/v1/assessment/league", "supervisor", period="2025-03", measure="response_rate")
    assert problem(answer)["code"] == "guard_refused"


async def test_an_exclusion_is_asked_by_one_and_approved_by_another(api):
    order = await direct(api)
    body = {"order_id": order["id"], "reason": "malicious", "evidence": EVIDENCE}
    asked = await api.post("/api/v1/assessment/exclusions", body, "supervisor")
    assert asked.status_code == 201, asked.text
    path = f"/api/v1/assessment/exclusions/{asked.json()['id']}/decide"
    own = await api.post(path, {"approve": True}, "supervisor")
    assert problem(own)["code"] == "second_person_needed"
    assert (await api.post(path, {"approve": True}, "desk")).json()["status"] == "approved"
    listed = (await api.get("/api/v1/assessment/exclusions", "auditor", status="approved")).json()
    assert [one["number"] for one in listed] == [order["number"]]


async def test_a_month_is_frozen_checked_and_opened_again(api):
    await direct(api)
    api.centre.world.clock.advance(timedelta(days=40))
    frozen = await api.post("/api/v1/assessment/frozen/2025-03", {}, "supervisor")
    assert frozen.status_code == 201, frozen.text
    checked = (await api.get("/api/v1/assessment/frozen/2025-03", "auditor")).json()
    assert (checked["signature"], checked["rows"], checked["sealed"]["orders"]) == (True, True, 1)
    opened = await api.post("/api/v1/assessment/frozen/2025-03/reopen", {"reason": "漏批剔除申请"}, "supervisor")
    assert opened.json()["reason"] == "漏批剔除申请"
    assert problem(await api.get("/api/v1/assessment/frozen/2025-03", "auditor"))["code"] == "not_found"


@pytest.mark.parametrize("form, begins", [("pdf", b"%PDF-"), ("xlsx", b"PK")])
async def test_the_report_is_a_file(api, form, begins):
    await direct(api)
    await read(api)
    answer = await api.get("/api/v1/assessment/report", "supervisor", period="2025-Q1", form=form)
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(begins)
    assert f"2025-Q1.{form}" in answer.headers["content-disposition"]


async def test_a_flag_is_listed_and_decided(api):
    order = await api.takes("楼下有人持刀砍人，有人受伤", facts={"danger": False})
    await read(api)
    found = (await api.get("/api/v1/flags", "auditor", status="open")).json()["flags"]
    assert [(one["detector"], one["order_id"]) for one in found] == [("wrong_grade", order["id"])]
    path = f"/api/v1/flags/{found[0]['id']}/decide"
    assert problem(await api.post(path, {"confirm": True, "reason": ""}, "supervisor"))["code"] == "field_invalid"
    done = await api.post(path, {"confirm": True, "reason": "录音有持刀"}, "supervisor")
    assert done.json()["flag"]["status"] == "confirmed"
    rules = (await api.get("/api/v1/detectors", "auditor")).json()
    assert {one["rule"]["name"] for one in rules} >= {"wrong_grade", "shirking"}


def test_the_measures_are_shown_in_the_shell():
    shown = CliRunner().invoke(app, ["assess", "measures"])
    assert shown.exit_code == 0, shown.output
    assert "response_rate" in shown.output or "response" in shown.output
