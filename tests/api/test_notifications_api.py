"""Notifications over HTTP: the inbox of a unit and of the desk, what was sent and its receipts, dead ones sent again, contacts."""

import pytest

from apis import open_api, problem
from liandong.messaging.gateways import NotSent
from liandong.messaging.sending import Mailer
from liandong.messaging.settings import GatewaySettings, MessagingSettings

SETTINGS = MessagingSettings(sms=GatewaySettings(kind="file", folder="letters"))


class Dead:
    async def send(self, letter):
        raise NotSent("wrong number", final=True)


@pytest.fixture
async def api(open_world):
    world = await open_world("12345", "110", messaging=SETTINGS)
    async with open_api(world.centre("12345")) as opened:
        yield opened


async def test_a_unit_reads_its_inbox_and_the_desk_its_own(api):
    centre = api.centre
    order = await centre.takes("路灯坏了", caller={"phone": "13800001234"})
    await order.dispatch(unit=centre.unit)
    await order.give_back(reason="not_our_duty", basis="清单")
    await centre.follow()
    (mine,) = (await api.get("/api/v1/notifications/inbox", "unit")).json()
    assert order.order.number in mine["zh"]
    assert "dispatched" in mine["en"]
    told = (await api.get("/api/v1/notifications/inbox", "dispatcher")).json()
    (desk,) = (one for one in told if "被退回" in one["zh"])
    (_,) = (one for one in told if "请另一人审核" in one["zh"])
    assert problem(await api.post(f"/api/v1/notifications/{desk['id']}/see", {}, "unit"))["code"] == "not_found"
    assert (await api.post(f"/api/v1/notifications/{mine['id']}/see", {}, "unit")).status_code == 204
    assert (await api.get("/api/v1/notifications/inbox", "unit", unseen=True)).json() == []
    assert problem(await api.get("/api/v1/notifications/inbox", "auditor"))["code"] == "not_permitted"


async def test_dead_ones_are_seen_with_their_receipts_and_sent_again(api):
    centre = api.centre
    order = await centre.takes("路灯坏了", caller={"phone": "13800001234"})
    await centre.follow()
    node = centre.node
    await Mailer(centre.pool, node.clock, node.writer.policy, {"sms": Dead()}, None).send_once()
    (dead,) = (await api.get("/api/v1/notifications", "supervisor", status="dead")).json()
    assert (dead["recipient"], dead["last_error"], dead["number"]) == (
        "138****1234",
        "wrong number",
        order.order.number,
    )
    (attempt,) = (await api.get(f"/api/v1/notifications/{dead['id']}/attempts", "auditor")).json()
    assert (attempt["error"], attempt["reference"]) == ("wrong number", None)
    assert problem(await api.post("/api/v1/notifications/resend", {}, "call_taker"))["code"] == "not_permitted"
    assert (await api.post("/api/v1/notifications/resend", {}, "supervisor")).json() == {"queued": 1}
    assert await node.mailer.send_once() == 1
    (sent,) = (await api.get("/api/v1/notifications", "supervisor", order_id=str(order.id))).json()
    assert (sent["status"], sent["reference"]) == ("sent", f"{sent['id']}.json")
    assert len((await api.get(f"/api/v1/notifications/{dead['id']}/attempts", "auditor")).json()) == 2


async def test_an_administrator_says_where_a_unit_is_reached(api):
    contact = {"unit": api.centre.unit, "channel": "sms", "address": "13900005678"}
    assert (await api.post("/api/v1/contacts", contact, "admin")).status_code == 204
    assert (await api.post("/api/v1/contacts", contact, "admin")).status_code == 204
    (known,) = (await api.get("/api/v1/contacts", "admin")).json()
    assert (known["address"], known["actor"].split("#")[0]) == ("13900005678", "admin")
    for wrong in ({"unit": "nobody"}, {"channel": "pigeon"}, {"address": "a b"}):
        assert problem(await api.post("/api/v1/contacts", contact | wrong, "admin"))["code"] == "field_invalid"
    assert problem(await api.get("/api/v1/contacts", "supervisor"))["code"] == "not_permitted"
    gone = await api.client.delete(f"/api/v1/contacts/{api.centre.unit}/sms/13900005678", headers=api.headers("admin"))
    assert gone.status_code == 204
    assert (await api.get("/api/v1/contacts", "admin")).json() == []
