"""Orders as CAP 1.2 and EIDO, valid against the published schemas; alerts of others taken in once."""

from datetime import timedelta
from uuid import uuid4

import jsonschema
import pytest
import xmlschema
import yaml
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from apis import problem
from liandong.partners.accounts import add_partner

DANGER = "家里煤气味很大，有人晕倒"
PLACE = {"address": "南京路1号", "wgs84": {"lon": 117.2, "lat": 39.1}}


@pytest.fixture
async def key(api):
    given = {"code": "alerts", "name": "alerts", "scopes": ["orders", "alerts"]}
    return (await add_partner(api.centre.pool, api.centre.node.clock, **given)).key


async def ask(api, key, path):
    return await api.client.get(f"/partner/v1/{path}", headers={"authorization": f"Bearer {key}"})


@pytest.fixture(scope="module")
def cap_schema(shared_folder):
    return xmlschema.XMLSchema(shared_folder / "standards" / "cap" / "CAP-v1.2.xsd")


@pytest.fixture(scope="module")
def eido_schema(shared_folder):
    """NENA's OpenAPI document; its NIEM components are files beside it."""
    folder = shared_folder / "standards" / "eido"
    found = {}
    for path in [folder / "openapi.yaml", *(folder / "NIEMComponents").glob("*.yaml")]:
        contents = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        found[path.as_uri()] = Resource.from_contents(contents, default_specification=DRAFT202012)
    registry = Registry().with_resources(found.items())
    root = (folder / "openapi.yaml").as_uri()
    schema = {"$ref": f"{root}#/components/schemas/EmergencyIncidentDataObjectType"}
    draft = jsonschema.Draft202012Validator
    return draft(schema, registry=registry, format_checker=draft.FORMAT_CHECKER)


async def test_an_order_in_danger_is_a_valid_alert_through_its_life(api, key, cap_schema):
    order = await api.centre.takes(
        f"我是王小明，{DANGER}", caller={"name": "王小明"}, incident=PLACE, level=1, division_code="120101"
    )
    first = await ask(api, key, f"orders/{order.order.number}/cap")
    assert first.headers["content-type"].startswith("application/cap+xml")
    cap_schema.validate(first.text)
    assert "王小明" not in first.text
    api.centre.world.clock.advance(timedelta(seconds=5))
    await order.supplement(text="又晕倒一人")
    then = cap_schema.to_dict((await ask(api, key, f"orders/{order.order.number}/cap")).text)
    alert = cap_schema.to_dict(first.text)
    assert (alert["msgType"], then["msgType"], alert["status"]) == ("Alert", "Update", "Actual")
    assert then["references"] == f"{alert['sender']},{alert['identifier']},{alert['sent']}"
    assert alert["info"][0]["severity"] == "Extreme"
    assert alert["info"][0]["area"][0]["circle"] == ["39.1,117.2 0.5"]


async def test_a_grave_alert_is_proposed_as_an_emergency_and_declared_by_a_person(api, key):
    sent = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>W1</identifier><sender>weather</sender>
        <sent>2025-03-04T10:00:00+08:00</sent><status>{status}</status><msgType>Alert</msgType><scope>Public</scope><info><language>zh-CN</language>
        <category>Met</category><event>暴雨红色预警</event><urgency>Immediate</urgency><severity>Extreme</severity><certainty>Likely</certainty>
        <headline>地道积水被淹</headline><area><areaDesc>王串场</areaDesc><circle>39.15,117.22 3</circle></area></info></alert>"""
    headers = {"authorization": f"Bearer {key}", "content-type": "application/cap+xml"}
    for status in ("Actual", "Exercise", "Actual"):
        body = sent.replace("W1", f"W-{status}").format(status=status)
        assert (await api.client.post("/partner/v1/alerts", content=body.encode(), headers=headers)).status_code == 200
    page = (await api.get("/api/v1/emergencies/proposals")).json()
    [proposal] = [one for one in page["proposals"] if one["source"] == "cap"]
    assert (proposal["subtype"], proposal["place"], len(proposal["orders"])) == ("flood", "王串场", 1), (
        "a drill proposes nothing"
    )
    body = {
        "id": str(uuid4()),
        "subtype": "flood",
        "title": "王串场积水",
        "proposal": proposal["id"],
        "orders": proposal["orders"],
    }
    made = (await api.post("/api/v1/emergencies", body)).json()
    assert (made["emergency"]["source"], len(made["emergency"]["orders"])) == ("cap", 1)
    assert (await api.get("/api/v1/emergencies/proposals")).json()["counts"]["declared"] == 1
    other = problem(await api.post(f"/api/v1/emergencies/proposals/{proposal['id']}/dismiss", {"reason": "x"}))
    assert other["code"] == "not_found", "decided once"


async def test_a_schema_that_is_not_met_would_be_seen(cap_schema, eido_schema):
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        cap_schema.validate('<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>x</identifier></alert>')
    with pytest.raises(jsonschema.ValidationError):
        eido_schema.validate({"$id": "x", "eidoVersion": "2.0"})


async def test_an_order_without_danger_is_no_alert(api, key):
    order = await api.takes("路灯坏了")
    assert (await ask(api, key, f"orders/{order['number']}/cap")).status_code == 404


async def test_an_order_with_all_that_hangs_on_it_is_a_valid_eido(api, city, key, eido_schema):
    at = "2025-03-04T02:00:00Z"
    order = await api.centre.takes(
        "小区有人偷电动车", incident=PLACE, level=2, call={"reached_at": at, "answered_at": at}
    )
    await order.transfer("110")
    await city.settle()
    other = await order.at("110")
    await other.accept_transfer()
    await city.settle()
    plain = await api.centre.takes("路灯坏了", caller={"name": "王小明"})
    await plain.dispatch(unit=api.centre.unit)
    for one in (order, plain):
        body = (await ask(api, key, f"orders/{one.order.number}/eido")).json()
        eido_schema.validate(body)
        parts = {"$id"} & set(body)
        assert parts
    linked = (await ask(api, key, f"orders/{order.order.number}/eido")).json()
    assert linked["linkComponent"][0]["incidentTrackingIdentifier"].endswith(":110.liandong")


ALERT = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{id}</identifier><sender>weather@example</sender>
<sent>2025-03-04T10:00:00+08:00</sent><status>{status}</status><msgType>{kind}</msgType><scope>Public</scope>{references}
<info><language>zh-CN</language><category>Met</category><event>暴雨</event><urgency>{urgency}</urgency><severity>{severity}</severity>
<certainty>Likely</certainty><headline>暴雨红色预警</headline><description>三小时内降雨超过一百毫米</description>
<area><areaDesc>河西区</areaDesc><circle>39.1,117.2 10</circle></area></info></alert>"""


async def hand_in(api, key, body=None, **more):
    given = {
        "id": "A1",
        "status": "Actual",
        "kind": "Alert",
        "urgency": "Immediate",
        "severity": "Extreme",
        "references": "",
    } | more
    content = (body or ALERT.format(**given)).encode()
    headers = {"authorization": f"Bearer {key}", "content-type": "application/cap+xml"}
    return await api.client.post("/partner/v1/alerts", content=content, headers=headers)


async def order_of(api, answer):
    return api.centre.hold(await api.centre.node.store.load(__import__("uuid").UUID(answer.json()["order_id"])))


async def test_an_alert_is_taken_in_once_and_its_update_is_added(api, key, cap_schema):
    taken = await hand_in(api, key)
    cap_schema.validate(
        ALERT.format(id="A1", status="Actual", kind="Alert", urgency="Immediate", severity="Extreme", references="")
    )
    assert taken.status_code == 200, taken.text
    again = await hand_in(api, key)
    assert (again.json()["order_id"], again.json()["repeated"]) == (taken.json()["order_id"], True)
    order = await order_of(api, taken)
    assert (order.order.danger, order.order.channel, order.order.incident.wgs84.lat) == (True, "import", 39.1)
    reference = "<references>weather@example,A1,2025-03-04T10:00:00+08:00</references>"
    for _ in range(2):
        update = await hand_in(api, key, id="A2", kind="Update", references=reference)
        assert update.json()["order_id"] == taken.json()["order_id"]
    assert (await (await order.look()).events()).count("matter.supplemented") == 1


async def test_a_drill_is_a_drill_and_what_is_not_grave_is_not_made_danger(api, key):
    order = await order_of(api, await hand_in(api, key, status="Exercise", severity="Minor", urgency="Future"))
    assert (order.order.exercise, order.order.danger) == ("exercise", False)


@pytest.mark.parametrize(
    "body",
    [
        "no xml",
        '<!DOCTYPE x [<!ENTITY a "b">]><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">&a;</alert>',
        "<alert/>",
        ALERT.format(id="", status="Actual", kind="Alert", urgency="Past", severity="Minor", references=""),
        ALERT.format(id="1", status="Draft", kind="Alert", urgency="Past", severity="Minor", references=""),
        ALERT.format(id="1", status="Actual", kind="Ack", urgency="Past", severity="Minor", references=""),
    ],
)
async def test_what_is_no_alert_is_refused_with_the_reason(api, key, body):
    assert problem(await hand_in(api, key, body))["code"] == "field_invalid"
    assert await api.centre.pool.fetchval("SELECT count(*) FROM orders") == 0
