"""Random emergencies between centres whose links fail: in memory, by the same pure functions, many thousand steps a second.

Promises: centres that have the same lines see the same; every addressee of a broadcast has read it or is known to be silent; no task stands
twice and every called task has one holder; what was accepted is never lost; a drill stays a drill.
"""

import random
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from liandong.core.errors import AppError
from liandong.emergencies import actions as act
from liandong.emergencies import lines as on
from liandong.emergencies.deciding import Deciding, decide, declare, watch
from liandong.emergencies.due import next_due
from liandong.emergencies.folding import fold, roots
from liandong.emergencies.lines import EVENT_OF, Line, content_of, sealed
from liandong.emergencies.policy import default_emergencies
from liandong.emergencies.run_cards import shipped_run_cards
from liandong.emergencies.same import why_same
from liandong.orders.context import CLOCK_ACTOR, Actor
from world import A_TUESDAY

CODES = ("12345", "110", "119", "gas", "power")
BOSS = Actor("班长", frozenset({"supervisor"}))


class Node:
    """One centre in memory. Its clock is wrong by up to ten minutes."""

    def __init__(self, city, code):
        self.city, self.code = city, code
        self.lines: dict[UUID, Line] = {}
        self.lamport = 0
        self.skew = timedelta(seconds=city.random.randint(-600, 600))

    @property
    def now(self) -> datetime:
        return self.city.now + self.skew

    def ctx(self, actor=BOSS):
        minutes = {"emergency_read": 1, "emergency_ring": 1}
        due = lambda clock, level: self.now + timedelta(minutes=minutes.get(clock, 60))  # noqa: E731
        return Deciding(
            centre=self.code, present=frozenset(CODES), policy=default_emergencies(), cards=shipped_run_cards(),
            now=self.now, due=due, actor=actor, knows_unit=lambda unit: True,
        )  # fmt: skip

    def state(self, emergency_id):
        belongs = roots(self.lines.values())
        root = belongs[emergency_id]
        return fold(root, [line for line in self.lines.values() if belongs[line.emergency_id] == root])

    def states(self):
        return [self.state(root) for root in sorted(set(roots(self.lines.values()).values()))]

    def write(self, emergency_id, data, by="班长"):
        own = [line for line in self.lines.values() if (line.emergency_id, line.centre) == (emergency_id, self.code)]
        last = max(own, key=lambda one: one.no, default=None)
        self.lamport += 1
        self.take(
            sealed(
                Line(
                    id=self.city.new_id(), emergency_id=emergency_id, centre=self.code, no=last.no + 1 if last else 1,
                    lamport=self.lamport, at=self.now, by=by, event=EVENT_OF[type(data)], content=content_of(data),
                    previous=last.digest if last else "", digest="",
                )
            )
        )  # fmt: skip

    def take(self, line):
        if line.id in self.lines:
            return
        self.lines[line.id] = line
        self.lamport = max(self.lamport, line.lamport)
        self.city.queue += [(self.code, peer, line) for peer in CODES if peer != self.code]
        if line.event == "emergency.declared":
            self.join_twins(line.emergency_id)

    def join_twins(self, emergency_id):
        """As service.join_twins."""
        fresh = self.state(emergency_id)
        for other in self.states():
            if other.status == "open" and fresh.id == emergency_id and why_same(fresh, other, default_emergencies()):
                declared = [line for line in self.lines.values() if line.event == "emergency.declared"]
                first = min(
                    (one for one in declared if one.emergency_id in (fresh.id, other.id)), key=lambda o: o.cause
                )
                winner, loser = (fresh, other) if first.emergency_id == fresh.id else (other, fresh)
                if loser.centre == self.code:
                    self.write(loser.id, on.Joined(into=winner.id, reason="同一事件"), "clock")

    def look(self):
        for state in self.states():
            for data in watch(state, self.ctx(CLOCK_ACTOR)):
                self.write(state.id, data, "clock")


class City:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.now = A_TUESDAY
        self.queue: list[tuple[str, str, Line]] = []
        self.cut: set[tuple[str, str]] = set()
        self.nodes = {code: Node(self, code) for code in CODES}

    def new_id(self):
        return UUID(int=self.random.getrandbits(128), version=4)

    def deliver(self, share=0.6):
        """Some of what waits goes through, in any order, some of it twice; over a cut link nothing does."""
        waiting, self.queue = self.queue, []
        self.random.shuffle(waiting)
        for here, there, line in waiting:
            if (here, there) in self.cut or self.random.random() > share:
                self.queue.append((here, there, line))
                continue
            self.nodes[there].take(line)
            if self.random.random() < 0.05:
                self.queue.append((here, there, line))

    def settle(self):
        self.cut = set()
        while self.queue:
            self.deliver(1.0)

    def declare(self):
        node = self.random.choice(list(self.nodes.values()))
        title, subtype = self.random.choice([("阳光花园爆炸", "gas"), ("鼓楼起火", "fire")])
        drill = self.random.random() < 0.3
        given = act.Declaration(
            id=self.new_id(), subtype=subtype, title=title, place=act.PlaceGiven(text=title[:4]),
            exercise="exercise" if drill else "actual",
        )  # fmt: skip
        node.write(given.id, declare(given, node.code, "person", "", node.ctx()))

    def acts(self):
        node = self.random.choice(list(self.nodes.values()))
        known = [state for state in node.states() if state.status == "open"]
        if not known:
            return
        state = self.random.choice(known)
        held = [task.key for task in state.tasks if task.is_held_by(node.code)]
        sent = [one.id for one in state.broadcasts if any(receipt.centre == node.code for receipt in one.receipts)]
        choices = [act.SendBroadcast(id=self.new_id(), text="疏散"), act.DraftAgreedAnswer(text="正在处置")]
        choices += [kind(key=key) for key in held for kind in (act.AcceptTask, act.FinishTask)]
        choices += [act.RefuseTask(key=key, reason="无车") for key in held[:1]]
        choices += [kind(id=one) for one in sent for kind in (act.ReadBroadcast, act.ActOnBroadcast)]
        try:
            for data in decide(state, self.random.choice(choices), node.ctx()):
                node.write(state.id, data)
        except AppError as error:
            if error.code not in ("guard_refused", "not_permitted", "second_person_needed"):
                raise

    def step(self):
        chance = self.random.random()
        if chance < 0.05:
            self.declare()
        elif chance < 0.55:
            self.acts()
        elif chance < 0.65:
            pairs = [(one, other) for one in CODES for other in CODES if one != other]
            self.cut = set(self.random.sample(pairs, self.random.randint(0, 12)))
        else:
            self.now += timedelta(seconds=self.random.randint(1, 90))
            for node in self.nodes.values():
                node.look()
        self.deliver()


@pytest.mark.parametrize("seed", range(8))
def test_centres_agree_and_every_addressee_is_heard_or_known_to_be_silent(seed):
    city = City(seed)
    for _ in range(60):
        city.step()
    city.settle()
    for _ in range(8):  # whatever waits for a clock gets its time
        city.now += timedelta(minutes=12)
        for node in city.nodes.values():
            node.look()
        city.settle()
    seen = [node.states() for node in city.nodes.values()]
    assert all(states == seen[0] for states in seen), "the centres see different things"
    for state in seen[0]:
        keys = [task.key for task in state.tasks]
        assert len(keys) == len(set(keys))
        assert all(task.holder in CODES for task in state.tasks)
        waiting = [receipt for sent in state.broadcasts for receipt in sent.receipts if receipt.status == "waiting"]
        assert state.status != "open" or not waiting, "an addressee that neither heard it nor is known to be silent"
        silent = [(sent, one) for sent in state.broadcasts for one in sent.receipts if one.status == "silent"]
        assert all(state.task(f"reach/{sent.id}/{one.centre}") for sent, one in silent), "nobody was asked to reach it"
        drills = {
            line.emergency_id for line in city.nodes["110"].lines.values() if '"exercise":"exercise"' in line.content
        }
        assert ({state.id, *state.members} <= drills) == state.is_drill
        open_twins = [
            other for other in seen[0] if other.status == "open" and why_same(state, other, default_emergencies())
        ]
        assert state.status != "open" or not open_twins, "declared twice and never joined"
        due = [next_due(state, code) for code in CODES]
        assert all(one is None or one > A_TUESDAY for one in due)
