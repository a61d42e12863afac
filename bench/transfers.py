"""One-key transfer between two nodes: from the click to the order at the other centre and back to the sender that it was taken.

What a desk would see is read from each node's database every few milliseconds, so that looking costs the nodes nothing; a time is
therefore too long by up to LOOK.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from uuid import UUID

import asyncpg
from msgspec import Struct

from bench import desk, wire
from liandong.demo.city import DESK, NodeAddress

LOOK = 0.002  # seconds between looks at a database
PATIENCE = 20.0  # seconds until a transfer counts as lost
STATES = "SELECT id, matter_id, status FROM orders WHERE matter_id = ANY ($1::uuid[])"


class Times(Struct):
    """Milliseconds from the click: until the order is at the other node, and until the sender's order follows it."""

    visible: float
    receipt: float


class Sight:
    """Waits for orders of a node to reach a status."""

    def __init__(self, dsn: str, look: float) -> None:
        self._dsn = dsn
        self._look = look
        self._waiting: dict[UUID, tuple[frozenset[str], asyncio.Future[UUID]]] = {}

    async def __aenter__(self) -> "Sight":
        self._connection = await asyncpg.connect(self._dsn)
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._connection.close()

    async def order(self, matter_id: UUID, *statuses: str) -> UUID:
        """The id of this node's order of the matter, once it stands in one of the statuses. Raises TimeoutError."""
        seen: asyncio.Future[UUID] = asyncio.get_running_loop().create_future()
        self._waiting[matter_id] = (frozenset(statuses), seen)
        try:
            async with asyncio.timeout(PATIENCE):
                return await seen
        finally:
            del self._waiting[matter_id]

    async def _watch(self) -> None:
        look = await self._connection.prepare(STATES)
        while True:
            if self._waiting:
                for row in await look.fetch(list(self._waiting)):
                    statuses, seen = self._waiting.get(row["matter_id"], (frozenset(), None))
                    if seen is not None and row["status"] in statuses and not seen.done():
                        seen.set_result(row["id"])
            await asyncio.sleep(self._look)


class Way(Struct):
    """One direction. `urgent`: the receiver takes it by itself; otherwise its desk accepts it as soon as it shows."""

    sender: NodeAddress
    receiver: NodeAddress
    at_sender: Sight
    at_receiver: Sight
    urgent: bool = False

    async def carry(self, order_id: str, matter_id: str, at_sender: wire.Caller, at_receiver: wire.Caller) -> Times:
        """One matter, from the click to the receipt."""
        matter = UUID(matter_id)
        asked = {"to": self.receiver.centre, "urgent": self.urgent}
        clicked = time.perf_counter()
        await at_sender.ask(desk.act(order_id, "offer_transfer", 1, self.sender.tokens[DESK], **asked))
        there = await self.at_receiver.order(matter, "offered", "received", "accepted")
        visible = time.perf_counter()
        if not self.urgent:
            await at_receiver.ask(desk.act(str(there), "accept_transfer", 1, self.receiver.tokens[DESK]))
        await self.at_sender.order(matter, "following")
        return Times(visible=1000 * (visible - clicked), receipt=1000 * (time.perf_counter() - clicked))


async def one_by_one(
    sender: NodeAddress, receiver: NodeAddress, *, count: int, urgent: bool, told: Callable[[], None]
) -> list[Times]:
    """Single transfers, nothing else going on."""
    async with Sight(sender.dsn, LOOK) as at_sender, Sight(receiver.dsn, LOOK) as at_receiver:
        way = Way(sender, receiver, at_sender, at_receiver, urgent)
        lines = await wire.Caller.open(sender.url), await wire.Caller.open(receiver.url)
        times = []
        for order_id, matter_id in await orders(sender, count):
            times.append(await way.carry(order_id, matter_id, *lines))
            told()
            await asyncio.sleep(0.01)
        for line in lines:
            line.close()
    return times


class Sustained(Struct):
    """`rate`: complete transfers a second, both directions together."""

    rate: float
    times: list[Times]


async def both_ways(one: NodeAddress, other: NodeAddress, *, at_once: int, seconds: float, most: int) -> Sustained:
    """`at_once` transfers on their way in each direction, for some time. `most`: orders made beforehand for each direction."""
    stock = {node.centre: iter(await orders(node, most)) for node in (one, other)}
    async with Sight(one.dsn, 2 * LOOK) as at_one, Sight(other.dsn, 2 * LOOK) as at_other:
        ways = [Way(one, other, at_one, at_other), Way(other, one, at_other, at_one)]
        until = time.perf_counter() + seconds
        times: list[Times] = []

        async def keep_carrying(way: Way, supply: Iterator[tuple[str, str]]) -> None:
            lines = await wire.Caller.open(way.sender.url), await wire.Caller.open(way.receiver.url)
            for order_id, matter_id in supply:
                if time.perf_counter() >= until:
                    break
                times.append(await way.carry(order_id, matter_id, *lines))
            for line in lines:
                line.close()

        started = time.perf_counter()
        work: list[Awaitable[None]] = [
            keep_carrying(way, stock[way.sender.centre]) for way in ways for _ in range(at_once)
        ]
        await asyncio.gather(*work)
        return Sustained(len(times) / (time.perf_counter() - started), times)


async def orders(node: NodeAddress, count: int) -> list[tuple[str, str]]:
    """Fresh orders of a centre: their ids and their matters' ids."""
    requests = desk.creates(node.centre, node.tokens[DESK])
    made: list[tuple[str, str]] = []

    async def make() -> None:
        line = await wire.Caller.open(node.url)
        while len(made) < count:
            answer = (await line.ask(next(requests), expect=201)).json()
            made.append((answer["id"], answer["matter_id"]))
        line.close()

    await asyncio.gather(*(make() for _ in range(min(count, 16))))
    return made[:count]
