"""An account of a district or of a street sees and acts on the matters there, in every list, number, file and stream, and on nothing else."""

import io
from datetime import timedelta

import openpyxl
import pytest
import pytest_asyncio
from test_live import of, screens

from apis import problem
from desks import Desk, peopled_city
from liandong.assessment.reading import catch_up
from liandong.overview.model import What
from world import REVIEWER

pytestmark = pytest.mark.asyncio(loop_scope="module")
HERE, STREET, THERE = "120101", "120101004", "120103"
OVER = ("dispatcher", "supervisor", "leader")
DAY = "2025-03-04"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(databases, tmp_path_factory):
    """The same four matters (waiting, with a unit, with the police, answered) in a district, in one of its streets, in another district, and nowhere."""
    async with (
        peopled_city(databases, tmp_path_factory.mktemp("districts")) as world,
        Desk.open(world.centre("12345")) as desk,
    ):
        desk.orders = {}
        for place in (HERE, STREET, THERE, None):
            desk.orders[place] = await four(desk.centre, place)
        await world.settle()
        await desk.centre.follow()
        await catch_up(desk.centre.node.assessor)
        yield desk


async def four(centre, place):
    caller = {"name": "欧阳翠花", "phone": f"13877776{len(place or ''):02}{(place or '0')[-1]}"}
    waiting = await centre.takes(
        "井盖坏了，没人管", division_code=place, caller=caller, class_intake="050701", type="complaint"
    )
    given = await centre.takes("路灯不亮", division_code=place, caller=caller, type="complaint")
    await given.dispatch(unit=centre.unit)
    await given.act("open_oversight", authority="centre", text="请尽快办理", actor=REVIEWER)
    await given.return_order(reason="wrong_district", basis="不在本区", text="不在本区")
    offered = await centre.takes("楼下有人吵闹，一直不停", division_code=place, caller=caller, type="complaint")
    await offered.transfer("110")
    answered = await centre.takes("公积金怎么提取", division_code=place, caller=caller, type="complaint")
    await answered.answer_directly(answer="见网站")
    return [waiting, given, offered, answered]


def ids(desk, *places):
    return {str(one.id) for place in places for one in desk.orders[place]}


LISTS = [
    ("/api/v1/orders", {"limit": 100}),
    ("/api/v1/orders", {"open": True, "limit": 100}),
    ("/api/v1/orders", {"division_code": HERE, "limit": 100}),
    ("/api/v1/transfers/open", {}),
    ("/api/v1/returns/waiting", {}),
    ("/api/v1/oversights", {}),
    ("/api/v1/callbacks", {}),
    *(("/api/v1/overview/orders", {"what": what, "key": {"district": "{place}", "class": "050701", "out": "110"}.get(what, "")})
      for what in (What.TODAY, What.OPEN, What.DISTRICT, What.CLASS, What.OUT, What.RISK, What.REVIEW)),
    ("/api/v1/assessment/orders", {"period": DAY, "measure": "taken"}),
    ("/api/v1/units/{unit}/orders", {"limit": 100}),
]  # fmt: skip


@pytest.mark.parametrize(
    "path, params", LISTS, ids=lambda one: one if isinstance(one, str) else " ".join(map(str, one.values()))
)
async def test_every_list_holds_what_lies_in_the_division_and_nothing_else(told, path, params):
    await looked_at(told, path, params)


async def looked_at(told, path, params):
    city, district = await told.signed_in(*OVER), await told.signed_in(*OVER, division=HERE)
    street = await told.signed_in(*OVER, division=STREET)
    mine, elsewhere = ids(told, HERE, STREET), ids(told, THERE, None)
    given = {name: HERE if value == "{place}" else value for name, value in params.items()}
    path = path.format(unit=told.centre.unit)
    seen = {who: await who.get(path, **given) for who in (city, district, street)}
    assert {one.status_code for one in seen.values()} == {200}, seen[district].text
    found = {who: {one for one in mine | elsewhere if one in answer.text} for who, answer in seen.items()}
    everything = found[city]
    assert everything & mine
    assert found[district] == everything & mine
    assert found[street] == everything & ids(told, STREET)
    if given.get("key") != HERE and "division_code" not in given:
        assert everything & elsewhere, "this would be found, were it shown"
    other = await told.signed_in(*OVER, division=THERE)
    asked = (await other.get(path, **given)).text
    assert not [one for one in ids(told, HERE, STREET, None) if one in asked]


async def test_numbers_count_the_division_alone(told):
    district, street = await told.signed_in(*OVER, division=HERE), await told.signed_in(*OVER, division=STREET)
    for who, share in ((await told.signed_in(*OVER), 4), (district, 2), (street, 1)):
        numbers = (await who.get("/api/v1/overview")).json()
        assert (numbers["today"], numbers["open"]) == (4 * share, 4 * share)
        assert sum(flow["count"] for flow in numbers["flows"]) == share
        assert sum(numbers["by_status"].values()) == 4 * share
        figures = (await who.get("/api/v1/assessment/figures", period=DAY)).json()["figures"]
        assert next(one["value"] for one in figures if one["measure"] == "taken") == 4 * share
    numbers = (await district.get("/api/v1/overview")).json()
    assert [one["code"] for one in numbers["districts"]] == [HERE]
    by = (await district.get("/api/v1/assessment/figures", period=DAY, by="division")).json()["figures"]
    assert {one["group"] for one in by} == {HERE}


async def test_an_order_of_another_division_is_not_there_to_be_read_or_acted_on(told):
    district, mine = await told.signed_in(*OVER, division=HERE), told.orders[HERE][0]
    for place in (THERE, None):
        order = told.orders[place][0]
        for part in ("", "/events", "/thread", "/duplicates", "/proposals", "/attachments", "/units", "/evaluations"):
            answer = await district.get(f"/api/v1/orders/{order.id}{part}")
            assert problem(answer)["code"] == "not_found", part
        assert problem(await district.get(f"/api/v1/orders/{order.order.number}"))["code"] == "not_found"
        act = {"action": "dispatch", "version": order.order.version, "unit": told.centre.unit}
        assert problem(await district.post(f"/api/v1/orders/{order.id}/actions", act))["code"] == "not_found"
        for part in ("unmask", "break-glass"):
            answer = await district.post(f"/api/v1/orders/{order.id}/{part}", {"reason": "想知道是谁"})
            assert problem(answer)["code"] == "not_found"
        merge = {"action": "merge", "version": mine.order.version, "into": str(order.id)}
        assert problem(await district.post(f"/api/v1/orders/{mine.id}/actions", merge))["code"] == "not_found"
    both = [{"id": str(one.id), "version": one.order.version} for one in (mine, order)]
    headers = {"idempotency-key": "many"}
    sent = await district.ask("POST", "/api/v1/dispatches", {"orders": both, "unit": told.centre.unit}, headers=headers)
    assert [(one["result"], one.get("code", "")) for one in sent.json()["results"]] == [
        ("dispatched", ""),
        ("refused", "not_found"),
    ]
    assert not [
        one
        for one in ids(told, THERE, None)
        if one in (await district.get(f"/api/v1/orders/{mine.id}/duplicates")).text
    ]


async def test_a_workbook_and_both_streams_hold_the_division_alone(told):
    district = await told.signed_in(*OVER, division=HERE)
    answer = await district.get("/api/v1/orders/export", limit=100)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    numbers = {row[0] for row in sheet.iter_rows(min_row=3, values_only=True)}
    assert numbers == {one.order.number for place in (HERE, STREET) for one in told.orders[place]}
    async with screens(told, await told.person(*OVER, division=HERE), await told.person(*OVER)) as (screen, city):
        foreign = await told.centre.takes("树倒了", division_code=THERE)
        mine = await told.centre.takes("树倒了", division_code=STREET)
        await city.hears(of(mine, 1))
        await screen.hears(of(mine, 1))
        assert str(foreign.id) in city.ids()
        assert screen.ids() == {str(mine.id)}
        heard = ""
        async with screen.client.stream("GET", "/api/v1/feed", params={"after": "0-0"}) as stream:
            async for line in stream.aiter_lines():
                heard += line
                if str(mine.id) in heard:
                    break
        assert not [one for one in {*ids(told, THERE, None), str(foreign.id)} if one in heard]


async def test_what_is_of_the_whole_city_is_closed(told):
    district = await told.signed_in(*OVER, division=HERE)
    for path in (
        "/api/v1/assessment/report?period=2025",
        "/api/v1/flags",
        "/api/v1/alarms",
        "/api/v1/measures",
        "/api/v1/break-glass",
    ):
        refused = problem(await district.get(path))
        assert (refused["code"], "区域账号" in refused["detail"]) == ("not_permitted", True), path
    assert problem(await district.post("/api/v1/orders", {"content": "x"}))["code"] == "not_permitted"


async def test_the_administrators_bind_an_account_to_a_division_that_there_is(told):
    admin, security = await told.signed_in("admin"), await told.signed_in("security")
    body = {"name": "heping", "display_name": "和平区", "roles": ["supervisor"]}
    for wrong, code in (({"division": "999999"}, "field_invalid"), ({"division": "120000"}, "field_invalid"),
                        ({"division": HERE, "roles": ["call_taker"]}, "roles_incompatible"),
                        ({"division": HERE, "unit": "x"}, "roles_incompatible")):  # fmt: skip
        assert problem(await admin.post("/api/v1/accounts", body | wrong))["code"] == code
    made = (await admin.post("/api/v1/accounts", body | {"division": HERE})).json()
    assert made["account"]["asked"]["division"] == HERE
    granted = await security.ask("PUT", "/api/v1/accounts/heping", {"roles": ["supervisor"], "division": HERE})
    assert granted.json()["division"] == HERE
    person = await told.signed_in(*OVER, division=STREET)
    assert (await person.get("/api/v1/session")).json()["division"] == STREET
    told.centre.world.clock.advance(timedelta(seconds=1))
    await security.ask("PUT", f"/api/v1/accounts/{person.name}", {"roles": ["leader"], "division": THERE})
    first = told.orders[STREET][0]
    assert problem(await person.get(f"/api/v1/orders/{first.id}"))["code"] == "not_found"


async def test_what_the_caller_said_in_another_district_is_in_no_thread(told):
    caller = {"name": "李雷", "phone": "13900001111"}
    first = await told.centre.takes(
        "楼道灯坏了", division_code=THERE, caller=caller, type="complaint", class_intake="050701"
    )
    await first.answer_directly(answer="已报修")
    again = await told.centre.takes(
        "楼道灯坏了", division_code=HERE, caller=caller, type="complaint", class_intake="050701"
    )
    assert again.order.repeat_of == first.id
    for who, seen in ((await told.signed_in(*OVER), True), (await told.signed_in(*OVER, division=HERE), False)):
        thread = await who.get(f"/api/v1/orders/{again.id}/thread")
        assert ("已报修" in thread.text, first.order.number in thread.text) == (seen, seen)
        assert again.order.number in thread.text


async def test_what_is_late_is_late_in_its_division(told):
    await told.centre.world.fast_forward(hours=3)
    await looked_at(told, "/api/v1/overview/orders", {"what": What.LATE})
