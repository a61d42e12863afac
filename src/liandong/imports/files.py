"""Opening a file of messages, whatever its format, and reading it row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from liandong.imports import csvfile, jsonlfile, xlsxfile
from liandong.imports.columns import check_mapping, missing_columns, require_columns
from liandong.imports.encoding import Lines, detect_encoding
from liandong.imports.model import BadRow, MessageFileError, RawRow, Row
from liandong.imports.rows import RowBuilder

_HEADER_ROWS = 5  # a title and a remark or two may stand above the header
_CELL_COUNT = "有 {found} 格，表头有 {columns} 列，可能缺少引号 / {found} cells where the header has {columns}: is a quote missing?"


def open_messages(path: Path, mapping: Mapping[str, str] | None = None) -> MessageFile:
    """Open a csv, xlsx or jsonl file of messages for reading.

    mapping: field → column name, winning over the headers known. Raises MessageFileError when the file as a whole
    can't be imported: absent, empty, of unknown encoding, without the columns needed.
    """
    check_mapping(mapping or {})
    path = Path(path)
    kind = _kind_of(path)
    return _OPENERS[kind](path, dict(mapping or {}))


class MessageFile:
    """A file of messages: each pass over it yields a `Row` or a `BadRow` for every row that isn't blank."""

    def __init__(self, path: Path, kind: str, *, mapping: dict[str, str], encoding: str = "") -> None:
        self.path = path
        self.kind = kind
        self.encoding = encoding
        self._mapping = mapping
        self._size = max(path.stat().st_size, 1)
        self._reading: BinaryIO | None = None

    def __iter__(self) -> Iterator[Row | BadRow]:
        builder = RowBuilder(self._mapping)
        for raw in self._raw_rows():
            yield builder.build(raw)

    @property
    def fraction_read(self) -> float | None:
        """How far the present pass has come, 0 to 1; None when the format doesn't tell (xlsx)."""
        if self._reading is None:
            return None
        return 1.0 if self._reading.closed else min(self._reading.tell() / self._size, 1.0)

    def _raw_rows(self) -> Iterator[RawRow]:
        raise NotImplementedError

    def _lines(self, file: BinaryIO) -> Lines:
        self._reading = file
        return Lines(file, self.encoding)


class _TableFile(MessageFile):
    """A format with one header for all rows."""

    _header: tuple[str, ...] = ()
    _header_line = 0

    def _find_header(self) -> None:
        records = self._records()
        head = list(islice(records, _HEADER_ROWS))
        if not head:
            raise _empty()
        headers = [tuple("" if cell is None else str(cell) for cell in raw.cells) for raw in head]
        fitting = (number for number, header in enumerate(headers) if not missing_columns(header, self._mapping))
        chosen = next(fitting, None)
        if chosen is None:
            require_columns(headers[0], self._mapping)
            return
        self._header, self._header_line = headers[chosen], head[chosen].line
        if chosen + 1 == len(head) and next(records, None) is None:
            raise MessageFileError("empty", "文件只有表头，没有内容 / the file has a header and no rows")

    def _raw_rows(self) -> Iterator[RawRow]:
        for raw in self._records():
            if raw.line > self._header_line:
                yield self._with_header(raw)

    def _with_header(self, raw: RawRow) -> RawRow:
        return RawRow(raw.line, self._header, raw.cells, raw.problem, raw.beginning)

    def _records(self) -> Iterator[RawRow]:
        raise NotImplementedError


class _CsvFile(_TableFile):
    def __init__(self, path: Path, mapping: dict[str, str]) -> None:
        super().__init__(path, "csv", mapping=mapping, encoding=detect_encoding(path))
        with path.open("rb") as file:
            self._delimiter = csvfile.find_delimiter(Lines(file, self.encoding), mapping)
        self._find_header()

    def _records(self) -> Iterator[RawRow]:
        with self.path.open("rb") as file:
            yield from csvfile.read_records(self._lines(file), self._delimiter)

    def _with_header(self, raw: RawRow) -> RawRow:
        found, columns = len(raw.cells), len(self._header)
        problem = raw.problem
        # Empty cells too many do no harm; any other count means that cells may stand in the wrong column.
        if not problem and (found < columns or any(raw.cells[columns:])):
            problem = _CELL_COUNT.format(found=found, columns=columns)
        return RawRow(raw.line, self._header, raw.cells, problem, raw.beginning)


class _XlsxFile(_TableFile):
    def __init__(self, path: Path, mapping: dict[str, str]) -> None:
        super().__init__(path, "xlsx", mapping=mapping)
        self._with_formulas = xlsxfile.holds_formulas(path)
        self._find_header()

    def _records(self) -> Iterator[RawRow]:
        return xlsxfile.read_records(self.path, with_formulas=self._with_formulas)


class _JsonlFile(MessageFile):
    def __init__(self, path: Path, mapping: dict[str, str]) -> None:
        super().__init__(path, "jsonl", mapping=mapping, encoding=detect_encoding(path))
        first = next(iter(self._raw_rows()), None)
        if first is None:
            raise _empty()
        good = next((raw for raw in islice(self._raw_rows(), 100) if not raw.problem), None)
        if good is None:
            raise MessageFileError(
                "not_jsonl",
                f"第 {first.line} 行起不是 JSON Lines：{first.problem} / from line {first.line} on this is not JSON Lines",
            )
        require_columns(good.header, self._mapping)

    def _raw_rows(self) -> Iterator[RawRow]:
        with self.path.open("rb") as file:
            yield from jsonlfile.read_records(self._lines(file))


_OPENERS: dict[str, Callable[[Path, dict[str, str]], MessageFile]] = {
    "csv": _CsvFile,
    "xlsx": _XlsxFile,
    "jsonl": _JsonlFile,
}


def _kind_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise MessageFileError("unreadable", f"无法读取 {path.name} / can't be read: {error.strerror}") from error
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise _empty()
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise MessageFileError(
            "old_or_locked_workbook",
            "这是旧版 xls 或加密的文件，请另存为不加密的 xlsx / an old xls or an encrypted workbook: save it as plain xlsx",
        )
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json") or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "jsonl"
    return "csv"


def _empty() -> MessageFileError:
    return MessageFileError("empty", "文件是空的，没有可导入的内容 / the file is empty")
