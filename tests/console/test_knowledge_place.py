"""Answer cards at the screen: written by one, approved by another, found beside a call, cited, mended; and the switch of automatic answering."""

from typing import Any

import pytest
from screens import AXE, Screen, Town

from liandong.knowledge.files import import_cards, read_cards, sample

pytestmark = pytest.mark.asyncio(loop_scope="module")
TITLE = "夜间路灯报修"


async def test_a_card_is_written_approved_cited_beside_a_call_and_mended(chromium: Any, town: Town) -> None:
    hotline = town.world.centre("12345")
    writer = await Screen.open(chromium, town, "12345")
    await writer.sign_in(await town.person("12345", "call_taker"))
    await writer.page.goto("/knowledge?tab=search&card=new")
    await writer.page.get_by_label("标题").fill(TITLE)
    await writer.page.get_by_label("群众怎么问").fill("路灯不亮找谁修\n路灯坏了怎么报修")
    await writer.page.get_by_label("答复", exact=True).fill("请说明灯杆编号，照明单位两个工作日内修复。")
    await choose_unit(writer)
    await writer.shot("knowledge-editor-1440")
    await writer.page.get_by_role("button", name="存为草稿").click()
    await writer.see("已存为草稿")
    await writer.page.get_by_role("button", name="提交审核").click()
    await writer.see("待审核")
    assert not await writer.page.get_by_role("button", name="审核通过").count(), "nobody approves their own"

    chief = await Screen.open(chromium, town, "12345")
    await chief.sign_in(await town.person("12345", "supervisor"))
    await chief.page.goto("/knowledge?tab=waiting")
    await chief.see(TITLE)
    await chief.press("Enter")
    await chief.see("两个工作日内修复")
    await chief.page.get_by_role("button", name="审核通过").click()
    await chief.page.locator(".tag.green", has_text="使用中").wait_for()

    await writer.page.click(".rail a[href='/desk']")
    await writer.page.wait_for_selector(".desk textarea")
    await writer.press("Tab")
    said = "小区门口路灯不亮，想问一下找谁修"
    await writer.page.keyboard.type(said)
    await writer.page.locator(".desk .card", has_text=TITLE).wait_for()
    await writer.shot("desk-knowledge-1440")
    await writer.press("Alt+1")
    await writer.see("计为即问即答")
    await writer.press("Control+Enter")
    await writer.see("已受理")
    row = await hotline.pool.fetchrow("SELECT status, card->>'number' AS card FROM orders WHERE content = $1", said)
    number = await hotline.pool.fetchval("SELECT number FROM cards WHERE title = $1", TITLE)
    assert (row["status"], row["card"]) == ("closed", number)

    await writer.page.goto(f"/knowledge?tab=cards&card={number}")
    await writer.see("近一年引用 1 次")
    await writer.page.get_by_label("哪里不对").fill("没有说夜间值班电话")
    await writer.page.get_by_role("button", name="提交反馈").click()
    await writer.see("已提交，负责单位须在时限内答复 ✓")
    await chief.page.goto("/knowledge?tab=feedback")
    await chief.see("没有说夜间值班电话")
    await chief.press("Enter")
    await chief.page.get_by_label("理由").fill("已补充，见第2版")
    await chief.page.get_by_role("button", name="答复", exact=True).click()
    await chief.see("没有待答复的反馈")
    await writer.page.get_by_role("button", name="修改（起草新版）").click()
    answer = writer.page.locator(".editor label", has_text="答复").locator("textarea")
    await answer.fill("请说明灯杆编号，照明单位一个工作日内修复。")
    await writer.page.get_by_role("button", name="存为草稿").click()
    await writer.page.locator("ins", has_text="一").wait_for()
    assert await writer.page.locator("del").first.inner_text() == "两"
    await writer.shot("knowledge-diff-1440")
    await writer.close()
    await chief.close()


async def choose_unit(screen: Screen) -> None:
    await screen.page.get_by_role("combobox", name="负责单位").click()
    await screen.page.keyboard.type("和平区")
    await screen.page.locator(".ant-select-item-option").first.click()


async def test_the_switch_of_automatic_answering_is_pressed_with_a_reason_and_put_back(
    chromium: Any, town: Town
) -> None:
    screen = await Screen.open(chromium, town, "12345")
    await screen.sign_in(await town.person("12345", "supervisor"))
    await screen.page.goto("/knowledge?tab=surge")
    await screen.see("来电都由人工接听")
    await screen.page.get_by_label("理由").fill("暴雨，来电骤增")
    await screen.page.get_by_role("button", name="人工开启").click()
    await screen.see("人工坐席不足时由卡片自动应答")
    await screen.page.get_by_role("cell", name="暴雨，来电骤增").wait_for()
    await screen.shot("surge-1440")
    await screen.page.get_by_role("button", name="撤销").click()
    await screen.see("来电都由人工接听")
    await screen.close()


async def test_the_knowledge_pages_are_free_of_serious_findings_and_fit_both_screens(chromium: Any, town: Town) -> None:
    if not AXE.is_file():
        pytest.skip("console/node_modules has no axe-core (npm ci)")
    await import_cards(town.world.centre("12345").node.knowledge, read_cards(sample()), by="甲", approved_by="乙")
    name = await town.person("12345", "supervisor")
    for width, pixels in (("desk", 1440), ("phone", 390)):
        screen = await Screen.open(chromium, town, "12345", width)
        await screen.sign_in(name)
        await screen.page.goto("/knowledge?q=社保卡丢了")
        await screen.page.wait_for_selector(".cards li")
        await screen.shot(f"knowledge-{pixels}")
        assert width == "phone" or await screen.serious() == []
        assert await screen.overflow() <= 0
        await screen.page.locator(".cards li button").first.click()
        await screen.see("近一年引用")
        await screen.shot(f"knowledge-card-{pixels}")
        assert width == "desk" or await screen.serious() == []
        assert await screen.overflow() <= 0
        await screen.close()
