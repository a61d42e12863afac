"""What people of this centre hear of a line, as an alarm on the same feed as all others. A drill says so first and is never more than information."""

from typing import Any

from liandong.core.alarms import Alarm, Severity
from liandong.emergencies import lines as on
from liandong.emergencies.lines import Line, read_content
from liandong.emergencies.model import Emergency

ROMAN = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", 4: "Ⅳ"}
_Told = tuple[Severity, str, str] | None


def alarm_of(line: Line, state: Emergency, centre: str) -> Alarm | None:
    """None: nobody here has to hear of it."""
    data = read_content(line.event, line.content)
    told = _words(data, state, line, centre) if data is not None else None
    if told is None:
        return None
    severity, zh, en = told
    if state.is_drill:
        severity, zh, en = Severity.INFO, f"【演练】{zh}", f"[Exercise] {en}"
    return Alarm(kind=line.event, subject=state.number or str(state.id), severity=severity, zh=zh[:500], en=en[:500])


def _words(data: Any, state: Emergency, line: Line, centre: str) -> _Told:
    name, level = state.title or str(state.id), ROMAN.get(state.level or 0, "")
    match data:
        case on.Declared():
            called = "；".join(one.title for one in data.tasks if one.holder == centre)
            zh = f"{line.centre} 宣布{level}级事件“{name}”" + (f"，本中心任务：{called}" if called else "")
            return Severity.ALARM, zh, f"{line.centre} declared an emergency of level {state.level}: {name}"
        case on.Graded():
            return (
                Severity.ALARM,
                f"“{name}”调整为{ROMAN[data.level]}级：{data.reason}",
                f"{name}: level {data.level} now",
            )
        case on.Joined():
            return Severity.WARNING, f"两个事件合并为“{name}”：{data.reason}", f"Two emergencies are one now: {name}"
        case on.Ended():
            return Severity.WARNING, f"“{name}”结束：{data.reason}", f"{name} has ended"
        case on.BroadcastSent() if centre in data.to and line.centre != centre:
            return (
                Severity.ALARM,
                f"{line.centre} 广播（{name}）：{data.text}",
                f"Broadcast of {line.centre}: {data.text}",
            )
        case on.BroadcastRung() if data.centre == centre:
            return Severity.ALARM, f"“{name}”的广播还没有人阅读，请立即查看", f"A broadcast on {name} waits to be read"
        case on.BroadcastPassed():
            return _passed(data, name, line, centre)
        case on.ReportLate():
            return Severity.ALARM, f"“{name}”到时没有上报", f"{name}: the report to those above is overdue"
        case on.AnswerAgreed():
            return Severity.WARNING, f"“{name}”有了新的统一答复", f"{name}: there is a new agreed answer"
        case on.AnswerWithdrawn():
            return (
                Severity.WARNING,
                f"“{name}”的答复已撤下，请不要再用",
                f"{name}: an answer was withdrawn, stop using it",
            )
        case _:
            return _task_words(data, state, line, centre)


def _passed(data: on.BroadcastPassed, name: str, line: Line, centre: str) -> _Told:
    if data.task.holder == centre:
        return Severity.ALARM, data.task.title, f"{data.centre} stays silent: reach it by telephone"
    if line.centre == centre:
        zh = f"{data.centre} 没有应答“{name}”的广播，已请 {data.task.holder} 联系"
        return Severity.ALARM, zh, f"{data.centre} stays silent; {data.task.holder} was asked to reach it"
    return None


def _task_words(data: Any, state: Emergency, line: Line, centre: str) -> _Told:
    task = state.task(data.key) if isinstance(getattr(data, "key", None), str) else None
    if task is None:
        return None
    both = centre in (task.holder, task.given_by)
    match data:
        case on.TaskGiven() if data.holder == centre and line.centre != centre:
            return Severity.ALARM, f"新任务（{state.title}）：{data.title}", f"A task: {data.title}"
        case on.TaskPassed() if data.holder == centre:
            zh = f"{task.passed_from[-1] if task.passed_from else '前一方'}{data.reason}，任务转给本中心：{task.title}"
            return Severity.ALARM, zh, f"A task is yours now: {task.title}"
        case on.TaskRefused() if task.given_by == centre:
            return (
                Severity.ALARM,
                f"{line.centre} 不能承担“{task.title}”：{data.reason}",
                f"{line.centre} can't: {task.title}",
            )
        case on.TaskLate() if both:
            return Severity.ALARM, f"任务超时：{task.title}（{task.to}）", f"Overdue: {task.title} ({task.to})"
        case on.CheckInMissed() if both:
            return (
                Severity.ALARM,
                f"没有按时报告进展：{task.title}（{task.to}）",
                f"No check-in: {task.title} ({task.to})",
            )
        case _:
            return None
