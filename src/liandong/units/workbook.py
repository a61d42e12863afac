"""The directory as an Excel workbook that people edit: a readme and a sheet for each table."""

import io
import zipfile
from typing import Any

import openpyxl
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from liandong.units.columns import TABLES, Column, Table, shown
from liandong.units.directory import Directory
from liandong.units.model import DirectoryError, Fault
from liandong.units.reading import DirectoryRead, read_tables

LARGEST_UNPACKED = 256 * 1024 * 1024  # bytes
_HEAD = PatternFill("solid", fgColor="DCE6F1")
_SPARE_ROWS = 500
_INTRO = (
    "承办单位、职责目录、值班表 / units, duties, rota",
    "改完后用 liandong units check 检查，用 liandong units import 导入并写明从哪一天起执行。有一处写错就整份不收。",
    "Check it with liandong units check, take it in with liandong units import and the day from which it counts. "
    "Nothing is taken when one cell is wrong.",
)


def write_workbook(directory: Directory) -> bytes:
    """Reading it again gives the same tables."""
    book = Workbook()
    readme = book.active
    readme.title = "说明 README"
    for line in (*_INTRO, f"版本 version {directory.version}"):
        readme.append([line])
    for table in TABLES:
        rows = {"units.csv": directory.units, "duties.csv": directory.duties, "rota.csv": directory.rota}[table.file]
        readme.append([])
        for column in table.columns:
            readme.append(
                [f"{table.name}·{column.zh} {column.field}", f"{'必填' if column.required else '可空'} {column.help}"]
            )
        _sheet(book.create_sheet(table.name), table, rows)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read_workbook(data: bytes, version: str) -> DirectoryRead:
    """Raises DirectoryError, also for a file that is no workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(member.file_size for member in package.infolist()) > LARGEST_UNPACKED:
                raise DirectoryError([Fault("", 0, "", "文件解压后过大", "too large when unpacked")])
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except DirectoryError:
        raise
    except Exception as error:  # a damaged workbook makes zipfile, the XML parser and openpyxl raise nearly anything
        told = Fault("", 0, "", "无法读取这个 Excel 文件，请另存为 xlsx", f"can't be read ({type(error).__name__})")
        raise DirectoryError([told]) from error
    tables: dict[str, list[Any]] = {}
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        tables[sheet.title.strip()] = [tuple(row) for row in sheet.iter_rows(values_only=True)]
    book.close()
    return read_tables(tables, version)


def _sheet(sheet: Any, table: Table, rows: Any) -> None:
    sheet.append([f"{column.zh}\n{column.field}" for column in table.columns])
    sheet.freeze_panes = "A2"
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for row in rows:
        sheet.append([shown(column, row) or None for column in table.columns])
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a name that begins with "=" is no formula
    for place, column in enumerate(table.columns, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = column.width
        if column.choices:
            _offer(sheet, column, f"{letter}2:{letter}{len(rows) + 1 + _SPARE_ROWS}")


def _offer(sheet: Any, column: Column, cells: str) -> None:
    listed = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
    sheet.add_data_validation(listed)
    listed.add(cells)
