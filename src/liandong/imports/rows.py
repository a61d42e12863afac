"""From a raw row to a message: cleaning, checks and the key by which a message is never imported twice."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache

from liandong.imports.columns import column_table, match_columns
from liandong.imports.model import BadRow, RawRow, Row, excerpt_of
from liandong.imports.moments import read_moment

# Who said what, when and where. Class, channel and division may be corrected later: the message stays the same one.
_IDENTITY = ("centre", "source_id", "caller_name", "phone", "title", "content", "address")
_CODES = ("source_id", "phone", "division_code", "centre")  # full-width digits are made plain ones
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")


class FieldError(ValueError):
    """A field that makes its row unusable."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


class RowBuilder:
    """Builds messages from the raw rows of one file, by the explicit mapping and the known headers."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._mapping = mapping
        self._places: dict[tuple[str, ...], dict[str, int]] = {}

    def build(self, raw: RawRow) -> Row | BadRow:
        """The message in a raw row, or what is wrong with it."""
        if raw.problem:
            return BadRow(raw.line, "", raw.problem, _excerpt(raw))
        try:
            return self._row(raw)
        except FieldError as error:
            return BadRow(raw.line, error.field, str(error), _excerpt(raw))

    def _row(self, raw: RawRow) -> Row:
        places = self._places.get(raw.header)
        if places is None:
            places = self._places[raw.header] = match_columns(raw.header, self._mapping)
        cells = raw.cells
        fields = {field: cells[place] for field, place in places.items() if place < len(cells)}
        at = _moment(fields.pop("at", None))
        texts = {field: _text(field, value) for field, value in fields.items()}
        if not texts.get("content") and not texts.get("title"):
            raise FieldError("content", "主题和内容都是空的 / both title and content are empty")
        for field, words in column_table().words.items():
            if field in texts:
                texts[field] = words.get(texts[field], texts[field])
        centre = texts.pop("centre", "") or None
        key = _key({**texts, "centre": centre or ""}, at)
        return Row(line=raw.line, key=key, at=at, centre=centre, **texts)


def _moment(value: object) -> datetime | None:
    try:
        moment = read_moment(value)
        return moment if moment is None or moment.astimezone(UTC) else None
    except (ValueError, OverflowError):
        shown = excerpt_of(str(value))[:40]
        raise FieldError("at", f"看不懂的时间 {shown!r}，应如 2019/2/28 11:25:05 / not a time: {shown!r}") from None


def _text(field: str, value: object) -> str:
    if value is None:
        return ""
    text = value.strip() if isinstance(value, str) else _written(field, value)
    if field in _CODES and not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if "\0" in text:
        raise FieldError(field, "含有空字符（NUL） / holds a NUL character")
    longest = _longest()[field]
    if len(text) > longest:
        raise FieldError(
            field, f"过长：{len(text)} 字，最多 {longest} 字 / too long: {len(text)} characters, at most {longest}"
        )
    if field in ("phone", "source_id") and _SCIENTIFIC.fullmatch(text):
        raise FieldError(
            field,
            f"号码被表格软件改成了 {text}，末几位已丢失，请把该列设为文本后重新导出 / "
            "a spreadsheet turned the number into this and lost digits: format the column as text and export again",
        )
    return text


def _written(field: str, value: object) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, int | float | date):
        return str(value)
    raise FieldError(field, "应为文本或数字 / must be text or a number, not a list or an object")


def _key(texts: Mapping[str, str], at: datetime | None) -> str:
    moment = at.astimezone(UTC).isoformat(timespec="seconds") if at else ""
    parts = [_normal(texts.get(field, "")) for field in _IDENTITY]
    try:
        return hashlib.sha256("\x1f".join([moment, *parts]).encode()).hexdigest()
    except UnicodeEncodeError:
        raise FieldError("", "含有不完整的字符（半个代理对） / holds half of a surrogate pair") from None


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _excerpt(raw: RawRow) -> str:
    cells = ("" if cell is None else str(cell)[:40] for cell in raw.cells[:12])
    return excerpt_of(raw.beginning or ",".join(cells))


@cache
def _longest() -> dict[str, int]:
    return {field: spec.longest for field, spec in column_table().fields.items()}
