"""Ladders: what happens before and after a clock runs out, rung by rung. Each order has one clock for the next rung of any of them.

`watched` follows every decision: whichever way a clock was started, held, moved or ended, its ladder stands where it belongs. Pure.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from liandong.core.lifecycle import Guard
from liandong.handling.effects import kept
from liandong.handling.model import LADDER_CLOCK, Watch
from liandong.handling.policy import Rung
from liandong.linkage.lifecycle import FINAL
from liandong.orders.context import Asked, Context, Due, Effect, started_clock
from liandong.orders.effects import EffectOf
from liandong.orders.model import Order, Snapshot, Timer
from liandong.oversight.model import ProposedMeasure
from liandong.oversight.proposing import begun, charged, reply_clock, told_of
from liandong.oversight.rules import alive

ELSEWHERE = frozenset({"following", "merged", "offered"})  # nobody of ours is at work
SOON = timedelta(seconds=1)  # between two rungs that are both overdue: each is an event of its own


class Next(Struct, frozen=True):
    """The rung that comes next."""

    at: datetime
    clock: str
    no: int
    rung: Rung


def next_rung(order: Order, timers: list[Timer], ladders: dict[str, Watch], asked: Asked) -> Next | None:
    if not ladders:
        return None
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
    due = Due(max(upcoming.at, asked.now + SOON), asked.policy.handling.policy_version)
    return started_clock(order.id, LADDER_CLOCK, due, asked.now)


def climb(ctx: Context) -> Effect:
    """The rung is taken: written down with who is told, and what it does is done."""
    snapshot, asked = ctx.snapshot, ctx.asked
    order = snapshot.order
    taken = next_rung(order, snapshot.timers or [], order.handling.ladders, asked)
    if taken is None or taken.at > asked.now:
        return Effect(stops=[LADDER_CLOCK])
    watch = order.handling.ladders[taken.clock]
    ladders = order.handling.ladders | {taken.clock: msgspec.structs.replace(watch, done=watch.done + 1)}
    effect = kept(ctx, ladders=ladders)
    if taken.rung.does == "urge":
        effect.fields["urges"] = order.urges + 1
    if "oversight" in ctx.row.starts:
        _supervise(ctx, taken, effect)
    if taken.rung.does == "account" and order.unit:
        effect.measures = [_accounted(ctx, taken, order.unit)]
        effect.body = {"measure": effect.measures[0].id}
    effect.body |= {
        "clock": taken.clock,
        "rung": taken.no + 1,
        "does": taken.rung.does,
        "tells": taken.rung.tells,
        "unit": order.unit,
        "due_at": watch.due_at,
    }
    effect.stops = [LADDER_CLOCK]
    return effect


def _supervise(ctx: Context, taken: Next, effect: Effect) -> None:
    """A formal supervision of the unit is opened with the rung, by its authority."""
    authority = ctx.asked.policy.oversight.authority(taken.rung.authority)
    assert authority is not None
    due_at = ctx.snapshot.order.handling.ladders[taken.clock].due_at
    text = f"“{taken.clock}”已于{ctx.asked.policy.reckoning.local(due_at):%Y-%m-%d %H:%M}到期，请说明原因并尽快办理"
    effect.oversights = begun(ctx, authority, text, unit=ctx.snapshot.order.unit, rule="ladder")
    effect.body = {"oversight": told_of(effect.oversights[-1])}
    effect.timers, effect.starts = [reply_clock(ctx.asked, ctx.snapshot.order, authority.clock)], []


def _accounted(ctx: Context, taken: Next, unit: str) -> ProposedMeasure:
    order, policy = ctx.snapshot.order, ctx.asked.policy
    due_at = order.handling.ladders[taken.clock].due_at
    return charged(
        ctx,
        unit,
        cause="overdue",
        reason=f"超期未办：{taken.clock}",
        basis=f"办理规则 {policy.handling.policy_version}，{taken.clock} 阶梯第{taken.no + 1}级",
        evidence=f"{taken.clock} 到期 {policy.reckoning.local(due_at).isoformat()}，至今未办",
        by="rule:ladder",
    )


def _does(what: str) -> Guard:
    def guard(snapshot: Snapshot, asked: Asked | None) -> str | None:
        if asked is None or asked.data.clock != LADDER_CLOCK:
            return "不是阶梯"
        order = snapshot.order
        taken = next_rung(order, snapshot.timers or [], order.handling.ladders, asked)
        due = taken is not None and taken.at <= asked.now and taken.rung.does == what
        return None if due else "还没有到这一级"

    return guard


def oversight_to_open(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Somebody has the order, and nobody as high supervises it already."""
    order = snapshot.order
    taken = next_rung(order, snapshot.timers or [], order.handling.ladders, asked) if asked is not None else None
    if asked is None or taken is None or not order.unit or not order.number:
        return "没有可以督办的单位"
    authority, now = asked.policy.oversight.authority(taken.rung.authority), alive(snapshot)
    if authority is None:
        return f"没有“{taken.rung.authority}”这一督办层级"
    return None if now is None or now.rank < authority.rank else f"督办 {now.number} 尚未办结"


def ladder_clock(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if asked is not None and asked.data.clock == LADDER_CLOCK else "不是阶梯"


GUARDS: dict[str, Guard] = {
    "ladder_warns": _does("warn"),
    "ladder_urges": _does("urge"),
    "ladder_supervises": _does("supervise"),
    "oversight_to_open": oversight_to_open,
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
