"""Leaders, supervisors, assessors, administrators and auditors at their screens: by the keyboard, in two widths, without barriers."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from screens import Screen, Town

from liandong.assessment.reading import read_once

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAID = (
    ("和平区路灯不亮", "120101", "050701"),
    ("河东区井盖破损", "120102", "050701"),
    ("西青区占道经营", "120111", "190501"),
    ("滨海新区供暖不热", "120116", "050701"),
    ("南开区噪声扰民", "120104", "190501"),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def busy(town: Town) -> AsyncIterator[Town]:
    """An ordinary morning: calls from many districts, danger at 110, a return that waits, a message that is dead."""
    hotline = town.world.centre("12345")
    for content, division, kind in SAID * 3:
        await hotline.takes(content, division_code=division, class_intake=kind)
    danger = await hotline.takes("南开区一居民家煤气味很大，有人晕倒", division_code="120104")
    await danger.transfer("110", urgent=True)
    await town.world.settle()
    returned = await hotline.takes("小区停车难，占用消防通道", division_code="120103")
    await returned.dispatch(unit=hotline.unit)
    await returned.return_order(reason="not_our_duty", basis="三定规定", text="不属本单位职责")
    dead = await hotline.takes("有人打架", division_code="120105")
    await dead.transfer("110")
    await hotline.pool.execute(
        "UPDATE outbox SET status = 'dead', last_error = '对方拒收' WHERE order_id = $1", dead.order.id
    )
    yield town


async def look(chromium: Any, town: Town, roles: tuple[str, ...], path: str, name: str) -> Screen:
    """Signed in at a place, seen in both widths: nothing runs out of the screen, nothing is a barrier."""
    who = await town.person("12345", *roles)
    phone = await Screen.open(chromium, town, "12345", "phone")
    await phone.sign_in(who)
    await phone.page.goto(path)
    await phone.page.wait_for_selector("h1")
    await phone.page.wait_for_timeout(600)
    assert await phone.overflow() <= 0
    await phone.shot(f"{name}-390")
    await phone.close()
    screen = await Screen.open(chromium, town, "12345")
    await screen.sign_in(who)
    await screen.page.goto(path)
    await screen.page.wait_for_selector("h1")
    return screen


async def clean(screen: Screen, name: str) -> None:
    await screen.shot(f"{name}-1440")
    assert await screen.serious() == []
    assert await screen.overflow() <= 0


async def test_a_leader_sees_the_city_and_opens_a_number_to_its_orders(busy, chromium):
    screen = await look(chromium, busy, ("leader",), "/overview", "leader")
    await screen.see("险情在办")
    await screen.page.wait_for_selector(".map svg path")
    await screen.page.wait_for_selector("[role=img] svg text")
    await clean(screen, "leader")
    await screen.press("3")
    await screen.page.get_by_role("cell", name="煤气味很大").first.wait_for()
    await screen.press("Escape", "w")
    await screen.page.wait_for_selector(".overview.wall")
    await clean(screen, "wall")
    await screen.page.locator(".map g[aria-label^=南开区]").focus()
    await screen.press("Enter")
    await screen.see("南开区：工单")
    await screen.page.get_by_role("cell", name="噪声扰民").first.wait_for()
    await screen.press("j", "Enter")
    await screen.page.wait_for_url("**/orders/**")
    await screen.close()


async def test_a_supervisor_grants_a_return_beside_its_list(busy, chromium):
    screen = await look(chromium, busy, ("supervisor",), "/supervision?tab=review", "supervisor")
    await screen.see("退单审核")
    await screen.press("Enter")
    await screen.page.get_by_role("button", name="不同意退单").wait_for()
    await clean(screen, "supervisor")
    for tab in ("1", "2", "4", "5", "6", "7", "8"):
        await screen.press(f"Alt+{tab}")
        await screen.page.wait_for_selector(f"[role=tab]:nth-child({tab})[aria-selected=true]")
        await screen.page.wait_for_timeout(150)
        assert await screen.page.locator("[role=alert]").count() == 0, tab
    await screen.press("Alt+3", "Enter")
    await screen.page.get_by_role("button", name="不同意退单").click()
    await screen.page.get_by_label("说明").first.fill("职责目录写明由该单位办理")
    await screen.page.get_by_role("button", name="不同意退单").click()
    await screen.see("没有待审批")
    await screen.close()


async def test_an_assessor_goes_from_a_figure_to_its_orders_and_asks_for_an_exclusion(busy, chromium):
    while await read_once(busy.world.centre("12345").node.assessor):
        pass
    screen = await look(chromium, busy, ("supervisor",), "/assessment", "assessor")
    await screen.see("受理量")
    await clean(screen, "assessor")
    await screen.press("Enter")
    await screen.see("受理量：工单")
    await screen.page.get_by_role("button", name="申请剔除").first.click()
    await screen.page.get_by_label("剔除理由").last.click()
    await screen.page.get_by_title("恶意诉求").click()
    await screen.page.get_by_label("依据和证据（至少 10 个字；另一人审批）").fill(
        "录音第 1 分 20 秒起，诉求人自述为测试来电"
    )
    await screen.page.get_by_role("button", name="申请", exact=True).click()
    await screen.see("已申请")
    await screen.press("Escape", "Alt+3")
    await screen.see("malicious")
    async with screen.page.expect_download() as told:
        await screen.press("Alt+1")
        await screen.page.get_by_text("下载 xlsx").click()
    assert (await told.value).suggested_filename.endswith(".xlsx")
    await screen.close()


async def test_an_administrator_makes_an_account_and_sends_a_dead_message_again(busy, chromium):
    screen = await look(chromium, busy, ("admin",), "/admin", "admin")
    await screen.page.get_by_role("button", name="新建账号").click()
    await screen.page.get_by_label("账号", exact=True).last.fill("wang.ming")
    await screen.page.get_by_label("姓名").last.fill("王明")
    await screen.page.get_by_role("button", name="建立").click()
    await screen.see("初始密码")
    await clean(screen, "admin")
    for tab in ("2", "3", "4", "6", "5"):
        await screen.press(f"Alt+{tab}")
        await screen.page.wait_for_timeout(150)
        assert await screen.page.locator("[role=alert]").count() == 0, tab
    await screen.see("对方拒收")
    await screen.shot("admin-queues-1440")
    await screen.page.get_by_role("button", name="重发", exact=True).first.click()
    await screen.see("已重新排队 1 条")
    await screen.close()


async def test_an_auditor_verifies_the_ledger_and_sees_who_signed_in(busy, chromium):
    screen = await look(chromium, busy, ("auditor",), "/auditor", "auditor")
    await screen.see("还没有在这里核验过")
    await screen.press("v")
    await screen.see("完整：")
    await clean(screen, "auditor")
    for tab in ("2", "4", "5", "6", "3"):
        await screen.press(f"Alt+{tab}")
        await screen.page.wait_for_timeout(150)
        assert await screen.page.locator("[role=alert]").count() == 0, tab
    await screen.page.get_by_role("cell", name="person").first.wait_for()
    await screen.close()


async def test_every_place_is_clean_in_the_dark_and_in_english(busy, chromium):
    who = await busy.person("12345", "leader", "supervisor")
    screen = await Screen.open(chromium, busy, "12345")
    await screen.sign_in(who)
    await screen.page.evaluate(
        "localStorage.setItem('liandong.theme', 'dark'); localStorage.setItem('liandong.lang', 'en')"
    )
    for path, title in (
        ("/overview", "Which districts call most today"),
        ("/supervision?tab=risk", "Due soon"),
        ("/assessment", "Denominator"),
    ):
        await screen.page.goto(path)
        await screen.see(title)
        await screen.page.wait_for_timeout(300)
        assert await screen.serious() == [], path
        await screen.shot(f"dark{path.split('?')[0].replace('/', '-')}-1440")
    await screen.close()
