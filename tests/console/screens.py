"""A person before a screen of the console."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

from liandong.people.accounts import Rights
from world import World

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / ".work" / "screens"
PASSWORD = "Kite-7413-Harbour"
CHROMIUM = os.environ.get("CHROMIUM", shutil.which("chromium") or "/usr/bin/chromium")
DESK_ROLES = ["call_taker", "dispatcher", "supervisor"]
AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = {"desk": (1440, 900), "phone": (390, 844), "zoomed": (720, 450)}  # 1440 at 200 %


class Town:
    """12345 and 110 with their addresses. `person` makes an account and returns its name."""

    def __init__(self, world: World, addresses: dict[str, str]) -> None:
        self.world = world
        self.addresses = addresses
        self._count = 0

    async def person(
        self, centre: str, *roles: str, unit: str | None = None, home: str | None = None, division: str | None = None
    ) -> str:
        self._count += 1
        name = f"person{self._count}"
        await self.world.centre(centre).node.people.accounts.add(
            name,
            f"坐席{self._count}",
            Rights(list(roles or DESK_ROLES), unit, home, division),
            password=PASSWORD,
            by="test",
            granted=True,
            must_change=False,
        )
        return name

    async def count(self, content: str) -> int:
        """How many orders of 12345 say this."""
        found: int = await self.world.centre("12345").pool.fetchval(
            "SELECT count(*) FROM orders WHERE starts_with(content, $1)", content
        )
        return found


class Screen:
    """One page of one browser. `faults`: what the page's console called an error."""

    def __init__(self, page: Any, context: Any) -> None:
        self.page = page
        self.context = context
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    @classmethod
    async def open(cls, chromium: Any, town: Town, centre: str, width: str = "desk") -> "Screen":
        x, y = WIDTHS[width]
        context = await chromium.new_context(
            base_url=town.addresses[centre],
            viewport={"width": x, "height": y},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(8000)
        page = await context.new_page()
        await page.goto("/")
        return cls(page, context)

    async def sign_in(self, name: str) -> None:
        """By the keyboard alone."""
        await self.page.wait_for_selector("input[name=username]")
        await self.page.keyboard.type(name)
        await self.press("Tab")
        await self.page.keyboard.type(PASSWORD)
        await self.press("Enter")
        await self.page.wait_for_selector(".rail a")

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def at(self, path: str) -> None:
        """Another page of the same person."""
        await self.page.goto(path)
        await self.page.wait_for_selector("h1, textarea, .actions")

    async def do(self, label: str) -> None:
        """The action of this label, by the number that stands beside it, or by Enter where it has none."""
        button = self.page.locator(".actions .ant-btn", has_text=label).first
        await button.wait_for()
        number = button.locator("kbd")
        if await number.count():
            return await self.press(await number.text_content())
        await button.focus()
        await self.press("Enter")

    async def write(self, field: str, text: str) -> None:
        """Typed into a field of the open form."""
        form = self.page.locator("form.stack")
        place = form.get_by_role("textbox", name=field).or_(form.get_by_role("spinbutton", name=field)).first
        await place.focus()
        await self.page.keyboard.type(text)

    async def choose(self, field: str, option: str, typed: str = "") -> None:
        """From a list of the open form, by typing where there are many."""
        await self.page.locator("form.stack").get_by_role("combobox", name=field).first.focus()
        if typed:
            await self.page.keyboard.type(typed)
        elif not await self.page.locator(".ant-select-dropdown:visible").count():
            await self.press("Enter")
        found = self.page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=option).first
        await found.wait_for()
        for _ in range(30):
            if "ant-select-item-option-active" in (await found.get_attribute("class") or ""):
                break
            await self.press("ArrowDown")
        await self.press("Enter")

    async def see(self, text: str) -> None:
        await self.page.get_by_text(text).first.wait_for()

    async def shot(self, name: str) -> None:
        SCREENS.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=str(SCREENS / f"{name}.png"))

    async def serious(self) -> list[str]:
        """What axe-core calls serious or critical."""
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = await self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {json.dumps([node['html'][:160] for node in one['nodes'][:3]], ensure_ascii=False)}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]

    async def overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return int(
            await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )

    async def close(self) -> None:
        await self.context.close()
        assert not self.faults, self.faults
