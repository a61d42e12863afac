"""Ladders: what happens before and after a clock runs out, rung by rung. Each order has one clock for the next rung of any of them.

`watched` follows every decision: whichever way a clock was started, held, moved or ended, its ladder stands where it belongs. Pure.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from liandong.core.lifecycle import Guard
from liandong.handling.effects import kept
from liandong.handling.model import LADDER_CLOCK, Accountability, Watch
from liandong.handling.policy import Rung
from liandong.linkage.lifecycle import FINAL
from liandong.orders.context import Asked, Context, Effect
from liandong.orders.effects import EffectOf
from liandong.orders.model import Order, Snapshot, Timer

ELSEWHERE = frozenset({"following", "merged", "offered"})  # nobody of ours is at work
SOON = timedelta(seconds=1)  # between two rungs that are both overdue: each is an event of its own


class Next(Struct, frozen=True):
    """The rung that comes next."""

    at: datetime
    clock: str
    no: int
    rung: Rung


def next_rung(order: Order, timers: list[Timer], ladders: dict[str, Watch], asked: Asked) -> Next | None:
    tags = asked.policy.tags(order)
    running = {t.name for t in timers if t.status == "running"}
    rests = order.handling.suspension is not None
    found: list[Next] = []
    for clock, watch in ladders.items():
        rungs = asked.policy.handling.rungs(clock, tags)
        if watch.done >= len(rungs) or not (clock in running or (watch.lapsed and not rests)):
            continue
        rung = rungs[watch.done]
        at = _moment(order, rung, clock, watch.started_at, watch.due_at, asked)
        found.append(Next(at, clock, watch.done, rung))
    return min(found, key=lambda one: (one.at, one.clock), default=None)


def watched(
    order: Order, timers: list[Timer], asked: Asked, *, ended: frozenset[str], fired: str | None
) -> dict[str, Watch]:
    """The ladders of an order after a decision. `ended`: clocks whose purpose was reached by it, `fired`: the one that ran out."""
    if order.status in FINAL | ELSEWHERE:
        return {}
    before, tags = order.handling.ladders, asked.policy.tags(order)
    now_there: dict[str, Watch] = {}
    for timer in timers:
        if asked.policy.handling.rungs(timer.name, tags):
            now_there[timer.name] = _watch(order, before.get(timer.name), timer, asked)
    for clock, watch in before.items():
        if clock in now_there or clock in ended:
            continue
        if watch.lapsed or clock == fired:
            now_there[clock] = msgspec.structs.replace(watch, lapsed=True)
    return now_there


def _watch(order: Order, known: Watch | None, timer: Timer, asked: Asked) -> Watch:
    """A clock that was moved stands where its new deadline puts it; one that is held stays where it is."""
    same = known is not None and known.started_at == timer.started_at
    if known is not None and same and (timer.status == "paused" or known.due_at == timer.due_at):
        return known
    rungs = asked.policy.handling.rungs(timer.name, asked.policy.tags(order))
    moments = (_moment(order, rung, timer.name, timer.started_at, timer.due_at, asked) for rung in rungs)
    done = sum(moment < asked.now for moment in moments)
    return Watch(started_at=timer.started_at, due_at=timer.due_at, done=done)


def _moment(order: Order, rung: Rung, clock: str, started_at: datetime, due_at: datetime, asked: Asked) -> datetime:
    held = [(p.from_at, p.until_at) for p in order.handling.held(clock, started_at) if p.until_at is not None]
    return asked.policy.reckoning.rung_at(rung, clock, asked.policy.tags(order), started_at, due_at, held=held)


def ladder_timer(order: Order, timers: list[Timer], asked: Asked) -> dict[str, Any] | None:
    """The clock for the next rung; None: there is none."""
    upcoming = next_rung(order, timers, order.handling.ladders, asked)
    if upcoming is None:
        return None
    return {
        "order_id": order.id,
        "name": LADDER_CLOCK,
        "status": "running",
        "due_at": max(upcoming.at, asked.now + SOON),
        "started_at": asked.now,
        "policy_version": asked.policy.handling.policy_version,
        "remaining": None,
        "reason": None,
    }


def climb(ctx: Context) -> Effect:
    """The rung is taken: written down with who is told, and what it does is done."""
    snapshot, asked = ctx.snapshot, ctx.asked
    order = snapshot.order
    taken = next_rung(order, snapshot.timers or [], order.handling.ladders, asked)
    if taken is None or taken.at > asked.now:
        return Effect(stops=[LADDER_CLOCK])
    watch = order.handling.ladders[taken.clock]
    ladders = order.handling.ladders | {taken.clock: msgspec.structs.replace(watch, done=watch.done + 1)}
    effect = kept(ctx, ladders=ladders, **(_accounted(ctx, taken) if taken.rung.does == "account" else {}))
    if taken.rung.does == "urge":
        effect.fields["urges"] = order.urges + 1
    if taken.rung.does == "supervise":
        effect.fields |= on_supervise(ctx, taken)
    effect.body = {
        "clock": taken.clock,
        "rung": taken.no + 1,
        "does": taken.rung.does,
        "tells": taken.rung.tells,
        "unit": order.unit,
        "due_at": watch.due_at,
    }
    effect.stops = [LADDER_CLOCK]
    return effect


def nothing_opened(ctx: Context, taken: Next) -> dict[str, Any]:
    """No formal supervision is opened: the event `clock.supervised` is what people hear."""
    return {}


# What the rung `supervise` does beside its event: fields of the order that it changes. The supervision inside a centre is put here.
on_supervise: Callable[[Context, Next], dict[str, Any]] = nothing_opened


def _accounted(ctx: Context, taken: Next) -> dict[str, Any]:
    order = ctx.snapshot.order
    entry = Accountability(
        no=len(order.handling.accountability) + 1,
        round=order.round,
        kind="overdue",
        unit=order.unit or "",
        clock=taken.clock,
        evidence=f"{taken.clock}：{order.handling.ladders[taken.clock].due_at.isoformat()}",
        found_by=ctx.asked.actor.id,
        found_at=ctx.asked.now,
    )
    return {"accountability": [*order.handling.accountability, entry]}


def _does(what: str) -> Guard:
    def guard(snapshot: Snapshot, asked: Asked | None) -> str | None:
        if asked is None or asked.data.clock != LADDER_CLOCK:
            return "不是阶梯"
        order = snapshot.order
        taken = next_rung(order, snapshot.timers or [], order.handling.ladders, asked)
        due = taken is not None and taken.at <= asked.now and taken.rung.does == what
        return None if due else "还没有到这一级"

    return guard


def ladder_clock(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if asked is not None and asked.data.clock == LADDER_CLOCK else "不是阶梯"


GUARDS: dict[str, Guard] = {
    "ladder_warns": _does("warn"),
    "ladder_urges": _does("urge"),
    "ladder_supervises": _does("supervise"),
    "ladder_accounts": _does("account"),
    "ladder_clock": ladder_clock,
}
EFFECTS: dict[str, EffectOf] = {
    "clock.warned": climb,
    "clock.urged": climb,
    "clock.supervised": climb,
    "clock.accounted": climb,
    "clock.looked_at": climb,
}
