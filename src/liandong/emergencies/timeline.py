"""What happened, from the lines of all centres in the order of cause, and what was late: pure.

A line stands after everything that its writer knew, whatever the clocks said. `skew` says where a clock contradicts that order.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from liandong.emergencies.lines import Line, digest_of, read_content
from liandong.emergencies.model import Emergency, Task

SLACK = timedelta(seconds=1)


class Moment(Struct, frozen=True, kw_only=True):
    """One line as it is read. `skew`: how many seconds its clock lies before that of a line that it came after."""

    lamport: int
    at: datetime
    centre: str
    by: str
    event: str
    text: str
    place: str = ""
    files: list[dict[str, str]] = []
    skew: float = 0.0
    emergency_id: UUID


class Late(Struct, frozen=True, kw_only=True):
    """`what`: in words; `who`: the centre; `by`: seconds after its time, None where it never happened."""

    what: str
    who: str
    due_at: datetime
    seconds: float | None


class Chain(Struct, frozen=True, kw_only=True):
    """Whether the lines of each centre are whole: `missing` have not come yet, `broken` are not what their writer hashed."""

    lines: int
    missing: list[str]
    broken: list[str]


def timeline(lines: Sequence[Line], state: Emergency) -> list[Moment]:
    found: list[Moment] = []
    titles = {task.key: task.title for task in state.tasks}
    latest: datetime | None = None
    for line in sorted(lines, key=lambda one: one.cause):
        data = read_content(line.event, line.content)
        skew = (latest - line.at).total_seconds() if latest is not None and latest - line.at > SLACK else 0.0
        latest = line.at if latest is None else max(latest, line.at)
        place = getattr(data, "place", None)
        found.append(
            Moment(
                lamport=line.lamport, at=line.at, centre=line.centre, by=line.by, event=line.event,
                text=words_of(line.event, data, titles), place=place.text if place else "", files=getattr(data, "files", []),
                skew=round(skew, 3), emergency_id=line.emergency_id,
            )
        )  # fmt: skip
    return found


def words_of(event: str, data: Any, titles: Mapping[str, str]) -> str:
    """A line's own words, for people."""
    if data is None:
        return ""
    match event:
        case "emergency.declared":
            return f"{data.title}。{data.text}".rstrip("。") + f"（{data.why}）"
        case "emergency.graded":
            return f"{data.level} 级：{data.reason}"
        case "response.changed":
            return f"{data.level} 级响应启动：{data.reason}" if data.level else f"响应终止：{data.reason}"
        case "orders.linked":
            return f"归入 {len(data.orders)} 张工单：" + "、".join(one.number for one in data.orders[:5] if one.number)
        case "broadcast.sent":
            return f"{data.text}（发给 {'、'.join(data.to)}）"
        case "broadcast.passed":
            return f"{data.centre} 没有应答，请 {data.task.holder} 联系"
        case "broadcast.rung":
            return f"再次呼叫 {data.centre}"
        case "task.given":
            return f"{data.title}（{data.to}）"
        case "task.passed":
            return f"{titles.get(data.key, data.key)} 转给 {data.to}：{data.reason}"
        case "resource.asked":
            return f"请求 {data.what} × {data.amount}"
        case "resource.offered":
            return f"提供 × {data.amount} {data.text}"
        case "report.sent_up":
            return f"上报{data.to}：{data.text}"
        case "mass_call.switched":
            return "打开群呼模式" if data.on else "关闭群呼模式"
        case "emergency.reviewed":
            return "；".join(data.findings)
        case _:
            task = titles.get(getattr(data, "key", ""), "")
            said = next((str(one) for name in ("text", "reason", "card") if (one := getattr(data, name, ""))), "")
            return "：".join(one for one in (task, said) if one)


def what_was_late(state: Emergency, lines: Sequence[Line]) -> list[Late]:
    """From the lines: calls that nobody answered in time, tasks done late, receipts after their clock, reports after theirs."""
    found = [_late_task(task, line) for task, line in _late_lines(state, lines)]
    for sent in state.broadcasts:
        for receipt in sent.receipts:
            if receipt.rung:
                first = receipt.read_at
                seconds = (first - sent.at).total_seconds() if first else None
                found.append(
                    Late(what=f"广播：{sent.text[:60]}", who=receipt.centre, due_at=receipt.due_at, seconds=seconds)
                )
    for line in lines:
        if line.event == "report.late":
            due = read_content(line.event, line.content).due_at
            done = next((one.at for one in state.sent_up if one.at >= due), None)
            found.append(
                Late(what="上报", who=state.centre, due_at=due, seconds=(done - due).total_seconds() if done else None)
            )
    return sorted(found, key=lambda one: one.due_at)


def _late_lines(state: Emergency, lines: Sequence[Line]) -> list[tuple[Task, Line]]:
    found = []
    for line in lines:
        if line.event in ("task.late", "task.passed"):
            task = state.task(read_content(line.event, line.content).key)
            if task is not None:
                found.append((task, line))
    return found


def _late_task(task: Task, line: Line) -> Late:
    """`line`: the one that says so, which its clock wrote at the deadline."""
    done = task.done_at or task.accepted_at
    seconds = max(0.0, (done - line.at).total_seconds()) if done else None
    return Late(what=task.title, who=task.holder, due_at=line.at, seconds=seconds)


def chain_of(lines: Sequence[Line]) -> Chain:
    by_writer: dict[tuple[UUID, str], list[Line]] = {}
    for line in lines:
        by_writer.setdefault((line.emergency_id, line.centre), []).append(line)
    missing, broken = [], []
    for (_, centre), own in by_writer.items():
        own.sort(key=lambda one: one.no)
        have = {line.no: line for line in own}
        missing += [f"{centre} {no}" for no in range(1, own[-1].no + 1) if no not in have]
        for line in own:
            before = have.get(line.no - 1)
            if digest_of(line) != line.digest or (before is not None and before.digest != line.previous):
                broken.append(f"{centre} {line.no}")
    return Chain(lines=len(lines), missing=missing, broken=broken)


class Score(Struct, frozen=True, kw_only=True):
    """Of a drill: what was let happen, what was dealt with and in time; tasks and broadcasts in time; 0 to 100."""

    injected: int
    met: int
    met_in_time: int
    tasks: int
    tasks_in_time: int
    receipts: int
    receipts_in_time: int
    points: int


def score_of(state: Emergency) -> Score:
    limits = [timedelta(minutes=one.within_minutes) for one in state.injects]
    met = [one for one in state.injects if one.met_at]
    in_time = sum(
        one.met_at is not None and one.met_at - one.at <= limit
        for one, limit in zip(state.injects, limits, strict=True)
    )
    tasks = [one for one in state.tasks if not one.measure]
    tasks_good = sum(one.status == "done" and not one.late for one in tasks)
    receipts = [one for sent in state.broadcasts for one in sent.receipts]
    good = sum(one.read_at is not None and one.rung == 0 for one in receipts)
    parts = [(in_time, len(state.injects)), (tasks_good, len(tasks)), (good, len(receipts))]
    shares = [part / whole for part, whole in parts if whole]
    points = round(100 * sum(shares) / len(shares)) if shares else 0
    return Score(
        injected=len(state.injects), met=len(met), met_in_time=in_time, tasks=len(tasks), tasks_in_time=tasks_good,
        receipts=len(receipts), receipts_in_time=good, points=points,
    )  # fmt: skip
