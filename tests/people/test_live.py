"""What changed comes to every screen at once, as ids and versions, and only to whom it concerns."""

import asyncio
import contextlib
import json
from uuid import uuid4

import httpx
import pytest

from apis import real_server
from desks import PASSWORD
from liandong.catalogue.units import default_units
from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.people.keys import add_key
from liandong.people.live import PAUSE

pytestmark = pytest.mark.asyncio(loop_scope="module")
SECRET = "13877776666"


class Screen:
    """One open stream, read in the background."""

    def __init__(self, address, browser=None, token=""):
        self.client = httpx.AsyncClient(base_url=address, timeout=20)
        self.browser = browser
        self.headers = {"authorization": f"Bearer {token}"} if token else {}
        self.events, self.text, self.last = [], "", ""
        self.ended = asyncio.Event()

    async def __aenter__(self):
        if self.browser is not None:
            made = await self.client.post("/api/v1/session", json={"name": self.browser.name, "password": PASSWORD})
            assert made.status_code == 200
        return self

    async def __aexit__(self, *_):
        await self.close()
        await self.client.aclose()

    async def listen(self, last=None):
        self.ended.clear()
        opened = asyncio.Event()
        self.task = asyncio.create_task(self._read(opened, {"last-event-id": last} if last else {}))
        await asyncio.wait_for(opened.wait(), 10)

    async def close(self):
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task

    async def _read(self, opened, more):
        name = ""
        async with self.client.stream("GET", "/api/v1/live", headers=self.headers | more) as stream:
            assert stream.status_code == 200
            async for line in stream.aiter_lines():
                opened.set()
                self.text += line + "\n"
                if line.startswith("id: "):
                    self.last = line[4:]
                elif line.startswith("event: "):
                    name = line[7:]
                elif line.startswith("data: "):
                    self.events.append((name, json.loads(line[6:])))
        self.ended.set()

    async def hears(self, what):
        async with asyncio.timeout(10):
            while not any(what(name, data) for name, data in self.events):
                await asyncio.sleep(0.01)

    def ids(self, event="order"):
        return {data["id"] for name, data in self.events if name == event}


def of(order, version):
    return lambda name, data: (name, data["id"], data["version"]) == ("order", str(order.id), version)


@contextlib.asynccontextmanager
async def screens(desk, *browsers, tokens=()):
    async with real_server(desk.app) as address, contextlib.AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(Screen(address, browser)) for browser in browsers]
        opened += [await stack.enter_async_context(Screen(address, token=token)) for token in tokens]
        for screen in opened:
            await screen.listen()
        yield opened


async def test_a_screen_hears_of_ids_and_versions_and_of_nothing_personal(desk, city):
    async with screens(desk, await desk.person("call_taker")) as (screen,):
        order = await desk.centre.takes("路灯坏了", caller={"name": "欧阳翠花", "phone": SECRET})
        await order.dispatch(unit=desk.centre.unit)
        await screen.hears(of(order, order.order.version))
        seen = dict(screen.events[-1][1])
        assert set(seen) == {"id", "number", "version", "status"}
        assert (seen["number"], seen["status"]) == (order.order.number, "dispatched")
        assert "欧阳" not in screen.text
        assert SECRET not in screen.text


async def test_a_unit_hears_of_its_own_orders_alone_and_a_liaison_of_shared_ones(desk, city):
    mine, other = desk.centre.unit, "other-unit"
    people = [await desk.person("unit", unit=mine), await desk.person("unit", unit=other)]
    liaison = await desk.person("liaison", home="110")
    async with screens(desk, *people, liaison, await desk.person("supervisor")) as (own, foreign, guest, boss):
        order = await desk.centre.takes("路灯坏了")
        await order.dispatch(unit=mine)
        shared = await desk.centre.takes("有人打架")
        await shared.transfer("110")
        last = await desk.centre.takes("井盖丢失")
        await raise_alarm(
            desk.centre.pool,
            Alarm(kind="x.found", subject="x", severity=Severity.ALARM, zh="一", en="x"),
            city.clock.now(),
        )
        await boss.hears(lambda name, data: name == "alarm")
        await own.hears(of(order, order.order.version))
        await guest.hears(of(shared, shared.order.version))
        await asyncio.sleep(2 * PAUSE)
        assert {str(order.id), str(shared.id), str(last.id)} <= boss.ids()
        assert own.ids() == {str(order.id)}
        assert guest.ids() == {str(shared.id)}
        assert foreign.events == []
        assert not (own.ids("alarm") | guest.ids("alarm"))


async def test_who_comes_back_hears_what_was_missed_and_nothing_twice(desk, city):
    async with screens(desk, await desk.person("dispatcher")) as (screen,):
        first = await desk.centre.takes("一")
        await screen.hears(of(first, 1))
        await screen.close()
        missed = await desk.centre.takes("二")
        before = len(screen.events)
        await screen.listen(screen.last)
        later = await desk.centre.takes("三")
        await screen.hears(of(later, 1))
        assert [data["id"] for _, data in screen.events[before:]] == [str(missed.id), str(later.id)]


async def test_a_stream_ends_with_its_session_and_with_its_key(desk, city):
    anna = await desk.person("dispatcher")
    key = await add_key(desk.centre.pool, city.clock, name=uuid4().hex, roles=["dispatcher"])
    async with screens(desk, anna, tokens=[key.token]) as (screen, system):
        await desk.centre.node.people.ring.end_all(anna.name, by="test")
        await desk.centre.takes("一")
        await asyncio.wait_for(screen.ended.wait(), 10)
        await desk.centre.pool.execute("UPDATE api_keys SET revoked_at = now() WHERE id = $1", key.id)
        desk.centre.node.keys._read_at = float("-inf")
        await desk.centre.takes("二")
        await asyncio.wait_for(system.ended.wait(), 10)


async def test_whether_the_desk_is_staffed_comes_too(desk, city):
    boss = await desk.signed_in("supervisor")
    async with screens(desk, await desk.person("call_taker")) as (screen,):
        assert (await boss.ask("PUT", "/api/v1/desk", {"open": False, "reason": "演练"})).status_code == 200
        await screen.hears(lambda name, data: (name, data["status"]) == ("desk", "closed"))


async def test_a_unit_with_a_share_hears_too_until_the_order_goes_to_another(desk, city):
    units = [code for code, unit in default_units().items() if unit.kind in {"district", "department"}]
    lead, help_, next_ = units[:3]
    async with screens(desk, await desk.person("unit", unit=help_)) as (helper,):
        order = await desk.centre.takes("占道经营")
        await order.dispatch(unit=lead, co_handlers=[help_])
        await helper.hears(of(order, order.order.version))
        heard = len(helper.events)
        await order.redispatch(unit=next_, reason="辖区不同")
        await asyncio.sleep(3 * PAUSE)
        assert len(helper.events) == heard
