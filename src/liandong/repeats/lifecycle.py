"""Rows of repeats, the same for both kinds of order."""

from liandong.core.lifecycle import Transition, row
from liandong.linkage.lifecycle import AFTER, DESK, Spread

REVIEW_CLOCK = "repeat_review"
SUPERVISOR = frozenset({"supervisor"})


def repeat_rows(at: Spread) -> tuple[Transition, ...]:
    there = at.open_ | AFTER
    return (
        row("link_repeat", there, None, DESK, "repeat.escalated", "关联重复诉求，报班长", "Link as a repeat: to the supervisor",
            guards=("may_repeat", "often_enough"), starts=(REVIEW_CLOCK,)),
        row("link_repeat", there, None, DESK, "repeat.linked", "关联重复诉求", "Link as a repeat", guards=("may_repeat",)),
        row("review_repeat", there | {"evaluated", "guided"}, None, SUPERVISOR, "repeat.reviewed", "研判重复诉求", "Review the repeat",
            guards=("repeat_to_review",), stops=(REVIEW_CLOCK,)),
    )  # fmt: skip
