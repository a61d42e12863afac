"""Open311 GeoReport v2 as existing clients use it: against a running node, in JSON and XML, valid against the published schemas."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import httpx
import jsonschema
import pytest
import xmltodict
from georeport import GeoReport
from referencing import Registry, Resource

from apis import real_server
from liandong.api import create_app
from liandong.partners.accounts import add_partner
from liandong.partners.signing import request_payload, sign
from world import PEOPLE

FORM = {
    "service_code": "010101",
    "description": "养老保险缴费记录不对，请核实",
    "lat": "39.12345",
    "long": "117.20019",
    "address_string": "和平区南京路1号3门201",
    "first_name": "小明",
    "last_name": "王",
    "phone": "13800001234",
    "email": "x@example.com",
    "attribute[type]": "consultation",
}


async def new_partner(api, code="app311", **more):
    centre = api.centre
    given = {"code": code, "name": "市民随手拍", "scopes": ["requests"]} | more
    return await add_partner(centre.pool, centre.node.clock, **given)


@pytest.fixture
async def key(api):
    return (await new_partner(api)).key


async def hand_in(api, key, path="requests.json", headers=None, **more):
    form = {"api_key": key} | FORM | more
    return await api.client.post(f"/open311/v2/{path}", data=form, headers=headers or {})


async def of(api, answer):
    number = answer.json()[0]["service_request_id"]
    return api.centre.hold(
        await api.centre.node.store.load(
            await api.centre.pool.fetchval("SELECT id FROM orders WHERE number = $1", number)
        )
    )


def validator(folder, name):
    schemas = {path.name: json.loads(path.read_text()) for path in (folder / "standards" / "georeport").glob("*.json")}
    draft = jsonschema.Draft202012Validator
    found = {key: Resource.from_contents(value, default_specification=draft_of()) for key, value in schemas.items()}
    return draft(schemas[name], registry=Registry().with_resources(found.items()), format_checker=draft.FORMAT_CHECKER)


def draft_of():
    from referencing.jsonschema import DRAFT202012

    return DRAFT202012


async def test_the_georeport_client_reads_services_and_follows_a_request(api, key):
    handed = await hand_in(api, key)
    assert handed.status_code == 201, handed.text
    number = handed.json()[0]["service_request_id"]
    async with real_server(create_app(None, api.centre.node)) as address:
        for kind in ("json", "xml"):
            client = GeoReport(f"{address}/open311/v2", output_format=kind)
            services = await asyncio.to_thread(client.get_service_list)
            assert {one["service_code"] for one in services} >= {"010101"}
            assert (await asyncio.to_thread(client.get_service_definition, "010101"))["service_code"] == "010101"
            one = await asyncio.to_thread(client.get_service_request, number)
            assert (one["service_request_id"], one["status"]) == (number, "open")
            listed = await asyncio.to_thread(lambda client=client: client.get_service_requests(status="open"))
            assert number in json.dumps(listed)


async def test_every_answer_is_valid_against_the_published_schemas(api, key, shared_folder):
    number = (await hand_in(api, key)).json()[0]["service_request_id"]
    for path, schema in (
        ("services.json", "services.json"),
        ("services/010101.json", "service-definition.json"),
        ("requests.json", "requests.json"),
        (f"requests/{number}.json", "requests.json"),
    ):
        body = (await api.client.get(f"/open311/v2/{path}", params={"api_key": key})).json()
        assert body
        validator(shared_folder, schema).validate(body)
    with pytest.raises(jsonschema.ValidationError):
        validator(shared_folder, "requests.json").validate([{"status": "half open"}])


async def test_a_request_becomes_an_order_with_all_that_was_said(api, key):
    order = (await of(api, await hand_in(api, key))).order
    assert order.class_intake == "010101"
    assert (order.type, order.channel) == ("consultation", "web")
    assert order.caller.name == "王小明"
    assert order.incident.wgs84.lat == 39.12345
    assert "养老保险" in order.content
    ledger = await api.centre.pool.fetchval("SELECT actor FROM events WHERE order_id = $1", order.id)
    assert ledger == "partner:app311"


async def test_a_retry_with_the_same_key_is_the_same_request_and_another_body_is_refused(api, key):
    headers = {"idempotency-key": uuid4().hex}
    first, again = [(await hand_in(api, key, headers=headers)).json() for _ in range(2)]
    assert first == again
    other = await hand_in(api, key, headers=headers, description="另一件事")
    assert other.status_code == 422
    assert await api.centre.pool.fetchval("SELECT count(*) FROM orders") == 1


async def test_strangers_see_where_it_stands_and_nothing_of_who_or_exactly_where(api, key):
    number = (await hand_in(api, key)).json()[0]["service_request_id"]
    public = (await api.client.get(f"/open311/v2/requests/{number}.json")).json()[0]
    assert (public["description"], public["address"]) == (None, "和平区南京路****")
    assert (public["lat"], public["long"]) == (39.123, 117.2)
    other = await new_partner(api, "other")
    seen = (await api.client.get(f"/open311/v2/requests/{number}.json", params={"api_key": other.key})).json()[0]
    assert seen == public
    own = (await api.client.get(f"/open311/v2/requests/{number}.json", params={"api_key": key})).json()[0]
    assert own["address"] == FORM["address_string"]


@pytest.mark.parametrize("field", ["attribute[type]=report", "attribute[confidential]=yes", "attribute[exercise]=test"])
async def test_what_is_not_public_is_seen_by_its_sender_alone(api, key, field):
    name, _, value = field.partition("=")
    number = (await hand_in(api, key, **{name: value})).json()[0]["service_request_id"]
    assert (await api.client.get(f"/open311/v2/requests/{number}.json")).status_code == 404
    assert (await api.client.get("/open311/v2/requests.json")).json() == []
    assert (await api.client.get(f"/open311/v2/requests/{number}.json", params={"api_key": key})).status_code == 200


async def test_orders_of_the_desk_are_not_shown(api, key):
    order = await api.takes("路灯坏了")
    for params in ({}, {"api_key": key}):
        assert (await api.client.get("/open311/v2/requests.json", params=params)).json() == []
        answer = await api.client.get(f"/open311/v2/requests/{order['number']}.json", params=params)
        assert answer.status_code == 404


async def test_a_token_gives_the_number(api, key):
    api.centre.node.open311.services.policy, kept = (
        _with_tokens(api.centre.node),
        api.centre.node.open311.services.policy,
    )
    try:
        token = (await hand_in(api, key)).json()[0]["token"]
    finally:
        api.centre.node.open311.services.policy = kept
    found = (await api.client.get(f"/open311/v2/tokens/{token}.json", params={"api_key": key})).json()[0]
    assert found["token"] == token
    number = await api.centre.pool.fetchval("SELECT number FROM orders")
    assert found["service_request_id"] == number
    stranger = (await new_partner(api, "other")).key
    answer = await api.client.get(f"/open311/v2/tokens/{token}.json", params={"api_key": stranger})
    assert answer.status_code == 404


def _with_tokens(node):
    import msgspec

    return msgspec.structs.replace(node.open311.services.policy, answers_with_token=True)


async def test_updates_tell_what_happened_and_can_be_added_once(api, key):
    handed = await hand_in(api, key)
    order = await of(api, handed)
    number = order.order.number
    form = {"api_key": key, "service_request_id": number, "update_id": "u1", "description": "补充：单位编号 12"}
    for _ in range(2):
        taken = await api.client.post("/open311/v2/servicerequestupdates.json", data=form)
        assert taken.json() == [{"update_id": "u1"}]
    await order.look()
    assert (await order.events()).count("matter.supplemented") == 1
    await order.answer_directly(answer="已核实更正")
    api.centre.world.clock.advance(timedelta(seconds=1))
    own = (await api.client.get("/open311/v2/servicerequestupdates.json", params={"api_key": key})).json()
    assert [one["description"] for one in own] == ["已受理", "已补充：补充：单位编号 12", "已答复：已核实更正"]
    assert own[-1]["status"] == "closed"
    public = (await api.client.get("/open311/v2/servicerequestupdates.json")).json()
    assert [one["description"] for one in public] == ["已受理", "已补充", "已答复"]
    other = (await new_partner(api, "other")).key
    refused = await api.client.post("/open311/v2/servicerequestupdates.json", data=form | {"api_key": other})
    assert refused.status_code == 404


async def test_lists_are_narrowed_by_status_class_and_time(api, key):
    first = await of(api, await hand_in(api, key))
    await of(api, await hand_in(api, key, service_code="010102"))
    await first.answer_directly(answer="已答复")

    async def count(**params):
        return len((await api.client.get("/open311/v2/requests.json", params=params)).json())

    assert (await count(), await count(status="open"), await count(status="closed"), await count(status="open,closed")) == (
        2, 1, 1, 2,
    )  # fmt: skip
    assert await count(service_code="010101,010103") == 1
    assert await count(page=2, page_size=1) == 1
    assert await count(page=3, page_size=1) == 0
    assert await count(end_date="2025-03-01T00:00:00Z") == 0
    assert await count(updated_after="2025-03-05T00:00:00Z") == 0
    wide = await api.client.get(
        "/open311/v2/requests.json", params={"start_date": "2024-01-01T00:00:00Z", "end_date": "2025-01-01T00:00:00Z"}
    )
    assert wide.status_code == 400


@pytest.mark.parametrize(
    "more, status",
    [
        ({"service_code": "999999"}, 400),
        ({"lat": "", "long": "", "address_string": ""}, 400),
        ({"lat": "95"}, 400),
        ({"attribute[type]": "gossip"}, 400),
        ({"description": "长" * 4001}, 400),
        ({"api_key": "lp_wrong"}, 403),
        ({"api_key": ""}, 403),
    ],
)
async def test_what_is_wrong_is_said_in_the_words_of_the_standard(api, key, more, status):
    answer = await hand_in(api, key, **more)
    assert answer.status_code == status, answer.text
    assert answer.json()[0]["code"] == status
    assert answer.json()[0]["description"]
    xml = await hand_in(api, key, "requests.xml", **more)
    assert xmltodict.parse(xml.content)["errors"]["error"]["code"] == str(status)


async def test_text_that_is_no_xml_still_gives_xml(api, key):
    number = (await hand_in(api, key, description="<b>&\x0b 坏了")).json()[0]["service_request_id"]
    answer = await api.client.get(f"/open311/v2/requests/{number}.xml", params={"api_key": key})
    assert xmltodict.parse(answer.content)["service_requests"]["request"]["description"] == "<b>& 坏了"


async def test_an_account_ends_and_knows_its_network_its_scope_and_its_quota(api):
    clock = api.centre.node.clock

    async def status(given):
        answer = await api.client.get("/open311/v2/requests.json", params={"api_key": given.key})
        return answer.status_code

    ends = await new_partner(api, "ends", expires_at=clock.now() + timedelta(hours=1))
    assert await status(ends) == 200
    assert await status(await new_partner(api, "far", networks=["10.9.0.0/16"])) == 403
    assert await status(await new_partner(api, "near", networks=["127.0.0.0/8"])) == 200
    assert await status(await new_partner(api, "reader", scopes=["events"])) == 403
    small = await new_partner(api, "small", per_minute=2)
    assert [await status(small) for _ in range(3)] == [200, 200, 429]
    clock.advance(timedelta(minutes=1))
    assert await status(small) == 200
    clock.advance(timedelta(hours=1))
    assert await status(ends) == 403


async def test_an_account_that_signs_is_not_believed_without_a_fresh_signature(api):
    given = await new_partner(api, "signs", signed=True)
    clock, path = api.centre.node.clock, "/open311/v2/requests.json"
    headers = {"authorization": f"Bearer {given.key}"}

    async def ask(message_id, at, payload):
        signature = sign(given.secret, message_id, at, payload)
        signed = {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }
        return (await api.client.get(path, headers=headers | signed)).status_code

    right = request_payload("GET", path, b"")
    assert (await api.client.get(path, headers=headers)).status_code == 403
    assert await ask("m1", clock.now(), right) == 200
    assert await ask("m1", clock.now(), right) == 403
    assert await ask("m2", clock.now() - timedelta(minutes=6), right) == 403
    assert await ask("m3", clock.now(), request_payload("GET", "/elsewhere", b"")) == 403


async def test_discovery_says_where_it_is(api):
    found = (await api.client.get("/open311/discovery.json")).json()
    assert found["endpoints"][0]["url"].endswith("/open311/v2")
    assert httpx.URL(found["endpoints"][0]["url"])
    assert PEOPLE
