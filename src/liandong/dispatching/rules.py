"""Guards of dispatching: pure sentences about a snapshot and what is asked."""

from liandong.core.lifecycle import Guard
from liandong.dispatching.model import JointSigning, Share, ShareStatus, default_dispatching
from liandong.orders.context import Actor, Asked
from liandong.orders.model import Order, Snapshot
from liandong.orders.rules import HELPING
from liandong.units.directory import Directory, Matter
from liandong.units.model import STATIONS, Duty, Unit

CO_CLOCKS = {"co_accept", "co_answer"}


def matter_of(order: Order, class_code: str | None = None) -> Matter:
    """What the directory is asked about. `class_code`: the one that is set with the dispatch itself."""
    return Matter(
        class_code=class_code or order.class_confirmed or order.class_intake or "",
        division_code=order.division_code or "",
        address=order.incident.address,
        words=f"{order.title} {order.content}",
    )


def unit_in_service(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A unit that has ended is refused, and its successor named."""
    return None if asked is None else _out_of_service(asked.data.unit, asked)


def not_kept_from_streets(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """What a department owns is not passed down to a street office; the refusal names the line of the catalogue."""
    if asked is None:
        return None
    directory, today = _directory(asked), asked.policy.local_date(asked.now)
    unit = directory.unit(asked.data.unit, today)
    matter = matter_of(snapshot.order, getattr(asked.data, "class_intake", None))
    duty = directory.kept_from_streets(matter, unit, today) if unit else None
    if duty is None:
        return None
    owner = directory.owner(duty, matter, today)
    whose = owner.name if owner else duty.owner
    return f"职责目录第 {duty.line} 行 {duty.code}“{duty.title}”属{whose}，不得派给街道、社区或网格，请改派该单位"


def dispatches_left(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """After some dispatches without an owner the next one is a designation."""
    most = _designate_after(asked)
    if without_owner(snapshot) < most:
        return None
    return f"本轮已派单 {most} 次无人承办，请由班长指定承办单位（designate）"


def dispatches_used_up(snapshot: Snapshot, asked: Asked | None) -> str | None:
    tried = without_owner(snapshot)
    most = _designate_after(asked)
    return None if tried >= most else f"本轮派单无人承办 {tried} 次，未满 {most} 次，请正常派单"


def without_owner(snapshot: Snapshot) -> int:
    """How often the order was dispatched in this round and came back, or was passed on before anybody signed."""
    ours = [d for d in snapshot.dispatches or () if d.round == snapshot.order.round]
    return sum(d.returned_at is not None or d.end_reason == "redispatched" for d in ours)


def _designate_after(asked: Asked | None) -> int:
    return (asked.policy.dispatching if asked else default_dispatching()).designate_after


def not_designated(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Designation is binding."""
    made = snapshot.order.assignment.designation if snapshot.order.assignment else None
    current = snapshot.dispatch
    if made is None or current is None or made.no != current.no:
        return None
    return f"该工单已指定由本单位承办（依据：{made.basis}），不得退单；确需调整请报热线班长改派"


def another_unit(snapshot: Snapshot, asked: Asked | None) -> str | None:
    if asked is None or asked.data.unit != snapshot.order.unit:
        return None
    return "改派的单位与现承办单位相同"


def dispatch_in_force(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if snapshot.dispatch is not None else "目前没有承办单位"


def station_found(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """One key to the station: the catalogue says which kind of station, the place says which one; the desk may name it."""
    if asked is None:
        return None
    if asked.data.unit is not None:
        return _named_station(snapshot, asked)
    duty, unit = station_of(snapshot.order, asked)
    if duty is None:
        return "职责目录没有把该类事项列为“一键到站”，请核对事项分类，或直接派单"
    if unit is None:
        return f"“{duty.title}”应到站办理，但地点不足以确定是哪一个，请补充 9 或 12 位区划代码或街道、社区名称，或指明单位（unit）"
    return None


def _named_station(snapshot: Snapshot, asked: Asked) -> str | None:
    unit = _directory(asked).unit(asked.data.unit, asked.policy.local_date(asked.now))
    if unit is None:
        return _out_of_service(asked.data.unit, asked) or f"没有机构代码为“{asked.data.unit}”的单位"
    if unit.kind not in STATIONS:
        return f"“{unit.name}”不是街道、社区、网格或派出所，请用“派单”"
    return not_kept_from_streets(snapshot, asked)


def with_co_handlers(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if asked is not None and asked.data.co_handlers else "没有指明协办单位"


def co_handlers_fit(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Known, in service, none twice, not the lead itself, and only where there is a lead (work orders)."""
    if asked is None or not asked.data.co_handlers:
        return None
    if snapshot.order.sends_forces:
        return "警单不设协办单位，请用派警或转交"
    units = asked.data.co_handlers
    lead = getattr(asked.data, "unit", None) or snapshot.order.unit
    there = [] if getattr(asked.data, "unit", None) else [share.unit for share in snapshot.shares]
    if len(set(units)) < len(units) or lead in units or set(units) & set(there):
        return "协办单位重复，或与主办单位相同"
    if len(units) + len(there) > asked.policy.dispatching.most_co_handlers:
        return f"协办单位最多 {asked.policy.dispatching.most_co_handlers} 个"
    unknown = next((code for code in units if not asked.policy.knows_unit(code)), None)
    if unknown is not None:
        return f"没有机构代码为“{unknown}”的协办单位，请从单位目录中选择"
    return next((told for code in units if (told := _out_of_service(code, asked))), None)


def share_to_sign(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return _own_share(snapshot, asked, ShareStatus.DISPATCHED, "没有等待签收的协办")


def share_to_answer(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return _own_share(snapshot, asked, ShareStatus.SIGNED, "没有已签收、等待答复的协办")


def last_to_sign(snapshot: Snapshot, asked: Asked | None) -> str | None:
    waiting = sum(share.status == ShareStatus.DISPATCHED for share in snapshot.shares)
    return None if waiting == 1 else "还有其他协办单位未签收"


def last_to_answer(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if sum(share.is_open for share in snapshot.shares) == 1 else "还有其他协办单位未答复"


def has_co_handlers(snapshot: Snapshot, asked: Asked | None) -> str | None:
    return None if snapshot.shares else "没有协办单位，无须会签"


def to_countersign(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The draft of this dispatch waits for this unit's word."""
    waiting = unsigned(snapshot)
    if not waiting:
        return "没有等待会签的答复稿"
    return None if asked is None or _whose(snapshot, asked, waiting) else "会签不在本单位，或须指明单位（unit）"


def shares_answered(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The lead's answer waits for its co-handlers, or says why not."""
    if asked is None or asked.data.without_shares:
        return None
    waiting = [share.unit for share in snapshot.shares if share.is_open]
    if waiting:
        return f"协办单位尚未答复：{_names(waiting, asked)}。请等待，或说明为何先行答复（without_shares）"
    waiting = unsigned(snapshot)
    if waiting:
        return f"尚未会签：{_names(waiting, asked)}。请等待，或说明为何先行答复（without_shares）"
    joint = joint_of(snapshot)
    if joint is not None and any(not one.agrees for one in joint.signatures):
        return "会签有不同意见，请修改后重新会签，或说明为何先行答复（without_shares）"
    if joint is not None and asked.data.answer != joint.draft:
        return "答复与会签稿不一致，请按会签稿答复，或重新会签"
    return None


def share_overdue(snapshot: Snapshot, asked: Asked | None) -> str | None:
    clock = asked.data.clock if asked is not None else ""
    due = [at for share in snapshot.shares if (at := share.due_at(clock))] if clock in CO_CLOCKS else []
    return None if asked is not None and any(at <= asked.now for at in due) else "没有协办超时"


def unit_has_successor(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """The unit, or one of its co-handlers, has ended and somebody took over."""
    if asked is None or snapshot.dispatch is None:
        return "没有承接单位"
    today = asked.policy.local_date(asked.now)
    ours = [snapshot.dispatch.unit, *(share.unit for share in snapshot.shares if share.is_open)]
    return None if any(_directory(asked).successor(code, today) for code in ours) else "没有承接单位"


def unit_may(snapshot: Snapshot, actor: Actor, action: str) -> bool:
    """A unit speaks for its own share only, and one that only helps does nothing but help. People of the centre are not asked here."""
    if actor.unit is None:
        return True
    own = next((share for share in snapshot.shares if share.unit == actor.unit), None)
    if action in SHARES:
        return own is not None and own.status == SHARES[action]
    if action == "countersign":
        return actor.unit in unsigned(snapshot)
    return own is None or actor.unit == snapshot.order.unit or action in HELPING


SHARES = {"sign_share": ShareStatus.DISPATCHED, "answer_share": ShareStatus.SIGNED}


def station_of(order: Order, asked: Asked) -> tuple[Duty | None, Unit | None]:
    """The line that sends the matter to a station, and the station of its place."""
    directory, today, matter = _directory(asked), asked.policy.local_date(asked.now), matter_of(order)
    if asked.data.unit is not None:
        return None, directory.unit(asked.data.unit, today)
    duty = directory.duty(matter, today)
    if duty is None or duty.mode != "to_station":
        return None, None
    return duty, directory.owner(duty, matter, today)


def share_of(snapshot: Snapshot, asked: Asked, status: ShareStatus) -> Share | None:
    """The share that is meant: the unit's own, the one that is named, or the only one there is."""
    waiting = [share for share in snapshot.shares if share.status == status]
    unit = _whose(snapshot, asked, [share.unit for share in waiting])
    return next((share for share in waiting if share.unit == unit), None)


def joint_of(snapshot: Snapshot) -> JointSigning | None:
    """The joint signing of the dispatch in force."""
    joint = snapshot.order.assignment.joint if snapshot.order.assignment else None
    current = snapshot.dispatch
    return joint if joint is not None and current is not None and joint.no == current.no else None


def unsigned(snapshot: Snapshot) -> list[str]:
    """Co-handlers whose word on the draft is out."""
    joint = joint_of(snapshot)
    signed = {one.unit for one in joint.signatures} if joint else set()
    return [share.unit for share in snapshot.shares if share.unit not in signed] if joint else []


def signer(snapshot: Snapshot, asked: Asked) -> str:
    return _whose(snapshot, asked, unsigned(snapshot))


def _own_share(snapshot: Snapshot, asked: Asked | None, status: ShareStatus, refusal: str) -> str | None:
    if asked is None:
        return None if any(share.status == status for share in snapshot.shares) else refusal
    return None if share_of(snapshot, asked, status) is not None else f"{refusal}，或须指明单位（unit）"


def _whose(snapshot: Snapshot, asked: Asked, waiting: list[str]) -> str:
    """A unit speaks for itself only; people of the centre name the unit where there are several."""
    if asked.actor.unit and asked.data.unit not in (None, asked.actor.unit):
        return ""
    named = asked.actor.unit or asked.data.unit or (waiting[0] if len(waiting) == 1 else "")
    return named if named in waiting else ""


def _out_of_service(org_code: str, asked: Asked) -> str | None:
    directory, today = _directory(asked), asked.policy.local_date(asked.now)
    if not directory.knows(org_code) or directory.unit(org_code, today) is not None:
        return None
    gone, heir = directory.last_known(org_code), directory.successor(org_code, today)
    assert gone is not None
    if heir is not None:
        return f"“{gone.name}”已于 {gone.valid_to} 止，由“{heir.name}”（{heir.org_code}）承接，请派给该单位"
    return f"“{gone.name}”在今天不在册（{gone.valid_from or ''} 至 {gone.valid_to or ''}），请另选单位"


def _names(units: list[str], asked: Asked) -> str:
    known = (_directory(asked).last_known(code) for code in units)
    return "、".join(unit.short if unit else code for unit, code in zip(known, units, strict=True))


def _directory(asked: Asked) -> Directory:
    return asked.policy.directory


GUARDS: dict[str, Guard] = {
    rule.__name__: rule
    for rule in (
        unit_in_service,
        not_kept_from_streets,
        dispatches_left,
        dispatches_used_up,
        not_designated,
        another_unit,
        dispatch_in_force,
        station_found,
        with_co_handlers,
        co_handlers_fit,
        share_to_sign,
        share_to_answer,
        last_to_sign,
        last_to_answer,
        has_co_handlers,
        to_countersign,
        shares_answered,
        share_overdue,
        unit_has_successor,
    )
}
