"""The demo's city: an embedded PostgreSQL and two (or all eight) nodes as processes of their own. It stops what it started and nothing else."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import psutil
from msgspec import Struct

from liandong.catalogue.centres import default_centres
from liandong.catalogue.units import default_units
from liandong.core import db
from liandong.core.clock import SystemClock
from liandong.demo.cards import make_cards
from liandong.demo.people import DemoAccount, accounts_of, make_accounts, password_of
from liandong.exchange.sealing import new_key, public_text, read_private, write_private
from liandong.people.keys import add_key
from liandong.postgres import EmbeddedPostgres

CENTRES = ("12345", "110")
EVERYBODY = (*CENTRES, "119", "120", "water", "power", "gas", "heat")
PREFERRED_PORTS = dict(zip(EVERYBODY, (8345, 8110, 8119, 8120, 8201, 8202, 8203, 8204), strict=True))
DESK = "desk"
PATIENCE = 30.0  # seconds for a node to come up


class NodeAddress(Struct, frozen=True):
    """`tokens`: API keys by whose they are: `desk`, or a unit's org code. `accounts`: who may sign in."""

    centre: str
    url: str
    dsn: str
    settings: Path
    tokens: dict[str, str]
    accounts: list[DemoAccount] = []


class City:
    """Everything in one folder, so that a second run finds it and `reset` removes it."""

    def __init__(self, folder: Path, centres: tuple[str, ...] = CENTRES) -> None:
        self.folder = folder
        self.centres = centres
        self.nodes: dict[str, NodeAddress] = {}
        self.password = ""  # of all accounts of this demo
        self._server: EmbeddedPostgres | None = None
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def found_data(self) -> bool:
        return (self.folder / "postgres" / "PG_VERSION").exists()

    async def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._end_leftovers()
        self._server = EmbeddedPostgres(self.folder / "postgres")
        ports = {centre: _free_port(PREFERRED_PORTS[centre]) for centre in self.centres}
        keys = {centre: self._signing_key(centre) for centre in self.centres}
        self.password = password_of(self.folder)
        for centre in self.centres:
            dsn = self._server.dsn(f"liandong_{centre}")
            await db.create_database(self._server.dsn(), f"liandong_{centre}")
            await db.migrate(dsn)
            path = self._write_settings(centre, dsn, ports, keys)
            tokens = await self._tokens(centre, dsn)
            people = accounts_of(centre, list(units_of(centre)), self.centres)
            await make_accounts(dsn, people, self.password)
            await make_cards(path, centre)
            self.nodes[centre] = NodeAddress(centre, f"http://127.0.0.1:{ports[centre]}", dsn, path, tokens, people)
        for node in self.nodes.values():
            if self._is_small:  # one process a centre
                self._run(node, "serve", "--with-worker")
            else:
                self._run(node, "serve")
                self._run(node, "work")
        await asyncio.gather(*(self._wait_for(node) for node in self.nodes.values()))

    def stop(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.terminate()
        for process in self._processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for pid_file in self.folder.glob("*.pid"):
            pid_file.unlink()
        if self._server is not None:
            self._server.stop()

    def ended(self) -> str | None:
        """The log of a process that ended by itself, if one did."""
        for process in self._processes:
            if process.poll() is not None:
                return str(process.args)
        return None

    @property
    def _is_small(self) -> bool:
        """Many centres on one machine: each makes do with little."""
        return len(self.centres) > len(CENTRES)

    def _run(self, node: NodeAddress, part: str, *options: str) -> None:
        log = (self.folder / f"{node.centre}-{part}.log").open("ab")
        process = subprocess.Popen(  # noqa: S603 (our own interpreter and settings)
            [sys.executable, "-m", "liandong", part, *options, "--settings", str(node.settings)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the demo, which then stops its processes in order
        )
        log.close()
        self._processes.append(process)
        (self.folder / f"{node.centre}-{part}.pid").write_text(str(process.pid))

    async def _wait_for(self, node: NodeAddress) -> None:
        until = time.monotonic() + PATIENCE
        async with httpx.AsyncClient(trust_env=False) as client:
            while time.monotonic() < until and self.ended() is None:
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(f"{node.url}/health")).status_code == 200:
                        return
                await asyncio.sleep(0.05)
        raise RuntimeError(f"节点 {node.centre} 没有启动，请看 {self.folder}/{node.centre}-serve.log")

    def _signing_key(self, centre: str) -> str:
        path = self.folder / f"{centre}.key"
        if not path.exists():
            write_private(new_key(), path)
        return public_text(read_private(path))

    def _write_settings(self, centre: str, dsn: str, ports: dict[str, int], keys: dict[str, str]) -> Path:
        lines = [
            f'centre = "{centre}"',
            f'dsn = "{dsn}"',
            f'listen = "127.0.0.1:{ports[centre]}"',
            f'key_file = "{centre}.key"',
        ]
        lines.append(f'kid = "{centre}-1"')
        if self._is_small:
            lines += ["commit_lanes = 1", "pool_size = 4"]
        for peer in self.centres:
            if peer != centre:
                lines += [f"[peers.{peer}]", f'url = "http://127.0.0.1:{ports[peer]}"']
                lines += [f"[peers.{peer}.public_keys]", f'{peer}-1 = "{keys[peer]}"']
        path = self.folder / f"{centre}.toml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    async def _tokens(self, centre: str, dsn: str) -> dict[str, str]:
        path = self.folder / f"{centre}.tokens.json"
        if path.exists():
            tokens: dict[str, str] = json.loads(path.read_text())
            return tokens
        pool = await asyncpg.create_pool(dsn, min_size=1, max_size=2)
        try:
            clock = SystemClock()
            desk = await add_key(pool, clock, name=f"{centre}话务台", roles=["call_taker", "dispatcher", "supervisor"])
            tokens = {DESK: desk.token}
            for unit in units_of(centre):
                tokens[unit] = (
                    await add_key(pool, clock, name=default_units()[unit].short, roles=["unit"], unit=unit)
                ).token
        finally:
            await pool.close()
        path.touch(mode=0o600)
        path.write_text(json.dumps(tokens))
        return tokens

    def _end_leftovers(self) -> None:
        """Processes of a demo that was killed: only those that carry this folder's settings in their command line."""
        for pid_file in self.folder.glob("*.pid"):
            with contextlib.suppress(ValueError, psutil.NoSuchProcess, psutil.AccessDenied):
                process = psutil.Process(int(pid_file.read_text()))
                if any(str(self.folder) in part for part in process.cmdline()):
                    parent = process.parent()
                    if parent is not None and "demo" in parent.cmdline():
                        raise RuntimeError("另一个演示正在运行，请先在那个窗口按 Ctrl-C / another demo is running")
                    process.send_signal(signal.SIGTERM)
                    process.wait(10)
            pid_file.unlink(missing_ok=True)


def reset(folder: Path) -> bool:
    """Stops the demo's database and removes its folder. False: there was nothing."""
    if not folder.exists():
        return False
    city = City(folder)
    city._end_leftovers()
    if city.found_data:
        server = EmbeddedPostgres(folder / "postgres")
        server.started_here = True
        server.stop()
    shutil.rmtree(folder)
    return True


def units_of(centre: str) -> Iterator[str]:
    """Org codes of the sample units that this centre dispatches to."""
    profile = default_centres()[centre]
    kinds = {"police_branch", "police_station"} if profile.acts_in_danger else {"district", "department", "utility"}
    if profile.side == "utility":
        kinds = {"utility"}
    return (code for code, unit in default_units().items() if unit.kind in kinds)


def default_folder() -> Path:
    return Path(os.environ.get("LIANDONG_HOME", ".liandong")).resolve() / "demo"


def _free_port(preferred: int) -> int:
    for port in (preferred, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("没有可用的端口")
