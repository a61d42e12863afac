"""Two old desks that speak only SQL are killed again and again, and the pump at each of its places: every matter goes its whole way once."""

import asyncio
import os
import random
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from test_reading_survives import write_settings

from liandong.core.failpoints import KILLED
from liandong.middle.sides import add_side

pytestmark = pytest.mark.processes
OLD = Path(__file__).with_name("old_system.py")
MATTERS = 6
PROGRAM = """
import asyncio, sys
from liandong.node import open_node
from liandong.settings import load_settings
from pathlib import Path

async def main():
    async with open_node(load_settings(Path(sys.argv[1]))) as node:
        while await node.pump.pump_once():
            pass

asyncio.run(main())
"""


async def new_side(centre, code, **more):
    role = f"{code}_{uuid4().hex[:12]}"
    given = {"code": code, "name": code, "role": role, "password": "p", "callers": True} | more
    await add_side(centre.pool, centre.node.clock, **given)
    return role


async def start(which, centre, role):
    arguments = [str(OLD), which, centre.node.settings.dsn, role, str(MATTERS), centre.unit]
    return await asyncio.create_subprocess_exec(sys.executable, *arguments)


async def test_sql_only_desks_that_are_killed_lose_nothing_and_do_nothing_twice(world):
    hotline, police = world.centre("12345"), world.centre("110")
    roles = {"12345": await new_side(hotline, "old12345"), "110": await new_side(police, "old110")}
    centres, lot = {"12345": hotline, "110": police}, random.Random(7)
    kills, running = 0, {}
    async with asyncio.timeout(60):
        while True:
            for which, centre in centres.items():
                if which not in running:
                    running[which] = await start(which, centre, roles[which])
            await asyncio.sleep(lot.uniform(0.15, 0.5))
            await world.settle()
            for centre in centres.values():
                await centre.node.pump.pump_once()
            closed = await hotline.pool.fetchval("SELECT count(*) FROM orders WHERE status = 'closed'")
            if closed == MATTERS:
                break
            if kills < 6:
                which = lot.choice(list(running))
                running.pop(which).kill()
                kills += 1
    for process in running.values():
        process.kill()
        await process.wait()
    assert kills >= 2
    assert await hotline.pool.fetchval("SELECT count(*) FROM orders") == MATTERS
    assert await police.pool.fetchval("SELECT count(*) FROM orders") == MATTERS
    for centre in centres.values():
        assert await centre.pool.fetch("SELECT * FROM exchange_db.dead_letters WHERE jjsj IS NULL") == []
        doubled = "SELECT order_id FROM events WHERE kind IN ('order.closed', 'order.dispatched') GROUP BY order_id, kind HAVING count(*) > 1"
        assert await centre.pool.fetch(doubled) == []


async def test_a_pump_that_dies_anywhere_carries_each_row_out_once(world):
    centre = world.centre("12345")
    await new_side(centre, "old12345")
    path = write_settings(centre)
    insert = "INSERT INTO exchange_db.handed_in (side, jjdbh, bjnr) SELECT 'old12345', 'n' || n, '路灯坏了' FROM generate_series(1, 5) AS n"
    await centre.pool.execute(insert)
    assert await pump(path, "middle.pushed") == KILLED
    assert await pump(path, "middle.carried_out") == KILLED
    assert await centre.pool.fetchval("SELECT count(*) FROM exchange_db.handed_in WHERE tszt = 1") == 5
    reply = "INSERT INTO exchange_db.replies (side, xxbh, gdbh, xxlx, nr) SELECT 'old12345', 'r' || number, number, '10', '还在闪' FROM orders"
    await centre.pool.execute(reply)
    assert await pump(path, "middle.replied") == KILLED
    assert await pump(path) == 0
    counts = "SELECT kind, count(*) FROM events GROUP BY kind ORDER BY kind"
    assert [tuple(row) for row in await centre.pool.fetch(counts)] == [
        ("matter.supplemented", 5),
        ("order.accepted", 5),
    ]
    assert await centre.pool.fetchval("SELECT count(*) FROM exchange_db.unfinished WHERE bm <> 'outgoing'") == 0


async def pump(path, failpoint=""):
    """One pump until it has nothing to do, or dies at the failpoint."""
    environment = os.environ | {"LIANDONG_FAILPOINT": failpoint}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(path), env=environment, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(60):
        _, said = await process.communicate()
    assert process.returncode in {0, KILLED}, said.decode()
    return process.returncode
