"""Guards of returning, handling and answering: pure sentences about a snapshot and what is asked."""

from datetime import datetime
from uuid import UUID

from liandong.core.lifecycle import Guard
from liandong.handling.model import DraftStatus, OrderReturn, ReturnStatus
from liandong.orders.context import Asked
from liandong.orders.model import Kind, Snapshot

EXTENDED_CLOCK = "answer"  # the clock that a unit may ask more time for


def return_possible(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """One return a dispatch; what follows a refusal is an objection."""
    dispatch = snapshot.dispatch
    if dispatch is None or snapshot.order.unit is None:
        return "没有派给任何单位，无从退单"
    last = last_return(snapshot)
    if last is None or last.dispatch_no != dispatch.no:
        return None
    return "退单正在审核" if last.status in {ReturnStatus.ASKED, ReturnStatus.OBJECTED} else "这次派单已申请过退单"


def return_in_time(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Later counts as accepted (domain §4)."""
    if asked is None:
        return None
    due_at = return_due(snapshot, asked)
    if asked.now <= due_at:
        return None
    return f"退单应在{_day(asked, due_at)}前提出，逾期视为接受，请继续办理（too late: the order counts as accepted）"


def return_grounded(snapshot: Snapshot, asked: Asked | None) -> str | None:
    if asked is None or asked.data.reason not in asked.policy.handling.evidence_for or asked.data.evidence.strip():
        return None
    return "以此原因退单须写明证据（evidence），如重复工单的编号（this reason needs evidence）"


def files_known(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """What is referred to is an attachment of this very order."""
    if asked is None:
        return None
    added: set[UUID] = {a.id for a in snapshot.attachments or () if a.added_at is not None}
    unknown = [str(one) for one in asked.data.attachments if one not in added]
    return f"附件 {'、'.join(unknown)} 不属于本工单或尚未上传完成（no such attachment here）" if unknown else None


def return_waits(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if snapshot.order.handling.waiting_return else "没有等待审核的退单"


def reviewer_is_another(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Never who asked; after an objection not who refused either."""
    waiting = snapshot.order.handling.waiting_return
    if asked is None or waiting is None:
        return None
    involved = {waiting.asked_by, waiting.objected_by, waiting.reviewed_by}
    return "退单须由另一人审核（another person must review it）" if asked.actor.id in involved else None


def return_refused(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The return of the dispatch in force, refused and not yet objected to."""
    last, dispatch = last_return(snapshot), snapshot.dispatch
    fresh = last is not None and dispatch is not None and last.dispatch_no == dispatch.no
    if fresh and last is not None and last.status == ReturnStatus.REFUSED:
        return None
    return "没有可以提出异议的退单，异议只能提一次"


def objection_in_time(snapshot: Snapshot, asked: Asked | None) -> str | None:
    last = last_return(snapshot)
    if asked is None or last is None or last.reviewed_at is None:
        return None
    until = asked.policy.reckoning.until("return_objection", asked.policy.tags(snapshot.order), last.reviewed_at)
    return None if asked.now <= until else f"异议应在{_day(asked, until)}前提出，请继续办理（too late to object）"


def return_to_find(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A return that nobody has found malicious yet."""
    there = [one.no for one in snapshot.order.handling.returns if one.measure is None]
    if asked is None:
        return None if there else "没有可以认定的退单"
    return None if asked.data.return_no in there else "没有这次退单，或已经认定过"


def extension_possible(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """One in a round, while the clock runs, no longer than the table says."""
    order = snapshot.order
    if any(e.round == order.round for e in order.handling.extensions):
        return "延期只能申请一次"
    if not _runs(snapshot, EXTENDED_CLOCK):
        return "答复时限没有在走，不能延期"
    if asked is None:
        return None
    longest = asked.policy.reckoning.longest_extension(EXTENDED_CLOCK, asked.policy.tags(order))
    return (
        None if asked.data.days <= longest else f"这类事项最多延期{longest}个工作日（at most {longest} working days）"
    )


def extension_waits(snapshot: Snapshot, asked: Asked | None) -> str | None:
    waiting = snapshot.order.handling.waiting_extension
    if waiting is None:
        return "没有等待审批的延期"
    if asked is not None and asked.actor.id == waiting.asked_by:
        return "延期须由另一人审批（another person must approve it）"
    return None


def clock_to_extend(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if _runs(snapshot, EXTENDED_CLOCK) else "答复时限没有在走，请先恢复计时"


def clock_to_recompute(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if snapshot.timers and _recomputed(snapshot, asked) else "没有可以重新计算的时限"


def pause_grounded(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if asked is None else _ground(asked, list(asked.policy.handling.grounds))


def suspension_grounded(snapshot: Snapshot, asked: Asked | None) -> str | None:
    if asked is None:
        return None
    refusal = _ground(asked, [g.code for g in asked.policy.handling.grounds.values() if g.suspends])
    if refusal:
        return refusal
    longest = asked.policy.reckoning.until("suspension", asked.policy.tags(snapshot.order), asked.now)
    if not asked.now < asked.data.until <= longest:
        return f"挂起应有将来的结束日期，最迟{_day(asked, longest)}（the end must lie ahead, at the latest then）"
    return None


def not_suspended(snapshot: Snapshot, asked: Asked | None) -> str | None:
    if snapshot.order.danger:
        return "存在危险，不能挂起"
    return "已经挂起" if snapshot.order.handling.suspension else None


def suspended(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if snapshot.order.handling.suspension else "没有挂起"


def suspension_over(snapshot: Snapshot, asked: Asked | None) -> str | None:
    over = asked is not None and asked.data.clock == "suspension"
    return suspended(snapshot, asked) if over else "不是挂起到期"


def not_in_future(snapshot: Snapshot, asked: Asked | None) -> str | None:
    ahead = asked is not None and asked.data.happened_at is not None and asked.data.happened_at > asked.now
    return "发生时间不能晚于现在（it can't have happened yet）" if ahead else None


def caller_reachable(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A caller who asked for confidentiality is hidden from the unit: the centre's own desk speaks with them."""
    hidden = snapshot.order.confidential and asked is not None and asked.actor.unit is not None
    return "诉求人要求保密，由热线联系（the hotline contacts this caller）" if hidden else None


def no_draft_waits(snapshot: Snapshot, asked: Asked | None) -> str | None:
    draft = snapshot.order.handling.last_draft(snapshot.order.round)
    return "答复稿正在审核" if draft is not None and draft.status == DraftStatus.WAITING else None


def draft_waits(snapshot: Snapshot, asked: Asked | None) -> str | None:
    draft = snapshot.order.handling.last_draft(snapshot.order.round)
    if draft is None or draft.status != DraftStatus.WAITING:
        return "没有等待审核的答复稿"
    if asked is not None and asked.actor.id == draft.by:
        return "答复稿须由本单位另一人审核（another person must review it）"
    return None


def evidence_complete(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """What the category asks for before an answer may be given (the handling table); asked again when the order is closed."""
    order = snapshot.order
    own = order.kind == Kind.WORK_ORDER and snapshot.dispatch is not None
    if asked is None or not own:
        return None
    missing = [
        _WORDS[need] for need in asked.policy.handling.needs(asked.policy.tags(order)) if not _has(snapshot, need)
    ]
    return f"此类事项答复前还缺：{'、'.join(missing)}（evidence is missing）" if missing else None


def draft_kept(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """What was reviewed is what is said."""
    draft = snapshot.order.handling.last_draft(snapshot.order.round)
    if draft is None:
        return None
    if draft.status != DraftStatus.APPROVED:
        return "答复稿还没有通过审核（the draft is not approved）"
    if asked is None:
        return None
    same = asked.data.answer.strip() == draft.text.strip()
    return None if same else "答复与审核通过的稿子不一致，请按原稿答复（the answer must be the approved draft）"


def answered_by_own_unit(snapshot: Snapshot, asked: Asked | None) -> str | None:
    own = snapshot.dispatch is not None and snapshot.order.unit is not None
    return None if own else "答复不是本中心的承办单位作出的"


def answer_not_told(snapshot: Snapshot, asked: Asked | None) -> str | None:
    shared = snapshot.followers or any(t.is_open for t in snapshot.transfers or ())
    return "结果已告知其他中心，请办结后重新办理（other centres have the result: close and reopen）" if shared else None


def no_danger(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return "存在危险，不能因撤诉结束" if snapshot.order.danger else None


def last_return(snapshot: Snapshot) -> OrderReturn | None:
    returns = snapshot.order.handling.returns
    return returns[-1] if returns else None


def return_due(snapshot: Snapshot, asked: Asked) -> datetime:
    """Until when the unit may ask to return the order."""
    dispatch = snapshot.dispatch
    assert dispatch is not None
    return asked.policy.reckoning.until("unit_return", asked.policy.tags(snapshot.order), dispatch.dispatched_at)


def _runs(snapshot: Snapshot, clock: str) -> bool:
    return any(t.name == clock and t.status == "running" for t in snapshot.timers or ())


def _recomputed(snapshot: Snapshot, asked: Asked | None) -> bool:
    names = asked.policy.handling.recomputed if asked is not None else {"unit_accept", EXTENDED_CLOCK}
    return any(t.name in names for t in snapshot.timers or ())


def _ground(asked: Asked, codes: list[str]) -> str | None:
    if asked.data.ground in codes:
        return None
    return f"理由“{asked.data.ground}”不在目录中，可用 {'、'.join(codes)}（no such ground）"


def _has(snapshot: Snapshot, need: str) -> bool:
    order, handling = snapshot.order, snapshot.order.handling
    steps = [step for step in handling.steps if step.round == order.round]
    draft = handling.last_draft(order.round)
    return {
        "step": bool(steps),
        "place": any(step.place or step.lon is not None for step in steps),
        "attachment": any(step.attachments for step in steps),
        "contact": any(contact.round == order.round for contact in handling.contacts),
        "review": draft is not None and draft.status == DraftStatus.APPROVED,
    }[need]


_WORDS = {
    "step": "办理过程",
    "place": "办理地点",
    "attachment": "现场照片或材料",
    "contact": "与诉求人的联系记录",
    "review": "经审核的答复稿",
}


def _day(asked: Asked, moment: datetime) -> str:
    return f"{asked.policy.reckoning.local(moment):%Y-%m-%d %H:%M}"


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (
        return_possible,
        return_in_time,
        return_grounded,
        files_known,
        return_waits,
        reviewer_is_another,
        return_refused,
        objection_in_time,
        return_to_find,
        extension_possible,
        extension_waits,
        clock_to_extend,
        clock_to_recompute,
        pause_grounded,
        suspension_grounded,
        not_suspended,
        suspended,
        suspension_over,
        not_in_future,
        caller_reachable,
        no_draft_waits,
        draft_waits,
        evidence_complete,
        draft_kept,
        answered_by_own_unit,
        answer_not_told,
        no_danger,
    )
}
