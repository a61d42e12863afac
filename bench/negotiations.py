"""Many negotiations at once: how long until what one side says is seen by the other, while all of them are open.

`count` matters are put on the table between two nodes, then both sides take positions about all of them, and the holder keeps them.
"""

import asyncio
import time
from uuid import UUID

import asyncpg
from msgspec import Struct

from bench import desk, wire
from bench.transfers import orders
from liandong.demo.city import DESK, NodeAddress

LOOK = 0.004  # seconds between looks at a database
PATIENCE = 60.0  # seconds until something said counts as lost
HEARD = """SELECT o.id, o.matter_id, o.version, t.status, jsonb_array_length(t.positions) AS said
FROM orders o JOIN transfers t ON t.order_id = o.id WHERE o.matter_id = ANY ($1::uuid[])"""
GROUND = {"owner": "12345", "basis_kind": "catalogue", "basis": "P0103"}


class Talks(Struct):
    """`heard`: milliseconds from the click until the position is at the other centre. `rate`: positions a second, both sides together."""

    open_at_once: int
    opened_rate: float
    rate: float
    settled_rate: float
    heard: list[float]


class Table:
    """One node's side of all the negotiations: its orders with their versions, and what it has heard."""

    def __init__(self, node: NodeAddress, matters: list[UUID]) -> None:
        self.node = node
        self._matters = matters
        self.orders: dict[UUID, tuple[UUID, int]] = {}
        self.said: dict[UUID, int] = {}
        self.status: dict[UUID, str] = {}

    async def look(self, connection: asyncpg.Connection) -> None:
        for row in await connection.fetch(HEARD, self._matters):
            matter = row["matter_id"]
            self.orders[matter] = (row["id"], row["version"])
            self.said[matter], self.status[matter] = row["said"], row["status"]

    async def wait(self, connection: asyncpg.Connection, *, said: int = 0, status: str = "") -> None:
        """Until every negotiation has so many positions here, or stands so. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            while not all(self.said.get(m, -1) >= said and status in {"", self.status.get(m)} for m in self._matters):
                await self.look(connection)
                await asyncio.sleep(LOOK)


async def talk(one: NodeAddress, other: NodeAddress, *, count: int, clients: int = 16) -> Talks:
    """Opens `count` negotiations, lets both sides speak about each of them once, and settles them all."""
    made = {UUID(matter): UUID(order) for order, matter in await orders(one, count)}
    here, there = Table(one, list(made)), Table(other, list(made))
    connections = await asyncpg.connect(one.dsn), await asyncpg.connect(other.dsn)
    try:
        started = time.perf_counter()
        opening = [(order, 1, {"to": other.centre} | GROUND) for order in made.values()]
        await _act(one, "negotiate", opening, clients)
        await there.wait(connections[1], status="negotiating")
        opened = time.perf_counter() - started
        await here.look(connections[0])
        started = time.perf_counter()
        heard = await asyncio.gather(
            _positions(there, here, connections[0], said=2, clients=clients),
            _positions(here, there, connections[1], said=2, clients=clients),
        )
        spoken = time.perf_counter() - started
        await here.wait(connections[0], said=3)
        started = time.perf_counter()
        keeping = [(order, version, {}) for order, version in here.orders.values()]
        await _act(one, "keep_matter", keeping, clients)
        await there.wait(connections[1], status="kept")
        settled = time.perf_counter() - started
    finally:
        for connection in connections:
            await connection.close()
    times = [t for side in heard for t in side]
    return Talks(count, count / opened, len(times) / spoken, count / settled, times)


async def _positions(
    speaker: Table, listener: Table, ear: asyncpg.Connection, *, said: int, clients: int
) -> list[float]:
    """One position about each matter; milliseconds until the listener has it."""
    clicked: dict[UUID, float] = {}
    times: dict[UUID, float] = {}

    async def listen() -> None:
        async with asyncio.timeout(PATIENCE):
            while len(times) < len(speaker.orders):
                before = dict(listener.said)
                await listener.look(ear)
                now = time.perf_counter()
                for matter, count in listener.said.items():
                    if matter in clicked and matter not in times and count >= said and count > before.get(matter, 0):
                        times[matter] = 1000 * (now - clicked[matter])
                await asyncio.sleep(LOOK)

    async def speak() -> None:
        queue = list(speaker.orders.items())

        async def one_line() -> None:
            line = await wire.Caller.open(speaker.node.url)
            while queue:
                matter, (order, version) = queue.pop()
                clicked[matter] = time.perf_counter()
                await _ask(speaker.node, line, order, "take_position", version, GROUND)
            line.close()

        await asyncio.gather(*(one_line() for _ in range(clients)))

    await asyncio.gather(listen(), speak())
    return list(times.values())


async def _act(node: NodeAddress, action: str, asked: list[tuple[UUID, int, dict[str, str]]], clients: int) -> None:
    queue = list(asked)

    async def one_line() -> None:
        line = await wire.Caller.open(node.url)
        while queue:
            order, version, fields = queue.pop()
            await _ask(node, line, order, action, version, fields)
        line.close()

    await asyncio.gather(*(one_line() for _ in range(clients)))


async def _ask(
    node: NodeAddress, line: wire.Caller, order: UUID, action: str, version: int, fields: dict[str, str]
) -> None:
    """As a desk does: when the other side's word came in between, look and say it again."""
    while True:
        answer = await line.ask(desk.act(str(order), action, version, node.tokens[DESK], **fields), expect=None)
        if answer.status == 200:
            return
        problem = answer.json()
        if problem.get("code") != "stale_version":
            raise RuntimeError(f"{action}: HTTP {answer.status} {problem}")
        version = problem["version"]
