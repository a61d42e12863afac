"""A unit at work for 12345 sees it get out of hand: one tap brings the police, with the place, and nobody at the desk need be awake."""

import pytest

from apis import open_api
from world import person

PLACE = {"lon": 117.2, "lat": 39.1}


@pytest.fixture
async def api(world):
    async with open_api(world.centre("12345")) as opened:
        yield opened


@pytest.fixture
async def order(api, world):
    """A dispute about a landlord's rent, in the hands of the district."""
    taken = await api.takes("房东不退押金，请协调", caller={"name": "王小明", "phone": "13800001234"})
    assert not taken["danger"]
    sent = await api.act(taken, "dispatch", unit=api.centre.unit)
    assert sent.status_code == 200
    return (await api.act(sent.json(), "sign_for", "unit")).json()


async def tapped(api, order):
    answer = await api.act(
        order, "raise_danger", "unit", text="双方动手，有人拿刀", address="和平区南京路1号院内", wgs84=PLACE
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_tap_reaches_the_police_with_what_was_said_and_where(api, world, order):
    seen = await tapped(api, order)
    assert (seen["danger"], seen["urgent"]) == (True, True)
    await world.settle()  # nobody at either desk did anything
    police = await (await world.centre("12345").order_of(seen["matter_id"])).at("110")
    assert police.status == "received"
    assert police.order.responsible
    assert police.order.incident.address == "和平区南京路1号院内"
    assert police.order.incident.wgs84.lon == PLACE["lon"]
    assert "双方动手，有人拿刀" in police.order.content
    assert "房东不退押金" in police.order.content
    assert (await police.clocks())["police_dispatch"] == "running"


async def test_the_unit_goes_on_beside_the_police_and_sees_their_answer(api, world, order):
    await tapped(api, order)
    await world.settle()
    police = await (await world.centre("12345").order_of(order["matter_id"])).at("110")
    await police.work()
    await world.settle()
    seen = (await api.get(f"/api/v1/orders/{order['id']}", "unit")).json()
    (transfer,) = seen["transfers"]
    assert transfer["part"]
    assert transfer["peer_result"]["answer"] == "已处置"
    for action, fields in (("start_handling", {}), ("answer", {"answer": "已协调退还押金"})):
        answer = await api.act(seen, action, "unit", **fields)
        assert answer.status_code == 200, answer.text
        seen = answer.json()
    assert seen["status"] == "answered"


async def test_a_second_tap_tells_the_police_again_and_asks_nobody_twice(api, world, order):
    seen = await tapped(api, order)
    again = await api.act(seen, "raise_danger", "unit", text="他拿了刀")
    assert again.status_code == 200, again.text
    await world.settle()
    police = await world.centre("110").order_of(order["matter_id"])
    assert "他拿了刀" in police.order.content
    assert len(police.snapshot.transfers) == 1


async def test_another_unit_can_t_tap_and_does_not_see_the_order(api, world, order):
    stranger = person("unit", unit="11120102YB0000024N")
    handle = await world.centre("12345").order_of(order["matter_id"])
    with pytest.raises(Exception, match="没有这个工单"):
        await handle.raise_danger(text="x", actor=stranger)


async def test_on_a_cut_link_the_tap_waits_first_in_line_and_the_desk_is_alarmed(api, world, order):
    world.cut()
    for n in range(3):
        other = await world.centre("12345").takes(f"咨询{n}")
        await other.transfer("110")
    await tapped(api, order)
    await world.fast_forward(minutes=2)
    handle = await world.centre("12345").order_of(order["matter_id"])
    assert any("transfer_accept" in row["body"] for row in await handle.ledger() if row["kind"] == "clock.overdue")
    assert handle.order.responsible
    world.mend()
    await world.fast_forward(seconds=30)
    inbox = await world.centre("110").inbox()
    assert str(inbox[0]["matter_id"]) == order["matter_id"]
    assert (await handle.at("110")).status == "received"
