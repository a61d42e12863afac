"""Guards of results: what of a matter is answered already, and who tells the caller."""

from liandong.core.lifecycle import Guard
from liandong.linkage.model import Transfer
from liandong.orders.context import Asked
from liandong.orders.model import Snapshot


def whole_answered(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The first receiver ends for the caller, or begins again, only when the whole has its result, wherever it is."""
    order = snapshot.order
    if order.came_from_peer or snapshot.has_whole(asked.policy.centre if asked is not None else None):
        return None
    if not whole_result_known(snapshot):
        return f"{order.path[-1].centre}承办的整体尚未反馈结果"
    us = asked.policy.centre if asked is not None else ""
    return _waiting_for({*order.awaits.peers} - {us} if order.awaits else set())


def whole_result_known(snapshot: Snapshot) -> bool:
    heard = (t.peer_result for t in snapshot.transfers or () if t.peer_result)
    return any(not said.get("part") and said.get("claim", 0) >= snapshot.order.claim for said in heard)


def parts_answered(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Closed for the caller only when every part has its result."""
    return _waiting_for(_parts_awaited(snapshot))


def _waiting_for(peers: set[str]) -> str | None:
    return f"{'、'.join(sorted(peers))}承办的部分尚未反馈结果" if peers else None


def parts_asked(snapshot: Snapshot) -> list[str]:
    """The centres that have a part from us, or are asked to take one, and have not answered it."""
    return sorted(_parts_awaited(snapshot) | {t.peer for t in snapshot.open_transfers("out") if t.part})


def _parts_awaited(snapshot: Snapshot) -> set[str]:
    return {t.peer for t in snapshot.transfers or () if _awaits_result(t, snapshot)}


def _awaits_result(part: Transfer, snapshot: Snapshot) -> bool:
    """A part that the peer has, has not answered, and has not handed back to us since with the whole matter."""
    if part.direction != "out" or not part.is_joint or part.has_own_result:
        return False
    if part.message_id is None and whole_result_known(snapshot):
        return False  # learned by a claim: it stands for the whole, wherever that is
    if part.peer_status == "following" and snapshot.has_whole(None):
        return False  # the peer only follows the whole, which came back to us through others
    ours = (
        t for t in snapshot.transfers or () if t.direction == "in" and t.peer == part.peer and t.status == "accepted"
    )
    taken = part.answered_at or part.offered_at
    return not any(t.answered_at and t.answered_at >= taken for t in ours if not t.part)


def tells_the_caller(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """What the first receiver has told the caller is not the end: there will be another result."""
    return "由首接中心答复来电人" if snapshot.order.came_from_peer else None


def evaluated_elsewhere(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Only the first receiver judges for the caller; what others say of it changes nothing there."""
    return None if snapshot.order.came_from_peer else "由本中心回访评价"


def joint_answered(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Joint handling ends when the other side's part has its result."""
    return None if answered_parts(snapshot) else "没有已反馈结果的共同处置"


def answered_parts(snapshot: Snapshot) -> list[Transfer]:
    """What was learned by a claim is the whole: whoever stays at work beside it is marked so until its own result."""
    found = [t for t in snapshot.transfers or () if t.direction == "out" and t.is_joint and t.has_own_result]
    return [t for t in found if not (t.message_id is None and snapshot.dispatch_at_work)]


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (
        whole_answered,
        parts_answered,
        tells_the_caller,
        evaluated_elsewhere,
        joint_answered,
    )
}
