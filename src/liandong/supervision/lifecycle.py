"""Rows of urging and supervising across centres (plan 二(二)2 督办; 二(三)3)."""

from liandong.core.lifecycle import Transition, row
from liandong.linkage.lifecycle import DESK, FINAL, LINK, PEER, Spread

SUPERVISOR = frozenset({"supervisor"})


def supervision_rows(at: Spread) -> tuple[Transition, ...]:
    alive = at.open_ - {"offered"}
    return (
        row(
            "urge", alive, None, LINK, "order.urged", "催办", "Urge",
            guards=("peer_at_work", "with_own_centre"), sends=("order.urged.v1",),
        ),
        row("note_urging", at.every, None, PEER, "order.urged_by_peer", "对方催办", "Urged by the peer"),
        row(
            "supervise", alive, None, SUPERVISOR, "supervision.opened", "督办", "Supervise",
            guards=("peer_at_work", "no_supervision_open"), starts=("supervision",), sends=("supervision.opened.v1",),
        ),
        row("note_supervision", at.every - FINAL, None, PEER, "supervision.opened_by_peer", "对方督办", "Supervision by the peer", starts=("supervision",)),
        row("note_supervision", FINAL, None, PEER, "supervision.opened_by_peer", "对方督办（已闭环）", "Supervision by the peer after the end"),
        row(
            "reply_supervision", at.every, None, DESK, "supervision.replied", "回复督办", "Reply to the supervision",
            guards=("supervision_asked",), stops=("supervision",), sends=("supervision.replied.v1",),
        ),
        row(
            "note_supervision_reply", at.every, None, PEER, "supervision.replied_by_peer", "对方回复督办", "Reply to our supervision",
            guards=("about_ours",), stops=("supervision",),
        ),
        row(
            "accept_reply", at.every, None, SUPERVISOR, "supervision.accepted", "督办办结", "Accept the reply",
            guards=("supervision_replied",), sends=("supervision.judged.v1",),
        ),
        row(
            "reject_reply", at.open_, None, SUPERVISOR, "supervision.rejected", "退回督办回复", "Reject the reply",
            guards=("supervision_replied",), starts=("supervision",), sends=("supervision.judged.v1",),
        ),
        row(
            "note_supervision_judged", at.every - FINAL, None, PEER, "supervision.rejected_by_peer", "督办回复被退回", "Our reply was rejected",
            guards=("reply_rejected",), starts=("supervision",),
        ),
        row("note_supervision_judged", at.every, None, PEER, "supervision.accepted_by_peer", "督办回复被接受", "Our reply was accepted"),
    )  # fmt: skip
