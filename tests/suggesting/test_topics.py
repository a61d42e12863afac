"""Topics over time: found in the orders, known again when they grow, told of once, acted on before more people complain."""

from apis import open_api, problem
from liandong.topics.keeping import default_topics, gather_topics
from suggesting.past import past

PLANT = "丽景苑旁搅拌站夜间生产，粉尘很大，窗户不敢开"


async def gathered(node):
    return await gather_topics(node.pool, node.clock, node.policy, default_topics(), apart=False)


async def test_a_topic_grows_is_told_of_once_opens_to_its_orders_and_is_acted_on(open_world):
    city = await open_world("12345")
    centre = city.centre("12345")
    node = centre.node
    async with past(centre.pool, city.clock.now(), 240, days=15):
        await story(city, centre, node)


async def story(city, centre, node):
    plant = [await centre.takes(f"{PLANT}，{number}号楼", division_code="120104") for number in range(4)]
    assert await gathered(node) >= 1
    async with open_api(centre) as api:
        known = [one for one in (await api.get("/api/v1/topics", "supervisor")).json() if "丽景" in one["name"]]
        assert len(known) == 1
        first = known[0]
        assert (first["size"], first["places"][0]["name"], first["status"]) == (4, "南开区", "found")
        assert [day["count"] for day in first["days"]] == [4]
        assert first["growing"], "four in a week, and none before"
        alarms = [
            one for one in await centre.alarms() if one["kind"] == "topic.growing" and one["subject"] == first["id"]
        ]
        assert len(alarms) == 1
        hidden = await centre.takes(f"{PLANT}，我要举报", type="report", division_code="120104")
        await gathered(node)
        again = (await api.get(f"/api/v1/topics/{first['id']}", "supervisor")).json()
        assert again["topic"]["size"] == 5, "the same topic, known by its members"
        assert {one["id"] for one in again["orders"]} == {str(one.id) for one in (*plant, hidden)}
        assert {one["title"] for one in again["orders"] if one["confidential"]} == {""}
        alarms = [one for one in await centre.alarms() if one["subject"] == first["id"]]
        assert len(alarms) == 1, "told of once"

        said = {"content": f"{PLANT}，9号楼", "division_code": "120104"}
        looked = (await api.post("/api/v1/intake/look", said, "call_taker")).json()
        assert [(one["id"], one["growing"]) for one in looked["topics"]] == [(first["id"], True)], "seen while typing"

        path = f"/api/v1/topics/{first['id']}/steps"
        given = {"status": "acting", "text": "请区城管委先去现场看", "unit": centre.unit}
        assert (await api.post(path, given, "call_taker")).status_code == 403
        assert problem(await api.post(path, given | {"unit": "x"}, "supervisor"))["code"] == "field_invalid"
        acting = (await api.post(path, given, "supervisor")).json()
        assert (acting["status"], acting["unit"]) == ("acting", centre.unit)
        assert (await api.get("/api/v1/topics", "unit")).status_code == 403
        for order in (*plant, hidden):
            await order.cancel(reason="误操作")
        await gathered(node)
        listed = (await api.get("/api/v1/topics", "supervisor", status="acting")).json()
        assert [one["id"] for one in listed] == [first["id"]], "what people act on stays until they say so"
        await api.post(path, {"status": "done", "text": "搅拌站已加装喷淋"}, "supervisor")
        await gathered(node)
        assert (await api.get("/api/v1/topics", "supervisor", status="done")).json() == []
        steps = (await api.get(f"/api/v1/topics/{first['id']}", "auditor")).json()["steps"]
        assert [one["status"] for one in steps] == ["done", "acting"]
