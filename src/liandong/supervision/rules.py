"""Guards of urging and supervising across centres."""

from liandong.core.lifecycle import Guard
from liandong.linkage.model import Supervision, SupervisionStatus, TransferStatus
from liandong.orders.context import Asked
from liandong.orders.model import Snapshot


def peer_at_work(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if workers(snapshot) else "没有其他中心正在承办该诉求"


def workers(snapshot: Snapshot) -> list[str]:
    """The centres that this one has handed the matter or a part of it to, and whose result is still out."""
    given = (t for t in snapshot.transfers or () if t.direction == "out" and t.status == TransferStatus.ACCEPTED)
    return sorted({t.peer for t in given if t.peer_result is None})


def supervision_asked(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if question(snapshot, "in", SupervisionStatus.OPEN) else "没有等待回复的督办"


def supervision_replied(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if question(snapshot, "out", SupervisionStatus.REPLIED) else "没有等待审核的督办回复"


def question(snapshot: Snapshot, direction: str, status: SupervisionStatus) -> Supervision | None:
    """The oldest supervision of this direction in this status."""
    return next((s for s in snapshot.order.supervisions if s.direction == direction and s.status == status), None)


def no_supervision_open(snapshot: Snapshot, asked: Asked | None) -> str | None:
    waiting = question(snapshot, "out", SupervisionStatus.OPEN) or question(snapshot, "out", SupervisionStatus.REPLIED)
    return "上一次督办尚未办结" if waiting else None


def about_ours(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The message speaks of a supervision that this very peer and we share."""
    if asked is None:
        return None
    known = any(s.id == asked.data.supervision_id and s.peer == asked.sender for s in snapshot.order.supervisions)
    return None if known else "没有这件督办"


def reply_rejected(snapshot: Snapshot, asked: Asked | None) -> str | None:
    if asked is not None and asked.data.accepted:
        return "回复已被接受"
    return about_ours(snapshot, asked)


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (
        peer_at_work,
        supervision_asked,
        supervision_replied,
        no_supervision_open,
        about_ours,
        reply_rejected,
    )
}
