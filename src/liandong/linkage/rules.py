"""Guards of the linkage: who may hand over, take, return, withdraw and recall (plan 二(三)1; docs/protocol.md)."""

from typing import Any

from liandong.core.lifecycle import Guard
from liandong.linkage.model import Binding, SettledBy, Transfer, TransferStatus
from liandong.orders.context import Asked
from liandong.orders.model import Snapshot

TAKEN_BACK = frozenset({TransferStatus.OFFERED, TransferStatus.NEGOTIATING})
"""What has not been answered and can be withdrawn."""


def named(snapshot: Snapshot, asked: Asked | None, direction: str) -> Transfer | None:
    """The open transfer that is meant: the one named in the request, else the only or the whole one."""
    transfer_id = getattr(asked.data, "transfer_id", None) if asked else None
    return snapshot.open_transfer(direction, transfer_id)


def from_speaker(snapshot: Snapshot, asked: Asked | None, direction: str) -> Transfer | None:
    """The transfer that a message names, if the speaker is its other side: nobody speaks for another centre."""
    transfer = snapshot.transfer(asked.data.transfer_id) if asked is not None else None
    if transfer is None or asked is None or transfer.direction != direction or transfer.peer != asked.sender:
        return None
    return transfer


def whole_with_peers(snapshot: Snapshot, direction: str) -> list[Transfer]:
    """Accepted hand-overs of the whole matter, oldest first."""
    found = [t for t in snapshot.transfers or () if t.direction == direction and not t.part]
    return [t for t in found if t.status == TransferStatus.ACCEPTED]


def nothing_offered(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """One open offer of the whole at a time, and no close while one is open."""
    offer = next((t for t in snapshot.open_transfers("out") if t.status != TransferStatus.KEEPING), None)
    return None if offer is None else f"已转交{offer.peer}，等待对方答复；如需自行处理请先撤回"


def nothing_open(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Not even an offer that was kept and waits for the other side's confirmation: its acceptance may be on its way."""
    waiting = snapshot.open_transfers("out")
    return nothing_offered(snapshot, asked) or ("已保留自办，等待对方确认后才能再转交" if waiting else None)


def whole_not_offered(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A part on offer does not hinder our own part; nothing hinders who acts in danger: a late acceptance is joint handling then."""
    if snapshot.order.sends_forces and snapshot.order.danger:
        return None
    whole = any(not t.part and t.status != TransferStatus.KEEPING for t in snapshot.open_transfers("out"))
    return nothing_offered(snapshot, asked) if whole else None


def free_to_offer(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Parts may be on offer to several centres at once; the whole only to one, and only when nothing else is on offer."""
    if asked is None or not getattr(asked.data, "part", False):
        part_could_go = whole_not_offered(snapshot, None) is None
        return None if asked is None and part_could_go else nothing_open(snapshot, asked)
    return free_to_split(snapshot, asked)


def free_to_split(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The other centre gets its part while ours begins."""
    to = asked.data.to if asked is not None else None
    same = any(t.peer == to and t.part for t in snapshot.open_transfers("out"))
    return f"已请{to}承办其部分，等待对方答复" if same else whole_not_offered(snapshot, asked)


def danger_stays(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The police desk never lets a matter in danger go before it has dispatched."""
    part = asked is None or getattr(asked.data, "part", False)  # for the screen: a part could go
    return "存在危险，派警之前不能转出" if undispatched_danger(snapshot) and not part else None


def danger_stays_whole(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return "存在危险，派警之前不能转出" if undispatched_danger(snapshot) else None


def undispatched_danger(snapshot: Snapshot) -> bool:
    """Danger at a desk that sends forces, with nobody on the way (a dispatch that was returned counts for nothing)."""
    return snapshot.order.sends_forces and snapshot.order.danger and snapshot.dispatch is None


def danger_to_police(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A hotline hands danger to the police desk and to nobody else before that."""
    order = snapshot.order
    if asked is None or not order.danger or order.sends_forces or police_have_it(snapshot, asked):
        return None
    first = asked.policy.police()
    fits = asked.data.to == first if first else asked.policy.takes_danger(asked.data.to)
    return None if fits else "存在危险，须先转110（紧急）"


def no_talk_in_danger(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """No emergency waits for a negotiation (国办发〔2022〕12号)."""
    return "存在危险，不能协商：由110先行处置" if snapshot.order.danger else None


def police_have_it(snapshot: Snapshot, asked: Asked | None) -> bool:
    """In this round who acts in danger has taken this matter, or it came from the police desk, which claims it when it hears of danger."""
    ours = [t for t in snapshot.transfers or () if t.round == snapshot.order.round and t.is_with_peer]
    came = [t for t in ours if t.direction == "in" and t.status == TransferStatus.ACCEPTED]
    from_police = any(asked is None or t.peer == asked.policy.police() for t in came)
    return from_police or any(t.urgent for t in ours)


def police_called(snapshot: Snapshot) -> bool:
    """In this round the police desk was called, and has the matter or is bound to take it."""
    ours = (t for t in snapshot.transfers or () if t.round == snapshot.order.round and t.direction == "out")
    return any(t.urgent and (t.is_open or t.is_with_peer) for t in ours)


def danger_waits_here(snapshot: Snapshot, asked: Asked) -> bool:
    """This centre answers for a danger, sends nobody out by itself, and has not called the police."""
    order = snapshot.order
    mine = order.responsible and not order.is_resolved and order.danger and not order.sends_forces
    return mine and not police_called(snapshot) and not police_have_it(snapshot, asked)


def part_if_engaged(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Once somebody was sent, only a part can be handed over (joint handling)."""
    if (
        asked is None
        or getattr(asked.data, "part", False)
        or snapshot.dispatch is None
        or snapshot.order.status in {"fed_back", "answered"}
    ):
        return None
    return "已派出处置力量，只能转交对方负责的部分"


def nobody_sent(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Only the whole can be talked about."""
    return "已派出处置力量，只能转交对方负责的部分" if snapshot.dispatch_at_work else None


def peer_known(snapshot: Snapshot, asked: Asked | None) -> str | None:
    if asked is None or getattr(asked.data, "to", None) is None:
        return None
    if asked.data.to == asked.policy.centre:
        return "不能转交给本中心"
    return None if asked.policy.side(asked.data.to) else f"没有配置对接中心“{asked.data.to}”"


def no_loop(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A matter goes back only to whoever handed it over or to the first receiver, and never in a circle."""
    if asked is None or getattr(asked.data, "part", False):
        return None
    order, to = snapshot.order, asked.data.to
    if to not in {hop.centre for hop in order.path} or to in {order.first_receiver, handed_over_by(snapshot)}:
        return None
    return f"{to}本轮已承办过该诉求，不能再转回；可退回转来的中心，或转给其他中心"


def handed_over_by(snapshot: Snapshot) -> str | None:
    """The centre from which the whole matter came last in this round."""
    came = [t for t in whole_with_peers(snapshot, "in") if t.round == snapshot.order.round]
    return came[-1].peer if came else None


def not_settled(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A settled negotiation binds both sides for the round (plan 二(三)1), until there is a result or danger."""
    order = snapshot.order
    if asked is None or getattr(asked.data, "part", False) or order.danger or order.is_resolved:
        return None
    settled = (t for t in snapshot.transfers or () if t.settled_by and t.round == order.round)
    if any(t.peer == asked.data.to for t in settled):
        return f"与{asked.data.to}已协商确定由本中心承办，本轮不再互转"
    return None


def bounced_enough(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Given back as often as the policy allows: the next offer of the whole is a negotiation (domain §2)."""
    order = snapshot.order
    if asked is None or asked.data.part or order.danger or asked.data.urgent:
        return "未达到退回次数上限"
    return None if order.bounces >= asked.policy.max_bounces else "未达到退回次数上限"


def with_own_centre(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A liaison speaks for its own centre only: its rights end at what the two centres share."""
    home = asked.actor.home if asked is not None else None
    if asked is None or home is None:
        return None
    peer = getattr(asked.data, "to", None) or _peer_meant(snapshot, asked)
    return None if peer in {home, None} else f"专席只能办理与{home}之间的转接"


def _peer_meant(snapshot: Snapshot, asked: Asked) -> str | None:
    """The peer of the transfer that the request is about: named, else the one that is open."""
    transfer_id = getattr(asked.data, "transfer_id", None)
    open_ = [t for t in snapshot.transfers or () if t.is_open and transfer_id in {None, t.id}]
    ours: list[Any] = [t.peer for t in open_] or snapshot.followers
    return asked.actor.home if asked.actor.home in ours else next(iter(ours), None)


def offer_can_be_withdrawn(snapshot: Snapshot, asked: Asked | None) -> str | None:
    offer = named(snapshot, asked, "out")
    if offer is None:
        return "没有等待答复的转交"
    if offer.status == TransferStatus.WITHDRAWING:
        return "已请求撤回，等待对方确认"
    if offer.status == TransferStatus.KEEPING:
        return "已保留自办，等待对方确认"
    return "紧急转交不能撤回" if offer.urgent or offer.binding else None


def asked(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if named(snapshot, asked, "in") else "没有等待本中心答复的转交"


def not_in_negotiation(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """In a negotiation a centre takes its position; the question is settled by agreement, a ruling or the deadline."""
    request = named(snapshot, asked, "in")
    return "正在在线协商，请表明立场，不能直接退回" if request is not None and request.is_negotiated else None


def asked_by_police(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The police desk wants to hand the whole over: it goes straight back."""
    request = snapshot.open_transfer("in")
    theirs = request is not None and not request.part
    if asked is None or not theirs or request is None:
        return None if theirs else "没有等待本中心答复的整体转交"
    return None if request.peer == asked.policy.police() else "不是公安转来的"


def only_asked_for_whole(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """This order was born of a question about the whole, which a claim has answered."""
    return None if not any(t.part for t in snapshot.open_transfers("in")) else "还有请本中心承办的部分"


def responsible_already(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """We are at work on it, or have offered it back: our own messages on their way settle this offer too.

    Accepting a second time would orphan the matter; returning it is safe.
    """
    order = snapshot.order
    whole = asked is not None and snapshot.holds_whole(asked.policy.centre)
    unsettled = not order.is_resolved or any(not t.part for t in snapshot.open_transfers("out"))
    return None if whole and unsettled else "整体不由本中心承办"


def at_work(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A part is joined where somebody still works; a finished order would never bring its result."""
    works = snapshot.order.responsible and not snapshot.order.is_resolved and asked is not None and asked.data.part
    return None if works else "本中心不在办理"


def whole_offer(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Accepting a part moves nobody's responsibility, so only an offer of the whole can be overtaken."""
    return None if asked is not None and not asked.data.part else "只转交一部分"


def same_round(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A matter that its first receiver reopened comes anew: our old acceptance says nothing about this round."""
    newer = asked is not None and asked.data.round > snapshot.order.round
    return "新一轮办理" if newer else None


def danger_unknown_there(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """We know of danger and the police desk did not when it offered: the word of it is on its way there, and it goes back."""
    ours = not snapshot.order.sends_forces and snapshot.order.danger
    return None if ours and asked is not None and not (asked.data.danger or asked.data.part) else "没有对方不知道的险情"


def urgent_to_forces(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A desk that sends forces out takes an urgent offer also of what it has already: the sender may hold the matter as well."""
    fits = asked is not None and asked.data.urgent and snapshot.order.sends_forces
    return None if fits else "不是紧急转交"


def void_offer(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Offered before a claim of the police, or in a round that is over: it speaks of what is not so any more.

    An urgent offer is void only where the police desk is known to have claimed the matter since; the police desk itself takes all.
    """
    order, fits = snapshot.order, "不是已失效的转交"
    if asked is None or (asked.data.urgent and asked.policy.acts_first()):
        return fits
    claimed = asked.data.claim < order.claim
    return None if claimed or (asked.data.round < order.round and not asked.data.urgent) else fits


def urgent_offer(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """An urgent offer is taken without asking anybody; so is any offer of what the police desk knows to be in danger."""
    order = snapshot.order
    known = order.sends_forces and order.danger and not order.is_resolved
    return None if asked is not None and (asked.data.urgent or known) else "不是紧急转交"


def bound_to_take(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A binding offer is believed only where we know its reason ourselves."""
    if asked is None or asked.data.part:
        return "不是必须接收的转交"
    if asked.data.binding == Binding.ARBITRATION and asked.policy.arbitrates(asked.sender):
        heard = (t for t in snapshot.transfers or () if t.direction == "in" and t.peer == asked.sender)
        ruled = any(p.ruling and p.owner == asked.policy.centre for t in heard for p in t.positions)
        return None if ruled else "没有由本中心承办的裁定"
    if asked.data.binding == Binding.FIRST_RECEIVER and snapshot.order.first_receiver == asked.policy.centre:
        return None
    recalled = any(t.recall and t.peer == asked.sender for t in whole_with_peers(snapshot, "out"))
    return None if asked.data.binding == Binding.RECALL and recalled else "不是必须接收的转交"


def hand_back_due(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Kept at the deadline by a holder that is not the first receiver: it goes back to the centre that took the call."""
    ours, first = from_speaker(snapshot, asked, "out"), snapshot.order.first_receiver
    lapsed = ours is not None and ours.status == TransferStatus.KEEPING and ours.settled_by == SettledBy.DEADLINE
    if asked is None or not lapsed or first == asked.policy.centre or asked.policy.side(first) is None:
        return "不须转回首接中心"
    return None if snapshot.holds_whole(asked.policy.centre) and not snapshot.order.danger else "不须转回首接中心"


def ruled_theirs(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Our leader had ruled that they take it when their return was on its way."""
    ours = from_speaker(snapshot, asked, "out")
    if asked is None or ours is None or not ours.is_open or not snapshot.holds_whole(asked.policy.centre):
        return "没有裁定"
    ruled = any(p.ruling and p.centre == asked.policy.centre and p.owner == ours.peer for p in ours.positions)
    return None if ruled and not snapshot.order.danger else "没有裁定"


def whole_moves(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """An acceptance counts while its offer is open, and only then; the claim that it brings counts always.

    Who went on meanwhile, works on a part or must act in danger stays beside the other.
    """
    transfer, order = from_speaker(snapshot, asked, "out"), snapshot.order
    if asked is None or transfer is None or snapshot.dispatch_at_work or works_on_part(snapshot):
        return "只转交了一部分，或已派出处置力量"
    if asked.data.claim > order.claim and not (order.is_resolved and order.came_from_peer):
        return None
    kept = transfer.status == TransferStatus.KEEPING and order.is_resolved
    stays = transfer.part or kept or undispatched_danger(snapshot)
    return "没有等待对方答复的整体转交" if stays or not transfer.is_open else None


def works_on_part(snapshot: Snapshot) -> bool:
    """Another centre waits for our part, whatever becomes of the whole."""
    return any(t.direction == "in" and t.is_joint for t in snapshot.transfers or ())


def still_asked(snapshot: Snapshot, asked: Asked | None) -> str | None:
    request = from_speaker(snapshot, asked, "in")
    return None if request is not None and request.is_open else "已答复"


def still_asked_any(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if snapshot.open_transfer("in") else "没有等待答复的转交"


def police_not_yet_called(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Whoever knows of danger calls the police itself, once, whoever else was called; a second press only tells."""
    called = _police_desk_knows(snapshot, asked) and not _told_by_one_that_cannot_claim(asked)
    return "110已接手或已紧急转110" if called else None


def _police_desk_knows(snapshot: Snapshot, asked: Asked | None) -> bool:
    """In this round the police desk itself was called, gave us the matter, or has claimed it."""
    police = asked.policy.police() if asked is not None else None
    for t in snapshot.transfers or ():
        if t.round != snapshot.order.round:
            continue
        called = t.urgent and t.direction == "out" and (t.is_open or t.is_with_peer) and police in {None, t.peer}
        came = t.direction == "in" and t.status == TransferStatus.ACCEPTED and t.peer == police
        claimed = t.urgent and t.status == TransferStatus.ACCEPTED and snapshot.order.claim > 0
        if called or came or claimed:
            return True
    return False


def _told_by_one_that_cannot_claim(asked: Asked | None) -> bool:
    """A police desk of the first version takes nothing back by itself: it waits for the urgent offer of whoever has the matter."""
    police = asked.policy.police() if asked is not None else None
    return asked is not None and asked.sender == police and not asked.policy.speaks(police, "danger.claimed.v1")


def told_by_other(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The word of danger comes from a centre that is not the police desk itself."""
    told = asked is not None and asked.sender == asked.policy.police()
    return "110已知险情" if told and not _told_by_one_that_cannot_claim(asked) else None


def acts_first(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The desk that acts first in danger, 110, takes what it only followed."""
    return None if asked is None or asked.policy.acts_first() else "由110先行处置"


def acts_beside(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A desk that sends forces out, but is not the first in danger (119, 120)."""
    return "本中心先行处置" if asked is None or asked.policy.acts_first() else None


def whole_on_offer(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Nobody was sent, and the whole is on offer or not ours: it must be taken back into our hands."""
    if snapshot.dispatch is not None:
        return "已派警"
    held = snapshot.order.responsible and not any(not t.part for t in snapshot.open_transfers("out"))
    return "由本中心承办" if held else None


def may_claim(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The police desk claims; whoever has the matter too may tell of its claim. Nobody else's word takes a matter out of our hands."""
    if (
        asked is None
        or asked.policy.side(asked.sender) == "police"
        or any(t.peer == asked.sender for t in snapshot.transfers or ())
    ):
        return None
    return "险情接管只能由公安报警台宣布，或由共同承办这件诉求的中心转告（only the police desk, or a centre of this matter, may say so）"


def newer_claim(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if asked is not None and asked.data.claim > snapshot.order.claim else "该接管已知"


def whole_is_ours(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Whatever is here is of the whole: no part that another centre has given us."""
    return "本中心只承办其中一部分" if works_on_part(snapshot) else None


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


def offers_what_it_has(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Who only works on a part hands on parts of it; the whole is somebody else's to give."""
    if asked is None or getattr(asked.data, "part", False):  # for the screen: a part could go
        return None
    return whole_is_here(snapshot, asked)


def whole_is_here(snapshot: Snapshot, asked: Asked | None) -> str | None:
    here = snapshot.has_whole(asked.policy.centre if asked is not None else None)
    return None if here else "本中心只承办其中一部分，只能转交部分"


def nothing_else_asked(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """An order that was born of questions ends with the answer to the last."""
    return None if len(snapshot.open_transfers("in")) == 1 else "还有其他转交等待本中心答复"


def recallable(snapshot: Snapshot, asked: Asked | None) -> str | None:
    transfer = latest_given(snapshot)
    if transfer is None:
        return "没有对方已接收的转交"
    if transfer.recall:
        return "已请求撤回误转，等待对方答复"
    if transfer.urgent or transfer.binding or transfer.settled_by:
        return "紧急、裁定或协商确定的转交不能撤回"
    return "对方已有结果" if transfer.peer_result is not None else None


def latest_given(snapshot: Snapshot) -> Transfer | None:
    """The hand-over by which the whole matter left this centre: to who has it now, or to who passed it on."""
    given, path = whole_with_peers(snapshot, "out"), snapshot.order.path
    to_holder = [t for t in given if path and t.peer == path[-1].centre]
    return next(reversed(to_holder or given), None)


def recall_fits(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Only who holds the matter can give it back, and only what it was given by the speaker."""
    transfer = from_speaker(snapshot, asked, "in")
    fits = transfer is not None and transfer.status == TransferStatus.ACCEPTED and not transfer.part
    whole = asked is not None and snapshot.holds_whole(asked.policy.centre)
    return None if fits and whole and not snapshot.order.is_resolved else "已再转出或已有结果"


def recall_asked(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if recall_of(snapshot) else "对方没有请求撤回误转"


def no_result_yet(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return "已有结果，不能再撤回" if snapshot.order.is_resolved else None


def recall_of(snapshot: Snapshot) -> Transfer | None:
    """The accepted transfer that its sender asks back."""
    return next((t for t in whole_with_peers(snapshot, "in") if t.recall), None)


def joint_answered(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Joint handling ends when the other side's part has its result."""
    return None if answered_parts(snapshot) else "没有已反馈结果的共同处置"


def answered_parts(snapshot: Snapshot) -> list[Transfer]:
    return [t for t in snapshot.transfers or () if t.direction == "out" and t.is_joint and t.has_own_result]


def went_elsewhere(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """In the round that is reopened another centre had the whole matter, and may have it again."""
    order, given = snapshot.order, latest_given(snapshot)
    here = asked is None or snapshot.has_whole(asked.policy.centre)
    if asked is None or here or not asked.data.same_way or given is None or given.round != order.round:
        return "上一轮未转交其他中心"
    if asked.policy.side(given.peer) is None:
        return "不再与该中心对接"
    stays = order.danger and (order.sends_forces or not asked.policy.takes_danger(given.peer))
    return "存在危险，派警或转110之前不能转出" if stays else None


def from_holder(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The answer comes from where the whole matter went, not from who had a part of it, and knows the newest claim."""
    if asked is None:
        return None
    given, path, said = latest_given(snapshot), snapshot.order.path, asked.data
    whole = {given.peer if given else None, path[-1].centre if path else None}
    fits = not said.part and said.claim >= snapshot.order.claim and (asked.sender in whole or said.by in whole - {None})
    return None if fits else "不是整体承办方的结果"


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (
        nothing_offered,
        nothing_open,
        whole_not_offered,
        free_to_offer,
        free_to_split,
        danger_stays,
        danger_stays_whole,
        danger_to_police,
        no_talk_in_danger,
        part_if_engaged,
        nobody_sent,
        peer_known,
        no_loop,
        not_settled,
        bounced_enough,
        with_own_centre,
        offer_can_be_withdrawn,
        asked,
        not_in_negotiation,
        asked_by_police,
        only_asked_for_whole,
        urgent_to_forces,
        void_offer,
        told_by_other,
        acts_beside,
        whole_on_offer,
        may_claim,
        newer_claim,
        whole_is_ours,
        tells_the_caller,
        evaluated_elsewhere,
        offers_what_it_has,
        whole_is_here,
        whole_answered,
        parts_answered,
        nothing_else_asked,
        responsible_already,
        at_work,
        whole_offer,
        same_round,
        danger_unknown_there,
        urgent_offer,
        bound_to_take,
        hand_back_due,
        ruled_theirs,
        whole_moves,
        still_asked,
        still_asked_any,
        police_not_yet_called,
        acts_first,
        recallable,
        recall_fits,
        recall_asked,
        no_result_yet,
        joint_answered,
        went_elsewhere,
        from_holder,
    )
}
