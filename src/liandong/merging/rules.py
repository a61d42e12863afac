"""Guards of merging: two orders of one centre about the same thing are handled once."""

from liandong.core.lifecycle import Guard
from liandong.orders.context import MERGED_CLOCK, Asked
from liandong.orders.model import Order, Snapshot

VOID = frozenset({"cancelled", "declined", "withdrawn", "guided"})
"""A master that ended so has no result to share."""


def mergeable(snapshot: Snapshot, asked: Asked | None) -> str | None:
    if snapshot.members:
        return "已有其他工单并入本单，不能再并入别的工单"
    if asked is None:
        return None
    if asked.related is None:
        return "没有要并入的工单"
    return _unfit(snapshot.order, asked.related.order)


def accepts_as_duplicate(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The asked centre has the same matter from another call: linked, not opened twice."""
    if asked is None or asked.data.duplicate_of is None:
        return "未指明重复的工单"
    request = snapshot.open_transfer("in", asked.data.transfer_id)
    if request is None or request.part:
        return "没有等待本中心答复的整体转交"
    return "没有要并入的工单" if asked.related is None else _unfit(snapshot.order, asked.related.order)


def no_duplicate_named(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Whoever names a duplicate wants it linked: it is never opened beside it by mistake."""
    return "指明的重复工单不能并入" if asked is not None and asked.data.duplicate_of is not None else None


def _unfit(order: Order, master: Order) -> str | None:
    if master.id == order.id:
        return "不能并入自身"
    if master.status == "merged" or not master.responsible or master.status in VOID:
        return f"工单{master.number or ''}不在本中心办理中，不能并入"
    if master.exercise != order.exercise:
        return "演练与真实诉求不能并案"
    return "存在危险的诉求不能并入没有标记危险的工单" if order.danger and not master.danger else None


def master_resolved(snapshot: Snapshot, asked: Asked | None) -> str | None:
    master = _master(asked)
    done = master is not None and master.is_resolved and master.status not in VOID
    return None if done else "主办工单尚无结果"


def master_void(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The master ended without a result: the merged order stands for itself again."""
    master = _master(asked)
    return None if master is None or master.status in VOID else "主办工单仍在办理"


def merged_clock(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if asked is not None and asked.data.clock == MERGED_CLOCK else "不是并案复核"


def _master(asked: Asked | None) -> Order | None:
    return asked.related.order if asked is not None and asked.related is not None else None


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (mergeable, accepts_as_duplicate, no_duplicate_named, master_resolved, master_void, merged_clock)
}
