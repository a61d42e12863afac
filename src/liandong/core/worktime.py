"""Deadlines in wall-clock time, in office hours and in working days.

Everything here is a pure function of its arguments: which days are worked is asked of a `WorkingDays`,
when a day is worked of `OfficeHours`, and the present moment is always a parameter. Moments must be aware;
they may be in any zone and come back in the zone of the office hours.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

END_OF_DAY = time(23, 59, 59, 999_000)  # the last millisecond: what ticket desks store and compare with
_LONGEST_REST = 400  # days; a longer run without work means a broken arrangement, not a holiday
_ONE_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)


class WorkTimeError(ValueError):
    """A deadline that can't be computed: naive moment, no working time ahead, out of the range of dates."""


class WorkingDays(Protocol):
    """Says which days are worked."""

    def is_working_day(self, day: date) -> bool: ...


class LimitKind(StrEnum):
    """How a limit is measured. The first four run round the clock, every day."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKING_MINUTES = "working_minutes"
    WORKING_DAYS = "working_days"

    @property
    def is_wall_clock(self) -> bool:
        return self in _WALL_UNITS


_WALL_UNITS = {
    LimitKind.SECONDS: timedelta(seconds=1),
    LimitKind.MINUTES: timedelta(minutes=1),
    LimitKind.HOURS: timedelta(hours=1),
    LimitKind.DAYS: timedelta(days=1),
}


# Ten years: more is a slip of the keyboard, and would ask the calendar about centuries.
_LONGEST = {
    LimitKind.SECONDS: 3660 * 86_400,
    LimitKind.MINUTES: 3660 * 1440,
    LimitKind.HOURS: 3660 * 24,
    LimitKind.DAYS: 3660,
    LimitKind.WORKING_MINUTES: 2500 * 1440,
    LimitKind.WORKING_DAYS: 2500,
}


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long something may take: a kind and a whole amount of it, from 1 to ten years."""

    kind: LimitKind
    amount: int

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "kind", LimitKind(self.kind))
        if isinstance(self.amount, bool) or not isinstance(self.amount, int) or self.amount < 1:
            raise WorkTimeError(f"a limit must be a whole number of at least 1, not {self.amount!r}")
        if self.amount > _LONGEST[self.kind]:
            raise WorkTimeError(f"a limit may be at most {_LONGEST[self.kind]} {self.kind} (ten years)")

    @property
    def wall(self) -> timedelta:
        """The length of a wall-clock limit. Raises WorkTimeError for the working kinds."""
        if self.kind not in _WALL_UNITS:
            raise WorkTimeError(f"{self.kind} has no fixed length in wall-clock time")
        return self.amount * _WALL_UNITS[self.kind]


Span = tuple[time, time]


class OfficeHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, cache_hash=True):
    """When a working day is worked: spans of local time, in order and apart. A span ending 00:00 ends at midnight."""

    spans: tuple[Span, ...] = ((time(8, 30), time(12)), (time(14), time(18)))
    zone: str = "Asia/Shanghai"

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if not self.spans:
            raise WorkTimeError("office hours need at least one span")
        last_end = 0
        for start, end in self.spans:
            if _seconds(start) < last_end or _seconds(start) >= _seconds_of_end(end):
                raise WorkTimeError(f"office hours {start:%H:%M}-{end:%H:%M}: spans must be in order and not overlap")
            last_end = _seconds_of_end(end)

    @classmethod
    def parse(cls, text: str, zone: str = "Asia/Shanghai") -> OfficeHours:
        """Read "08:30-12:00,14:00-18:00"; 24:00 may end the last span. Raises WorkTimeError naming the bad span."""
        return cls(tuple(_parse_span(part) for part in text.replace("，", ",").split(",")), zone)

    @property
    def tz(self) -> tzinfo:
        return zone_of(self.zone)


def deadline(start: datetime, limit: Limit, *, calendar: WorkingDays, hours: OfficeHours) -> datetime:
    """The moment when `limit`, begun at `start`, is used up, in the zone of `hours`.

    Working days are counted from the day after the start (so the day of the start is free, worked or not)
    and end at 23:59:59.999 local time of the last. Working minutes pass only inside office hours of working
    days; a deadline that falls on the end of a span stays there. Raises WorkTimeError.
    """
    _require_aware(start)
    try:
        if limit.kind.is_wall_clock:
            return (start.astimezone(UTC) + limit.wall).astimezone(hours.tz)
        if limit.kind is LimitKind.WORKING_MINUTES:
            return add_working_time(start, timedelta(minutes=limit.amount), calendar=calendar, hours=hours)
        first = start.astimezone(hours.tz).date()
        return _end_of(add_working_days(first, limit.amount, calendar=calendar), hours)
    except OverflowError as error:
        raise WorkTimeError("the deadline lies beyond the year 9999") from error


class Left(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a paused clock has left, in its own measure; plain data, so that it can be stored.

    measure: "wall" and "working" in `microseconds`; "working_days" in `days` after the day of the pause
    (`paused_on`); "overdue" in negative `microseconds` of wall-clock time.
    tail: microseconds that the stored deadline lay behind the one this calendar gives; 0 unless it was
    computed under another policy, and kept so that a pause takes nothing away from a promise once made.
    """

    measure: str
    microseconds: int = 0
    days: int = 0
    paused_on: date | None = None
    tail: int = 0


def remaining(now: datetime, due: datetime, *, limit: Limit, calendar: WorkingDays, hours: OfficeHours) -> Left:
    """What is left at `now` of a clock of this limit that is due at `due`. Raises WorkTimeError."""
    _require_aware(now)
    _require_aware(due)
    now, due = now.astimezone(UTC), due.astimezone(UTC)
    if limit.kind.is_wall_clock:
        return Left("wall", microseconds=(due - now) // _MICROSECOND)
    if now > due:
        return Left("overdue", microseconds=(due - now) // _MICROSECOND)
    if limit.kind is LimitKind.WORKING_MINUTES:
        return _working_time_left(now, due, calendar=calendar, hours=hours)
    return _working_days_left(now, due, calendar=calendar, hours=hours)


def resume(now: datetime, left: Left, *, calendar: WorkingDays, hours: OfficeHours) -> datetime:
    """The new deadline of a clock that runs again from `now` with `left`, in the zone of `hours`.

    Resuming at the moment of the pause gives the old deadline exactly. A clock that was overdue stays overdue by
    as much. Working days are counted from the day after the resumption, as they are after a start; a clock paused on its last
    day and resumed on another has one working day, since the rest of a day can't be carried over. Raises WorkTimeError.
    """
    _require_aware(now)
    try:
        match left.measure:
            case "wall" | "overdue":
                due = now.astimezone(UTC) + left.microseconds * _MICROSECOND
            case "working":
                span = left.microseconds * _MICROSECOND
                due = add_working_time(now, span, calendar=calendar, hours=hours).astimezone(UTC)
            case "working_days":
                due = _resumed_days(now.astimezone(hours.tz).date(), left, calendar=calendar, hours=hours)
            case other:
                raise WorkTimeError(f"unknown measure of what is left: {other!r}")
        return (due + left.tail * _MICROSECOND).astimezone(hours.tz)
    except OverflowError as error:
        raise WorkTimeError("the deadline lies beyond the year 9999") from error


def add_working_days(day: date, count: int, *, calendar: WorkingDays) -> date:
    """The `count`-th working day after `day`; `day` itself for 0. Raises WorkTimeError after 400 days without work."""
    rested = 0
    while count:
        day += _ONE_DAY
        if calendar.is_working_day(day):
            count, rested = count - 1, 0
        else:
            rested = _rested(rested, day)
    return day


def working_days_between(after: date, until: date, *, calendar: WorkingDays) -> int:
    """How many working days lie after `after`, up to and including `until`; 0 when `until` is not later."""
    span = (until - after).days
    return sum(calendar.is_working_day(after + timedelta(days=offset)) for offset in range(1, span + 1))


def add_working_time(start: datetime, span: timedelta, *, calendar: WorkingDays, hours: OfficeHours) -> datetime:
    """The earliest moment by which `span` of working time has passed since `start`; `start` itself for none.

    In the zone of `hours`. Raises WorkTimeError after 400 days without work.
    """
    _require_aware(start)
    day, start = start.astimezone(hours.tz).date(), start.astimezone(UTC)
    rested = 0
    while span > timedelta(0):
        worked = calendar.is_working_day(day)
        for begins, ends in _spans_of(day, hours) if worked else ():
            begins = max(begins, start)
            if ends - begins >= span:
                return (begins + span).astimezone(hours.tz)
            span -= max(ends - begins, timedelta(0))
        rested = 0 if worked else _rested(rested, day)
        day += _ONE_DAY
    return start.astimezone(hours.tz)


def working_time_between(start: datetime, end: datetime, *, calendar: WorkingDays, hours: OfficeHours) -> timedelta:
    """How much working time lies between two aware moments; none when `end` is not later."""
    day, last = start.astimezone(hours.tz).date(), end.astimezone(hours.tz).date()
    total = timedelta(0)
    while day <= last:
        for begins, ends in _spans_of(day, hours) if calendar.is_working_day(day) else ():
            total += max(min(ends, end) - max(begins, start), timedelta(0))
        if day == last:  # no step behind the last of all dates
            break
        day += _ONE_DAY
    return total


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name. Raises WorkTimeError for an unknown one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        # A bare machine may have no zone data at all; China has had one offset and no summer time since 1992.
        if name == "Asia/Shanghai":
            return timezone(timedelta(hours=8), name)
        raise WorkTimeError(f"unknown time zone {name!r}") from error


def _working_time_left(now: datetime, due: datetime, *, calendar: WorkingDays, hours: OfficeHours) -> Left:
    span = working_time_between(now, due, calendar=calendar, hours=hours)
    again = add_working_time(now, span, calendar=calendar, hours=hours).astimezone(UTC)
    return Left("working", microseconds=span // _MICROSECOND, tail=(due - again) // _MICROSECOND)


def _working_days_left(now: datetime, due: datetime, *, calendar: WorkingDays, hours: OfficeHours) -> Left:
    today = now.astimezone(hours.tz).date()
    days = working_days_between(today, due.astimezone(hours.tz).date(), calendar=calendar)
    again = _end_of(add_working_days(today, days, calendar=calendar), hours).astimezone(UTC)
    return Left("working_days", days=days, paused_on=today, tail=(due - again) // _MICROSECOND)


def _resumed_days(today: date, left: Left, *, calendar: WorkingDays, hours: OfficeHours) -> datetime:
    days = left.days if today == left.paused_on else max(left.days, 1)
    return _end_of(add_working_days(today, days, calendar=calendar), hours).astimezone(UTC)


def _end_of(day: date, hours: OfficeHours) -> datetime:
    return datetime.combine(day, END_OF_DAY, hours.tz)


@lru_cache(maxsize=4096)
def _spans_of(day: date, hours: OfficeHours) -> tuple[tuple[datetime, datetime], ...]:
    # In UTC, because the difference of two local moments ignores a change of the clocks between them.
    midnight = time(0)
    return tuple(
        (
            datetime.combine(day, start, hours.tz).astimezone(UTC),
            datetime.combine(day if end != midnight else day + _ONE_DAY, end, hours.tz).astimezone(UTC),
        )
        for start, end in hours.spans
    )


def _rested(days: int, day: date) -> int:
    if days >= _LONGEST_REST:
        raise WorkTimeError(f"no working day in the {_LONGEST_REST} days before {day}")
    return days + 1


def _parse_span(text: str) -> Span:
    begins, dash, ends = text.replace("–", "-").replace("：", ":").strip().partition("-")
    try:
        start = time.fromisoformat(begins.strip())
        end = time(0) if ends.strip() == "24:00" else time.fromisoformat(ends.strip())
    except ValueError as error:
        raise WorkTimeError(f"{text.strip()!r} is not a span of office hours such as 08:30-12:00") from error
    if not dash or start.tzinfo or end.tzinfo:
        raise WorkTimeError(f"{text.strip()!r} is not a span of office hours such as 08:30-12:00")
    return start, end


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _seconds_of_end(moment: time) -> int:
    return _seconds(moment) or 24 * 3600


def _require_aware(moment: datetime) -> None:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise WorkTimeError(f"{moment.isoformat()} has no time zone")
