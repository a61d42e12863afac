"""The conformance kit against a node process of ours, with somebody at its desk: everything that it can reach passes."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from desk import Desk

from liandong.core import db
from liandong.core.clock import SystemClock
from liandong.exchange.sealing import new_key, public_text, write_private
from liandong.people.keys import add_key
from world import unit_of

pytestmark = pytest.mark.processes
PATIENCE = 60.0  # seconds for a node to start on a busy machine
LIANDONG = [sys.executable, "-W", "ignore", "-m", "liandong"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Trial:
    """A node of `centre` and the kit as `peer` against it."""

    def __init__(self, folder: Path, centre: str, peer: str) -> None:
        self.folder, self.centre, self.peer = folder, centre, peer
        self.port, self.kit_port = _free_port(), _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.key, self.kit_key = new_key(), new_key()
        self.report: dict[str, Any] = {}

    def write_settings(self, dsn: str) -> Path:
        write_private(self.key, self.folder / "node.key")
        write_private(self.kit_key, self.folder / "kit.key")
        path = self.folder / "node.toml"
        path.write_text(
            f'centre = "{self.centre}"\ndsn = "{dsn}"\nlisten = "127.0.0.1:{self.port}"\nkey_file = "node.key"\nkid = "{self.centre}-1"\n'
            f'[peers.{self.peer}]\nurl = "http://127.0.0.1:{self.kit_port}"\narbitration = true\n'
            f'[peers.{self.peer}.public_keys]\n{self.peer}-1 = "{public_text(self.kit_key)}"\n',
            encoding="utf-8",
        )
        return path

    async def examine(self, *options: str) -> int:
        """Runs the command; its report is in `report`."""
        json_file = self.folder / "report.json"
        process = await asyncio.create_subprocess_exec(
            *LIANDONG, "conformance", self.url, "--centre", self.centre, "--as", self.peer, "--key", str(self.folder / "kit.key"),
            "--peer-key", f"{self.centre}-1={public_text(self.key)}", "--listen", f"127.0.0.1:{self.kit_port}",
            "--json", str(json_file), *options, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        code = await asyncio.wait_for(process.wait(), 300)
        self.report = json.loads(json_file.read_text(encoding="utf-8"))
        return code

    def names(self, outcome: str) -> dict[str, str]:
        return {one["name"]: one["text"] for one in self.report["results"] if one["outcome"] == outcome}


@contextlib.asynccontextmanager
async def _node(tested: Trial, dsn: str) -> AsyncIterator[None]:
    settings = tested.write_settings(dsn)
    with (tested.folder / "node.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: ASYNC220 (it starts at once and is waited for below)
            [*LIANDONG, "serve", "--with-worker", "-s", str(settings)], stdout=log, stderr=log, env=os.environ
        )
        try:
            async with asyncio.timeout(PATIENCE), httpx.AsyncClient(trust_env=False) as client:
                while True:
                    with contextlib.suppress(httpx.HTTPError):
                        if (await client.get(f"{tested.url}/health")).status_code == 200:
                            break
                    await asyncio.sleep(0.2)
            yield
        finally:
            process.kill()
            process.wait()


@pytest.fixture
async def with_desk(database: str, tmp_path: Path) -> AsyncIterator[Any]:
    """Starts a node and its desk for a pair of centres."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(centre: str, peer: str) -> Trial:
            tested = Trial(tmp_path, centre, peer)
            await stack.enter_async_context(_node(tested, database))
            pool = await db.create_pool(database, size=1, name="liandong tests")
            roles = ["call_taker", "dispatcher", "supervisor"]
            token = (await add_key(pool, SystemClock(), name="desk", roles=roles)).token
            await pool.close()
            working = asyncio.create_task(Desk(tested.url, token, unit_of(centre)).keep_working())
            stack.callback(working.cancel)
            return tested

        yield start


async def test_our_police_desk_passes_every_check(with_desk: Any) -> None:
    tested = await with_desk("110", "12345")
    code = await tested.examine()
    assert not tested.names("failed")
    assert set(tested.names("not_reached")) == {"claim_closes"}, "only 110 may say that"
    assert code == 3


async def test_our_hotline_passes_every_check(with_desk: Any) -> None:
    tested = await with_desk("12345", "110")
    code = await tested.examine()
    assert not tested.names("failed")
    urgent = {"urgent_taken", "urgent_while_asked", "urgent_not_refused", "claim_counts"}
    assert set(tested.names("not_reached")) == urgent, "urgent offers go to desks that send forces"
    assert code == 3


async def test_what_was_sent_and_what_came_back_is_in_the_report(with_desk: Any) -> None:
    tested = await with_desk("110", "12345")
    assert await tested.examine("--only", "claim_closes", "--only", "offer_handled") == 3
    assert [one["outcome"] for one in tested.report["results"]] == ["passed", "not_reached"]
    assert await tested.examine("--only", "offer_handled") == 0
