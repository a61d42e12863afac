"""Rows of text → a directory. Nothing is taken when one cell is wrong: every fault is named by table, line and column."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from liandong.catalogue.columns import CellError
from liandong.units.columns import TABLES, UNITS, Column, Table, plain
from liandong.units.directory import Directory
from liandong.units.model import DirectoryError, Fault
from liandong.units.soundness import Lined, faults, warnings

MOST_ROWS = 200_000  # of one table
Cells = Sequence[Any]


class DirectoryRead(Struct, frozen=True):
    """`warnings`: what a person should look at and what stops nothing."""

    directory: Directory
    warnings: list[Fault]


def read_tables(tables: Mapping[str, Iterable[Cells]], version: str) -> DirectoryRead:
    """`tables`: name of a table → its rows with the header first. Raises DirectoryError with all that is wrong."""
    found: list[Fault] = []
    lined: dict[str, list[Lined]] = {}
    for table in TABLES:
        lined[table.name] = _read_table(table, list(tables.get(table.name, ())), found)
    if not lined[UNITS.name] and not found:
        found.append(Fault(UNITS.name, 0, "", "没有单位", "there is no unit"))
    found = found or faults(lined)
    if found:
        raise DirectoryError(found)
    units, duties, rota = (tuple(one.row for one in lined[table.name]) for table in TABLES)
    directory = Directory(version=version, units=units, duties=duties, rota=rota)
    return DirectoryRead(directory, warnings(lined))


def read_folder(folder: Path | Any, version: str) -> DirectoryRead:
    """CSV files with the names of the tables; a missing one is an empty table. Raises DirectoryError."""
    tables = {}
    for table in TABLES:
        file = folder.joinpath(table.file)
        if file.is_file():
            tables[table.name] = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    return read_tables(tables, version)


@cache
def shipped_directory() -> Directory:
    """The sample of Tianjin that comes with the program."""
    return read_folder(files("liandong.units").joinpath("data"), "shipped-1").directory


def _read_table(table: Table, rows: list[Cells], found: list[Fault]) -> list[Lined]:
    if not rows:
        return []
    if len(rows) > MOST_ROWS:
        found.append(Fault(table.name, 0, "", f"超过 {MOST_ROWS} 行", f"more than {MOST_ROWS} rows"))
        return []
    places = _places(table, rows[0])
    missing = [column for column in table.columns if column.required and column.field not in places]
    for column in missing:
        found.append(Fault(table.name, 1, "", f"缺少列“{column.zh}”", f"the column {column.field} is missing"))
    if missing:
        return []
    lines = (_read_row(table, line, cells, places, found) for line, cells in enumerate(rows[1:], start=2))
    return [line for line in lines if line is not None]


def _places(table: Table, header: Cells) -> dict[str, int]:
    names = [plain(cell).split("\n")[-1].strip() or "" for cell in header]
    chinese = [plain(cell).split("\n")[0].strip() for cell in header]
    return {
        column.field: place
        for column in table.columns
        for place in range(len(names))
        if names[place] == column.field or chinese[place] == column.zh
    }


def _read_row(table: Table, line: int, cells: Cells, places: dict[str, int], found: list[Fault]) -> Lined | None:
    if all(not plain(cell) for cell in cells):
        return None
    values: dict[str, Any] = {"line": line} if "line" in table.row.__struct_fields__ else {}  # type: ignore[attr-defined]
    whole = True
    for column in table.columns:
        place = places.get(column.field, len(cells))
        try:
            value = _read_cell(column, plain(cells[place]) if place < len(cells) else "")
        except CellError as error:
            whole = False
            found.append(Fault(table.name, line, column.zh, error.zh, error.en))
            continue
        if value is not None:
            values[column.field] = value
    return Lined(line, msgspec.convert(values, table.row)) if whole else None


def _read_cell(column: Column, text: str) -> Any:
    if text:
        return column.read(text)
    if column.required:
        raise CellError("不能为空", "must not be empty")
    return None
