"""A city in one process: centres with real databases, real signatures and a clock that only moves when it is told to.

order = await world.centre("12345").takes("家里煤气味很大")
await order.transfer("110", urgent=True)
await world.settle()
assert order.status == "following"
"""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec

from liandong.audit.auditor import Round, audit_once
from liandong.core import db, ledger
from liandong.core.clock import ManualClock
from liandong.core.places import read_on
from liandong.core.timers import fire_due
from liandong.exchange.reconcile import Difference, ViewsAsked, compare, shared_matters
from liandong.exchange.sealing import new_key, public_text, write_private
from liandong.exchange.send import Sender, Unreachable
from liandong.messaging.settings import MessagingSettings
from liandong.node import Node, open_node
from liandong.orders.actions import Intake, person_actions
from liandong.orders.context import Actor
from liandong.orders.decide import allowed_actions
from liandong.orders.model import Order, Snapshot
from liandong.orders.store import SQL, digest_of
from liandong.people.settings import PeopleSettings
from liandong.settings import PeerSettings, Settings
from links import Link
from servers import Databases

A_TUESDAY = datetime(2025, 3, 4, 2, 0, tzinfo=UTC)  # 10:00 in Tianjin, an ordinary working day
PEOPLE = Actor(id="desk", roles=frozenset({"call_taker", "dispatcher", "supervisor", "unit"}))

REVIEWER = Actor(id="reviewer", roles=frozenset({"dispatcher", "supervisor"}))


UNREAD = "SELECT count(*) FROM reading_places p, events e WHERE p.reader IN ('messaging', 'callbacks') AND (e.txid, e.position) > (p.txid::xid8, p.position)"


class World:
    def __init__(self, clock: ManualClock, databases: Databases) -> None:
        self.clock = clock
        self._databases = databases
        self._centres: dict[str, Centre] = {}
        self._links: dict[tuple[str, str], Link] = {}
        self._handles: list[OrderHandle] = []

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls,
        databases: Databases,
        folder: Path,
        centres: Iterable[str],
        *,
        start: datetime = A_TUESDAY,
        lanes: int = 1,
        arbitration: bool = False,
        messaging: MessagingSettings | None = None,
        people: PeopleSettings | None = None,
    ) -> AsyncIterator["World"]:
        """Ends with every ledger verified, so every story is also a test of the ledger."""
        codes = tuple(centres)
        world = cls(ManualClock(start), databases)
        folder.mkdir(parents=True)
        async with AsyncExitStack() as stack:
            for code in codes:
                name = await databases.create()
                stack.push_async_callback(databases.drop, name)
                settings = _settings(code, codes, databases.dsn(name), folder, lanes, arbitration)
                if messaging is not None:
                    settings = msgspec.structs.replace(settings, messaging=messaging)
                if people is not None:
                    settings = msgspec.structs.replace(settings, people=people)
                node = await stack.enter_async_context(open_node(settings, clock=world.clock))
                world._centres[code] = Centre(world, node)
            for here, there in itertools.permutations(codes, 2):
                world._connect(here, there)
            yield world
            await world.verify_ledgers()

    @property
    def centres(self) -> list["Centre"]:
        return list(self._centres.values())

    def centre(self, code: str) -> "Centre":
        return self._centres[code]

    def link(self, here: str, there: str) -> Link:
        """The way from one centre to another."""
        return self._links[here, there]

    def cut(self) -> None:
        """Every network in the city is down."""
        for link in self._links.values():
            link.cut()

    def mend(self) -> None:
        for link in self._links.values():
            link.mend()

    async def settle(self) -> None:
        """Clocks that are due fire and messages go, until nothing moves any more; then every order in hand is looked at again."""
        for _ in range(200):
            moved = [await centre.fire_clocks() for centre in self.centres]
            moved += [await centre.send() for centre in self.centres]
            if not any(moved):
                break
        else:
            raise AssertionError("the world does not come to rest: messages go back and forth")
        for handle in self._handles:
            await handle.look()

    async def fast_forward(self, **duration: float) -> None:
        """Moves the clock, stopping at every deadline on the way, as real time would."""
        end = self.clock.now() + timedelta(**duration)
        await self.settle()
        while (due := await self._next_due(end)) is not None:
            self.clock.advance(due - self.clock.now())
            await self.settle()
        self.clock.advance(end - self.clock.now())
        await self.settle()

    async def verify_ledgers(self) -> None:
        for centre in self.centres:
            verified = await centre.verified()
            assert verified.broken is None, f"the ledger of {centre.code} is broken: {verified.broken}"

    async def differences(self) -> list[Difference]:
        """What each centre sees otherwise than its peers."""
        found: list[Difference] = []
        for here, there in itertools.combinations(self.centres, 2):
            ours = await shared_matters(here.pool, there.code, ViewsAsked())
            named = ViewsAsked(matters=[view.matter_id for view in ours])
            found += compare(ours, await shared_matters(there.pool, here.code, named))
        return found

    async def owners(self, matter_id: UUID) -> list[str]:
        """The centres that hold themselves responsible for a matter."""
        sql = "SELECT responsible FROM orders WHERE matter_id = $1"
        return [c.code for c in self.centres if await c.pool.fetchval(sql, matter_id)]

    async def open_loops(self) -> int:
        sql = "SELECT count(*) FROM orders WHERE status <> ALL ($1)"
        final = ["guided", "cancelled", "declined", "withdrawn", "evaluated"]
        return sum([await c.pool.fetchval(sql, final) for c in self.centres])

    def keep_in_sight(self, handle: "OrderHandle") -> None:
        self._handles.append(handle)

    async def _next_due(self, end: datetime) -> datetime | None:
        sql = "SELECT min(due_at) FROM timers WHERE status = 'running' AND due_at > $1 AND due_at <= $2"
        due = [await centre.pool.fetchval(sql, self.clock.now(), end) for centre in self.centres]
        return min((moment for moment in due if moment is not None), default=None)

    def _connect(self, here: str, there: str) -> None:
        receiver = self._centres[there].node.receiver
        link = Link(self.clock, lambda sealed: receiver.receive(sealed, here))
        self._links[here, there] = link
        self._centres[here].senders[there] = self._centres[here].node.sender(there, link.post)


class Centre:
    def __init__(self, world: World, node: Node) -> None:
        self.world = world
        self.node = node
        self.code = node.settings.centre
        self.unit = unit_of(self.code)
        self.senders: dict[str, Sender] = {}

    @property
    def pool(self) -> Any:
        return self.node.pool

    async def takes(self, content: str, *, key: str | None = None, actor: Actor = PEOPLE, **more: Any) -> "OrderHandle":
        """A call is taken down."""
        intake = msgspec.convert({"content": content} | more, Intake)
        digest = digest_of(msgspec.json.encode(intake))
        taken = await self.node.commands.take_in(intake, actor, key=key or uuid4().hex, digest=digest)
        return self.hold(taken.snapshot)

    def hold(self, snapshot: Snapshot) -> "OrderHandle":
        handle = OrderHandle(self, snapshot)
        self.world.keep_in_sight(handle)
        return handle

    async def order_of(self, matter_id: UUID) -> "OrderHandle":
        """This centre's own record of a matter."""
        order_id = await self.pool.fetchval(SQL.id_of_matter, matter_id)
        assert order_id is not None, f"{self.code} has no order of matter {matter_id}"
        snapshot = await self.node.store.load(order_id)
        assert snapshot is not None
        return self.hold(snapshot)

    async def knows(self, matter_id: UUID) -> bool:
        return await self.pool.fetchval(SQL.id_of_matter, matter_id) is not None

    async def fire_clocks(self) -> int:
        return await fire_due(self.pool, self.node.clock, self.node.commands.fire)

    async def send(self) -> int:
        sent = 0
        for sender in self.senders.values():
            with contextlib.suppress(Unreachable):
                sent += await sender.send_pending()
        return sent

    async def follow(self) -> int:
        """What follows inside this centre from what was committed: people are written to, rules react. Returns how many events were read."""
        node, read = self.node, 0
        while True:
            moved = await read_on(self.pool, "messaging", node.writer.handle, node.clock.now())
            moved += await read_on(self.pool, "callbacks", node.following.handle, node.clock.now())
            read += moved
            if moved + await node.reactor.react_once():
                continue
            if not await self.pool.fetchval(UNREAD):
                return read
            await asyncio.sleep(
                0.01
            )  # a transaction of another test on the same server may hold the ledger's readers back

    async def audit(self) -> Round:
        """One round of this centre's auditor."""
        done = await audit_once(self.pool, self.node.auditor, self.node.clock)
        assert done is not None
        return done

    async def findings(self, *, open_: bool = True) -> list[Any]:
        sql = "SELECT * FROM findings WHERE NOT $1 OR over_at IS NULL ORDER BY first_seen, kind, thing"
        return await self.pool.fetch(sql, open_)

    async def alarms(self) -> list[Any]:
        return await self.pool.fetch("SELECT * FROM alarms ORDER BY position")

    async def inbox(self) -> list[Any]:
        return await self.pool.fetch("SELECT * FROM inbox ORDER BY received_at, matter_id, seq")

    async def outbox(self) -> list[Any]:
        return await self.pool.fetch("SELECT * FROM outbox ORDER BY created_at, matter_id, seq")

    async def rejections(self) -> list[Any]:
        return await self.pool.fetch("SELECT * FROM rejections ORDER BY id")

    async def verified(self) -> ledger.Verified:
        connection = await db.connect(self.node.settings.dsn, name="liandong verify")
        try:
            return await ledger.verify(connection)
        finally:
            await connection.close()


class OrderHandle:
    """One centre's order in a story. Every action of the tables is a verb: `await order.dispatch(unit=…)`."""

    def __init__(self, centre: Centre, snapshot: Snapshot) -> None:
        self.centre = centre
        self.snapshot = snapshot

    @property
    def order(self) -> Order:
        return self.snapshot.order

    @property
    def status(self) -> str:
        return self.order.status

    @property
    def is_asked(self) -> bool:
        """A peer's offer waits here for an answer."""
        return self.snapshot.open_transfer("in") is not None

    @property
    def id(self) -> UUID:
        return self.order.id

    @property
    def matter_id(self) -> UUID:
        return self.order.matter_id

    async def look(self) -> "OrderHandle":
        snapshot = await self.centre.node.store.load(self.id)
        assert snapshot is not None
        self.snapshot = snapshot
        return self

    async def act(
        self, action: str, *, actor: Actor = PEOPLE, version: int | None = None, **fields: Any
    ) -> "OrderHandle":
        data = msgspec.convert(
            {"version": version or self.order.version, "action": action} | fields, person_actions()[action]
        )
        self.snapshot = await self.centre.node.commands.act(self.id, data, actor)
        stored = await self.centre.node.store.load(self.id)
        assert stored is not None
        if stored.order.version == self.order.version:
            assert stored.order == self.order, "what was answered is not what is stored"
        return self

    def __getattr__(self, name: str) -> Any:
        if name not in person_actions():
            raise AttributeError(name)
        return lambda **fields: self.act(name, **fields)

    async def transfer(self, to: str, **fields: Any) -> "OrderHandle":
        return await self.act("offer_transfer", to=to, **fields)

    async def at(self, code: str) -> "OrderHandle":
        """The other centre's order of the same matter."""
        return await self.centre.world.centre(code).order_of(self.matter_id)

    async def give_back(self, **fields: Any) -> "OrderHandle":
        """The unit returns it; where that is a request, another person grants it."""
        await self.act("return_order", **fields)
        return self if self.status == "returned" else await self.act("grant_return", actor=REVIEWER)

    async def prove(self, answer: str, *, actor: Actor = PEOPLE) -> "OrderHandle":
        """What the category asks for before the answer: the handling table."""
        policy = self.centre.node.policy
        needs = policy.handling.needs(policy.tags(self.order))
        if "step" in needs:
            await self.act("record_step", what="到场核实并处理", actor=actor)
        if "contact" in needs:
            await self.act("record_contact", reached=True, actor=actor)
        if "review" in needs:
            await self.act("draft_answer", answer=answer, actor=actor)
            await self.act("review_answer", approved=True, actor=REVIEWER)
        return self

    async def work(self) -> "OrderHandle":
        """From where it is to a result."""
        unit = self.centre.unit
        steps: list[tuple[str, dict[str, Any]]] = [("dispatch", {"unit": unit})]
        if self.order.kind == "work_order":
            steps += [("sign_for", {}), ("start_handling", {}), ("answer", {"answer": "已处理"})]
        else:
            steps += [("acknowledge", {}), ("arrive", {}), ("start_disposing", {}), ("feed_back", {"result": "已处置"})]
        for action, fields in steps:
            if action == "answer":
                await self.prove(fields["answer"])
            await self.act(action, **fields)
        return self

    async def finish(self) -> "OrderHandle":
        """From a result to the caller's evaluation."""
        if any(row.action == "explain_delay" for row in allowed_actions(self.snapshot, PEOPLE)):
            await self.act("explain_delay", cause="traffic")
        await self.act("close")
        await self.act("call_back", reached=True, solved=True)
        return await self.act("evaluate", satisfaction=5)

    async def events(self) -> list[str]:
        rows = await self.centre.pool.fetch(SQL.events, self.id)
        return [row["kind"] for row in rows]

    async def ledger(self) -> list[Any]:
        return await self.centre.pool.fetch(SQL.events, self.id)

    async def clocks(self) -> dict[str, str]:
        """Every clock it ever had, with its state."""
        rows = await self.centre.pool.fetch("SELECT name, status FROM timers WHERE order_id = $1", self.id)
        return {row["name"]: row["status"] for row in rows}

    async def due_at(self, clock: str) -> datetime:
        sql = "SELECT due_at FROM timers WHERE order_id = $1 AND name = $2"
        return await self.centre.pool.fetchval(sql, self.id, clock)


@cache
def unit_of(centre: str) -> str:
    from liandong.catalogue.centres import default_centres
    from liandong.catalogue.units import default_units

    kind = "police_station" if default_centres()[centre].acts_in_danger else "district"
    units = [unit for unit in default_units().values() if unit.kind == kind]
    return (units or list(default_units().values()))[0].org_code


def person(*roles: str, unit: str | None = None) -> Actor:
    return Actor(id=f"person-{'-'.join(roles)}", roles=frozenset(roles), unit=unit)


def _settings(code: str, codes: tuple[str, ...], dsn: str, folder: Path, lanes: int, arbitration: bool) -> Settings:
    peers = {
        peer: PeerSettings(
            url=f"http://{peer}.invalid",
            public_keys={f"{peer}-1": public_text(_key(peer))},
            arbitration=arbitration,
        )
        for peer in codes
        if peer != code
    }
    write_private(_key(code), folder / f"{code}.key")
    return Settings(
        centre=code,
        dsn=dsn,
        key_file=f"{code}.key",
        kid=f"{code}-1",
        commit_lanes=lanes,
        pool_size=4,
        peers=peers,
        folder=str(folder),
    )


@cache
def _key(code: str) -> Any:
    return new_key()
