"""What formal supervision inside a centre does."""

from datetime import datetime
from typing import Any

import msgspec

from liandong.orders.context import Context, Effect
from liandong.orders.effects import EffectOf
from liandong.oversight.model import Oversight, OversightStatus, Round, SiteCheck
from liandong.oversight.proposing import CLOCK, begun, reply_clock, told_of
from liandong.oversight.rules import alive
from liandong.supervision import effects as across


def open_oversight(ctx: Context) -> Effect:
    """A lower authority's that is alive ends as `raised`. Jointly, the centre at work across is asked by the linkage's supervision."""
    asked, order, data = ctx.asked, ctx.snapshot.order, ctx.asked.data
    authority = asked.policy.oversight.authority(data.authority)
    assert authority is not None
    due = reply_clock(asked, order, authority.clock)
    joint = across.supervise(ctx) if "supervision.opened.v1" in ctx.row.sends else Effect()
    rule = data.rule if "clock" in asked.actor.roles else None
    asks_across = joint.fields["supervisions"][-1].id if joint.fields else None
    new = begun(ctx, authority, data.text, unit=order.unit or data.unit, rule=rule, joint=asks_across)
    return _effect(ctx, new, due, joint)


def reply_oversight(ctx: Context) -> Effect:
    now, at = _alive(ctx), ctx.asked.now
    last = now.rounds[-1]
    said = {"reply": ctx.asked.data.text, "replied_at": at, "replied_by": ctx.asked.actor.id, "late": at > last.due_at}
    return _written(_with_last(now, OversightStatus.REPLIED, **said))


def accept_oversight(ctx: Context) -> Effect:
    judged = _with_last(_alive(ctx), OversightStatus.ACCEPTED, accepted=True, **_verdict(ctx))
    return _written(msgspec.structs.replace(judged, ended_at=ctx.asked.now))


def reject_oversight(ctx: Context) -> Effect:
    """Not good enough: the next round begins, with a new deadline."""
    now = _alive(ctx)
    authority = ctx.asked.policy.oversight.authority(now.authority)
    due = reply_clock(ctx.asked, ctx.snapshot.order, authority.clock if authority else CLOCK)
    judged = _with_last(now, OversightStatus.OPEN, accepted=False, **_verdict(ctx))
    again = Round(asked_at=ctx.asked.now, due_at=due["due_at"], text=ctx.asked.data.text)
    new = msgspec.structs.replace(judged, due_at=due["due_at"], rounds=[*judged.rounds, again])
    return _effect(ctx, [new], due, Effect())


def withdraw_oversight(ctx: Context) -> Effect:
    return _written(_ended(_alive(ctx), OversightStatus.WITHDRAWN, ctx.asked.now))


def check_on_site(ctx: Context) -> Effect:
    now, data = _alive(ctx), ctx.asked.data
    check = SiteCheck(
        at=data.at or ctx.asked.now,
        by=ctx.asked.actor.id,
        place=data.place,
        found=data.found,
        persons=data.persons,
        attachments=data.attachments,
    )
    return _written(msgspec.structs.replace(now, checks=[*now.checks, check]))


def _alive(ctx: Context) -> Oversight:
    now = alive(ctx.snapshot)
    assert now is not None
    return now


def _verdict(ctx: Context) -> dict[str, Any]:
    return {"verdict": ctx.asked.data.text, "judged_at": ctx.asked.now, "judged_by": ctx.asked.actor.id}


def _with_last(one: Oversight, status: OversightStatus, **change: Any) -> Oversight:
    rounds = [*one.rounds[:-1], msgspec.structs.replace(one.rounds[-1], **change)]
    return msgspec.structs.replace(one, status=status, rounds=rounds)


def _ended(one: Oversight, status: OversightStatus, now: datetime) -> Oversight:
    return msgspec.structs.replace(one, status=status, ended_at=now)


def _effect(ctx: Context, written: list[Oversight], due: dict[str, Any], joint: Effect) -> Effect:
    starts = [clock for clock in ctx.row.starts if clock != CLOCK]
    timers = [due] if CLOCK in ctx.row.starts else []
    effect = _written(*written)
    effect.fields, effect.messages, effect.starts, effect.timers = joint.fields, joint.messages, starts, timers
    return effect


def _written(*oversights: Oversight) -> Effect:
    return Effect(oversights=list(oversights), body={"oversight": told_of(oversights[-1])})


EFFECTS: dict[str, EffectOf] = {
    "open_oversight": open_oversight,
    "reply_oversight": reply_oversight,
    "accept_oversight": accept_oversight,
    "reject_oversight": reject_oversight,
    "withdraw_oversight": withdraw_oversight,
    "check_on_site": check_on_site,
}
