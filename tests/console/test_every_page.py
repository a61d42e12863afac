"""Every page for every role, as the rail offers it: no barrier that axe-core calls serious, nothing wider than the screen; on a telephone, in the
dark, at 200 %. A place that is added is walked as well. Pictures of all of them go to `.work/screens/`."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from screens import AXE, PASSWORD, Screen, Town

from liandong.assessment.reading import read_once
from liandong.orders.model import Point
from liandong.policing.units import keep_position, keep_state
from world import unit_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
CALLER = {"name": "欧阳翠花", "phone": "13877776666"}
ROLES: dict[str, tuple[str, tuple[str, ...], dict[str, str]]] = {
    "desk": ("12345", ("call_taker", "dispatcher"), {}),
    "supervisor": ("12345", ("dispatcher", "supervisor"), {}),
    "leader": ("12345", ("leader",), {}),
    "district": ("12345", ("dispatcher", "supervisor", "leader"), {"division": "120103"}),
    "unit": ("12345", ("unit",), {"unit": unit_of("12345")}),
    "liaison": ("12345", ("liaison",), {"home": "110"}),
    "admin": ("12345", ("admin",), {}),
    "security": ("12345", ("security",), {}),
    "auditor": ("12345", ("auditor",), {}),
    "police-desk": ("110", ("call_taker", "dispatcher", "supervisor"), {}),
    "police-unit": ("110", ("unit",), {"unit": unit_of("110")}),
}
KINDS = {"phone": "390", "zoomed": "dark-200"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def busy(town: Town) -> AsyncIterator[Town]:
    """Something stands on every page: work with a unit, a return that waits, offers either way, danger at 110, figures."""
    hotline, police = town.world.centre("12345"), town.world.centre("110")
    for division in ("120101", "120103", "120103004", "120116"):
        await hotline.takes(
            "小区门口的路灯不亮，晚上很黑", division_code=division, class_intake="050701", caller=CALLER
        )
    given = await hotline.takes("小区停车难，占用消防通道", division_code="120103", caller=CALLER)
    await given.dispatch(unit=hotline.unit)
    await given.return_order(reason="not_our_duty", basis="三定规定第五条", text="不属本单位职责")
    fresh = await hotline.takes("河西区友谊路街道绿化带草枯了", division_code="120103")
    await fresh.dispatch(unit=hotline.unit)
    danger = await hotline.takes("南开区一居民家煤气味很大，有人晕倒", division_code="120104")
    await danger.transfer("110", urgent=True)
    asked = await hotline.takes("河西区小区门口夜里有人大声唱歌", division_code="120103")
    await asked.transfer("110")
    await (await police.takes("和平区道路积水，请市政来抽水", caller=CALLER)).transfer("12345")
    await town.world.settle()
    there = await danger.at("110")
    await there.dispatch(unit=police.unit)
    await keep_position(police.pool, police.unit, Point(lat=39.122, lon=117.195), None, police.node.clock.now(), "test")
    await keep_state(police.pool, police.unit, "available", police.node.clock.now(), "test")
    while await read_once(hotline.node.assessor):
        pass
    town.seen = set()
    town.orders = {"12345": given, "110": there, "liaison": asked}
    yield town


class Walk:
    """One person's way through the pages, by the links of the rail: the page is loaded once, and axe-core with it."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.wrong = screen, []

    @classmethod
    async def begin(cls, chromium: Any, town: Town, centre: str, name: str, width: str) -> "Walk":
        screen = await Screen.open(chromium, town, centre, width)
        await screen.context.request.post("/api/v1/session", data={"name": name, "password": PASSWORD})
        await screen.page.evaluate(
            f"localStorage.setItem('liandong.theme', '{'dark' if width == 'zoomed' else 'light'}')"
        )
        await screen.page.goto("/")
        await screen.page.wait_for_selector(".rail a")
        return cls(screen)

    async def places(self) -> list[str]:
        return [await one.get_attribute("href") for one in await self.screen.page.locator(".rail a").all()]

    async def go(self, path: str) -> None:
        link = self.screen.page.locator(f".rail a[href='{path}']")
        await (link.click() if await link.count() else self.screen.page.goto(path))
        await self.screen.page.wait_for_selector("main h1, main textarea, main .panel")

    async def look(self, name: str, width: str, *, picture: bool) -> None:
        """What is wrong with the page that stands there."""
        await self.screen.page.wait_for_timeout(250)
        if picture:
            await self.screen.shot(name)
        if width != "phone":  # the same page in other columns
            self.wrong += [f"{name}: {one}" for one in await self.screen.serious()]
        if wide := await self.screen.overflow():
            self.wrong.append(f"{name}: {wide} px wider than the screen")
        told = self.screen.page.locator("main .state.bad")
        if await told.count():
            self.wrong.append(f"{name}: {await told.first.inner_text()}")


@pytest.mark.parametrize("role", ROLES)
async def test_every_page_of_a_role_is_free_of_barriers_and_fits(busy, chromium, role):
    if not AXE.is_file():
        pytest.skip("console/node_modules has no axe-core (npm ci)")
    centre, roles, bound = ROLES[role]
    name = await busy.person(centre, *roles, **bound)
    walk = await Walk.begin(chromium, busy, centre, name, "desk")
    places = await walk.places()
    if "/orders" in places:
        places.append(f"/orders/{busy.orders.get(role, busy.orders[centre]).id}")
    fresh = [one for one in places if called(one) not in busy.seen]
    busy.seen |= {called(one) for one in places}
    for path in places:
        await walk.go(path)
        await walk.look(f"{role}-{called(path)}-1440", "desk", picture=path in fresh)
        tabs = walk.screen.page.locator("main [role=tab]")
        for n in range(1, await tabs.count() if path in fresh else 0):
            await tabs.nth(n).click()
            await walk.look(f"{role}-{called(path)}-{n + 1}-1440", "desk", picture=True)
    await walk.screen.close()
    wrong = walk.wrong
    for width, kind in KINDS.items() if fresh else ():
        small = await Walk.begin(chromium, busy, centre, name, width)
        for path in fresh:
            await small.go(path)
            await small.look(f"{role}-{called(path)}-{kind}", width, picture=True)
        await small.screen.close()
        wrong += small.wrong
    assert places
    assert not wrong


def called(path: str) -> str:
    """desk, orders, order …"""
    return path.strip("/").split("/")[0] if path.count("/") == 1 else "order"
