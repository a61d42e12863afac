"""The load generator, a process of its own: reads a plan from stdin, keeps one request outstanding on each connection, writes what it saw.

So its work is not done by the server's process, and its processor time is known.
"""

import asyncio
import gc
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import uvloop
from msgspec import Struct

from bench import desk, wire

ROOT = Path(__file__).resolve().parent.parent
_ORDERS = b"/api/v1/orders/"


class Plan(Struct):
    """`kind`: creates | commands | gets. `orders`: what commands work on. `paths`: what gets ask for, in turn."""

    kind: str
    url: str
    connections: int
    seconds: float
    expect: int
    desk: str
    centre: str = "12345"
    unit: str = ""
    unit_code: str = ""
    orders: list[str] = []
    paths: list[str] = []


class Seen(Struct):
    """Seconds and milliseconds. `wrong` counts the statuses that were not expected; `orders` are the ids that creates were given."""

    count: int
    rate: float
    p50_ms: float
    p99_ms: float
    wrong: dict[str, int]
    client_cpu: float
    ran_out: bool = False
    orders: list[str] = []
    sample: str = ""


async def put_load(plan: Plan) -> Seen:
    """Runs a plan in a new process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.load",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(msgspec.json.encode(plan)), plan.seconds + 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise RuntimeError(f"the load generator ended with {process.returncode}")
    seen = msgspec.json.decode(out, type=Seen)
    if seen.wrong:
        raise RuntimeError(f"{plan.kind}: answers that were not expected {seen.wrong}: {seen.sample}")
    return seen


class _Load:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._order_ids = iter(plan.orders)
        self._sent: dict[wire.Line, tuple[float, Iterator[bytes]]] = {}
        self._seconds: list[float] = []
        self._wrong: Counter[int] = Counter()
        self._orders: list[str] = []
        self._ran_out = False
        self._sample = ""
        self._done = asyncio.Event()

    async def run(self) -> Seen:
        lines = [wire.Line(self._answered) for _ in range(self._plan.connections)]
        for line in lines:
            await wire.connect(self._plan.url, line)
        cpu, started = time.process_time(), time.perf_counter()
        self._until = started + self._plan.seconds
        for line in lines:
            self._next(line, _requests(self._plan, self._order_ids))
        await self._done.wait()
        took = time.perf_counter() - started
        seen = sorted(self._seconds) or [0.0]
        return Seen(
            count=len(self._seconds),
            rate=len(self._seconds) / took,
            p50_ms=1000 * seen[len(seen) // 2],
            p99_ms=1000 * seen[int(len(seen) * 0.99)],
            wrong={str(status): n for status, n in self._wrong.items()},
            client_cpu=(time.process_time() - cpu) / took,
            ran_out=self._ran_out,
            orders=self._orders,
            sample=self._sample,
        )

    def _next(self, line: wire.Line, requests: Iterator[bytes]) -> None:
        request = next(requests, None)
        if request is None or time.perf_counter() >= self._until:
            self._ran_out |= request is None
            self._sent.pop(line, None)
            line.close()
            if not self._sent:
                self._done.set()
            return
        self._sent[line] = (time.perf_counter(), requests)
        line.send(request)

    def _answered(self, line: wire.Line, answer: wire.Answer) -> None:
        if line not in self._sent:
            return
        sent_at, requests = self._sent[line]
        self._seconds.append(time.perf_counter() - sent_at)
        if answer.status != self._plan.expect:
            self._wrong[answer.status] += 1
            self._sample = answer.body[:400].decode(errors="replace")
            self._until = 0.0
        elif answer.status == 201:
            at = answer.head.find(_ORDERS) + len(_ORDERS)
            self._orders.append(answer.head[at : at + 36].decode())
        self._next(line, requests)


def _requests(plan: Plan, order_ids: Iterator[str]) -> Iterator[bytes]:
    if plan.kind == "creates":
        return desk.creates(plan.centre, plan.desk)
    if plan.kind == "commands":
        return desk.commands(order_ids, desk=plan.desk, unit=plan.unit, unit_code=plan.unit_code)
    rendered = [wire.get(path, plan.desk) for path in plan.paths]
    return (rendered[n % len(rendered)] for n in range(sys.maxsize))


def main() -> None:
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)

    async def run() -> Seen:
        return await _Load(plan).run()

    gc.disable()
    sys.stdout.buffer.write(msgspec.json.encode(uvloop.run(run())))


if __name__ == "__main__":
    main()
