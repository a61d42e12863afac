"""Rows of returning, holding clocks, handling and answering; the same document serves them all (plan 二(三)3: 办理 答复 督办 问责)."""

from liandong.core.lifecycle import Transition, row
from liandong.linkage.lifecycle import CLOCK, DESK, Spread

UNIT = frozenset({"unit", "supervisor"})
REVIEWER = frozenset({"dispatcher", "supervisor"})
SUPERVISOR = frozenset({"supervisor"})
LEADING = frozenset({"supervisor", "leader"})
CALL_TAKER = frozenset({"call_taker", "supervisor"})


def ladder_rows(at: Spread) -> tuple[Transition, ...]:
    """Before the row of a clock that ran out: the next rung of a ladder is no deadline of its own."""
    spread = at.open_ | {"closed", "called_back"}
    return (
        row("due", spread, None, CLOCK, "clock.warned", "临期提醒", "Warned before the deadline", guards=("ladder_warns",)),
        row("due", spread, None, CLOCK, "clock.urged", "到期催办", "Urged at the deadline", guards=("ladder_urges",)),
        row(
            "due", spread, None, CLOCK, "clock.supervised", "超期督办", "Supervised after the deadline",
            guards=("ladder_supervises", "oversight_to_open"), starts=("oversight",),
        ),
        row(
            "due", spread, None, CLOCK, "clock.supervised", "超期，已在督办中", "After the deadline: supervised already",
            guards=("ladder_supervises",),
        ),
        row("due", spread, None, CLOCK, "clock.accounted", "超期提请问责", "Accountability proposed", guards=("ladder_accounts",)),
        row("due", spread, None, CLOCK, "clock.looked_at", "阶梯复核", "The ladder was looked at", guards=("ladder_clock",)),
    )  # fmt: skip


def handling_rows(at: Spread) -> tuple[Transition, ...]:
    return (*_returning(at), *_accounting(at), *_holding(at), *_handling(at), *_ending(at))


def _returning(at: Spread) -> tuple[Transition, ...]:
    return (
        row(
            "return_order", at.engaged, None, UNIT, "return.asked", "申请退单", "Ask to return",
            guards=("own_unit", "return_possible", "not_designated", "reason_typed", "return_in_time", "return_grounded", "files_known"), starts=("return_review",),
        ),
        row(
            "grant_return", at.engaged, "returned", REVIEWER, "order.returned", "同意退单", "Grant the return",
            guards=("return_waits", "reviewer_is_another"), starts=at.entry_clock, stops=("return_review", "unit_accept", "answer", "co_accept", "co_answer", "suspension"),
        ),
        row(
            "refuse_return", at.engaged, None, REVIEWER, "return.refused", "不同意退单", "Refuse the return",
            guards=("return_waits", "reviewer_is_another"), stops=("return_review",),
        ),
        row(
            "object_to_return", at.engaged, None, UNIT, "return.objected", "对退单审核提出异议", "Object to the refusal",
            guards=("own_unit", "return_refused", "objection_in_time"), starts=("return_review",),
        ),
    )  # fmt: skip


def _accounting(at: Spread) -> tuple[Transition, ...]:
    return (
        row(
            "find_malicious_return", at.every, None, LEADING, "return.found_malicious", "认定恶意退单", "Find a return malicious",
            guards=("return_to_find", "files_known"),
        ),
    )  # fmt: skip


def _holding(at: Spread) -> tuple[Transition, ...]:
    return (
        row(
            "ask_extension", at.engaged, None, UNIT, "extension.asked", "申请延期", "Ask for more time",
            guards=("own_unit", "extension_possible", "files_known"), starts=("extension_review",),
        ),
        row(
            "grant_extension", at.engaged, None, SUPERVISOR, "extension.granted", "同意延期", "Grant more time",
            guards=("extension_waits", "clock_to_extend"), stops=("extension_review",),
        ),
        row(
            "refuse_extension", at.engaged, None, SUPERVISOR, "extension.refused", "不同意延期", "Refuse more time",
            guards=("extension_waits",), stops=("extension_review",),
        ),
        row(
            "recompute_clocks", at.engaged, None, SUPERVISOR, "clock.recomputed", "重新计算时限", "Compute the clocks anew",
            guards=("clock_to_recompute",),
        ),
        row(
            "suspend", at.engaged, None, REVIEWER, "order.suspended", "挂起", "Suspend",
            guards=("not_suspended", "suspension_grounded", "files_known"), starts=("suspension",),
        ),
        row(
            "end_suspension", at.engaged, None, REVIEWER, "order.suspension_ended", "结束挂起", "End the suspension",
            guards=("suspended",), stops=("suspension",),
        ),
        row("due", at.engaged, None, CLOCK, "order.suspension_ended", "挂起到期，恢复办理", "The suspension is over", guards=("suspension_over",)),
    )  # fmt: skip


def _handling(at: Spread) -> tuple[Transition, ...]:
    return (
        row(
            "record_step", at.engaged, None, UNIT, "handling.step_recorded", "记录办理过程", "Record a step",
            guards=("own_unit", "not_in_future", "files_known"),
        ),
        row(
            "record_contact", at.engaged, None, UNIT | DESK, "contact.recorded", "记录与诉求人的联系", "Record a contact with the caller",
            guards=("own_unit", "not_in_future", "caller_reachable"),
        ),
        row("draft_answer", "handling", None, UNIT, "answer.drafted", "起草答复", "Draft the answer", guards=("own_unit", "no_draft_waits")),
        row("review_answer", "handling", None, UNIT, "answer.reviewed", "审核答复稿", "Review the draft", guards=("own_unit", "draft_waits")),
        row(
            "redo", at.done, "handling", DESK, "order.redo_asked", "退回重办", "Send back to be done again",
            guards=("responsible", "answered_by_own_unit", "answer_not_told"), starts=("answer",), stops=("closing",),
        ),
    )  # fmt: skip


def _ending(at: Spread) -> tuple[Transition, ...]:
    """As a direct answer ends a matter; the call-back asks whether it was the caller's own will."""
    common = ("responsible", "nothing_offered", "no_danger", "whole_answered", "parts_answered")
    stops = (
        *at.entry_clock,
        "unit_accept",
        "answer",
        "co_accept",
        "co_answer",
        "return_review",
        "extension_review",
        "suspension",
    )
    event, label, label_en = "order.withdrawn_by_caller", "诉求人撤诉", "Withdrawn by the caller"
    more: dict[str, tuple[str, ...]] = {
        "sends": ("order.answered.v1",),
        "stamps": ("answered_at", "closed_at"),
        "stops": stops,
    }
    sources = (at.idle - {at.done}) | at.engaged
    return (
        row(
            "withdraw_matter", sources, "evaluated", CALL_TAKER, event, label, label_en,
            guards=(*common, "evaluated_by_peer"), **more,
        ),
        row(
            "withdraw_matter", sources, "closed", CALL_TAKER, event, label, label_en,
            guards=common, starts=("callback",), **more,
        ),
    )  # fmt: skip
