"""What waits between the centres: seen from both sides, gone when it is settled."""

from typing import Any

import pytest

from apis import Api, open_api, problem
from liandong.core.clock import SystemClock
from liandong.people.keys import add_key
from world import World

ASKED = "小区门口路灯坏了三天，晚上很黑"


@pytest.fixture
async def both(city: World) -> Any:
    async with open_api(city.centre("12345")) as hotline, open_api(city.centre("110")) as police:
        yield hotline, police


async def waiting(api: Api, who: str = "desk") -> list[dict[str, Any]]:
    answer = await api.get("/api/v1/transfers/open", who)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def offered(hotline: Api, world: World) -> dict[str, Any]:
    order = await hotline.takes(ASKED)
    answer = await hotline.act(order, "offer_transfer", to="110")
    assert answer.status_code == 200, answer.text
    await world.settle()
    return answer.json()


async def test_an_offer_waits_on_both_sides_until_it_is_answered(city, both):
    hotline, police = both
    await hotline.takes("这一件没有转给谁")
    order = await offered(hotline, city)
    assert [one["id"] for one in await waiting(hotline)] == [order["id"]]
    [theirs] = await waiting(police)
    assert theirs["matter_id"] == order["matter_id"]
    answer = await police.act(theirs, "accept_transfer")
    assert answer.status_code == 200, answer.text
    await city.settle()
    assert await waiting(hotline) == []
    assert await waiting(police) == []


async def test_what_is_talked_over_stays_in_both_lists(city, both):
    hotline, police = both
    order = await offered(hotline, city)
    [theirs] = await waiting(police)
    answer = await police.act(theirs, "negotiate", owner="12345", basis_kind="catalogue", basis="职责清单")
    assert answer.status_code == 200, answer.text
    await city.settle()
    for api in both:
        [one] = await waiting(api)
        assert one["matter_id"] == order["matter_id"]
        assert [t["status"] for t in one["transfers"]] == ["negotiating"]


async def test_a_unit_sees_no_list_of_transfers(city, both):
    hotline, _ = both
    answer = await hotline.get("/api/v1/transfers/open", "unit")
    assert problem(answer)["code"] == "not_permitted"


async def test_a_liaison_sees_only_what_is_with_its_own_centre(open_world):
    world = await open_world("12345", "110", "gas")
    async with open_api(world.centre("12345")) as hotline:
        key = await add_key(hotline.centre.pool, SystemClock(), name="专席", roles=["liaison"], home="110")
        hotline.tokens["liaison"] = key.token
        ours = await offered(hotline, world)
        foreign = await hotline.takes("燃气表走得快")
        assert (await hotline.act(foreign, "offer_transfer", to="gas")).status_code == 200
        assert len(await waiting(hotline)) == 2
        assert [one["id"] for one in await waiting(hotline, "liaison")] == [ours["id"]]
