"""What goes wrong or takes two people, at the screens of both centres: each story by the keys that stand beside the buttons."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio
from screens import PASSWORD, Screen, Town

from world import unit_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
NOISE = "河西区友谊路街道小区门口夜里有人大声唱歌"


class Seats:
    """Who sits where in this module: each signs in once."""

    def __init__(self, chromium: Any, town: Town) -> None:
        self.chromium, self.town = chromium, town
        self.kept: dict[tuple[Any, ...], Screen] = {}

    async def at(self, centre: str, *roles: str, unit: str | None = None, width: str = "desk") -> Screen:
        key = (centre, roles, unit, width)
        if key not in self.kept:
            screen = self.kept[key] = await Screen.open(self.chromium, self.town, centre, width)
            screen.name = await self.town.person(centre, *roles, unit=unit)
            await screen.sign_in(screen.name)
        return self.kept[key]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seats(chromium: Any, town: Town) -> AsyncIterator[Seats]:
    async with AsyncExitStack() as stack:
        made = Seats(chromium, town)
        yield made
        for screen in made.kept.values():
            stack.push_async_callback(screen.close)


async def handed_over(town: Town, said: str) -> Any:
    """A matter of 12345 that 110 took."""
    order = await town.world.centre("12345").takes(said)
    await order.transfer("110")
    await town.world.settle()
    await (await order.at("110")).act("accept_transfer")
    await town.world.settle()
    return order


async def with_unit(town: Town, said: str) -> Any:
    order = await town.world.centre("12345").takes(said)
    await order.dispatch(unit=unit_of("12345"))
    return order


async def test_a_mistaken_transfer_is_asked_back_and_given_back(seats, town):
    order = await handed_over(town, NOISE + "，转错了")
    desk, police = await seats.at("12345"), await seats.at("110")
    await desk.at(f"/orders/{order.id}")
    await desk.do("请求撤回误转")
    await desk.write("原因", "应由城管处理")
    await desk.press("Control+Enter")
    await desk.see("请求撤回误转 ✓")
    await town.world.settle()
    there = await order.at("110")
    await police.at(f"/orders/{there.id}")
    await police.see("应由城管处理")
    await police.do("同意撤回")
    await police.press("Control+Enter")
    await police.see("同意撤回 ✓")
    await town.world.settle()
    await desk.see("已受理")
    assert await town.world.owners(order.matter_id) == ["12345"]


async def test_a_leader_rules_in_the_negotiation_room(seats, town):
    order = await town.world.centre("12345").takes(NOISE + "，归谁管")
    await order.transfer("110")
    await town.world.settle()
    there = await order.at("110")
    await there.act("negotiate", owner="12345", basis_kind="catalogue", basis="事项清单 G0101")
    await town.world.settle()
    leader = await seats.at("12345", "leader")
    await leader.at("/transfers")
    await leader.see("主张归 12345")
    await leader.press("Alt+g")
    await leader.choose("主张归属", "110")
    await leader.write("依据", "治安管理处罚法第八十七条")
    await leader.press("Control+Enter")
    async with asyncio.timeout(10):  # the word stands on the button, too: the ruling itself is waited for
        while await town.world.owners(order.matter_id) != ["110"]:
            await asyncio.sleep(0.1)
            await town.world.settle()
    await leader.shot("room-ruled-1440")


async def test_an_answer_is_reviewed_before_it_is_given(seats, town):
    order = await with_unit(town, NOISE + "，请答复")
    await order.act("sign_for")
    await order.act("start_handling")
    worker = await seats.at("12345", "unit", unit=unit_of("12345"))
    await worker.at(f"/work?order={order.id}")
    await worker.do("起草答复")
    await worker.write("答复内容", "已劝离，并与物业约定巡查。")
    await worker.press("Control+Enter")
    await worker.see("待审核")
    head = await seats.at("12345", "unit", unit=unit_of("12345"), width="phone")
    await head.at(f"/work?order={order.id}")
    await head.do("审核答复稿")
    await head.choose("通过", "是")
    await head.press("Control+Enter")
    await head.see("审核答复稿 ✓")
    await worker.see("审核通过")
    await order.look()
    assert order.order.handling.drafts[-1].status == "approved"


async def test_more_time_is_asked_for_and_granted(seats, town):
    order = await with_unit(town, NOISE + "，要多几天")
    await order.act("sign_for")
    worker, boss = await seats.at("12345", "unit", unit=unit_of("12345")), await seats.at("12345", "supervisor")
    await worker.at(f"/work?order={order.id}")
    await worker.do("申请延期")
    await worker.write("工作日", "3")
    await worker.write("原因", "需联合执法")
    await worker.write("证据", "联席会议纪要第4号")
    await worker.press("Control+Enter")
    await worker.see("申请延期 ✓")
    await boss.at("/supervision?tab=review")
    await boss.see("延期")
    await boss.press("Enter")
    await boss.see("需联合执法")
    await boss.do("同意延期")
    await boss.press("Control+Enter")
    await boss.see("同意延期 ✓")
    await order.look()
    assert order.order.handling.extensions[-1].status == "granted"


async def test_a_unit_returns_with_a_basis_and_it_is_granted(seats, town):
    order = await with_unit(town, NOISE + "，不归我们")
    worker, boss = await seats.at("12345", "unit", unit=unit_of("12345")), await seats.at("12345", "supervisor")
    await worker.at(f"/work?order={order.id}")
    await worker.do("申请退单")
    await worker.press("Control+Enter")
    await worker.see("请填写")
    await worker.choose("原因", "不属于本单位职责")
    await worker.write("依据", "三定规定第五条")
    await worker.press("Control+Enter")
    await worker.see("申请退单 ✓")
    await boss.at("/supervision?tab=review")
    await boss.see("退单审核")
    await boss.press("Enter")
    await boss.see("依据：三定规定第五条")
    await boss.do("同意退单")
    await boss.press("Control+Enter")
    await boss.see("同意退单 ✓")
    await order.look()
    assert order.status == "returned"


async def test_a_unit_in_trouble_gets_the_police_by_one_tap(seats, town):
    order = await with_unit(town, NOISE + "，现场有人威胁执法人员")
    worker = await seats.at("12345", "unit", unit=unit_of("12345"), width="phone")
    await worker.at(f"/work?order={order.id}")
    await worker.see("一键呼叫 110")
    await worker.press("F1")
    await worker.see("已告知 110")
    await town.world.settle()
    police = await seats.at("110")
    there = await order.at("110")
    await police.at("/police")
    await police.see(there.order.number)
    await police.at(f"/orders/{there.id}")
    await police.do("派警")
    await police.choose("承办单位", "派出所", "派出所")
    await police.press("Control+Enter")
    await police.see("派警 ✓")
    await town.world.settle()
    await worker.see("110")
    assert (await there.look()).status == "dispatched"


async def test_two_people_on_one_order_are_told_and_nothing_is_lost(seats, town):
    order = await town.world.centre("12345").takes(NOISE + "，两个人同时办")
    first, second = await seats.at("12345"), await seats.at("12345", "call_taker", "dispatcher")
    await second.context.route(
        "**/api/v1/live*", lambda route: route.abort()
    )  # what the first does it does not hear of
    for screen in (first, second):
        await screen.at(f"/orders/{order.id}")
    await second.do("更正")
    await second.page.get_by_role("button", name="选填项").or_(second.page.get_by_label("标题")).first.wait_for()
    await second.write("标题", "夜里唱歌扰民")
    await first.do("补充")
    await first.write("说明", "诉求人补充：已持续一周")
    await first.press("Control+Enter")
    await first.see("补充 ✓")
    await second.press("Control+Enter")
    await second.see("内容已被他人更新")
    await second.see("【补充】诉求人补充：已持续一周")
    await second.press("Control+Enter")
    await second.see("更正 ✓")
    await order.look()
    assert order.order.title == "夜里唱歌扰民"
    assert "已持续一周" in order.order.content


async def test_a_session_that_ends_leaves_the_half_typed_form_where_it_is(seats, town):
    screen = await Screen.open(seats.chromium, town, "12345")
    name = await town.person("12345")
    await screen.sign_in(name)
    await screen.page.wait_for_selector(".desk textarea")
    await screen.press("Tab")
    said = NOISE + "，说到一半登录过期"
    await screen.page.keyboard.type(said[:10])
    await town.world.centre("12345").node.people.ring.end_all(name, by="test")
    await screen.see("登录已失效")
    await screen.page.keyboard.type(said[10:])
    await screen.press("Control+Enter")
    await screen.see("登录后自动送出")
    assert await town.count(said) == 0
    await screen.shot("expired-1440")
    await screen.press("Alt+l")  # the name is known, the password is asked for
    await screen.page.keyboard.type("wrong-" + PASSWORD)
    await screen.press("Enter")
    await screen.page.locator(".expired form [role=alert]").wait_for()
    await screen.page.locator("input[name=password]").fill(PASSWORD)
    await screen.press("Enter")
    await screen.page.get_by_text("登录后自动送出").first.wait_for(state="detached")
    assert await town.count(said) == 1
    await screen.close()
