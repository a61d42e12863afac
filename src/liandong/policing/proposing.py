"""Which units to send: nearest and suitable first, with every reason. Pure. A person decides; nothing here keeps anybody from being sent."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from liandong.catalogue.units import Unit
from liandong.core.globe import metres
from liandong.orders.model import Order, Point
from liandong.policing.policy import PolicingPolicy


class By(StrEnum):
    """How a distance was measured."""

    ROAD = "road"
    STRAIGHT = "straight"


class Availability(StrEnum):
    AVAILABLE = "available"
    BUSY = "busy"
    OFF_DUTY = "off_duty"


AVAILABILITY_ZH = {"available": "可派", "busy": "处置中，仍可调派", "off_duty": "不在岗"}


class UnitState(Struct, frozen=True, kw_only=True):
    """The last word on a unit. A place is given in one system or both, never converted."""

    unit: str
    state: Availability = Availability.AVAILABLE
    state_at: datetime | None = None
    state_by: str | None = None
    wgs84: Point | None = None
    gcj02: Point | None = None
    position_at: datetime | None = None
    position_by: str | None = None


class Sign(Struct, frozen=True):
    """One reason. `value` 0 to 1, `weight`: what it counts."""

    sign: str
    value: float
    weight: float
    text: str
    text_en: str


class Proposed(Struct, frozen=True, kw_only=True):
    """`metres` None: not known; `by`: along the roads or in a straight line. `stale`: the position is older than the city allows.

    `missing`: skills that the matter needs and the unit does not have. `load`: what it has in hand.
    """

    unit: str
    name: str
    score: float
    state: Availability
    metres: int | None
    by: By | None
    position_at: datetime | None
    stale: bool
    load: int
    missing: list[str]
    reasons: list[Sign]


class Scene(Struct, frozen=True):
    """What is compared with: the order, what is known of the units, and roads where there are some."""

    order: Order
    states: Mapping[str, UnitState]
    loads: Mapping[str, int]
    by_road: Mapping[str, float]
    now: datetime


def propose(scene: Scene, units: Iterable[Unit], policy: PolicingPolicy) -> list[Proposed]:
    """The best first. Units that are off duty, and those that are on this order already, are left out."""
    there = {scene.order.unit, *(scene.order.policing.supporting if scene.order.policing else ())}
    needed = skills_needed(scene.order, policy)
    found = [_proposed(scene, unit, needed, policy) for unit in units if unit.org_code not in there]
    able = [one for one in found if policy.proposal.availability.get(one.state, 1.0) > 0]
    return sorted(able, key=lambda one: (-one.score, one.metres is None, one.metres or 0, one.unit))


def skills_needed(order: Order, policy: PolicingPolicy) -> list[str]:
    """By the class (the longest beginning that the table has) and by what is known of the scene."""
    code = order.class_confirmed or order.class_intake or ""
    fits = max((c for c in policy.class_skills if code.startswith(c)), key=len, default=None)
    needed = list(policy.class_skills[fits]) if fits is not None else []
    for field, skills in policy.field_skills.items():
        if getattr(order.incident, field, None):
            needed += skills
    return list(dict.fromkeys(needed))


def skills_of(unit: Unit, policy: PolicingPolicy) -> set[str]:
    return {*policy.kind_skills.get(unit.kind, ()), *policy.unit_skills.get(unit.org_code, ())}


def units_sent_by(centre: str, units: Iterable[Unit], policy: PolicingPolicy) -> list[Unit]:
    """A centre that the table does not name sends every unit."""
    kinds = policy.kinds.get(centre)
    return [unit for unit in units if kinds is None or unit.kind in kinds]


def _proposed(scene: Scene, unit: Unit, needed: list[str], policy: PolicingPolicy) -> Proposed:
    state = scene.states.get(unit.org_code, UnitState(unit=unit.org_code))
    length, by = _distance(scene, state)
    fresh = timedelta(seconds=policy.proposal.fresh_seconds)
    stale = state.position_at is not None and scene.now - state.position_at > fresh
    missing = [skill for skill in needed if skill not in skills_of(unit, policy)]
    load = scene.loads.get(unit.org_code, 0)
    reasons = [
        _near(length, by, stale, policy),
        _able(needed, missing, policy),
        _free(load, policy),
        _own_place(scene.order, unit, policy),
    ]
    share = policy.proposal.availability.get(state.state, 1.0)
    return Proposed(
        unit=unit.org_code,
        name=unit.name,
        score=round(share * sum(one.value * one.weight for one in reasons), 3),
        state=state.state,
        metres=None if length is None else round(length),
        by=by,
        position_at=state.position_at,
        stale=stale,
        load=load,
        missing=missing,
        reasons=reasons,
    )


def _distance(scene: Scene, state: UnitState) -> tuple[float | None, By | None]:
    """By road where the roads lead there; else straight, in a system that both are known in."""
    if state.unit in scene.by_road:
        return scene.by_road[state.unit], By.ROAD
    incident = scene.order.incident
    for here, there in ((state.wgs84, incident.wgs84), (state.gcj02, incident.gcj02)):
        if here is not None and there is not None:
            return metres(here.lon, here.lat, there.lon, there.lat), By.STRAIGHT
    return None, None


def _near(length: float | None, by: By | None, stale: bool, policy: PolicingPolicy) -> Sign:
    weight = policy.proposal.weights.distance
    if length is None:
        return Sign("distance", 0.0, weight, "位置未知", "position not known")
    near = policy.proposal.near_metres
    value = near / (near + length) * (0.5 if stale else 1.0)
    how, how_en = ("道路", "by road") if by == By.ROAD else ("直线", "in a straight line")
    old, old_en = ("，位置已过时", ", the position is stale") if stale else ("", "")
    text, text_en = f"{how}距离约{length:.0f}米{old}", f"about {length:.0f} m {how_en}{old_en}"
    return Sign("distance", round(value, 3), weight, text, text_en)


def _able(needed: list[str], missing: list[str], policy: PolicingPolicy) -> Sign:
    weight = policy.proposal.weights.skills
    if not needed:
        return Sign("skills", 1.0, weight, "没有特别技能要求", "no special skill is needed")
    value = round(1 - len(missing) / len(needed), 3)
    if not missing:
        return Sign(
            "skills",
            value,
            weight,
            f"具备所需技能：{_names(needed, policy)}",
            f"has what is needed: {', '.join(needed)}",
        )
    return Sign("skills", value, weight, f"缺少技能：{_names(missing, policy)}", f"lacks {', '.join(missing)}")


def _names(skills: list[str], policy: PolicingPolicy) -> str:
    return "、".join(policy.skill_names.get(skill, skill) for skill in skills)


def _free(load: int, policy: PolicingPolicy) -> Sign:
    text, text_en = (f"在办{load}件", f"{load} in hand") if load else ("没有在办警情", "nothing in hand")
    return Sign("load", round(1 / (1 + load), 3), policy.proposal.weights.load, text, text_en)


def _own_place(order: Order, unit: Unit, policy: PolicingPolicy) -> Sign:
    weight = policy.proposal.weights.division
    if order.division_code is None:
        return Sign("division", 0.0, weight, "案发区划未知", "the division is not known")
    own = order.division_code[:6] == unit.division_code[:6]
    text, text_en = ("本辖区", "its own division") if own else ("非本辖区", "another division")
    return Sign("division", float(own), weight, text, text_en)
