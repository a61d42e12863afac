"""Reading a city's uploaded arrangement of holidays and make-up days, as CSV or JSON."""

from __future__ import annotations

import csv
import io
from datetime import date
from enum import StrEnum
from pathlib import Path

import msgspec

_COLUMNS = ("date", "kind", "name")


class DayKind(StrEnum):
    """holiday: not worked; workday: worked, on whatever day of the week."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"


class ArrangementDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One day that differs from Monday to Friday."""

    date: date
    kind: DayKind
    name: str = ""


class ArrangementError(ValueError):
    """An arrangement that can't be used; the text names the file and the line or entry."""


def load_arrangement(path: Path) -> tuple[ArrangementDay, ...]:
    """Read the days of an arrangement: CSV with a header `date,kind,name`, or a JSON list of such objects.

    Raises ArrangementError for a missing, empty, unreadable or contradictory file.
    """
    text = _read(path)
    entries = _from_json(path, text) if text.lstrip().startswith(("[", "{")) else _from_csv(path, text)
    if not entries:
        raise ArrangementError(f"{path.name}：没有任何日期 / the arrangement holds no day")
    days: dict[date, ArrangementDay] = {}
    for place, entry in entries:
        day = _checked(path, place, entry)
        if days.setdefault(day.date, day).kind is not day.kind:
            raise ArrangementError(f"{path.name} {place}：{day.date} 前后矛盾 / is both a holiday and a workday")
    return tuple(days.values())


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ArrangementError(f"{path.name}：无法读取 / can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ArrangementError(f"{path.name}：请存为 UTF-8 / is not UTF-8, save it as such") from error


def _from_json(path: Path, text: str) -> list[tuple[str, object]]:
    try:
        entries = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise ArrangementError(f"{path.name}：JSON 有误 / is not valid JSON: {error}") from error
    if isinstance(entries, dict):
        entries = entries.get("days")
    if not isinstance(entries, list):
        raise ArrangementError(f"{path.name}：应为日期列表 / must be a list of days")
    return [(f"第 {number} 项 / entry {number}", entry) for number, entry in enumerate(entries, start=1)]


def _from_csv(path: Path, text: str) -> list[tuple[str, object]]:
    reader = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    if not {"date", "kind"} <= set(reader.fieldnames or ()):
        raise ArrangementError(
            f"{path.name} 第 1 行 / line 1：表头应为 / the header must be {','.join(_COLUMNS)}, not {reader.fieldnames}"
        )
    return [
        (
            f"第 {reader.line_num} 行 / line {reader.line_num}",
            {name: (row.get(name) or "").strip() for name in _COLUMNS},
        )
        for row in reader
    ]


def _checked(path: Path, place: str, entry: object) -> ArrangementDay:
    try:
        return msgspec.convert(entry, ArrangementDay)
    except msgspec.ValidationError as error:
        raise ArrangementError(
            f"{path.name} {place}：需要 date（如 2027-02-06）、kind（holiday 或 workday）/ {error}"
        ) from error
