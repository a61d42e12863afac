"""Reads that are asked for at the same moment go to the database as one query.

Nothing waits for a timer: a lone question goes at once, a crowd that came while it ran shares the next query. It takes a connection
only while something is asked. Reads alone: a query that fails fails for everybody who asked in it, and may be asked again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

MAX_TOGETHER = 256


class Gathered(Generic[K, V]):
    """`answer` takes what was asked together and gives one answer for each, in order."""

    def __init__(self, answer: Callable[[Sequence[K]], Awaitable[Sequence[V]]]) -> None:
        self._answer = answer
        self._waiting: list[tuple[K, asyncio.Future[V]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, key: K) -> V:
        """Raises what the query raised. Whoever gives up waiting disturbs nobody else."""
        future: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        self._waiting.append((key, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        while self._waiting:
            together, self._waiting = self._waiting[:MAX_TOGETHER], self._waiting[MAX_TOGETHER:]
            try:
                answers = await self._answer([key for key, _ in together])
            except Exception as error:
                for _, future in together:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), answer in zip(together, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
