"""The run: what is measured, in which order, how long, and against which goal."""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import asyncpg
import msgspec
from msgspec import Struct

from bench import backlog, console, desk, floor, lists, negotiations, screens, transfers
from bench.city import ROOT, WORK, MeasuredCity, Memory, memory_of, unit_of
from bench.load import Plan, Seen, put_load
from bench.report import Report
from bench.transfers import Times
from liandong.demo.city import DESK
from liandong.routing.reader import default_reader

CONNECTIONS = (1, 4, 16, 32)


class Lengths(Struct, frozen=True):
    """`rounds`: each figure is the median of so many measurements of `seconds`."""

    rounds: int
    seconds: float
    transfers: int
    sustained: float
    at_once: int
    lists: tuple[int, ...]
    list_seconds: float
    backlog: int
    failovers: int
    negotiations: int
    simulated: int


QUICK = Lengths(
    rounds=1,
    seconds=2,
    transfers=30,
    sustained=4,
    at_once=16,
    lists=(10_000,),
    list_seconds=1,
    backlog=2_000,
    failovers=1,
    negotiations=1_000,
    simulated=30_000,
)
FULL = Lengths(
    rounds=3,
    seconds=5,
    transfers=150,
    sustained=15,
    at_once=16,
    lists=(10_000, 100_000, 1_000_000),
    list_seconds=4,
    backlog=10_000,
    failovers=3,
    negotiations=1_000,
    simulated=200_000,
)
BACKLOG = int(os.environ.get("BACKLOG") or 0)  # messages; the goal is stated for 50,000


class Run:
    def __init__(self, city: MeasuredCity, report: Report, lengths: Lengths, told: Callable[[str], None]) -> None:
        self._city = city
        self._report = report
        self._lengths = lengths
        self._told = told
        self._hotline, self._police = city.nodes["12345"], city.nodes["110"]
        self._orders: list[str] = []
        self._floors: dict[bool, float] = {}

    async def everything(self) -> None:
        await self._idle()
        await self._the_floor()
        await self._creates()
        await self._city.quiet()
        await self._commands()
        await self._city.quiet()
        await self._transfers()
        await self._city.quiet()
        await self._negotiations()
        await self._city.quiet()
        await self._desks()
        await self._city.quiet()
        await self._after_a_cut()
        await self._city.quiet()
        await console.put_into(self._report, self._city, self._told)
        await self._lone_node()
        self._reader()
        self._simulation()
        if not self._report.quick:
            self._emergencies()

    async def _idle(self) -> None:
        self._told("idle memory")
        await asyncio.sleep(3)
        self._memory("API and worker", self._city.memory("12345"))

    async def _the_floor(self) -> None:
        dsn = await self._city.new_database("floor")
        for clients, own_scope in ((1, False), (16, False), (16, True)):
            name = f"{clients} client{'s' if clients > 1 else ''}{', a number counter each' if own_scope else ''}"
            self._told(f"floor: {name}")
            rates = [
                await floor.measure(
                    dsn,
                    self._hotline.settings,
                    clients=clients,
                    seconds=self._lengths.seconds,
                    own_scope=own_scope,
                )
                for _ in range(self._lengths.rounds)
            ]
            if clients == 16:
                self._floors[own_scope] = statistics.median(rates)
            self._report.add("floor", name, statistics.median(rates), "commits/s")

    async def _creates(self) -> None:
        self._told("creates: warming up")
        made = await put_load(self._plan("creates", 4, 1.0))
        self._orders += made.orders
        for connections in CONNECTIONS:
            rounds = []
            for n in range(self._lengths.rounds):
                self._told(f"creates: {connections} connections, round {n + 1}")
                seen = await put_load(self._plan("creates", connections))
                self._orders += seen.orders
                rounds.append(seen)
            goal, least = ("≥ 0.5 ×, ≥ 3,000/s", 0.5) if connections == 32 else ("", 0.0)
            self._load("creates", connections, rounds, goal, least, 3000)
        stored = await self._count("SELECT count(*) FROM orders")
        if stored != len(set(self._orders)):
            raise RuntimeError(f"{len(set(self._orders))} orders were acknowledged, {stored} are in the database")
        self._report.add("creates", "acknowledged and found in the database", stored, "orders")

    async def _commands(self) -> None:
        done = 0
        for connections in CONNECTIONS:
            rounds = []
            for n in range(self._lengths.rounds):
                self._told(f"commands: {connections} connections, round {n + 1}")
                seen = await put_load(self._plan("commands", connections, orders=await self._supply()))
                self._orders = self._orders[seen.count // len(desk.STEPS) + connections + 1 :]  # those that were begun
                done += seen.count
                rounds.append(seen)
            goal, least = ("≥ 0.4 ×", 0.4) if connections == 32 else ("", 0.0)
            self._load("commands", connections, rounds, goal, least, 0)
        events = await self._count("SELECT count(*) FROM events WHERE seq > 1 AND kind <> 'clock.overdue'")
        if events != done:
            raise RuntimeError(f"{done} commands were acknowledged, {events} events are in the ledger")
        self._report.add("commands", "acknowledged and found in the ledger", events, "commands")

    async def _supply(self) -> list[str]:
        """Orders for one round, fresh ones when those of the creates are used up."""
        wanted = int(self._lengths.seconds * 1200) + 64
        if len(self._orders) < wanted:
            made = await transfers.orders(self._hotline, wanted - len(self._orders))
            self._orders += [order_id for order_id, _ in made]
        return self._orders[:wanted]

    async def _transfers(self) -> None:
        ways = (
            ("12345 → 110, urgent", self._hotline, self._police, True),
            ("12345 → 110, accepted by the desk", self._hotline, self._police, False),
            ("110 → 12345, accepted by the desk", self._police, self._hotline, False),
        )
        for name, sender, receiver, urgent in ways:
            self._told(f"transfer {name}")
            times = await transfers.one_by_one(
                sender, receiver, count=self._lengths.transfers, urgent=urgent, told=lambda: None
            )
            self._times(name, times)
        self._told("transfers: both ways at once")
        seconds, at_once = self._lengths.sustained, self._lengths.at_once
        found = await transfers.both_ways(
            self._hotline, self._police, at_once=at_once, seconds=seconds, most=int(400 * seconds)
        )
        p99 = _share([t.receipt for t in found.times], 0.99)
        self._report.add(
            "transfer",
            "both ways at once, complete",
            found.rate,
            "/s",
            p50_ms=_share([t.receipt for t in found.times], 0.5),
            p99_ms=p99,
            goal="≥ 300/s, p99 ≤ 200",
            met=found.rate >= 300 and p99 <= 200,
            note=f"{at_once} on their way in each direction",
        )

    async def _negotiations(self) -> None:
        self._told("negotiations")
        found = await negotiations.talk(self._hotline, self._police, count=self._lengths.negotiations)
        p99 = _share(found.heard, 0.99)
        self._report.add(
            "negotiation",
            f"{found.open_at_once:,} open at once: a position is heard there",
            found.rate,
            "/s",
            p50_ms=_share(found.heard, 0.5),
            p99_ms=p99,
            goal="1,000 at once, p99 ≤ 200",
            met=found.open_at_once >= 1000 and p99 <= 200,
            note=f"opened {found.opened_rate:,.0f}/s, settled {found.settled_rate:,.0f}/s",
        )

    async def _desks(self) -> None:
        self._told("300 desks hold the live feed")
        found = await screens.measure(self._hotline, 300, 50, self._lengths.sustained)
        self._report.add(
            "desks",
            "300 hold the feed of one node: from a command to a desk",
            found["commands_per_second"],
            "commands/s",
            p50_ms=found["p50_ms"],
            p99_ms=found["p99_ms"],
            goal="50/s, p99 ≤ 300",
            met=found["p99_ms"] <= 300 and not found["missed"] and found["commands_per_second"] >= 48,
            note=f"{found['heard']:,.0f} heard, {found['missed']:,.0f} missed",
        )

    async def _after_a_cut(self) -> None:
        """The peer was away and is back; the worker that holds it is killed."""
        found = await backlog.catch_up(self._city, BACKLOG or self._lengths.backlog, self._told)
        if found.arrived != found.messages:
            raise RuntimeError(f"{found.messages} messages waited, {found.arrived} arrived")
        rate = found.messages / found.seconds
        in_order = "in order" if found.overtaken == 0 else f"{found.overtaken} OUT OF ORDER"
        self._report.add(
            "after a cut",
            f"{found.messages:,} messages caught up",
            found.seconds,
            "s",
            goal="50,000 in ≤ 60 s, in order" if found.messages >= 50_000 else "BACKLOG=50000 for the goal",
            met=found.seconds <= 60 and found.overtaken == 0 if found.messages >= 50_000 else None,
            note=f"{rate:,.0f}/s, {in_order}, {found.put_off} sent more than once",
        )
        seconds = await backlog.failovers(self._city, rounds=self._lengths.failovers, told=self._told)
        self._report.add(
            "after a cut", "another worker stands in", max(seconds), "s", goal="≤ 5 s", met=max(seconds) <= 5
        )

    async def _lone_node(self) -> None:
        """A node in one process: its memory at rest, then its lists."""
        self._told("idle memory, one process")
        async with self._city.lone_node("lists") as (node, process):
            await asyncio.sleep(3)
            self._memory("serve --with-worker", memory_of([process]))
            for total in self._lengths.lists:
                await lists.fill(node, total, lambda have: self._told(f"list: {have:,} orders made"))
                self._told(f"list: the newest of {total:,}")
                for name, seen in (await lists.measure(node, seconds=self._lengths.list_seconds)).items():
                    self._report.add(
                        f"list, {total:,}",
                        name,
                        seen.rate,
                        "/s",
                        p50_ms=seen.p50_ms,
                        p99_ms=seen.p99_ms,
                        goal="p99 ≤ 20",
                        met=seen.p99_ms <= 20,
                        note="one connection",
                    )

    def _reader(self) -> None:
        reader, texts = default_reader(), [_content(body)[: desk.LENGTH] for body in desk.intakes("12345")]
        times = []
        for text in texts * 20:
            started = time.perf_counter()
            reader.read(text, "12345")
            times.append(1e6 * (time.perf_counter() - started))
        self._report.add("reader", f"{desk.LENGTH} characters", statistics.median(times), "µs")

    def _simulation(self) -> None:
        """Random lives of matters between many centres, on one core, in a process of its own."""
        self._told("simulation")
        code = "from simulation.__main__ import run; r = run(1, %d); print(r.steps, r.cpu, r.failure or '')"
        told = subprocess.run(
            [sys.executable, "-c", code % self._lengths.simulated],
            env=os.environ | {"PYTHONPATH": f"{ROOT}/tests:{ROOT}"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split(maxsplit=2)
        rate = int(told[0]) / float(told[1])
        broken = "a promise was broken" if len(told) > 2 else "no promise broken"
        self._report.add(
            "simulation", "steps on one core", rate, "/s", goal="≥ 20,000/s", met=rate >= 20_000, note=broken
        )

    def _emergencies(self) -> None:
        """Eight centres in a process of their own (bench/emergencies.py): about a minute."""
        self._told("emergencies")
        into = WORK / "emergencies.json"
        subprocess.run(
            [sys.executable, "-m", "bench.emergencies", "--json", str(into)], cwd=ROOT, capture_output=True, check=True
        )
        found = msgspec.json.decode(into.read_bytes())
        sent, calls = found["broadcast to 8 centres and 300 desks"], found["2,000 intakes of one burst"]
        grouped, report = found["grouping, held_out"], found["situation report"]
        add = self._report.add
        add(
            "emergency",
            "broadcast to 8 centres and 300 desks",
            sent["p99_ms"],
            "ms p99",
            goal="≤ 1,000",
            met=sent["p99_ms"] <= 1000,
        )
        add(
            "emergency",
            "2,000 calls of one burst",
            calls["taken_in_s"],
            "s",
            goal="in a minute, none lost",
            met=calls["taken_in_s"] <= 60 and calls["lost"] == 0,
            note=f"{calls['grouped']:,.0f} grouped",
        )
        add(
            "emergency",
            "bursts, precision",
            grouped["precision"],
            "",
            goal="≥ 0.9",
            met=grouped["precision"] >= 0.9,
            note="held-out half",
        )
        add(
            "emergency",
            "bursts, recall",
            grouped["recall"],
            "",
            goal="≥ 0.9",
            met=grouped["recall"] >= 0.9,
            note="held-out half",
        )
        add("emergency", "situation report", report["seconds"], "s", goal="≤ 5", met=report["seconds"] <= 5)

    def _plan(self, kind: str, connections: int, seconds: float | None = None, orders: list[str] | None = None) -> Plan:
        node, unit = self._hotline, unit_of(self._hotline)
        return Plan(
            kind=kind,
            url=node.url,
            connections=connections,
            seconds=seconds or self._lengths.seconds,
            expect=201 if kind == "creates" else 200,
            desk=node.tokens[DESK],
            unit=node.tokens[unit],
            unit_code=unit,
            orders=orders or [],
        )

    def _load(self, group: str, connections: int, rounds: list[Seen], goal: str, least: float, rate: float) -> None:
        seen = sorted(rounds, key=lambda r: r.rate)[len(rounds) // 2]
        ratio = seen.rate / max(self._floors.values())
        self._report.add(
            group,
            f"{connections} connection{'s' if connections > 1 else ''}",
            seen.rate,
            "/s",
            ratio=ratio,
            goal=goal,
            met=ratio >= least and seen.rate >= rate if goal else None,
            p50_ms=seen.p50_ms,
            p99_ms=seen.p99_ms,
            note=f"{seen.rate / self._floors[False]:.2f} × the floor with one counter"
            + ("; orders ran out" if any(r.ran_out for r in rounds) else ""),
        )

    def _times(self, name: str, times: list[Times]) -> None:
        for what, values in (
            ("visible there", [t.visible for t in times]),
            ("receipt back", [t.receipt for t in times]),
        ):
            p50, p99 = _share(values, 0.5), _share(values, 0.99)
            self._report.add(
                "transfer",
                f"{name}: {what}",
                len(values),
                "times",
                p50_ms=p50,
                p99_ms=p99,
                goal="p50 ≤ 50, p99 ≤ 200",
                met=p50 <= 50 and p99 <= 200,
            )

    def _memory(self, name: str, memory: Memory) -> None:
        self._report.add(
            "idle node", name, memory.pss, "MB", goal="< 150 MB", met=memory.pss < 150, note=f"RSS {memory.rss:.0f}"
        )

    async def _count(self, sql: str) -> int:
        connection = await asyncpg.connect(self._hotline.dsn)
        try:
            return int(await connection.fetchval(sql))
        finally:
            await connection.close()


def _share(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def _content(body: bytes) -> str:
    return str(msgspec.json.decode(body)["content"])
