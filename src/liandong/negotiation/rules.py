"""Guards of the negotiation and the three-way call: who may open, speak, keep, rule and end (plan 二(三)1)."""

from liandong.core.lifecycle import Guard
from liandong.linkage.model import CallOutcome, Transfer, TransferStatus
from liandong.linkage.rules import from_speaker
from liandong.orders.context import Asked
from liandong.orders.model import Snapshot

NEGOTIATION_CLOCK = "negotiation"
OFFER_CLOCK = "transfer_accept"


def open_to_negotiation(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if undecided(snapshot) else "没有可以协商的转交"


def undecided(snapshot: Snapshot) -> Transfer | None:
    """An ordinary offer of the whole that nobody has answered, in either direction."""
    waiting = (t for t in snapshot.transfers or () if t.status == TransferStatus.OFFERED)
    return next((t for t in waiting if not (t.part or t.urgent or t.binding)), None)


def nothing_to_negotiate(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A negotiation that is opened anew needs the other centre."""
    if asked is not None and asked.data.to is None:
        return "请指明与哪个中心协商"
    return None if snapshot.negotiation is None else "正在协商"


def negotiating(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if snapshot.negotiation else "没有正在进行的协商"


def owner_is_party(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A position or a ruling names one of the two."""
    if asked is None:
        return None
    talk = snapshot.negotiation or undecided(snapshot)
    other = talk.peer if talk is not None else getattr(asked.data, "to", None)
    return (
        None
        if asked.data.owner in {asked.policy.centre, other}
        else f"承办中心只能是协商双方：{asked.policy.centre}、{other}"
    )


def holder(snapshot: Snapshot, asked: Asked | None) -> str | None:
    talk = snapshot.negotiation
    return None if talk is not None and talk.direction == "out" else "由转出方保留，请接收或表明立场"


def arbitration_agreed(snapshot: Snapshot, asked: Asked | None) -> str | None:
    talk = snapshot.negotiation
    if asked is None or talk is None:
        return None
    return None if asked.policy.arbitrates(talk.peer) else f"与{talk.peer}没有约定由领导裁定，请继续协商"


def ruled_ours_to_take(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return _ruled(snapshot, asked, "in")


def ruled_ours_to_keep(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return _ruled(snapshot, asked, "out")


def _ruled(snapshot: Snapshot, asked: Asked | None, direction: str) -> str | None:
    talk = snapshot.negotiation
    if asked is None or talk is None or asked.data.owner != asked.policy.centre:
        return "裁定由对方承办"
    return None if talk.direction == direction else "不适用"


def is_ruling(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The other side's leader has ruled about a negotiation that is open, as both centres agreed one may."""
    if asked is None or not asked.data.ruling or not asked.policy.arbitrates(asked.sender):
        return "不是有效的裁定"
    return still_negotiated(snapshot, asked)


def still_negotiated(snapshot: Snapshot, asked: Asked | None) -> str | None:
    talk = snapshot.negotiation
    same = asked is not None and talk is not None and talk.id == asked.data.transfer_id and talk.peer == asked.sender
    return None if same else "该协商已结束"


def still_undecided(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The offer that the peer wants to talk about has no answer yet."""
    transfer = snapshot.transfer(asked.data.transfer_id) if asked is not None else None
    fits = transfer is not None and asked is not None and transfer.peer == asked.sender
    return None if fits and transfer is not None and transfer.status == TransferStatus.OFFERED else "已答复"


def we_settle_as_holder(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """At the deadline the first receiver acts; where neither of the two is, the holder does."""
    talk = snapshot.negotiation
    if not _lapsed(asked, NEGOTIATION_CLOCK) or asked is None or talk is None or talk.direction != "out":
        return "不由本中心按期处理"
    return None if talk.peer != snapshot.order.first_receiver else "由首接中心按期受理"


def we_settle_as_asked(snapshot: Snapshot, asked: Asked | None) -> str | None:
    talk = snapshot.negotiation
    if not _lapsed(asked, NEGOTIATION_CLOCK) or asked is None or talk is None or talk.direction != "in":
        return "不由本中心按期处理"
    return None if snapshot.order.first_receiver == asked.policy.centre else "由首接中心按期受理"


def offer_lapsed(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Nobody answered in time: it is talked about from now on."""
    waiting = undecided(snapshot)
    return None if _lapsed(asked, OFFER_CLOCK) and waiting and waiting.direction == "out" else "没有超时未答复的转交"


def _lapsed(asked: Asked | None, clock: str) -> bool:
    return asked is not None and asked.data.clock == clock


def linked_to(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The other centre knows the matter already: the call is about that hand-over."""
    peers = {t.peer for t in snapshot.transfers or ()} if asked is None else {asked.data.to}
    return None if any(shared_with(snapshot, peer) for peer in peers) else "对方还没有该诉求"


def shared_with(snapshot: Snapshot, peer: str) -> Transfer | None:
    """The newest hand-over with this peer that is open or accepted."""
    found = [
        t for t in snapshot.transfers or () if t.peer == peer and (t.is_open or t.status == TransferStatus.ACCEPTED)
    ]
    return next((t for t in reversed(found) if t.is_open), found[-1] if found else None)


def no_call_open(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return "三方通话正在进行" if calling(snapshot) else None


def call_open(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if calling(snapshot) else "没有正在进行的三方通话"


def calling(snapshot: Snapshot) -> Transfer | None:
    """The hand-over that the call now going on is about."""
    return next((t for t in reversed(snapshot.transfers or []) if t.open_call), None)


def unclear_after_call(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Still unclear after the call: negotiate at once."""
    if asked is None or asked.data.outcome != CallOutcome.UNCLEAR or snapshot.order.danger:
        return "通话后已明确"
    talk = calling(snapshot)
    waiting = undecided(snapshot)
    return None if talk and waiting and talk.id == waiting.id else "没有可以协商的转交"


def kept_there(snapshot: Snapshot, asked: Asked | None) -> str | None:
    request = from_speaker(snapshot, asked, "in")
    return None if request is not None and request.is_open else "已答复"


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (
        open_to_negotiation,
        nothing_to_negotiate,
        negotiating,
        owner_is_party,
        holder,
        arbitration_agreed,
        ruled_ours_to_take,
        ruled_ours_to_keep,
        is_ruling,
        still_negotiated,
        still_undecided,
        we_settle_as_holder,
        we_settle_as_asked,
        offer_lapsed,
        linked_to,
        no_call_open,
        call_open,
        unclear_after_call,
        kept_there,
    )
}
