"""The columns of the three tables, the same in a workbook and in the CSV files of the program: every row complete by itself."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from msgspec import Struct

from liandong.catalogue.columns import CellError
from liandong.units.model import KINDS, MODES, SUCCESSIONS, Duty, Mode, Shift, Succession, Unit

YES, NO = "是", "否"
WEEKDAYS = "一二三四五六日"


class Column(Struct, frozen=True):
    """`read` makes the value of a non-empty cell and raises CellError; `show` is its opposite. `choices`: offered as a list."""

    field: str
    zh: str
    read: Callable[[str], Any]
    show: Callable[[Any], str] = str
    required: bool = False
    choices: tuple[str, ...] = ()
    help: str = ""
    width: int = 16


class Table(Struct, frozen=True):
    """One sheet or file. `name` is the sheet's name, `file` the CSV file's."""

    name: str
    file: str
    row: type
    columns: tuple[Column, ...]


def _code(value: str) -> str:
    return value.replace(" ", "")


def _words(value: str) -> tuple[str, ...]:
    return tuple(word for word in re.split(r"[、,，;；\s]+", value) if word)


def _shown_words(value: tuple[str, ...]) -> str:
    return "、".join(value)


def _division(value: str) -> str:
    if not re.fullmatch(r"[0-9]{6}([0-9]{3}|[0-9]{6})?", value):
        raise CellError(
            f"“{value}”不是 6、9 或 12 位行政区划代码", f"{value!r} is no division code of 6, 9 or 12 digits"
        )
    return value


def _divisions(value: str) -> tuple[str, ...]:
    return tuple(_division(code) for code in _words(value))


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value.replace("/", "-").replace(".", "-").partition(" ")[0])
    except ValueError as error:
        raise CellError(f"“{value}”不是日期，应如 2026-08-01", f"{value!r} is no date such as 2026-08-01") from error


def _time(value: str) -> time:
    try:
        return time.min if value == "24:00" else time.fromisoformat(value.zfill(5) if len(value) < 6 else value)
    except ValueError as error:
        raise CellError(f"“{value}”不是时刻，应如 08:30", f"{value!r} is no time such as 08:30") from error


def _of(words: dict[Any, str]) -> Callable[[str], Any]:
    def read(value: str) -> Any:
        found = next((code for code, zh in words.items() if value in (zh, str(code))), None)
        if found is None:
            raise CellError(f"应为{'、'.join(words.values())}之一", f"must be one of {', '.join(map(str, words))}")
        return found

    return read


def _flag(value: str) -> bool:
    found = {YES: True, NO: False, "yes": True, "no": False}.get(value.lower())
    if found is None:
        raise CellError(f"应为{YES}或{NO}", "must be yes or no")
    return found


def _weekdays(value: str) -> tuple[int, ...]:
    days = tuple(int(d) for d in re.findall(r"[1-7]", value)) or tuple(
        WEEKDAYS.index(d) + 1 for d in value if d in WEEKDAYS
    )
    span = re.fullmatch(r"([1-7])-([1-7])", value)
    if span:
        days = tuple(range(int(span[1]), int(span[2]) + 1))
    if not days:
        raise CellError(f"“{value}”应如 1-5 或 6、7（周一为 1）", f"{value!r} must be like 1-5 or 6、7 (Monday is 1)")
    return days


def _class_code(value: str) -> str:
    if not re.fullmatch(r"[0-9]{2,8}", value):
        raise CellError(f"“{value}”不是事项分类代码", f"{value!r} is no class code")
    return value


_KIND_WORDS: dict[Any, str] = dict(KINDS)
_MODE_WORDS: dict[Any, str] = {mode: words[0] for mode, words in MODES.items()}
_SUCCESSION_WORDS: dict[Any, str] = dict(SUCCESSIONS)

UNITS = Table(
    "单位",
    "units.csv",
    Unit,
    (
        Column("org_code", "机构代码", _code, required=True, help="18 位统一社会信用代码；格式不符只提醒", width=22),
        Column("name", "名称", str, required=True, width=36),
        Column("short", "简称", str, required=True),
        Column("kind", "类型", _of(_KIND_WORDS), lambda kind: KINDS[kind], True, tuple(KINDS.values())),
        Column("parent", "上级机构代码", _code, help="空为最上级", width=22),
        Column("division_code", "行政区划代码", _division, required=True),
        Column("covers", "管辖区划", _divisions, _shown_words, help="多个用顿号；空为本区划", width=24),
        Column("places", "管辖道路小区", _words, _shown_words, width=24),
        Column("duties", "职责词", _words, _shown_words, width=40),
        Column("hours", "办公时间", str, help="如 08:30-12:00,14:00-18:00；24 小时写 00:00-24:00", width=26),
        Column("phone", "联系电话", str),
        Column("contact", "其他联系方式", str),
        Column("valid_from", "起", _day, help="第一天；空为一直", width=12),
        Column("valid_to", "止", _day, help="最后一天；空为仍在", width=12),
        Column("succession", "变更方式", _of(_SUCCESSION_WORDS), lambda s: SUCCESSIONS[Succession(s)], choices=tuple(SUCCESSIONS.values())),
        Column("successor", "承接机构代码", _code, help="止日之后由谁承接", width=22),
    ),
)  # fmt: skip
DUTIES = Table(
    "职责",
    "duties.csv",
    Duty,
    (
        Column("code", "代码", _code, required=True, width=10),
        Column("title", "事项", str, required=True, width=24),
        Column("class_code", "事项分类", _class_code, required=True, help="030100 含其下各级"),
        Column("owner", "主办", str, required=True, help="机构代码；或 街道、社区、网格、派出所 等类型；或 区:住建委", width=22),
        Column("mode", "工作方式", _of(_MODE_WORDS), lambda mode: MODES[Mode(mode)][0], choices=tuple(_MODE_WORDS.values())),
        Column("co_handlers", "协办", _words, _shown_words, help="写法同主办，多个用顿号", width=24),
        Column("keywords", "关键词", _words, _shown_words, width=30),
        Column("divisions", "适用区划", _divisions, _shown_words, help="空为全市"),
        Column("street", "可派街镇", _flag, lambda yes: YES if yes else NO, choices=(YES, NO), help="否：属部门职责，不得派给街道、社区、网格"),
        Column("basis", "依据", str, help="三定规定、权力清单条目", width=36),
        Column("answer", "即答口径", str, width=40),
        Column("valid_from", "起", _day, width=12),
        Column("valid_to", "止", _day, width=12),
    ),
)  # fmt: skip
ROTA = Table(
    "值班",
    "rota.csv",
    Shift,
    (
        Column("org_code", "机构代码", _code, required=True, width=22),
        Column("days", "星期", _weekdays, lambda days: "、".join(map(str, days)), help="1-5、6、7；与日期二选一"),
        Column("on", "日期", _day, width=12),
        Column("start", "始", _time, lambda at: f"{at:%H:%M}", required=True),
        Column("end", "终", _time, lambda at: f"{at:%H:%M}", required=True, help="不晚于“始”为次日"),
        Column("person", "值班人", str, required=True),
        Column("phone", "值班电话", str, required=True),
    ),
)
TABLES = (UNITS, DUTIES, ROTA)


def plain(value: Any) -> str:
    """A cell as text, whatever the spreadsheet made of it."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ")
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def shown(column: Column, row: Any) -> str:
    value = getattr(row, column.field)
    return "" if value is None or value in ("", ()) else column.show(value)
