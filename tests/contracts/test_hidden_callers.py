"""A caller who asked for confidentiality is hidden from the unit on every route, in the feed, in file names and on the command line.

Each route of the application is walked with two keys of a unit; a route that is added is walked as well, or has to be named here.
"""

import asyncio
import hashlib
from urllib.parse import unquote
from uuid import uuid4

import httpx
import pytest

from apis import open_api, problem, real_server
from liandong.api import create_app
from liandong.people.keys import add_key
from world import PEOPLE, REVIEWER

SECRETS = {
    "name": "欧阳翠花",
    "phone": "13899990001",
    "contact_phone": "13899990002",
    "subscriber_name": "欧阳建国",
    "subscriber_address": "河西区幸福里7号楼702",
    "address": "南开区平安里3号楼301",
}
EARLIER = {"name": "上官铁柱", "phone": "13899990003"}
RECORDING = "REC-777001"
WORDS = [*SECRETS.values(), *EARLIER.values(), RECORDING]
# Of peers, not of people; or without a body to look at.
NOT_FOR_PEOPLE = ("/exchange/", "/schema", "/metrics", "/health")
STREAMS = {"/api/v1/feed", "/api/v1/live"}


@pytest.fixture
async def city(open_world):
    return await open_world("12345", "110")


@pytest.fixture
async def order(city):
    """A report with its caller's name wherever somebody may have written it."""
    centre = city.centre("12345")
    order = await centre.takes(
        f"我是{EARLIER['name']}，电话{EARLIER['phone']}，举报路灯偷电",
        type="report",
        title=f"{SECRETS['name']}举报偷电",
        caller=EARLIER,
        incident={"address": "南京路1号"},
        call={"recording_no": RECORDING},
    )
    await order.amend(caller=SECRETS)
    await order.supplement(text=f"{SECRETS['name']}补充：{SECRETS['contact_phone']}可联系")
    await order.dispatch(unit=centre.unit, note=f"来电人{SECRETS['name']}")
    await order.record_contact(reached=True, text=f"{SECRETS['name']}说晚上在家")
    await order.return_order(reason="wrong_district", basis="x", text=f"{SECRETS['name']}不在本区")
    await order.refuse_return(actor=REVIEWER, text=f"{SECRETS['address']}在本区")
    await order.find_malicious_return(return_no=1, evidence=f"{SECRETS['name']}多次来电", basis="x")
    return order


@pytest.fixture
async def keys(city):
    """A unit's worker, and a unit's own dispatcher who has roles of the centre as well."""
    centre = city.centre("12345")
    made = {}
    for name, roles in (("worker", ["unit"]), ("head", ["unit", "call_taker", "dispatcher", "supervisor", "auditor"])):
        made[name] = (await add_key(centre.pool, centre.node.clock, name=name, roles=roles, unit=centre.unit)).token
    return made


def leaks(answer):
    said = answer.text + unquote(" ".join(answer.headers.values()))
    return [word for word in WORDS if word in said]


async def upload(client, order, headers, name):
    data = b"\xff\xd8\xff\xe0" + b"0" * 60
    declared = {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "confidential": False}
    path = f"/api/v1/orders/{order.id}/attachments"
    begun = await client.post(path, json=declared, headers=headers | {"idempotency-key": uuid4().hex})
    file = begun.json()["id"]
    await client.put(f"{path}/{file}/bytes", content=data, headers=headers)
    await client.post(f"{path}/{file}/complete", headers=headers)
    return file


def places(template, order, file):
    given = {
        "key": order.id,
        "attachment_id": file,
        "order_id": order.id,
        "no": 1,
        "version_id": uuid4(),
        "finding_id": uuid4(),
        "unit": order.centre.unit,
        "code": order.centre.unit,
        "period": "2025-03",
        "channel": "sms",
        "address": "x",
        "name": f"{order.order.number}.json",
        "token": "x",
        "path": "orders",
        "number": order.order.number,
        **dict.fromkeys(
            (
                "exclusion_id",
                "flag_id",
                "measure_id",
                "notification_id",
                "session_id",
                "topic_id",
                "glass_id",
                "webhook_id",
                "feedback_id",
                "gap_id",
                "conversation_id",
                "transfer_id",
                "emergency_id",
                "proposal_id",
                "caller_id",
            ),
            uuid4(),
        ),
    }
    path = template
    for name, value in given.items():
        for kind in ("str", "uuid", "int", "path"):
            path = path.replace(f"{{{name}:{kind}}}", str(value))
    return path


def templates(app):
    for route in app.routes:
        for method in sorted(getattr(route, "methods", ()) - {"OPTIONS"}):
            if not route.path.startswith(NOT_FOR_PEOPLE) and route.path not in STREAMS:
                yield method, route.path


@pytest.mark.parametrize("who", ["worker", "head"])
async def test_no_route_tells_a_unit_who_called(city, order, keys, who):
    async with open_api(city.centre("12345")) as api:
        app = create_app(None, city.centre("12345").node)
        file = await upload(api.client, order, api.headers("desk"), f"{SECRETS['name']}家门口.jpg")
        headers = {"authorization": f"Bearer {keys[who]}"}
        seen, told = 0, {}
        for method, template in templates(app):
            path = places(template, order, file)
            assert "{" not in path, f"{template}: say in places() what stands there"
            more = {} if method in {"GET", "HEAD"} else {"json": body_of(template)}
            answer = await api.client.request(method, path, headers=headers, **more)
            seen += answer.status_code < 300
            told |= {f"{method} {template}": found} if (found := leaks(answer)) else {}
        assert not told
        assert seen >= 8, "the key reaches too little for this test to mean anything"
        numbered = await api.client.get(f"/api/v1/orders/{order.order.number}/events", headers=headers)
        assert numbered.status_code == 200
        assert not leaks(numbered)


def body_of(template):
    if template.endswith(("/unmask", "/break-glass")):
        return {"reason": "想知道是谁"}
    return {}


@pytest.mark.parametrize("who", ["worker", "head"])
async def test_no_action_of_a_unit_answers_with_who_called(city, order, keys, who):
    async with open_api(city.centre("12345")) as api:
        headers = {"authorization": f"Bearer {keys[who]}"}
        for action, fields in (
            ("sign_for", {}), ("start_handling", {}), ("record_step", {"what": f"找到{SECRETS['name']}家"}),
            ("draft_answer", {"answer": "已查处"}), ("ask_extension", {"days": 2, "reason": "x", "evidence": "x"}),
            ("object_to_return", {"text": "x"}),
        ):  # fmt: skip
            await order.look()
            body = {"action": action, "version": order.order.version} | fields
            answer = await api.client.post(f"/api/v1/orders/{order.id}/actions", json=body, headers=headers)
            assert answer.status_code == 200, answer.text
            assert not leaks(answer), action


async def test_the_feed_tells_a_unit_nothing_of_who_called(city, order, keys):
    async with real_server(create_app(None, city.centre("12345").node)) as address:
        heard = ""
        async with httpx.AsyncClient(base_url=address) as client:
            headers = {"authorization": f"Bearer {keys['worker']}"}
            async with client.stream("GET", "/api/v1/feed", params={"after": "0-0"}, headers=headers) as stream:
                async with asyncio.timeout(10):
                    async for line in stream.aiter_lines():
                        heard += line
                        if "return.found_malicious" in heard:
                            break
        assert str(order.id) in heard
        assert not [word for word in WORDS if word in heard]


async def test_the_desk_still_sees_what_it_needs_and_an_open_caller_is_only_masked(city, order, keys):
    async with open_api(city.centre("12345")) as api:
        mine = await api.get(f"/api/v1/orders/{order.id}")
        assert SECRETS["name"] in mine.json()["title"]
        assert mine.json()["caller"]["phone"] == "138****0001"
        refused = await api.post(f"/api/v1/orders/{order.id}/unmask", {"reason": "回访"})
        assert problem(refused)["code"] == "hidden_caller"
        opened = await api.post(f"/api/v1/orders/{order.id}/break-glass", {"reason": "举报人可能有危险"})
        assert opened.json()["caller"]["phone"] == SECRETS["phone"]
        opened = await city.centre("12345").takes("路灯坏了", caller=SECRETS)
        await opened.dispatch(unit=opened.centre.unit)
        shown = await api.client.get(
            f"/api/v1/orders/{opened.id}", headers={"authorization": f"Bearer {keys['worker']}"}
        )
        assert shown.json()["caller"]["name"] == "欧***"
        place = (
            await api.client.get(f"/api/v1/orders/{order.id}", headers={"authorization": f"Bearer {keys['worker']}"})
        ).json()
        assert place["incident"]["address"] == "南京路1号", "somebody must go there"


async def test_what_was_hidden_is_there_to_be_found(city, order):
    """The walk would mean nothing if nobody ever answered with these words."""
    async with open_api(city.centre("12345")) as api:
        whole = (await api.get(f"/api/v1/orders/{order.id}/events")).text + (
            await api.get(f"/api/v1/orders/{order.id}")
        ).text
        assert {SECRETS["name"], RECORDING, SECRETS["address"]} <= {word for word in WORDS if word in whole}
        assert order.order.confidential
        assert PEOPLE.unit is None
