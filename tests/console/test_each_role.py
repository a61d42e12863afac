"""Every role at every place of its rail: it lands where its day begins, asks for nothing that it may not see, and shows no bare codes."""

import base64
import re
from typing import Any

import msgspec
import pytest
from screens import Screen, Town

from liandong.settings import TileSettings

pytestmark = pytest.mark.asyncio(loop_scope="module")
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b")
HOMES = {
    "call_taker": "/desk",
    "dispatcher": "/desk",
    "supervisor": "/supervision",
    "leader": "/overview",
    "liaison": "/transfers",
    "unit": "/work",
    "auditor": "/auditor",
    "admin": "/admin",
    "security": "/admin",
}


class Watch:
    """What a page asked for and did not get, and what its console called an error."""

    def __init__(self, page: Any) -> None:
        self.faults: list[str] = []
        page.on("response", self._answered)
        page.on("console", lambda said: said.type == "error" and self.faults.append(said.text))

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status} {response.request.method} {response.url}")

    def clear(self) -> None:
        self.faults.clear()


async def walk(screen: Screen, watch: Watch) -> dict[str, Any]:
    """Every place of the rail, and the first order where there are orders: faults and bare codes by place."""
    bad: dict[str, Any] = {}
    links = await screen.page.eval_on_selector_all(".rail a", "all => all.map(one => one.getAttribute('href'))")
    for link in links:
        await screen.page.click(f".rail a[href='{link}']")
        await screen.page.wait_for_selector(f".rail a.active[href='{link}']")  # drawn, not only asked for
        await rest(screen)
        for tab in await screen.page.eval_on_selector_all("[role=tab]", "all => all.map(one => one.id)") or [""]:
            if tab:
                await screen.page.click(f"#{tab}")
                await rest(screen)
            codes = CODE.findall(await screen.page.inner_text("#work"))
            if watch.faults or codes:
                bad[f"{link} {tab}"] = [*watch.faults, *codes]
            watch.clear()
    return bad


async def rest(screen: Screen) -> None:
    """Until nothing on the page is still being read."""
    await screen.page.wait_for_timeout(60)
    await screen.page.wait_for_selector("#work .skeleton", state="detached")


async def test_every_role_lands_where_its_day_begins_and_nothing_it_opens_is_refused(chromium: Any, town: Town) -> None:
    hotline, police = town.world.centre("12345"), town.world.centre("110")
    danger = await hotline.takes("南开区一居民家煤气味很大，有人晕倒", division_code="120104")
    await danger.transfer("110", urgent=True)
    given = await hotline.takes("和平区路灯不亮，夜里看不清路", division_code="120101")
    await given.dispatch(unit=hotline.unit)
    await town.world.settle()
    there = await police.pool.fetchval("SELECT id FROM orders WHERE danger")
    rights: dict[str, dict[str, str]] = {"unit": {"unit": hotline.unit}, "liaison": {"home": "110"}}
    seen: dict[str, Any] = {}
    for centre, roles in ((hotline, list(HOMES)), (police, ["dispatcher"])):
        screen = await Screen.open(
            chromium, town, centre.code
        )  # one browser for all of a centre's people, one after the other
        watch = Watch(screen.page)
        for role in roles:
            await screen.context.clear_cookies()
            await screen.page.goto("/")
            await screen.page.wait_for_selector("input[name=username]")
            watch.clear()
            besides = ("dispatcher",) if role == "supervisor" else ()
            await screen.sign_in(await town.person(centre.code, role, *besides, **rights.get(role, {})))
            await screen.page.wait_for_url("**/police" if centre is police else f"**{HOMES[role]}*")
            await rest(screen)
            if bad := await walk(screen, watch):
                seen[f"{centre.code} {role}"] = bad
            if role not in ("admin", "security", "liaison"):
                await screen.page.goto(f"/orders/{given.order.id if centre is hotline else there}")
                await rest(screen)
                if watch.faults:
                    seen[f"{centre.code} {role} order"] = list(watch.faults)
        await screen.close()
    assert seen == {}


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
TILES = TileSettings(
    url="https://t{s}.tiles.example/img_w/{z}/{x}/{y}.png",
    hosts=["0", "1"],
    attribution="审图号 GS（样例）",
    most_zoom=18,
)


async def test_map_tiles_come_only_where_the_city_has_set_a_service(
    chromium: Any, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = town.world.centre("12345").node
    name = await town.person("12345", "leader")
    for settings in (node.settings, msgspec.structs.replace(node.settings, map_tiles=TILES)):
        monkeypatch.setattr(node, "settings", settings)
        asked: list[str] = []
        screen = await Screen.open(chromium, town, "12345")
        watch = Watch(screen.page)

        async def give(route: Any, *, into: list[str] = asked) -> None:
            into.append(route.request.url)
            await route.fulfill(body=PIXEL, content_type="image/png")

        await screen.context.route("https://*.tiles.example/**", give)
        await screen.sign_in(name)
        await screen.page.wait_for_selector(".map svg path")
        await screen.page.wait_for_timeout(500)
        if settings.map_tiles.urls:
            await screen.see("审图号 GS（样例）")
            assert 4 <= len(asked) <= 60
            assert all(re.search(r"//t[01]\.tiles\.example/img_w/\d+/\d+/\d+\.png$", url) for url in asked)
            await screen.shot("overview-tiles-1440")
        else:
            assert asked == []
        faults = [one for one in watch.faults if "401" not in one]  # nobody was signed in at first
        assert faults == [], "the policy of the page lets the tiles in"
        await screen.close()


async def test_the_description_of_the_interface_is_read_without_internet_and_without_scripts(
    chromium: Any, town: Town
) -> None:
    screen = await Screen.open(chromium, town, "12345")
    watch = Watch(screen.page)
    outside: list[str] = []
    screen.page.on(
        "request", lambda request: request.url.startswith(town.addresses["12345"]) or outside.append(request.url)
    )
    await screen.page.goto("/schema")
    row = screen.page.locator("details", has_text="/api/v1/intake/look").first
    await row.locator("summary").click()
    await row.get_by_text("application/json").first.wait_for()
    await screen.shot("schema-1440")
    assert await screen.page.locator("script").count() == 0
    assert (watch.faults, outside) == ([], [])
    await screen.close()
