"""A matter that two centres dispute: offered, seen before it is accepted, talked over with a call, settled. Keyboard only, both nodes."""

from typing import Any

import pytest
from screens import AXE, Screen, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAID = "河西区友谊路街道小区门口停车起了争执，物业不管，请处理"


async def offered(town: Town, said: str) -> Any:
    order = await town.world.centre("12345").takes(said)
    await order.act("offer_transfer", to="110")
    await town.world.settle()
    return order


async def test_an_offer_rings_is_previewed_and_accepted_with_one_key(chromium: Any, town: Town) -> None:
    order = await offered(town, SAID)
    screen = await Screen.open(chromium, town, "110")
    await screen.sign_in(await town.person("110"))
    await screen.page.goto("/transfers")
    await screen.see("12345 转来一件，请应答")
    await screen.see("应答剩")
    assert (await screen.page.title()).startswith("● ")
    await screen.see(SAID)
    await screen.shot("transfers-inbox-1440")
    await screen.press("F8")
    await screen.see("没有待办的转接")
    await town.world.settle()
    assert order.status == "following"
    await screen.close()


async def test_a_return_needs_a_typed_reason_and_its_basis(chromium: Any, town: Town) -> None:
    order = await offered(town, SAID + "。第二件")
    screen = await Screen.open(chromium, town, "110")
    await screen.sign_in(await town.person("110"))
    await screen.page.goto("/transfers")
    await screen.see("应答剩")
    await screen.press("F7")
    await screen.page.wait_for_selector("form[aria-label]")
    await screen.press("Control+Enter")
    await screen.see("请填写")
    await screen.shot("transfers-return-1440")
    await screen.press("ArrowDown", "Enter")
    await screen.page.get_by_role("textbox", name="依据", exact=True).focus()
    await screen.page.keyboard.type("职责清单第三条：停车秩序由属地管理")
    await screen.press("Control+Enter")
    await screen.see("没有待办的转接")
    await town.world.settle()
    assert order.snapshot.transfers[0].status == "returned"
    await screen.close()


async def test_two_centres_negotiate_with_a_three_way_call(chromium: Any, town: Town) -> None:
    order = await offered(town, SAID + "。第三件")
    there = await Screen.open(chromium, town, "110")
    await there.sign_in(await town.person("110"))
    await there.page.goto("/transfers")
    await there.see("应答剩")
    await there.press("F6")
    await there.page.wait_for_selector("form[aria-label]")
    await there.page.get_by_role("combobox", name="主张归属").focus()
    await there.page.keyboard.type("12345")
    await there.press("Enter")
    await there.page.get_by_role("textbox", name="依据", exact=True).focus()
    await there.page.keyboard.type("事项清单 G0101")
    await there.press("Control+Enter")
    await there.see("协商室")
    await town.world.settle()
    here = await Screen.open(chromium, town, "12345")
    await here.sign_in(await town.person("12345"))
    await here.page.goto("/transfers")
    await here.see("主张归 12345")
    await here.press("F4")
    await here.see("通话中")
    await town.world.settle()
    await there.page.reload()
    await there.see("加入通话")
    await there.press("F4")
    await there.see("结束通话")
    await town.world.settle()
    await here.see("110 坐席")
    await here.shot("transfers-room-1440")
    await here.press("Alt+r")
    await here.see("保留自办 ✓")
    await town.world.settle()
    await here.see("没有待办的转接")
    assert order.snapshot.order.responsible
    assert order.snapshot.transfers[0].status == "kept"
    await there.close()
    await here.close()


async def test_the_page_is_free_of_serious_findings_and_fits_both_screens(chromium: Any, town: Town) -> None:
    if not AXE.is_file():
        pytest.skip("console/node_modules has no axe-core (npm ci)")
    await offered(town, SAID + "。第四件")
    name = await town.person("110")
    for width, pixels in (("desk", 1440), ("phone", 390)):
        screen = await Screen.open(chromium, town, "110", width)
        await screen.sign_in(name)
        await screen.page.goto("/transfers")
        await screen.page.wait_for_selector(".timeline li")
        await screen.shot(f"transfers-{pixels}")
        assert await screen.serious() == []
        assert await screen.overflow() <= 0
        await screen.close()
