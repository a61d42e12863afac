"""Emergencies in figures: `python -m bench.emergencies [--json FILE]`.

A broadcast to eight centres and three hundred desks: from the request at the centre that sends to the moment at which each desk's live feed
says so. Two thousand calls of a minute: none lost, and grouped. A situation report. Everything is real (databases, signatures, feeds) but the
sockets between centres: all eight run in this one process, so the figure is an upper bound for the work and holds no network.
"""

import argparse
import asyncio
import contextlib
import statistics
import sys
import time
from pathlib import Path
from uuid import uuid4

import msgspec

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from bench.bursts import measure  # noqa: E402
from liandong.core import db  # noqa: E402
from liandong.core.clock import SystemClock  # noqa: E402
from liandong.emergencies import actions as act  # noqa: E402
from liandong.emergencies.reporting import make_report  # noqa: E402
from liandong.orders.actions import Intake  # noqa: E402
from liandong.orders.context import Actor  # noqa: E402
from liandong.orders.store import digest_of  # noqa: E402
from liandong.people.live import Subscription, Viewer  # noqa: E402
from servers import Databases, ensure, new_folder, stop  # noqa: E402
from world import Centre, World  # noqa: E402

CODES = ("12345", "110", "119", "120", "water", "power", "gas", "heat")
DESKS = 300
ROUNDS = 20
CALLS = 2000
LEADER = Actor("班长", frozenset({"supervisor"}))
DESK = Actor("坐席", frozenset({"call_taker"}))
SAYS = ("阳光花园爆炸了", "阳光花园一声巨响冒黑烟", "阳光花园煤气味很大炸了", "阳光花园玻璃都震碎了")


def share(values: list[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


async def broadcasts(world: World) -> dict[str, float]:
    """Milliseconds until each desk's feed carries the line, p50, p99 and the slowest."""
    hotline = world.centre("12345")
    given = act.Declaration(id=uuid4(), subtype="gas", title="阳光花园爆炸")
    state = await hotline.node.emergencies.declare(given, LEADER)
    desks = [await _desk(world.centres[n % len(CODES)]) for n in range(DESKS)]
    await asyncio.sleep(5)
    times: list[float] = []
    for _ in range(ROUNDS):
        for _, subscription in desks:
            while not subscription.chunks.empty():
                subscription.chunks.get_nowait()
        started = time.perf_counter()
        heard = asyncio.gather(*(_hears(subscription, started) for _, subscription in desks))
        await hotline.node.emergencies.act(state.id, act.SendBroadcast(id=uuid4(), text="疏散周边"), LEADER)
        times += await heard
        await asyncio.sleep(1)
    for centre, subscription in desks:
        centre.node.live.leave(subscription)
    return {"p50_ms": share(times, 0.5), "p99_ms": share(times, 0.99), "max_ms": max(times), "heard": len(times)}


async def _desk(centre: Centre) -> tuple[Centre, Subscription]:
    viewer = Viewer.of(DESK)
    subscription, _ = await centre.node.live.subscribe(viewer)
    return centre, subscription


async def _hears(subscription: Subscription, started: float) -> float:
    while True:
        chunk = await subscription.chunks.get()
        if b"event: emergency" in chunk:
            return 1000 * (time.perf_counter() - started)


async def burst(world: World) -> dict[str, float]:
    """Two thousand calls at one centre: how long it takes to take them, how many are there, and what is proposed of them."""
    centre = world.centre("110")
    gate = asyncio.Semaphore(32)
    times: list[float] = []

    async def call(n: int) -> None:
        body = {"content": f"{SAYS[n % 4]}，{n}", "caller": {"phone": f"139{n:08}"}, "division_code": "120104"}
        intake = msgspec.convert(body, Intake)
        async with gate:
            started = time.perf_counter()
            await centre.node.commands.take_in(
                intake, DESK, key=uuid4().hex, digest=digest_of(msgspec.json.encode(intake))
            )
            times.append(1000 * (time.perf_counter() - started))

    before = await centre.pool.fetchval("SELECT count(*) FROM orders")
    started = time.perf_counter()
    await asyncio.gather(*(call(n) for n in range(CALLS)))
    took = time.perf_counter() - started
    kept = await centre.pool.fetchval("SELECT count(*) FROM orders") - before
    looking = time.perf_counter()
    while await centre.node.bursts.read_once():
        pass
    [proposal] = await centre.node.bursts.open()
    return {
        "taken_in_s": took,
        "p99_ms": share(times, 0.99),
        "lost": CALLS - kept,
        "grouped": len(proposal.orders),
        "seconds_to_proposal": time.perf_counter() - looking,
    }


async def mass_calls(world: World) -> dict[str, float]:
    """Two thousand callers in mass-call mode: milliseconds a call, none lost."""
    centre = world.centre("12345")
    state = await centre.node.emergencies.declare(
        act.Declaration(id=uuid4(), subtype="fire", title="鼓楼起火", mass_call=True), LEADER
    )
    gate, times = asyncio.Semaphore(16), []

    async def call(n: int) -> None:
        async with gate:
            started = time.perf_counter()
            await centre.node.callers.take(state.id, act.CallTaken(id=uuid4(), phone=f"137{n:08}"), DESK)
            times.append(1000 * (time.perf_counter() - started))

    started = time.perf_counter()
    await asyncio.gather(*(call(n) for n in range(CALLS)))
    counts = await centre.node.callers.counts(state)
    return {"taken_in_s": time.perf_counter() - started, "p99_ms": share(times, 0.99), "lost": CALLS - counts.waiting}


async def report(world: World) -> dict[str, float]:
    """Seconds for a situation report of an emergency with a long log."""
    node = world.centre("12345").node
    state = await node.emergencies.declare(act.Declaration(id=uuid4(), subtype="flood", title="地道积水"), LEADER)
    for n in range(200):
        await node.emergencies.act(state.id, act.Note(text=f"第{n}次巡查，水位下降，泵车在位，人员撤离完毕"), LEADER)
    seconds = []
    for _ in range(3):
        started = time.perf_counter()
        await make_report(node.emergencies, node.callers, state.id, LEADER)
        seconds.append(time.perf_counter() - started)
    return {"seconds": statistics.median(seconds), "max_seconds": max(seconds), "lines": 201}


async def run() -> dict[str, dict[str, float]]:
    folder = new_folder(ROOT)
    databases = Databases(ensure(folder))
    found: dict[str, dict[str, float]] = {}
    try:
        async with World.open(databases, folder / "bench-world", CODES) as world:
            for centre in world.centres:
                _on_real_time(centre)
            wakes = [asyncio.create_task(_keep_sending(centre)) for centre in world.centres]
            found["broadcast to 8 centres and 300 desks"] = await broadcasts(world)
            for task in wakes:
                task.cancel()
            await asyncio.gather(*wakes, return_exceptions=True)
            found["2,000 intakes of one burst"] = await burst(world)
            found["2,000 mass calls"] = await mass_calls(world)
            found["situation report"] = await report(world)
    finally:
        stop(folder)
    for half in ("tuning", "held_out"):
        told = measure(half)
        found[f"grouping, {half}"] = {
            "precision": told.precision,
            "recall": told.recall,
            "false": told.false,
            "missed": told.missed,
        }
    return found


async def _keep_sending(centre: Centre) -> None:
    """As the worker does: woken by the outbox's notice, all peers side by side."""
    wake = asyncio.Event()
    listening = await db.connect(centre.node.settings.dsn, name="bench listen")
    await listening.add_listener("outbox", lambda *_: wake.set())
    try:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), 1)
            wake.clear()
            while sum(await asyncio.gather(*(sender.send_pending() for sender in centre.senders.values()))):
                pass
    finally:
        listening.terminate()


def _on_real_time(centre: Centre) -> None:
    """The clock of the stories stands still; here it runs."""
    centre.world.clock.now = SystemClock().now  # type: ignore[method-assign]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="bench.emergencies", description=__doc__)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    figures = asyncio.run(run())
    for name, values in figures.items():
        print(f"{name}: " + ", ".join(f"{key} {value:,.3f}" for key, value in values.items()))
    if asked.json:
        asked.json.write_bytes(msgspec.json.format(msgspec.json.encode(figures)))
