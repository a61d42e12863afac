"""The linkage's rows, the same for every centre: how an order is offered, taken, returned and followed across centres.

`entry` is the status in which the centre has taken the matter in (accepted / received), `done` the one in which a result is there.
"""

from typing import Any

from liandong.core.lifecycle import Transition

DESK = frozenset({"call_taker", "dispatcher", "supervisor"})
PEER = frozenset({"peer"})
FINAL = frozenset({"guided", "cancelled", "declined", "withdrawn", "evaluated"})
STATUSES = {
    "offered": ("待接收", "offered by a peer"),
    "following": ("跟踪中", "handed over, following"),
    "declined": ("未接收", "declined"),
    "withdrawn": ("对方撤回", "withdrawn by the peer"),
}


def linkage_rows(
    *, entry: str, done: str, idle: frozenset[str], engaged: frozenset[str], open_: frozenset[str]
) -> tuple[Transition, ...]:
    """`idle`: nobody was sent yet, the whole matter may go. `engaged`: somebody is at work, only a part may go."""
    after = frozenset({"closed", "called_back"})
    every = open_ | after | FINAL
    resting = after | FINAL | {"offered", "following", done}  # nobody of ours is at work
    return (
        Transition(
            action="offer_transfer",
            sources=idle | engaged,
            roles=DESK | {"unit"},
            event="transfer.offered",
            label="转交",
            label_en="Transfer",
            guards=(
                "responsible",
                "nothing_offered",
                "danger_stays",
                "danger_to_police",
                "part_if_engaged",
                "peer_known",
            ),
            starts=("transfer_accept",),
            stops=("danger_transfer",),
            sends=("transfer.offered.v1",),
        ),
        Transition(
            action="withdraw_transfer",
            sources=open_,
            roles=DESK,
            event="transfer.withdrawal_requested",
            label="撤回转交",
            label_en="Withdraw the transfer",
            guards=("offer_can_be_withdrawn",),
            sends=("transfer.withdrawal_requested.v1",),
        ),
        Transition(
            action="accept_transfer",
            sources=resting,
            target=entry,
            roles=DESK,
            event="transfer.accepted",
            label="接收",
            label_en="Accept",
            guards=("asked",),
            stops=("transfer_accept",),
            sends=("transfer.accepted.v1",),
            stamps=("accepted_at",),
        ),
        Transition(
            action="accept_transfer",
            sources=open_ - resting,
            roles=DESK,
            event="transfer.accepted",
            label="接收",
            label_en="Accept",
            guards=("asked",),
            stops=("transfer_accept",),
            sends=("transfer.accepted.v1",),
        ),
        *backing_out(
            "declined",
            every,
            action="return_transfer",
            roles=DESK,
            event="transfer.returned",
            label="退回",
            label_en="Return",
            guards=("asked", "reason_typed"),
            sends=("transfer.returned.v1",),
        ),
        Transition(
            action="take_offer",
            sources=every,
            roles=PEER,
            event="transfer.offer_overtaken",
            label="对方转来（已由本中心负责）",
            label_en="Offer overtaken",
            guards=("responsible_already", "whole_offer", "same_round"),
            sends=("transfer.returned.v1",),
        ),
        Transition(
            action="take_offer",
            sources=open_,
            roles=PEER,
            event="transfer.joined",
            label="对方请求共同处置",
            label_en="Joint handling asked and taken",
            guards=("responsible_already", "same_round"),
            sends=("transfer.accepted.v1",),
        ),
        Transition(
            action="take_offer",
            sources=every,
            roles=PEER,
            event="transfer.returned",
            label="险情未决，退回110",
            label_en="Danger: returned to the police desk",
            guards=("danger_unknown_there",),
            sends=("transfer.returned.v1",),
        ),
        Transition(
            action="take_offer",
            sources=every,
            target=entry,
            roles=PEER,
            event="transfer.taken_urgently",
            label="紧急转来，立即接收",
            label_en="Urgent offer taken",
            guards=("urgent_offer",),
            stops=("transfer_accept",),
            sends=("transfer.accepted.v1",),
            stamps=("accepted_at",),
        ),
        Transition(
            action="take_offer",
            sources=FINAL,
            target="offered",
            roles=PEER,
            event="transfer.asked",
            label="对方转来",
            label_en="Offer received",
            starts=("transfer_accept",),
        ),
        Transition(
            action="take_offer",
            sources=every - FINAL,
            roles=PEER,
            event="transfer.asked",
            label="对方转来",
            label_en="Offer received",
            starts=("transfer_accept",),
        ),
        Transition(
            action="note_accepted",
            sources=idle | resting,
            target="following",
            roles=PEER,
            event="transfer.accepted_by_peer",
            label="对方已接收",
            label_en="Accepted by the peer",
            guards=("whole_transfer",),
            stops=("transfer_accept", "police_dispatch"),
        ),
        Transition(
            action="note_accepted",
            sources=every,
            roles=PEER,
            event="transfer.accepted_by_peer",
            label="对方已接收",
            label_en="Accepted by the peer",
            stops=("transfer_accept",),
        ),
        Transition(
            action="note_returned",
            sources=every,
            roles=PEER,
            event="transfer.returned_by_peer",
            label="对方已退回",
            label_en="Returned by the peer",
            stops=("transfer_accept",),
        ),
        *backing_out(
            "withdrawn",
            every,
            action="note_withdrawal",
            roles=PEER,
            event="transfer.withdrawn",
            label="对方撤回转交",
            label_en="Withdrawn by the peer",
            guards=("still_asked",),
            sends=("transfer.withdrawn.v1",),
        ),
        Transition(
            action="note_withdrawal",
            sources=every,
            roles=PEER,
            event="transfer.withdrawal_too_late",
            label="对方撤回（已答复）",
            label_en="Withdrawal came after the answer",
        ),
        Transition(
            action="note_withdrawn",
            sources=every,
            roles=PEER,
            event="transfer.withdrawn_by_peer",
            label="对方同意撤回",
            label_en="Withdrawal confirmed",
            stops=("transfer_accept",),
        ),
        Transition(
            action="note_progress",
            sources=every,
            roles=PEER,
            event="peer.progressed",
            label="对方办理进展",
            label_en="Progress at the peer",
        ),
        Transition(
            action="note_answer",
            sources=frozenset({"following"}),
            target=done,
            roles=PEER,
            event="peer.answered",
            label="对方反馈结果",
            label_en="Result from the peer",
            stamps=("answered_at",),
        ),
        Transition(
            action="note_answer",
            sources=every - {"following"},
            roles=PEER,
            event="peer.answered",
            label="对方反馈结果",
            label_en="Result from the peer",
        ),
        Transition(
            action="note_evaluation",
            sources=frozenset({"closed", "called_back"}),
            target="evaluated",
            roles=PEER,
            event="order.evaluated",
            label="对方回访评价",
            label_en="Evaluated through the peer",
            stops=("callback", "evaluation"),
            stamps=("evaluated_at",),
        ),
        Transition(
            action="note_evaluation",
            sources=every - {"closed", "called_back"},
            roles=PEER,
            event="peer.evaluated",
            label="对方回访评价",
            label_en="Evaluated through the peer",
        ),
        Transition(
            action="note_supplement",
            sources=every,
            roles=PEER,
            event="matter.supplemented",
            label="来电人补充",
            label_en="Supplement from the caller",
        ),
    )


def backing_out(target: str, sources: frozenset[str], **row: Any) -> tuple[Transition, ...]:
    """An offer that comes to nothing. An order that was born of it ends; one that was there before stands where it stood."""
    return (
        Transition(sources=frozenset({"offered"}), target=target, stops=("transfer_accept",), **row),
        Transition(sources=sources - {"offered"}, stops=("transfer_accept",), **row),
    )
