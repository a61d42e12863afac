"""One order on the terminal: where it has been, what happened, what was said between the centres."""

from datetime import datetime
from typing import Any

from rich.table import Table

from liandong.catalogue.oversight import default_oversight
from liandong.cli.common import out
from liandong.linkage.model import Supervision, ThreeWayCall, Transfer
from liandong.orders.lifecycle import LIFECYCLES
from liandong.orders.model import Order, Snapshot
from liandong.orders.view import path_of
from liandong.oversight.model import Oversight
from liandong.policy import ZONE

TRANSFER_WORDS = {
    "offered": "等待答复",
    "negotiating": "协商中",
    "withdrawing": "请求撤回中",
    "keeping": "保留自办，待对方确认",
    "accepted": "已接收",
    "returned": "已退回",
    "withdrawn": "已撤回",
    "kept": "协商后自办",
    "overtaken": "已失效",
}
SETTLED_WORDS = {"agreement": "协商一致", "arbitration": "领导裁定", "deadline": "到期由首接中心受理"}
BASIS_WORDS = {"catalogue": "清单", "law": "法规", "precedent": "先例"}
OUTCOME_WORDS = {
    "sender": "归转出方",
    "receiver": "归对方",
    "unclear": "仍不明确",
    "caller_left": "来电人已挂断",
}
OVERSIGHT_WORDS = {
    "open": "待回复",
    "replied": "已回复，待审核",
    "accepted": "已销号",
    "raised": "已提级",
    "withdrawn": "已撤销",
}
SUPERVISION_WORDS = {"open": "待回复", "replied": "已回复，待审核", "accepted": "已办结", "rejected": "已退回"}


def print_order(snapshot: Snapshot, events: list[Any], timers: list[Any]) -> None:
    order = snapshot.order
    _head(order)
    _timeline(order, events)
    for transfer in snapshot.transfers or ():
        _transfer(transfer)
    for supervision in order.supervisions:
        _supervision(supervision)
    for oversight in snapshot.oversights or ():
        _oversight(oversight)
    for timer in timers:
        say(f"时限 {timer['name']}：{timer['status']}，到期 {clock(timer['due_at'])}")


def _head(order: Order) -> None:
    status = LIFECYCLES[order.kind].statuses[order.status][0]
    marks = [
        word for word, holds in (("紧急", order.urgent), ("险情", order.danger), ("责任方", order.responsible)) if holds
    ]
    out.print(f"[bold]{order.number or order.id}[/]  {status}  {' '.join(marks)}", highlight=False)
    say(f"诉求 / matter {order.matter_id}，第 {order.round} 轮，首接 {order.first_receiver}")
    if len(order.path) > 1:
        way = " → ".join(f"{hop.centre} {hop.number}".strip() for hop in path_of(order))
        say(f"经过中心 / path {way}")
    say(order.content)
    if order.verdict:
        out.print(order.verdict.reason, style="dim", markup=False, highlight=False)
        for cited in order.verdict.precedents:
            text = f"  先例 {cited.transfer_id}：归{cited.owner}，{SETTLED_WORDS[cited.settled_by]} {cited.basis}"
            out.print(text.rstrip(), style="dim", markup=False, highlight=False, soft_wrap=True)
    if order.answer:
        say(f"结果 / result {order.answer}")


def _timeline(order: Order, events: list[Any]) -> None:
    lifecycle = LIFECYCLES[order.kind]
    labels = {row.event: row.label for row in lifecycle.rows} | {
        "order.accepted": lifecycle.statuses[events[0]["status"]][0]
    }
    table = Table(title="经过 / timeline", title_justify="left")
    for heading in ("时间 / at", "事件 / event", "状态 / status", "由谁 / by"):
        table.add_column(heading, no_wrap=heading.startswith("时间"))
    for event in events:
        what = f"{labels.get(event['kind'], '')} {event['kind']}".strip()
        table.add_row(clock(event["at"])[5:], what, lifecycle.statuses[event["status"]][0], event["actor"])
    out.print(table)


def _transfer(transfer: Transfer) -> None:
    way = f"转给{transfer.peer}" if transfer.direction == "out" else f"{transfer.peer}转来"
    marks = "".join(f"（{word}）" for word, holds in (("紧急", transfer.urgent), ("部分", transfer.part)) if holds)
    words = TRANSFER_WORDS[transfer.status]
    settled = f"，{SETTLED_WORDS[transfer.settled_by]}" if transfer.settled_by else ""
    answered = f"，答复于 {clock(transfer.answered_at)}" if transfer.answered_at else ""
    more = " ".join(filter(None, (transfer.peer_number, transfer.reason, transfer.basis)))
    say(f"转交 {way}{marks}：{words}{settled}{answered} {more}".rstrip())
    if transfer.recall:
        say(f"    请求撤回误转：{transfer.recall}")
    for call in transfer.calls:
        _call(call)
    for position in transfer.positions:
        what = "裁定" if position.ruling else "立场"
        basis = f"{BASIS_WORDS[position.basis_kind]}：{position.basis}"
        say(
            f"    {clock(position.at)[5:19]} {position.centre}{what}：应由{position.owner}承办（{basis}）{position.text}"
        )
    if transfer.peer_result:
        say(f"    {transfer.peer}的结果：{transfer.peer_result.get('answer', '')}")


def _call(call: ThreeWayCall) -> None:
    outcome = OUTCOME_WORDS[call.outcome] if call.outcome else "通话中"
    say(f"    {clock(call.opened_at)[5:19]} 三方通话（{call.opened_by}发起）：{outcome} {call.text}".rstrip())
    for who in call.joined:
        more = " ".join(filter(None, (who.person, who.seat, who.recording_no and f"录音{who.recording_no}")))
        say(f"        {clock(who.at)[5:19]} {who.centre}加入 {more}".rstrip())


def _supervision(one: Supervision) -> None:
    way = f"督办{one.peer}" if one.direction == "out" else f"{one.peer}督办"
    say(f"{way}：{SUPERVISION_WORDS[one.status]}，期限 {clock(one.due_at)} {one.text}")
    if one.reply:
        say(f"    回复：{one.reply}")
    if one.verdict:
        say(f"    审核：{one.verdict}")


def _oversight(one: Oversight) -> None:
    authority = default_oversight().authority(one.authority)
    level = authority.zh if authority else one.authority
    say(f"{level} {one.number}：{OVERSIGHT_WORDS[one.status]}，期限 {clock(one.due_at)}，承办单位 {one.unit or '—'}")
    for again in one.rounds:
        say(f"    要求：{again.text}")
        if again.reply:
            say(f"    回复{'（逾期）' if again.late else ''}：{again.reply}")
        if again.verdict:
            say(f"    审核：{again.verdict}")
    for check in one.checks:
        say(f"    现场核查 {clock(check.at)[5:16]} {check.place}：{check.found}")


def say(text: str) -> None:
    """What people wrote is printed as it is."""
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def clock(moment: datetime) -> str:
    """The time in the city, to the millisecond."""
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M:%S.%f}"[:-3]
