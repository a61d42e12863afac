"""The calendar of working days: what the State Council published, and what a city has uploaded on top.

The published years come with the package `chinesecalendar` (holidays and make-up days of the yearly
国务院办公厅关于节假日安排的通知). A city uploads the arrangement of a year as soon as it is announced, or corrects a
published one, as CSV or JSON with `date`, `kind` (holiday or workday) and `name`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

import chinese_calendar
import msgspec

from liandong.catalogue.arrangement import ArrangementDay, DayKind, load_arrangement

log = logging.getLogger(__name__)

# The fewest public holidays a year has had since 2008 (全国年节及纪念日放假办法); fewer means part of an arrangement.
_FEWEST_HOLIDAYS = 11
_announced: set[tuple[NoticeCode, int]] = set()


class NoticeCode(StrEnum):
    """What can be wrong with the calendar of a year."""

    UNPUBLISHED = "calendar_year_unpublished"
    PARTIAL = "calendar_year_partial"


class Notice(msgspec.Struct, frozen=True):
    """A warning about a year of the calendar, in both languages; to be shown, since deadlines depend on it."""

    code: NoticeCode
    year: int
    zh: str
    en: str


def log_once(notice: Notice) -> None:
    """Log a notice as a warning with its code and year as fields, once a year and process."""
    if (notice.code, notice.year) in _announced:
        return
    _announced.add((notice.code, notice.year))
    log.warning("%s / %s", notice.zh, notice.en, extra={"code": notice.code.value, "year": notice.year})


@dataclass(frozen=True)
class Calendar:
    """Which days are worked; never raises for a year it doesn't know: then weekends only, and `announce` is told.

    exceptions: days that differ from Monday to Friday, True when worked.
    years: the years whose arrangement is known.
    """

    exceptions: Mapping[date, bool]
    years: frozenset[int]
    announce: Callable[[Notice], None] = field(default=log_once, compare=False)
    _seen: set[int] = field(default_factory=set, compare=False, repr=False)

    def is_working_day(self, day: date) -> bool:
        """True for a working day, make-up days included."""
        if day.year not in self.years:
            self._note_unpublished(day.year)
        worked = self.exceptions.get(day)
        return day.weekday() < 5 if worked is None else worked

    @property
    def unpublished_years_seen(self) -> frozenset[int]:
        """The years that this calendar was asked about without knowing their holidays."""
        return frozenset(self._seen)

    def with_arrangement(self, days: Iterable[ArrangementDay]) -> Calendar:
        """This calendar with an uploaded arrangement, whose days win; its years count as known from then on."""
        uploaded = {day.date: day.kind is DayKind.WORKDAY for day in days}
        years = frozenset(day.year for day in uploaded)
        for year in sorted(years - self.years):
            holidays = sum(not worked for day, worked in uploaded.items() if day.year == year)
            if holidays < _FEWEST_HOLIDAYS:
                self.announce(_partial(year, holidays))
        exceptions = MappingProxyType({**self.exceptions, **uploaded})
        return replace(self, exceptions=exceptions, years=self.years | years, _seen=set())

    def _note_unpublished(self, year: int) -> None:
        if year not in self._seen:
            self._seen.add(year)
            self.announce(_unpublished(year))


def state_council_calendar(
    arrangement: Path | None = None, *, announce: Callable[[Notice], None] = log_once
) -> Calendar:
    """The published calendar, with an uploaded arrangement on top when one is given.

    Raises ArrangementError when the file can't be used.
    """
    calendar = Calendar(_published_days(), _published_years(), announce)
    return calendar.with_arrangement(load_arrangement(arrangement)) if arrangement else calendar


@cache
def _published_days() -> Mapping[date, bool]:
    holidays = dict.fromkeys(chinese_calendar.constants.holidays, False)
    return MappingProxyType(holidays | dict.fromkeys(chinese_calendar.constants.workdays, True))


@cache
def _published_years() -> frozenset[int]:
    return frozenset(day.year for day in chinese_calendar.constants.holidays)


def _unpublished(year: int) -> Notice:
    return Notice(
        NoticeCode.UNPUBLISHED,
        year,
        f"警告：{year} 年的节假日安排尚未公布或未上传，只按周末计算，期限可能有误；请上传该年安排",
        f"WARNING: the holiday arrangement of {year} is neither published nor uploaded; counting weekends only, "
        f"deadlines may be wrong; upload the arrangement of {year}",
    )


def _partial(year: int, holidays: int) -> Notice:
    return Notice(
        NoticeCode.PARTIAL,
        year,
        f"警告：上传的 {year} 年安排只有 {holidays} 个放假日（全年至少 {_FEWEST_HOLIDAYS} 天），可能不完整",
        f"WARNING: the uploaded arrangement of {year} has only {holidays} holidays "
        f"(a year has at least {_FEWEST_HOLIDAYS}); it may be incomplete",
    )
