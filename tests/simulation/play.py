"""One life: random steps chosen from where the city stands, then calm: the network heals, everybody finishes.

Everything follows from the seed. The steps are kept, so that a life that broke a promise can be replayed and shortened.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from random import Random

from msgspec import Struct

from liandong.catalogue.centres import default_centres
from liandong.core.lifecycle import Transition
from liandong.linkage.danger_rules import police_called, police_have_it
from liandong.orders.context import DANGER_CLOCK
from liandong.orders.lifecycle import FINAL, GUARDS, LIFECYCLES
from liandong.orders.model import Kind, Snapshot

from .city import City, Step, wires
from .known import KEPT_OUT
from .people import ACTIONS, FORWARD, IN_DANGER, ROLES, Look, filled, sensible
from .promises import Broken, Watch

ALL_CENTRES = tuple(default_centres())
LENGTHS = (25, 60, 120)
BETWEEN = frozenset({
    "offer_transfer", "accept_transfer", "return_transfer", "withdraw_transfer", "negotiate", "keep_matter", "arbitrate", "recall_transfer",
    "agree_recall", "refuse_recall", "merge", "unmerge",
})  # fmt: skip
RARE = frozenset({"amend", "pause_clock", "resume_clock", "cancel", "reopen", "evaluate"})
WAITS = (1, 30, 61, 900, 86_400, 5 * 86_400)
STUMBLES = ((False,), (True,), (False, False), (False, True), (False, False, False))  # see Disk.stumbles
CALM = 3000  # steps after which a city that has not come to rest never will


class Life(Struct):
    """What became of a seed: how many steps were taken, what broke, and the steps that anybody can replay."""

    seed: int
    city: City
    steps: int = 0
    broken: Broken | None = None
    story: list[Step] = []

    @property
    def centres(self) -> tuple[str, ...]:
        return tuple(self.city.nodes)


class Temper(Struct):
    """How rough this life is: chances in a step. Lives differ, so that some faults get rare company."""

    length: int
    matters: int
    crash: float
    cut: float
    mischief: float
    pause: float
    stale: float
    blind: float
    between: float
    clocks: float


def live(seed: int, centres: Sequence[str] | None = None) -> Life:
    chance = Random(seed)
    city, temper = City(centres or choose_centres(chance)), temper_of(chance)
    life = Life(seed, city)
    watch, author = Watch(city), Author(city, chance, temper)
    while life.steps < temper.length and life.broken is None:
        step = author.next_step()
        life.story.append(step)
        _take(city, watch, life, step)
    if life.broken is None:
        finish(city, watch, life)
    return life


def replay(centres: Sequence[str], story: Sequence[Step], *, log: list[str] | None = None) -> Life:
    """The same steps again, and calm after them."""
    city = City(centres)
    watch = Watch(city, log)
    life = Life(0, city, story=list(story))
    for step in story:
        _take(city, watch, life, step)
        if life.broken is not None:
            life.story = list(story[: life.steps])
            return life
    finish(city, watch, life)
    return life


def _take(city: City, watch: Watch, life: Life, step: Step) -> None:
    life.steps += 1
    life.broken = watch.after(step, city.do(step))


def choose_centres(chance: Random) -> tuple[str, ...]:
    several = chance.random()
    if several < 0.55:
        return ALL_CENTRES[: 2 if several < 0.3 else 3]
    return ALL_CENTRES[: chance.randint(3, len(ALL_CENTRES))]


def temper_of(chance: Random) -> Temper:
    rough = chance.choice((0.0, 0.3, 1.0))
    return Temper(
        length=chance.choice(LENGTHS),
        matters=chance.choice((1, 1, 1, 2, 3)),
        crash=0.04 * rough,
        cut=0.03 * rough,
        mischief=0.25 * rough,
        pause=0.2 * rough,
        stale=chance.choice((0.02, 0.1)),
        blind=chance.choice((0.03, 0.15)),
        between=chance.choice((0.0, 0.0, 0.85)),
        clocks=chance.choice((0.0, 0.0, 0.15)),
    )


class Author:
    """Chooses what happens next."""

    def __init__(self, city: City, chance: Random, temper: Temper) -> None:
        self.city = city
        self.chance = chance
        self.temper = temper
        self.codes = tuple(city.nodes)
        self.taken = 0

    def next_step(self) -> Step:
        roll = self.chance.random()
        t = self.temper
        if not self.taken or (self.taken < t.matters and roll < 0.05):
            return self._takes()
        if roll < t.crash + t.cut:
            return self._breaks(roll < t.crash)
        roll = self.chance.random()
        step: Step | None = None
        if roll < 0.5 - t.clocks:
            step = self._on_a_wire()
        elif roll < 0.56:
            step = self._a_clock()
        elif roll < 0.59:
            step = ("again", self.chance.randrange(3), self._pause())
        elif roll < 0.6:
            step = ("wait", self.chance.choice(WAITS))
        return step or self._goes_on() or self._somebody_acts() or self._on_a_wire() or self._a_clock() or ("wait", 1)

    def _takes(self) -> Step:
        self.taken += 1
        return ("take", self.chance.choice(self.codes), self.taken - 1, self.chance.random() < 0.2, self._pause())

    def _breaks(self, machine: bool) -> Step:
        chance, city = self.chance, self.city
        if machine:
            code = chance.choice(self.codes)
            if chance.random() < 0.4:
                return ("stumble", code, *chance.choice(STUMBLES))
            return ("crash", code) if city.nodes[code].up else ("restart", code)
        if city.network.cuts and chance.random() < 0.4:
            return ("mend", *chance.choice(sorted(city.network.cuts)))
        return ("cut", *chance.choice(wires(city)))

    def _on_a_wire(self) -> Step | None:
        """Something of what is on its way moves on, or is struck by mischief."""
        network, found = self.city.network, []
        found += [("receipt", wire) for wire in network.receipts]
        found += [("arrive", wire) for wire in network.flying]
        for code, node in self.city.nodes.items():
            if node.up:
                found += [("send", (code, peer)) for peer in node.disk.pending if peer not in node.sending]
                found += [("give_up", (code, peer)) for peer in node.waiting if (code, peer) not in network.flying]
        if not found:
            return None
        what, wire = self.chance.choice(found)
        if what in {"send", "give_up"}:
            return (what, *wire)
        place = self.chance.randrange(3) if self.chance.random() < 0.2 else 0
        if self.chance.random() < self.temper.mischief:
            ways = ("lose_receipt",) if what == "receipt" else ("lose", "copy", "copy", "give_up")
            what = self.chance.choice(ways)
            return (what, *wire) if what == "give_up" else (what, *wire, place)
        return (what, *wire, place, self._pause())

    def _a_clock(self) -> Step | None:
        code, label = self._somewhere()
        snapshot = None if label is None else self.city.snapshot(code, label)
        runs = snapshot is not None and any(t.status == "running" for t in snapshot.timers or ())
        return ("clock", code, label, self._pause()) if runs else None

    def _goes_on(self) -> Step | None:
        code = self.chance.choice(self.codes)
        waiting = len(self.city.nodes[code].stopped)
        if waiting and self.chance.random() < 0.5:
            return ("go", code, self.chance.randrange(waiting), self._pause())
        return None

    def _somebody_acts(self) -> Step | None:
        """Mostly something that the console would offer; now and then anything, at any moment."""
        code, label = self._somewhere()
        if label is None:
            return None
        snapshot = self.city.snapshot(code, label)
        assert snapshot is not None
        chance = self.chance
        if chance.random() < self.temper.blind:
            name = chance.choice(tuple(ACTIONS))
        else:
            found = self._offered(snapshot)
            if found is None:
                return None
            name = found
        others = [m for m, matter in self.city.matters.items() if m != label and code in self.city.orders[matter]]
        fields = filled(name, Look(chance, self.city.nodes[code].policy, snapshot, others))
        if any(leads(code, fields, snapshot) for leads in KEPT_OUT):
            return None
        behind = chance.randint(1, 3) if chance.random() < self.temper.stale else 0
        return ("act", code, label, fields, behind, self._pause())

    def _offered(self, snapshot: Snapshot) -> str | None:
        """One of what the console would offer, as allowed_actions says; looking at all of it would take most of the time."""
        rows = rows_of(snapshot.order.kind, snapshot.order.status)
        for _ in range(12):
            row = self.chance.choice(rows)
            if row.action not in BETWEEN and self.chance.random() < self.temper.between:
                continue  # centres that hand over again and again
            if row.action in RARE and self.chance.random() > 0.15:
                continue
            if all(GUARDS[guard](snapshot, None) is None for guard in row.guards):
                return row.action
        return None

    def _somewhere(self) -> tuple[str, int | None]:
        """An order, at whatever centre."""
        labels = list(self.city.matters)
        if not labels:
            return self.codes[0], None
        label = self.chance.choice(labels)
        return self.chance.choice(tuple(self.city.orders[self.city.matters[label]])), label

    def _pause(self) -> int:
        return self.chance.randint(1, 3) if self.chance.random() < self.temper.pause else 0


@cache
def rows_of(kind: Kind, status: str) -> tuple[Transition, ...]:
    """What people may do in this status, if the guards let them."""
    return tuple(row for row in LIFECYCLES[kind].rows if status in row.sources and row.roles & ROLES)


@cache
def rows_for(names: tuple[str, ...], kind: Kind, status: str) -> list[Transition]:
    """The rows of these actions, in the order of the names."""
    return [row for name in names for row in rows_of(kind, status) if row.action == name]


def finish(city: City, watch: Watch, life: Life) -> None:
    """Calm: no more mischief, whoever waits is answered, sensible people finish, clocks run out. Every step is watched."""
    budget = CALM
    for steps in (to_rest(city), None, to_the_end(city)):
        if steps is None:
            life.broken = watch.at_rest()
            if life.broken:
                return
            continue
        for step in islice(steps, budget):
            budget -= 1
            _take(city, watch, life, step)
            if life.broken:
                return
        if not budget:
            life.broken = Broken("everything_comes_to_rest", "messages go back and forth without end")
            return
    life.broken = watch.at_end()


def to_rest(city: City) -> Iterator[Step]:
    """Everything that is on its way arrives, everybody who was not answered asks again, danger waits no longer than its clock."""
    for wire in sorted(city.network.cuts):
        yield ("mend", *wire)
    for code, node in city.nodes.items():
        if not node.up:
            yield ("restart", code)
        if node.disk.stumbles:
            yield ("stumble", code)
    for code, node in city.nodes.items():
        while node.stopped:
            yield ("go", code, 0)
    for _ in range(2):
        for back, person in enumerate(reversed(city.presses)):
            if not person.answered:
                yield ("again", back)
    yield from all_letters(city)
    for label, matter in city.matters.items():
        for code, snapshot in city.snapshots(matter).items():
            if any(t.name == DANGER_CLOCK and t.status == "running" for t in snapshot.timers or ()):
                yield from (("clock", code, label) for _ in snapshot.timers or ())
    yield from all_letters(city)


def all_letters(city: City) -> Iterator[Step]:
    network = city.network
    while True:
        moved = False
        for wires_, what in ((network.flying, "arrive"), (network.receipts, "receipt")):
            while wires_:
                moved = True
                yield (what, *next(iter(wires_)))
        for code, node in city.nodes.items():
            for peer in list(node.waiting):
                moved = True
                yield ("give_up", code, peer)
            for peer in list(node.disk.pending):
                moved = True
                yield from _sends(city, code, peer)
        if not moved:
            return


def _sends(city: City, code: str, peer: str) -> Iterator[Step]:
    letters = city.nodes[code].disk.pending[peer].values()
    if all(letter.next_attempt_at > city.clock.now() for letter in letters):
        yield ("wait", 61)
    yield ("send", code, peer)


def to_the_end(city: City) -> Iterator[Step]:
    """Sensible people and the clocks, in rounds, until every matter is closed everywhere or nothing can be done."""
    while True:
        before = _versions(city)
        still_open = [(label, code) for label in city.matters for code in _open(city, label)]
        for label, code in still_open:
            yield from _sensible_step(city, code, label)
        if _versions(city) == before:
            for label, code in still_open:
                yield ("clock", code, label)
                yield from all_letters(city)
        if _versions(city) == before:
            return


def _open(city: City, label: int) -> list[str]:
    """Where a matter's order is not closed."""
    return [code for code, s in city.snapshots(city.matters[label]).items() if s.order.status not in FINAL]


def _sensible_step(city: City, code: str, label: int) -> Iterator[Step]:
    snapshot = city.snapshot(code, label)
    assert snapshot is not None
    hotline = snapshot.order.danger and snapshot.order.kind == Kind.WORK_ORDER
    name = _first_allowed(FORWARD, snapshot)
    if name is None and hotline and not (police_called(snapshot) or police_have_it(snapshot, None)):
        name = _first_allowed(IN_DANGER, snapshot)
    if name is not None:
        yield ("act", code, label, sensible(name, city.nodes[code].policy, snapshot))
        yield from all_letters(city)


def _first_allowed(names: tuple[str, ...], snapshot: Snapshot) -> str | None:
    """The first of these that allowed_actions(snapshot, EVERYBODY) would hold, without asking for all the others."""
    for row in rows_for(names, snapshot.order.kind, snapshot.order.status):
        for guard in row.guards:
            if GUARDS[guard](snapshot, None) is not None:
                break
        else:
            return row.action
    return None


def _versions(city: City) -> list[int]:
    return [s.order.version for matter in city.matters.values() for s in city.snapshots(matter).values()]
