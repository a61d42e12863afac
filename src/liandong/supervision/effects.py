"""What urging and supervising across centres do."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from liandong.core.ids import new_id
from liandong.exchange.contracts import OrderUrged, SupervisionJudged, SupervisionOpened, SupervisionReplied
from liandong.linkage.model import Supervision, SupervisionStatus
from liandong.linkage.offers import to
from liandong.linkage.rules import latest_given
from liandong.orders.context import Context, Effect
from liandong.orders.effects import EffectOf
from liandong.supervision.rules import question, workers

CLOCK = "supervision"


def urge(ctx: Context) -> Effect:
    """A liaison urges its own centre only."""
    body, home = OrderUrged(at=ctx.asked.now, text=ctx.asked.data.text), ctx.asked.actor.home
    return Effect(
        fields=_urged(ctx), messages=[to(peer, body) for peer in workers(ctx.snapshot) if home in {None, peer}]
    )


def note_urging(ctx: Context) -> Effect:
    """Whoever only follows passes it on towards who is at work."""
    given = latest_given(ctx.snapshot)
    waits = ctx.snapshot.order.status == "following" and given is not None and given.peer != ctx.asked.sender
    return Effect(fields=_urged(ctx), messages=[to(given.peer, ctx.asked.data)] if given and waits else [])


def supervise(ctx: Context) -> Effect:
    peer, now = workers(ctx.snapshot)[-1], ctx.asked.now
    due_at = ctx.asked.policy.due(CLOCK, ctx.snapshot.order, now).at
    body = SupervisionOpened(supervision_id=new_id(), at=now, due_at=due_at, text=ctx.asked.data.text)
    return Effect(fields=_added(ctx, "out", peer, body), messages=[to(peer, body)])


def note_supervision(ctx: Context) -> Effect:
    return Effect(fields=_added(ctx, "in", ctx.asked.sender, ctx.asked.data))


def reply_supervision(ctx: Context) -> Effect:
    asked = question(ctx.snapshot, "in", SupervisionStatus.OPEN)
    assert asked is not None
    text, now = ctx.asked.data.text, ctx.asked.now
    fields = _changed(ctx, asked.id, status=SupervisionStatus.REPLIED, reply=text, replied_at=now)
    return Effect(
        fields=fields, messages=[to(asked.peer, SupervisionReplied(supervision_id=asked.id, at=now, text=text))]
    )


def note_supervision_reply(ctx: Context) -> Effect:
    data = ctx.asked.data
    return Effect(
        fields=_changed(ctx, data.supervision_id, status=SupervisionStatus.REPLIED, reply=data.text, replied_at=data.at)
    )


def accept_reply(ctx: Context) -> Effect:
    return _judge(ctx, accepted=True, due_at=None)


def reject_reply(ctx: Context) -> Effect:
    """Not good enough: the question is open again, with a new deadline."""
    due_at = ctx.asked.policy.due(CLOCK, ctx.snapshot.order, ctx.asked.now).at
    return _judge(ctx, accepted=False, due_at=due_at)


def note_supervision_judged(ctx: Context) -> Effect:
    data = ctx.asked.data
    if data.accepted:
        return Effect(fields=_changed(ctx, data.supervision_id, status=SupervisionStatus.ACCEPTED, verdict=data.text))
    again: dict[str, Any] = {"status": SupervisionStatus.OPEN, "verdict": data.text}
    return Effect(fields=_changed(ctx, data.supervision_id, **again | ({"due_at": data.due_at} if data.due_at else {})))


def _judge(ctx: Context, *, accepted: bool, due_at: datetime | None) -> Effect:
    replied = question(ctx.snapshot, "out", SupervisionStatus.REPLIED)
    assert replied is not None
    status = SupervisionStatus.ACCEPTED if accepted else SupervisionStatus.OPEN
    change: dict[str, Any] = {"status": status, "verdict": ctx.asked.data.text} | ({"due_at": due_at} if due_at else {})
    body = SupervisionJudged(
        supervision_id=replied.id, at=ctx.asked.now, accepted=accepted, text=ctx.asked.data.text, due_at=due_at
    )
    return Effect(fields=_changed(ctx, replied.id, **change), messages=[to(replied.peer, body)])


def _urged(ctx: Context) -> dict[str, Any]:
    return {"urges": ctx.snapshot.order.urges + 1}


def _added(ctx: Context, direction: str, peer: str, said: SupervisionOpened) -> dict[str, Any]:
    new = Supervision(
        id=said.supervision_id,
        direction=direction,
        peer=peer,
        status=SupervisionStatus.OPEN,
        text=said.text,
        opened_at=said.at,
        due_at=said.due_at,
    )
    return {"supervisions": [*ctx.snapshot.order.supervisions, new]}


def _changed(ctx: Context, supervision_id: UUID, **change: Any) -> dict[str, Any]:
    return {
        "supervisions": [
            msgspec.structs.replace(one, **change) if one.id == supervision_id else one
            for one in ctx.snapshot.order.supervisions
        ]
    }


EFFECTS: dict[str, EffectOf] = {
    "urge": urge,
    "note_urging": note_urging,
    "supervise": supervise,
    "note_supervision": note_supervision,
    "reply_supervision": reply_supervision,
    "note_supervision_reply": note_supervision_reply,
    "accept_reply": accept_reply,
    "reject_reply": reject_reply,
    "note_supervision_judged": note_supervision_judged,
}
