"""Two centres as real processes, `python -m liandong serve` and `work`, which tests may kill at any moment."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from liandong.core import db
from liandong.core.clock import SystemClock
from liandong.core.failpoints import KILLED
from liandong.exchange.sealing import new_key, public_text, write_private
from liandong.people.keys import add_key

CENTRES = ("12345", "110")
PATIENCE = 40.0  # seconds for anything to come true on a slow machine
LOOK = 0.03  # seconds between looks
START = 3.0  # seconds that a process may take to start


async def until(true: Callable[[], Awaitable[Any]], what: str, patience: float = PATIENCE) -> Any:
    """Polls until it is true, within a deadline; an error of the network or the database counts as not yet."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            if found := await true():
                return found
        await asyncio.sleep(LOOK)
    raise AssertionError(f"after {patience:.0f} s still not: {what}")


class Town:
    """`dsns` by centre. A process has a name such as `110 serve`."""

    def __init__(self, folder: Path, dsns: dict[str, str]) -> None:
        self.folder = folder
        self.dsns = dsns
        self.ports = {centre: _free_port() for centre in CENTRES}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.tokens: dict[str, str] = {}
        self.started: dict[str, float] = {}
        self.ended: list[str] = []
        self.database_killed_at = float("inf")

    async def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        keys = {centre: new_key() for centre in CENTRES}
        for centre, other in zip(CENTRES, reversed(CENTRES), strict=True):
            write_private(keys[centre], self.folder / f"{centre}.key")
            self.settings(centre).write_text(
                f'centre = "{centre}"\ndsn = "{self.dsns[centre]}"\nlisten = "127.0.0.1:{self.ports[centre]}"\n'
                f'key_file = "{centre}.key"\nkid = "{centre}-1"\n[peers.{other}]\nurl = "http://127.0.0.1:{self.ports[other]}"\n'
                f'[peers.{other}.public_keys]\n{other}-1 = "{public_text(keys[other])}"\n',
                encoding="utf-8",
            )
            async with self.pool(centre) as pool:
                roles = ["call_taker", "dispatcher", "supervisor"]
                self.tokens[centre] = (await add_key(pool, SystemClock(), name="desk", roles=roles)).token

    def settings(self, centre: str) -> Path:
        return self.folder / f"{centre}.toml"

    def start(self, centre: str, part: str, failpoint: str = "") -> subprocess.Popen[bytes]:
        name = f"{centre} {part}"
        with (self.folder / f"{centre}-{part}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "liandong", part, "--settings", str(self.settings(centre))],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | {"LIANDONG_FAILPOINT": failpoint},
            )
        self.processes[name] = process
        self.started[name] = time.monotonic()
        return process

    async def keep_up(self) -> None:
        """As a service manager does: starts again what ended. A start without a database may fail; whatever ends otherwise is in `ended`."""
        while True:
            for name, process in list(self.processes.items()):
                if process.poll() not in {None, -signal.SIGKILL}:
                    if self.started[name] < self.database_killed_at - START:
                        self.ended.append(f"{name}: {process.returncode}")
                    self.start(*name.split())
            await asyncio.sleep(0.1)

    def kill(self, centre: str, part: str) -> None:
        """kill -9."""
        process = self.processes[f"{centre} {part}"]
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
        for process in self.processes.values():
            process.wait()

    async def up(self, centre: str) -> None:
        async def healthy() -> bool:
            return (await self.ask("GET", centre, "/health")).status_code == 200

        await until(healthy, f"{centre} answers; see {self.folder}/{centre}-serve.log")

    async def died_at_its_failpoint(self, process: subprocess.Popen[bytes]) -> None:
        async def dead() -> bool:
            return process.poll() is not None

        await until(dead, "the process reached its failpoint")
        assert process.returncode == KILLED

    async def ask(self, method: str, centre: str, path: str, body: Any = None, key: str = "") -> httpx.Response:
        headers = {"authorization": f"Bearer {self.tokens[centre]}"} | ({"idempotency-key": key} if key else {})
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            url = f"http://127.0.0.1:{self.ports[centre]}{path}"
            return await client.request(method, url, json=body, headers=headers)

    async def insist(self, method: str, centre: str, path: str, body: Any = None, key: str = "") -> httpx.Response:
        """As a real client does: the same request with the same key until there is an answer."""

        async def answered() -> httpx.Response | None:
            answer = await self.ask(method, centre, path, body, key)
            return answer if answer.status_code < 500 else None

        return await until(answered, f"{method} {path} is answered")

    @contextlib.asynccontextmanager
    async def pool(self, centre: str) -> AsyncIterator[asyncpg.Pool]:
        pool = await db.create_pool(self.dsns[centre], size=2, name="liandong tests")
        try:
            yield pool
        finally:
            pool.terminate()

    async def rows(self, centre: str, sql: str, *values: Any) -> list[Any]:
        async with self.pool(centre) as pool:
            return await pool.fetch(sql, *values)

    async def all_delivered(self) -> None:
        async def none_waits() -> bool:
            return not [
                row
                for centre in CENTRES
                for row in await self.rows(centre, "SELECT 1 FROM outbox WHERE status = 'pending' LIMIT 1")
            ]

        await until(none_waits, "every message is delivered")

    def verify(self, centre: str) -> None:
        """`liandong verify`, as a person would run it."""
        command = [sys.executable, "-W", "ignore", "-m", "liandong", "verify", "--settings", str(self.settings(centre))]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "intact" in done.stdout


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
