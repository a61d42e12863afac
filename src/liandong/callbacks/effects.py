"""What an evaluation by link does."""

import msgspec

from liandong.core.ids import new_id
from liandong.orders.context import Context, Effect, Outgoing
from liandong.orders.effects import EffectOf, evaluation_of


def evaluate_by_caller(ctx: Context) -> Effect:
    """The caller was reached by it, says whether it is solved, and judges; the other centres hear the same as after a call."""
    data, order, now = ctx.asked.data, ctx.snapshot.order, ctx.asked.now
    fields = {
        "satisfaction": data.satisfaction,
        "solved": data.solved,
        "revisited": True,
        "responsible": False,
        "called_back_at": order.called_back_at or now,
    }
    judged = msgspec.structs.replace(order, satisfaction=data.satisfaction, solved=data.solved)
    body = evaluation_of(judged, now, words=data.words)
    told = [Outgoing(id=new_id(), peer=peer, body=body) for peer in ctx.snapshot.followers]
    return Effect(fields=fields, messages=told)


EFFECTS: dict[str, EffectOf] = {"evaluate_by_caller": evaluate_by_caller}
