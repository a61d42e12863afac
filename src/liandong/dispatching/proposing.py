"""To whom an order should go, and why: read off the dispatch catalogue and the place, never carried out by itself."""

from datetime import date, datetime

import msgspec
from msgspec import Struct

from liandong.core.worktime import WorkingDays
from liandong.dispatching.rules import matter_of
from liandong.orders.model import Order
from liandong.units.directory import Directory, Matter
from liandong.units.model import MODES, Duty, Mode, Unit
from liandong.units.office import opens_at


class Proposal(Struct, frozen=True, omit_defaults=True):
    """`action`: what to press, with `unit` as the lead. `why` says the line, the place and who is on duty; `answer` is what to say.

    `opens_at`: the unit's office is closed now and staffed from then on; nothing forbids to send to it before.
    """

    action: str
    mode: Mode
    mode_zh: str
    why: str
    unit: str = ""
    unit_name: str = ""
    co_handlers: list[str] = []
    duty: str = ""
    duty_line: int = 0
    basis: str = ""
    phone: str = ""
    answer: str = ""
    opens_at: datetime | None = None


def proposals(
    order: Order, directory: Directory, today: date, local: datetime, calendar: WorkingDays
) -> list[Proposal]:
    """The best first; the district of the place last, as whom everybody may turn to. Empty where nothing is known."""
    matter = matter_of(order)
    duty = directory.duty(matter, today)
    found = _by_duty(duty, matter, directory, today, local) if duty else []
    for kind in ("street", "district"):
        unit = directory.resolve(kind, matter, today) or _district(matter, directory, today, kind)
        barred = unit is not None and directory.kept_from_streets(matter, unit, today)
        if unit is not None and not barred and all(unit.org_code != one.unit for one in found):
            why = f"属地：{unit.short}管辖该地点"
            found.append(_proposal("dispatch", Mode.ORDINARY, why, unit, directory, local))
    return [_opening(one, directory.unit(one.unit, today), local, calendar) for one in found]


def _opening(one: Proposal, unit: Unit | None, local: datetime, calendar: WorkingDays) -> Proposal:
    opens = opens_at(unit, local, calendar) if unit else None
    if opens is None:
        return one
    why = f"{one.why}；现在不在办公时间，{opens:%m-%d %H:%M} 上班"
    return msgspec.structs.replace(one, why=why, opens_at=opens)


def _by_duty(duty: Duty, matter: Matter, directory: Directory, today: date, local: datetime) -> list[Proposal]:
    line = f"职责目录第 {duty.line} 行 {duty.code}“{duty.title}”"
    found: list[Proposal] = []
    owner = directory.owner(duty, matter, today)
    helpers = [u.org_code for name in duty.co_handlers if (u := directory.resolve(name, matter, today)) and u != owner]
    given = {"duty": duty.code, "duty_line": duty.line, "basis": duty.basis}
    if duty.mode == Mode.AT_ONCE:
        found.append(
            _proposal(
                "answer_directly",
                Mode.AT_ONCE,
                f"{line}：有即答口径",
                None,
                directory,
                local,
                answer=duty.answer,
                **given,
            )
        )
    if owner is not None:
        mode = Mode.ORDINARY if duty.mode == Mode.AT_ONCE else duty.mode
        action = "to_station" if mode == Mode.TO_STATION else "dispatch"
        why = f"{line}：主办为{owner.short}"
        found.append(_proposal(action, mode, why, owner, directory, local, co_handlers=helpers, **given))
    elif not found:
        why = f"{line}：地点不足以确定承办单位，请补充区划或街道、社区名称"
        found.append(_proposal("amend", duty.mode, why, None, directory, local, **given))
    return found


def _proposal(
    action: str, mode: Mode, why: str, unit: Unit | None, directory: Directory, local: datetime, **more: object
) -> Proposal:
    shift = directory.on_duty(unit.org_code, local) if unit else None
    if shift is not None:
        why += f"；现在值班 {shift.person} {shift.phone}"
    fields = (
        {"unit": unit.org_code, "unit_name": unit.name, "phone": shift.phone if shift else unit.phone} if unit else {}
    )
    return Proposal(action=action, mode=mode, mode_zh=MODES[mode][0], why=why, **fields, **more)  # type: ignore[arg-type]


def _district(matter: Matter, directory: Directory, today: date, kind: str) -> Unit | None:
    """A district is as fine as its own code, which is too coarse for a station."""
    place = directory.place(matter)[:6]
    if kind != "district" or not place:
        return None
    return next(
        (u for u in directory.units if u.kind == kind and u.division_code == place and u.stands_on(today)), None
    )
