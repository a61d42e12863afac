"""kill -9 of the API, the worker and the database while requests run: what was accepted is there, once, on both sides."""

import asyncio
import os
import random
import signal
import time
from pathlib import Path

import pytest
from town import CENTRES, Town, until

import servers
from liandong.core import db
from liandong.postgres import EmbeddedPostgres

pytestmark = pytest.mark.processes

MATTERS = 40
SEED = random.SystemRandom().randrange(10**6)
GAS = "家里煤气味很大，头晕"


class Killable:
    """A durable PostgreSQL of the test's own, since it is killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = EmbeddedPostgres(folder)

    def kill(self) -> None:
        os.kill(int((self.folder / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)

    def restart(self) -> None:
        self.postgres = EmbeddedPostgres(self.folder)


@pytest.fixture
async def server(pytestconfig):
    opened = Killable(servers.new_folder(pytestconfig.rootpath))
    yield opened
    servers.stop(opened.folder)


@pytest.fixture
async def town(server, tmp_path):
    postgres = server.postgres
    dsns = {centre: postgres.dsn(f"liandong_{centre}") for centre in CENTRES}
    for centre, dsn in dsns.items():
        await db.create_database(postgres.dsn(), f"liandong_{centre}")
        await db.migrate(dsn)
    town = Town(tmp_path / "town", dsns)
    await town.prepare()
    for centre in CENTRES:
        town.start(centre, "serve")
        town.start(centre, "work")
    for centre in CENTRES:
        await town.up(centre)
    try:
        yield town
    finally:
        town.stop()


async def a_caller(town, n, accepted):
    """One matter in danger, taken in and handed over, by a client that never gives up and never changes its key."""
    taken = await town.insist("POST", "12345", "/api/v1/orders", {"content": f"{GAS}，第{n}户"}, f"caller-{n}")
    assert taken.status_code in {200, 201}, taken.text
    order = taken.json()
    accepted.add(order["id"])

    async def handed_over():
        seen = await town.ask("GET", "12345", f"/api/v1/orders/{order['id']}")
        if seen.status_code != 200:
            return False
        now = seen.json()
        if now["transfers"]:
            return True
        body = {"action": "offer_transfer", "version": now["version"], "to": "110", "urgent": True}
        answer = await town.ask("POST", "12345", f"/api/v1/orders/{order['id']}/actions", body)
        return answer.status_code == 200

    await until(handed_over, f"matter {n} is handed over", patience=90)


async def accidents(town, server, chance):
    """Each kind once, in any order, while the callers call."""
    kinds = ["12345 serve", "12345 work", "110 serve", "110 work", "postgres"]
    chance.shuffle(kinds)
    for kind in kinds:
        if kind == "postgres":
            await asyncio.sleep(1)
            town.database_killed_at = time.monotonic()
            server.kill()
            await asyncio.sleep(0.5)
            await asyncio.to_thread(server.restart)
        else:
            centre, part = kind.split()
            town.kill(centre, part)
            town.start(centre, part)
            await asyncio.sleep(0.3)  # let the traffic meet the hole


async def test_what_was_accepted_survives_every_kill(town, server):
    print(f"SEED={SEED}")
    accepted: set[str] = set()
    manager = asyncio.create_task(town.keep_up())
    callers = asyncio.gather(*(_staggered(town, n, accepted) for n in range(MATTERS)))
    await accidents(town, server, random.Random(SEED))
    await callers
    await _all_taken(town)
    manager.cancel()
    assert town.ended == []
    ours = await town.rows("12345", "SELECT id, matter_id, status, number FROM orders")
    theirs = await town.rows("110", "SELECT matter_id, status FROM orders")
    assert {str(row["id"]) for row in ours} == accepted
    assert len(ours) == MATTERS
    assert len({row["number"] for row in ours}) == MATTERS
    assert {row["matter_id"] for row in ours} == {row["matter_id"] for row in theirs}
    assert len(theirs) == MATTERS
    events = await town.rows(
        "110", "SELECT order_id, count(*) FROM events WHERE kind = 'transfer.taken_urgently' GROUP BY 1"
    )
    assert len(events) == MATTERS
    assert all(row["count"] == 1 for row in events)
    assert not [
        row for centre in CENTRES for row in await town.rows(centre, "SELECT 1 FROM outbox WHERE status = 'dead'")
    ]
    for centre in CENTRES:
        town.verify(centre)


async def _staggered(town, n, accepted):
    await asyncio.sleep(n * 0.1)
    await a_caller(town, n, accepted)


async def _all_taken(town):
    async def followed():
        rows = await town.rows("12345", "SELECT count(*) AS n FROM orders WHERE status = 'following'")
        return rows[0]["n"] == MATTERS

    await until(followed, "110 has taken every matter and 12345 follows", patience=90)
    await town.all_delivered()
