"""Rows of the police side. None of them stands between a caller in danger and somebody who is sent."""

from liandong.core.lifecycle import Transition, row
from liandong.linkage.lifecycle import AFTER, DESK, FINAL, Spread

UNIT = frozenset({"unit", "supervisor"})
DISPATCHER = DESK
APPROVER = frozenset({"dispatcher", "supervisor"})
OVERTAKEN = ("transfer_accept", "negotiation", "merged", "callback", "evaluation")

# What may have happened since somebody looked, without a press of one of these being held up by it (orders.commands).
NEVER_WAITS = frozenset({"dispatch", "split", "call_support", "send_support"})
HARMLESS = frozenset(
    {
        "questions.answered", "level.raised", "level.lowering_asked", "level.lowering_refused", "matter.supplemented", "attachment.added",
        "order.graded", "danger.raised", "danger.raised_by_peer", "order.urged", "order.urged_by_peer",
    }
)  # fmt: skip


def policing_rows(at: Spread) -> tuple[Transition, ...]:
    held = at.idle - {at.done} | at.engaged
    return (*_claiming(at), *asking_rows(at), *_grading(held), *_on_the_way(at), *_explaining(at))


def asking_rows(at: Spread) -> tuple[Transition, ...]:
    """At every desk. A hotline's clock `danger_transfer` then calls the police, as after every other word of danger."""
    return (
        row("answer_questions", at.open_ | AFTER, None, DESK, "questions.answered", "回答险情询问", "Answer the danger questions",
            guards=("answers_fit",), sends=("danger.raised.v1",)),
    )  # fmt: skip


def _claiming(at: Spread) -> tuple[Transition, ...]:
    """Answers that show danger do at the desk that sends forces what `amend` does when it says so."""
    event, words = "questions.answered", ("回答显示危险，立即接管", "The answers show danger: claimed")
    shows = ("answers_fit", "answers_show_danger", "acts_first")
    return (
        row("answer_questions", at.resting | {"merged"}, at.entry, DESK, event, *words, guards=shows,
            starts=at.entry_clock, stamps=("accepted_at",), stops=OVERTAKEN, sends=("danger.claimed.v1",)),
        row("answer_questions", at.idle - {at.done}, None, DESK, event, *words, guards=(*shows, "whole_on_offer"),
            stops=("transfer_accept", "negotiation"), sends=("danger.claimed.v1",)),
    )  # fmt: skip


def _grading(held: frozenset[str]) -> tuple[Transition, ...]:
    return (
        row("raise_level", held, None, DESK | UNIT, "level.raised", "提级", "Raise the level", guards=("own_or_supporting_unit", "graver")),
        row("ask_lower_level", held, None, DESK | UNIT, "level.lowering_asked", "申请降级", "Ask for a lower level",
            guards=("own_or_supporting_unit", "milder", "no_lowering_waits")),
        row("approve_lower_level", held, None, APPROVER, "level.lowered", "批准降级", "Approve the lower level",
            guards=("lowering_waits", "by_another_than_asked")),
        row("refuse_lower_level", held, None, APPROVER, "level.lowering_refused", "不批准降级", "Refuse the lower level",
            guards=("lowering_waits", "by_another_than_asked")),
    )  # fmt: skip


def _on_the_way(at: Spread) -> tuple[Transition, ...]:
    """From taking the order to the scene, with whoever is sent beside the first unit."""
    support = at.engaged | {"returned"}
    return (
        row("set_out", "acknowledged", None, UNIT, "unit.set_out", "出发", "On the way", guards=("own_unit", "not_set_out")),
        row("call_support", at.engaged, None, DESK | UNIT, "support.called", "请求增援", "Call support",
            guards=("own_or_supporting_unit",), starts=("support_dispatch",)),
        row("send_support", support, None, DISPATCHER, "support.sent", "派出增援", "Send support",
            guards=("unit_known", "unit_not_there", "call_waits", "last_call_answered"), stops=("support_dispatch",)),
        row("send_support", support, None, DISPATCHER, "support.sent", "派出增援", "Send support",
            guards=("unit_known", "unit_not_there", "call_waits")),
        row("report_support", support, None, UNIT | DISPATCHER, "support.reported", "增援进展", "Report on the support",
            guards=("support_moves", "ends_last_call"), stops=("support_dispatch",)),
        row("report_support", support, None, UNIT | DISPATCHER, "support.reported", "增援进展", "Report on the support", guards=("support_moves",)),
        row("hand_to_case", "arrived disposing", at.done, UNIT, "order.handed_to_case", "转案件办理", "Hand over to case handling",
            guards=("own_unit", "no_case_yet"), stops=("support_dispatch",), sends=("order.answered.v1",), stamps=("answered_at",)),
        row("hand_to_case", at.done, None, UNIT, "case.noted", "补记案件编号", "Note the number of the case", guards=("own_unit", "no_case_yet")),
    )  # fmt: skip


def _explaining(at: Spread) -> tuple[Transition, ...]:
    """A late arrival: explained by the unit, reviewed by another person; after the end as well."""
    there = (
        frozenset({"arrived", "disposing", at.done})
        | AFTER
        | (FINAL - {"declined", "withdrawn", "guided", "cancelled"})
    )
    return (
        row("explain_delay", there, None, UNIT, "delay.explained", "说明超时原因", "Explain the delay",
            guards=("own_unit", "delay_to_explain", "cause_typed")),
        row("review_delay", there, None, APPROVER, "delay.reviewed", "审核超时说明", "Review the explanation",
            guards=("delay_to_review", "by_another_than_explained")),
    )  # fmt: skip
