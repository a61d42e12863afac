"""Rows of merging. A merged order waits for its master's result; its caller is answered like every other."""

from liandong.core.lifecycle import Transition, row
from liandong.linkage.lifecycle import CLOCK, CLOSING, DESK, LINK, PEER, Spread

STATUSES = {"merged": ("已并案", "merged")}
MERGED = frozenset({"merged"})


def merging_clock_rows(at: Spread) -> tuple[Transition, ...]:
    return (
        row(
            "due", MERGED, at.done, CLOCK, "order.answered_with_master", "随主办工单反馈", "Answered with its master",
            guards=("merged_clock", "master_resolved"), starts=CLOSING, sends=("order.answered.v1",), stamps=("answered_at",),
        ),
        row(
            "due", MERGED, at.entry, CLOCK, "order.unmerged_by_clock", "主办工单已无结果，恢复办理", "Its master ended without a result",
            guards=("merged_clock", "master_void"), starts=at.entry_clock, sends=("matter.unmerged.v1",),
        ),
        row("due", MERGED, None, CLOCK, "order.still_merged", "仍在并案办理", "Still merged", guards=("merged_clock",), starts=("merged",)),
    )  # fmt: skip


def merging_rows(at: Spread) -> tuple[Transition, ...]:
    return (
        row(
            "merge", at.idle - {at.done}, "merged", DESK, "order.merged", "并案", "Merge",
            guards=("responsible", "nothing_offered", "mergeable"), starts=("merged",), stops=at.entry_clock, sends=("matter.merged.v1",),
        ),
        row(
            "unmerge", MERGED, at.entry, DESK, "order.unmerged", "取消并案", "Undo the merge",
            starts=at.entry_clock, stops=("merged",), sends=("matter.unmerged.v1",),
        ),
        row(
            "accept_transfer", at.resting, "merged", LINK, "transfer.accepted_as_duplicate", "接收并入已有工单", "Accept as a duplicate",
            guards=("accepts_as_duplicate", "with_own_centre"), starts=("merged",), stops=("transfer_accept", "negotiation"),
            sends=("transfer.accepted.v1",), stamps=("accepted_at",),
        ),
        row("note_merged", at.every, None, PEER, "peer.merged", "对方并案办理", "Merged at the peer"),
        row("note_unmerged", at.every, None, PEER, "peer.unmerged", "对方取消并案", "Unmerged at the peer"),
    )  # fmt: skip
