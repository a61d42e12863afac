"""What an action writes into the log: pure, from the emergency as it stands. Raises AppError: guard_refused, not_found, field_invalid,
second_person_needed, no_such_peer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from liandong.core.errors import AppError
from liandong.emergencies import actions as act
from liandong.emergencies import lines as on
from liandong.emergencies.due import later
from liandong.emergencies.model import Casualties, Emergency, Task
from liandong.emergencies.policy import EmergencyPolicy, grade
from liandong.emergencies.run_cards import UNIT, RunCards, tasks_of
from liandong.orders.context import Actor

Due = Callable[[str, int], datetime]
"""(clock, level) -> when it runs out, begun now."""


class Deciding(Struct, frozen=True):
    """What a decision knows beside the emergency. `present`: this centre and its peers. `knows_unit`: of the directory in force."""

    centre: str
    present: frozenset[str]
    policy: EmergencyPolicy
    cards: RunCards
    now: datetime
    due: Due
    actor: Actor
    knows_unit: Callable[[str], bool]

    def holder(self, to: str) -> str:
        return to if to in self.present else self.centre


def declare(given: act.Declaration, number: str, source: str, why: str, ctx: Deciding) -> on.Declared:
    """The level is the rule's unless somebody says another one, and then says why."""
    subtype = ctx.policy.subtype(given.subtype)
    if subtype is None:
        raise AppError("field_invalid", f"没有事件类型“{given.subtype}”，请从 {_subtypes(ctx.policy)} 中选择")
    facts = given.facts.facts()
    by_rule, rule = grade(facts, ctx.policy)
    level = given.level or by_rule
    if level != by_rule and not given.reason.strip():
        raise AppError("field_invalid", f"按规则为 {by_rule} 级（{rule}）；定为 {level} 级请写明 reason")
    card = ctx.cards.card(subtype.code)
    assert card is not None  # refused at load otherwise
    place = given.place.place()
    tasks = tasks_of(
        card, level=level, division=place.division_code, centre=ctx.centre, present=ctx.present, now=ctx.now
    )
    return on.Declared(
        number=number, kind=subtype.kind, subtype=subtype.code, level=level, title=given.title, text=given.text,
        place=place, exercise=given.exercise, facts=facts, source=source, why=given.reason or "；".join(one for one in (why, rule) if one),
        card=ctx.cards.name(card), tasks=tasks,
        report_due=ctx.due("emergency_report", level), sitrep_due=ctx.due("emergency_sitrep", level),
    )  # fmt: skip


def decide(state: Emergency, given: Any, ctx: Deciding) -> list[on.Data]:
    """Nothing: it stands already (read twice, accepted twice)."""
    return _DECIDES[type(given)](state, given, ctx)


def _regrade(state: Emergency, given: act.Regrade, ctx: Deciding) -> list[on.Data]:
    facts = given.facts.facts() if given.facts is not None else state.facts
    by_rule, rule = grade(facts, ctx.policy)
    level = given.level or by_rule
    if level == state.level and facts == state.facts:
        raise AppError("guard_refused", f"已经是 {level} 级")
    card = ctx.cards.card(state.subtype)
    tasks = tasks_of(
        card, level=level, division=state.place.division_code, centre=ctx.centre, present=ctx.present, now=ctx.now
    ) if card else []  # fmt: skip
    fresh = [one for one in tasks if state.task(one.key) is None]
    raised = state.level is not None and level < state.level
    due = ctx.due("emergency_report", level) if raised else None
    reason = given.reason if given.level else f"{given.reason}（{rule}）"
    name = ctx.cards.name(card) if card else ""
    return [on.Graded(level=level, reason=reason, facts=facts, tasks=fresh, card=name, report_due=due)]


def _end(state: Emergency, given: act.End, ctx: Deciding) -> list[on.Data]:
    waiting = [one for one in state.tasks if one.is_open and not one.measure]
    if waiting:
        names = "；".join(f"{one.title}（{one.to}）" for one in waiting[:5])
        raise AppError("guard_refused", f"还有 {len(waiting)} 项任务没有完成，请先完成或写明不能承担：{names}")
    return [on.Ended(reason=given.reason)]


def _respond(state: Emergency, given: act.Respond, ctx: Deciding) -> list[on.Data]:
    if given.level == state.response:
        raise AppError("guard_refused", "响应已经是这个状态")
    return [on.ResponseChanged(level=given.level, reason=given.reason)]


def _broadcast(state: Emergency, given: act.SendBroadcast, ctx: Deciding) -> list[on.Data]:
    if state.broadcast(given.id) is not None:
        return []
    to = sorted(set(given.to) or ctx.present)
    unknown = [one for one in to if one not in ctx.present]
    if unknown:
        raise AppError("no_such_peer", f"没有对接中心：{'、'.join(unknown)}")
    text = f"【演练】{given.text}" if state.is_drill else given.text
    due = ctx.due("emergency_read", state.level or 4)
    return [on.BroadcastSent(id=given.id, text=text, to=to, due_at=due), on.BroadcastRead(id=given.id)]


def _addressed(state: Emergency, broadcast_id: UUID, ctx: Deciding) -> Any:
    broadcast = state.broadcast(broadcast_id)
    if broadcast is None:
        raise AppError("not_found", "没有这条广播")
    receipt = next((one for one in broadcast.receipts if one.centre == ctx.centre), None)
    if receipt is None:
        raise AppError("guard_refused", "这条广播没有发给本中心")
    return receipt


def _read(state: Emergency, given: act.ReadBroadcast, ctx: Deciding) -> list[on.Data]:
    return [] if _addressed(state, given.id, ctx).read_at else [on.BroadcastRead(id=given.id)]


def _acting(state: Emergency, given: act.ActOnBroadcast, ctx: Deciding) -> list[on.Data]:
    if _addressed(state, given.id, ctx).acting_at:
        return []
    return [on.BroadcastActing(id=given.id, text=given.text)]


def _give(state: Emergency, given: act.GiveTask, ctx: Deciding) -> list[on.Data]:
    key = f"given/{given.id}"
    if state.task(key) is not None:
        return []
    _known_addressee(given.to, ctx)
    unknown = [one for one in given.substitutes if one not in ctx.present]
    if unknown:
        raise AppError("no_such_peer", f"替补不是对接中心：{'、'.join(unknown)}")
    return [
        on.TaskGiven(
            key=key, title=given.title, to=given.to, holder=ctx.holder(given.to), order=9,
            due_at=later(ctx.now, given.accept_minutes), minutes=given.minutes,
            substitutes=[one for one in given.substitutes if one != given.to], check_in_minutes=given.check_in_minutes,
        )
    ]  # fmt: skip


def _known_addressee(to: str, ctx: Deciding) -> None:
    if to.startswith(UNIT):
        if not ctx.knows_unit(to.removeprefix(UNIT)):
            raise AppError("field_invalid", f"没有机构代码为“{to.removeprefix(UNIT)}”的单位")
    elif to not in ctx.present:
        raise AppError("no_such_peer", f"没有对接中心 {to}；单位请写 unit:机构代码")


def _held(state: Emergency, key: str, ctx: Deciding) -> Task:
    task = state.task(key)
    if task is None:
        raise AppError("not_found", "没有这项任务")
    if not task.is_held_by(ctx.centre):
        raise AppError("not_permitted", f"这项任务在 {task.holder}，由该中心操作")
    return task


def _accept(state: Emergency, given: act.AcceptTask, ctx: Deciding) -> list[on.Data]:
    task = _held(state, given.key, ctx)
    if task.status == "accepted":
        return []
    if task.status != "called":
        raise AppError("guard_refused", "这项任务已经了结")
    check_in = later(ctx.now, task.check_in_minutes) if task.check_in_minutes else None
    due = later(ctx.now, task.minutes) if task.minutes else task.due_at
    return [on.TaskAccepted(key=task.key, due_at=due, check_in_due=check_in)]


def _finish(state: Emergency, given: act.FinishTask, ctx: Deciding) -> list[on.Data]:
    task = _held(state, given.key, ctx)
    if task.status == "done":
        return []
    if not task.is_open:
        raise AppError("guard_refused", "这项任务已经写明不能承担")
    return [on.TaskDone(key=task.key, text=given.text)]


def _refuse(state: Emergency, given: act.RefuseTask, ctx: Deciding) -> list[on.Data]:
    task = _held(state, given.key, ctx)
    if not task.is_open:
        raise AppError("guard_refused", "这项任务已经了结")
    return [on.TaskRefused(key=task.key, reason=given.reason)]


def _check_in(state: Emergency, given: act.CheckIn, ctx: Deciding) -> list[on.Data]:
    task = _held(state, given.key, ctx)
    if task.status != "accepted":
        raise AppError("guard_refused", "接受任务以后才报告进展")
    due = later(ctx.now, task.check_in_minutes) if task.check_in_minutes else None
    return [on.TaskCheckedIn(key=task.key, text=given.text, check_in_due=due)]


def _draft(state: Emergency, given: act.DraftAgreedAnswer, ctx: Deciding) -> list[on.Data]:
    no = max((one.no for one in state.answers), default=0) + 1
    return [on.AnswerDrafted(no=no, text=given.text)]


def _agree(state: Emergency, given: act.AgreeAnswer, ctx: Deciding) -> list[on.Data]:
    answer = next((one for one in state.answers if one.no == given.no), None)
    if answer is None:
        raise AppError("not_found", f"没有第 {given.no} 稿答复")
    if answer.status != "drafted":
        raise AppError("guard_refused", "这一稿已经不是草稿")
    if answer.text != given.text:
        raise AppError("guard_refused", "内容已不是您看到的那一份，请重新查看后再同意")
    if (answer.centre, answer.drafted_by) == (ctx.centre, ctx.actor.id):
        raise AppError("second_person_needed", "须由起草人以外的人同意")
    return [on.AnswerAgreed(no=given.no)]


def _withdraw(state: Emergency, given: act.WithdrawAnswer, ctx: Deciding) -> list[on.Data]:
    answer = next((one for one in state.answers if one.no == given.no), None)
    if answer is None or answer.status not in ("drafted", "agreed"):
        raise AppError("not_found", f"没有第 {given.no} 稿使用中的答复")
    return [on.AnswerWithdrawn(no=given.no, reason=given.reason)]


def _mass_call(state: Emergency, given: act.SwitchMassCall, ctx: Deciding) -> list[on.Data]:
    return [] if given.on == state.mass_call else [on.MassCall(on=given.on)]


def _ask(state: Emergency, given: act.AskResource, ctx: Deciding) -> list[on.Data]:
    return [] if state.resource(given.id) else [on.ResourceAsked(id=given.id, what=given.what, amount=given.amount)]


def _offer(state: Emergency, given: act.OfferResource, ctx: Deciding) -> list[on.Data]:
    asked = state.resource(given.of)
    if asked is None:
        raise AppError("not_found", "没有这项资源请求")
    if any(one.id == given.id for one in asked.offers):
        return []
    if asked.open_amount == 0:
        raise AppError("guard_refused", "这项请求已经满足")
    return [on.ResourceOffered(id=given.id, of=given.of, amount=given.amount, text=given.text)]


def _take(state: Emergency, given: act.TakeResource, ctx: Deciding) -> list[on.Data]:
    asked = state.resource(given.of)
    offer = next((one for one in asked.offers if one.id == given.offer), None) if asked else None
    if asked is None or offer is None:
        raise AppError("not_found", "没有这项提供")
    if asked.centre != ctx.centre:
        raise AppError("not_permitted", f"由请求的一方 {asked.centre} 接受")
    return [] if offer.taken else [on.ResourceTaken(of=given.of, offer=given.offer)]


def _send_up(state: Emergency, given: act.SendUp, ctx: Deciding) -> list[on.Data]:
    to = given.to.strip() or ctx.policy.report_to
    return [on.ReportSentUp(to=to, text=given.text, next_due=ctx.due("emergency_report_next", state.level or 4))]


def _review(state: Emergency, given: act.Review, ctx: Deciding) -> list[on.Data]:
    number = sum(one.measure for one in state.tasks)
    measures = []
    for place, measure in enumerate(given.measures, number + 1):
        _known_addressee(measure.to, ctx)
        if measure.due_at <= ctx.now:
            raise AppError("field_invalid", f"措施“{measure.title}”的期限须在以后")
        measures.append(
            on.TaskGiven(
                key=f"measure/{ctx.centre}/{place}", title=measure.title, to=measure.to,
                holder=ctx.holder(measure.to), due_at=measure.due_at, order=20, measure=True,
            )
        )  # fmt: skip
    return [on.Reviewed(findings=list(given.findings), measures=measures)]


def _inject(state: Emergency, given: act.Inject, ctx: Deciding) -> list[on.Data]:
    no = max((one.no for one in state.injects), default=0) + 1
    return [on.InjectGiven(no=no, text=given.text, within_minutes=given.within_minutes)]


def _meet(state: Emergency, given: act.MeetInject, ctx: Deciding) -> list[on.Data]:
    inject = next((one for one in state.injects if one.no == given.no), None)
    if inject is None:
        raise AppError("not_found", "没有注入过这个情况")
    return [] if inject.met_at else [on.InjectMet(no=given.no)]


_DECIDES: dict[type[Any], Callable[[Emergency, Any, Deciding], list[on.Data]]] = {
    act.Regrade: _regrade,
    act.End: _end,
    act.Respond: _respond,
    act.SendBroadcast: _broadcast,
    act.ReadBroadcast: _read,
    act.ActOnBroadcast: _acting,
    act.GiveTask: _give,
    act.AcceptTask: _accept,
    act.FinishTask: _finish,
    act.RefuseTask: _refuse,
    act.CheckIn: _check_in,
    act.DraftAgreedAnswer: _draft,
    act.AgreeAnswer: _agree,
    act.WithdrawAnswer: _withdraw,
    act.SwitchMassCall: _mass_call,
    act.AskResource: _ask,
    act.OfferResource: _offer,
    act.TakeResource: _take,
    act.SendUp: _send_up,
    act.Review: _review,
    act.Inject: _inject,
    act.MeetInject: _meet,
}


def _subtypes(policy: EmergencyPolicy) -> str:
    return "、".join(f"{one.code}（{one.zh}）" for one in policy.subtypes)


def watch(state: Emergency, ctx: Deciding) -> list[on.Data]:
    """What the clock writes now, at the centre that gave the task or sent the broadcast."""
    found: list[on.Data] = []
    for task in state.tasks:
        if task.given_by == ctx.centre:
            found += _watch_task(state, task, ctx)
    if state.status == "open":
        for sent in state.broadcasts:
            if sent.centre == ctx.centre:
                found += [one for receipt in sent.receipts for one in _watch_receipt(sent, receipt, ctx)]
        if state.centre == ctx.centre and state.report_due and not state.report_overdue and state.report_due <= ctx.now:
            found.append(on.ReportLate(due_at=state.report_due))
    return found


def _watch_task(state: Emergency, task: Task, ctx: Deciding) -> list[on.Data]:
    over = task.due_at <= ctx.now
    called = task.status == "refused" or (task.status == "called" and over)
    if called and task.substitutes:
        to = next((one for one in task.substitutes if one in ctx.present), None)
        if to is not None:
            reason = "不能承担" if task.status == "refused" else "到时没有应答"
            minutes = max(1.0, (task.due_at - task.given_at).total_seconds() / 60) if not task.passed_from else 2.0
            due = later(ctx.now, min(minutes, 10.0))
            return [on.TaskPassed(key=task.key, to=to, holder=ctx.holder(to), due_at=due, reason=reason)]
    found: list[on.Data] = []
    if task.is_open and over and not task.overdue:
        found.append(on.TaskLate(key=task.key))
    if state.status == "open" and task.status == "accepted" and task.check_in_due and task.check_in_due <= ctx.now:
        found.append(on.CheckInMissed(key=task.key, check_in_due=later(ctx.now, task.check_in_minutes or 15)))
    return found


def _watch_receipt(sent: Any, receipt: Any, ctx: Deciding) -> list[on.Data]:
    if receipt.status != "waiting" or receipt.due_at > ctx.now:
        return []
    if receipt.rung < ctx.policy.ring_again:
        return [on.BroadcastRung(id=sent.id, centre=receipt.centre, due_at=ctx.due("emergency_ring", 4))]
    to = ctx.policy.stands_in(receipt.centre, ctx.present - {receipt.centre}) or ctx.centre
    task = on.TaskGiven(
        key=f"reach/{sent.id}/{receipt.centre}", title=f"请用电话联系没有应答的 {receipt.centre}，转告：{sent.text[:200]}",
        to=to, holder=ctx.holder(to), due_at=later(ctx.now, 5), minutes=15, order=8,
    )  # fmt: skip
    return [on.BroadcastPassed(id=sent.id, centre=receipt.centre, task=task)]


def facts_of(note: act.Note) -> Casualties | None:
    return note.facts.facts() if note.facts is not None else None
