"""/api/v1/units, proposals and bulk dispatch; `liandong units`."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import openpyxl
import pytest
from typer.testing import CliRunner

from apis import problem
from liandong.cli.app import app
from liandong.exchange.sealing import new_key, write_private
from liandong.units.reading import shipped_directory

BY_SHORT = {unit.short: unit for unit in shipped_directory().units}


def code(short):
    return BY_SHORT[short].org_code


async def many(api, count, **more):
    taken = [await api.takes(f"路灯不亮 {n}", **more) for n in range(count)]
    return [{"id": order["id"], "version": order["version"]} for order in taken]


async def bulk(api, orders, key="k1", who="desk", **more):
    body = {"orders": orders, "unit": code("路灯公司")} | more
    return await api.post("/api/v1/dispatches", body, who, idempotency_key=key)


async def test_the_tree_is_walked_a_level_at_a_time(api):
    [root] = (await api.get("/api/v1/units")).json()
    below = (await api.get("/api/v1/units", parent=root["unit"]["org_code"])).json()
    assert len(below) == root["children"]
    heping = next(branch for branch in below if branch["unit"]["short"] == "和平区政府")
    shown = (await api.get(f"/api/v1/units/{heping['unit']['org_code']}")).json()
    assert len(shown["children"]) == heping["children"]
    assert [unit["short"] for unit in shown["path"]] == ["市政府"]
    assert shown["on_duty"]["phone"].startswith("1380000")


async def test_units_are_found_by_words_and_one_that_ended_names_its_successor(api):
    found = (await api.get("/api/v1/units/search", q="水务 管网")).json()
    assert [unit["short"] for unit in found] == ["水务集团"]
    ended = (await api.get(f"/api/v1/units/{code('市旅游局')}")).json()
    assert (ended["in_service"], ended["successor"]["short"]) == (False, "市文化和旅游局")
    assert problem(await api.get("/api/v1/units/nobody"))["code"] == "not_found"


async def test_a_proposal_says_unit_mode_and_why(api):
    order = await api.takes("路灯不亮", class_intake="050701", division_code="120101001")
    first, *rest = (await api.get(f"/api/v1/orders/{order['id']}/proposals")).json()
    assert (first["action"], first["unit"], first["mode"]) == ("dispatch", code("路灯公司"), "handled_on_receipt")
    assert "职责目录第" in first["why"]
    assert "值班" in first["why"]
    assert [one["unit"] for one in rest] == [code("和平区政府")], "no street: the catalogue keeps it from streets"


async def test_what_is_answered_at_once_comes_with_its_words(api):
    order = await api.takes("身份证丢了怎么补", class_intake="090200")
    first = (await api.get(f"/api/v1/orders/{order['id']}/proposals")).json()[0]
    assert (first["action"], first["mode_zh"]) == ("answer_directly", "即问即答")
    done = await api.act(order, "answer_directly", answer=first["answer"])
    assert done.status_code == 200


async def test_a_bulk_dispatch_gives_each_order_its_own_result_and_repeats_itself_harmlessly(api):
    orders = await many(api, 5)
    orders[3]["version"] = 7
    first = (await bulk(api, orders)).json()
    assert [one["result"] for one in first["results"]] == ["dispatched"] * 3 + ["refused", "dispatched"]
    assert first["results"][3]["code"] == "stale_version"
    again = (await bulk(api, orders)).json()
    assert (again["dispatched"], again["repeated"], again["refused"]) == (0, 4, 1)
    shown = (await api.get(f"/api/v1/orders/{orders[0]['id']}")).json()
    assert (shown["version"], len(shown["dispatches"])) == (2, 1)


async def test_the_same_bulk_request_twice_at_once_dispatches_once(api):
    import asyncio

    orders = await many(api, 12)
    both = [answer.json() for answer in await asyncio.gather(bulk(api, orders), bulk(api, orders))]
    results = [sorted(one["results"][n]["result"] for one in both) for n in range(12)]
    assert results == [["dispatched", "repeated"]] * 12


async def test_a_bulk_key_with_another_unit_and_too_many_orders_are_refused(api):
    orders = await many(api, 1)
    await bulk(api, orders)
    other = (await bulk(api, orders, unit=code("市教委"))).json()
    assert other["results"][0]["code"] == "idempotency_key_reused"
    assert problem(await bulk(api, orders * 2, key="k2"))["code"] == "field_invalid"
    assert problem(await bulk(api, orders, key="k3", who="unit"))["code"] == "not_permitted"


async def test_a_units_open_orders_are_listed_for_its_people(api):
    unit = api.centre.unit  # whose key the tests have
    order = await api.takes("小区太吵")
    await api.act(order, "dispatch", unit=code("市教委"), co_handlers=[unit])
    assert (await api.get(f"/api/v1/units/{code('市教委')}/orders")).json()["orders"][0]["id"] == order["id"]
    [shared] = (await api.get(f"/api/v1/units/{unit}/orders", who="unit", share=True)).json()["orders"]
    assert {action["action"] for action in shared["allowed_actions"]} == {"sign_share", "raise_danger", "attach"}
    refused = await api.get(f"/api/v1/units/{code('市教委')}/orders", who="unit")
    assert problem(refused)["code"] == "not_permitted"


@pytest.fixture
def settings(api, tmp_path):
    path = tmp_path / "12345.toml"
    write_private(new_key(), tmp_path / "12345.key")
    dsn = api.centre.node.settings.dsn
    path.write_text(f'centre = "12345"\ndsn = "{dsn}"\nkey_file = "12345.key"\nkid = "12345-1"\n', encoding="utf-8")
    return path


def liandong(*words):
    """In a thread of its own: the command runs a loop itself."""
    with ThreadPoolExecutor(1) as pool:
        given = ["units", *map(str, words)]
        return pool.submit(CliRunner().invoke, app, given, env={"COLUMNS": "200"}).result()


async def test_the_tree_is_exported_changed_checked_compared_and_taken_in(api, settings, tmp_path):
    path = tmp_path / "单位.xlsx"
    assert liandong("export", "-s", settings, path).exit_code == 0
    book = openpyxl.load_workbook(path)
    sheet = book["单位"]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[2].value == "市体育局")
    row[10].value = "022-12345678"
    book.save(path)
    assert liandong("check", path).exit_code == 0
    told = liandong("diff", "-s", settings, "in-force", path)
    assert "修改 1" in told.output, told.output
    taken = liandong("import", "-s", settings, path, "--from", "2025-03-05")
    assert taken.exit_code == 0, taken.output
    node = api.centre.node
    assert not await node.directory.refresh(node.pool, node.policy.local_date(node.clock.now())), "its day has not come"
    node.clock.advance(timedelta(days=1))
    assert await node.directory.refresh(node.pool, node.policy.local_date(node.clock.now()))
    assert (await api.get(f"/api/v1/units/{code('市体育局')}")).json()["unit"]["phone"] == "022-12345678"
    assert "022-12345678" in liandong("show", "-s", settings, code("市体育局")).output
    order = await api.takes("健身器材坏了")
    assert (await api.act(order, "dispatch", unit=code("市体育局"))).status_code == 200
    for cell in (cell for cells in book["职责"].iter_rows() for cell in cells if cell.value == code("市体育局")):
        cell.value = code("市教委")
    place = row[0].row
    sheet.delete_rows(place)
    book.save(path)
    refused = liandong("import", "-s", settings, path, "--from", "2025-03-06")
    assert refused.exit_code == 1, "a unit at work may end, but not vanish"
    assert "天津市体育局" in refused.output
    row = sheet[place]
    row[4].value = "NOBODY"
    book.save(path)
    refused = liandong("import", "-s", settings, path, "--from", "2025-03-05")
    assert refused.exit_code == 1
    assert f"第 {row[4].row} 行" in refused.output


async def test_who_sends_at_night_hears_that_the_office_is_closed_and_sends_all_the_same(api):
    day = (await bulk(api, await many(api, 1), unit=code("市教委"))).json()
    assert day["warnings"] == []
    api.centre.world.clock.advance(timedelta(hours=12))  # 22:00
    night = (await bulk(api, await many(api, 1), key="k2", unit=code("市教委"))).json()
    assert night["dispatched"] == 1
    assert "03-05 08:30 上班" in night["warnings"][0]
    assert (await api.get(f"/api/v1/units/{code('市教委')}")).json()["opens_at"] == "2025-03-05T08:30:00+08:00"
