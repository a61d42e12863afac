"""Rows of formal supervision inside a centre (plan 二(三)3: 督办, 督查考核), the same for both kinds of order."""

from liandong.core.lifecycle import Transition, row
from liandong.linkage.lifecycle import AFTER, DESK, Spread

AUTHORITY = frozenset({"supervisor", "leader"})
OPENERS = AUTHORITY | {"clock"}  # the clock's role is a rule's: not solved, the ladder
ENDED = frozenset({"evaluated", "guided"})  # an order that ended has no clocks: the worker watches such a deadline
OPENING = ("oversight_has_number", "authority_known", "unit_to_oversee", "no_oversight_as_high")


def oversight_rows(at: Spread) -> tuple[Transition, ...]:
    running = at.open_ - {"offered"} | AFTER
    every = running | ENDED
    return (
        row(
            "open_oversight", running, None, OPENERS, "oversight.opened_jointly", "联合督办", "Formal supervision by both centres",
            guards=("oversight_has_number", "authority_known", "no_oversight_as_high", "asks_jointly"), starts=("oversight", "supervision"),
            sends=("supervision.opened.v1",),
        ),
        row(
            "open_oversight", running, None, OPENERS, "oversight.opened", "督办承办单位", "Formal supervision of the unit",
            guards=(*OPENING, "asks_alone"), starts=("oversight",),
        ),
        row(
            "open_oversight", ENDED, None, OPENERS, "oversight.opened", "督办（已闭环）", "Formal supervision after the end",
            guards=(*OPENING, "asks_alone"),
        ),
        row(
            "reply_oversight", every, None, DESK | {"unit"}, "oversight.replied", "回复督办（承办单位）", "Reply to the formal supervision",
            guards=("oversight_open", "overseen_unit"), stops=("oversight",),
        ),
        row(
            "accept_oversight", every, None, AUTHORITY, "oversight.accepted", "督办销号", "Accept the unit's reply",
            guards=("oversight_replied", "of_its_authority", "judged_by_another"),
        ),
        row(
            "reject_oversight", running, None, AUTHORITY, "oversight.rejected", "退回重办", "Reject the unit's reply",
            guards=("oversight_replied", "of_its_authority", "judged_by_another"), starts=("oversight",),
        ),
        row(
            "reject_oversight", ENDED, None, AUTHORITY, "oversight.rejected", "退回重办（已闭环）", "Reject the unit's reply after the end",
            guards=("oversight_replied", "of_its_authority", "judged_by_another"),
        ),
        row(
            "withdraw_oversight", every, None, AUTHORITY, "oversight.withdrawn", "撤销督办", "Withdraw the formal supervision",
            guards=("under_oversight", "of_its_authority"), stops=("oversight",),
        ),
        row(
            "check_on_site", every, None, DESK | {"leader"}, "oversight.site_checked", "现场核查", "Check on site",
            guards=("under_oversight",),
        ),
    )  # fmt: skip
