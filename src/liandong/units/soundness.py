"""What is wrong with the tables together: holes in the tree, circles, unknown units, overlapping days. Empty when they may be used."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from msgspec import Struct
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

from liandong.catalogue.units import rows_of
from liandong.core.worktime import OfficeHours, WorkTimeError
from liandong.units.columns import DUTIES, ROTA, UNITS
from liandong.units.directory import BUREAU
from liandong.units.model import KINDS, Fault, Mode, Unit


class Lined(Struct, frozen=True):
    """A row with the line that it stands on."""

    line: int
    row: Any


Tables = dict[str, list[Lined]]


def faults(tables: Tables) -> list[Fault]:
    """Everything, not just the first."""
    units = tables[UNITS.name]
    return [
        *_tree(units),
        *_circles(units, "parent", "上级机构代码", "上级", "parents"),
        *_circles(units, "successor", "承接机构代码", "承接单位", "successors"),
        *_days(units, UNITS.name),
        *_overlaps(units, UNITS.name, lambda unit: unit.org_code, "机构代码"),
        *_duties(tables[DUTIES.name], units),
        *_days(tables[DUTIES.name], DUTIES.name),
        *_overlaps(tables[DUTIES.name], DUTIES.name, lambda duty: duty.code, "代码"),
        *_overlaps(tables[DUTIES.name], DUTIES.name, lambda duty: (duty.class_code, duty.divisions), "事项分类"),
        *_rota(tables[ROTA.name], units),
    ]


def warnings(tables: Tables) -> list[Fault]:
    """GB 32100: genuine codes of old do not all pass, so a wrong one is shown and taken (domain §6)."""
    found = []
    for one in tables[UNITS.name]:
        try:
            uscc.validate(one.row.org_code)
        except ValidationError:
            found.append(
                Fault(
                    UNITS.name,
                    one.line,
                    "机构代码",
                    f"{one.row.org_code} 不符合 GB 32100，请核对",
                    "not a code of GB 32100",
                )
            )
    return found


def _tree(units: list[Lined]) -> Iterator[Fault]:
    known = {one.row.org_code for one in units}
    divisions = {row["code"] for row in rows_of("divisions.csv")}
    for one in units:
        unit: Unit = one.row
        if unit.parent and unit.parent not in known:
            yield _fault(one, "上级机构代码", f"没有上级 {unit.parent}", f"there is no parent {unit.parent}")
        if unit.successor and unit.successor not in known:
            yield _fault(one, "承接机构代码", f"没有单位 {unit.successor}", f"there is no unit {unit.successor}")
        if unit.successor and (unit.valid_to is None or unit.succession is None):
            yield _fault(
                one, "承接机构代码", "有承接单位，须写止日和变更方式", "a successor needs a last day and a succession"
            )
        if unit.succession and not unit.successor:
            yield _fault(one, "承接机构代码", "未写由谁承接，在办工单会无人办理", "nobody takes over its open orders")
        unknown = [code for code in (unit.division_code, *unit.covers) if code[:6] not in divisions]
        for code in unknown:
            yield _fault(one, "行政区划代码", f"没有区划 {code}", f"there is no division {code}")
        if unit.hours:
            try:
                OfficeHours.parse(unit.hours)
            except WorkTimeError as error:
                yield _fault(one, "办公时间", "应如 08:30-12:00,14:00-18:00", str(error))


def _circles(units: list[Lined], field: str, column: str, zh: str, en: str) -> Iterator[Fault]:
    above = {one.row.org_code: getattr(one.row, field) for one in units}
    told: set[str] = set()
    for one in units:
        way, code = [one.row.org_code], above[one.row.org_code]
        while code and code in above and code not in way:
            way.append(code)
            code = above[code]
        if code in way and code not in told:
            circle = way[way.index(code) :]
            told |= set(circle)
            at = next(u for u in units if u.row.org_code == code)
            yield _fault(at, column, f"{zh}成环：{' → '.join([*circle, code])}", f"{en} go round in a circle")


def _days(rows: list[Lined], table: str) -> Iterator[Fault]:
    for one in rows:
        first, last = one.row.valid_from, one.row.valid_to
        if first and last and last < first:
            yield Fault(table, one.line, "止", f"{last} 早于起日 {first}", "the last day is before the first")


def _overlaps(rows: list[Lined], table: str, key: Callable[[Any], Any], column: str) -> Iterator[Fault]:
    same: dict[Any, list[Lined]] = defaultdict(list)
    for one in rows:
        same[key(one.row)].append(one)
    for group in same.values():
        group.sort(key=lambda one: one.row.valid_from or date.min)
        for before, after in pairwise(group):
            if (before.row.valid_to or date.max) >= (after.row.valid_from or date.min):
                yield Fault(
                    table, max(before.line, after.line), column,
                    f"与第 {min(before.line, after.line)} 行有效期重叠", f"its days overlap those of line {min(before.line, after.line)}",
                )  # fmt: skip


def _duties(duties: list[Lined], units: list[Lined]) -> Iterator[Fault]:
    known = {one.row.org_code for one in units}
    classes = {row["code"] for row in (*rows_of("matter_classes.csv"), *rows_of("police_classes.csv"))}
    endings = tuple(one.row.short for one in units if one.row.kind == "sub-bureau")
    for one in duties:
        duty = one.row
        for column, named in (("主办", duty.owner), *(("协办", code) for code in duty.co_handlers)):
            bureau = named.startswith(BUREAU) and any(s.endswith(named.removeprefix(BUREAU)) for s in endings)
            if named not in known and named not in KINDS and not bureau:
                yield Fault(DUTIES.name, one.line, column, f"没有单位“{named}”", f"there is no unit {named!r}")
        if duty.class_code not in classes:
            yield Fault(
                DUTIES.name, one.line, "事项分类", f"没有分类 {duty.class_code}", f"there is no class {duty.class_code}"
            )
        if duty.mode == Mode.AT_ONCE and not duty.answer:
            yield Fault(
                DUTIES.name, one.line, "即答口径", "即问即答须有口径", "an answer given at once needs its words"
            )
        if not duty.street and duty.owner in ("street", "community", "grid"):
            yield Fault(DUTIES.name, one.line, "可派街镇", "主办就是街镇", "the owner is a street office itself")


def _rota(rota: list[Lined], units: list[Lined]) -> Iterator[Fault]:
    known = {one.row.org_code for one in units}
    for one in rota:
        if one.row.org_code not in known:
            yield Fault(
                ROTA.name, one.line, "机构代码", f"没有单位 {one.row.org_code}", f"there is no unit {one.row.org_code}"
            )
        if bool(one.row.days) == (one.row.on is not None):
            yield Fault(ROTA.name, one.line, "星期", "星期与日期须写且只写一个", "needs either weekdays or a date")


def _fault(one: Lined, column: str, zh: str, en: str) -> Fault:
    return Fault(UNITS.name, one.line, column, zh, en)
