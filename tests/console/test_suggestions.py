"""Proposals at the desk with how sure they are, the models' place and the topics' place: by the keyboard, in two widths, without barriers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from screens import Screen, Town

from liandong.suggesting.following import count_days, follow
from liandong.suggesting.retraining import train_now
from liandong.suggesting.store import promote
from liandong.topics.keeping import default_topics, gather_topics
from suggesting.conftest import small
from suggesting.past import past

pytestmark = pytest.mark.asyncio(loop_scope="module")
LOUD = "南开区长虹街道黄河道12号，半夜施工噪音扰民，太吵睡不着"
PLANT = "丽景苑旁搅拌站夜间生产，粉尘很大，窗户不敢开"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def taught(town: Town) -> AsyncIterator[Town]:
    """A past to learn from, models in force with a candidate beside, and a topic that grows."""
    centre = town.world.centre("12345")
    node = centre.node
    policy = small()
    node.suggesting.policy = policy
    async with past(node.pool, node.clock.now(), 240, days=20):
        await train_now(node.pool, node.clock, node.policy, policy, apart=False)
        for name in ("class", "type", "unit"):
            await promote(node.pool, name, 1, by="李示例", reason="检验合格，启用", now=node.clock.now())
        await train_now(node.pool, node.clock, node.policy, policy, apart=False)
        await node.suggesting.models.refresh(node.pool)
        for number in range(5):
            place = {"lon": 117.15 + number / 900, "lat": 39.12 + number % 3 / 900}
            await centre.takes(
                f"{PLANT}，{number}号楼", division_code="120104", class_intake="070100", incident={"wgs84": place}
            )
        await gather_topics(node.pool, node.clock, node.policy, default_topics(), apart=False)
        yield town


async def opened(chromium: Any, town: Town, roles: tuple[str, ...], path: str, name: str) -> Screen:
    who = await town.person("12345", *roles)
    phone = await Screen.open(chromium, town, "12345", "phone")
    await phone.sign_in(who)
    await phone.page.goto(path)
    await phone.page.wait_for_selector("h1")
    await phone.page.wait_for_timeout(500)
    assert await phone.overflow() <= 0
    await phone.shot(f"{name}-390")
    await phone.close()
    screen = await Screen.open(chromium, town, "12345")
    await screen.sign_in(who)
    await screen.page.goto(path)
    await screen.page.wait_for_selector("h1")
    return screen


async def test_the_desk_shows_how_sure_it_is_and_keeps_what_was_shown(chromium: Any, taught: Town) -> None:
    screen = await Screen.open(chromium, taught, "12345")
    await screen.sign_in(await taught.person("12345"))
    await screen.page.wait_for_selector(".desk textarea")
    await screen.page.keyboard.type("13820007777")
    await screen.press("Tab")
    await screen.page.keyboard.type(LOUD)
    await screen.page.wait_for_selector(".desk .guess")
    assert "噪声污染" in await screen.page.locator(".desk .guess").first.inner_text()
    await screen.see("以前类似的")
    await screen.shot("desk-suggested-1440")
    assert await screen.serious() == []
    await screen.press("Alt+5", "Alt+4", "Alt+a", "F9", "F9")
    await screen.see("已受理")
    pool, node = taught.world.centre("12345").pool, taught.world.centre("12345").node
    row = await pool.fetchrow("SELECT id, class_intake, unit, status FROM orders WHERE content = $1", LOUD)
    assert (row["class_intake"], row["unit"], row["status"]) == ("070200", "11120104YB00018525", "dispatched")
    while await follow(pool, node.clock):
        pass
    while await count_days(pool):
        pass
    kept = await pool.fetch(
        "SELECT field, chosen, model FROM suggestions WHERE order_id = $1 ORDER BY field", row["id"]
    )
    assert [(one["field"], one["chosen"]) for one in kept] == [
        ("class", "070200"),
        ("type", "complaint"),
        ("unit", "11120104YB00018525"),
    ]
    await screen.close()


async def test_a_supervisor_reads_the_cards_promotes_with_a_reason_and_rolls_back(chromium: Any, taught: Town) -> None:
    screen = await opened(chromium, taught, ("supervisor",), "/models", "models")
    await screen.see("候选")
    await screen.press("Enter")
    await screen.see("与 class 1 在同样")
    await screen.shot("models-1440")
    assert await screen.serious() == []
    await screen.page.get_by_label("理由").fill("新一周数据，检验不降")
    await screen.page.get_by_role("button", name="启用").click()
    await screen.page.locator("li", has_text="新一周数据").wait_for()
    node = taught.world.centre("12345").node
    assert node.suggesting.models.loaded["class"].card.version == 2
    await screen.page.get_by_label("理由").fill("先用回原来的")
    await screen.page.get_by_role("button", name="退回上一个").click()
    await screen.page.locator("li", has_text="先用回原来的").wait_for()
    assert node.suggesting.models.loaded["class"].card.version == 1
    for key, name in (("Alt+2", "acceptance"), ("Alt+3", "drift"), ("Alt+4", "self")):
        await screen.press(key)
        await screen.page.wait_for_timeout(500)
        await screen.shot(f"models-{name}-1440")
        assert await screen.serious() == []
    await screen.close()


async def test_a_topic_opens_to_its_orders_and_somebody_is_asked_to_act(chromium: Any, taught: Town) -> None:
    screen = await opened(chromium, taught, ("supervisor",), "/topics", "topics")
    await screen.page.get_by_role("button", name="丽景").first.click()
    await screen.see("每日件数")
    await screen.shot("topics-1440")
    assert await screen.serious() == []
    await screen.page.get_by_label("理由").fill("请区城管委先到现场看")
    await screen.page.get_by_role("button", name="安排先去处理").click()
    await screen.page.locator("p", has_text="请区城管委先到现场看").wait_for()
    await screen.press("Alt+3")
    await screen.see("丽景")
    await screen.close()
