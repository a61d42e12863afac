"""The door of a centre as its peers see it: a TCP port before the real one, which a test can shut, slow down, or let somebody else answer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

Answerer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Gate:
    """`delay`: seconds before each piece passes; `rate`: bytes a second each way, without limit when None."""

    def __init__(self, host: str, port: int) -> None:
        self._to = host, port
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._answerer: Answerer | None = None
        self.port = 0
        self.delay = 0.0
        self.rate: int | None = None
        self.passed = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def mend(self) -> None:
        """Everything passes again, at full speed, to the real centre."""
        self.delay, self.rate, self._answerer = 0.0, None, None
        self._break_all()
        if self._server is None or not self._server.is_serving():
            self._server = await asyncio.start_server(self._enter, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Every connection breaks and no new one is taken."""
        if self._server is not None:
            self._server.close()
        self._break_all()
        await asyncio.sleep(0)

    def slow(self, *, delay: float = 0.0, rate: int | None = None) -> None:
        self.delay, self.rate = delay, rate

    def answer_with(self, answerer: Answerer) -> None:
        """Somebody else answers from now on."""
        self._answerer = answerer
        self._break_all()

    def _break_all(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _enter(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._open.add(writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                if self._answerer is not None:
                    await self._answerer(reader, writer)
                else:
                    await self._pass_on(reader, writer)
        finally:
            self._open.discard(writer)
            self._tasks.discard(task)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._to)
        self._open.add(back)
        try:
            await asyncio.gather(self._pour(reader, back), self._pour(there, writer))
        finally:
            self._open.discard(back)
            back.close()

    async def _pour(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(self.rate or 65536):
                await asyncio.sleep(self.delay + (len(data) / self.rate if self.rate else 0))
                self.passed += len(data)
                sink.write(data)
                await sink.drain()
        sink.close()

    async def end(self) -> None:
        await self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@contextlib.asynccontextmanager
async def open_gate(host: str, port: int) -> AsyncIterator[Gate]:
    gate = Gate(host, port)
    await gate.mend()
    try:
        yield gate
    finally:
        await gate.end()
