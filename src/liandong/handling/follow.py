"""What follows from any decision for handling: clocks that another category or urgency moves, requests that have lapsed, ladders. Pure."""

from typing import Any

import msgspec
from msgspec import Struct

from liandong.handling.holding import HELD_TOGETHER, ended_suspensions, recomputed
from liandong.handling.ladders import LADDER_CLOCK, ladder_timer, watched
from liandong.handling.model import (
    RETURN_WAITS,
    SUSPENSION_CLOCK,
    ExtensionStatus,
    Handling,
    ReturnStatus,
)
from liandong.linkage.lifecycle import FINAL
from liandong.orders.context import Asked
from liandong.orders.model import Order, Timer

REVIEWS = ("return_review", "extension_review", SUSPENSION_CLOCK)


class Followed(Struct, frozen=True):
    """What is added to a decision. `handling` None: as it was."""

    handling: Handling | None
    timers: list[dict[str, Any]]
    stops: list[str]


def follow(
    before: Order, order: Order, timers: list[Timer], asked: Asked, *, touched: frozenset[str], ended: frozenset[str], fired: str | None,
    at_work: frozenset[str],
) -> Followed:  # fmt: skip
    """`order` and `timers` as they will be; `touched`: clocks that the decision itself wrote; `at_work`: statuses of a unit at work."""
    rows = _moved(before, order, timers, asked, touched)
    moved = {row["name"]: msgspec.convert(row, Timer) for row in rows}
    timers = [moved.get(t.name, t) for t in timers]
    stops: list[str] = []
    handling = order.handling
    if order.status not in at_work and before.status in at_work:
        handling = _lapsed(handling, asked)
        stops = [t.name for t in timers if t.name in REVIEWS]
        timers = [t for t in timers if t.name not in REVIEWS]
    resolved = order.is_resolved and not before.is_resolved
    gone = ended | frozenset(order.handling.ladders if resolved or order.status in FINAL else ())
    order = _handled(order, handling)
    ladders = watched(order, [t for t in timers if t.name != LADDER_CLOCK], asked, ended=gone, fired=fired)
    if ladders != handling.ladders:
        handling = msgspec.structs.replace(handling, ladders=ladders)
        order = _handled(order, handling)
    clock, stopped = _ladder_clock(order, timers, asked)
    return Followed(handling if handling != before.handling else None, [*rows, *clock], [*stops, *stopped])


def _handled(order: Order, handling: Handling) -> Order:
    return order if handling is order.handling else msgspec.structs.replace(order, handling=handling)


def _moved(
    before: Order, order: Order, timers: list[Timer], asked: Asked, touched: frozenset[str]
) -> list[dict[str, Any]]:
    """Only where another entry of the table is meant now; what a person, a clock or a peer asked for by name goes before."""
    if before.unit != order.unit:
        return []
    was, now = asked.policy.tags(before), asked.policy.tags(order)
    if was == now:
        return []
    reckoning = asked.policy.reckoning
    names = asked.policy.handling.recomputed
    ours = [t for t in timers if t.name in names and t.name not in touched]
    changed = [t for t in ours if reckoning.limit(t.name, was) != reckoning.limit(t.name, now)]
    return recomputed(order, changed, asked)


def _lapsed(handling: Handling, asked: Asked) -> Handling:
    """Nobody of ours is at work any more: what waited for a review is over."""
    returns, extensions = handling.returns, handling.extensions
    if returns and returns[-1].status in RETURN_WAITS:
        returns = [*returns[:-1], msgspec.structs.replace(returns[-1], status=ReturnStatus.LAPSED)]
    if extensions and extensions[-1].status == ExtensionStatus.ASKED:
        extensions = [*extensions[:-1], msgspec.structs.replace(extensions[-1], status=ExtensionStatus.LAPSED)]
    suspensions = ended_suspensions(handling, asked) if handling.suspension else handling.suspensions
    over = {id(p) for p in handling.pauses if p.clock in HELD_TOGETHER and p.until_at is None}
    pauses = [msgspec.structs.replace(p, until_at=asked.now) if id(p) in over else p for p in handling.pauses]
    return msgspec.structs.replace(
        handling, returns=returns, extensions=extensions, suspensions=suspensions, pauses=pauses
    )


def _ladder_clock(order: Order, timers: list[Timer], asked: Asked) -> tuple[list[dict[str, Any]], list[str]]:
    """The one clock for the next rung, written only where it changes."""
    runs = next((t for t in timers if t.name == LADDER_CLOCK and t.status == "running"), None)
    timer = None if order.status in FINAL else ladder_timer(order, timers, asked)
    if timer is None:
        return [], [LADDER_CLOCK] if runs else []
    same = runs is not None and (runs.due_at == timer["due_at"] or runs.due_at <= asked.now)
    return ([], []) if same else ([timer], [])
