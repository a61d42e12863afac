"""What reading a workbook gives, and what may be wrong with one. Apart from the reading, so that a node that reads none loads no spreadsheet library."""

from msgspec import Struct

from liandong.catalogue.content import Content

MOST_FAULTS = 200


class CellFault(Struct, frozen=True):
    """`column` is its letter with its name; `row` counts from 1 as the spreadsheet shows it, 0 when it is about the whole sheet."""

    sheet: str
    row: int
    column: str
    zh: str
    en: str

    def __str__(self) -> str:
        if not self.row:
            return f"表“{self.sheet}”：{self.zh} / sheet {self.sheet!r}: {self.en}"
        return (
            f"表“{self.sheet}”第 {self.row} 行 {self.column} 列：{self.zh}"
            f" / sheet {self.sheet!r}, row {self.row}, column {self.column}: {self.en}"
        )


class WorkbookError(ValueError):
    """The file can't be taken. `faults` has all that is wrong, the first 200."""

    def __init__(self, found: list[CellFault]) -> None:
        super().__init__("\n".join(map(str, found)))
        self.faults = found[:MOST_FAULTS]


class WorkbookRead(Struct, frozen=True):
    """`base`: the digest of the version that the file was exported from; empty when the file does not say."""

    content: Content
    base: str
    title: str
