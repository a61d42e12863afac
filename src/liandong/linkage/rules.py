"""Guards of the linkage: who may hand over, take, return and withdraw (plan 二(三)1; docs/protocol.md)."""

from liandong.core.lifecycle import Guard
from liandong.linkage.model import Transfer, TransferStatus
from liandong.orders.context import Asked
from liandong.orders.model import Snapshot


def nothing_offered(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """One open offer at a time, and no close while one is open."""
    offer = snapshot.open_transfer("out")
    return None if offer is None else f"已转交{offer.peer}，等待对方答复；如需自行处理请先撤回"


def whole_not_offered(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A part on offer does not hinder our own part."""
    offer = snapshot.open_transfer("out")
    return None if offer is None or offer.part else nothing_offered(snapshot, asked)


def danger_stays(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The police desk never lets a matter in danger go before it has dispatched."""
    part = asked is None or asked.data.part  # for the screen: a part could go
    return "存在危险，派警之前不能转出" if undispatched_danger(snapshot) and not part else None


def undispatched_danger(snapshot: Snapshot) -> bool:
    """Danger at a police desk with nobody on the way (a dispatch that was returned counts for nothing)."""
    return snapshot.order.kind == "police_order" and snapshot.order.danger and snapshot.dispatch is None


def danger_to_police(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A hotline hands danger to the police desk and to nobody else before that."""
    order = snapshot.order
    if asked is None or not order.danger or order.kind == "police_order" or police_have_it(snapshot):
        return None
    return None if asked.policy.side(asked.data.to) == "police" else "存在危险，须先转110（紧急）"


def police_have_it(snapshot: Snapshot) -> bool:
    """The police desk has taken this matter, or it came from there."""
    return any(t.is_with_peer and (t.direction == "in" or t.urgent) for t in snapshot.transfers or ())


def part_if_engaged(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Once somebody was sent, only a part can be handed over (joint handling)."""
    if (
        asked is None
        or asked.data.part
        or snapshot.dispatch is None
        or snapshot.order.status in {"fed_back", "answered"}
    ):
        return None
    return "已派出处置力量，只能转交对方负责的部分"


def peer_known(snapshot: Snapshot, asked: Asked | None) -> str | None:
    if asked is None:
        return None
    if asked.data.to == asked.policy.centre:
        return "不能转交给本中心"
    return None if asked.policy.side(asked.data.to) else f"没有配置对接中心“{asked.data.to}”"


def offer_can_be_withdrawn(snapshot: Snapshot, asked: Asked | None) -> str | None:
    offer = snapshot.open_transfer("out")
    if offer is None:
        return "没有等待答复的转交"
    if offer.status == TransferStatus.WITHDRAWING:
        return "已请求撤回，等待对方确认"
    return "紧急转交不能撤回" if offer.urgent else None


def asked(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if snapshot.open_transfer("in") else "没有等待本中心答复的转交"


def asked_for_whole(snapshot: Snapshot, asked: Asked | None) -> str | None:
    request = snapshot.open_transfer("in")
    return None if request and not request.part else "没有等待本中心答复的整体转交"


def responsible_already(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """We are at work on it, or have offered it back: our own messages on their way settle this offer too.

    Accepting a second time would orphan the matter; returning it is safe.
    """
    order, offered = snapshot.order, snapshot.open_transfer("out")
    at_work = not order.is_resolved or (offered is not None and not offered.part)
    return None if order.responsible and at_work else "本中心不在办理"


def whole_offer(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Accepting a part moves nobody's responsibility, so only an offer of the whole can be overtaken."""
    return None if asked is not None and not asked.data.part else "只转交一部分"


def same_round(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A matter that its first receiver reopened comes anew: our old acceptance says nothing about this round."""
    newer = asked is not None and asked.data.round > snapshot.order.round
    return "新一轮办理" if newer else None


def danger_unknown_there(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """We know of danger and the police desk did not when it offered: the word of it is on its way there, and it goes back."""
    ours = snapshot.order.kind == "work_order" and snapshot.order.danger
    return None if ours and asked is not None and not (asked.data.danger or asked.data.part) else "没有对方不知道的险情"


def urgent_offer(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """An urgent offer is taken without asking anybody; so is any offer of what the police desk knows to be in danger."""
    order = snapshot.order
    known = order.kind == "police_order" and order.danger and not order.is_resolved
    return None if asked is not None and (asked.data.urgent or known) else "不是紧急转交"


def whole_transfer(snapshot: Snapshot, asked: Asked | None) -> str | None:
    transfer = snapshot.transfer(asked.data.transfer_id) if asked else None
    if asked is None or transfer is None or not offered_to_speaker(transfer, asked):
        return "没有向对方转交"
    return "只转交了一部分" if transfer.part else None


def still_asked(snapshot: Snapshot, asked: Asked | None) -> str | None:
    request = snapshot.open_transfer("in")
    if request is None or asked is None or asked.incoming is None:
        return "已答复"
    same = request.id == asked.data.transfer_id and request.peer == asked.incoming.sender
    return None if same else "已答复"


def still_asked_any(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if snapshot.open_transfer("in") else "没有等待答复的转交"


def police_not_yet_called(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Danger calls the police once; a second press changes nothing."""
    if not snapshot.order.responsible:
        return "本中心目前不是责任方"
    called = any(t.direction == "out" and t.urgent and (t.is_open or t.is_with_peer) for t in snapshot.transfers or ())
    return "已紧急转110" if called else None


def offered_to_speaker(transfer: Transfer, asked: Asked) -> bool:
    return transfer.direction == "out" and asked.incoming is not None and transfer.peer == asked.incoming.sender


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (
        nothing_offered,
        whole_not_offered,
        danger_stays,
        danger_to_police,
        part_if_engaged,
        peer_known,
        offer_can_be_withdrawn,
        asked,
        asked_for_whole,
        responsible_already,
        whole_offer,
        same_round,
        danger_unknown_there,
        urgent_offer,
        whole_transfer,
        still_asked,
        still_asked_any,
        police_not_yet_called,
    )
}
