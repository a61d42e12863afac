"""The 110 desk by the keyboard alone: danger first, somebody sent in two keys, the part that is not for the police handed over."""

from typing import Any

import pytest
from screens import AXE, Screen, Town

from liandong.orders.model import Point
from liandong.policing.units import keep_position, keep_state
from world import unit_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAID = "和平区劝业场街道滨江道有人打架，门口的井盖也被掀了"


async def on_duty(town: Town) -> str:
    """A police unit near the scene."""
    node = town.world.centre("110").node
    unit = unit_of("110")
    await keep_position(node.pool, unit, Point(lat=39.1220, lon=117.1950), None, node.clock.now(), "test")
    await keep_state(node.pool, unit, "available", node.clock.now(), "test")
    return unit


async def test_a_call_is_asked_for_danger_taken_in_and_sent_out_by_two_keys(chromium: Any, town: Town) -> None:
    unit = await on_duty(town)
    screen = await Screen.open(chromium, town, "110")
    await screen.sign_in(await town.person("110"))
    await screen.page.goto("/police?caller=13820004444&lat=39.1230&lon=117.1960")
    await screen.see("发生了什么？")
    await screen.press("1")
    await screen.see("有人拿刀、棍或其他凶器吗？")
    await screen.press("2")
    await screen.see("险情")
    await screen.press("Escape")
    await screen.page.keyboard.type(SAID)
    await screen.press("Alt+1")
    await screen.see("有几个人受伤？")
    await screen.press("Escape")
    await screen.shot("police-questions-1440")
    await screen.press("F9")
    await screen.see("再按一次 F9 派出")
    await screen.shot("police-armed-1440")
    row = await of_said(town)
    assert row["unit"] is None, "one key sends nobody"
    assert row["danger"]
    await screen.press("F9")
    await screen.see("已派警")
    row = await of_said(town)
    assert row["unit"] == unit
    await screen.press("F2")
    await screen.see("再按一次 F2 确定")
    await screen.press("F2")
    await screen.see("转交 ✓")
    await screen.shot("police-sent-1440")
    part = await town.world.centre("110").pool.fetchrow(
        "SELECT peer, part FROM transfers WHERE order_id = $1", row["id"]
    )
    assert part is not None
    assert (part["peer"], part["part"]) == ("12345", True)
    await screen.press("Alt+n")
    await screen.see("发生了什么？")
    await screen.close()


async def of_said(town: Town) -> Any:
    return await town.world.centre("110").pool.fetchrow("SELECT id, unit, danger FROM orders WHERE content = $1", SAID)


async def test_a_call_that_did_not_reach_the_node_is_kept_and_sent_once(chromium: Any, town: Town) -> None:
    screen = await Screen.open(chromium, town, "110")
    await screen.sign_in(await town.person("110"))
    await screen.page.goto("/police")
    await screen.see("发生了什么？")
    await screen.press("Escape")
    said = "河东区有人喝多了躺在路边"
    await screen.page.keyboard.type(said)
    await screen.context.set_offline(True)
    await screen.press("F9")
    await screen.see("还没有送到节点")
    await screen.page.wait_for_timeout(3500)
    await screen.context.set_offline(False)
    await screen.see("已受理")
    count = await town.world.centre("110").pool.fetchval("SELECT count(*) FROM orders WHERE content = $1", said)
    assert count == 1
    await screen.close()


async def test_the_page_is_free_of_serious_findings_and_fits_both_screens(chromium: Any, town: Town) -> None:
    if not AXE.is_file():
        pytest.skip("console/node_modules has no axe-core (npm ci)")
    name = await town.person("110")
    for width, pixels in (("desk", 1440), ("phone", 390)):
        screen = await Screen.open(chromium, town, "110", width)
        await screen.sign_in(name)
        await screen.page.goto("/police?caller=13820005555&lat=39.1230&lon=117.1960")
        await screen.see("发生了什么？")
        await screen.page.wait_for_timeout(400)
        await screen.shot(f"police-{pixels}")
        assert await screen.serious() == []
        assert await screen.overflow() <= 0
        await screen.close()
