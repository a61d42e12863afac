"""The linkage's rows, the same for every centre: how an order is offered, taken, returned, recalled and followed across centres.

`entry` is the status in which the centre has taken the matter in (accepted / received), `done` the one in which a result is there.
"""

from typing import Any

from msgspec import Struct

from liandong.core.lifecycle import Transition, row

DESK = frozenset({"call_taker", "dispatcher", "supervisor"})
LINK = DESK | {"liaison"}
PEER = frozenset({"peer"})
CLOCK = frozenset({"clock"})
CLOSING = ("closing",)
FINAL = frozenset({"guided", "cancelled", "declined", "withdrawn", "evaluated"})
AFTER = frozenset({"closed", "called_back"})
STATUSES = {
    "offered": ("待接收", "offered by a peer"),
    "following": ("跟踪中", "handed over, following"),
    "declined": ("未接收", "declined"),
    "withdrawn": ("对方撤回", "withdrawn by the peer"),
}


class Spread(Struct, frozen=True, kw_only=True):
    """Where a kind of order stands, as far as the linkage asks.

    `idle`: nobody was sent yet, the whole matter may go. `engaged`: somebody is at work, only a part may go.
    `open_`: every status before the caller has been answered. `entry_clock`: what watches that somebody is sent,
    CLOSING that whoever has the result tells the caller.
    """

    entry: str
    entry_clock: tuple[str, ...] = ()
    done: str
    idle: frozenset[str]
    engaged: frozenset[str]
    open_: frozenset[str]

    @property
    def every(self) -> frozenset[str]:
        return self.open_ | AFTER | FINAL

    @property
    def resting(self) -> frozenset[str]:
        """Nobody of ours is at work, and the loop is not closed."""
        return AFTER | {"offered", "following", self.done}


OFFERING = ("responsible", "offers_what_it_has", "free_to_offer", "danger_stays", "danger_to_police", "part_if_engaged", "peer_known", "no_loop", "not_settled", "with_own_centre")  # fmt: skip


def linkage_rows(at: Spread) -> tuple[Transition, ...]:
    return (*_offering(at), *_asked(at), *_recalling(at), *_taking(at), *_noting(at), *_following(at))


def _offering(at: Spread) -> tuple[Transition, ...]:
    return (
        row(
            "offer_transfer", at.idle | at.engaged, None, LINK | {"unit"}, "negotiation.opened", "转交（协商）", "Transfer by negotiation",
            guards=("bounced_enough", "peer_negotiates", *OFFERING, "no_talk_in_danger"), starts=("negotiation",),
            sends=("transfer.offered.v1", "negotiation.opened.v1"),
        ),
        row(
            "offer_transfer", at.idle | at.engaged, None, LINK | {"unit"}, "transfer.offered", "转交", "Transfer",
            guards=OFFERING, starts=("transfer_accept",), stops=("danger_transfer",), sends=("transfer.offered.v1",),
        ),
        row(
            "withdraw_transfer", at.open_, None, LINK, "transfer.withdrawal_requested", "撤回转交", "Withdraw the transfer",
            guards=("offer_can_be_withdrawn", "with_own_centre"), sends=("transfer.withdrawal_requested.v1",),
        ),
    )  # fmt: skip


def _asked(at: Spread) -> tuple[Transition, ...]:
    taken: dict[str, Any] = {
        "stops": ("transfer_accept", "negotiation"),
        "sends": ("transfer.accepted.v1",),
    }
    return (
        row(
            "accept_transfer", at.resting, at.entry, LINK, "transfer.accepted", "接收", "Accept",
            guards=("asked", "no_duplicate_named", "with_own_centre"), starts=at.entry_clock, stamps=("accepted_at",), **taken,
        ),
        row(
            "accept_transfer", at.open_ - at.resting, None, LINK, "transfer.accepted", "接收", "Accept",
            guards=("asked", "no_duplicate_named", "with_own_centre"), **taken,
        ),
        *backing_out(
            "declined", at.every - FINAL, action="return_transfer", roles=LINK, event="transfer.returned", label="退回", label_en="Return",
            guards=("asked", "not_in_negotiation", "reason_typed", "with_own_centre"), sends=("transfer.returned.v1",),
        ),
    )  # fmt: skip


def _recalling(at: Spread) -> tuple[Transition, ...]:
    """A transfer that was a mistake, after it was accepted: back by consent of both."""
    return (
        row(
            "recall_transfer", "following", None, LINK, "transfer.recall_requested", "请求撤回误转", "Ask a mistaken transfer back",
            guards=("recallable", "peer_gives_back", "with_own_centre"), sends=("transfer.recall_requested.v1",),
        ),
        row(
            "note_recall", at.open_, None, PEER, "transfer.recall_asked", "对方请求撤回误转", "The peer asks it back",
            guards=("recall_fits",), starts=("recall",),
        ),
        row(
            "note_recall", at.every, None, PEER, "transfer.recall_too_late", "对方请求撤回（已迟）", "Asked back too late",
            sends=("transfer.recall_refused.v1",),
        ),
        row(
            "agree_recall", at.idle, None, LINK, "transfer.given_back", "同意撤回", "Agree to give it back",
            guards=("recall_asked", "no_result_yet", "responsible", "whole_is_here", "free_to_offer", "danger_stays_whole", "with_own_centre"),
            starts=("transfer_accept",), stops=("recall",), sends=("transfer.offered.v1",),
        ),
        row(
            "refuse_recall", at.every, None, LINK, "transfer.recall_refused", "不同意撤回", "Refuse to give it back",
            guards=("recall_asked", "with_own_centre"), stops=("recall",), sends=("transfer.recall_refused.v1",),
        ),
        row("note_recall_refused", at.every, None, PEER, "transfer.recall_refused_by_peer", "对方不同意撤回", "Recall refused by the peer"),
    )  # fmt: skip


def _taking(at: Spread) -> tuple[Transition, ...]:
    """An offer arrives for a matter that this centre has an order of."""
    return (
        row(
            "take_offer", "merged", at.entry, PEER, "transfer.taken_urgently", "紧急转来，立即接收", "Urgent offer taken",
            guards=("urgent_offer", "whole_offer"), starts=at.entry_clock, stops=("transfer_accept", "merged"), sends=("transfer.accepted.v1",), stamps=("accepted_at",),
        ),
        row(
            "take_offer", at.open_ - at.resting - {"merged"}, None, PEER, "transfer.taken_urgently", "紧急转来，立即接收", "Urgent offer taken",
            guards=("urgent_to_forces",), stops=("transfer_accept", "negotiation"), sends=("transfer.accepted.v1",),
        ),
        row(
            "take_offer", at.every, None, PEER, "transfer.offer_void", "对方转来（已失效）", "Void offer",
            guards=("void_offer",), sends=("transfer.returned.v1",),
        ),
        row(
            "take_offer", at.every, None, PEER, "transfer.offer_overtaken", "对方转来（已由本中心负责）", "Offer overtaken",
            guards=("responsible_already", "whole_offer", "same_round"), sends=("transfer.returned.v1",),
        ),
        row(
            "take_offer", at.open_, None, PEER, "transfer.joined", "对方请求共同处置", "Joint handling asked and taken",
            guards=("at_work", "same_round"), sends=("transfer.accepted.v1",),
        ),
        row(
            "take_offer", at.every, None, PEER, "transfer.returned", "险情未决，退回110", "Danger: returned to the police desk",
            guards=("danger_unknown_there",), sends=("transfer.returned.v1",),
        ),
        row(
            "take_offer", at.resting | FINAL | {"merged"}, at.entry, PEER, "transfer.taken_urgently", "紧急转来，立即接收", "Urgent offer taken",
            guards=("urgent_offer",), starts=at.entry_clock, stops=("transfer_accept", "merged"), sends=("transfer.accepted.v1",), stamps=("accepted_at",),
        ),
        row(
            "take_offer", at.open_ - at.resting - {"merged"}, None, PEER, "transfer.taken_urgently", "紧急转来，立即接收", "Urgent offer taken",
            guards=("urgent_offer",), stops=("transfer_accept",), sends=("transfer.accepted.v1",),
        ),
        row(
            "take_offer", at.resting | FINAL, at.entry, PEER, "transfer.taken_back", "转回，必须接收", "Given back and taken",
            guards=("bound_to_take",), starts=at.entry_clock, stops=("transfer_accept",), sends=("transfer.accepted.v1",), stamps=("accepted_at",),
        ),
        row("take_offer", FINAL, "offered", PEER, "transfer.asked", "对方转来", "Offer received", starts=("transfer_accept",)),
        row("take_offer", at.every - FINAL, None, PEER, "transfer.asked", "对方转来", "Offer received", starts=("transfer_accept",)),
    )  # fmt: skip


def _noting(at: Spread) -> tuple[Transition, ...]:
    """The answers to what this centre offered."""
    settled = ("transfer_accept", "negotiation")
    return (
        row(
            "note_accepted", at.idle | at.resting | FINAL | {"merged"}, "following", PEER, "transfer.accepted_by_peer", "对方已接收", "Accepted by the peer",
            guards=("whole_moves",), stops=(*settled, *at.entry_clock, "merged"), sends=("order.progressed.v1", "order.evaluated.v1"),
        ),
        row(
            "note_accepted", at.every, None, PEER, "transfer.accepted_by_peer", "对方已接收", "Accepted by the peer",
            stops=settled, sends=("order.evaluated.v1",),
        ),
        row(
            "note_returned", at.idle, None, PEER, "transfer.returned_by_peer", "对方已退回（已裁定由其承办）", "Returned against a ruling",
            guards=("ruled_theirs",), starts=("transfer_accept",), stops=("negotiation",), sends=("transfer.offered.v1",),
        ),
        row(
            "note_returned", at.every, None, PEER, "transfer.returned_by_peer", "对方已退回", "Returned by the peer",
            stops=settled, sends=("order.progressed.v1",),
        ),
        *backing_out(
            "withdrawn", at.every - FINAL, action="note_withdrawal", roles=PEER, event="transfer.withdrawn", label="对方撤回转交",
            label_en="Withdrawn by the peer", guards=("still_asked",), sends=("transfer.withdrawn.v1",),
        ),
        row(
            "note_withdrawal", at.every, None, PEER, "transfer.withdrawal_too_late", "对方撤回（已答复）", "Withdrawal came after the answer",
        ),
        row(
            "note_withdrawn", at.idle, None, PEER, "transfer.withdrawn_by_peer", "对方确认，转回首接中心", "Confirmed: back to the first receiver",
            guards=("hand_back_due",), starts=("transfer_accept",), stops=("negotiation",), sends=("transfer.offered.v1",),
        ),
        row(
            "note_withdrawn", at.every, None, PEER, "transfer.withdrawn_by_peer", "对方同意撤回", "Withdrawal confirmed",
            stops=settled, sends=("order.progressed.v1",),
        ),
        row(
            "note_claim", at.idle | {at.done, "merged"}, "following", PEER, "danger.claimed_by_police", "险情，110直接接管", "Danger: claimed by the police desk",
            guards=("may_claim", "newer_claim", "whole_is_ours"), stops=(*settled, *at.entry_clock, "merged"),
            sends=("order.progressed.v1", "danger.claimed.v1"),
        ),
        row(
            "note_claim", AFTER | FINAL | {"offered"}, "following", PEER, "danger.claimed_by_police", "险情，110直接接管", "Danger: claimed by the police desk",
            guards=("may_claim", "newer_claim", "tells_the_caller"), stops=("callback", "evaluation"),
        ),
        row(
            "note_claim", "offered", "declined", PEER, "danger.claimed_by_police", "险情，110直接接管", "Danger: claimed by the police desk",
            guards=("may_claim", "newer_claim", "only_asked_for_whole"), stops=settled,
        ),
        row(
            "note_claim", at.every, None, PEER, "danger.claimed_by_police", "险情，110直接接管", "Danger: claimed by the police desk",
            guards=("may_claim",),
        ),
    )  # fmt: skip


def _following(at: Spread) -> tuple[Transition, ...]:
    """What another centre tells of the matter that it has, and the end of joint handling."""
    return (
        row("note_progress", at.every, None, PEER, "peer.progressed", "对方办理进展", "Progress at the peer"),
        row(
            "note_answer", "following", at.done, PEER, "peer.answered", "对方反馈结果", "Result from the peer",
            guards=("from_holder",), starts=CLOSING, stamps=("answered_at",),
        ),
        row(
            "note_answer", at.every, None, PEER, "peer.answered", "对方反馈结果", "Result from the peer", sends=("order.progressed.v1",),
        ),
        row(
            "note_evaluation", AFTER, "evaluated", PEER, "order.evaluated", "对方回访评价", "Evaluated through the peer",
            guards=("evaluated_elsewhere",), stops=("callback", "evaluation"),
        ),
        row("note_evaluation", at.every, None, PEER, "peer.evaluated", "对方回访评价", "Evaluated through the peer"),
        row("note_supplement", at.every, None, PEER, "matter.supplemented", "来电人补充", "Supplement from the caller"),
        row(
            "end_joint_handling", at.open_ - {"offered"}, None, LINK, "joint.ended", "结束共同处置", "End joint handling",
            guards=("joint_answered", "with_own_centre"), sends=("joint.ended.v1",),
        ),
        row("note_joint_end", at.every, None, PEER, "joint.ended_by_peer", "对方结束共同处置", "Joint handling ended by the peer"),
    )  # fmt: skip


def backing_out(target: str, sources: frozenset[str], **given: Any) -> tuple[Transition, ...]:
    """An offer that comes to nothing. An order that was born of it ends; one that was there before stands where it stood."""
    stops, only = ("transfer_accept", "negotiation"), {"guards": (*given["guards"], "nothing_else_asked")}
    return (
        Transition(sources=frozenset({"offered"}), target=target, stops=stops, **given | only),
        Transition(sources=sources, stops=stops, **given),
    )
