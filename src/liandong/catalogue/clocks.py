"""The table of time limits: which clock runs how long, as data that a city edits.

The shipped table is `data/clocks.json`; a city points to its own file of the same shape. A deadline computed from
a policy is stored with `policy_version`, so that a later change of the table leaves promises already made alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated

import msgspec

from liandong.core.worktime import Limit, OfficeHours, WorkingDays, WorkTimeError, deadline

_DEFAULT = "default"
_MOST_FOUND = 10_000  # pairs of a clock and tags whose entry is remembered
NO_TAGS: frozenset[str] = frozenset()


class ClockError(ValueError):
    """A table that can't be used, or a clock that isn't in it; the text names the file, line and entry."""


class Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One time limit.

    when: tags that must all be given for this entry to be meant; entries of one name differ in it.
    scope: in words, when the limit applies and what happens at its end.
    share: the part of the cases that must keep the limit, where the rule itself allows for some that don't.
    extension: the longest single extension, where one may be granted.
    pausable: a person may pause it with a reason; clocks of safety and between centres run on.
    source: the rule that the limit comes from.
    """

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    zh: Annotated[str, msgspec.Meta(min_length=1)]
    en: Annotated[str, msgspec.Meta(min_length=1)]
    limit: Limit
    source: Annotated[str, msgspec.Meta(min_length=1)]
    when: frozenset[str] = NO_TAGS
    scope: str = ""
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    extension: Limit | None = None
    pausable: bool = False


class _Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    hours: str
    zone: str = "Asia/Shanghai"


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    policy_version: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    clocks: list[msgspec.Raw]
    office_hours: dict[str, _Hours] = {}


class ClockPolicy(msgspec.Struct, frozen=True, dict=True):
    """A valid table of clocks and office hours, with the version that its deadlines carry."""

    policy_version: str
    clocks: tuple[Clock, ...]
    office_hours: Mapping[str, OfficeHours]
    places: Mapping[tuple[str, frozenset[str]], str] = {}

    def clock(self, name: str, *, tags: frozenset[str] = NO_TAGS) -> Limit:
        """The limit of `name` for a case with these tags. Raises ClockError for an unknown name."""
        return self.entry(name, tags=tags).limit

    def entry(self, name: str, *, tags: frozenset[str] = NO_TAGS) -> Clock:
        """The entry that asks for the most of `tags`; among equals the closer class, then the first in the table. Raises ClockError."""
        if (name, tags) not in self._found:
            if len(self._found) >= _MOST_FOUND:
                self._found.clear()
            self._found[name, tags] = self._entry(name, tags)
        return self._found[name, tags]

    def _entry(self, name: str, tags: frozenset[str]) -> Clock:
        meant = [clock for clock in self._by_name.get(name, ()) if clock.when <= tags]
        if not meant:
            raise ClockError(f"policy {self.policy_version} has no clock {name!r} for the tags {sorted(tags)}")
        # a longer class of the same number of tags is the closer one: class:0102 before class:01
        return max(
            meant, key=lambda clock: (len(clock.when), sum(len(t) for t in clock.when if t.startswith("class:")))
        )

    def place(self, entry: Clock) -> str:
        """Where an entry stands in its file."""
        return self.places.get((entry.name, entry.when), entry.name)

    def hours(self, centre: str = _DEFAULT) -> OfficeHours:
        """The office hours of a centre, or the default ones."""
        return self.office_hours.get(centre) or self.office_hours[_DEFAULT]

    def deadline(
        self,
        name: str,
        start: datetime,
        *,
        calendar: WorkingDays,
        centre: str = _DEFAULT,
        tags: frozenset[str] = NO_TAGS,
    ) -> datetime:
        """When the clock `name`, begun at `start` in this centre, is due. Raises ClockError, WorkTimeError."""
        return deadline(start, self.clock(name, tags=tags), calendar=calendar, hours=self.hours(centre))

    @cached_property
    def _found(self) -> dict[tuple[str, frozenset[str]], Clock]:
        return {}

    @cached_property
    def _by_name(self) -> dict[str, list[Clock]]:
        named: dict[str, list[Clock]] = {}
        for clock in self.clocks:
            named.setdefault(clock.name, []).append(clock)
        return named


def load_clocks(path: Path | None = None) -> ClockPolicy:
    """Read and check a table of clocks; without a path the one shipped. Raises ClockError."""
    name, data = _read(path)
    try:
        table = msgspec.json.decode(data, type=_Table)
    except msgspec.DecodeError as error:
        raise ClockError(f"{name}: {error}") from error
    if not table.clocks:
        raise ClockError(f"{name}: the table holds no clock")
    places: dict[tuple[str, frozenset[str]], str] = {}
    clocks = tuple(_checked_clocks(name, data, table.clocks, places))
    _no_hole(clocks, places)
    return ClockPolicy(table.policy_version, clocks, _checked_hours(name, table.office_hours), places)


def _read(path: Path | None) -> tuple[str, bytes]:
    if path is None:
        shipped = resources.files("liandong.catalogue") / "data" / "clocks.json"
        return "clocks.json", shipped.read_bytes()
    try:
        return path.name, path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise ClockError(f"{path.name}: can't be read: {error.strerror}") from error


def _no_hole(clocks: tuple[Clock, ...], places: Mapping[tuple[str, frozenset[str]], str]) -> None:
    """A clock without an entry for every case would leave some orders without a limit."""
    whole = {clock.name for clock in clocks if not clock.when}
    for clock in clocks:
        if clock.name not in whole:
            raise ClockError(
                f"{places[clock.name, clock.when]} ({clock.name}): 其余类别没有时限，请加一条不带 when 的 /"
                " other categories have no limit: add an entry without `when`"
            )


def _checked_clocks(
    name: str, data: bytes, entries: list[msgspec.Raw], places: dict[tuple[str, frozenset[str]], str]
) -> list[Clock]:
    clocks: list[Clock] = []
    first_seen: dict[tuple[str, frozenset[str]], int] = {}
    offset = 0
    for number, raw in enumerate(entries, start=1):
        offset = data.index(bytes(raw), offset)
        line = data.count(b"\n", 0, offset) + 1
        place = f"{name}, line {line}, clock {number}"
        clock = _checked_clock(place, raw)
        offset += len(bytes(raw))
        twin = first_seen.setdefault((clock.name, clock.when), number)
        if twin != number:
            raise ClockError(f"{place} ({clock.name}): the same name and `when` as clock {twin}")
        places[clock.name, clock.when] = place
        clocks.append(clock)
    return clocks


def _checked_clock(place: str, raw: msgspec.Raw) -> Clock:
    try:
        return msgspec.json.decode(raw, type=Clock)
    except msgspec.DecodeError as error:
        raise ClockError(f"{place}{_named(raw)}: {error}") from error


def _named(raw: msgspec.Raw) -> str:
    try:
        entry = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return ""
    return f" ({entry['name']})" if isinstance(entry, dict) and "name" in entry else ""


def _checked_hours(name: str, table: dict[str, _Hours]) -> dict[str, OfficeHours]:
    hours = {_DEFAULT: OfficeHours()}
    for centre, entry in table.items():
        try:
            hours[centre] = OfficeHours.parse(entry.hours, entry.zone)
        except WorkTimeError as error:
            raise ClockError(f"{name}, office_hours of {centre}: {error}") from error
    return hours
