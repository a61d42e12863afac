"""Real nodes that watch each other: a peer that is stopped, one whose clock is wrong, one that answers nonsense, and the auditor from outside."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from town import CENTRES, Town, until

pytestmark = pytest.mark.processes


@pytest.fixture
async def town(databases, tmp_path):
    names = {centre: await databases.create() for centre in CENTRES}
    town = Town(tmp_path / "town", {centre: databases.dsn(name) for centre, name in names.items()})
    await town.prepare()
    try:
        yield town
    finally:
        for process in town.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
        town.stop()
        await databases.drop(*names.values())


async def seen(town, state, **more):
    """12345's list says this of 110."""

    async def shown():
        answer = await town.ask("GET", "12345", "/api/v1/peers")
        peer = answer.json()[0]
        return peer if peer["state"] == state and all(peer[k] == v for k, v in more.items()) else None

    return await until(shown, f"110 is {state} {more}")


async def ask_now(town):
    """The next question comes at once, not in half a minute."""
    await town.rows("12345", "UPDATE peers SET asked_at = NULL")


def cli(town, *command):
    given = [sys.executable, "-W", "ignore", "-m", "liandong", *command, "--settings", str(town.settings("12345"))]
    return subprocess.run(given, capture_output=True, text=True, timeout=60, check=False)


async def test_a_peer_that_is_stopped_is_down_and_comes_back(town):
    for centre in CENTRES:
        town.start(centre, "serve")
    for centre in CENTRES:
        await town.up(centre)
    town.start("12345", "work")
    up = await seen(town, "up", desk_open=True, clock_skewed=False)
    assert up["version"]
    assert up["kinds_not_spoken"] == []
    shown = await asyncio.to_thread(cli, town, "peers")
    assert shown.returncode == 0, shown.stderr
    assert "通 up" in shown.stdout
    os.kill(town.processes["110 serve"].pid, signal.SIGSTOP)
    await ask_now(town)
    down = await seen(town, "down")
    assert (down["version"], down["last_seen_at"]) == (up["version"], up["last_seen_at"])
    os.kill(town.processes["110 serve"].pid, signal.SIGCONT)
    answer = await town.ask("PUT", "110", "/api/v1/desk", {"open": False, "reason": "换班"})
    assert answer.status_code == 200, answer.text
    await ask_now(town)
    await seen(town, "up", desk_open=False, desk_reason="换班")
    kinds = [
        row["kind"]
        for row in await town.rows("12345", "SELECT kind FROM alarms WHERE kind LIKE 'peer.%' ORDER BY position")
    ]
    assert kinds == ["peer.met", "peer.lost", "peer.returned", "peer.desk_closed"]


@contextlib.contextmanager
def impostor(port):
    """Something that answers at the peer's address, and is no node."""

    class Nonsense(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"message": "eyJhbGciOiJub25lIn0.e30."}')

        def log_message(self, *_):
            return

    server = HTTPServer(("127.0.0.1", port), Nonsense)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


async def test_what_answers_nonsense_at_the_peer_s_address_is_no_peer(town):
    town.start("12345", "serve")
    await town.up("12345")
    with impostor(town.ports["110"]):
        town.start("12345", "work")

        async def refused():
            peer = (await town.ask("GET", "12345", "/api/v1/peers")).json()[0]
            return peer if peer["last_error"] else None

        peer = await until(refused, "the answer was looked at")
    assert (peer["state"], peer["version"]) == ("never", None)
    assert "message_malformed" in peer["last_error"]


async def test_the_auditor_from_outside_fails_without_a_worker_and_passes_with_one(town):
    for part in ("serve", "work"):
        town.start("12345", part)
    await town.up("12345")

    async def audited():
        return await town.rows("12345", "SELECT 1 FROM audit_runs")

    await until(audited, "the node's own auditor has looked")
    good = await asyncio.to_thread(cli, town, "audit")
    assert good.returncode == 0, good.stdout + good.stderr
    town.kill("12345", "work")
    await town.rows("12345", "UPDATE workers SET seen_at = seen_at - interval '1 minute'")
    bad = await asyncio.to_thread(cli, town, "audit")
    assert bad.returncode == 1
    assert "no_worker" in bad.stdout
    assert "worker_silent" in bad.stdout
    watched = await asyncio.to_thread(cli, town, "audit", "--watch", "--rounds", "1")
    lines = [json.loads(line) for line in watched.stdout.splitlines()]
    assert {line["kind"] for line in lines} == {"no_worker", "worker_silent"}
    assert all(line["state"] == "open" and line["zh"] and line["en"] for line in lines)


async def test_the_auditor_from_outside_says_that_the_database_is_away(town):
    path = town.settings("12345")
    path.write_text(path.read_text().replace(town.dsns["12345"], "postgresql://nobody@127.0.0.1:9/nowhere"))
    started = time.monotonic()
    watched = await asyncio.to_thread(cli, town, "audit", "--watch", "--rounds", "1")
    assert time.monotonic() - started < 30
    assert [json.loads(line)["kind"] for line in watched.stdout.splitlines()] == ["no_database"]
    assert (await asyncio.to_thread(cli, town, "audit")).returncode == 2
