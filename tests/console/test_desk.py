"""The 12345 desk as an operator uses it: keyboard only, with the network going away, on a large screen and a small one."""

from typing import Any

import pytest
from screens import AXE, Screen, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

DANGER = "和平区劝业场街道滨江道88号楼下煤气泄漏，味道很大，有人晕倒了"
NOISE = "南开区长虹街道黄河道12号院外夜里烧烤店噪音扰民，请处理"


async def test_danger_is_taken_down_and_handed_to_110_without_the_mouse(chromium: Any, town: Town) -> None:
    screen = await Screen.open(chromium, town, "12345")
    await screen.sign_in(await town.person("12345"))
    await screen.page.wait_for_selector(".desk textarea")
    pressed = ["Tab", "F2", "F2"]
    await screen.page.keyboard.type("13820001111")
    await screen.press(pressed[0])
    await screen.page.keyboard.type(DANGER)
    await screen.see("转 110（紧急）")
    await screen.press(pressed[1])
    await screen.see("对方不能拒收")
    await screen.shot("desk-danger-1440")
    assert await town.count(DANGER) == 0, "one key alone sends no danger"
    await screen.press(pressed[2])
    await screen.see("已受理")
    await screen.page.wait_for_selector(".desk .tag.red")
    await screen.page.wait_for_selector(".desk h2 .num, .desk .panel a[href^='/orders/']")
    await screen.shot("desk-taken-1440")
    await town.world.settle()
    assert await town.count(DANGER) == 1
    there = await town.world.centre("110").pool.fetchrow("SELECT status, content FROM orders")
    assert there["content"].startswith(DANGER)
    assert len(pressed) < 30
    await screen.press("Alt+n")
    await screen.see("只受理")
    await screen.close()


async def test_grey_proposals_are_taken_by_tab_and_a_unit_gets_the_order(chromium: Any, town: Town) -> None:
    screen = await Screen.open(chromium, town, "12345")
    await screen.sign_in(await town.person("12345"))
    await screen.page.wait_for_selector(".desk textarea")
    await screen.page.keyboard.type("13820002222")
    await screen.press("Tab")
    await screen.page.keyboard.type(NOISE)
    await screen.page.wait_for_selector(".desk .proposed")
    await screen.shot("desk-proposals-1440")
    await screen.press("Alt+a")
    assert (
        await screen.page.get_by_label("事发地点").input_value()
        == "南开区长虹街道黄河道12号院外夜里烧烤店噪音扰民"[:40]
    )
    await screen.press("F9")
    await screen.see("再按一次 F9 确定")
    await screen.press("F9")
    await screen.see("已受理")
    row = await town.world.centre("12345").pool.fetchrow(
        "SELECT status, type, unit FROM orders WHERE content = $1", NOISE
    )
    assert row["status"] == "dispatched"
    assert row["type"] == "complaint"
    assert row["unit"]
    await screen.close()


async def test_a_network_lost_in_mid_call_loses_nothing_and_sends_nothing_twice(chromium: Any, town: Town) -> None:
    screen = await Screen.open(chromium, town, "12345")
    await screen.sign_in(await town.person("12345"))
    said = "河东区中山门街道路灯坏了三天没有人修"
    await screen.page.wait_for_selector(".desk textarea")
    await screen.page.keyboard.type("13820003333")
    await screen.press("Tab")
    await screen.page.keyboard.type(said[:8])
    await screen.context.set_offline(True)
    await screen.see("网络中断")
    await screen.page.keyboard.type(said[8:])
    await screen.press("Control+Enter")
    await screen.see("等待发送")
    await screen.shot("desk-offline-1440")
    assert await town.count(said) == 0
    await screen.context.set_offline(False)
    await screen.see("已受理")
    assert await town.count(said) == 1
    await screen.page.reload()
    await screen.page.wait_for_selector(".desk textarea")
    await screen.page.wait_for_timeout(600)
    assert await town.count(said) == 1
    await screen.close()


async def test_an_answer_that_got_lost_is_asked_for_again_with_the_same_key(chromium: Any, town: Town) -> None:
    screen = await Screen.open(chromium, town, "12345")
    await screen.sign_in(await town.person("12345"))
    said = "河西区友谊路街道咨询社保卡补办需要什么材料"
    lost = 0

    async def lose(route: Any) -> None:
        nonlocal lost
        if route.request.method != "POST" or lost:
            return await route.continue_()
        lost += 1
        await route.fetch()  # the node has done it; its answer never comes
        await route.abort()

    await screen.context.route("**/api/v1/orders", lose)
    await screen.page.wait_for_selector(".desk textarea")
    await screen.press("Tab")
    await screen.page.keyboard.type(said)
    await screen.press("Control+Enter")
    await screen.see("已受理")
    assert lost == 1
    assert await town.count(said) == 1
    await screen.close()


async def test_a_half_typed_matter_is_found_again_after_a_crash(chromium: Any, town: Town) -> None:
    screen = await Screen.open(chromium, town, "12345")
    await screen.sign_in(await town.person("12345"))
    await screen.page.wait_for_selector(".desk textarea")
    await screen.press("Tab")
    await screen.page.keyboard.type("有人反映小区电梯困人")
    await screen.page.wait_for_timeout(700)
    page = await screen.context.new_page()
    await screen.page.close(run_before_unload=False)
    screen.page = page
    await page.goto("/desk")
    await screen.see("找回未完成的草稿")
    assert await page.locator(".desk textarea").first.input_value() == "有人反映小区电梯困人"
    await screen.close()


async def test_every_page_is_free_of_serious_findings_and_fits_its_screen(chromium: Any, town: Town) -> None:
    if not AXE.is_file():
        pytest.skip("console/node_modules has no axe-core (npm ci)")
    name = await town.person("12345")
    order = await town.world.centre("12345").takes(NOISE + "。已经反映过两次")
    for width, pixels in (("desk", 1440), ("phone", 390)):
        screen = await Screen.open(chromium, town, "12345", width)
        await screen.page.wait_for_selector("input[name=username]")
        findings = {"sign-in": await screen.serious()}
        await screen.shot(f"sign-in-{pixels}")
        await screen.sign_in(name)
        for place, path, ready in (
            ("desk", "/desk", ".desk textarea"),
            ("orders", "/orders", ".orders .one"),
            ("order", f"/orders/{order.id}", ".timeline li"),
        ):
            await screen.page.goto(path)
            await screen.page.wait_for_selector(ready)
            await screen.page.wait_for_timeout(300)
            await screen.shot(f"{place}-{pixels}")
            findings[place] = await screen.serious()
            assert await screen.overflow() <= 0, (place, pixels)
        assert not any(findings.values()), findings
        await screen.close()
