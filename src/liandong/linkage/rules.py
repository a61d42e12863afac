"""Guards of the linkage: who may hand over, take, return, withdraw and recall (plan 二(三)1; docs/protocol.md)."""

from typing import Any

from liandong.core.lifecycle import Guard
from liandong.linkage import danger_rules, result_rules
from liandong.linkage.danger_rules import undispatched_danger
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


def result_not_told(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Whoever gave us the matter has our result of it and ends it for the caller: the whole goes back there, but on to no third centre."""
    order = snapshot.order
    if asked is None or getattr(asked.data, "part", False) or not (order.is_resolved and order.came_from_peer):
        return None
    givers = {t.peer for t in snapshot.transfers or () if t.direction == "in"}
    if not givers or asked.data.to in givers:
        return None
    return "结果已告知转来的中心，由其答复诉求人；还有别家的事，请由其再转，或只转交对方负责的部分（the result was told already）"


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


def whole_on_offer(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Nobody was sent, and the whole is on offer or not ours: it must be taken back into our hands."""
    if snapshot.dispatch is not None:
        return "已派警"
    held = snapshot.order.responsible and not any(not t.part for t in snapshot.open_transfers("out"))
    return "由本中心承办" if held else None


def whole_is_ours(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Whatever is here is of the whole: no part that another centre has given us."""
    return "本中心只承办其中一部分" if works_on_part(snapshot) else None


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


GUARDS: dict[str, Guard] = (
    {
        rule.__name__: rule
        for rule in (
            nothing_offered,
            nothing_open,
            whole_not_offered,
            free_to_offer,
            free_to_split,
            part_if_engaged,
            nobody_sent,
            peer_known,
            no_loop,
            not_settled,
            result_not_told,
            bounced_enough,
            with_own_centre,
            offer_can_be_withdrawn,
            asked,
            not_in_negotiation,
            asked_by_police,
            only_asked_for_whole,
            urgent_to_forces,
            void_offer,
            whole_on_offer,
            whole_is_ours,
            offers_what_it_has,
            whole_is_here,
            nothing_else_asked,
            responsible_already,
            at_work,
            whole_offer,
            same_round,
            urgent_offer,
            bound_to_take,
            hand_back_due,
            ruled_theirs,
            whole_moves,
            still_asked,
            still_asked_any,
            recallable,
            recall_fits,
            recall_asked,
            no_result_yet,
            went_elsewhere,
            from_holder,
        )
    }
    | danger_rules.GUARDS
    | result_rules.GUARDS
)
