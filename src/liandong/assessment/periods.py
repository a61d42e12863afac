"""Periods by the city's calendar: `2026-10` a month, `2026-W41` an ISO week, `2026-Q3` a quarter, `2026` a year, `2026-10-08` a day."""

import re
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from liandong.core.errors import AppError
from liandong.core.worktime import zone_of

ZONE = zone_of("Asia/Shanghai")
_FORM = re.compile(r"(?P<year>\d{4})(?:-(?:W(?P<week>\d\d)|Q(?P<quarter>[1-4])|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?")


class Period(Struct, frozen=True):
    """From the first moment to before the last one, both UTC. `zh`: as an office writes it."""

    name: str
    zh: str
    starts_at: datetime
    ends_at: datetime


def period_of(name: str) -> Period:
    """Raises AppError: field_invalid, saying which forms there are."""
    found = _FORM.fullmatch(name.strip())
    try:
        if found is None or not 2000 <= int(found["year"]) <= 2999:
            raise ValueError
        return _period(name.strip(), found)
    except ValueError as error:
        text = f"周期 {name!r} 应写作 2026-10（月）、2026-W41（周）、2026-Q3（季）、2026（年）或 2026-10-08（日）"
        raise AppError("field_invalid", text) from error


def before(period: Period) -> Period | None:
    """The period of the same kind just before it, for comparing."""
    last = (period.starts_at.astimezone(ZONE) - timedelta(days=1)).date()
    for name in (
        f"{last:%Y-%m-%d}",
        "{}-W{:02d}".format(*last.isocalendar()[:2]),
        f"{last:%Y-%m}",
        f"{last.year}-Q{(last.month + 2) // 3}",
        f"{last.year}",
    ):
        one = period_of(name)
        if one.ends_at == period.starts_at and len(name) == len(period.name) and _kind(name) == _kind(period.name):
            return one
    return None


def _kind(name: str) -> str:
    return re.sub(r"\d", "", name)


def _period(name: str, found: re.Match[str]) -> Period:
    year = int(found["year"])
    if found["week"]:
        first = date.fromisocalendar(year, int(found["week"]), 1)
        return _from(name, f"{year}年第{int(found['week'])}周", first, first + timedelta(days=7))
    if found["quarter"]:
        month = int(found["quarter"]) * 3 - 2
        return _from(name, f"{year}年第{found['quarter']}季度", date(year, month, 1), _months_on(year, month, 3))
    if found["day"]:
        first = date(year, int(found["month"]), int(found["day"]))
        return _from(name, f"{year}年{first.month}月{first.day}日", first, first + timedelta(days=1))
    if found["month"]:
        month = int(found["month"])
        return _from(name, f"{year}年{month}月", date(year, month, 1), _months_on(year, month, 1))
    return _from(name, f"{year}年", date(year, 1, 1), date(year + 1, 1, 1))


def _months_on(year: int, month: int, months: int) -> date:
    return date(year + (month + months - 1) // 12, (month + months - 1) % 12 + 1, 1)


def _from(name: str, zh: str, first: date, end: date) -> Period:
    return Period(name, zh, _moment(first), _moment(end))


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)
