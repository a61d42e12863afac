"""Loops of a worker that must not end one another: a database that goes away, or a bug, costs a loop a second and nothing else."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from liandong.core.db import TROUBLE

PAUSE = 1.0  # seconds until a loop that failed goes on
log = logging.getLogger(__name__)


async def kept(loop: Callable[..., Awaitable[None]], *values: Any, **named: Any) -> None:
    """Runs `loop(*values, **named)` until it returns or is cancelled; begins it again whenever it fails."""
    name = getattr(loop, "__qualname__", str(loop))
    while True:
        try:
            await loop(*values, **named)
            return
        except TROUBLE as error:
            log.warning("%s: %s", name, error)
        except Exception:
            log.exception("%s failed and begins again", name)
        await asyncio.sleep(PAUSE)
