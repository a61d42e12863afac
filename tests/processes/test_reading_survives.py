"""A worker dies at every place of following and sending: no event is lost, none is written of twice, and the gateway knows a letter by its id."""

import asyncio
import json
import os
import sys
from datetime import timedelta

import pytest

from liandong.core.failpoints import KILLED
from liandong.messaging.settings import GatewaySettings, MessagingSettings

pytestmark = pytest.mark.processes

SETTINGS = MessagingSettings(sms=GatewaySettings(kind="file", folder="letters"))
PROGRAM = """
import asyncio, sys
from datetime import datetime
from liandong.core.clock import ManualClock
from liandong.core.places import read_on
from liandong.node import open_node
from liandong.settings import load_settings
from pathlib import Path

async def main():
    noon = ManualClock(datetime.fromisoformat(sys.argv[2]))  # nobody is written to at night
    async with open_node(load_settings(Path(sys.argv[1])), clock=noon) as node:
        for _ in range(500):
            read = await read_on(node.pool, "messaging", node.writer.handle, node.clock.now(), limit=2)
            sent = await node.mailer.send_once()
            left = await node.pool.fetchval(
                "SELECT count(*) FROM reading_places p, events e WHERE p.reader = 'messaging' AND (e.txid, e.position) > (p.txid::xid8, p.position)"
            )
            waiting = await node.pool.fetchval("SELECT count(*) FROM notifications WHERE status = 'pending' AND claimed_until IS NULL")
            if not read and not sent and not left and not waiting:
                return
            await asyncio.sleep(0.02)

asyncio.run(main())
"""


def write_settings(centre):
    given = centre.node.settings
    path = given.path("node.toml")
    lines = [f'{name} = "{getattr(given, name)}"' for name in ("centre", "dsn", "key_file", "kid")]
    lines += ["pool_size = 2", "[messaging.sms]", 'kind = "file"', 'folder = "letters"', ""]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


async def run(path, now, failpoint=""):
    """One worker at `now` until it has nothing to do, or dies at the failpoint."""
    environment = os.environ | {"LIANDONG_FAILPOINT": failpoint}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(path), now.isoformat(), env=environment, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        _, said = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.parametrize("failpoint", ["places.handled", "places.kept", "messaging.sent"])
@pytest.mark.parametrize("time", [1, 2])
async def test_a_worker_that_dies_loses_nothing_and_doubles_nothing(open_world, failpoint, time):
    centre = (await open_world("12345", "110", messaging=SETTINGS)).centre("12345")
    orders = [await centre.takes(f"路灯坏了 {n}", caller={"phone": f"1380000{n:04d}"}) for n in range(5)]
    path, now = write_settings(centre), centre.node.clock.now() + timedelta(minutes=1)
    code, said = await run(path, now, f"{failpoint}:{time}")
    assert (code, f"failpoint {failpoint}" in said) == (KILLED, True), said
    await centre.pool.execute(
        "UPDATE notifications SET claimed_until = NULL"
    )  # as when the claim of the dead worker has run out
    code, said = await run(path, now)
    assert code == 0, said
    rows = await centre.pool.fetch("SELECT order_id, status FROM notifications")
    assert sorted(row["order_id"] for row in rows) == sorted(order.id for order in orders)
    assert {row["status"] for row in rows} == {"sent"}
    letters = [json.loads(p.read_text("utf-8"))["to"] for p in centre.node.settings.path("letters").glob("*.json")]
    assert sorted(letters) == [f"1380000{n:04d}" for n in range(5)]
