"""Holding clocks: paused one by one, all of them while an order is suspended, and computed anew under another rule. Pure."""

from datetime import datetime
from typing import Any

import msgspec

from liandong.handling.effects import kept
from liandong.handling.model import SUSPENSION_CLOCK, ExtensionStatus, Handling, Pause, Suspension
from liandong.orders.context import Asked, Context, Effect, started_clock
from liandong.orders.effects import EffectOf
from liandong.orders.model import Order, Timer

HELD_TOGETHER = frozenset({"unit_accept", "answer"})  # what a suspension holds


def pause_clock(ctx: Context) -> Effect:
    timer = next(t for t in ctx.snapshot.timers or () if t.name == ctx.asked.data.clock)
    row, pause = _paused(ctx, timer, suspension=False)
    effect = kept(ctx, pauses=[*ctx.snapshot.order.handling.pauses, pause])
    effect.timers, effect.body = [row], {"remaining": row["remaining"]}
    return effect


def resume_clock(ctx: Context) -> Effect:
    timer = next(t for t in ctx.snapshot.timers or () if t.name == ctx.asked.data.clock)
    row = _resumed(ctx.asked, ctx.snapshot.order, timer)
    effect = kept(ctx, pauses=_ended(ctx, {timer.name}))
    effect.timers, effect.body = [row], {"due_at": row["due_at"]}
    return effect


def suspend(ctx: Context) -> Effect:
    """The clocks of handling are held; the order comes back by itself on the day that was named."""
    data, order, now = ctx.asked.data, ctx.snapshot.order, ctx.asked.now
    held = [_paused(ctx, t, suspension=True) for t in _running(ctx)]
    rests = Suspension(
        ground=data.ground,
        reason=data.reason,
        evidence=data.evidence,
        until=data.until,
        by=ctx.asked.actor.id,
        at=now,
    )
    effect = kept(
        ctx,
        suspensions=[*order.handling.suspensions, rests],
        pauses=[*order.handling.pauses, *(pause for _, pause in held)],
    )
    due = msgspec.structs.replace(ctx.asked.policy.due(SUSPENSION_CLOCK, order, now), at=data.until)
    wakes = started_clock(order.id, SUSPENSION_CLOCK, due, now)
    effect.timers, effect.starts = [*(row for row, _ in held), wakes], []
    effect.body = {"held": [row["name"] for row, _ in held]}
    return effect


def end_suspension(ctx: Context) -> Effect:
    """Each clock goes on with what it had left."""
    order = ctx.snapshot.order
    names = {p.clock for p in order.handling.pauses if p.suspension and p.until_at is None}
    back = [
        _resumed(ctx.asked, order, t) for t in ctx.snapshot.timers or () if t.name in names and t.status == "paused"
    ]
    effect = kept(ctx, pauses=_ended(ctx, names), suspensions=ended_suspensions(order.handling, ctx.asked))
    effect.timers, effect.body = back, {"resumed": [row["name"] for row in back]}
    if ctx.asked.action == "due":
        effect.stops = [ctx.asked.data.clock]
    return effect


def recompute_clocks(ctx: Context) -> Effect:
    """By the tables and the calendar of today; what was held and what was granted stays."""
    rows = recomputed(ctx.snapshot.order, ctx.snapshot.timers or [], ctx.asked)
    moved = {row["name"]: {"due_at": row["due_at"]} for row in rows}
    return Effect(timers=rows, body={"clocks": moved, "policy": ctx.asked.policy.handling.policy_version})


def recomputed(order: Order, timers: list[Timer], asked: Asked) -> list[dict[str, Any]]:
    """The clocks of handling as the tables have them now, for this order as it is now."""
    return [_again(order, t, asked) for t in timers if t.name in asked.policy.handling.recomputed]


def _again(order: Order, timer: Timer, asked: Asked) -> dict[str, Any]:
    policy, tags = asked.policy, asked.policy.tags(order)
    pauses = order.handling.held(timer.name, timer.started_at)
    held = [(p.from_at, p.until_at) for p in pauses if p.until_at is not None]
    days = sum(
        e.days
        for e in order.handling.extensions
        if e.clock == timer.name and e.status == ExtensionStatus.GRANTED and e.asked_at >= timer.started_at
    )
    due_at = policy.reckoning.due(timer.name, tags, timer.started_at, held=held, days=days)
    version = policy.due(timer.name, order, asked.now).policy_version
    row = _row(timer) | {"due_at": due_at, "policy_version": version}
    if timer.status == "paused":
        since = next((p.from_at for p in reversed(pauses) if p.until_at is None), asked.now)
        left = policy.reckoning.left(timer.name, tags, since, due_at)
        row["remaining"] = msgspec.to_builtins(left)
    return row


def ended_suspensions(handling: Handling, asked: Asked) -> list[Suspension]:
    last = handling.suspensions[-1]
    return [
        *handling.suspensions[:-1],
        msgspec.structs.replace(last, ended_at=asked.now, ended_by=asked.actor.id),
    ]


def _running(ctx: Context) -> list[Timer]:
    running = [t for t in ctx.snapshot.timers or () if t.status == "running" and t.name in HELD_TOGETHER]
    return [t for t in running if ctx.asked.policy.may_pause(t.name)]


def _paused(ctx: Context, timer: Timer, *, suspension: bool) -> tuple[dict[str, Any], Pause]:
    asked, order = ctx.asked, ctx.snapshot.order
    left = asked.policy.remaining(timer.name, order, asked.now, timer.due_at)
    pause = Pause(
        clock=timer.name,
        clock_started_at=timer.started_at,
        ground=asked.data.ground,
        reason=asked.data.reason,
        evidence=asked.data.evidence,
        attachments=asked.data.attachments,
        suspension=suspension,
        by=asked.actor.id,
        from_at=asked.now,
    )
    return _row(timer) | {"status": "paused", "remaining": left, "reason": asked.data.reason}, pause


def _resumed(asked: Asked, order: Order, timer: Timer) -> dict[str, Any]:
    due = asked.policy.resumed(order, asked.now, timer.remaining or {})
    return _row(timer) | {"status": "running", "due_at": due.at, "remaining": None, "reason": None}


def _ended(ctx: Context, clocks: set[str]) -> list[Pause]:
    return [
        msgspec.structs.replace(p, until_at=ctx.asked.now) if p.clock in clocks and p.until_at is None else p
        for p in ctx.snapshot.order.handling.pauses
    ]


def _row(timer: Timer) -> dict[str, Any]:
    return msgspec.to_builtins(timer, builtin_types=(datetime,))


EFFECTS: dict[str, EffectOf] = {
    "pause_clock": pause_clock,
    "resume_clock": resume_clock,
    "suspend": suspend,
    "order.suspension_ended": end_suspension,
    "recompute_clocks": recompute_clocks,
}
