"""The place of emergencies before a real browser: the board, the wall, a declaration, mass calls, on a desk and on a phone."""

from typing import Any
from uuid import uuid4

import pytest
from screens import Screen, Town

from liandong.emergencies import actions as act
from world import Actor

pytestmark = pytest.mark.asyncio(loop_scope="module")
LEADER = Actor(id="值班长", roles=frozenset({"supervisor"}))
OTHER = Actor(id="副班长", roles=frozenset({"supervisor"}))


async def settle(town: Town) -> None:
    for _ in range(10):
        await town.world.settle()
        if not sum([await centre.node.watching.look_once() for centre in town.world.centres]):
            return


async def test_an_emergency_is_led_and_its_callers_are_taken_down_on_a_screen(town: Town, chromium: Any) -> None:
    hotline, police = town.world.centres
    for n in range(6):
        await hotline.takes(
            f"阳光花园{n}号楼爆炸了，玻璃都震碎了", caller={"phone": f"1380000{n:04}"}, division_code="120104"
        )
    await settle(town)
    leader, desk = await town.person("12345", "supervisor"), await town.person("110", "call_taker")
    screen = await Screen.open(chromium, town, "12345")
    await screen.sign_in(leader)
    await screen.page.goto("/emergencies")
    await screen.see("疑似突发事件")
    await screen.page.locator(".proposal button", has_text="宣布事件").click()
    await screen.page.locator("input[type=number]").nth(1).fill("12")
    await screen.page.locator("form button[type=submit]", has_text="宣布事件").click()
    await screen.see("处置卡")
    await screen.see("受伤12人")
    state = (await hotline.node.emergencies.listed(_board(), 10))[0]
    assert (state.level, len(state.orders), state.mass_call) == (3, 6, True)
    await _lead(town, state.id)
    await screen.page.reload()
    await screen.see("正在疏散，请勿靠近，我们会回电。")
    assert await screen.serious() == []
    await screen.shot("emergency-desk")
    for name in ("tasks", "broadcasts", "log", "after", "calls"):
        await screen.page.locator(f"#tab-{name}").click()
        await screen.page.wait_for_timeout(300)
        await screen.shot(f"emergency-{name}")
        assert await screen.serious() == [], name
    await screen.page.goto("/emergencies?wall")
    await screen.see("任务")
    name_size = await screen.page.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('.board .name')).fontSize)"
    )
    assert name_size >= 60, "read at six metres on a wall of 1080 lines two metres wide"
    await screen.shot("emergency-wall")
    phone = await Screen.open(chromium, town, "110", "phone")
    await phone.sign_in(desk)
    await phone.see("正在疏散，请勿靠近，我们会回电。")
    await phone.page.goto(f"/emergencies?id={state.id}&tab=calls")
    await phone.page.locator("input[inputmode=tel]").fill("13911112222")
    await phone.page.keyboard.press("Enter")
    await phone.see("已登记，会回电")
    await phone.page.locator("input[inputmode=tel]").fill("13911112222")
    await phone.page.keyboard.press("Enter")
    await phone.see("不必再问")
    await phone.shot("emergency-phone")
    assert await phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert (await police.node.callers.counts(state)).waiting == 1
    assert screen.faults + phone.faults == []
    await screen.context.close()
    await phone.context.close()


async def _lead(town: Town, emergency_id: Any) -> None:
    hotline, police = town.world.centres
    say = "正在疏散，请勿靠近，我们会回电。"
    given = [
        act.SendBroadcast(id=uuid4(), text="疏散3号楼周边，关断片区供气"),
        act.DraftAgreedAnswer(text=say),
        act.AskResource(id=uuid4(), what="照明车", amount=2),
        act.Note(text="现场指挥部设在东门", place=act.PlaceGiven(text="东门")),
    ]
    for one in given:
        await hotline.node.emergencies.act(emergency_id, one, LEADER)
    await hotline.node.emergencies.act(emergency_id, act.AgreeAnswer(no=1, text=say), OTHER)
    await settle(town)
    await police.node.emergencies.act(emergency_id, act.AcceptTask(key="gas/order"), LEADER)
    await settle(town)


def _board() -> Any:
    from liandong.emergencies.service import Board

    return Board()
