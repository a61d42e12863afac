"""Rows of dispatching, of work orders only: a police desk sends its own forces (plan 二(二)3, 二(三)3)."""

from liandong.core.lifecycle import Transition, row
from liandong.linkage.lifecycle import CLOCK, Spread

DISPATCHER = frozenset({"call_taker", "dispatcher", "supervisor"})
UNIT = frozenset({"unit", "supervisor"})
SUPERVISOR = frozenset({"supervisor"})

FREE = ("responsible", "whole_not_offered", "no_danger_waiting")  # the matter may be given to somebody of ours
FIT = ("unit_known", "unit_in_service", "not_kept_from_streets")  # the unit may be given this matter
LEAD = ("unit_accept", "answer")
CO = ("co_accept", "co_answer")
WAITS = ("unit_dispatch",)  # for a dispatch


def dispatching_rows() -> tuple[Transition, ...]:
    return (*_sending(), *_taking_back(), *_helping(), *_signing())


def handing_over_rows(at: Spread) -> tuple[Transition, ...]:
    """A unit that ends leaves its open orders to its successor: of both kinds of order."""
    return (
        row("hand_over", at.engaged, None, CLOCK, "order.handed_over", "机构变更，移交承接单位", "Handed over to the unit's successor",
            guards=("unit_has_successor",)),
    )  # fmt: skip


def _sending() -> tuple[Transition, ...]:
    idle, told = "accepted returned", ("order.progressed.v1",)
    return (
        row("dispatch", idle, "dispatched", DISPATCHER, "order.dispatched", "派单（主办、协办）", "Dispatch to lead and co-handlers",
            guards=(*FREE, *FIT, "dispatches_left", "with_co_handlers", "co_handlers_fit"), starts=(*LEAD, *CO), stops=WAITS, sends=told, stamps=("dispatched_at",)),
        row("dispatch", idle, "dispatched", DISPATCHER, "order.dispatched", "派单", "Dispatch",
            guards=(*FREE, *FIT, "dispatches_left", "co_handlers_fit"), starts=LEAD, stops=WAITS, sends=told, stamps=("dispatched_at",)),
        row("to_station", idle, "dispatched", DISPATCHER, "order.sent_to_station", "一键到站", "One key to the station",
            guards=(*FREE, "dispatches_left", "station_found"), starts=LEAD, stops=WAITS, sends=told, stamps=("dispatched_at",)),
        row("designate", idle, "dispatched", SUPERVISOR, "order.designated", "指定承办", "Designate",
            guards=(*FREE, *FIT, "dispatches_used_up"), starts=LEAD, stops=WAITS, sends=told, stamps=("dispatched_at",)),
    )  # fmt: skip


def _taking_back() -> tuple[Transition, ...]:
    """Before the unit has signed."""
    return (
        row("redispatch", "dispatched", "dispatched", DISPATCHER, "order.redispatched", "改派", "Redispatch",
            guards=("responsible", "dispatch_in_force", *FIT, "another_unit", "dispatches_left"), starts=LEAD, stops=CO, stamps=("dispatched_at",)),
        row("recall_dispatch", "dispatched", "accepted", DISPATCHER, "order.dispatch_recalled", "撤回派单", "Recall the dispatch",
            guards=("responsible", "dispatch_in_force"), starts=WAITS, stops=(*LEAD, *CO)),
    )  # fmt: skip


def _helping() -> tuple[Transition, ...]:
    at_work = "dispatched signed handling"
    return (
        row("add_co_handlers", at_work, None, DISPATCHER | {"unit"}, "order.co_handlers_added", "增加协办", "Add co-handlers",
            guards=("own_unit", "dispatch_in_force", "co_handlers_fit"), starts=CO),
        row("sign_share", at_work, None, UNIT, "share.signed", "协办签收", "Sign for a share",
            guards=("share_to_sign", "last_to_sign"), stops=("co_accept",)),
        row("sign_share", at_work, None, UNIT, "share.signed", "协办签收", "Sign for a share", guards=("share_to_sign",)),
        row("answer_share", at_work, None, UNIT, "share.answered", "协办答复", "Answer a share",
            guards=("share_to_answer", "last_to_answer"), stops=("co_answer",)),
        row("answer_share", at_work, None, UNIT, "share.answered", "协办答复", "Answer a share", guards=("share_to_answer",)),
        row("due", at_work, None, CLOCK, "share.overdue", "协办超时", "A co-handler is overdue", guards=("share_overdue",)),
    )  # fmt: skip


def _signing() -> tuple[Transition, ...]:
    return (
        row("circulate", "handling", None, UNIT, "answer.circulated", "送会签", "Circulate the draft",
            guards=("own_unit", "has_co_handlers")),
        row("countersign", "handling", None, UNIT, "answer.countersigned", "会签", "Countersign", guards=("to_countersign",)),
    )  # fmt: skip
