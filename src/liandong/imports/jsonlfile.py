"""Rows of a file with one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from liandong.imports.encoding import Line
from liandong.imports.model import EXCERPT_LENGTH, RawRow


def read_records(lines: Iterable[Line]) -> Iterator[RawRow]:
    """Every line that isn't blank; the keys of its object are its header."""
    for line in lines:
        if line.text.strip():
            yield _record(line)


def _record(line: Line) -> RawRow:
    beginning = line.text[:EXCERPT_LENGTH]
    if line.problem:
        return RawRow(line.number, (), [], line.problem, beginning)
    try:
        value = msgspec.json.decode(line.text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        return RawRow(line.number, (), [], f"不是有效的 JSON / not valid JSON: {error}", beginning)
    if not isinstance(value, dict):
        return RawRow(line.number, (), [], "每行应为一个 JSON 对象 / a line must be one JSON object", beginning)
    return RawRow(line.number, tuple(value), list(value.values()), "", beginning)
