"""What must hold. Each promise is one function that says in words how it is broken, or None.

ON_CHANGE is asked of every commit, ON_MATTER of every matter that a step has touched, AT_REST when all messages have arrived
and AT_END when sensible people have finished everything.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from msgspec import Struct

from liandong.exchange.reconcile import MatterView, compare
from liandong.orders.context import DANGER_CLOCK
from liandong.orders.lifecycle import FINAL
from liandong.orders.model import RESOLVED, Kind, Snapshot

from .city import City, Step
from .disk import Change
from .words import describe

Orders = dict[str, Snapshot]
TALKS = ("negotiation.", "call.")  # waiting_events of audit/data/findings.json
TOLD = frozenset({"answered", "fed_back", "closed", "called_back", "evaluated"})


class Broken(Struct, frozen=True):
    promise: str
    words: str


# of one commit


def a_message_throws_no_work_back(city: City, change: Change) -> str | None:
    """Who was sent out goes on, whatever a peer says; only a new round or a peer's acceptance ends it."""
    if change.before is None or change.decision.incoming is None:
        return None
    before, now = change.before.order, change.after.order
    at_work = before.responsible and change.before.dispatch is not None and before.status not in RESOLVED
    if at_work and now.status != before.status and now.round == before.round and now.responsible:
        return f"{change.centre}: {change.decision.incoming.kind} threw {before.status} back to {now.status}"
    return None


def only_a_person_lowers_danger(city: City, change: Change) -> str | None:
    if change.before is None or change.decision.event.actor.startswith("desk-"):
        return None
    before = change.before.order
    if before.danger and not change.after.order.danger and before.status not in RESOLVED:
        return f"{change.centre}: {change.decision.event.kind} lowered danger"
    return None


def a_press_takes_effect_once(city: City, change: Change) -> str | None:
    actor = change.decision.event.actor
    if not actor.startswith("desk-"):
        return None
    times = city.nodes[change.centre].disk.effects[actor]
    return f"{change.centre}: one press of {actor} took effect {times} times" if times > 1 else None


def messages_take_effect_once_and_in_order(city: City, change: Change) -> str | None:
    incoming = change.decision.incoming
    if incoming is None:
        return None
    handled = city.nodes[change.centre].disk.handled[incoming.sender, incoming.matter_id]
    sent = city.nodes[incoming.sender].disk.written[change.centre, incoming.matter_id]
    if handled[-1] != sent[len(handled) - 1] if len(handled) <= len(sent) else True:
        return f"{change.centre}: message {incoming.seq} of {incoming.sender} took effect as number {len(handled)}"
    return None


def a_clock_fires_once(city: City, change: Change) -> str | None:
    fired = change.decision.event.fired
    if fired is None or change.before is None:
        return None
    ran = any(t.name == fired and t.status == "running" for t in change.before.timers or ())
    runs = any(
        t.name == fired and t.status == "running" and t.due_at <= change.decision.event.at
        for t in change.after.timers or ()
    )
    if not ran or runs:
        return f"{change.centre}: the clock {fired} fires without having run, or again and again"
    return None


def no_order_is_left_without_a_clock(city: City, change: Change) -> str | None:
    """Whoever is responsible is watched by a clock until the loop is closed; what has rung is somebody's alarm already."""
    now = change.after
    if not now.order.responsible or now.order.status in FINAL or now.timers:
        return None
    rang = any(entry.actor == "clock" for entry in city.nodes[change.centre].disk.ledger[now.order.id])
    return None if rang else f"{change.centre}: after {change.decision.event.kind} no clock watches {now.order.status}"


def the_danger_clock_tells_somebody(city: City, change: Change) -> str | None:
    """It hands danger over to who acts in it; a clock that rings and runs again has called nobody."""
    if change.decision.event.fired != DANGER_CLOCK:
        return None
    again = any(t.name == DANGER_CLOCK and t.status == "running" for t in change.after.timers or ())
    return (
        f"{change.centre}: danger waits in {change.after.order.status}, its clock rang and called nobody"
        if again
        else None
    )


def no_emergency_waits_for_a_talk(city: City, change: Change) -> str | None:
    """As docs/guarantees.md counts it: our own people or clocks talk, danger is known, and who acts in it has not been given it."""
    event, before, now = change.decision.event, change.before, change.after
    if not event.kind.startswith(TALKS) or event.role == "peer" or before is None:
        return None
    if not (before.order.danger and now.order.danger) or before.order.is_resolved:
        return None
    transfers = now.transfers or ()
    had = {t.peer for t in transfers if t.direction == "in" or t.status == "accepted"}
    had |= {hop.centre for hop in now.order.path}
    if before.order.accepted_at is not None:
        had.add(change.centre)
    called = any(t.direction == "out" and t.urgent for t in transfers)
    if called or any(_acts(city, centre) for centre in had):
        return None
    return f"{change.centre}: {event.kind} in {before.order.status} while danger waits"


def danger_is_taken_at_once(city: City, change: Change) -> str | None:
    """Who acts in danger neither refuses an urgent transfer nor lets it wait."""
    asked = change.decision.event.body.get("asked", {})
    if "sender_number" not in asked or not asked["urgent"] or change.after.order.kind != Kind.POLICE_ORDER:
        return None
    waits = next((t for t in change.decision.transfers if t.direction == "in" and t.status == "offered"), None)
    return f"{change.centre}: an urgent transfer is {waits.status}" if waits else None


# of one matter, at every moment


def somebody_is_responsible(city: City, matter: UUID, orders: Orders) -> str | None:
    if any(s.order.responsible or s.order.status in RESOLVED or _ended_before(s) for s in orders.values()):
        return None
    if all(s.order.status in FINAL for s in orders.values()):
        return None
    return "nobody holds itself responsible: " + _where(orders)


def _ended_before(s: Snapshot) -> bool:
    """It had its result when somebody asked for one thing more."""
    return s.order.status in {"offered", "declined", "withdrawn"} and s.order.closing in RESOLVED


def one_owner_unless_joint(city: City, matter: UUID, orders: Orders) -> str | None:
    """With nothing on its way there is one owner, and one more for each part that was handed over."""
    at_work = [code for code, s in orders.items() if s.order.responsible and s.order.status not in RESOLVED]
    if len(at_work) < 2 or city.on_the_way[matter]:
        return None
    parts = _parts(orders)
    return f"{', '.join(at_work)} are responsible, with {len(parts)} parts" if len(at_work) > 1 + len(parts) else None


def _answered_its_part(s: Snapshot, centre: str) -> bool:
    """Somebody of its own has a result, while the whole is elsewhere: it cannot close before that has one too."""
    return s.dispatch is not None and s.order.status in {"answered", "fed_back"} and not s.has_whole(centre)


def _parts(orders: Orders) -> set[UUID]:
    """What is handled beside the whole, as either side has marked it."""
    return {t.id for s in orders.values() for t in s.transfers or () if t.is_joint}


def the_caller_hears_the_end_at_the_end(city: City, matter: UUID, orders: Orders) -> str | None:
    """With nothing on its way, who took the call has the result only when nobody is at work on the whole, but beside it (marked)."""
    first = next(iter(orders.values())).order.first_receiver
    mine = orders.get(first)
    if mine is None or city.on_the_way[matter] or mine.order.status not in TOLD or _answered_its_part(mine, first):
        return None
    at_work = [
        code for code, s in orders.items() if code != first and s.holds_whole(code) and s.order.status not in RESOLVED
    ]
    if len(at_work) <= len(_parts(orders)):
        return None
    return f"{first} is {mine.order.status}, and {', '.join(at_work)} still at work: " + _where(orders)


def the_police_keep_danger(city: City, matter: UUID, orders: Orders) -> str | None:
    """Who acts in danger offers it away before somebody was sent to nobody but another who acts at once."""
    for code, s in orders.items():
        if s.order.kind != Kind.POLICE_ORDER or not s.order.danger or s.dispatch is not None or not s.order.responsible:
            continue
        offer = s.open_transfer("out")
        if offer and not offer.part and offer.status == "offered" and not (offer.urgent and _acts(city, offer.peer)):
            return f"{code} offers danger away before it has dispatched"
    return None


def danger_is_watched(city: City, matter: UUID, orders: Orders) -> str | None:
    """Who knows of danger and does not act in it itself has told who does, or a clock runs that will."""
    for code, s in orders.items():
        order = s.order
        if not (order.danger and order.responsible and order.kind == Kind.WORK_ORDER) or order.status in RESOLVED:
            continue
        known = [t for t in s.transfers or () if t.is_with_peer or (t.urgent and t.is_open)]
        told = any(
            t.urgent or _acts(city, t.peer) for t in known
        )  # a claim that was told on is urgent, whoever told it
        ticks = any(t.name == DANGER_CLOCK and t.status == "running" for t in s.timers or ())
        if not (told or ticks):
            return f"{code}: danger waits in {order.status} and no clock runs"
    return None


# of one matter, when everything has arrived


def known_danger_is_with_the_police(city: City, matter: UUID, orders: Orders) -> str | None:
    if any(s.order.is_resolved for s in orders.values()):
        return None
    # Where a person corrected it, whoever is responsible says whether there is danger; others may still hold what they were told before.
    corrected = any(
        not s.order.danger and any(e.kind == "order.amended" for e in city.nodes[code].disk.ledger[s.order.id])
        for code, s in orders.items()
    )
    told = any(
        s.order.danger
        and (s.order.responsible or not corrected)
        and (s.order.kind == Kind.POLICE_ORDER or any(t.urgent for t in s.transfers or ()))
        for s in orders.values()
    )
    police = [s for s in orders.values() if s.order.kind == Kind.POLICE_ORDER]
    has_it = (s.order.responsible or s.dispatch is not None or _acted(city, s) for s in police)
    if not told or any(has_it):
        return None
    return "danger is known and nobody who acts in danger has it: " + _where(orders)


def _acted(city: City, s: Snapshot) -> bool:
    """It was sent, gave its result and then handed over what was left; since then it has neither heard of danger nor begun anew."""
    last = s.dispatches[-1] if s.dispatches else None
    if last is None or last.fed_back_at is None or last.round != s.order.round:
        return False
    (centre,) = (node for node in city.nodes.values() if s.order.id in node.disk.ledger)
    for entry in reversed(centre.disk.ledger[s.order.id]):
        if entry.kind.startswith("danger.") or entry.kind == "order.amended" or entry.status == "received":
            return False
        if entry.status in RESOLVED:
            return True
    return False


# at the end


def every_loop_is_closed(city: City, matter: UUID, orders: Orders) -> str | None:
    for code, s in orders.items():
        if s.order.status not in FINAL:
            return "the loop can't be closed: " + _where(orders)
        if s.timers:
            return f"{code}: {s.order.status}, and {', '.join(t.name for t in s.timers)} still runs"
        if any(t.is_open for t in s.transfers or ()):
            return f"{code}: {s.order.status}, and a transfer still waits for its answer"
    return None


def both_sides_see_the_same(city: City, matter: UUID, orders: Orders) -> str | None:
    for code in orders:
        for other in orders:
            if code < other:
                found = compare(_view(city, code, matter, peer=other), _view(city, other, matter, peer=code))
                if found:
                    return f"{code} and {other}: {found[0].kind} {found[0].text}"
                wrong = _transfers_differ(orders[code], orders[other], code, other)
                if wrong:
                    return wrong
    return None


def the_ledger_is_whole(city: City, matter: UUID, orders: Orders) -> str | None:
    for code, s in orders.items():
        entries = city.nodes[code].disk.ledger[s.order.id]
        if [e.seq for e in entries] != list(range(1, s.order.version + 1)) or entries[-1].status != s.order.status:
            return f"{code}: the ledger of the order has gaps or ends otherwise than the order"
    return None


# of the whole city


def what_was_answered_is_in_the_ledger(city: City, since: int = 0) -> str | None:
    for done in city.done[since:]:
        entries = city.nodes[done.centre].disk.ledger.get(done.order_id, ())
        if len(entries) < done.seq or entries[done.seq - 1].actor != done.actor:
            return f"{done.centre}: {done.actor} was told it is done, and the ledger does not know"
    return None


def nothing_fails_inside(city: City) -> str | None:
    dead = [(code, *letter) for code, node in city.nodes.items() for letter in node.disk.dead]
    if dead:
        code, letter, why = dead[0]
        return f"a {letter.kind} of {code} to {letter.peer} is dead: {why}"
    return city.faults[0] if city.faults else None


OnChange = Callable[[City, Change], str | None]
OnMatter = Callable[[City, UUID, Orders], str | None]

ON_CHANGE: tuple[OnChange, ...] = (
    a_message_throws_no_work_back,
    only_a_person_lowers_danger,
    a_press_takes_effect_once,
    messages_take_effect_once_and_in_order,
    a_clock_fires_once,
    no_order_is_left_without_a_clock,
    the_danger_clock_tells_somebody,
    no_emergency_waits_for_a_talk,
    danger_is_taken_at_once,
)
ON_MATTER: tuple[OnMatter, ...] = (
    somebody_is_responsible,
    one_owner_unless_joint,
    the_caller_hears_the_end_at_the_end,
    the_police_keep_danger,
    danger_is_watched,
)
AT_REST: tuple[OnMatter, ...] = (known_danger_is_with_the_police,)
AT_END: tuple[OnMatter, ...] = (both_sides_see_the_same, every_loop_is_closed, the_ledger_is_whole)


class Watch:
    """Asks the promises of what has changed since it last looked. Given a `log`, it also writes there what happened."""

    def __init__(self, city: City, log: list[str] | None = None) -> None:
        self.city = city
        self._log = log
        self._seen = 0

    def after(self, step: Step, done: bool) -> Broken | None:
        changes = self.city.changes()
        if self._log is not None:
            self._log.append(f"{len(self._log) + 1:3} {describe(step, changes, done)}")
        if step[0] == "crash":
            self._seen = 0  # what was answered before must still be there
        return (changes and self._changes(changes)) or self._answers() or self._refusals()

    def at_rest(self) -> Broken | None:
        return self._of_all(AT_REST)

    def at_end(self) -> Broken | None:
        self._seen = 0
        return self._refusals() or self._answers() or self._of_all(AT_END)

    def _changes(self, changes: list[Change]) -> Broken | None:
        for change in changes:
            for promise in ON_CHANGE:
                words = promise(self.city, change)
                if words:
                    return Broken(promise.__name__, words)
        touched = {change.after.order.matter_id: None for change in changes}
        return next((b for matter in touched if (b := self._of_matter(matter, ON_MATTER))), None)

    def _answers(self) -> Broken | None:
        if len(self.city.done) == self._seen:
            return None
        words = what_was_answered_is_in_the_ledger(self.city, self._seen)
        self._seen = len(self.city.done)
        return Broken("what_was_answered_is_in_the_ledger", words) if words else None

    def _refusals(self) -> Broken | None:
        words = nothing_fails_inside(self.city) if self.city.faults else None
        return Broken("nothing_fails_inside", words) if words else None

    def _of_all(self, promises: tuple[OnMatter, ...]) -> Broken | None:
        return next((b for m in self.city.on_the_way if (b := self._of_matter(m, promises))), None)

    def _of_matter(self, matter: UUID, promises: tuple[OnMatter, ...]) -> Broken | None:
        orders = self.city.snapshots(matter)
        for promise in promises:
            words = promise(self.city, matter, orders)
            if words:
                return Broken(promise.__name__, words)
        return None


def _acts(city: City, code: str) -> bool:
    return city.nodes[code].policy.profile.acts_in_danger


def _where(orders: Orders) -> str:
    return ", ".join(
        f"{code} {s.order.status}{' (responsible)' if s.order.responsible else ''}" for code, s in orders.items()
    )


def _view(city: City, code: str, matter: UUID, *, peer: str) -> list[MatterView]:
    """As exchange/queries.sql shared_matters shows it."""
    disk = city.nodes[code].disk
    snapshot: Any = disk.orders[disk.order_of[matter]]
    with_peer = [t for t in snapshot.transfers or () if t.peer == peer]
    if not with_peer:
        return []
    newest, order = max(with_peer, key=lambda t: (t.offered_at, t.id)), snapshot.order
    letters = disk.pending.get(peer, {}).values()
    return [
        MatterView(
            matter, order.status, order.number, order.responsible, order.status not in FINAL, newest.id, newest.direction,
            newest.status, newest.part, len(disk.written.get((peer, matter), ())), disk.heads.get((peer, matter), 0), order.round,
            sum(letter.matter_id == matter for letter, _ in disk.dead), sum(letter.matter_id == matter for letter in letters),
        )
    ]  # fmt: skip


def _transfers_differ(ours: Snapshot, theirs: Snapshot, code: str, other: str) -> str | None:
    """An offer that was overtaken, or kept, may be answered by the other side in any way but one: an acceptance wins."""
    known = {t.id: t for t in theirs.transfers or ()}
    for t in ours.transfers or ():
        same = known.get(t.id)
        if same is None or same.status == t.status:
            continue
        both = {str(t.status), str(same.status)}
        if "accepted" in both or not both & {"overtaken", "kept"}:
            return f"a transfer is {t.status} at {code} and {same.status} at {other}"
    return None
