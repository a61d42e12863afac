"""Proposals as they fill a form and stand on a key: the learned ones before those of the catalogue where they are sure enough, never instead of
what is said of mode, co-handlers and duty. Pure."""

from datetime import datetime

import msgspec

from liandong.dispatching.proposing import Proposal, proposals
from liandong.dispatching.rules import matter_of
from liandong.orders.model import Order
from liandong.policy import ZONE, CityPolicy
from liandong.suggesting.model import Suggested
from liandong.units.model import MODES, Mode


def class_filled(suggested: Suggested, least: float) -> tuple[str | None, str]:
    """The finest class that the model is sure of, one above it where only that is, or nothing: I don't know. With the reason."""
    sure = [level for level in suggested.levels if level.probability >= least]
    if not sure:
        return None, "模型没有把握，请选择分类"
    best, model = sure[-1], suggested.class_
    return best.code, f"分类模型 {model.version}：{best.name}，把握 {best.probability:.0%}"


def type_filled(suggested: Suggested) -> str | None:
    return None if suggested.type.unsure else suggested.type.guesses[0].code


def units_to_press(order: Order, suggested: Suggested, policy: CityPolicy, now: datetime) -> list[Proposal]:
    """Those of the dispatch catalogue and the place; the unit that really handles such matters comes first where the model is sure of it."""
    today, local = policy.local_date(now), now.astimezone(ZONE)
    found = proposals(order, policy.directory, today, local, policy.calendar)
    learnt = suggested.unit
    if not learnt.measured or learnt.unsure:
        return found
    first = learnt.guesses[0]
    said = f"承办模型 {learnt.version}：把握 {first.probability:.0%}，{first.why}".rstrip("，")
    known = next((one for one in found if one.unit == first.code), None)
    if known is not None:
        known = msgspec.structs.replace(known, why=f"{said}；{known.why}" if known.why not in said else said)
        return [known, *(one for one in found if one.unit != first.code)]
    unit = policy.directory.unit(first.code, today)
    if unit is None or policy.directory.kept_from_streets(matter_of(order), unit, today):
        return found
    helpers = [one.code for one in suggested.co_handlers]
    mode = Mode.ORDINARY
    new = Proposal(
        action="dispatch",
        mode=mode,
        mode_zh=MODES[mode][0],
        why=said,
        unit=unit.org_code,
        unit_name=unit.name,
        phone=unit.phone,
        co_handlers=helpers,
    )
    return [new, *found]
