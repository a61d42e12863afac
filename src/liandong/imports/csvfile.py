"""Rows of a CSV file, in constant memory, with its delimiter found and its damage kept to the rows it touches."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from liandong.imports.columns import match_columns
from liandong.imports.encoding import Line
from liandong.imports.model import EXCERPT_LENGTH, RawRow

DELIMITERS = (",", "\t", ";", "|", "，")
# Characters of several lines held together by quotes. Beyond it a quote was left open, and would swallow the file.
_LONGEST_RECORD = 100_000
_HEAD_LINES = 10
_OPEN_QUOTE = "引号没有结束 / a quote is opened and never closed"


def find_delimiter(lines: Iterable[Line], mapping: dict[str, str]) -> str:
    """The delimiter under which the head of the file has the most known columns, then the most cells."""
    head = [line.text for line in islice(lines, _HEAD_LINES)]
    return max(DELIMITERS, key=lambda delimiter: _fitness(head, delimiter, mapping))


def read_records(lines: Iterable[Line], delimiter: str) -> Iterator[RawRow]:
    """Every record that isn't blank, without interpreting any; `header` is left empty."""
    feed = _Feed(iter(lines))
    reader = csv.reader(feed, delimiter=delimiter)
    while True:
        feed.begin_record()
        problem = ""
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _OpenQuoteError:
            reader = csv.reader(feed, delimiter=delimiter)
            problem = _OPEN_QUOTE
        except csv.Error as error:
            problem = feed.damage or f"无法按 CSV 读取 / not readable as CSV: {error}"
        if feed.ended_inside:
            problem = _OPEN_QUOTE
        if problem == _OPEN_QUOTE:
            feed.return_all_but_first()
        if problem or any(cells):
            yield RawRow(feed.first.number, (), list(cells), problem or feed.damage, feed.first.text[:EXCERPT_LENGTH])


class _OpenQuoteError(Exception):
    """The record has become longer than any record may be."""


class _Feed:
    """Hands lines to a CSV reader, remembers those of the record being read, and takes back what it read too far."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._returned: deque[Line] = deque()
        self._taken: list[Line] = []
        self._size = 0
        self.ended_inside = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if self._taken and self._size > _LONGEST_RECORD:
            raise _OpenQuoteError
        line = self._returned.popleft() if self._returned else next(self._lines, None)
        if line is None:
            self.ended_inside = bool(self._taken)
            raise StopIteration
        self._taken.append(line)
        self._size += len(line.text)
        return line.text

    def begin_record(self) -> None:
        self._taken.clear()
        self._size = 0
        self.ended_inside = False

    def return_all_but_first(self) -> None:
        self._returned.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]

    @property
    def first(self) -> Line:
        return self._taken[0]

    @property
    def damage(self) -> str:
        return next((line.problem for line in self._taken if line.problem), "")


def _fitness(head: list[str], delimiter: str, mapping: dict[str, str]) -> tuple[int, int]:
    rows = [row for line in head for row in _parsed(line, delimiter)]
    return max(((len(match_columns(row, mapping)), len(row)) for row in rows), default=(0, 0))


def _parsed(line: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader([line], delimiter=delimiter))
    except csv.Error:
        return []
