"""What dispatching does: pure functions from a context to an effect."""

from datetime import datetime
from typing import Any

import msgspec

from liandong.dispatching.model import Assignment, Designation, JointSigning, Share, ShareStatus, Signature
from liandong.dispatching.rules import joint_of, matter_of, share_of, signer, station_of
from liandong.orders import effects as order_effects
from liandong.orders.context import Context, Effect, started_clock
from liandong.orders.effects import EffectOf
from liandong.orders.model import Dispatch
from liandong.units.directory import Directory
from liandong.units.model import Mode

LEAD = ["unit_accept", "answer"]
CO = ("co_accept", "co_answer")


def dispatch(ctx: Context) -> Effect:
    """To a lead and, of work orders, to its co-handlers, in the mode that the catalogue says."""
    effect = order_effects.dispatch(ctx)
    return effect if ctx.snapshot.order.sends_forces else _assigned(ctx, effect, ctx.asked.data.unit)


def to_station(ctx: Context) -> Effect:
    _, unit = station_of(ctx.snapshot.order, ctx.asked)
    assert unit is not None
    sent = _sent(ctx, unit.org_code)
    effect = Effect(fields=_to(unit.org_code), dispatches=[sent], messages=order_effects.progressed(ctx))
    effect.body = {"unit": unit.org_code, "unit_name": unit.name}
    return _assigned(ctx, effect, unit.org_code, mode=Mode.TO_STATION)


def designate(ctx: Context) -> Effect:
    data, asked = ctx.asked.data, ctx.asked
    sent = _sent(ctx, data.unit)
    effect = Effect(fields=_to(data.unit), dispatches=[sent], messages=order_effects.progressed(ctx))
    made = Designation(
        no=sent.no, unit=data.unit, reason=data.reason, basis=data.basis, by=asked.actor.id, at=asked.now
    )
    return _assigned(ctx, effect, data.unit, designation=made)


def redispatch(ctx: Context) -> Effect:
    sent = _sent(ctx, ctx.asked.data.unit)
    effect = Effect(fields=_to(sent.unit), dispatches=[*_ended(ctx, "redispatched"), sent])
    return _assigned(ctx, effect, sent.unit)


def recall_dispatch(ctx: Context) -> Effect:
    return Effect(fields={"unit": None, "assignment": None}, dispatches=_ended(ctx, "recalled"))


def hand_over(ctx: Context) -> Effect:
    """The successor goes on where the unit ended: its clocks run on, what it signed stays signed, the old dispatch stays as it was."""
    directory, today = ctx.asked.policy.directory, ctx.asked.policy.local_date(ctx.asked.now)
    current, assignment = ctx.snapshot.dispatch, ctx.snapshot.order.assignment
    assert current is not None
    heir = directory.successor(current.unit, today)
    no, dispatches = current.no, list[Dispatch]()
    fields: dict[str, Any] = {}
    if heir is not None:
        no = current.no + 1
        taken = msgspec.structs.replace(current, no=no, unit=heir.org_code, person=None)
        fields["unit"] = heir.org_code
        dispatches = [*_ended(ctx, "handed_over"), taken]
    if assignment is not None:
        fields["assignment"] = _handed_on(assignment, current.no, no, directory, ctx.asked)
    moved = {"from": current.unit, "to": heir.org_code if heir else current.unit, "directory": directory.version}
    return Effect(fields=fields, dispatches=dispatches, body=moved)


def add_co_handlers(ctx: Context) -> Effect:
    current = ctx.snapshot.dispatch
    assert current is not None
    before = ctx.snapshot.order.assignment or Assignment()
    shares = [*before.shares, *_shares(ctx, current.no)]
    return Effect(
        fields={"assignment": msgspec.structs.replace(before, shares=shares)},
        starts=[],
        timers=_watching(ctx, [share for share in shares if share.no == current.no]),
    )


def sign_share(ctx: Context) -> Effect:
    share = share_of(ctx.snapshot, ctx.asked, ShareStatus.DISPATCHED)
    assert share is not None
    return _changed(ctx, share, status=ShareStatus.SIGNED, signed_at=ctx.asked.now)


def answer_share(ctx: Context) -> Effect:
    share = share_of(ctx.snapshot, ctx.asked, ShareStatus.SIGNED)
    assert share is not None
    answered = {"answered_at": ctx.asked.now, "answer": ctx.asked.data.answer}
    return _changed(ctx, share, status=ShareStatus.ANSWERED, **answered)


def share_overdue(ctx: Context) -> Effect:
    """Whoever is late is named once; the clock goes on for those that are due later."""
    clock, now, assignment = ctx.asked.data.clock, ctx.asked.now, ctx.snapshot.order.assignment
    assert assignment is not None
    late = [s for s in ctx.snapshot.shares if (at := s.due_at(clock)) and at <= now]
    shares = [msgspec.structs.replace(s, overdue=(*s.overdue, clock)) if s in late else s for s in assignment.shares]
    following = [at for s in shares if s.no == late[0].no and (at := s.due_at(clock))]
    return Effect(
        fields={"assignment": msgspec.structs.replace(assignment, shares=shares)},
        body={"clock": clock, "units": [s.unit for s in late]},
        stops=[] if following else [clock],
        timers=[_timer(ctx, clock, min(following))] if following else [],
    )


def circulate(ctx: Context) -> Effect:
    """A new draft is signed anew by everybody."""
    current, before = ctx.snapshot.dispatch, ctx.snapshot.order.assignment
    assert current is not None
    assert before is not None
    joint = JointSigning(no=current.no, draft=ctx.asked.data.draft, opened_at=ctx.asked.now)
    return Effect(fields={"assignment": msgspec.structs.replace(before, joint=joint)})


def countersign(ctx: Context) -> Effect:
    joint, before, data = joint_of(ctx.snapshot), ctx.snapshot.order.assignment, ctx.asked.data
    assert joint is not None
    assert before is not None
    signature = Signature(signer(ctx.snapshot, ctx.asked), data.agrees, data.text, ctx.asked.now)
    signed = msgspec.structs.replace(joint, signatures=[*joint.signatures, signature])
    return Effect(fields={"assignment": msgspec.structs.replace(before, joint=signed)}, body={"unit": signature.unit})


def _assigned(
    ctx: Context, effect: Effect, unit: str, *, designation: Designation | None = None, mode: Mode | None = None
) -> Effect:
    """Adds to a dispatch how it is handled, and its co-handlers with their clocks."""
    order, asked = ctx.snapshot.order, ctx.asked
    directory, today = asked.policy.directory, asked.policy.local_date(asked.now)
    matter = matter_of(order, getattr(asked.data, "class_intake", None))
    duty = directory.duty(matter, today)
    owner = directory.owner(duty, matter, today) if duty else None
    follows = duty is not None and owner is not None and owner.org_code == unit
    if mode is None:
        mode = duty.mode if duty is not None and follows and duty.mode != Mode.AT_ONCE else Mode.ORDINARY
    no = effect.dispatches[-1].no
    shares = _shares(ctx, no) if getattr(asked.data, "co_handlers", None) else []
    assignment = Assignment(
        mode=mode,
        duty=duty.code if duty is not None and follows else "",
        directory=directory.version,
        shares=shares,
        designation=designation,
    )
    effect.fields = effect.fields | {"assignment": assignment}
    effect.starts, effect.timers = LEAD, [*effect.timers, *_watching(ctx, shares)]
    return effect


def _sent(ctx: Context, unit: str) -> Dispatch:
    order = ctx.snapshot.order
    no = len(ctx.snapshot.dispatches or ()) + 1
    return Dispatch(order_id=order.id, no=no, round=order.round, unit=unit, dispatched_at=ctx.asked.now)


def _to(unit: str) -> dict[str, Any]:
    return {"unit": unit, "signed_at": None, "arrived_at": None}


def _ended(ctx: Context, reason: str) -> list[Dispatch]:
    current = ctx.snapshot.dispatch
    assert current is not None
    return [msgspec.structs.replace(current, ended_at=ctx.asked.now, end_reason=reason)]


def _shares(ctx: Context, no: int) -> list[Share]:
    asked, order = ctx.asked, ctx.snapshot.order
    due = {clock: asked.policy.due(clock, order, asked.now).at for clock in CO}
    return [
        Share(no=no, unit=unit, dispatched_at=asked.now, sign_due_at=due["co_accept"], answer_due_at=due["co_answer"])
        for unit in asked.data.co_handlers
    ]


def _watching(ctx: Context, shares: list[Share]) -> list[dict[str, Any]]:
    """Each of the two clocks runs to the earliest moment that it has to watch."""
    due = {clock: [at for share in shares if (at := share.due_at(clock))] for clock in CO}
    return [_timer(ctx, clock, min(moments)) for clock, moments in due.items() if moments]


def _timer(ctx: Context, clock: str, due_at: datetime) -> dict[str, Any]:
    order, now = ctx.snapshot.order, ctx.asked.now
    due = msgspec.structs.replace(ctx.asked.policy.due(clock, order, now), at=due_at)
    return started_clock(order.id, clock, due, now)


def _changed(ctx: Context, share: Share, **change: Any) -> Effect:
    before = ctx.snapshot.order.assignment
    assert before is not None
    shares = [msgspec.structs.replace(s, **change) if s == share else s for s in before.shares]
    return Effect(fields={"assignment": msgspec.structs.replace(before, shares=shares)}, body={"unit": share.unit})


def _handed_on(assignment: Assignment, old: int, new: int, directory: Directory, asked: Any) -> Assignment:
    """What belongs to the dispatch goes on with its new number; a co-handler that ended is replaced as well."""
    today = asked.policy.local_date(asked.now)

    def heir_of(share: Share) -> str:
        heir = directory.successor(share.unit, today) if share.is_open else None
        return heir.org_code if heir else share.unit

    moved: dict[str, Any] = {
        "shares": [msgspec.structs.replace(s, no=new, unit=heir_of(s)) if s.no == old else s for s in assignment.shares]
    }
    for name in ("joint", "designation"):
        document = getattr(assignment, name)
        if document is not None and document.no == old:
            moved[name] = msgspec.structs.replace(document, no=new)
    return msgspec.structs.replace(assignment, **moved)


EFFECTS: dict[str, EffectOf] = {
    "dispatch": dispatch,
    "to_station": to_station,
    "designate": designate,
    "redispatch": redispatch,
    "recall_dispatch": recall_dispatch,
    "hand_over": hand_over,
    "add_co_handlers": add_co_handlers,
    "sign_share": sign_share,
    "answer_share": answer_share,
    "share.overdue": share_overdue,
    "circulate": circulate,
    "countersign": countersign,
}
