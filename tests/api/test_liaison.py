"""A liaison seat: somebody of 110 who sits at 12345. It sees and does what concerns the two, and nothing else."""

from uuid import uuid4

import pytest
from test_feed import read

from apis import open_api, problem, real_server
from liandong.api import create_app
from liandong.core.clock import SystemClock
from liandong.orders import api as orders_api
from liandong.people.keys import add_key


@pytest.fixture
async def city(open_world):
    return await open_world("12345", "110", "gas")


@pytest.fixture
async def api(city):
    async with open_api(city.centre("12345")) as opened:
        key = await add_key(city.centre("12345").pool, SystemClock(), name="专席", roles=["liaison"], home="110")
        opened.tokens["liaison"] = key.token
        yield opened


async def shared(api, city, to="110", text="停在楼下的电动车让人偷了"):
    order = await api.takes(text, caller={"name": "王小明", "phone": "13800001234"})
    assert (await api.act(order, "offer_transfer", to=to)).status_code == 200
    await city.settle()
    return (await api.get(f"/api/v1/orders/{order['id']}")).json()


async def test_a_liaison_lists_only_what_its_own_centre_shares(api, city):
    await api.takes("路灯坏了")
    await shared(api, city, "gas", "燃气表走得快")
    ours = await shared(api, city)
    for params in ({}, {"peer": "gas"}, {"open": "true"}):
        page = (await api.get("/api/v1/orders", "liaison", **params)).json()
        assert [order["id"] for order in page["orders"]] == [ours["id"]], params
    everything = (await api.get("/api/v1/orders")).json()
    assert len(everything["orders"]) == 3
    assert len((await api.get("/api/v1/orders", peer="gas")).json()["orders"]) == 1


async def test_a_foreign_matter_does_not_exist_for_a_liaison(api, city):
    foreign = await shared(api, city, "gas", "燃气表走得快")
    for path in ("", "/events"):
        assert problem(await api.get(f"/api/v1/orders/{foreign['id']}{path}", "liaison"))["code"] == "not_found"
        assert problem(await api.get(f"/api/v1/orders/{foreign['number']}{path}", "liaison"))["code"] == "not_found"
    answer = await api.act(foreign, "withdraw_transfer", "liaison", reason="不归我管")
    assert problem(answer)["code"] == "not_found"


async def test_a_liaison_sees_the_caller_masked_and_may_not_unmask(api, city):
    ours = await shared(api, city)
    seen = (await api.get(f"/api/v1/orders/{ours['id']}", "liaison")).json()
    assert seen["caller"]["phone"] == "138****1234"
    answer = await api.post(f"/api/v1/orders/{ours['id']}/unmask", {"reason": "想看看"}, "liaison")
    assert problem(answer)["code"] == "not_permitted"


@pytest.mark.parametrize(
    "action, fields",
    [
        ("dispatch", {"unit": "11120101YB0000016D"}),
        ("answer_directly", {"answer": "办好了"}),
        ("guide", {"script": "请找法院"}),
        ("cancel", {"reason": "误报"}),
        ("amend", {"title": "改一改"}),
        ("supplement", {"text": "再补一句"}),
        ("close", {}),
    ],
)
async def test_a_liaison_does_not_do_the_host_s_own_work(api, city, action, fields):
    ours = await shared(api, city)
    answer = await api.act(ours, action, "liaison", **fields)
    assert problem(answer)["code"] in {"not_permitted", "action_not_allowed"}
    allowed = (await api.get(f"/api/v1/orders/{ours['id']}", "liaison")).json()["allowed_actions"]
    assert action not in {one["action"] for one in allowed}


async def test_a_liaison_takes_in_nothing_and_looks_for_no_duplicates(api, city):
    answer = await api.post("/api/v1/orders", {"content": "x"}, "liaison", idempotency_key=uuid4().hex)
    assert problem(answer)["code"] == "not_permitted"
    ours = await shared(api, city)
    answer = await api.get(f"/api/v1/orders/{ours['id']}/duplicates", "liaison")
    assert problem(answer)["code"] == "not_permitted"
    assert problem(await api.get("/api/v1/proposals", "liaison"))["code"] == "not_permitted"


async def test_a_liaison_withdraws_negotiates_and_calls_for_its_own_centre_only(api, city):
    ours = await shared(api, city)
    answer = await api.act(ours, "negotiate", "liaison", owner="12345", basis_kind="catalogue", basis="G0101")
    assert answer.status_code == 200, answer.text
    answer = await api.act(answer.json(), "open_three_way_call", "liaison", to="gas")
    assert problem(answer)["code"] in {"guard_refused"}
    assert "110" in problem(answer)["detail"] or "gas" in problem(answer)["detail"]


async def test_a_liaison_hears_on_the_feed_only_of_what_is_shared(api, city, monkeypatch):
    monkeypatch.setattr(orders_api, "FEED_PAUSE", 0.01)
    await api.takes("路灯坏了")
    await shared(api, city, "gas", "燃气表走得快")
    ours = await shared(api, city)
    async with real_server(create_app(None, api.centre.node)) as address:
        events = await read(api, address, 2, "liaison", **{"last-event-id": "0-0"})
        assert {data["order_id"] for _, _, data in events} == {ours["id"]}


async def test_precedents_that_a_liaison_finds_were_settled_with_its_own_centre(api, city):
    for to in ("110", "gas"):
        order = await api.takes(
            "楼上总往下扔烟头", facts={"scope": "both_or_unclear", "danger": False, "items": ["P0801"]}
        )
        answer = await api.act(order, "negotiate", owner="12345", basis_kind="law", basis="民法典第1254条", to=to)
        assert answer.status_code == 200, answer.text
        assert (await api.act(answer.json(), "keep_matter")).status_code == 200
        await city.settle()
    peers = {one["peer"] for one in (await api.get("/api/v1/precedents")).json()}
    assert peers == {"110", "gas"}
    seen = (await api.get("/api/v1/precedents", "liaison")).json()
    assert {one["peer"] for one in seen} == {"110"}
