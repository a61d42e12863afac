"""Two centres in memory that run the product's own `decide`, with a clock that is moved and a network that dawdles.

What a commit writes is durable (a dict); what a crash loses is everything else, which is nothing here: the steps between load,
decide and commit have no effect of their own, and that is just what the design promises.
"""

import random
from collections import defaultdict, deque
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from liandong.core.ids import new_id
from liandong.exchange.contracts import MESSAGES, TransferOffered
from liandong.exchange.receive import ACTIONS
from liandong.orders import actions as a
from liandong.orders.context import CLOCK_ACTOR, Actor, Asked, Incoming, peer_actor
from liandong.orders.decide import (
    Decision,
    Refusal,
    after,
    allowed_actions,
    decide,
    decide_intake,
    decide_offer,
    kind_of,
)
from liandong.orders.lifecycle import LIFECYCLES
from liandong.orders.model import RESOLVED, Kind, Snapshot
from liandong.policy import CityPolicy
from liandong.routing.model import Facts, Scope

CENTRES = ("12345", "110")
PEOPLE = Actor("everybody", frozenset({"call_taker", "dispatcher", "supervisor", "unit"}))
UNIT = "91120000YB0000"


class Letter(msgspec.Struct):
    seq: int
    kind: str
    body: bytes


class Centre:
    def __init__(self, code: str, peer: str) -> None:
        self.code = code
        self.policy = CityPolicy(code, (peer,))
        self.unit = next(u for u in self.policy._units)
        self.orders: dict[UUID, Snapshot] = {}
        self.sent: dict[UUID, int] = defaultdict(int)
        self.received: dict[UUID, int] = defaultdict(int)


class City:
    """`decider` may be swapped for a wrong one, to see that the promises catch it."""

    def __init__(self, seed: int, decider: Any = decide) -> None:
        self.random = random.Random(seed)
        self.now = datetime(2026, 11, 24, 1, tzinfo=UTC)
        self.centres = {"12345": Centre("12345", "110"), "110": Centre("110", "12345")}
        self.wires: dict[tuple[str, UUID], deque[Letter]] = defaultdict(deque)  # (to, matter): in order
        self.story: list[str] = []
        self.decider = decider
        self.thrown_back = False

    # what happens

    def takes(self, code: str, facts: Facts | None = None) -> UUID:
        centre = self.centres[code]
        facts = facts or Facts(code, Scope.OWN)
        intake = a.Intake(content="样例")
        decision = decide_intake(intake, facts, self._asked(code, "intake", intake, PEOPLE))
        self._write(centre, Snapshot(decision.order), decision)
        self.story.append(f"{code} takes in {decision.order.matter_id}")
        return decision.order.matter_id

    def act(self, code: str, matter: UUID, action: a.Action) -> bool:
        centre = self.centres[code]
        snapshot = centre.orders[matter]
        decision = self.decider(snapshot, self._asked(code, action.name, action, PEOPLE))
        if isinstance(decision, Refusal):
            return False
        self._write(centre, snapshot, decision)
        self.story.append(f"{code} {action.name} -> {centre.orders[matter].order.status}")
        return True

    def fire(self, code: str, matter: UUID) -> bool:
        """The next clock of the order runs out."""
        centre = self.centres[code]
        snapshot = centre.orders[matter]
        running = [t for t in snapshot.timers or () if t.status == "running"]
        if not running:
            return False
        timer = min(running, key=lambda t: t.due_at)
        self.now = max(self.now, timer.due_at)
        due = a.Due(version=snapshot.order.version, clock=timer.name)
        decision = self.decider(snapshot, self._asked(code, "due", due, CLOCK_ACTOR))
        if isinstance(decision, Refusal):
            return False
        self._write(centre, snapshot, decision)
        self.story.append(f"{code} clock {timer.name} -> {centre.orders[matter].order.status}")
        return True

    def deliver(self, to: str, matter: UUID) -> bool:
        wire = self.wires[to, matter]
        if not wire:
            return False
        letter = wire.popleft()
        if self.random.random() < 0.1:
            wire.appendleft(letter)  # its receipt was lost: it comes again, and is known by its number
        self._receive(to, matter, letter)
        return True

    def settle(self, matter: UUID) -> None:
        """All that is on its way arrives, nobody does anything."""
        for _ in range(500):
            if not sum(self.deliver(code, matter) for code in CENTRES):
                return
        raise AssertionError("messages without end")

    # how it is written

    def _receive(self, to: str, matter: UUID, letter: Letter) -> None:
        centre, sender = self.centres[to], "110" if to == "12345" else "12345"
        if letter.seq <= centre.received[matter]:
            return
        assert letter.seq == centre.received[matter] + 1
        body = msgspec.json.decode(letter.body, type=MESSAGES[letter.kind])
        incoming = Incoming(sender, new_id(), matter, letter.seq, letter.kind, "")
        asked = self._asked(to, ACTIONS[letter.kind], body, peer_actor(sender), incoming)
        snapshot = centre.orders.get(matter)
        if snapshot is None:
            assert isinstance(body, TransferOffered), f"{letter.kind} for a matter unknown at {to}"
            decision: Any = decide_offer(matter, asked)
            snapshot = Snapshot(decision.order)
        else:
            decision = self.decider(snapshot, asked)
        assert not isinstance(decision, Refusal), f"{to} refused {letter.kind} in {snapshot.order.status}: {decision}"
        centre.received[matter] = letter.seq
        before = snapshot.order
        self._write(centre, snapshot, decision)
        now = centre.orders[matter].order
        at_work = before.responsible and snapshot.dispatch is not None and not before.is_resolved
        if at_work and now.status != before.status and now.round == before.round and now.responsible:
            self.thrown_back = True
        self.story.append(f"{to} reads {letter.kind} -> {centre.orders[matter].order.status}")

    def _write(self, centre: Centre, snapshot: Snapshot, decision: Decision) -> None:
        matter = decision.order.matter_id
        number = f"{centre.code}-{matter}" if decision.number_scope else None
        centre.orders[matter] = after(snapshot, decision, number)
        for message in decision.messages:
            centre.sent[matter] += 1
            self.wires[message.peer, matter].append(
                Letter(centre.sent[matter], kind_of(message), msgspec.json.encode(message.body))
            )

    def _asked(self, code: str, action: str, data: Any, actor: Actor, incoming: Incoming | None = None) -> Asked:
        self.now += timedelta(milliseconds=self.random.randint(1, 900))
        return Asked(action, data, actor, self.centres[code].policy, self.now, incoming)

    # what people may want

    def random_action(self, code: str, matter: UUID) -> a.Action | None:
        """Something the console would offer, filled in; now and then something it would not."""
        snapshot = self.centres[code].orders[matter]
        if self.random.random() < 0.05:
            names = list(a.person_actions())
        else:
            names = [row.action for row in allowed_actions(snapshot, PEOPLE)]
        names = [
            n
            for n in names
            if n not in {"amend", "pause_clock", "resume_clock", "cancel", "reopen", "attach"}
            or self.random.random() < 0.1
        ]
        return self.filled(code, snapshot, self.random.choice(names)) if names else None

    def filled(self, code: str, snapshot: Snapshot, name: str) -> a.Action:
        peer = "110" if code == "12345" else "12345"
        version = snapshot.order.version
        words = {
            "answer": "已处理", "reason": "not_our_duty", "basis": "清单", "unit": self.centres[code].unit, "level": 2, "result": "已处置",
            "reached": True, "satisfaction": 4, "text": "补充", "clock": snapshot.timers[0].name if snapshot.timers else "callback",
            "to": peer, "attachment": str(UUID(int=0)),
        }  # fmt: skip
        kind = a.person_actions()[name]
        fields = {f: words[f] for f in a.required_fields(kind)}
        if name == "offer_transfer":
            fields |= {"part": snapshot.dispatch is not None, "urgent": self.random.random() < 0.2}
        return msgspec.convert({"action": name, "version": version, **fields}, kind)

    # the promises

    def broken_promise(self, matter: UUID) -> str | None:
        """The first promise that this matter breaks now, in words."""
        orders = {code: c.orders[matter].order for code, c in self.centres.items() if matter in c.orders}
        responsible = [code for code, order in orders.items() if order.responsible]
        resolved = any(order.status in RESOLVED for order in orders.values())
        withdrawn = all(order.status in LIFECYCLES[order.kind].final for order in orders.values())
        if not responsible and not resolved and not withdrawn:
            return "1 an orphan: nobody holds itself responsible"
        if self.thrown_back:
            return "6 a message threw back work that was under way"
        quiet = not any(self.wires[code, matter] for code in CENTRES)
        at_work = [code for code in responsible if orders[code].status not in RESOLVED]
        if quiet and len(at_work) > 1 and not self._joint(matter):
            return "2 two owners with nothing on its way"
        police = orders.get("110")
        if police and police.danger and self.centres["110"].orders[matter].dispatch is None:
            offer = self.centres["110"].orders[matter].open_transfer("out")
            if offer and not offer.part and offer.status == "offered" and police.responsible:
                return "4 the police desk offers danger away before it has dispatched"
        return None

    def danger_waits(self, matter: UUID) -> str | None:
        """To be asked when all messages have arrived: known danger is with the police, and nothing is waited for."""
        orders = {code: c.orders[matter].order for code, c in self.centres.items() if matter in c.orders}
        resolved = any(order.status in RESOLVED for order in orders.values())
        hotline, police = orders.get("12345"), orders.get("110")
        told = (
            hotline and hotline.danger and any(t.urgent for t in self.centres["12345"].orders[matter].transfers or ())
        )
        if resolved or not (told or (police and police.danger)):
            return None
        if police is None or not police.responsible:
            return "3 danger waits: the police desk does not have it"
        return None

    def _joint(self, matter: UUID) -> bool:
        return any(
            t.part and t.status == "accepted"
            for c in self.centres.values()
            for t in (c.orders[matter].transfers if matter in c.orders else None) or ()
        )


def close_everything(city: City, matter: UUID) -> bool:
    """Sensible people and the network finish the matter. False: its loop can't be closed."""
    order_of_work = (
        "accept_transfer", "dispatch", "sign_for", "acknowledge", "start_handling", "arrive", "start_disposing", "answer", "feed_back",
        "close", "call_back", "evaluate",
    )  # fmt: skip
    for _ in range(200):
        city.settle(matter)
        snapshots = {code: c.orders[matter] for code, c in city.centres.items() if matter in c.orders}
        if all(s.order.status in LIFECYCLES[s.order.kind].final for s in snapshots.values()):
            return True
        moved = False
        for code, snapshot in snapshots.items():
            allowed = {row.action for row in allowed_actions(snapshot, PEOPLE)}
            name = next((n for n in order_of_work if n in allowed), None)
            if name is None and snapshot.order.danger and "raise_danger" in allowed and "dispatch" not in allowed:
                name = "raise_danger" if snapshot.order.kind == Kind.WORK_ORDER else None
            if name and city.act(code, matter, city.filled(code, snapshot, name)):
                moved = True
        if not moved and not any(city.fire(code, matter) for code in snapshots):
            return False
    return False
