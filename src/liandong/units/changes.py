"""What changes from one version of the directory to another, a line a field."""

from typing import Any

from msgspec import Struct

from liandong.units.columns import TABLES, Table, shown
from liandong.units.directory import Directory

WORDS = {"added": "新增", "removed": "删除", "changed": "修改"}


class Change(Struct, frozen=True):
    kind: str
    table: str
    key: str
    field: str = ""
    before: str = ""
    after: str = ""


def changes(before: Directory, after: Directory) -> list[Change]:
    """In the order of the tables; of a row that was added or removed only its name."""
    found: list[Change] = []
    for table in TABLES:
        old, new = _keyed(table, before), _keyed(table, after)
        for key in sorted(old.keys() | new.keys()):
            if key not in new:
                found.append(Change("removed", table.name, key, before=_title(old[key])))
            elif key not in old:
                found.append(Change("added", table.name, key, after=_title(new[key])))
            else:
                found += _fields(table, key, old[key], new[key])
    return found


def _fields(table: Table, key: str, old: Any, new: Any) -> list[Change]:
    pairs = [(column.zh, shown(column, old), shown(column, new)) for column in table.columns]
    return [Change("changed", table.name, key, zh, was, now) for zh, was, now in pairs if was != now]


def _keyed(table: Table, directory: Directory) -> dict[str, Any]:
    """A unit and a line of duties by code and first day; a shift by everything but who has it."""
    rows: dict[str, tuple[Any, ...]] = {
        "units.csv": directory.units,
        "duties.csv": directory.duties,
        "rota.csv": directory.rota,
    }
    names = {"units.csv": ("org_code", "valid_from"), "duties.csv": ("code", "valid_from")}.get(
        table.file, ("org_code", "days", "on", "start", "end")
    )
    columns = [column for column in table.columns if column.field in names]
    return {" ".join(filter(None, (shown(c, row) for c in columns))): row for row in rows[table.file]}


def _title(row: Any) -> str:
    return str(getattr(row, "name", "") or getattr(row, "title", "") or getattr(row, "person", ""))
