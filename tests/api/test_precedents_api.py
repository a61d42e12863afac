"""Precedents and proposals over HTTP, and what an order shows of its duplicates and its way."""

import pytest

from apis import problem

TEXT = "楼上总往下扔烟头，物业不管，找过派出所也不管"


async def settled(api, city, text=TEXT, owner="12345"):
    """One negotiation between 12345 and 110 that ended by agreement."""
    order = await api.takes(text)
    assert order["verdict"]["decision"] == "negotiate"
    answer = await api.act(order, "negotiate", owner=owner, basis_kind="law", basis="民法典第1254条", to="110")
    assert answer.status_code == 200, answer.text
    answer = await api.act(answer.json(), "keep_matter")
    assert answer.status_code == 200, answer.text
    await city.settle()
    return order


async def test_a_settled_question_is_found_by_question_items_and_words(api, city):
    order = await settled(api, city)
    everything = (await api.get("/api/v1/precedents")).json()
    assert [one["number"] for one in everything] == [order["number"]]
    found = everything[0]
    assert (found["owner"], found["settled_by"], found["basis"]) == ("12345", "agreement", "民法典第1254条")
    by_question = (await api.get("/api/v1/precedents", question=found["question"])).json()
    assert by_question == everything
    assert (await api.get("/api/v1/precedents", question="别的问题")).json() == []
    assert (await api.get("/api/v1/precedents", items=found["items"][0])).json() == everything
    assert (await api.get("/api/v1/precedents", items="P9999")).json() == []
    alike = (await api.get("/api/v1/precedents", text="楼上邻居往下扔烟头")).json()
    assert alike[0]["transfer_id"] == found["transfer_id"]
    assert alike[0]["likeness"] > 0.2
    assert (await api.get("/api/v1/precedents", text="公积金怎么提取")).json() == []


async def test_the_next_intake_cites_what_was_settled_and_says_so(api, city):
    first = await settled(api, city)
    assert first["verdict"]["precedents"] == []
    precedent = (await api.get("/api/v1/precedents")).json()[0]
    order = await api.takes(TEXT)
    cited = order["verdict"]["precedents"]
    assert [one["transfer_id"] for one in cited] == [precedent["transfer_id"]]
    assert cited[0]["owner"] == "12345"
    assert "此前确定由12345承办1次" in order["verdict"]["reason"]
    assert (await api.get(f"/api/v1/orders/{order['id']}")).json()["verdict"] == order["verdict"]
    answer = await api.act(
        order, "negotiate", owner="12345", basis_kind="precedent", basis=precedent["transfer_id"], to="110"
    )
    assert answer.json()["transfers"][0]["positions"][0]["basis"] == precedent["transfer_id"]


async def test_no_more_than_three_are_cited_and_a_clear_matter_cites_none(api, city):
    for _ in range(4):
        await settled(api, city)
    order = await api.takes(TEXT)
    assert len(order["verdict"]["precedents"]) == 3
    clear = await api.takes("路灯坏了")
    assert clear["verdict"]["precedents"] == []


async def test_the_third_time_becomes_a_proposal_that_is_taken_once(api, city):
    from liandong.precedents.store import propose

    pool, often = api.centre.pool, api.centre.node.policy.linkage.propose_after
    for time in range(often):
        assert await propose(pool, often) == [], time
        await settled(api, city)
    asked = await propose(pool, often)
    assert len(asked) == 1
    assert await propose(pool, often) == []  # run again, it writes nothing
    listed = (await api.get("/api/v1/proposals", status="open")).json()
    assert [(one["question"], one["count"], one["owners"]) for one in listed] == [(asked[0], often, {"12345": often})]
    body = {"question": asked[0], "status": "taken", "note": "列入下次会商"}
    assert problem(await api.post("/api/v1/proposals/decide", body, "call_taker"))["code"] == "not_permitted"
    done = (await api.post("/api/v1/proposals/decide", body, "supervisor")).json()
    assert (done["status"], done["note"]) == ("taken", "列入下次会商")
    assert done["decided_by"].startswith("supervisor#")
    assert problem(await api.post("/api/v1/proposals/decide", body, "supervisor"))["code"] == "action_not_allowed"
    assert (await api.get("/api/v1/proposals", status="open")).json() == []


async def test_a_decided_question_that_comes_as_often_again_is_proposed_again(api, city):
    from liandong.precedents.store import propose

    pool, often = api.centre.pool, api.centre.node.policy.linkage.propose_after
    for _ in range(often):
        await settled(api, city)
    (question,) = await propose(pool, often)
    await api.post("/api/v1/proposals/decide", {"question": question, "status": "dismissed"}, "supervisor")
    for time in range(1, often + 1):
        await settled(api, city)
        await propose(pool, often)
        listed = (await api.get("/api/v1/proposals")).json()
        assert (listed[0]["status"], listed[0]["count"]) == ("open" if time == often else "dismissed", often + time)


async def test_only_what_was_settled_since_is_looked_at_but_counted_whole(api, city):
    from datetime import timedelta

    from liandong.precedents.store import propose

    pool, clock = api.centre.pool, city.clock
    await settled(api, city)
    await settled(api, city)
    clock.advance(timedelta(days=3))
    await settled(api, city)
    assert len(await propose(pool, 3, clock.now() - timedelta(hours=1))) == 1
    clock.advance(timedelta(days=3))
    assert await propose(pool, 2, clock.now()) == []


async def test_an_unknown_question_can_t_be_decided(api):
    body = {"question": "没有的问题", "status": "taken"}
    assert problem(await api.post("/api/v1/proposals/decide", body, "supervisor"))["code"] == "not_found"
    for bad in ({"question": "x", "status": "open"}, {"status": "taken"}):
        answer = await api.post("/api/v1/proposals/decide", bad, "supervisor")
        assert answer.status_code == 400, answer.text


@pytest.mark.parametrize("who", ["unit", "admin"])
async def test_precedents_are_for_the_desk(api, who):
    assert problem(await api.get("/api/v1/precedents", who))["code"] == "not_permitted"
    assert problem(await api.get("/api/v1/proposals", who))["code"] == "not_permitted"


async def test_duplicates_come_with_their_reasons(api):
    first = await api.takes("南京路井盖丢了", caller={"name": "王小明", "phone": "13800001234"})
    order = await api.takes("南京路的井盖丢了", caller={"phone": "13800001234"})
    found = (await api.get(f"/api/v1/orders/{order['number']}/duplicates")).json()
    assert [one["number"] for one in found] == [first["number"]]
    assert [reason["sign"] for reason in found[0]["reasons"]] == ["caller", "words"]
    assert "13800001234" not in str(found)
    answer = await api.act(order, "merge", into=found[0]["id"])
    assert answer.json()["status"] == "merged"


@pytest.mark.parametrize("who", ["unit", "auditor"])
async def test_duplicates_are_for_the_desk(api, who):
    order = await api.takes("南京路井盖丢了")
    assert problem(await api.get(f"/api/v1/orders/{order['id']}/duplicates", who))["code"] == "not_permitted"


async def test_duplicates_of_what_is_not_there_are_not_found(api):
    assert problem(await api.get("/api/v1/orders/nothing/duplicates"))["code"] == "not_found"


async def test_the_path_shows_our_own_number_and_an_action_what_it_needs_and_takes(api):
    order = await api.takes("路灯坏了")
    assert order["path"] == [{"centre": "12345", "number": order["number"], "at": order["accepted_at"]}]
    actions = {one["action"]: one for one in order["allowed_actions"]}
    assert actions["negotiate"]["needs"] == ["owner", "basis_kind", "basis", "to"]
    assert actions["negotiate"]["takes"] == ["text"]
    assert actions["offer_transfer"]["needs"] == ["to"]
    assert "urgent" in actions["offer_transfer"]["takes"]
