"""Group execution: calls that wait at the same moment go to the database as one statement.

A lane owns one connection and drains its queue; nothing waits for a timer, so a lone call goes at once and a crowd
shares one round trip and one durable commit. A statement that fails whole is replayed row by row, so one bad row
touches only its own caller.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

import asyncpg

from .errors import AppError

T = TypeVar("T")
R = TypeVar("R")

log = logging.getLogger(__name__)

Statement = Callable[[asyncpg.Connection, Sequence[Any]], Awaitable[Sequence[Any]]]
CONNECTION_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    OSError,
)
SHUTTING_DOWN = (asyncpg.AdminShutdownError, asyncpg.CrashShutdownError)
# The statement was rolled back and would fail for anybody just now: the disk is full, connections ran out, the server takes no writes.
NOT_NOW = (
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
)
MAX_BATCH = 256


class OutcomeUnknown(Exception):
    """The connection was lost while the statement ran: it may or may not have been committed."""


class Lane(Generic[T, R]):
    """One connection with its queue. `statement` takes the waiting items and answers one result for each, in order.

    `key` names what two items of a batch must not share (an order's id): the second waits for the next batch.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[asyncpg.Connection]],
        statement: Statement,
        key: Callable[[T], Any] | None = None,
    ) -> None:
        self._connect = connect
        self._statement = statement
        self._key = key
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._wake = asyncio.Event()
        self._connection: asyncpg.Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self.batches = 0
        self.items = 0

    async def start(self) -> None:
        self._connection = await self._connect()
        self._task = asyncio.create_task(self._drain())

    async def stop(self) -> None:
        """Finishes what waits, then closes."""
        await asyncio.gather(*(future for _, future in self._waiting), return_exceptions=True)
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._connection and not self._connection.is_closed():
            await self._connection.close()

    @property
    def depth(self) -> int:
        return len(self._waiting)

    def submit(self, item: T) -> "asyncio.Future[R]":
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self._wake.set()
        return future

    async def _drain(self) -> None:
        while True:
            await self._wake.wait()
            batch = self._take()
            if not self._waiting:
                self._wake.clear()
            if batch:
                await self._run(batch)

    def _take(self) -> list[tuple[T, "asyncio.Future[R]"]]:
        if self._key is None:
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            return batch
        batch, later, seen = [], [], set()
        for pair in self._waiting:
            key = self._key(pair[0])
            if len(batch) < MAX_BATCH and key not in seen:
                seen.add(key)
                batch.append(pair)
            else:
                later.append(pair)
        self._waiting = later
        return batch

    async def _run(self, batch: list[tuple[T, "asyncio.Future[R]"]]) -> None:
        try:
            results = await self._execute([item for item, _ in batch])
        except (OutcomeUnknown, AppError) as lost:
            for _, future in batch:
                _fail(future, lost)
            return
        except Exception as error:
            if len(batch) == 1:
                _fail(batch[0][1], error)
                return
            for pair in batch:  # one row spoiled the statement: each is tried alone
                await self._run([pair])
            return
        self.batches += 1
        self.items += len(batch)
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)

    async def _execute(self, items: list[T]) -> Sequence[R]:
        if self._connection is None or self._connection.is_closed():
            try:
                self._connection = await self._connect()
            except (*CONNECTION_LOST, *SHUTTING_DOWN, *NOT_NOW) as error:
                raise AppError("try_again", "数据库暂时无法连接") from error
        try:
            return await self._statement(self._connection, items)
        except (*CONNECTION_LOST, *SHUTTING_DOWN) as error:
            log.warning("database connection lost: %s", error)
            self._drop_connection()
            raise OutcomeUnknown from error
        except NOT_NOW as error:
            log.warning("the database can't do it now: %s", error)
            self._drop_connection()  # another server may have taken over
            raise AppError("try_again", "数据库暂时不能写入") from error

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


def _fail(future: "asyncio.Future[Any]", error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)


class Lanes(Generic[T, R]):
    """Several lanes; items with the same `spread` value always take the same lane, so they never race each other here."""

    def __init__(self, lanes: Sequence[Lane[T, R]], spread: Callable[[T], int]) -> None:
        self.lanes = lanes
        self._spread = spread

    async def start(self) -> None:
        for lane in self.lanes:
            await lane.start()

    async def stop(self) -> None:
        for lane in self.lanes:
            await lane.stop()

    def submit(self, item: T) -> "asyncio.Future[R]":
        return self.lanes[self._spread(item) % len(self.lanes)].submit(item)
