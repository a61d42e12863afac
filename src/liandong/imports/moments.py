"""Times as people and spreadsheets write them. A time without zone is Beijing time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from liandong.core.worktime import zone_of

BEIJING = zone_of("Asia/Shanghai")
_SERIAL_ZERO = datetime(1899, 12, 30, tzinfo=BEIJING)  # spreadsheets count days from here (ECMA-376 18.17.4.1)
_SERIALS = (20_000.0, 80_000.0)  # 1954 to 2119; other numbers are no dates
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_WRITTEN = re.compile(
    r"""(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?
    (?:[\sT]*(?P<half>上午|下午|中午|晚上|凌晨)?\s*(?P<hour>\d{1,2})\s*[:时点]\s*(?:(?P<minute>\d{1,2})\s*分?)?
    (?:\s*:?\s*(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,6})\d*)?\s*秒?)?)?""",
    re.VERBOSE,
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?"
)


def read_moment(value: object) -> datetime | None:
    """The moment that a cell holds, aware; None for an empty cell. Raises ValueError for what is no time."""
    if isinstance(value, datetime):
        return _aware(_whole_seconds(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_serial(float(value))
    text = str(value).strip() if value is not None else ""
    if not text:
        return None
    text = text.replace("：", ":").replace("／", "/")
    if _SERIAL.fullmatch(text):
        return _from_serial(float(text))
    parts = _WRITTEN.fullmatch(text) or _COMPACT.fullmatch(text)
    return _from_parts(parts.groupdict()) if parts else _aware(datetime.fromisoformat(text))


def _from_parts(parts: dict[str, str | None]) -> datetime:
    hour = int(parts["hour"] or 0)
    if parts.get("half") in ("下午", "晚上", "中午") and 1 <= hour < (11 if parts["half"] == "中午" else 12):
        hour += 12
    return datetime(
        int(parts["year"] or 0),
        int(parts["month"] or 0),
        int(parts["day"] or 0),
        hour,
        int(parts["minute"] or 0),
        int(parts["second"] or 0),
        int((parts.get("fraction") or "0").ljust(6, "0")),
        tzinfo=BEIJING,
    )


def _from_serial(days: float) -> datetime:
    if not _SERIALS[0] <= days <= _SERIALS[1]:
        raise ValueError(f"{days} is no date")
    return _whole_seconds(_SERIAL_ZERO + timedelta(days=days))


def _whole_seconds(moment: datetime) -> datetime:
    # A serial holds a second to about a millisecond only: 11:25:04.999999 was written as 11:25:05.
    rounded = moment.replace(microsecond=0) + timedelta(seconds=moment.microsecond >= 500_000)
    return rounded if abs(moment - rounded) < timedelta(milliseconds=1) else moment


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)
