"""The one decision: `decide(snapshot, asked) -> Decision | Refusal`. Pure: no network, no database, no clock of its own.

The API, the timers, the messages from peers and the imports all come through here, and so does the simulation.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from liandong.attachments import effects as attachment_effects
from liandong.callbacks import effects as callback_effects
from liandong.core.ids import new_id
from liandong.core.lifecycle import Blocked, Transition
from liandong.dispatching import effects as dispatching_effects
from liandong.dispatching.rules import unit_may
from liandong.exchange.contracts import KIND_OF, TransferOffered
from liandong.handling import effects as handling_effects
from liandong.handling import holding, ladders
from liandong.handling.follow import follow
from liandong.linkage import effects as linkage_effects
from liandong.linkage.danger_rules import danger_waits_here
from liandong.linkage.model import TransferStatus
from liandong.linkage.offers import ALREADY_CLOSED, incoming_transfer, returned, taken_at_birth, with_hop
from liandong.linkage.spoken import spoken
from liandong.merging import effects as merging_effects
from liandong.negotiation import effects as negotiation_effects
from liandong.orders import effects as order_effects
from liandong.orders.actions import Intake
from liandong.orders.context import (
    DANGER_CLOCK,
    MERGED_CLOCK,
    Actor,
    Asked,
    Context,
    Effect,
    Incoming,
    Outgoing,
    Policy,
    started_clock,
)
from liandong.orders.lifecycle import ENGAGED, ENTRY, ENTRY_CLOCKS, LIFECYCLES
from liandong.orders.model import Kind, Order, Origin, Snapshot, Timer
from liandong.orders.reassess import reassess
from liandong.oversight import effects as oversight_effects
from liandong.policing import effects as policing_effects
from liandong.policing.model import NOTHING
from liandong.repeats import effects as repeats_effects
from liandong.repeats.effects import at_birth
from liandong.repeats.lifecycle import REVIEW_CLOCK
from liandong.repeats.model import Earlier
from liandong.routing.model import Decision as Ownership
from liandong.routing.model import Facts
from liandong.routing.rules import decide_ownership, overrule
from liandong.supervision import effects as supervision_effects

EFFECTS = (
    order_effects.EFFECTS
    | dispatching_effects.EFFECTS
    | linkage_effects.EFFECTS
    | negotiation_effects.EFFECTS
    | supervision_effects.EFFECTS
    | merging_effects.EFFECTS
    | oversight_effects.EFFECTS
    | callback_effects.EFFECTS
    | attachment_effects.EFFECTS
    | policing_effects.EFFECTS
    | repeats_effects.EFFECTS
    | handling_effects.EFFECTS
    | holding.EFFECTS
    | ladders.EFFECTS
    | {"reassess": reassess}
)


AFTER_RESULT = frozenset({"closing", "callback", "evaluation"})
WATCHED = {"transfer_accept": TransferStatus.OFFERED, "negotiation": TransferStatus.NEGOTIATING}
"""The clocks of questions between centres: each goes on while a question of its kind has no answer."""


class Refusal(Struct, frozen=True):
    """Why not, in words. `code` is one of core.errors.PROBLEMS; `snapshot` and `roles` are what was asked about."""

    code: str
    text: str
    snapshot: Snapshot
    roles: frozenset[str]

    def allowed(self) -> list[str]:
        """What is allowed instead: every guard is asked, so only where somebody will read it."""
        order = self.snapshot.order
        return [row.action for row in LIFECYCLES[order.kind].allowed(order.status, self.roles, self.snapshot)]


class Event(Struct, frozen=True):
    id: UUID
    kind: str
    status: str
    at: datetime
    actor: str
    role: str
    body: dict[str, Any]
    fired: str | None = None


T = TypeVar("T")
_id, _no = attrgetter("id"), attrgetter("no")


class Decision(Struct, frozen=True):
    """What one commit writes. `expected` is the version that was loaded, 0 for a new order; `order` is the order as it will be.

    `relies`: another order and its version that must still be so (two desks that merge two orders into each other at once).
    """

    order: Order
    expected: int
    event: Event
    changed: dict[str, Any] | None = None
    number_scope: str | None = None
    timers: list[dict[str, Any]] = []
    stops: list[str] = []
    dispatches: list[Any] = []
    transfers: list[Any] = []
    messages: list[Outgoing] = []
    incoming: Incoming | None = None
    attachments: list[Any] = []
    oversights: list[Any] = []
    measures: list[Any] = []
    relies: tuple[UUID, int] | None = None


def decide(snapshot: Snapshot, asked: Asked) -> Decision | Refusal:
    """What becomes of an existing order."""
    order = snapshot.order
    lifecycle = LIFECYCLES[order.kind]
    row = lifecycle.find(order.status, asked.action, asked.actor.roles, snapshot, asked)
    if isinstance(row, Blocked):
        return Refusal(row.code, row.text, snapshot, asked.actor.roles)
    if not unit_may(snapshot, asked.actor, asked.action):
        text = "贵单位协办该工单，只能签收、答复和会签自己的部分；其他由主办单位办理"
        return Refusal("guard_refused", text, snapshot, frozenset())
    make = EFFECTS.get(row.event) or EFFECTS.get(asked.action)
    effect = make(Context(snapshot, asked, row)) if make else Effect()
    return _decision(snapshot, asked, row, effect)


def decide_intake(intake: Intake, facts: Facts, asked: Asked, earlier: Earlier | None = None) -> Decision:
    """A caller's matter, taken in. `facts` are as the reader read them; what the person overruled is kept beside.

    `earlier`: the answered matter that the caller brings again.
    """
    policy, now = asked.policy, asked.now
    if intake.facts is not None:
        facts = overrule(facts, order_effects.overruled(intake.facts))
    verdict = decide_ownership(facts, policy.routing)
    repeat = at_birth(earlier, policy.repeats, now)
    order = as_order(
        intake,
        policy,
        now,
        urgent=verdict.urgent,
        danger=facts.danger,
        facts=facts,
        verdict=verdict,
        accepted_at=now,
        confidential=intake.confidential or intake.type == "report",  # who reports is hidden from the unit (domain §6)
        path=with_hop([], policy.centre, "", now),
        **repeat,
    )
    body = {
        "decision": verdict.decision,
        "reason": verdict.reason,
        "overruled": facts.overruled,
        "catalogue": facts.catalogue,
    } | ({"repeat_of": earlier.number, "repeats": order.repeats} if earlier else {})
    clocks = ENTRY_CLOCKS[policy.kind]
    if verdict.decision == Ownership.TRANSFER_URGENT and policy.kind == Kind.WORK_ORDER:
        clocks += (DANGER_CLOCK,)
    if order.repeat_review is not None:
        clocks += (REVIEW_CLOCK,)
    return _birth(order, asked, "order.accepted", Effect(body=body), clocks)


def as_order(intake: Intake, policy: Policy, now: datetime, **known: Any) -> Order:
    """The order that an intake becomes; also what is read, compared and proposed for before anybody has written it.

    `known`: what is known of it beyond what was said.
    """
    return Order(
        id=new_id(),
        matter_id=new_id(),
        kind=policy.kind,
        status=ENTRY[policy.kind],
        version=1,
        responsible=True,
        first_receiver=policy.centre,
        created_at=now,
        updated_at=now,
        exercise=intake.exercise,
        channel=intake.channel,
        type=intake.type,
        class_intake=intake.class_intake,
        level=intake.level,
        division_code=intake.division_code,
        title=intake.title,
        content=intake.content,
        caller=intake.caller,
        incident=intake.incident,
        call=intake.call,
        tags=intake.tags,
        **known,
    )


def decide_offer(matter_id: UUID, asked: Asked) -> Decision:
    """A matter that a peer offers and that we have no order of yet; an urgent one is taken at once."""
    offer: TransferOffered = asked.data
    assert asked.incoming is not None
    policy, now = asked.policy, asked.now
    order = Order(
        id=new_id(),
        matter_id=matter_id,
        kind=policy.kind,
        status=ENTRY[policy.kind] if offer.urgent else "offered",
        version=1,
        round=offer.round,
        responsible=offer.urgent,
        first_receiver=offer.first_receiver,
        origin=Origin.PEER,
        urgent=offer.urgent,
        danger=offer.danger,
        created_at=now,
        accepted_at=now if offer.urgent else None,
        updated_at=now,
        exercise=asked.incoming.exercise,
        channel=offer.channel,
        type=offer.type,
        class_intake=offer.class_intake,
        level=offer.level,
        confidential=offer.confidential,
        division_code=offer.division_code,
        title=offer.title,
        content=offer.content,
        caller=offer.caller,
        incident=offer.incident,
        call=offer.call,
        tags=offer.tags,
        path=with_hop(offer.path, policy.centre, "", now) if offer.urgent and not offer.part else offer.path,
        bounces=offer.bounces,
        claim=offer.claim + (offer.urgent and not offer.part and policy.acts_first()),
    )
    request = incoming_transfer(order, offer, asked.incoming.sender, now)
    effect = taken_at_birth(order, request, now) if offer.urgent else Effect(transfers=[request])
    effect.body = {"transfer_id": offer.transfer_id, "from": asked.incoming.sender}
    if not offer.urgent:
        return _birth(order, asked, "transfer.asked", effect, ("transfer_accept",))
    return _birth(order, asked, "transfer.taken_urgently", effect, ENTRY_CLOCKS[policy.kind])


def _birth(order: Order, asked: Asked, event: str, effect: Effect, clocks: tuple[str, ...]) -> Decision:
    decision = Decision(
        order=order,
        expected=0,
        event=_event(order.status, event, asked, effect.body | _said(asked)),
        number_scope=_number_scope(order, asked) if order.accepted_at else None,
        timers=[_started(order, clock, asked) for clock in clocks],
        transfers=effect.transfers,
        messages=effect.messages,
        incoming=asked.incoming,
    )
    return _handling_followed(Snapshot(order), decision, asked, ended=set())


def _decision(snapshot: Snapshot, asked: Asked, row: Transition, effect: Effect) -> Decision:
    before = snapshot.order
    status = row.target or before.status
    fields = dict(effect.fields)
    fields |= {stamp: asked.now for stamp in row.stamps if stamp != "accepted_at" or before.accepted_at is None}
    fields |= {"status": status, "updated_at": asked.now}
    if status in LIFECYCLES[before.kind].final:
        fields["responsible"] = False
    order = msgspec.structs.replace(before, **fields, version=before.version + 1)
    starts = row.starts if effect.starts is None else effect.starts
    messages, otherwise = _spoken(snapshot, asked, effect.messages)
    told = effect.body | ({"not_spoken": otherwise} if otherwise else {})
    decision = Decision(
        order=order,
        expected=before.version,
        changed=fields,
        event=_event(status, row.event, asked, told | _said(asked)),
        number_scope=_number_scope(order, asked) if order.accepted_at and not before.number else None,
        timers=[
            *effect.timers,
            *(_started(order, clock, asked) for clock in starts),
            *_members_woken(snapshot, order, asked),
        ],
        stops=_stopped(snapshot, row, effect),
        dispatches=effect.dispatches,
        transfers=effect.transfers,
        messages=messages,
        incoming=asked.incoming,
        attachments=effect.attachments,
        oversights=effect.oversights,
        measures=effect.measures,
        relies=(asked.related.order.id, asked.related.order.version) if asked.related else None,
    )
    if order.danger or before.danger:
        decision = _danger_watched(snapshot, decision, asked)
    decision = _handling_followed(snapshot, decision, asked, ended={*row.stops, *effect.stops})
    return _nobody_left_waiting(snapshot, decision, asked) if status in LIFECYCLES[before.kind].final else decision


def _spoken(snapshot: Snapshot, asked: Asked, messages: list[Outgoing]) -> tuple[list[Outgoing], list[dict[str, str]]]:
    if not messages:
        return messages, []
    asked_here = {t.id for t in snapshot.transfers or () if t.direction == "in"}
    return spoken(messages, asked.policy, asked_by_peers=asked_here)


def _stopped(snapshot: Snapshot, row: Transition, effect: Effect) -> list[str]:
    """The clocks that end: those of the row, but what waits for an answer goes on being watched; all of them where the loop is closed.

    Whoever begins anew has nothing to close and nobody to call back.
    """
    running = {t.name for t in snapshot.timers or ()}
    if (row.target or snapshot.order.status) in LIFECYCLES[snapshot.order.kind].final:
        return sorted(running)
    named = running if row.target == "following" else {*row.stops, *effect.stops}
    if row.target == ENTRY[snapshot.order.kind]:
        named |= AFTER_RESULT
    ending = (named & running).difference(row.starts)
    if not WATCHED.keys().isdisjoint(ending):
        asking = {t.status for t in _with(snapshot.transfers, effect.transfers, _id)}
        ending -= {clock for clock, status in WATCHED.items() if status in asking}.difference(effect.stops)
    return sorted(ending)


def _danger_watched(snapshot: Snapshot, decision: Decision, asked: Asked) -> Decision:
    """Whichever way danger came to a centre that sends nobody out: the clock that calls the police runs, until they are called.

    It ends what was being talked about at once; where nobody talks, a person has a moment to say more or to put it right.
    """
    to_be = after(snapshot, decision)
    runs = any(t.name == DANGER_CLOCK and t.status == "running" for t in to_be.timers or ())
    waits = danger_waits_here(to_be, asked)
    if waits and not runs:
        clock = _started(decision.order, DANGER_CLOCK, asked)
        if not snapshot.order.danger and _talks(to_be):
            clock["due_at"] = asked.now
        return msgspec.structs.replace(decision, timers=[*decision.timers, clock])
    if runs and not waits:
        timers = [t for t in decision.timers if t["name"] != DANGER_CLOCK]
        return msgspec.structs.replace(decision, timers=timers, stops=[*decision.stops, DANGER_CLOCK])
    return decision


def _talks(snapshot: Snapshot) -> bool:
    """There is a negotiation or a call that nobody has ended."""
    return any(t.is_negotiated or t.open_call is not None for t in snapshot.transfers or ())


def _handling_followed(snapshot: Snapshot, decision: Decision, asked: Asked, *, ended: set[str]) -> Decision:
    """Whatever was decided: clocks of another category now, requests that have lapsed, and the ladders of all clocks."""
    fired = decision.event.fired
    followed = follow(
        snapshot.order,
        decision.order,
        _timers_after(snapshot, decision),
        asked,
        touched=frozenset({*(t["name"] for t in decision.timers), *decision.stops}),
        ended=frozenset(ended - {fired}),
        fired=fired,
        at_work=ENGAGED,
    )
    started = {t["name"] for t in followed.timers}
    order, changed = decision.order, decision.changed or {}
    if followed.handling is not None:
        order = msgspec.structs.replace(order, handling=followed.handling)
        changed = changed | {"handling": followed.handling}
    return msgspec.structs.replace(
        decision,
        order=order,
        changed=changed,
        timers=[*(t for t in decision.timers if t["name"] not in started), *followed.timers],
        stops=[s for s in (*decision.stops, *followed.stops) if s not in started],
    )


def _nobody_left_waiting(snapshot: Snapshot, decision: Decision, asked: Asked) -> Decision:
    """An order that ends answers what it was still asked."""
    asking = (t for t in _with(snapshot.transfers, decision.transfers, _id) if t.direction == "in" and t.is_open)
    answers = [returned(t, asked.now, **ALREADY_CLOSED) for t in asking]
    if not answers:
        return decision
    return msgspec.structs.replace(
        decision,
        transfers=list({t.id: t for t in (*decision.transfers, *(over for over, _ in answers))}.values()),
        messages=[*decision.messages, *(answer for _, answer in answers)],
    )


def _members_woken(snapshot: Snapshot, order: Order, asked: Asked) -> list[dict[str, Any]]:
    """When a master gets its result, or ends without one, the orders merged into it look at it at once."""
    if not snapshot.members or not order.is_resolved or snapshot.order.is_resolved:
        return []
    due = {"due_at": asked.now}
    return [_started(order, MERGED_CLOCK, asked) | due | {"order_id": member} for member in snapshot.members]


def _event(status: str, kind: str, asked: Asked, body: dict[str, Any]) -> Event:
    role = min(asked.actor.roles, default="")
    fired = asked.data.clock if asked.action == "due" else None
    return Event(
        id=new_id(), kind=kind, status=status, at=asked.now, actor=asked.actor.id, role=role, body=body, fired=fired
    )


def _said(asked: Asked) -> dict[str, Any]:
    """What was asked goes into the ledger as it was asked."""
    said = msgspec.to_builtins(asked.data)
    for noise in ("action", "version"):
        said.pop(noise, None)
    return {"asked": said, **({"message_id": asked.incoming.message_id} if asked.incoming else {})}


def _number_scope(order: Order, asked: Asked) -> str:
    """Division, centre and local date; the running number of the day is added by the commit (docs/adr/0004)."""
    return f"{asked.policy.division_code}-{asked.policy.centre}-{asked.policy.local_date(asked.now):%Y%m%d}"


def _started(order: Order, clock: str, asked: Asked) -> dict[str, Any]:
    return started_clock(order.id, clock, asked.policy.due(clock, order, asked.now), asked.now)


def after(snapshot: Snapshot, decision: Decision, number: str | None = None) -> Snapshot:
    """The snapshot as it is once the decision is written; `number` is what the commit gave a newly accepted order."""
    order = decision.order if number is None else msgspec.structs.replace(decision.order, number=number)
    return Snapshot(
        order,
        _timers_after(snapshot, decision),
        _with(snapshot.dispatches, decision.dispatches, _no),
        _with(snapshot.transfers, decision.transfers, _id),
        snapshot.members,
        _with(snapshot.attachments, decision.attachments, _id),
        _with(snapshot.oversights, decision.oversights, _no),
    )


def _timers_after(snapshot: Snapshot, decision: Decision) -> list[Timer]:
    written = [msgspec.convert(t, Timer) for t in decision.timers]
    started = {t.name: t for t in written if t.order_id == decision.order.id}
    kept = [t for t in snapshot.timers or () if t.name not in started and t.name not in decision.stops]
    return [*kept, *started.values()]


def _with(known: list[T] | None, written: Sequence[T], key: Callable[[T], Any]) -> list[T]:
    """What was known, with what is written in its place or after it."""
    if not written:
        return known or []
    return list({key(one): one for one in (*(known or ()), *written)}.values())


def allowed_actions(snapshot: Snapshot, actor: Actor) -> list[Transition]:
    """What this actor may do with this order now; the consoles draw their buttons from it and know no rules."""
    roles = actor.roles - {"clock", "peer"}
    rows = LIFECYCLES[snapshot.order.kind].allowed(snapshot.order.status, roles, snapshot)
    if is_overseen_only(snapshot, actor):
        rows = [row for row in rows if row.action == "reply_oversight"]
    if any(t.part and t.peer == actor.home for t in snapshot.open_transfers("out")):
        rows = [row for row in rows if row.action != "offer_transfer"]  # a liaison's only partner is asked already
    return [row for row in rows if unit_may(snapshot, actor, row.action)]


def is_overseen_only(snapshot: Snapshot, actor: Actor) -> bool:
    """The order is not this unit's (any more), but a formal supervision asks it: it may read it and reply, and nothing else."""
    if actor.unit is None or snapshot.is_unit_of(actor.unit):
        return False
    if (snapshot.order.policing or NOTHING).supports_with(actor.unit):
        return False
    return any(one.is_alive and one.unit == actor.unit for one in snapshot.oversights or ())


def kind_of(message: Outgoing) -> str:
    return KIND_OF[type(message.body)]
