"""A transfer list as an Excel workbook that people edit: a readme, and a sheet for each direction."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from liandong.catalogue.columns import COLUMNS, HEADER
from liandong.catalogue.content import Content, digest_of, write_content
from liandong.catalogue.diff import WORDS, Change
from liandong.catalogue.transfer import Item

README = "说明 README"
BASE_LABEL = "底稿摘要 base digest"  # what this file was made from; the import reads it again
ARROW = "→"
_HEAD = PatternFill("solid", fgColor="DCE6F1")
_COLOURS = {"added": "E2F0D9", "removed": "F8CBAD", "changed": "FFF2CC"}
_LINE = Border(bottom=Side(style="thin", color="BFBFBF"))
_TOP = Alignment(vertical="top", wrap_text=True)
_SPARE_ROWS = 300  # rows below the last one that offer the lists as well
_INTRO = (
    "对接事项清单 / transfer list",
    "每个方向一张表，每行一个事项。改完后用 liandong catalogue import 导入，成为草稿；双方同意同一内容并到生效日后才起作用。",
    "One sheet for each direction, one row an item. Import it with liandong catalogue import: it becomes a draft, and counts "
    "once both centres have agreed to the very same content and its day has come.",
    "有一行写错就整份不收，报告会指出表、行、列。/ Nothing is taken when one cell is wrong; the report names sheet, row and column.",
)


def sheet_name(sender: str, to: str) -> str:
    return f"{sender}{ARROW}{to}"


def write_workbook(content: Content, title: str = "") -> bytes:
    """The whole file. Reading it again gives the same content with the same digest."""
    book = Workbook()
    _readme(book.active, content, title)
    here, there = content.centres
    titles = {category.code: category.title for category in content.categories}
    for sender, to in ((there, here), (here, there)):
        sheet = book.create_sheet(sheet_name(sender, to))
        items = [item for item in content.items if (item.from_, item.to) == (sender, to)]
        _items(sheet, items, titles)
    return _bytes(book)


def write_diff(changes: Sequence[Change]) -> bytes:
    """One coloured row for each field that changes."""
    book = Workbook()
    sheet = book.active
    sheet.title = "差异 diff"
    _header(
        sheet, ("变化\nkind", "类型\nwhat", "代码\ncode", "名称\ntitle", "字段\nfield", "原为\nbefore", "现为\nafter")
    )
    for change in changes:
        for field in change.fields or (None,):
            after = (field.field, _plain(field.before), _plain(field.after)) if field else ("", "", "")
            sheet.append([WORDS[change.kind], change.what, change.code, change.title, *after])
            for cell in sheet[sheet.max_row]:
                cell.fill = PatternFill("solid", fgColor=_COLOURS[change.kind])
                cell.alignment = _TOP
                cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    for letter, width in zip("ABCDEFG", (8, 10, 10, 30, 16, 50, 50), strict=True):
        sheet.column_dimensions[letter].width = width
    return _bytes(book)


def _readme(sheet: Worksheet, content: Content, title: str) -> None:
    sheet.title = README
    sheet.column_dimensions["A"].width = 26
    sheet.column_dimensions["B"].width = 100
    for line in _INTRO:
        sheet.append([line])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([])
    for label, value in (
        ("名称 title", title),
        ("中心 centres", " ".join(content.centres)),
        ("事项 items", str(len(content.items))),
        (BASE_LABEL, digest_of(write_content(content))),
    ):
        sheet.append([label, value])
    sheet.append([])
    sheet.append(["列 column", "写法 how to write it"])
    sheet.cell(sheet.max_row, 1).font = sheet.cell(sheet.max_row, 2).font = Font(bold=True)
    for column in COLUMNS:
        choices = f"（{'、'.join(column.choices)}）" if column.choices else ""
        must = "必填 required" if column.required else "可空 optional"
        sheet.append([f"{column.zh} {column.field}", f"{must}{choices} {column.help}".strip()])


def _items(sheet: Worksheet, items: Sequence[Item], titles: dict[str, str]) -> None:
    _header(sheet, [HEADER[column.field] for column in COLUMNS])
    for item in items:
        sheet.append([_cell(item, column, titles) for column in COLUMNS])
        for cell in sheet[sheet.max_row]:
            cell.alignment = _TOP
            cell.border = _LINE
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a keyword that begins with "=" is no formula
    last = len(items) + 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{max(last, 2)}"
    for place, column in enumerate(COLUMNS, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = column.width
        if column.choices:
            _offer(sheet, f"{letter}2:{letter}{last + _SPARE_ROWS}", column.choices)
        if column.field.startswith("effective"):
            for row in range(2, last + 1):
                sheet[f"{letter}{row}"].number_format = "yyyy-mm-dd"


def _cell(item: Item, column: Any, titles: dict[str, str]) -> Any:
    if column.field == "category_title":
        return titles.get(item.category, "")
    value = getattr(item, column.field)
    return None if value is None else column.show(value)


def _header(sheet: Worksheet, names: Sequence[str]) -> None:
    sheet.append(list(names))
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = _HEAD
        cell.alignment = Alignment(vertical="center", wrap_text=True)


def _offer(sheet: Worksheet, cells: str, choices: tuple[str, ...]) -> None:
    listed = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    listed.error, listed.errorTitle = f"请选择：{'、'.join(choices)}", "不在选项中"
    listed.showErrorMessage = True
    sheet.add_data_validation(listed)
    listed.add(cells)


def _plain(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)


def _bytes(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
