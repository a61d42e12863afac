"""What formal supervision inside a centre does."""

from datetime import datetime
from typing import Any

import msgspec

from liandong.catalogue.oversight import default_oversight
from liandong.orders.context import Context, Effect
from liandong.orders.effects import EffectOf
from liandong.oversight.model import Oversight, OversightStatus, Round, SiteCheck
from liandong.oversight.rules import alive
from liandong.supervision import effects as across

CLOCK = "oversight"


def open_oversight(ctx: Context) -> Effect:
    """A lower authority's that is alive ends as `raised`. Jointly, the centre at work across is asked by the linkage's supervision."""
    asked, order, data = ctx.asked, ctx.snapshot.order, ctx.asked.data
    authority = default_oversight().authority(data.authority)
    assert authority is not None
    before, no = alive(ctx.snapshot), len(ctx.snapshot.oversights or ()) + 1
    due = _due(ctx, authority.clock)
    joint = across.supervise(ctx) if "supervision.opened.v1" in ctx.row.sends else Effect()
    new = Oversight(
        order_id=order.id,
        no=no,
        number=f"{order.number}-DB{no:02d}",
        authority=authority.code,
        rank=authority.rank,
        status=OversightStatus.OPEN,
        unit=order.unit or data.unit,
        text=data.text,
        rule=data.rule if "clock" in asked.actor.roles else None,
        joint=joint.fields["supervisions"][-1].id if joint.fields else None,
        opened_at=asked.now,
        opened_by=asked.actor.id,
        due_at=due["due_at"],
        rounds=[Round(asked_at=asked.now, due_at=due["due_at"], text=data.text)],
        checks=[],
    )
    raised = [_ended(before, OversightStatus.RAISED, asked.now)] if before else []
    return _effect(ctx, [*raised, new], due, joint)


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
    authority = default_oversight().authority(now.authority)
    due = _due(ctx, authority.clock if authority else CLOCK)
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


def _due(ctx: Context, clock: str) -> dict[str, Any]:
    """The order's clock `oversight`, as long as the authority's own entry in the table says."""
    order, now = ctx.snapshot.order, ctx.asked.now
    due = ctx.asked.policy.due(clock, order, now)
    return {
        "order_id": order.id,
        "name": CLOCK,
        "status": "running",
        "due_at": due.at,
        "started_at": now,
        "policy_version": due.policy_version,
        "remaining": None,
        "reason": None,
    }


def _effect(ctx: Context, written: list[Oversight], due: dict[str, Any], joint: Effect) -> Effect:
    starts = [clock for clock in ctx.row.starts if clock != CLOCK]
    timers = [due] if CLOCK in ctx.row.starts else []
    effect = _written(*written)
    effect.fields, effect.messages, effect.starts, effect.timers = joint.fields, joint.messages, starts, timers
    return effect


def _written(*oversights: Oversight) -> Effect:
    newest = oversights[-1]
    body = {
        "oversight": {
            "number": newest.number,
            "authority": newest.authority,
            "status": newest.status,
            "unit": newest.unit,
        }
    }
    return Effect(oversights=list(oversights), body=body)


EFFECTS: dict[str, EffectOf] = {
    "open_oversight": open_oversight,
    "reply_oversight": reply_oversight,
    "accept_oversight": accept_oversight,
    "reject_oversight": reject_oversight,
    "withdraw_oversight": withdraw_oversight,
    "check_on_site": check_on_site,
}
