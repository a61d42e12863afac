"""The city that is measured: an embedded PostgreSQL, node 12345 and node 110 as processes of their own, in a folder that goes with the run.

Everything that was started here is ended here, by its process id.
"""

import asyncio
import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import httpx
import psutil
from msgspec import Struct

from liandong.core import db
from liandong.core.clock import SystemClock
from liandong.demo.city import DESK, City, NodeAddress, reset, units_of
from liandong.people.keys import add_key

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".work"
PATIENCE = 30.0  # seconds for a node to come up


class Memory(Struct):
    """Megabytes of a node at rest: `pss` shares out what processes have in common, `rss` counts it in each."""

    pss: float
    rss: float


class MeasuredCity(City):
    """The demo's city under load. `databases` beside the nodes' own are made on the same server."""

    def dsn(self, database: str) -> str:
        some_node = next(iter(self.nodes.values()))
        return some_node.dsn.replace(f"liandong_{some_node.centre}", database)

    async def new_database(self, name: str) -> str:
        """A migrated database without a node."""
        dsn = self.dsn(name)
        await db.create_database(self.dsn("postgres"), name)
        await db.migrate(dsn)
        return dsn

    def process(self, centre: str, part: str) -> psutil.Process:
        """`part`: serve | work."""
        return psutil.Process(int((self.folder / f"{centre}-{part}.pid").read_text()))

    def kill(self, centre: str, part: str) -> None:
        """kill -9."""
        process = next(p for p in self._processes if p.pid == self.process(centre, part).pid)
        process.kill()
        process.wait()
        self._processes.remove(process)

    async def start_again(self, centre: str, part: str) -> None:
        """Returns when the node's API answers."""
        self._run(self.nodes[centre], part)
        await self._wait_for(self.nodes[centre])

    def memory(self, centre: str) -> Memory:
        return memory_of([self.process(centre, "serve"), self.process(centre, "work")])

    async def quiet(self) -> None:
        """Stops the clocks of the orders made so far, so that no later measurement hears them fire; flushes what is dirty."""
        for node in self.nodes.values():
            connection = await asyncpg.connect(node.dsn)
            await connection.execute("UPDATE timers SET status = 'stopped' WHERE status IN ('running', 'paused')")
            await connection.execute("VACUUM ANALYZE")
            await connection.close()
        connection = await asyncpg.connect(self.dsn("postgres"))
        await connection.execute("CHECKPOINT")
        await connection.close()

    @contextlib.asynccontextmanager
    async def lone_node(self, database: str) -> AsyncIterator[tuple[NodeAddress, psutil.Process]]:
        """A 12345 of another database, API and worker in one process."""
        dsn = await self.new_database(database)
        pool = await asyncpg.create_pool(dsn, min_size=1, max_size=1)
        async with pool:
            key = await add_key(pool, SystemClock(), name="bench", roles=["call_taker", "dispatcher", "supervisor"])
        listen = f"127.0.0.1:{_free_port()}"
        settings = self.nodes["12345"].settings
        process = _serve(settings, {"LIANDONG_DSN": dsn, "LIANDONG_LISTEN": listen})
        try:
            await _answers(f"http://{listen}", process)
            yield (
                NodeAddress("12345", f"http://{listen}", dsn, settings, {DESK: key.token}),
                psutil.Process(process.pid),
            )
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextlib.asynccontextmanager
async def open_city() -> AsyncIterator[MeasuredCity]:
    """Starts everything, ends everything. One at a time: a second run would measure the first. Raises BlockingIOError."""
    WORK.mkdir(exist_ok=True)
    with _only_one():
        folder = WORK / "bench-city"
        reset(folder)
        city = MeasuredCity(folder)
        try:
            await city.start()
            yield city
        finally:
            city.stop()
            shutil.rmtree(folder, ignore_errors=True)


def memory_of(processes: list[psutil.Process]) -> Memory:
    maps = [process.memory_full_info() for process in processes]
    return Memory(pss=sum(m.pss for m in maps) / 1e6, rss=sum(m.rss for m in maps) / 1e6)


def unit_of(node: NodeAddress) -> str:
    """The org code of a unit that this centre dispatches to."""
    return next(iter(units_of(node.centre)))


def _serve(settings: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with settings.with_name("lone.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "liandong", "serve", "--with-worker", "-s", str(settings)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=os.environ | environment,
        )


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    with (WORK / "bench.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


async def _answers(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    async with httpx.AsyncClient(trust_env=False) as client:
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get(f"{url}/health")).status_code == 200:
                    return
            await asyncio.sleep(0.05)
    raise RuntimeError("the node did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
