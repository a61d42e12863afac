"""Units, duties and rota as data, and the directory that holds one version of all three."""

from datetime import date, time
from enum import StrEnum

from msgspec import Struct


class Mode(StrEnum):
    """The plan's working modes (二(二)3); `ordinary` is none of them."""

    AT_ONCE = "answered_at_once"
    ON_RECEIPT = "handled_on_receipt"
    TO_STATION = "to_station"
    ORDINARY = "ordinary"


MODES = {
    Mode.AT_ONCE: ("即问即答", "answered at once"),
    Mode.ON_RECEIPT: ("接诉即办", "handled on receipt"),
    Mode.TO_STATION: ("一键到站", "one key to the station"),
    Mode.ORDINARY: ("一般派单", "ordinary"),
}
KINDS = {
    "government": "政府",
    "district": "区政府",
    "department": "市级部门",
    "utility": "公共事业单位",
    "sub-bureau": "区级部门",
    "street": "街道（乡镇）",
    "community": "社区（村）",
    "grid": "网格",
    "police_branch": "公安分局",
    "police_station": "派出所",
}
STATIONS = ("street", "community", "grid", "police_station")
"""The kinds that a place resolves to."""
BELOW_DEPARTMENTS = frozenset({"street", "community", "grid"})


class Succession(StrEnum):
    RENAMED = "renamed"
    MERGED = "merged"
    ABOLISHED = "abolished"


SUCCESSIONS = {Succession.RENAMED: "更名", Succession.MERGED: "合并", Succession.ABOLISHED: "撤销"}


class Unit(Struct, frozen=True, kw_only=True):
    """One row of the tree. The same org code may stand in several rows whose days do not overlap (a new name, a new place).

    `covers`: the divisions (6, 9 or 12 digits) it answers for; `places`: names of roads and estates that are its own.
    `valid_from`, `valid_to`: its first and last local day. `successor`: the org code that takes over after the last day.
    """

    org_code: str
    name: str
    short: str
    kind: str
    parent: str = ""
    division_code: str
    covers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    hours: str = ""
    phone: str = ""
    contact: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    succession: Succession | None = None
    successor: str = ""

    def stands_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    @property
    def areas(self) -> tuple[str, ...]:
        return self.covers or (self.division_code,)


class Duty(Struct, frozen=True, kw_only=True):
    """One line of the dispatch catalogue (三定规定、权力清单): what kind of matter is whose, and how it is handled.

    `class_code`: a class of matters; the two zeros at its end stand for every class below. `divisions`: where the line holds, empty
    is everywhere. `owner`: an org code, a kind of unit in the matter's place, or `区:` with the end of a district bureau's short
    name. `street`: may it be given to a street office, community or grid? `answer`: what is said at once.
    """

    code: str
    title: str
    class_code: str
    owner: str
    mode: Mode = Mode.ORDINARY
    co_handlers: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()
    street: bool = True
    basis: str = ""
    answer: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    line: int = 0

    def stands_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Shift(Struct, frozen=True, kw_only=True):
    """Somebody's turn of duty in a unit. `days`: weekdays 1 (Monday) to 7, or one date. A shift that ends at or before its start
    goes on into the next day."""

    org_code: str
    days: tuple[int, ...] = ()
    on: date | None = None
    start: time
    end: time
    person: str
    phone: str


class Fault(Struct, frozen=True):
    """What is wrong with one row. `line` is the line of the file or the row of the sheet as people count them."""

    table: str
    line: int
    field: str
    zh: str
    en: str

    def __str__(self) -> str:
        where = f"{self.table} 第 {self.line} 行" + (f" {self.field}" if self.field else "")
        return f"{where}：{self.zh} / {self.table}, line {self.line}: {self.en}"


class DirectoryError(ValueError):
    """A directory that can't be used; `faults` has everything that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults
