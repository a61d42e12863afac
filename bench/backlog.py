"""After a cut: how long a peer's waiting messages take to arrive, in order; and how soon another worker stands in for one that was killed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable

import asyncpg
from msgspec import Struct

from bench import desk, transfers, wire
from bench.city import MeasuredCity
from liandong.demo.city import DESK, NodeAddress

LOOK = 0.05  # seconds between looks at a database
AT_ONCE = 16  # connections that make the backlog
PATIENCE = 600.0  # seconds until catching up counts as failed
PENDING = "SELECT count(*) FROM outbox WHERE peer = $1 AND status = 'pending'"
# Of each matter the second message must have taken effect after the first.
OVERTAKEN = """
SELECT count(*) FROM events a JOIN events b USING (order_id)
WHERE a.kind = 'transfer.asked' AND b.kind = 'matter.supplemented' AND (a.seq > b.seq OR a.position > b.position)
"""


class CaughtUp(Struct):
    """`seconds` from the moment the peer answers again until nothing waits; `put_off`: messages that had to go more than once."""

    messages: int
    seconds: float
    arrived: int
    put_off: int
    overtaken: int


async def catch_up(city: MeasuredCity, messages: int, told: Callable[[str], None]) -> CaughtUp:
    """110 is away while 12345 hands `messages` messages over to it, two of each matter; then 110 is back."""
    sender, receiver = city.nodes["12345"], city.nodes["110"]
    before = await _value(receiver, "SELECT count(*) FROM inbox")
    city.kill("110", "serve")
    await _make(sender, receiver.centre, messages, told)
    waiting = await _value(sender, PENDING, receiver.centre)
    told(f"backlog: {waiting:,} messages wait")
    await city.start_again("110", "serve")
    started = time.perf_counter()
    while (left := await _value(sender, PENDING, receiver.centre)) and time.perf_counter() - started < PATIENCE:
        told(f"backlog: {left:,} messages left")
        await asyncio.sleep(LOOK)
    return CaughtUp(
        messages=waiting,
        seconds=time.perf_counter() - started,
        arrived=await _value(receiver, "SELECT count(*) FROM inbox WHERE status = 'handled'") - before,
        put_off=await _value(sender, "SELECT count(*) FROM outbox WHERE attempts > 1"),
        overtaken=await _value(receiver, OVERTAKEN),
    )


async def _make(sender: NodeAddress, to: str, messages: int, told: Callable[[str], None]) -> None:
    """Half as many matters as messages, each with its offer and what the caller adds."""
    made = iter(await transfers.orders(sender, messages // 2))
    done = 0

    async def keep_making(orders: Iterable[tuple[str, str]]) -> None:
        nonlocal done
        line = await wire.Caller.open(sender.url)
        for order_id, _ in orders:
            await line.ask(desk.act(order_id, "offer_transfer", 1, sender.tokens[DESK], to=to))
            await line.ask(desk.act(order_id, "supplement", 2, sender.tokens[DESK], text="又想起一点：门口有监控。"))
            done += 2
            if done % 1000 == 0:
                told(f"backlog: {done:,} messages made")
        line.close()

    await asyncio.gather(*(keep_making(made) for _ in range(AT_ONCE)))


async def failovers(city: MeasuredCity, *, rounds: int, told: Callable[[str], None]) -> list[float]:
    """Seconds from the kill -9 of the worker that holds the peer until a transfer that was clicked at that moment has arrived."""
    sender, receiver = city.nodes["12345"], city.nodes["110"]
    stock = await transfers.orders(sender, rounds)
    standby = [_second_worker(city, sender)]
    seconds = []
    try:
        for n, (order_id, matter_id) in enumerate(stock):
            told(f"failover: round {n + 1}")
            await asyncio.sleep(2)  # the standby is up and waits for the lock
            city.kill("12345", "work")
            killed = time.perf_counter()
            line = await wire.Caller.open(sender.url)
            await line.ask(desk.act(order_id, "offer_transfer", 1, sender.tokens[DESK], to=receiver.centre))
            line.close()
            there = "SELECT count(*) FROM orders WHERE matter_id = $1"
            while not await _value(receiver, there, matter_id) and time.perf_counter() - killed < PATIENCE:  # noqa: ASYNC110
                await asyncio.sleep(LOOK)
            seconds.append(time.perf_counter() - killed)
            await city.start_again("12345", "work")  # now this one waits
            os.kill(standby[-1].pid, signal.SIGKILL)
            standby[-1].wait()
            standby.append(_second_worker(city, sender))
    finally:
        for process in standby:
            process.kill()
            process.wait()
    return seconds


def _second_worker(city: MeasuredCity, node: NodeAddress) -> "subprocess.Popen[bytes]":
    with (city.folder / "standby.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "liandong", "work", "--settings", str(node.settings)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


async def _value(node: NodeAddress, sql: str, *values: object) -> int:
    connection = await asyncpg.connect(node.dsn)
    try:
        return int(await connection.fetchval(sql, *values))
    finally:
        await connection.close()
