"""Reads a transfer list from a workbook. Nothing is taken when one cell is wrong: every fault is named by sheet, row and column."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
from msgspec import Struct
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils import get_column_letter

from liandong.catalogue.columns import COLUMNS, HEADER, CellError, Column
from liandong.catalogue.content import new_content, pair_of
from liandong.catalogue.soundness import Check, faults
from liandong.catalogue.transfer import Category, Item
from liandong.catalogue.workbook import ARROW, BASE_LABEL
from liandong.catalogue.workbook_faults import CellFault, WorkbookError, WorkbookRead

LARGEST_UNPACKED = 64 * 1024 * 1024  # bytes; more is no list of items
MOST_ROWS = 20_000  # rows of one sheet


class _Row(Struct, frozen=True):
    sheet: str
    number: int
    places: dict[str, str]
    item: Item
    category_title: str


def read_workbook(data: bytes, check: Check) -> WorkbookRead:
    """Raises WorkbookError."""
    with _open(data) as book:
        sheets = {sheet.title: [tuple(row) for row in _limited(sheet)] for sheet in book.worksheets}
    pairs = {name: _direction(name) for name in sheets}
    centres = {pair_of(*pair) for pair in pairs.values() if pair}
    if len(centres) != 1:
        raise WorkbookError(
            [_whole("", f"应有名为“甲{ARROW}乙”的表，且只涉及两个中心", f"needs sheets named A{ARROW}B of two centres")]
        )
    found: list[CellFault] = []
    rows: list[_Row] = []
    for name, pair in pairs.items():
        if pair:
            rows += _read_sheet(name, pair, sheets[name], found)
    categories = _categories(rows, found)
    content = new_content(centres.pop(), categories, (row.item for row in rows))
    if not found:
        found = [_placed(fault, rows) for fault in faults(content, check)]
    if found:
        raise WorkbookError(found)
    told = _told(sheets)
    return WorkbookRead(content, base=told.get(BASE_LABEL, ""), title=told.get("名称 title", ""))


def _open(data: bytes) -> Any:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(member.file_size for member in package.infolist()) > LARGEST_UNPACKED:
                raise WorkbookError([_whole("", "文件解压后过大", "too large when unpacked")])
        with warnings.catch_warnings(action="ignore"):  # about styles, which nobody here needs
            return _Closing(openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False))
    except WorkbookError:
        raise
    except Exception as error:  # a damaged workbook makes zipfile, the XML parser and openpyxl raise nearly anything
        raise WorkbookError(
            [
                _whole(
                    "", "无法读取这个 Excel 文件，请另存为 xlsx", f"the workbook can't be read ({type(error).__name__})"
                )
            ]
        ) from error


class _Closing:
    def __init__(self, book: Any) -> None:
        self._book = book

    def __enter__(self) -> Any:
        return self._book

    def __exit__(self, *_: object) -> None:
        self._book.close()


def _limited(sheet: Any) -> Iterator[Any]:
    sheet.reset_dimensions()  # some programs write a wrong size of the sheet, and rows would be lost
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if number > MOST_ROWS:
            raise WorkbookError([_whole(sheet.title, f"超过 {MOST_ROWS} 行", f"more than {MOST_ROWS} rows")])
        yield row


def _direction(sheet: str) -> tuple[str, str] | None:
    sender, arrow, to = sheet.partition(ARROW)
    return (sender.strip(), to.strip()) if arrow and sender.strip() and to.strip() else None


def _read_sheet(sheet: str, pair: tuple[str, str], rows: list[Any], found: list[CellFault]) -> Iterator[_Row]:
    header = rows[0] if rows else ()
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        field = _field_of(name)
        if field in places:
            found.append(CellFault(sheet, 1, get_column_letter(place + 1), f"列“{field}”出现两次", f"{field} twice"))
        elif field:
            places[field] = place
    missing = [column for column in COLUMNS if column.required and column.field not in places]
    for column in missing:
        found.append(_whole(sheet, f"缺少列“{column.zh}”", f"the column {column.field} is missing"))
    if missing:
        return
    letters = {field: get_column_letter(place + 1) for field, place in places.items()}
    for number, cells in enumerate(rows[1:], start=2):
        if all(cell is None or not str(cell).strip() for cell in cells):
            continue
        read = _read_row(sheet, number, cells, places, found)
        if read is not None:
            title = read.pop("category_title")
            yield _Row(sheet, number, letters, Item(from_=pair[0], to=pair[1], **read), title)


def _read_row(
    sheet: str, number: int, cells: Any, places: dict[str, int], found: list[CellFault]
) -> dict[str, Any] | None:
    values: dict[str, Any] = {}
    whole = True
    for column in COLUMNS:
        if column.field not in places:
            continue
        place = places[column.field]
        cell = cells[place] if place < len(cells) else None
        try:
            value = _read_cell(column, cell)
        except CellError as error:
            whole = False
            found.append(CellFault(sheet, number, _named(column, place), error.zh, error.en))
            continue
        if value is not None:
            values[column.field] = value
    return values if whole else None


def _read_cell(column: Column, cell: Any) -> Any:
    """None: left empty, so the item's own default stands."""
    if isinstance(cell, str) and cell in ERROR_CODES:
        raise CellError(f"是错误值 {cell}", f"holds the error {cell}")
    empty = cell is None or not str(cell).strip()
    if empty and column.required:
        raise CellError("不能为空", "must not be empty")
    return None if empty else column.read(cell)


def _categories(rows: list[_Row], found: list[CellFault]) -> list[Category]:
    known: dict[str, tuple[Category, _Row]] = {}
    for row in rows:
        item = row.item
        category = Category(code=item.category, title=row.category_title, sender=item.from_, to=item.to)
        before, first = known.setdefault(item.category, (category, row))
        if before != category:
            found.append(
                CellFault(
                    row.sheet,
                    row.number,
                    f"{row.places['category_title']}（类别）",
                    f"类别 {item.category} 与表“{first.sheet}”第 {first.number} 行的“{before.title}”不一致",
                    f"category {item.category} differs from row {first.number} of sheet {first.sheet!r}",
                )
            )
    return [category for category, _ in known.values()]


def _placed(fault: Any, rows: list[_Row]) -> CellFault:
    """A fault of the content at the cell it came from; of a code that is used twice, the last use."""
    row = next((row for row in reversed(rows) if fault.code in (row.item.code, row.item.category)), None)
    if row is None:
        return _whole("", fault.zh, fault.en)
    letter = row.places.get(fault.field, "")
    zh = next((column.zh for column in COLUMNS if column.field == fault.field), fault.field)
    return CellFault(row.sheet, row.number, f"{letter}（{zh}）", fault.zh, fault.en)


def _told(sheets: dict[str, list[Any]]) -> dict[str, str]:
    """The labels of the readme."""
    rows = (row for name, rows in sheets.items() if not _direction(name) for row in rows)
    return {str(row[0]).strip(): str(row[1] or "").strip() for row in rows if len(row) > 1 and row[0]}


def _field_of(name: Any) -> str:
    text = str(name or "").strip()
    last = text.splitlines()[-1].strip() if text else ""
    for column in COLUMNS:
        if last == column.field or text in (column.zh, HEADER[column.field]):
            return column.field
    return ""


def _named(column: Column, place: int) -> str:
    return f"{get_column_letter(place + 1)}（{column.zh}）"


def _whole(sheet: str, zh: str, en: str) -> CellFault:
    return CellFault(sheet, 0, "", zh, en)
