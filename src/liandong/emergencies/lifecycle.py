"""The steps of an emergency, as data: who may take which step in which status, and the line that it writes."""

from typing import Any

from liandong.core.lifecycle import Guard, Lifecycle, row
from liandong.emergencies.model import Emergency

LEADS = frozenset({"dispatcher", "supervisor", "leader"})
DESK = frozenset({"call_taker", "dispatcher", "supervisor"})
ALL = DESK | LEADS
APPROVERS = frozenset({"supervisor", "leader"})
CLOCK = frozenset({"clock"})

STATUSES = {
    "heard_of": ("已得知，内容未到", "heard of, its declaration is on the way"),
    "open": ("处置中", "open"),
    "ended": ("已结束", "ended"),
    "joined": ("已并入", "joined into another"),
}


def is_a_drill(state: Emergency, act: Any) -> str | None:
    return None if state.is_drill else "只有演练可以注入情况"


def has_a_member(state: Emergency, act: Any) -> str | None:
    return None if state.members else "没有并入本事件的其他事件"


def takes_mass_calls(state: Emergency, act: Any) -> str | None:
    return None if state.mass_call else "尚未打开群呼模式，请先由班长打开"


GUARDS: dict[str, Guard] = {rule.__name__: rule for rule in (is_a_drill, has_a_member, takes_mass_calls)}

LIFECYCLE: Lifecycle[Emergency] = Lifecycle(
    "emergency",
    statuses=STATUSES,
    initial={"heard_of", "open"},
    final={"ended", "joined"},
    guards=GUARDS,
    rows=(
        row("declared", "heard_of", "open", frozenset({"peer"}), "emergency.declared", "收到宣布", "Its declaration came"),
        row("set_level", "open", None, LEADS, "emergency.graded", "调整等级", "Raise or lower"),
        row("respond", "open", None, LEADS, "response.changed", "启动或终止响应", "Begin or end the response"),
        row("join", "open", "joined", LEADS, "emergency.joined", "并入另一事件", "Join into another"),
        row("split_off", "open ended", None, LEADS, "emergency.split", "拆出一个事件", "Split one off", guards=("has_a_member",)),
        row("broadcast", "open", None, LEADS, "broadcast.sent", "发广播", "Broadcast"),
        row("read_broadcast", "open ended", None, ALL, "broadcast.read", "已阅", "Read"),
        row("act_on_broadcast", "open", None, ALL, "broadcast.acting", "已行动", "Acting"),
        row("give_task", "open", None, LEADS, "task.given", "下达任务", "Give a task"),
        row("accept_task", "open ended", None, ALL, "task.accepted", "接受任务", "Accept the task"),
        row("finish_task", "open ended", None, ALL, "task.done", "完成任务", "The task is done"),
        row("refuse_task", "open ended", None, ALL, "task.refused", "不能承担", "Can't take the task"),
        row("check_in", "open", None, ALL, "task.checked_in", "报告进展", "Check in"),
        row("note", "open ended", None, ALL, "log.noted", "记入日志", "Write into the log"),
        row("link_orders", "open", None, ALL, "orders.linked", "归入工单", "Link orders"),
        row("unlink_orders", "open ended", None, ALL, "orders.unlinked", "移出工单", "Take orders out"),
        row("propose_answer", "open", None, ALL, "answer.drafted", "起草统一答复", "Draft the answer"),
        row("agree_answer", "open", None, APPROVERS, "answer.agreed", "同意统一答复", "Agree to the answer"),
        row("withdraw_answer", "open ended", None, APPROVERS, "answer.withdrawn", "撤下答复", "Withdraw the answer"),
        row("mass_call", "open", None, LEADS, "mass_call.switched", "开关群呼模式", "Switch mass-call mode"),
        row("take_call", "open", None, DESK, "caller.kept", "登记来电人", "Take a caller down", guards=("takes_mass_calls",)),
        row("ask_resource", "open", None, LEADS, "resource.asked", "请求资源", "Ask for resources"),
        row("offer_resource", "open", None, LEADS, "resource.offered", "提供资源", "Offer resources"),
        row("take_resource", "open", None, LEADS, "resource.taken", "接受资源", "Take what is offered"),
        row("report", "open ended", None, LEADS, "report.made", "生成态势报告", "Make a situation report"),
        row("send_up", "open", None, LEADS, "report.sent_up", "上报", "Report to those above"),
        row("inject", "open", None, LEADS, "drill.injected", "注入情况", "Let something happen", guards=("is_a_drill",)),
        row("meet_inject", "open", None, ALL, "drill.met", "情况已处置", "It was dealt with", guards=("is_a_drill",)),
        row("end", "open", "ended", LEADS, "emergency.ended", "结束", "End"),
        row("review", "ended", None, LEADS, "emergency.reviewed", "复盘", "Review"),
        row("watch", "open ended", None, CLOCK, "task.late", "时限检查", "Clocks are looked at"),
    ),
)  # fmt: skip

EVENT_WORDS: dict[str, list[str]] = {
    **{one.event: [one.label, one.label_en] for one in LIFECYCLE.rows},
    "emergency.declared": ["宣布", "Declared"],
    "broadcast.rung": ["再次呼叫", "Rung again"],
    "broadcast.passed": ["无应答，改由他方联系", "Silent: another one reaches it"],
    "task.late": ["任务超时", "Task overdue"],
    "task.passed": ["任务转给替补", "Task passed on"],
    "check_in.missed": ["未按时报告进展", "No check-in"],
    "report.late": ["上报超时", "Report overdue"],
    "answer.published": ["答复成为知识卡片", "The answer is a card"],
}
"""Words for every line of a log."""
