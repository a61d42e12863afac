"""Rows of the negotiation and the three-way call, the same for every centre."""

from liandong.core.lifecycle import Transition, row
from liandong.linkage.lifecycle import AFTER, CLOCK, FINAL, LINK, OFFERING, PEER, Spread, backing_out

LEADER = frozenset({"leader"})


def negotiation_clock_rows(at: Spread) -> tuple[Transition, ...]:
    """What a clock settles; these stand before the rows for clocks that only raise an alarm."""
    return (
        row(
            "due", at.open_, None, CLOCK, "negotiation.lapsed_kept", "协商到期，本中心先行受理", "Not settled in time: kept here",
            guards=("we_settle_as_holder", "police_first"), sends=("transfer.kept.v1",),
        ),
        row(
            "due", at.resting, at.entry, CLOCK, "negotiation.lapsed_taken", "协商到期，首接中心先行受理", "Not settled in time: taken by the first receiver",
            guards=("we_settle_as_asked", "police_first"), starts=at.entry_clock, sends=("transfer.accepted.v1",), stamps=("accepted_at",),
        ),
        row(
            "due", at.idle | at.engaged | {at.done}, None, CLOCK, "negotiation.opened_by_clock", "逾期未答复，转入协商", "No answer in time: negotiation",
            guards=("offer_lapsed", "no_talk_in_danger", "peer_negotiates"), starts=("negotiation",), sends=("negotiation.opened.v1",),
        ),
    )  # fmt: skip


def negotiation_rows(at: Spread) -> tuple[Transition, ...]:
    return (*_talking(at), *_hearing(at), *_calling(at))


def _talking(at: Spread) -> tuple[Transition, ...]:
    everywhere = at.open_ | AFTER
    ruling = ("negotiating", "owner_is_party", "arbitration_agreed", "police_first")
    return (
        row(
            "negotiate", everywhere, None, LINK, "negotiation.opened", "在线协商", "Negotiate",
            guards=("open_to_negotiation", "no_talk_in_danger", "peer_negotiates", "owner_is_party", "with_own_centre"),
            starts=("negotiation",), stops=("transfer_accept",), sends=("negotiation.opened.v1",),
        ),
        row(
            "negotiate", at.idle, None, LINK, "negotiation.opened", "在线协商", "Negotiate",
            guards=("peer_negotiates", "nothing_to_negotiate", "no_talk_in_danger", "owner_is_party", "nothing_open", "nobody_sent", *OFFERING, "whole_is_here", "danger_stays_whole"),
            starts=("negotiation",), sends=("transfer.offered.v1", "negotiation.opened.v1"),
        ),
        row(
            "take_position", everywhere, None, LINK, "negotiation.position_taken", "表明立场", "Take a position",
            guards=("negotiating", "owner_is_party", "with_own_centre", "police_first"), sends=("negotiation.position_taken.v1",),
        ),
        row(
            "keep_matter", at.open_, None, LINK, "negotiation.kept", "保留自办", "Keep it",
            guards=("negotiating", "holder", "with_own_centre", "police_first"), stops=("negotiation",), sends=("transfer.kept.v1",),
        ),
        row(
            "arbitrate", at.resting, at.entry, LEADER, "negotiation.taken", "裁定由本中心承办", "Ruled: ours to take",
            guards=(*ruling, "ruled_ours_to_take"), starts=at.entry_clock, stops=("negotiation",),
            sends=("negotiation.position_taken.v1", "transfer.accepted.v1"), stamps=("accepted_at",),
        ),
        row(
            "arbitrate", at.open_, None, LEADER, "negotiation.kept", "裁定由本中心承办", "Ruled: ours to keep",
            guards=(*ruling, "ruled_ours_to_keep"), stops=("negotiation",), sends=("negotiation.position_taken.v1", "transfer.kept.v1"),
        ),
        row(
            "arbitrate", everywhere, None, LEADER, "negotiation.ruled", "领导裁定", "Arbitrate",
            guards=ruling, sends=("negotiation.position_taken.v1",),
        ),
    )  # fmt: skip


def _hearing(at: Spread) -> tuple[Transition, ...]:
    every = at.every
    return (
        row(
            "note_negotiation", at.every - FINAL, None, PEER, "negotiation.opened_by_peer", "对方提请协商", "Negotiation opened by the peer",
            guards=("still_undecided",), starts=("negotiation",), stops=("transfer_accept",),
        ),
        row("note_negotiation", every, None, PEER, "negotiation.opened_too_late", "对方提请协商（已答复）", "Negotiation came after the answer"),
        row(
            "note_position", at.resting, at.entry, PEER, "negotiation.taken", "对方裁定由本中心承办", "Ruled by the peer: ours to take",
            guards=("is_ruling", "ruled_ours_to_take"), starts=at.entry_clock, stops=("negotiation",), sends=("transfer.accepted.v1",), stamps=("accepted_at",),
        ),
        row(
            "note_position", at.open_, None, PEER, "negotiation.kept", "对方裁定由本中心承办", "Ruled by the peer: ours to keep",
            guards=("is_ruling", "ruled_ours_to_keep"), stops=("negotiation",), sends=("transfer.kept.v1",),
        ),
        row("note_position", every, None, PEER, "negotiation.position_heard", "对方立场", "Position of the peer"),
        *backing_out(
            "declined", at.every - FINAL, action="note_kept", roles=PEER, event="negotiation.kept_by_peer", label="对方保留自办",
            label_en="Kept by the peer", guards=("kept_there",), sends=("transfer.withdrawn.v1",),
        ),
        row("note_kept", every, None, PEER, "negotiation.kept_too_late", "对方保留自办（已答复）", "Keeping came after the answer"),
    )  # fmt: skip


def _calling(at: Spread) -> tuple[Transition, ...]:
    everywhere = at.open_ | AFTER
    return (
        row(
            "open_three_way_call", everywhere, None, LINK, "call.opened", "三方通话", "Three-way call",
            guards=("no_call_open", "peer_joins_calls", "linked_to", "with_own_centre", "police_first"), starts=("transfer_ring",), sends=("call.opened.v1",),
        ),
        row(
            "open_three_way_call", at.idle, None, LINK, "call.opened", "三方通话", "Three-way call",
            guards=("no_call_open", "peer_joins_calls", "nothing_open", "nobody_sent", *OFFERING, "whole_is_here", "danger_stays_whole"), starts=("transfer_ring", "transfer_accept"), stops=("danger_transfer",),
            sends=("transfer.offered.v1", "call.opened.v1"),
        ),
        row(
            "join_three_way_call", everywhere, None, LINK, "call.joined", "加入三方通话", "Join the call",
            guards=("call_open", "with_own_centre", "police_first"), stops=("transfer_ring",), sends=("call.joined.v1",),
        ),
        row(
            "end_three_way_call", everywhere, None, LINK, "call.ended", "结束通话，转入协商", "End the call and negotiate",
            guards=("call_open", "unclear_after_call", "peer_negotiates", "with_own_centre", "police_first"), starts=("negotiation",), stops=("transfer_ring", "transfer_accept"),
            sends=("call.ended.v1", "negotiation.opened.v1"),
        ),
        row(
            "end_three_way_call", everywhere, None, LINK, "call.ended", "结束三方通话", "End the call",
            guards=("call_open", "with_own_centre", "police_first"), stops=("transfer_ring",), sends=("call.ended.v1",),
        ),
        row("note_call", everywhere, None, PEER, "call.opened_by_peer", "对方请求三方通话", "Call opened by the peer", starts=("transfer_ring",)),
        row("note_call", FINAL, None, PEER, "call.opened_by_peer", "对方请求三方通话（已闭环）", "Call opened by the peer after the end"),
        row("note_call_joined", at.every, None, PEER, "call.joined_by_peer", "对方已加入通话", "The peer joined the call", stops=("transfer_ring",)),
        row("note_call_ended", at.every, None, PEER, "call.ended_by_peer", "对方结束通话", "The peer ended the call", stops=("transfer_ring",)),
    )  # fmt: skip
