"""The city: centres, wires, the clock and the people's memory. `do(step)` carries out one step of a story.

A step that can't be done where the story stands does nothing, so that a story stays playable when steps are left out of it.
"""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from liandong.core.errors import AppError
from liandong.core.lanes import OutcomeUnknown
from liandong.orders.context import Actor
from liandong.orders.model import Snapshot
from liandong.orders.store import digest_of
from liandong.policy import CityPolicy

from .disk import Change
from .network import Network, Parcel, Wire
from .nodes import Node, expected
from .outside import CHANCE, SimulatedClock
from .people import ROLES, Person, intake_of, said

Step = tuple[Any, ...]
NOTHING = UUID(int=0)
ARBITRATED = frozenset({"12345", "110", "119"})
PAUSES = {"take": 4, "act": 5, "again": 2, "clock": 3, "go": 3, "arrive": 4, "receipt": 4}
"""Where in a step stands at which point it stops (0: at none), by its verb. What it needs comes before."""


class Done(Struct):
    """A command that a person was told is done: it must be in the ledger, whatever happens from now on."""

    centre: str
    order_id: UUID
    seq: int
    actor: str


class City:
    def __init__(self, centres: Sequence[str]) -> None:
        CHANCE.drawn = 0
        self.clock = SimulatedClock()
        self.network = Network()
        self._journal: list[Change] = []
        self.nodes = {code: self._node(code, tuple(centres)) for code in centres}
        self.orders: dict[UUID, dict[str, UUID]] = {}  # by matter and centre
        self.matters: dict[int, UUID] = {}  # by the label that the story gives them
        self.on_the_way: dict[UUID, int] = {}  # messages of a matter that were written and have had no effect yet
        self.presses: list[Person] = []
        self.done: list[Done] = []
        self.faults: list[str] = []  # what no step may lead to, whatever the promises say

    def do(self, step: Step) -> bool:
        """False: nothing could be done."""
        self.clock.tick()
        return VERBS[step[0]](self, *step[1:]) is not False

    def snapshot(self, code: str, label: int) -> Snapshot | None:
        order = self._order_of(code, label)
        return None if order is None else self.nodes[code].disk.orders[order]

    def snapshots(self, matter: UUID) -> dict[str, Snapshot]:
        """Every centre's own record of a matter."""
        return {code: self.nodes[code].disk.orders[order] for code, order in self.orders[matter].items()}

    def changes(self) -> list[Change]:
        """What was committed since this was last asked."""
        if not self._journal:
            return self._journal
        found = list(self._journal)
        self._journal.clear()
        for change in found:
            order, decision = change.after.order, change.decision
            if change.before is None:
                self.orders.setdefault(order.matter_id, {})[change.centre] = order.id
                if decision.incoming is None:
                    self.matters.setdefault(self._presser(decision.event.actor).label, order.matter_id)
            moved = len(decision.messages) - (decision.incoming is not None)
            self.on_the_way[order.matter_id] = self.on_the_way.get(order.matter_id, 0) + moved
        return found

    def digest(self) -> str:
        """Of everything that is durable anywhere: the same for the same story."""
        kept = [[n.disk.orders, n.disk.ledger, n.disk.pending, n.disk.counters] for n in self.nodes.values()]
        return sha256(msgspec.json.encode([list(map(_rows, kinds)) for kinds in kept])).hexdigest()

    def _node(self, code: str, centres: tuple[str, ...]) -> Node:
        return Node(policy_of(code, centres), clock=self.clock, network=self.network, journal=self._journal)

    def _order_of(self, code: str, label: int) -> UUID | None:
        return self.orders.get(self.matters.get(label, NOTHING), {}).get(code)

    def _presser(self, actor: str) -> Person:
        return self.presses[int(actor.removeprefix("desk-"))]

    # people

    def _do_take(self, code: str, label: int, danger: bool, pause: int = 0) -> bool:
        """A call is taken down."""
        if any(p.label == label and p.action is None for p in self.presses):
            return False
        return self._press(Person(code, label, len(self.presses), intake=intake_of(danger)), pause)

    def _do_act(self, code: str, label: int, fields: dict[str, Any], behind: int = 0, pause: int = 0) -> bool:
        """Somebody presses a key; `behind` versions ago they last looked."""
        snapshot = self.snapshot(code, label)
        if snapshot is None or snapshot.order.version <= behind:
            return False
        named = {k: self._order_of(code, v["order_of"]) for k, v in fields.items() if _names_an_order(v)}
        if None in named.values():
            return False
        action = said(fields | named, snapshot.order.version - behind)
        return self._press(Person(code, label, len(self.presses), action=action, order_id=snapshot.order.id), pause)

    def _do_again(self, back: int, pause: int = 0) -> bool:
        """The same press once more: nobody answered, or a finger was too fast."""
        if back >= len(self.presses):
            return False
        return self._submit(self.presses[-1 - back], pause)

    def _press(self, person: Person, pause: int) -> bool:
        self.presses.append(person)
        return self._submit(person, pause)

    def _submit(self, person: Person, pause: int) -> bool:
        node = self.nodes[person.code]
        if not node.up:
            return True  # no answer: pressed again later
        actor = Actor(person.id, ROLES)
        if person.intake is not None:
            digest = person.digest or digest_of(msgspec.json.encode(person.intake))
            person.digest = digest
            job = node.commands.take_in(person.intake, actor, key=person.id, digest=digest)
        else:
            job = node.commands.act(person.order_id, person.action, actor)
        node.run(job, lambda result, problem: self._told(person, result, problem), pause)
        return True

    def _told(self, person: Person, result: Any, problem: BaseException | None) -> None:
        self._unexpected(person.code, problem)
        if isinstance(problem, OutcomeUnknown):
            return  # not answered: pressed again later
        if isinstance(problem, AppError):
            person.answered = True
            if problem.code == "try_again":
                self.faults.append(
                    f"{person.code} can't carry out {person.action or 'an intake'}, however often it tries"
                )
        if problem is not None:
            return
        person.answered = True
        order = result.order if person.intake is None else result.snapshot.order
        seq = 1 if person.intake is not None else order.version
        self.done.append(Done(person.code, order.id, seq, person.id))

    # clocks

    def _do_clock(self, code: str, label: int, pause: int = 0) -> bool:
        """The next clock of an order runs out and a worker sees it."""
        node, snapshot = self.nodes[code], self.snapshot(code, label)
        running = [t for t in (snapshot.timers if snapshot else None) or () if t.status == "running"]
        if not running or not node.up:
            return False
        timer = min(running, key=lambda t: t.due_at)
        self.clock.reach(timer.due_at)
        job = node.commands.fire(timer.order_id, timer.name)
        node.run(job, lambda result, problem: self._unexpected(code, problem), pause)
        return True

    def _do_wait(self, seconds: int) -> None:
        self.clock.pass_by(seconds)

    # machines

    def _do_crash(self, code: str) -> bool:
        node = self.nodes[code]
        if node.up:
            node.crash()
            return True
        return False

    def _do_stumble(self, code: str, *written: bool) -> None:
        """The database's connection will break at the next commits, each time before or after the commit."""
        self.nodes[code].disk.stumbles = list(written)

    def _do_restart(self, code: str) -> bool:
        node = self.nodes[code]
        if not node.up:
            node.restart()
            return True
        return False

    def _do_go(self, code: str, place: int, pause: int = 0) -> bool:
        """What stood still goes on."""
        node = self.nodes[code]
        if not node.stopped:
            return False
        node.go_on(place, pause)
        return True

    # wires

    def _do_cut(self, a_: str, b: str) -> None:
        self.network.cuts |= {(a_, b)}

    def _do_mend(self, a_: str, b: str) -> None:
        self.network.cuts -= {(a_, b)}

    def _do_send(self, a_: str, b: str) -> bool:
        node = self.nodes[a_]
        if not node.up or b in node.sending or b not in node.disk.pending:
            return False
        node.send(b, lambda result, problem: self._unexpected(a_, problem))
        return True

    def _do_arrive(self, a_: str, b: str, place: int = 0, pause: int = 0) -> bool:
        if not self.network.passes(a_, b):
            return False
        parcel = self.network.take((a_, b), place)
        if parcel is None:
            return False
        node = self.nodes[b]
        if node.up:
            node.receive(parcel, lambda result, problem: self._received(b, parcel, result, problem), pause)
        elif self.nodes[a_].waits_for(parcel):
            self.nodes[a_].hear(b, None)
        return True

    def _received(self, code: str, parcel: Parcel, receipts: Any, problem: BaseException | None) -> None:
        self._unexpected(code, problem)
        if receipts is None:
            return
        self.network.answer(parcel, receipts)
        for receipt in receipts:
            if receipt.status in {"refused", "parked"} or receipt.code == "internal":
                self.faults.append(f"{code} {receipt.status} a message: {receipt.code} {receipt.text}")

    def _do_receipt(self, a_: str, b: str, place: int = 0, pause: int = 0) -> bool:
        """Receipts come home to `a_`; if it does not wait for them any more, nobody hears them."""
        if not self.network.passes(b, a_):
            return False
        found = self.network.take_receipts((a_, b), place)
        if found is None:
            return False
        if self.nodes[a_].waits_for(found[0]):
            self.nodes[a_].hear(b, found[1], pause)
        return True

    def _do_lose(self, a_: str, b: str, place: int = 0) -> bool:
        return self.network.take((a_, b), place) is not None

    def _do_lose_receipt(self, a_: str, b: str, place: int = 0) -> bool:
        return self.network.take_receipts((a_, b), place) is not None

    def _do_copy(self, a_: str, b: str, place: int = 0) -> bool:
        parcel = self.network.look((a_, b), place)
        if parcel is None:
            return False
        self.network.put(parcel)
        return True

    def _do_give_up(self, a_: str, b: str) -> bool:
        """The sender's patience ends; what it sent may still arrive."""
        if b not in self.nodes[a_].waiting:
            return False
        self.clock.pass_by(20)
        self.nodes[a_].hear(b, None)
        return True

    def _unexpected(self, code: str, problem: BaseException | None) -> None:
        if not expected(problem):
            self.faults.append(f"{code} failed inside: {type(problem).__name__} {problem}")


VERBS = {name.removeprefix("_do_"): do for name, do in vars(City).items() if name.startswith("_do_")}


def _names_an_order(value: Any) -> bool:
    return isinstance(value, dict) and "order_of" in value


def _rows(table: dict[Any, Any]) -> list[Any]:
    return list(table.items())


def wires(city: City) -> list[Wire]:
    return [(a_, b) for a_ in city.nodes for b in city.nodes if a_ != b]


@cache
def policy_of(code: str, centres: tuple[str, ...]) -> CityPolicy:
    """Every centre is linked with every other; 12345, 110 and 119 have agreed that a leader may decide between them."""
    others = tuple(c for c in centres if c != code)
    return CityPolicy(code, others, arbitration=frozenset(others) & ARBITRATED if code in ARBITRATED else frozenset())
