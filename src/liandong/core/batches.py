"""Rows that a worker has claimed are worked off beside each other."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any


async def work_off(
    rows: Sequence[Any], work: Callable[[Any], Awaitable[None]], *, at_once: int, log: logging.Logger, what: str
) -> None:
    """A row whose work fails unforeseen is logged and left: its claim runs out, and it is tried again."""
    gate = asyncio.Semaphore(at_once)

    async def one(row: Any) -> None:
        async with gate:
            await work(row)

    results = await asyncio.gather(*(one(row) for row in rows), return_exceptions=True)
    for row, result in zip(rows, results, strict=True):
        if isinstance(result, BaseException):
            log.error("%s %s", what, row["id"], exc_info=result)
