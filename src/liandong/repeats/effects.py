"""What linking a matter to its earlier one does."""

from datetime import datetime
from typing import Any

import msgspec

from liandong.orders.context import Context, Effect
from liandong.orders.effects import EffectOf
from liandong.repeats.model import Earlier, RepeatReview
from liandong.repeats.policy import RepeatsPolicy


def at_birth(earlier: Earlier | None, policy: RepeatsPolicy, now: datetime) -> dict[str, Any]:
    """The fields of a new order that brings an earlier matter again; none where it does not."""
    if earlier is None:
        return {}
    times = earlier.repeats + 1
    fields: dict[str, Any] = {"repeat_of": earlier.id, "repeats": times}
    return fields | ({"repeat_review": RepeatReview(since=now)} if times >= policy.escalate_after else {})


def link_repeat(ctx: Context) -> Effect:
    earlier = ctx.asked.related
    if ctx.asked.data.of is None or earlier is None:
        return Effect(fields={"repeat_of": None, "repeats": 0})
    fields: dict[str, Any] = {"repeat_of": earlier.order.id, "repeats": earlier.order.repeats + 1}
    if ctx.row.event == "repeat.escalated":
        fields["repeat_review"] = RepeatReview(since=ctx.asked.now)
    return Effect(fields=fields, body={"of": earlier.order.number, "repeats": fields["repeats"]})


def review_repeat(ctx: Context) -> Effect:
    review, asked = ctx.snapshot.order.repeat_review, ctx.asked
    assert review is not None
    done = {"reviewed_by": asked.actor.id, "reviewed_at": asked.now, "text": asked.data.text}
    return Effect(fields={"repeat_review": msgspec.structs.replace(review, **done)})


EFFECTS: dict[str, EffectOf] = {"link_repeat": link_repeat, "review_repeat": review_repeat}
