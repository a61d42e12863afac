"""What came of an import: counts, and every row that could not be used."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import msgspec
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from liandong.imports.model import BadRow

KEPT_BAD_ROWS = 1000
_SHOWN_BAD_ROWS = 20


@dataclass
class Report:
    """Counts of rows. read = good + bad; good = imported + already once all is written.

    already: messages that were there before, or twice in the file. bad_rows: the first 1,000.
    refused: nothing was written because all or nothing was asked for and some row is bad.
    path: where all bad rows go as JSON lines, one object a row; use the report as a context manager then.
    """

    path: Path | None = None
    read: int = 0
    good: int = 0
    bad: int = 0
    already: int = 0
    imported: int = 0
    refused: bool = False
    bad_rows: list[BadRow] = field(default_factory=list)
    _file: BinaryIO | None = field(default=None, repr=False, compare=False)

    def __enter__(self) -> Report:
        if self.path:
            self._file = self.path.open("wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def add_good(self) -> None:
        self.read += 1
        self.good += 1

    def add_bad(self, row: BadRow) -> None:
        self.read += 1
        self.bad += 1
        if len(self.bad_rows) < KEPT_BAD_ROWS:
            self.bad_rows.append(row)
        if self._file:
            self._file.write(msgspec.json.encode(row) + b"\n")

    def counts(self) -> dict[str, int | bool]:
        """The counts as plain data, for `--json`."""
        return {name: getattr(self, name) for name in ("read", "good", "bad", "already", "imported", "refused")}

    def render(self) -> RenderableType:
        """The counts and the first bad rows, for a terminal."""
        parts: list[RenderableType] = [self._summary()]
        if self.refused:
            parts.append(
                Text("有错误行，按“全部或全不”一行也没有导入 / bad rows: nothing was imported", style="bold red")
            )
        if self.bad_rows:
            parts.append(self._bad_table())
        if self.bad > _SHOWN_BAD_ROWS:
            rest = self.bad - min(_SHOWN_BAD_ROWS, len(self.bad_rows))
            parts.append(Text(f"还有 {rest} 个错误行，用 --report 文件 查看全部 / {rest} more: give --report FILE"))
        return Group(*parts)

    def _summary(self) -> Table:
        table = Table(title="导入结果 / import")
        for heading in ("读取 / read", "可用 / good", "错误 / bad", "已有 / already", "导入 / imported"):
            table.add_column(heading, justify="right")
        table.add_row(*(f"{count:,}" for count in (self.read, self.good, self.bad, self.already, self.imported)))
        return table

    def _bad_table(self) -> Table:
        table = Table(title="错误行 / bad rows")
        for heading in ("行 / line", "字段 / field", "问题 / what is wrong", "原文 / begins"):
            table.add_column(heading)
        # Text, not markup: what stands in a file must not style or hide anything on the terminal.
        for row in self.bad_rows[:_SHOWN_BAD_ROWS]:
            table.add_row(Text(str(row.line)), Text(row.field), Text(row.text), Text(row.excerpt[:60]))
        return table
