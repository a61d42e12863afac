"""The two lifecycles, as data. docs/lifecycles/ and the test matrix are generated from these rows.

Work orders: plan 二(三)3, 受理 派单 办理 答复 办结 回访 评价. Police orders: 接警 分级 派警 到场 处置 反馈 结警 回访 评价.
"""

from liandong.attachments import rules as attachment_rules
from liandong.attachments.lifecycle import attachment_rows
from liandong.callbacks import rules as callback_rules
from liandong.callbacks.lifecycle import callback_rows
from liandong.core.lifecycle import Lifecycle, Transition
from liandong.core.lifecycle import row as _row
from liandong.dispatching import rules as dispatching_rules_
from liandong.dispatching.lifecycle import dispatching_rows, handing_over_rows
from liandong.handling import ladders as handling_ladders
from liandong.handling import rules as handling_rules
from liandong.handling.lifecycle import handling_rows, ladder_rows
from liandong.linkage import rules as linkage_rules
from liandong.linkage import spoken as spoken_rules
from liandong.linkage.lifecycle import CLOCK, CLOSING, DESK, FINAL, PEER, STATUSES, Spread, backing_out, linkage_rows
from liandong.merging import rules as merging_rules
from liandong.merging.lifecycle import STATUSES as MERGING_STATUSES
from liandong.merging.lifecycle import merging_clock_rows, merging_rows
from liandong.negotiation import rules as negotiation_rules
from liandong.negotiation.lifecycle import negotiation_clock_rows
from liandong.negotiation.lifecycle import negotiation_rows as talking_rows
from liandong.orders import rules
from liandong.orders.model import Kind, Snapshot
from liandong.oversight import rules as oversight_rules
from liandong.oversight.lifecycle import oversight_rows
from liandong.policing import rules as policing_guards
from liandong.policing.lifecycle import asking_rows, policing_rows
from liandong.repeats import rules as repeats_rules
from liandong.repeats.lifecycle import repeat_rows
from liandong.supervision import rules as supervision_rules
from liandong.supervision.lifecycle import supervision_rows

CALL_TAKER = frozenset({"call_taker", "supervisor"})
DISPATCHER = frozenset({"call_taker", "dispatcher", "supervisor"})
UNIT = frozenset({"unit", "supervisor"})
SUPERVISOR = frozenset({"supervisor"})
GUARDS = {
    **rules.GUARDS,
    **dispatching_rules_.GUARDS,
    **linkage_rules.GUARDS,
    **spoken_rules.GUARDS,
    **negotiation_rules.GUARDS,
    **supervision_rules.GUARDS,
    **merging_rules.GUARDS,
    **oversight_rules.GUARDS,
    **callback_rules.GUARDS,
    **attachment_rules.GUARDS,
    **policing_guards.GUARDS,
    **repeats_rules.GUARDS,
    **handling_rules.GUARDS,
    **handling_ladders.GUARDS,
}


def _linked_rows(at: Spread) -> tuple[Transition, ...]:
    """Everything that happens between centres, and between the orders of one centre."""
    return (
        *handing_over_rows(at),
        *merging_rows(at),
        *linkage_rows(at),
        *talking_rows(at),
        *supervision_rows(at),
        *repeat_rows(at),
        *oversight_rows(at),
    )


def _shared_rows(at: Spread) -> tuple[Transition, ...]:
    """What both kinds of order have in common: the ends of the loop and the corrections on the way."""
    entry, done, entry_clock = at.entry, at.done, at.entry_clock
    idle = f"{entry} returned"
    spread = " ".join(sorted(at.open_))
    ended = "closed called_back evaluated guided"
    return (
        _row(
            "answer_directly", idle, "evaluated", CALL_TAKER, "order.answered_directly", "直接答复", "Answer directly",
            guards=("responsible", "nothing_offered", "no_danger_waiting", "whole_answered", "parts_answered", "evaluated_by_peer"),
            stops=entry_clock, sends=("order.answered.v1",), stamps=("answered_at", "closed_at"),
        ),
        _row(
            "answer_directly", idle, "closed", CALL_TAKER, "order.answered_directly", "直接答复", "Answer directly",
            guards=("responsible", "nothing_offered", "no_danger_waiting", "whole_answered", "parts_answered"),
            starts=("callback",), stops=entry_clock, sends=("order.answered.v1",), stamps=("answered_at", "closed_at"),
        ),
        _row(
            "guide", idle, "guided", CALL_TAKER, "order.guided", "解释引导", "Explain and guide",
            guards=("responsible", "nothing_offered", "no_danger_waiting", "whole_answered", "parts_answered"),
            stops=entry_clock, sends=("order.answered.v1", "order.evaluated.v1"), stamps=("closed_at",),
        ),
        _row(
            "cancel", idle, "cancelled", SUPERVISOR, "order.cancelled", "作废", "Cancel",
            guards=("responsible", "nothing_offered", "whole_answered", "parts_answered"), stops=entry_clock,
            sends=("order.answered.v1", "order.evaluated.v1"), stamps=("closed_at",),
        ),
        _row(
            "close", done, "evaluated", CALL_TAKER | {"dispatcher"}, "order.closed", "办结", "Close",
            guards=("delay_explained", "evidence_complete", "whole_answered", "parts_answered", "nothing_offered", "evaluated_by_peer"), stops=CLOSING, sends=("joint.ended.v1",), stamps=("closed_at",),
        ),
        _row(
            "close", done, "closed", CALL_TAKER | {"dispatcher"}, "order.closed", "办结", "Close",
            guards=("delay_explained", "evidence_complete", "whole_answered", "parts_answered", "nothing_offered"), starts=("callback",), stops=CLOSING, sends=("joint.ended.v1",), stamps=("closed_at",),
        ),
        _row(
            "call_back", "closed", "called_back", CALL_TAKER, "order.called_back", "回访", "Call back",
            guards=("calls_back_itself", "another_half_day", "reached_or_last_attempt"),
            starts=("evaluation",), stops=("callback",), stamps=("called_back_at",),
        ),
        _row(
            "call_back", "closed", None, CALL_TAKER, "order.call_back_tried", "回访", "Call back",
            guards=("calls_back_itself", "another_half_day"),
        ),
        *callback_rows(),
        _row(
            "evaluate", "called_back", "evaluated", CALL_TAKER, "order.evaluated", "评价", "Evaluate",
            guards=("calls_back_itself",), stops=("evaluation",), sends=("order.evaluated.v1",), stamps=("evaluated_at",),
        ),
        _row(
            "due", "called_back", "evaluated", CLOCK, "order.evaluation_lapsed", "评价到期", "Evaluation lapsed",
            guards=("evaluation_lapsed",), sends=("order.evaluated.v1",), stamps=("evaluated_at",),
        ),
        *negotiation_clock_rows(at),
        *merging_clock_rows(at),
        *ladder_rows(at),
        _row("due", f"{spread} closed called_back", None, CLOCK, "clock.overdue", "超时告警", "Overdue"),
        _row("due", FINAL, None, CLOCK, "clock.too_late", "闭环后到期，不再告警", "Ran out after the end"),
        _row(
            "reopen", ended, entry, CALL_TAKER | CLOCK, "order.reopened", "重新办理，原路转交", "Reopen and hand over the same way",
            guards=("calls_back_itself", "whole_answered", "went_elsewhere"), starts=(*entry_clock, "transfer_accept"),
            sends=("transfer.offered.v1",),
        ),
        _row(
            "reopen", ended, entry, CALL_TAKER | CLOCK, "order.reopened", "重新办理", "Reopen",
            guards=("calls_back_itself", "whole_answered"), starts=entry_clock,
        ),
        _row("reassess", spread, None, CLOCK, "order.reassessed", "目录变更，重新判定", "Reassessed under the catalogue in force"),
        _row("amend", f"{spread} closed called_back", None, DESK, "order.amended", "更正", "Amend", sends=("danger.raised.v1",)),
        _row(
            "supplement", f"{spread} closed called_back", None, DESK, "matter.supplemented", "补充", "Supplement",
            sends=("matter.supplemented.v1",),
        ),
        _row("pause_clock", spread, None, SUPERVISOR | {"dispatcher"}, "clock.paused", "暂停计时", "Pause a clock", guards=("clock_runs", "clock_may_rest", "pause_grounded", "files_known")),
        _row("resume_clock", spread, None, SUPERVISOR | {"dispatcher"}, "clock.resumed", "恢复计时", "Resume a clock", guards=("clock_paused",)),
    )  # fmt: skip


WORK_STATUSES = {
    "accepted": ("已受理", "accepted"),
    "dispatched": ("已派单", "dispatched"),
    "returned": ("已退单", "returned"),
    "signed": ("已签收", "signed for"),
    "handling": ("办理中", "handling"),
    "answered": ("已答复", "answered"),
    "closed": ("已办结", "closed"),
    "called_back": ("已回访", "called back"),
    "evaluated": ("已评价", "evaluated"),
    "guided": ("已引导", "guided"),
    "cancelled": ("已作废", "cancelled"),
    **STATUSES,
    **MERGING_STATUSES,
}
WORK = Spread(
    entry="accepted",
    entry_clock=("unit_dispatch",),
    done="answered",
    idle=frozenset({"accepted", "returned"}),
    engaged=frozenset({"dispatched", "signed", "handling"}),
    open_=frozenset(
        {"accepted", "dispatched", "returned", "signed", "handling", "answered", "offered", "following", "merged"}
    ),
)
WORK_OPEN = WORK.open_
WORK_ROWS = (
    *dispatching_rows(),
    _row("sign_for", "dispatched", "signed", UNIT, "order.signed", "签收", "Sign for", guards=("own_unit",), stops=("unit_accept",), stamps=("signed_at",)),
    _row(
        "start_handling", "signed", "handling", UNIT, "order.handling_started", "开始办理", "Start handling",
        guards=("own_unit",), sends=("order.progressed.v1",),
    ),
    _row(
        "answer", "handling", "answered", UNIT, "order.answered", "答复", "Answer",
        guards=("own_unit", "draft_kept", "evidence_complete", "shares_answered"), starts=CLOSING, stops=("answer", "co_accept", "co_answer"), sends=("order.answered.v1",), stamps=("answered_at",),
    ),
    *backing_out(
        "declined", WORK.resting, action="raise_danger", roles=DESK | {"unit"}, event="danger.raised", label="险情退回110（紧急）",
        label_en="Danger: back to 110 at once", guards=("asked_by_police",), sends=("transfer.returned.v1", "danger.raised.v1"),
    ),
    _row(
        "raise_danger", WORK_OPEN, None, DESK | {"unit"}, "danger.raised", "一键呼叫110", "Danger: 110 at once",
        guards=("own_unit", "police_not_yet_called"), starts=("transfer_accept",), sends=("transfer.offered.v1", "danger.raised.v1"),
    ),
    _row("raise_danger", WORK_OPEN, None, DESK | {"unit"}, "danger.raised", "险情告知110", "Tell 110 of danger",
         guards=("own_unit",), sends=("danger.raised.v1",)),
    *backing_out(
        "declined", WORK.resting, action="note_danger", roles=frozenset({"peer"}), event="danger.raised_by_peer", label="对方报险情，退回110",
        label_en="Danger seen by the peer: returned", guards=("asked_by_police",), sends=("transfer.returned.v1",),
    ),
    _row("note_danger", WORK_OPEN, None, frozenset({"peer"}), "danger.raised_by_peer", "对方报险情，呼叫110", "Danger seen by the peer: 110 is called",
         guards=("police_not_yet_called", "told_by_other"), starts=("transfer_accept",), sends=("transfer.offered.v1", "danger.raised.v1")),
    _row("note_danger", WORK_OPEN | FINAL | {"closed", "called_back"}, None, frozenset({"peer"}), "danger.raised_by_peer", "对方报险情",
         "Danger seen by the peer"),
    # A hotline that has not handed danger over within the clock's time does so by itself: no emergency waits for a key.
    _row(
        "due", "accepted returned dispatched signed handling answered merged", None, CLOCK, "transfer.offered_by_clock", "险情自动转110（紧急）", "Danger handed over by the clock",
        guards=("danger_unsent", "police_not_yet_called"), starts=("transfer_accept",), sends=("transfer.offered.v1",),
    ),
    *handling_rows(WORK),
    *asking_rows(WORK),
    *_shared_rows(WORK),
    *_linked_rows(WORK),
    *attachment_rows(frozenset(WORK_STATUSES)),
)  # fmt: skip

POLICE_STATUSES = {
    "received": ("已接警", "received"),
    "graded": ("已分级", "graded"),
    "dispatched": ("已派警", "dispatched"),
    "returned": ("已退回", "returned"),
    "acknowledged": ("已接令", "acknowledged"),
    "arrived": ("已到场", "arrived"),
    "disposing": ("处置中", "disposing"),
    "fed_back": ("已反馈", "fed back"),
    "closed": ("已结警", "closed"),
    "called_back": ("已回访", "called back"),
    "evaluated": ("已评价", "evaluated"),
    "guided": ("已引导", "guided"),
    "cancelled": ("已作废", "cancelled"),
    **STATUSES,
    **MERGING_STATUSES,
}
POLICE = Spread(
    entry="received",
    entry_clock=("police_dispatch",),
    done="fed_back",
    idle=frozenset({"received", "graded", "returned", "fed_back"}),
    engaged=frozenset({"dispatched", "acknowledged", "arrived", "disposing"}),
    open_=frozenset(
        {
            "received",
            "graded",
            "dispatched",
            "returned",
            "acknowledged",
            "arrived",
            "disposing",
            "fed_back",
            "offered",
            "following",
            "merged",
        }
    ),
)
POLICE_OPEN = POLICE.open_


def _danger_at_a_desk_that_sends_forces(
    action: str,
    who: frozenset[str],
    at_work: frozenset[str],
    event: str,
    label: str,
    label_en: str,
    *,
    sends: tuple[str, ...],
) -> tuple[Transition, ...]:
    """110 takes into its hands what it does not hold, whoever has it; 119 and 120 take what they are asked."""
    taken = {"starts": ("police_dispatch",), "stamps": ("accepted_at",)}
    settled = ("transfer_accept", "negotiation", "merged")
    return (
        _row(action, POLICE.resting | FINAL | {"merged"}, "received", who, "danger.claimed", f"{label}，立即接管", f"{label_en}: claimed",
             guards=("acts_first",), stops=settled, sends=("danger.claimed.v1",), **taken),
        _row(action, "received graded returned", None, who, "danger.claimed", f"{label}，立即接管", f"{label_en}: claimed",
             guards=("acts_first", "whole_on_offer"), stops=("transfer_accept", "negotiation"), sends=("danger.claimed.v1",)),
        _row(action, POLICE.resting, "received", who, event, f"{label}，立即接收", f"{label_en}: taken",
             guards=("acts_beside", "still_asked_any"), stops=("transfer_accept", "negotiation"), sends=("transfer.accepted.v1", *sends), **taken),
        _row(action, "merged", "received", who, event, f"{label}，恢复单独处置", f"{label_en}: handled for itself",
             guards=("acts_beside",), starts=("police_dispatch",), stops=("merged",), sends=sends),
        _row(action, POLICE_OPEN - {"offered", "merged"} if at_work is not PEER else POLICE_OPEN | FINAL | {"closed", "called_back"}, None, at_work,
             event, label, label_en, guards=("own_unit",), sends=sends),
    )  # fmt: skip


POLICE_ROWS = (
    _row("grade", "received", "graded", DISPATCHER, "order.graded", "分级", "Grade", guards=("responsible", "not_lowered")),
    _row("grade", "graded returned", None, DISPATCHER, "order.graded", "分级", "Grade", guards=("responsible", "not_lowered")),
    _row(
        "dispatch", "received graded returned", "dispatched", DISPATCHER, "order.dispatched", "派警", "Dispatch",
        guards=("responsible", "whole_not_offered", "unit_known", "unit_in_service", "co_handlers_fit"), starts=("police_arrival",), stops=("police_dispatch",),
        sends=("order.progressed.v1",), stamps=("dispatched_at",),
    ),
    _row(
        "split", "received graded returned", "dispatched", DISPATCHER, "order.split", "派警并转交对方部分", "Dispatch and hand over the other part",
        guards=("responsible", "free_to_split", "unit_known", "unit_in_service", "peer_known"), starts=("police_arrival", "transfer_accept"), stops=("police_dispatch",),
        sends=("order.progressed.v1", "transfer.offered.v1"), stamps=("dispatched_at",),
    ),
    _row("acknowledge", "dispatched", "acknowledged", UNIT, "order.acknowledged", "接令", "Acknowledge", guards=("own_unit",), stamps=("signed_at",)),
    _row(
        "return_order", "dispatched acknowledged", "returned", UNIT, "order.returned", "退回", "Return",
        guards=("own_unit", "reason_typed"), starts=("police_dispatch",), stops=("police_arrival",),
    ),
    _row(
        "arrive", "acknowledged", "arrived", UNIT, "order.arrived", "到场", "Arrive",
        guards=("own_unit",), starts=("police_feedback",), stops=("police_arrival",), sends=("order.progressed.v1",), stamps=("arrived_at",),
    ),
    _row("start_disposing", "arrived", "disposing", UNIT, "order.disposing", "开始处置", "Start disposing", guards=("own_unit",)),
    _row(
        "feed_back", "disposing", "fed_back", UNIT, "order.fed_back", "反馈", "Feed back",
        guards=("own_unit", "resident_ids_fit"), starts=CLOSING, stops=("police_feedback", "support_dispatch"), sends=("order.answered.v1",), stamps=("answered_at",),
    ),
    *policing_rows(POLICE),
    *_danger_at_a_desk_that_sends_forces("raise_danger", DESK, DESK | {"unit"}, "danger.raised", "险情", "Danger", sends=("danger.raised.v1",)),
    *_danger_at_a_desk_that_sends_forces("note_danger", PEER, PEER, "danger.raised_by_peer", "对方报险情", "Danger seen by the peer", sends=()),
    _row("amend", POLICE.resting | {"merged"}, "received", DESK, "order.amended", "更正为险情，立即接管", "Amend: danger, claimed",
         guards=("amends_danger", "acts_first"), starts=("police_dispatch",), stamps=("accepted_at",),
         stops=("transfer_accept", "negotiation", "merged"), sends=("danger.claimed.v1",)),
    _row("amend", "received graded returned", None, DESK, "order.amended", "更正", "Amend",
         guards=("amends_danger", "acts_first", "whole_on_offer"), stops=("transfer_accept", "negotiation"), sends=("danger.claimed.v1",)),
    *_shared_rows(POLICE),
    *_linked_rows(POLICE),
    *attachment_rows(frozenset(POLICE_STATUSES)),
)  # fmt: skip

LIFECYCLES: dict[Kind, Lifecycle[Snapshot]] = {
    Kind.WORK_ORDER: Lifecycle(
        "work_order",
        statuses=WORK_STATUSES,
        initial={"accepted", "offered"},
        final=FINAL,
        rows=WORK_ROWS,
        guards=GUARDS,
    ),
    Kind.POLICE_ORDER: Lifecycle(
        "police_order",
        statuses=POLICE_STATUSES,
        initial={"received", "offered"},
        final=FINAL,
        rows=POLICE_ROWS,
        guards=GUARDS,
    ),
}
ENGAGED = WORK.engaged | POLICE.engaged
ENTRY = {Kind.WORK_ORDER: "accepted", Kind.POLICE_ORDER: "received"}
DONE = {Kind.WORK_ORDER: "answered", Kind.POLICE_ORDER: "fed_back"}
ENTRY_CLOCKS = {Kind.WORK_ORDER: WORK.entry_clock, Kind.POLICE_ORDER: POLICE.entry_clock}
