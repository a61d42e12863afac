"""A worker dies by kill -9 while it holds clocks and a peer: another takes over within five seconds, and nothing happens twice."""

import os
import signal
import time

import pytest
from town import CENTRES, Town, until

from liandong.core.failpoints import KILLED

pytestmark = pytest.mark.processes

WITHIN = 5.0  # seconds, as docs/guarantees.md says
GAS = "家里煤气味很大，头晕"


@pytest.fixture
async def town(databases, tmp_path):
    names = {centre: await databases.create() for centre in CENTRES}
    town = Town(tmp_path / "town", {centre: databases.dsn(name) for centre, name in names.items()})
    await town.prepare()
    for centre in CENTRES:
        town.start(centre, "serve")
    for centre in CENTRES:
        await town.up(centre)
    try:
        yield town
    finally:
        town.stop()
        await databases.drop(*names.values())


def second_worker(town, centre):
    """Another worker of the same centre, under a name of its own."""
    first = town.processes.pop(f"{centre} work", None)
    town.start(centre, "work")
    town.processes[f"{centre} work 2"] = town.processes.pop(f"{centre} work")
    if first is not None:
        town.processes[f"{centre} work"] = first


async def beating(town, centre, count):
    async def seen():
        sql = "SELECT count(*) AS n FROM workers WHERE ended_at IS NULL AND seen_at > now() - interval '2 seconds'"
        return (await town.rows(centre, sql))[0]["n"] >= count

    await until(seen, f"{count} workers of {centre} show a sign of life")


async def an_order(town, centre, content, key):
    answer = await town.insist("POST", centre, "/api/v1/orders", {"content": content}, key)
    return answer.json()


async def died(process):
    """When it was seen to have ended."""

    async def gone():
        return process.poll() is not None

    await until(gone, "the worker reached the place where it dies")
    assert process.returncode == KILLED
    return time.monotonic()


async def test_another_worker_fires_the_clocks_that_a_killed_one_had_claimed(town):
    dying = town.start("12345", "work", "timers.claimed")
    await beating(town, "12345", 1)
    orders = [await an_order(town, "12345", "路灯坏了", f"k{n}") for n in range(5)]
    for order in orders:
        await town.rows(
            "12345",
            """INSERT INTO timers (order_id, name, status, due_at, started_at, policy_version)
               VALUES ($1, 'answer', 'running', now() + interval '4 seconds', now(), 'test')""",
            order["id"],
        )
    at = await died(dying)
    claimed = await town.rows("12345", "SELECT count(*) AS n FROM timers WHERE claimed_until > now()")
    assert claimed[0]["n"] > 0
    second_worker(town, "12345")

    async def all_fired():
        rows = await town.rows("12345", "SELECT count(*) AS n FROM timers WHERE name = 'answer' AND status = 'fired'")
        return rows[0]["n"] == 5

    await until(all_fired, "the clocks have fired")
    took = time.monotonic() - at
    print(f"clocks: another worker (started only then) had fired them {took:.1f} s after the kill")
    assert took < WITHIN + 2.5  # the second worker's own start is in it
    await once_each(town)


async def once_each(town):
    rows = await town.rows(
        "12345", "SELECT order_id, count(*) AS n FROM events WHERE kind = 'clock.overdue' GROUP BY 1"
    )
    assert [row["n"] for row in rows] == [1] * 5
    for centre in CENTRES:
        town.verify(centre)


async def test_a_standby_worker_takes_over_the_clocks(town):
    """Both run from the beginning; the one that claims the clocks first dies of it."""
    second_worker(town, "12345")
    await beating(town, "12345", 1)
    dying = town.start("12345", "work", "timers.claimed")
    await beating(town, "12345", 2)
    os.kill(town.processes["12345 work 2"].pid, signal.SIGSTOP)  # so that the dying one is the first to see them
    orders = [await an_order(town, "12345", "路灯坏了", f"k{n}") for n in range(5)]
    await town.rows(
        "12345",
        """INSERT INTO timers (order_id, name, status, due_at, started_at, policy_version)
           SELECT o, 'answer', 'running', now() - interval '1 second', now(), 'test' FROM unnest($1::uuid[]) AS o""",
        [order["id"] for order in orders],
    )
    at = await died(dying)
    os.kill(town.processes["12345 work 2"].pid, signal.SIGCONT)

    async def all_fired():
        rows = await town.rows("12345", "SELECT count(*) AS n FROM timers WHERE name = 'answer' AND status = 'fired'")
        return rows[0]["n"] == 5

    await until(all_fired, "the clocks have fired")
    took = time.monotonic() - at
    print(f"clocks: the standby worker had fired them {took:.1f} s after the kill")
    assert took < WITHIN
    await once_each(town)


async def test_a_standby_worker_takes_over_the_sending(town):
    town.start("110", "work")
    dying = town.start("12345", "work", "send.sealed")
    await beating(town, "12345", 1)

    async def holds():
        sql = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        return await town.rows("12345", sql)

    await until(holds, "the first worker holds the peer")
    second_worker(town, "12345")
    await beating(town, "12345", 2)
    order = await an_order(town, "12345", GAS, "danger")
    body = {"action": "offer_transfer", "version": order["version"], "to": "110", "urgent": True}
    answer = await town.insist("POST", "12345", f"/api/v1/orders/{order['id']}/actions", body)
    assert answer.status_code == 200, answer.text
    at = await died(dying)

    async def followed():
        rows = await town.rows("12345", "SELECT status FROM orders")
        return rows[0]["status"] == "following"

    await until(followed, "110 has taken the matter")
    took = time.monotonic() - at
    print(f"sending: the standby worker had handed danger over, with 110's answer, {took:.1f} s after the kill")
    assert took < WITHIN
    events = await town.rows("110", "SELECT kind FROM events")
    assert [row["kind"] for row in events] == ["transfer.taken_urgently"]


async def test_a_killed_worker_is_missed_and_one_that_is_stopped_in_order_is_not(town):
    town.start("12345", "work")
    await beating(town, "12345", 1)
    process = town.processes["12345 work"]
    process.terminate()
    process.wait(10)
    rows = await town.rows("12345", "SELECT ended_at FROM workers")
    assert rows[0]["ended_at"] is not None
    town.start("12345", "work")
    await beating(town, "12345", 1)
    town.kill("12345", "work")
    rows = await town.rows("12345", "SELECT ended_at FROM workers ORDER BY started_at")
    assert [row["ended_at"] is None for row in rows] == [False, True]
