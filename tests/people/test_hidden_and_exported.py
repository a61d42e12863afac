"""Personal data is seen with a reason that is recorded; a hidden caller with a second person; a list leaves with a mark on it."""

import io
from datetime import timedelta

import openpyxl
import pytest

from apis import problem
from liandong.people.glass import alarm_once

pytestmark = pytest.mark.asyncio(loop_scope="module")
CALLER = {"name": "欧阳翠花", "phone": "13899990001"}


async def hidden(desk):
    return await desk.centre.takes("举报偷电", type="report", caller=CALLER)


async def alarms(desk, order):
    return [row["kind"] for row in await desk.centre.alarms() if row["order_id"] == order.id]


async def test_the_auditor_reads_who_saw_whose_number_and_why(desk):
    order = await desk.centre.takes("路灯坏了", caller=CALLER)
    boss, auditor = await desk.signed_in("supervisor"), await desk.signed_in("auditor")
    shown = await boss.post(f"/api/v1/orders/{order.id}/unmask", {"reason": "回访"})
    assert shown.json()["caller"]["phone"] == CALLER["phone"]
    seen = (await auditor.get("/api/v1/views", by=boss.name)).json()
    assert [(one["order_id"], one["reason"]) for one in seen] == [(str(order.id), "回访")]
    assert problem(await boss.get("/api/v1/views"))["code"] == "not_permitted"


async def test_a_hidden_caller_is_opened_at_once_and_another_person_says_that_it_was_right(desk, city):
    order, boss = await hidden(desk), await desk.signed_in("supervisor")
    refused = await boss.post(f"/api/v1/orders/{order.id}/unmask", {"reason": "想看看"})
    assert problem(refused)["code"] == "hidden_caller"
    glass = (await boss.post(f"/api/v1/orders/{order.id}/break-glass", {"reason": "举报人有危险"})).json()
    assert glass["caller"]["phone"] == CALLER["phone"]
    path = f"/api/v1/break-glass/{glass['glass_id']}/decide"
    own = await boss.post(path, {"justified": True, "text": "我自己"})
    assert problem(own)["code"] == "second_person_needed"
    second = await desk.signed_in("supervisor")
    assert glass["glass_id"] in [one["id"] for one in (await second.get("/api/v1/break-glass")).json()]
    judged = await second.post(path, {"justified": True, "text": "属实"})
    assert (judged.json()["justified"], judged.json()["decided_by"]) == (True, second.name)
    assert problem(await second.post(path, {"justified": False, "text": "又变"}))["code"] == "action_not_allowed"
    city.clock.advance(timedelta(days=1))
    await alarm_once(desk.centre.pool, city.clock.now())
    assert await alarms(desk, order) == []


async def test_nobody_looked_in_time_is_an_alarm_once(desk, city):
    order, boss = await hidden(desk), await desk.signed_in("dispatcher")
    await boss.post(f"/api/v1/orders/{order.id}/break-glass", {"reason": "举报人有危险"})
    city.clock.advance(timedelta(minutes=719))
    await alarm_once(desk.centre.pool, city.clock.now())
    assert await alarms(desk, order) == []
    city.clock.advance(timedelta(minutes=1))
    for _ in range(2):
        await alarm_once(desk.centre.pool, city.clock.now())
    assert await alarms(desk, order) == ["glass.unconfirmed"]


async def test_it_was_not_right_is_an_alarm(desk):
    order, boss, second = await hidden(desk), await desk.signed_in("supervisor"), await desk.signed_in("security")
    glass = (await boss.post(f"/api/v1/orders/{order.id}/break-glass", {"reason": "好奇一下"})).json()
    await second.post(f"/api/v1/break-glass/{glass['glass_id']}/decide", {"justified": False, "text": "没有理由"})
    assert await alarms(desk, order) == ["glass.unjustified"]


async def test_whoever_is_bound_to_a_unit_opens_nothing(desk):
    order = await hidden(desk)
    await order.dispatch(unit=desk.centre.unit)
    head = await desk.signed_in("unit", "dispatcher", "supervisor", unit=desk.centre.unit)
    refused = await head.post(f"/api/v1/orders/{order.id}/break-glass", {"reason": "想知道是谁"})
    assert problem(refused)["code"] == "not_permitted"
    assert CALLER["phone"] not in refused.text


async def test_a_list_that_leaves_bears_who_took_it_and_holds_nothing_unmasked_and_no_formula(desk):
    await desk.centre.takes('=HYPERLINK("http://x")', title="=1+1", caller=CALLER)
    boss, auditor = await desk.signed_in("supervisor"), await desk.signed_in("auditor")
    answer = await boss.get("/api/v1/orders/export", limit=5)
    assert answer.status_code == 200, answer.text
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    assert boss.name in sheet["A1"].value
    assert all(boss.name in row[-1] for row in rows)
    assert boss.name in sheet.oddFooter.center.text
    assert rows[0][3] == "=1+1"
    assert sheet["D3"].data_type == "s"
    assert rows[0][9] == "138****0001"
    logged = (await auditor.get("/api/v1/exports", by=boss.name)).json()
    assert [one["rows"] for one in logged] == [len(rows)]
    taker = await desk.signed_in("call_taker")
    assert problem(await taker.get("/api/v1/orders/export"))["code"] == "not_permitted"
