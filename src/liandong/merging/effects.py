"""What merging does: one result for several orders, told to every centre and caller that shares them."""

from typing import Any

import msgspec

from liandong.exchange.contracts import MatterMerged, MatterUnmerged
from liandong.linkage.model import TransferStatus
from liandong.linkage.offers import accept, to
from liandong.linkage.rules import named
from liandong.orders.context import Context, Effect
from liandong.orders.effects import EffectOf, answered
from liandong.orders.model import Order


def merge(ctx: Context) -> Effect:
    order, master = ctx.snapshot.order, _master(ctx)
    body = MatterMerged(
        at=ctx.asked.now, number=order.number or "", into_number=master.number or "", text=ctx.asked.data.text
    )
    messages = [to(peer, body) for peer in ctx.snapshot.followers]
    return Effect(fields=_linked(master), messages=messages, body={"into": master.number})


def unmerge(ctx: Context) -> Effect:
    order = ctx.snapshot.order
    text = getattr(ctx.asked.data, "reason", "")
    body = MatterUnmerged(at=ctx.asked.now, number=order.number or "", text=text)
    return Effect(
        fields={"master_id": None, "merged": False}, messages=[to(peer, body) for peer in ctx.snapshot.followers]
    )


def unmerged_by_clock(ctx: Context) -> Effect:
    effect = unmerge(ctx)
    effect.stops = [ctx.asked.data.clock]
    return effect


def accepted_as_duplicate(ctx: Context) -> Effect:
    request, master = named(ctx.snapshot, ctx.asked, "in"), _master(ctx)
    assert request is not None
    effect = accept(ctx, request, duplicate_of=master.number or "")
    effect.fields |= _linked(master)
    effect.body |= {"into": master.number}
    return effect


def answered_with_master(ctx: Context) -> Effect:
    """The master's result is this one's."""
    master = _master(ctx)
    text = master.answer or ""
    fields: dict[str, Any] = {"answer": text, "feedback": master.feedback, "fed_back": True}
    fields |= {"class_confirmed": master.class_confirmed} if master.class_confirmed else {}
    return Effect(
        fields=fields, messages=answered(ctx, text), stops=[ctx.asked.data.clock], body={"with": master.number}
    )


def still_merged(ctx: Context) -> Effect:
    return Effect()


def note_merged(ctx: Context) -> Effect:
    data = ctx.asked.data
    return Effect(
        transfers=_marked(ctx, duplicate_of=data.into_number, peer_status="merged"), body={"into": data.into_number}
    )


def note_unmerged(ctx: Context) -> Effect:
    return Effect(transfers=_marked(ctx, duplicate_of=None, peer_status="accepted"))


def _master(ctx: Context) -> Order:
    assert ctx.asked.related is not None
    return ctx.asked.related.order


def _linked(master: Order) -> dict[str, Any]:
    return {"master_id": master.id, "merged": True}


def _marked(ctx: Context, **change: Any) -> list[Any]:
    given = [t for t in ctx.snapshot.transfers or () if t.peer == ctx.asked.sender]
    return [msgspec.structs.replace(t, **change) for t in given if t.status == TransferStatus.ACCEPTED]


EFFECTS: dict[str, EffectOf] = {
    "merge": merge,
    "unmerge": unmerge,
    "order.unmerged_by_clock": unmerged_by_clock,
    "transfer.accepted_as_duplicate": accepted_as_duplicate,
    "order.answered_with_master": answered_with_master,
    "order.still_merged": still_merged,
    "note_merged": note_merged,
    "note_unmerged": note_unmerged,
}
