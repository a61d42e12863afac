"""What the clock does: switches off when no fresh load comes, and files what a stopped process left."""

import asyncio

from liandong.surge.service import Surge

PAUSE = 10.0  # seconds between looks


async def keep_surge(surge: Surge) -> None:
    """Runs until cancelled."""
    while True:
        await surge.look()
        await surge.file_waiting()
        await asyncio.sleep(PAUSE)
