"""What a user with bad luck meets: a wrong key, a crash, a lost network, a session that ended, a locked account. What was typed is kept, and sent once."""

from typing import Any

import pytest
from screens import Screen, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_two_presses_make_one_order_and_a_dispatch_by_mistake_is_taken_back(chromium: Any, town: Town) -> None:
    said = "南开区长虹街道黄河道20号院外夜里烧烤店噪音扰民，请处理"
    screen = await Screen.open(chromium, town, "12345")
    await screen.sign_in(await town.person("12345"))
    await screen.page.wait_for_selector(".desk textarea")
    await screen.press("Tab")
    await screen.page.keyboard.type(said)
    await screen.see("派给")
    await screen.press("F9")
    await screen.see("再按一次 F9 确定")
    await screen.press("F9", "F9")
    await screen.page.get_by_role("button", name="撤销").wait_for()
    assert await statuses(town, "12345", said) == ["dispatched"]
    await screen.shot("desk-undo-1440")
    await screen.page.locator("body").click(position={"x": 5, "y": 5})  # nobody is typing
    await screen.press("Control+z")
    await screen.see("已撤销")
    assert await statuses(town, "12345", said) == ["accepted"]
    await screen.press("Alt+n")
    await screen.page.wait_for_selector(".desk textarea:not([disabled])")
    await screen.page.keyboard.type("13820007777")
    await screen.press("Tab")
    twice = "河北区王串场街道路灯不亮"
    await screen.page.keyboard.type(twice)
    await screen.press("Control+Enter", "Control+Enter")
    await screen.see("已受理")
    assert await statuses(town, "12345", twice) == ["accepted"]
    await screen.close()


async def test_the_110_desk_finds_its_call_after_a_crash_and_sends_what_was_typed_offline_once(
    chromium: Any, town: Town
) -> None:
    screen = await Screen.open(chromium, town, "110")
    await screen.sign_in(await town.person("110"))
    await screen.page.goto("/police?caller=13820004444&lat=39.1230&lon=117.1960")
    await screen.see("发生了什么？")
    await screen.press("1")
    await screen.see("有人拿刀、棍或其他凶器吗？")
    await screen.press("Escape")
    said = "有人在路口打起来了"
    await screen.page.keyboard.type(said)
    await screen.page.wait_for_timeout(700)
    page = await screen.context.new_page()
    await screen.page.close(run_before_unload=False)
    screen.page = page
    await page.goto("/police")
    await screen.see("找回未完成的草稿")
    assert await page.locator("textarea.said-here").input_value() == said
    await screen.see("有人拿刀、棍或其他凶器吗？")  # the first answer is still given
    await screen.shot("police-restored-1440")
    await screen.context.set_offline(True)
    await screen.press("F9", "F9")
    await screen.see("还没有送到节点")
    await screen.press("Alt+2")  # answered while it waits here: it goes with it
    await screen.press("Alt+n")
    await screen.press("Escape")
    second = "第二个电话，门口有人醉倒"
    await page.keyboard.type(second)
    await screen.press("Control+Enter")
    await screen.see("2 件在本机等待发送")
    await screen.shot("police-offline-1440")
    await screen.context.set_offline(False)
    await screen.see("已受理")
    rows = await town.world.centre("110").pool.fetch(
        "SELECT content, policing::text FROM orders WHERE content = ANY($1)", [said, second]
    )
    assert sorted(row["content"] for row in rows) == sorted([said, second])
    first = next(row for row in rows if row["content"] == said)
    assert first["policing"].count('"question"') == 2
    await screen.close()


async def test_the_next_call_pops_up_over_a_half_typed_matter_and_nothing_of_either_is_lost(
    chromium: Any, town: Town
) -> None:
    hotline, phone = town.world.centre("12345"), "13820008888"
    await hotline.takes("和平区路灯不亮，上周就反映过", caller={"name": "韩梅", "phone": phone})
    screen = await Screen.open(chromium, town, "12345")
    await screen.sign_in(await town.person("12345"))
    await screen.page.wait_for_selector(".desk textarea")
    await screen.press("Tab")
    half = "第一个电话说到一半"
    await screen.page.keyboard.type(half)
    await screen.page.wait_for_timeout(700)
    await screen.page.goto(f"/desk?caller={phone}&recording=R-1&seat=A07")
    await screen.see("未办结 1")
    await screen.see(half)  # among the unfinished drafts
    await screen.press("Escape")
    said = "和平区路灯不亮，还没有人修"
    await screen.page.keyboard.type(said)
    await screen.see("同一来电号码")
    await screen.shot("desk-pop-1440")
    await screen.press("Control+Enter")
    await screen.page.get_by_role("heading", name="已受理").wait_for()
    call = await hotline.pool.fetchrow(
        "SELECT caller->>'phone' AS phone, call->>'seat' AS seat FROM orders WHERE content = $1", said
    )
    assert (call["phone"], call["seat"]) == (phone, "A07")
    await screen.page.get_by_role("button", name=half).click()
    assert await screen.page.locator(".desk textarea").first.input_value() == half
    await screen.close()


async def statuses(town: Town, centre: str, content: str) -> list[str]:
    rows = await town.world.centre(centre).pool.fetch("SELECT status FROM orders WHERE content = $1", content)
    return [row["status"] for row in rows]


async def test_whoever_sends_danger_is_told_while_the_node_or_the_other_side_does_not_answer(
    chromium: Any, town: Town
) -> None:
    screen = await Screen.open(chromium, town, "12345")
    await screen.sign_in(await town.person("12345"))
    await screen.page.wait_for_selector(".desk textarea")
    held: list[Any] = []

    async def hold(route: Any) -> None:
        if route.request.method == "POST" and not held:
            held.append(route)  # the node hangs: neither an answer nor an end
        else:
            await route.continue_()

    await screen.context.route("**/api/v1/orders", hold)
    await screen.press("Tab")
    said = "和平区劝业场街道有人持刀伤人"
    await screen.page.keyboard.type(said)
    await screen.see("转 110（紧急）")
    await screen.press("F2", "F2")
    await screen.see("节点还没有应答")
    await screen.shot("desk-node-hangs-1440")
    await held[0].continue_()
    await screen.page.get_by_role("heading", name="已受理").wait_for()
    await screen.page.get_by_text("的系统还没有确认收到这起紧急转交").wait_for(
        timeout=12_000
    )  # nobody has carried it over
    await screen.shot("desk-peer-silent-1440")
    await town.world.settle()
    await screen.page.get_by_text("的系统还没有确认收到这起紧急转交").wait_for(state="detached")
    await screen.close()
