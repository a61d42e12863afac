"""Two centres as real processes: each with a PostgreSQL server of its own, an API and two workers, any of which a test may kill at any moment.

The centres reach each other through gates (tests/gates.py), their desks reach them directly.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from msgspec import Struct
from own_postgres import DATABASE, OwnPostgres

from gates import Gate, open_gate
from liandong.core import db
from liandong.core.clock import SystemClock
from liandong.core.failpoints import KILLED
from liandong.exchange.sealing import new_key, public_text, write_private
from liandong.people.keys import add_key

CENTRES = ("12345", "110")
PARTS = ("serve", "work", "work 2")
PROGRAM = Path(__file__).with_name("program.py")
PATIENCE = 60.0  # seconds for anything to come true on a slow machine
LOOK = 0.1  # seconds between looks
START = 5.0  # seconds that a process may take to start
SHORT_CLOCKS = {"danger_transfer": 1, "police_dispatch": 1}  # seconds; so that clocks run out while faults happen


class Place(Struct, frozen=True):
    """Where a centre is: the address that it listens on, the one its desk uses, the one its peer uses (none: through a gate).

    `prefix` runs a command there.
    """

    listen: str = "127.0.0.1"
    desk: str = "127.0.0.1"
    peer: str = ""
    prefix: tuple[str, ...] = ()


async def until(
    true: Callable[[], Awaitable[Any]], what: str, *, patience: float = PATIENCE, look: float = LOOK
) -> Any:
    """Polls until it is true, within a deadline; an error of the network or the database counts as not yet."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError, *db.TROUBLE):
            if found := await true():
                return found
        await asyncio.sleep(look)
    raise AssertionError(f"after {patience:.0f} s still not: {what}")


class FaultyTown:
    """A process has a name such as `110 work 2`. What ended without being meant to is in `ended`, who died at a failpoint in `died`."""

    def __init__(self, folder: Path, servers: dict[str, OwnPostgres], places: dict[str, Place]) -> None:
        self.folder = folder
        self.servers = servers
        self.places = places
        self.ports = {centre: _free_port() for centre in CENTRES}
        self.gates: dict[str, Gate] = {}
        self.environment: dict[str, dict[str, str]] = {}
        self.ended: list[str] = []
        self.died: list[tuple[str, str]] = []
        self._tokens: dict[str, str] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._started: dict[str, float] = {}
        self._resting: set[str] = set()
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._pools: dict[str, asyncpg.Pool] = {}

    # ---- beginning and end

    async def prepare(self, stack: AsyncExitStack) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "clocks.json").write_text(_clocks(), encoding="utf-8")
        keys = {centre: new_key() for centre in CENTRES}
        for centre, place in self.places.items():
            self.gates[centre] = await stack.enter_async_context(open_gate(place.desk, self.ports[centre]))
        for centre, other in zip(CENTRES, reversed(CENTRES), strict=True):
            write_private(keys[centre], self.folder / f"{centre}.key")
            self.settings(centre).write_text(
                f'centre = "{centre}"\ndsn = "{self.dsn(centre)}"\nlisten = "{self.places[centre].listen}:{self.ports[centre]}"\n'
                f'key_file = "{centre}.key"\nkid = "{centre}-1"\nclocks_file = "clocks.json"\n'
                f'[peers.{other}]\nurl = "{self.peer_url(other)}"\n'
                f'[peers.{other}.public_keys]\n{other}-1 = "{public_text(keys[other])}"\n',
                encoding="utf-8",
            )
            pool = self._pools[centre] = await db.create_pool(self.dsn(centre), size=2, name="liandong tests")
            stack.callback(pool.terminate)
            roles = ["call_taker", "dispatcher", "supervisor", "unit"]
            self._tokens[centre] = (await add_key(pool, SystemClock(), name="desk", roles=roles)).token
            self._clients[centre] = await stack.enter_async_context(httpx.AsyncClient(timeout=5, trust_env=False))

    async def open(self, parts: Iterable[str] = PARTS) -> None:
        for centre in CENTRES:
            for part in parts:
                self.start(f"{centre} {part}")
        for centre in CENTRES:
            await self.up(centre)

    def stop(self) -> None:
        for process in self._processes.values():
            if process.poll() is None:
                process.kill()
        for process in self._processes.values():
            process.wait()

    async def up(self, centre: str) -> None:
        async def healthy() -> bool:
            return (await self.ask("GET", centre, "/health")).status_code == 200

        await until(healthy, f"{centre} answers; see {self.folder}/{centre}-serve.log")

    # ---- processes

    def start(self, name: str) -> None:
        centre, part = name.split(" ", 1)
        self._resting.discard(name)
        self._started[name] = time.monotonic()
        command = [*self.places[centre].prefix, sys.executable, "-W", "ignore", str(PROGRAM), part.split()[0]]
        with (self.folder / f"{name.replace(' ', '-')}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [*command, "--settings", str(self.settings(centre))],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ
                | self.environment.get(centre, {})
                | self.environment.get(name, {})
                | {"LIANDONG_FAILPOINT": f"@{self._failpoint(name)}"},
            )

    def kill(self, *names: str) -> None:
        """kill -9. Whoever keeps the processes up starts them again."""
        for name in names:
            self._processes[name].send_signal(signal.SIGKILL)
        for name in names:
            self._processes[name].wait()

    def rest(self, name: str) -> None:
        """Killed, and not started again until `start`."""
        self._resting.add(name)
        self.kill(name)

    def arm(self, failpoints: dict[str, str]) -> None:
        """Each of these processes dies when it comes to its failpoint; the one that is started in its place does not."""
        for name, failpoint in failpoints.items():
            fresh = self._failpoint(name).with_suffix(".fresh")
            fresh.write_text(failpoint, encoding="utf-8")
            fresh.rename(self._failpoint(name))

    def _failpoint(self, name: str) -> Path:
        return self.folder / f"{name.replace(' ', '-')}.failpoint"

    async def all_died(self, failpoints: dict[str, str]) -> None:
        async def dead() -> bool:
            return all((name, point) in self.died for name, point in failpoints.items())

        try:
            await until(dead, "every process that is armed has died")
        except AssertionError as error:
            alive = [f"{name} at {point}" for name, point in failpoints.items() if (name, point) not in self.died]
            raise AssertionError(f"never reached: {', '.join(alive)}; see {self.folder}") from error

    async def keep_up(self) -> None:
        """As a service manager does: starts again what ended, the databases too."""
        while True:
            for name in self._processes:
                self._look_at(name)
            await asyncio.sleep(0.05)

    def _look_at(self, name: str) -> None:
        code = self._processes[name].poll()
        if code is None or name in self._resting:
            return
        server, started = self.servers[name.split()[0]], self._started[name]
        failpoint = self._failpoint(name)
        if code == KILLED and failpoint.exists():
            self.died.append((name, failpoint.read_text(encoding="utf-8")))
            failpoint.unlink()
        elif code != -signal.SIGKILL and not server.was_down_since(started - START):
            self.ended.append(f"{name}: {code}")
        elif code != -signal.SIGKILL and time.monotonic() - started < 1:
            return  # a start without a database may fail; the next one waits a little
        self.start(name)

    # ---- asking

    def settings(self, centre: str) -> Path:
        return self.folder / f"{centre}.toml"

    def dsn(self, centre: str) -> str:
        return self.servers[centre].dsn(DATABASE)

    def peer_url(self, centre: str) -> str:
        direct = self.places[centre].peer
        return f"http://{direct}:{self.ports[centre]}" if direct else self.gates[centre].url

    def desk_url(self, centre: str) -> str:
        return f"http://{self.places[centre].desk}:{self.ports[centre]}"

    async def ask(self, method: str, centre: str, path: str, body: Any = None, key: str = "") -> httpx.Response:
        headers = {"authorization": f"Bearer {self._tokens[centre]}"} | ({"idempotency-key": key} if key else {})
        return await self._clients[centre].request(method, f"{self.desk_url(centre)}{path}", json=body, headers=headers)

    def pool(self, centre: str) -> asyncpg.Pool:
        return self._pools[centre]

    async def rows(self, centre: str, sql: str, *values: Any) -> list[Any]:
        async def asked() -> list[list[Any]]:
            return [await self._pools[centre].fetch(sql, *values)]

        return (await until(asked, f"the database of {centre} answers"))[0]


@contextlib.asynccontextmanager
async def open_town(
    folder: Path,
    data: Path,
    *,
    template: Path,
    places: dict[str, Place] | None = None,
    disks: dict[str, Path] | None = None,
) -> AsyncIterator[FaultyTown]:
    """`data`: where the databases' folders go, but for those in `disks`. `template`: the folder of a migrated one that is stopped."""
    async with AsyncExitStack() as stack:
        servers = {}
        for centre in CENTRES:
            path = (disks or {}).get(centre) or data.with_name(f"{data.name}-{centre}")
            servers[centre] = await asyncio.to_thread(OwnPostgres, path, template)
            stack.callback(servers[centre].stop)
        town = FaultyTown(folder, servers, {centre: Place() for centre in CENTRES} | (places or {}))
        await town.prepare(stack)
        stack.callback(town.stop)
        yield town


def _clocks() -> str:
    """The shipped table with a few clocks that run out within the test."""
    table = json.loads(files("liandong.catalogue.data").joinpath("clocks.json").read_text(encoding="utf-8"))
    for clock in table["clocks"]:
        if clock["name"] in SHORT_CLOCKS:
            clock["limit"] = {"kind": "seconds", "amount": SHORT_CLOCKS[clock["name"]]}
    return json.dumps(table | {"policy_version": "faults"}, ensure_ascii=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
