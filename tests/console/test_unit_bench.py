"""A unit's bench, at a desk and on a telephone: signed for, worked on with a photo, drafted, reviewed, answered; the police called in one tap."""

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from screens import AXE, Screen, Town

from world import unit_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
SAID = "南开区长虹街道路灯坏了三天，晚上很黑"


async def sent_to_unit(town: Town, said: str) -> Any:
    order = await town.world.centre("12345").takes(said, title=said[:20])
    await order.act("dispatch", unit=unit_of("12345"))
    return order


def photo(folder: Path) -> Path:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + bytes([40, 90, 160] * 64) for _ in range(64))
    path = folder / "路灯.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    return path


async def do(screen: Screen, label: str) -> None:
    """The action of this label, by the number that stands beside it."""
    button = screen.page.locator(".one-order .actions .ant-btn", has_text=label).first
    await button.wait_for()
    await screen.press(await button.locator("kbd").inner_text())


async def test_an_order_is_signed_for_worked_on_reviewed_and_answered(
    chromium: Any, town: Town, tmp_path: Path
) -> None:
    order = await sent_to_unit(town, SAID)
    screen = await Screen.open(chromium, town, "12345")
    picture = photo(tmp_path)
    screen.page.on("filechooser", lambda chooser: chooser.set_files(picture))
    await screen.sign_in(await town.person("12345", "unit", unit=unit_of("12345")))
    await screen.page.goto("/work")
    await screen.see(SAID[:20])
    await screen.press("Enter")
    await do(screen, "签收")
    await screen.press("Control+Enter")
    await screen.see("签收 ✓")
    await do(screen, "开始办理")
    await screen.press("Control+Enter")
    await screen.see("开始办理 ✓")
    await screen.press("Alt+p")
    await screen.page.wait_for_selector(".photos img")
    await do(screen, "起草答复")
    await screen.page.get_by_label("答复内容").focus()
    await screen.page.keyboard.type("已更换灯头，今晚恢复照明。")
    await screen.press("Control+Enter")
    await screen.see("待审核")
    await screen.shot("work-draft-1440")
    await order.look()
    assert order.status == "handling"
    assert [one.name for one in order.snapshot.attachments] == ["路灯.png"]
    await screen.close()


async def test_the_police_are_called_in_one_tap_on_a_telephone(chromium: Any, town: Town) -> None:
    order = await sent_to_unit(town, SAID + "，请尽快修好")
    screen = await Screen.open(chromium, town, "12345", "phone")
    await screen.sign_in(await town.person("12345", "unit", unit=unit_of("12345")))
    await screen.page.goto(f"/work?order={order.id}")
    await screen.see("请尽快修好")
    await screen.shot("work-order-390")
    await screen.page.get_by_role("button", name="一键呼叫 110").click()
    await screen.see("已告知 110")
    await town.world.settle()
    there = await town.world.centre("110").pool.fetchval(
        "SELECT danger FROM orders WHERE matter_id = $1", order.matter_id
    )
    assert there is True
    await screen.close()


async def test_a_lost_line_does_not_lose_the_call_for_the_police(chromium: Any, town: Town) -> None:
    order = await sent_to_unit(town, SAID + "，今天修吗")
    screen = await Screen.open(chromium, town, "12345", "phone")
    await screen.sign_in(await town.person("12345", "unit", unit=unit_of("12345")))
    await screen.page.goto(f"/work?order={order.id}")
    await screen.see("今天修吗")
    await screen.context.set_offline(True)
    await screen.press("F1")
    await screen.see("请同时拨打 110")
    await screen.context.set_offline(False)
    await screen.see("已告知 110")
    await order.look()
    assert order.snapshot.order.danger
    await screen.close()


async def test_the_page_is_free_of_serious_findings_and_fits_both_screens(chromium: Any, town: Town) -> None:
    if not AXE.is_file():
        pytest.skip("console/node_modules has no axe-core (npm ci)")
    order = await sent_to_unit(town, SAID + "。又坏了")
    name = await town.person("12345", "unit", unit=unit_of("12345"))
    for width, pixels in (("desk", 1440), ("phone", 390)):
        screen = await Screen.open(chromium, town, "12345", width)
        await screen.sign_in(name)
        for path, shot, ready in (
            ("/work", "work", ".bench button"),
            (f"/work?order={order.id}", "work-order", ".one-order .actions"),
        ):
            await screen.page.goto(path)
            await screen.page.locator(ready).first.wait_for()
            await screen.page.wait_for_timeout(300)
            await screen.shot(f"{shot}-{pixels}")
            assert await screen.serious() == []
            assert await screen.overflow() <= 0
        await screen.close()
