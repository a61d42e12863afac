"""From the lines of a log to an emergency: pure, and the same at every centre that has the same lines, in whatever order they came.

A line that contradicts what stands (a task accepted twice, a receipt after silence) is read by one rule: the first by cause counts.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from liandong.emergencies import lines as on
from liandong.emergencies.lines import Line, read_content
from liandong.emergencies.model import (
    AgreedAnswer,
    Broadcast,
    Emergency,
    Injected,
    LevelSet,
    Linked,
    Offer,
    Receipt,
    Resource,
    SentUp,
    Task,
)


def roots(lines: Iterable[Line]) -> dict[UUID, UUID]:
    """Which emergency each one belongs to, after all joins and splits. Two that were joined into each other belong to the lesser id."""
    into: dict[UUID, UUID] = {}
    for line in sorted(lines, key=lambda one: one.cause):
        if line.event == "emergency.joined":
            data = read_content(line.event, line.content)
            if data.into != line.emergency_id:
                into[line.emergency_id] = data.into
        elif line.event == "emergency.split":
            into[line.emergency_id] = line.emergency_id
        else:
            into.setdefault(line.emergency_id, line.emergency_id)
    return {one: _root(one, into) for one in {*into, *into.values()}}


def _root(start: UUID, into: dict[UUID, UUID]) -> UUID:
    seen = [start]
    while (up := into.get(seen[-1], seen[-1])) != seen[-1]:
        if up in seen:
            return min(seen[seen.index(up) :])
        seen.append(up)
    return seen[-1]


def fold(root: UUID, lines: Iterable[Line]) -> Emergency:
    """One emergency from its own lines and those of everything that was joined into it."""
    state = Emergency(id=root)
    for line in sorted(lines, key=lambda one: one.cause):
        data = read_content(line.event, line.content)
        state.lines += 1
        if line.emergency_id != root and line.emergency_id not in state.members:
            state.members.append(line.emergency_id)
        if data is not None and line.event in _FOLDS:
            _FOLDS[line.event](state, data, line)
    state.members.sort()
    return state


def _declared(state: Emergency, data: on.Declared, line: Line) -> None:
    """The root's own declaration names it; that of a joined one brings its tasks, of which those with a known key are the same task."""
    if line.emergency_id == state.id and state.declared_at is None:
        for name in ("number", "kind", "subtype", "level", "title", "text", "place", "exercise", "source", "why"):
            setattr(state, name, getattr(data, name))
        state.status = "open"
        state.declared_at, state.declared_by, state.centre = line.at, line.by, line.centre
        state.report_due, state.sitrep_due, state.card = data.report_due, data.sitrep_due, data.card
        state.grades.insert(0, LevelSet(level=data.level, at=line.at, by=_who(line), reason=data.why or data.text))
    state.facts = _most(state.facts, data.facts)
    if data.card and data.card not in state.run_cards:
        state.run_cards.append(data.card)
    for task in data.tasks:
        _given(state, task, line)


def _graded(state: Emergency, data: on.Graded, line: Line) -> None:
    state.level = data.level
    state.grades.append(LevelSet(level=data.level, at=line.at, by=_who(line), reason=data.reason))
    if data.facts is not None:
        state.facts = data.facts
    if data.card and data.card not in state.run_cards:
        state.run_cards.append(data.card)
    if data.report_due is not None:
        state.report_due, state.report_overdue = data.report_due, False
    for task in data.tasks:
        _given(state, task, line)


def _ended(state: Emergency, data: on.Ended, line: Line) -> None:
    if line.emergency_id == state.id and state.status == "open":
        state.status = "ended"
        state.ended_at, state.ended_by, state.end_reason = line.at, _who(line), data.reason
        state.mass_call, state.report_due, state.sitrep_due, state.response = False, None, None, None


def _response(state: Emergency, data: on.ResponseChanged, line: Line) -> None:
    state.response = data.level


def _linked(state: Emergency, data: on.OrdersLinked, line: Line) -> None:
    for order in data.orders:
        known = next(
            (one for one in state.orders if (one.matter_id, one.centre) == (order.matter_id, line.centre)), None
        )
        if known is not None:
            known.out = False
        else:
            state.orders.append(Linked(matter_id=order.matter_id, number=order.number, centre=line.centre, at=line.at))


def _unlinked(state: Emergency, data: on.OrdersUnlinked, line: Line) -> None:
    for one in state.orders:
        if one.centre == line.centre and one.matter_id in data.matters:
            one.out = True


def _broadcast(state: Emergency, data: on.BroadcastSent, line: Line) -> None:
    if state.broadcast(data.id) is None:
        receipts = [Receipt(centre=centre, due_at=data.due_at) for centre in data.to]
        state.broadcasts.append(
            Broadcast(id=data.id, text=data.text, sent_by=line.by, centre=line.centre, at=line.at, receipts=receipts)
        )


def _read(state: Emergency, data: on.BroadcastRead, line: Line) -> None:
    receipt = _receipt(state, data.id, line.centre)
    if receipt is not None and receipt.read_at is None:
        receipt.read_at, receipt.read_by = line.at, line.by
        if receipt.status in ("waiting", "silent"):
            receipt.status = "read"


def _acting(state: Emergency, data: on.BroadcastActing, line: Line) -> None:
    receipt = _receipt(state, data.id, line.centre)
    if receipt is not None and receipt.acting_at is None:
        receipt.status, receipt.acting_at, receipt.text = "acting", line.at, data.text
        if receipt.read_at is None:
            receipt.read_at, receipt.read_by = line.at, line.by


def _rung(state: Emergency, data: on.BroadcastRung, line: Line) -> None:
    receipt = _receipt(state, data.id, data.centre)
    if receipt is not None and receipt.status == "waiting":
        receipt.rung += 1
        receipt.due_at = data.due_at


def _passed(state: Emergency, data: on.BroadcastPassed, line: Line) -> None:
    receipt = _receipt(state, data.id, data.centre)
    if receipt is not None and receipt.status == "waiting":
        receipt.status, receipt.passed_to = "silent", data.task.holder
        _given(state, data.task, line)


def _given(state: Emergency, data: on.TaskGiven, line: Line) -> None:
    known = state.task(data.key)
    if known is not None:
        known.also += [data.holder] if not known.is_held_by(data.holder) else []
    else:
        task = Task(
            key=data.key,
            title=data.title,
            to=data.to,
            holder=data.holder,
            given_by=line.centre,
            given_at=line.at,
            due_at=data.due_at,
            order=data.order,
            substitutes=list(data.substitutes),
            check_in_minutes=data.check_in_minutes,
            minutes=data.minutes,
            measure=data.measure,
        )
        state.tasks.append(task)
        state.tasks.sort(key=lambda one: (one.order, one.key))


def _accepted(state: Emergency, data: on.TaskAccepted, line: Line) -> None:
    task = state.task(data.key)
    if task is not None and task.status == "called" and task.is_held_by(line.centre):
        task.status, task.accepted_at, task.accepted_by = "accepted", line.at, line.by
        task.check_in_due, task.due_at, task.overdue = data.check_in_due, data.due_at, False


def _done(state: Emergency, data: on.TaskDone, line: Line) -> None:
    task = state.task(data.key)
    if task is not None and task.is_open and task.is_held_by(line.centre):
        task.status, task.done_at, task.text, task.check_in_due = "done", line.at, data.text, None
        task.accepted_at = task.accepted_at or line.at
        task.accepted_by = task.accepted_by or line.by


def _refused(state: Emergency, data: on.TaskRefused, line: Line) -> None:
    task = state.task(data.key)
    if task is not None and task.is_open and task.is_held_by(line.centre):
        task.status, task.text, task.check_in_due = "refused", data.reason, None


def _late(state: Emergency, data: on.TaskLate, line: Line) -> None:
    task = state.task(data.key)
    if task is not None and task.status != "done":
        task.late = task.overdue = True


def _passed_on(state: Emergency, data: on.TaskPassed, line: Line) -> None:
    task = state.task(data.key)
    if task is not None and task.status in ("called", "refused"):
        task.passed_from.append(task.to)
        task.substitutes = [one for one in task.substitutes if one != data.to]
        task.to, task.holder, task.due_at, task.status = data.to, data.holder, data.due_at, "called"
        task.late, task.overdue = True, False


def _checked_in(state: Emergency, data: on.TaskCheckedIn, line: Line) -> None:
    task = state.task(data.key)
    if task is not None and task.status == "accepted" and task.is_held_by(line.centre):
        task.text, task.check_in_due = data.text, data.check_in_due


def _missed(state: Emergency, data: on.CheckInMissed, line: Line) -> None:
    task = state.task(data.key)
    if task is not None and task.status == "accepted" and (task.check_in_due or data.check_in_due) < data.check_in_due:
        task.check_ins_missed += 1
        task.check_in_due = data.check_in_due


def _noted(state: Emergency, data: on.Noted, line: Line) -> None:
    if data.facts is not None:
        state.facts = data.facts


def _drafted(state: Emergency, data: on.AnswerDrafted, line: Line) -> None:
    """Two drafts of one number were made apart: the first by cause has it, the other takes the next number."""
    no = data.no if all(one.no != data.no for one in state.answers) else max(one.no for one in state.answers) + 1
    state.answers.append(AgreedAnswer(no=no, text=data.text, drafted_by=line.by, centre=line.centre, at=line.at))


def _agreed(state: Emergency, data: on.AnswerAgreed, line: Line) -> None:
    answer = _answer(state, data.no)
    if answer is None or answer.status != "drafted":
        return
    for old in state.answers:
        if old.status == "agreed":
            old.status, old.over_at = "replaced", line.at
    answer.status, answer.agreed_by, answer.agreed_at = "agreed", _who(line), line.at


def _withdrawn(state: Emergency, data: on.AnswerWithdrawn, line: Line) -> None:
    answer = _answer(state, data.no)
    if answer is not None and answer.status in ("drafted", "agreed"):
        answer.status, answer.over_at = "withdrawn", line.at


def _published(state: Emergency, data: on.AnswerPublished, line: Line) -> None:
    answer = _answer(state, data.no)
    if answer is not None:
        answer.card = data.card


def _mass_call(state: Emergency, data: on.MassCall, line: Line) -> None:
    state.mass_call = data.on and state.status == "open"


def _asked(state: Emergency, data: on.ResourceAsked, line: Line) -> None:
    state.resources.append(
        Resource(id=data.id, what=data.what, amount=data.amount, asked_by=line.by, centre=line.centre, at=line.at)
    )


def _offered(state: Emergency, data: on.ResourceOffered, line: Line) -> None:
    asked = state.resource(data.of)
    if asked is not None:
        asked.offers.append(
            Offer(id=data.id, centre=line.centre, by=line.by, amount=data.amount, text=data.text, at=line.at)
        )


def _taken(state: Emergency, data: on.ResourceTaken, line: Line) -> None:
    asked = state.resource(data.of)
    for offer in asked.offers if asked else ():
        offer.taken = offer.taken or offer.id == data.offer


def _made(state: Emergency, data: on.ReportMade, line: Line) -> None:
    state.reports = max(state.reports, data.no)
    state.sitrep_due = data.next_at if state.status == "open" else None


def _sent_up(state: Emergency, data: on.ReportSentUp, line: Line) -> None:
    late = state.report_due is not None and line.at > state.report_due
    state.sent_up.append(SentUp(to=data.to, text=data.text, centre=line.centre, at=line.at, late=late))
    state.report_due, state.report_overdue = data.next_due if state.status == "open" else None, False


def _report_late(state: Emergency, data: on.ReportLate, line: Line) -> None:
    state.report_overdue = state.report_overdue or state.report_due == data.due_at


def _reviewed(state: Emergency, data: on.Reviewed, line: Line) -> None:
    state.findings += [one for one in data.findings if one not in state.findings]
    for measure in data.measures:
        _given(state, measure, line)


def _injected(state: Emergency, data: on.InjectGiven, line: Line) -> None:
    if all(one.no != data.no for one in state.injects):
        state.injects.append(Injected(no=data.no, text=data.text, at=line.at, within_minutes=data.within_minutes))


def _met(state: Emergency, data: on.InjectMet, line: Line) -> None:
    for one in state.injects:
        if one.no == data.no and one.met_at is None:
            one.met_at, one.met_by = line.at, _who(line)


_FOLDS: dict[str, Callable[[Emergency, Any, Line], None]] = {
    "emergency.declared": _declared,
    "emergency.graded": _graded,
    "emergency.ended": _ended,
    "response.changed": _response,
    "orders.linked": _linked,
    "orders.unlinked": _unlinked,
    "broadcast.sent": _broadcast,
    "broadcast.read": _read,
    "broadcast.acting": _acting,
    "broadcast.rung": _rung,
    "broadcast.passed": _passed,
    "task.given": _given,
    "task.accepted": _accepted,
    "task.done": _done,
    "task.refused": _refused,
    "task.late": _late,
    "task.passed": _passed_on,
    "task.checked_in": _checked_in,
    "check_in.missed": _missed,
    "log.noted": _noted,
    "answer.drafted": _drafted,
    "answer.agreed": _agreed,
    "answer.withdrawn": _withdrawn,
    "answer.published": _published,
    "mass_call.switched": _mass_call,
    "resource.asked": _asked,
    "resource.offered": _offered,
    "resource.taken": _taken,
    "report.made": _made,
    "report.sent_up": _sent_up,
    "report.late": _report_late,
    "emergency.reviewed": _reviewed,
    "drill.injected": _injected,
    "drill.met": _met,
}


def _receipt(state: Emergency, broadcast_id: UUID, centre: str) -> Receipt | None:
    broadcast = state.broadcast(broadcast_id)
    return next((one for one in broadcast.receipts if one.centre == centre), None) if broadcast else None


def _answer(state: Emergency, no: int) -> AgreedAnswer | None:
    return next((one for one in state.answers if one.no == no), None)


def _who(line: Line) -> str:
    return f"{line.centre}:{line.by}"


def _most(one: Any, other: Any) -> Any:
    names = one.__struct_fields__
    return type(one)(**{name: max(getattr(one, name), getattr(other, name)) for name in names})
