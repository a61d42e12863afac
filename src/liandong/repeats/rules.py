"""Guards of repeats: a person corrects what was linked, and a supervisor looks at what comes again and again."""

from liandong.core.lifecycle import Guard
from liandong.orders.context import Asked
from liandong.orders.model import Order, Snapshot


def may_repeat(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Of an earlier matter of this centre, never in a circle."""
    if asked is None:
        return None
    if asked.data.of is None:
        return None if snapshot.order.repeat_of else "本来就没有关联为重复诉求"
    return "没有所指的工单" if asked.related is None else _unfit(snapshot.order, asked.related.order)


def often_enough(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """So often that a supervisor looks at it."""
    if asked is None or asked.related is None or snapshot.order.repeat_review is not None:
        return "未达到报班长的次数"
    times = asked.related.order.repeats + 1
    return None if times >= asked.policy.repeats.escalate_after else "未达到报班长的次数"


def repeat_to_review(snapshot: Snapshot, asked: Asked | None) -> str | None:
    review = snapshot.order.repeat_review
    return None if review is not None and review.reviewed_at is None else "没有等待班长研判的重复诉求"


def _unfit(order: Order, earlier: Order) -> str | None:
    if earlier.id == order.id or earlier.repeat_of == order.id:
        return "不能关联为自身的重复"
    if earlier.created_at > order.created_at:
        return "所指的工单晚于本单，请在较晚的工单上关联较早的工单"
    return "演练与真实诉求不能关联" if earlier.exercise != order.exercise else None


GUARDS: dict[str, Guard] = {rule.__name__: rule for rule in (may_repeat, often_enough, repeat_to_review)}
