"""The columns of a transfer list in a workbook: one row an item, every value written out, so that a file is complete by itself."""

import datetime
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from liandong.catalogue.transfer import Way

WAYS = {Way.VOICE: "语音", Way.DATA: "数据", Way.THREE_WAY: "三方通话"}
YES, NO = "是", "否"
_YES = {YES, "y", "yes", "true", "1"}
_NO = {NO, "n", "no", "false", "0", ""}


class CellError(ValueError):
    """What is wrong with one cell, Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.zh = zh
        self.en = en


class Column(Struct, frozen=True):
    """`field`: of Item, or `category_title`. `width`: in characters. `choices`: what a cell may hold, offered as a list."""

    field: str
    zh: str
    width: int
    read: Callable[[Any], Any]
    show: Callable[[Any], Any] = lambda value: value
    required: bool = True
    choices: tuple[str, ...] = ()
    help: str = ""


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def _lines(value: Any) -> tuple[str, ...]:
    return tuple(line.strip() for line in _text(value).splitlines() if line.strip())


def _words(value: Any) -> tuple[str, ...]:
    return tuple(_text(value).replace("，", " ").replace(",", " ").split())


def _patterns(value: Any) -> str:
    return " ".join(_text(value).split())


def _way(value: Any) -> Way:
    text = _text(value).lower()
    found = next((way for way, word in WAYS.items() if text in (way.value, word)), None)
    if found is None:
        raise CellError(f"应为 {'、'.join(WAYS.values())} 之一", f"must be one of {', '.join(Way)}")
    return found


def _flag(value: Any) -> bool:
    text = _text(value).lower()
    if text not in _YES | _NO:
        raise CellError(f"应为 {YES} 或 {NO}", "must be yes or no")
    return text in _YES


def _seconds(value: Any) -> int:
    try:
        seconds = float(_text(value))
    except ValueError:
        seconds = -1.0
    if not seconds.is_integer() or seconds < 1:
        raise CellError("应为秒数，如 900", "must be a number of seconds such as 900")
    return int(seconds)


def _date(value: Any) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    text = _text(value).replace("/", "-").replace(".", "-")
    if not text:
        return None
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 (a day, no moment)
    except ValueError:
        raise CellError("应为日期，如 2026-07-01", "must be a date such as 2026-07-01") from None


def _yes_no(value: bool) -> str:
    return YES if value else NO


COLUMNS = (
    Column("category", "类别代码", 9, _text, help="一类一个代码，如 P01 / the category's code"),
    Column("category_title", "类别", 18, _text, help="同一类别各行写法一致 / the same in every row of a category"),
    Column("code", "事项代码", 10, _text, help="以类别代码开头，用过的代码不再用于别的事项 / used once and never for another item"),
    Column("title", "事项", 30, _text),
    Column("examples", "举例", 46, _lines, "\n".join, help="每行一个 / one a line"),
    Column("way", "转接方式", 10, _way, WAYS.__getitem__, choices=tuple(WAYS.values()), help="voice, data, three_way"),
    Column("urgent", "紧急", 7, _flag, _yes_no, required=False, choices=(YES, NO), help="yes, no"),
    Column("time_limit_s", "接收时限（秒）", 9, _seconds, help="对方在多少秒内接收 / seconds in which the receiver accepts"),
    Column("only_in_danger", "仅险情时", 9, _flag, _yes_no, required=False, choices=(YES, NO), help="没有险情时只算提及 / a mention otherwise"),
    Column("effective_from", "生效日期", 12, _date),
    Column("effective_to", "失效日期", 12, _date, required=False, help="最后一天，空为一直有效 / the last day, empty while open"),
    Column("basis", "依据", 44, _text),
    Column("keywords", "关键词", 60, _patterns, required=True, help="空格分开，写法见 docs/howto/edit-the-catalogue.md / patterns"),
    Column("defeated_by", "不计语境", 26, _words, " ".join, required=False, help="在这些语境中关键词不算 / contexts in which the words do not count"),
)  # fmt: skip
HEADER = {column.field: f"{column.zh}\n{column.field}" for column in COLUMNS}
