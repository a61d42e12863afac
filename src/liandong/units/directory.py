"""One version of the units, the duties and the rota, asked by day. Pure: who owns what, which unit a place belongs to, who took over."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TypeVar

from msgspec import Struct

from liandong.catalogue.units import rows_of
from liandong.units.model import BELOW_DEPARTMENTS, Duty, Shift, Unit

T = TypeVar("T")
BUREAU = "区:"
WIDER = {"grid": ("grid", "community", "street"), "community": ("community", "street")}
"""Where a finer station is not known, the next one above it gets the matter."""
_LONGEST_CHAIN = 50  # successors of successors; more is a circle, which loading refuses


class Matter(Struct, frozen=True, kw_only=True):
    """What is asked about: an order, as far as its dispatch is concerned."""

    class_code: str = ""
    division_code: str = ""
    address: str = ""
    words: str = ""


class Directory(Struct, frozen=True, dict=True, kw_only=True):
    version: str
    units: tuple[Unit, ...]
    duties: tuple[Duty, ...] = ()
    rota: tuple[Shift, ...] = ()

    def knows(self, org_code: str) -> bool:
        return org_code in self._rows

    def unit(self, org_code: str, on: date) -> Unit | None:
        """The unit as it is on this day; None before its first day and after its last."""
        return next((unit for unit in self._rows.get(org_code, ()) if unit.stands_on(on)), None)

    def last_known(self, org_code: str) -> Unit | None:
        """The newest row of a unit, whether it still exists or not."""
        return max(self._rows.get(org_code, ()), key=lambda unit: unit.valid_from or date.min, default=None)

    def successor(self, org_code: str, on: date) -> Unit | None:
        """Who has taken over from a unit that has ended, over any number of steps; None while it exists or if nobody has."""
        found = self.last_known(org_code)
        for _ in range(_LONGEST_CHAIN):
            if found is None or found.valid_to is None or on <= found.valid_to or not found.successor:
                return None
            heir = self.unit(found.successor, on)
            if heir is not None:
                return heir
            found = self.last_known(found.successor)
        return None

    def ended_by(self, on: date) -> list[Unit]:
        """Units that no longer exist on this day and whose work somebody took over."""
        last = (self.last_known(code) for code in self._rows)
        return [unit for unit in last if unit and self.successor(unit.org_code, on) is not None]

    def children(self, org_code: str, on: date) -> list[Unit]:
        return [unit for unit in self._children.get(org_code, ()) if unit.stands_on(on)]

    def path(self, unit: Unit, on: date) -> list[Unit]:
        """From the root down to the unit's parent."""
        above: list[Unit] = []
        parent = self.unit(unit.parent, on)
        while parent is not None and parent not in above:
            above.append(parent)
            parent = self.unit(parent.parent, on)
        return above[::-1]

    def search(self, text: str, on: date, limit: int = 50) -> list[Unit]:
        """Units whose code, name, short name, duties or places hold every word; the shortest name first."""
        words = text.split()
        found = [u for u in self.units if u.stands_on(on) and all(word in self._text_of[id(u)] for word in words)]
        return sorted(found, key=lambda unit: (len(unit.name), unit.org_code))[:limit]

    def duty(self, matter: Matter, on: date) -> Duty | None:
        """The line for this matter: the nearest class, in the narrowest area, with the most of its words; without a class the words alone."""
        best = max(self._lines_for(matter, on), key=lambda found: found[0], default=None)
        return best[1] if best else None

    def duty_by_class(self, matter: Matter, on: date) -> Duty | None:
        """The line that the matter's class names; words prove nothing."""
        return self.duty(matter, on) if matter.class_code else None

    def owner(self, duty: Duty, matter: Matter, on: date) -> Unit | None:
        """The unit that a line names for the matter's place; None where the place is not known well enough."""
        return self.resolve(duty.owner, matter, on)

    def resolve(self, named: str, matter: Matter, on: date) -> Unit | None:
        """An org code, `区:` with the end of a bureau's short name, or a kind of unit in the matter's place."""
        if named in self._rows:
            return self.unit(named, on) or self.successor(named, on)
        if named.startswith(BUREAU):
            ending, district = named.removeprefix(BUREAU), self.place(matter)[:6]
            bureaus = self._by_kind.get("sub-bureau", ())
            return next(
                (u for u in bureaus if u.stands_on(on) and u.division_code == district and u.short.endswith(ending)),
                None,
            )
        kinds = WIDER.get(named, (named,))
        return next((unit for kind in kinds if (unit := self.station(kind, matter, on))), None)

    def station(self, kind: str, matter: Matter, on: date) -> Unit | None:
        """The one unit of a kind that the matter's place resolves to; None if no unit or more than one fits as well."""
        place = self.place(matter)
        scored = [
            (score, unit)
            for unit in self._by_kind.get(kind, ())
            if unit.stands_on(on) and (score := _fit(unit, place, matter.address)) > (0, 0)
        ]
        top = max((score for score, _ in scored), default=None)
        best = [unit for score, unit in scored if score == top]
        return best[0] if len(best) == 1 else None

    def place(self, matter: Matter) -> str:
        """The finest division code that is known: what the order says, made finer by the names in its address."""
        code = matter.division_code
        while len(code) < 12:
            finer = [row for row in _divisions_below(code) if _named(row[1], matter.address)]
            if not finer:
                return code
            code = max(finer, key=lambda row: len(row[1]))[0]
        return code

    def kept_from_streets(self, matter: Matter, unit: Unit, on: date) -> Duty | None:
        """The line that forbids giving this matter to a street office, community or grid."""
        if unit.kind not in BELOW_DEPARTMENTS:
            return None
        duty = self.duty_by_class(matter, on)
        return duty if duty is not None and not duty.street else None

    def on_duty(self, org_code: str, at: datetime) -> Shift | None:
        """Who has the turn now; `at` in the city's local time."""
        return next((shift for shift in self._rota.get(org_code, ()) if _runs(shift, at)), None)

    def _lines_for(self, matter: Matter, on: date) -> Iterator[tuple[tuple[int, int, int, str], Duty]]:
        place = self.place(matter)
        for duty in self.duties:
            if not duty.stands_on(on) or (duty.divisions and not place.startswith(duty.divisions)):
                continue
            words = sum(word in matter.words for word in duty.keywords)
            depth = class_depth(duty.class_code, matter.class_code) if matter.class_code else min(words, 1)
            if depth:
                area = max((len(code) for code in duty.divisions), default=0)
                yield (depth, area, words, duty.code), duty

    @cached_property
    def _rows(self) -> dict[str, list[Unit]]:
        return _grouped(self.units, lambda unit: unit.org_code)

    @cached_property
    def _children(self) -> dict[str, list[Unit]]:
        return _grouped(self.units, lambda unit: unit.parent)

    @cached_property
    def _by_kind(self) -> dict[str, list[Unit]]:
        return _grouped(self.units, lambda unit: unit.kind)

    @cached_property
    def _rota(self) -> dict[str, list[Shift]]:
        return _grouped(sorted(self.rota, key=lambda shift: shift.on is None), lambda shift: shift.org_code)

    @cached_property
    def _text_of(self) -> dict[int, str]:
        return {id(u): " ".join((u.org_code, u.name, u.short, *u.duties, *u.places)) for u in self.units}


def class_depth(line: str, asked: str) -> int:
    """How many digits of a line's class the asked class agrees with: 0 for another class, more for a nearer one."""
    stem = stem_of(line)
    return len(stem) if stem and asked.startswith(stem) else 0


def stem_of(class_code: str) -> str:
    """The digits that count: 030100 stands for 0301 and everything below."""
    stem = class_code
    while len(stem) > 2 and stem.endswith("00"):
        stem = stem[:-2]
    return stem


def _fit(unit: Unit, place: str, address: str) -> tuple[int, int]:
    """(how fine the division is that both share, how much of the address is the unit's own); (0, 0) does not fit."""
    areas = [len(code) for code in unit.areas if place.startswith(code)]
    words = max((len(name) for name in unit.places if name in address), default=0)
    if areas and unit.places and not words and unit.kind == "grid":
        return 0, 0  # a grid is a part of its community: only its own roads and estates lead to it
    finest = max(areas, default=0)
    return (finest, words) if finest > 6 or (finest == 6 and words) else (0, 0)


def _named(name: str, address: str) -> bool:
    stem = name.removesuffix("居委会").removesuffix("村委会")
    return stem in address or (stem.endswith("街道") and stem.removesuffix("道") in address)


def _runs(shift: Shift, at: datetime) -> bool:
    now, today = at.time().replace(tzinfo=None), at.date()
    if shift.start < shift.end:
        return _begins(shift, today) and shift.start <= now < shift.end
    return (_begins(shift, today) and now >= shift.start) or (
        _begins(shift, today - timedelta(days=1)) and now < shift.end
    )


def _begins(shift: Shift, day: date) -> bool:
    return shift.on == day if shift.on is not None else day.isoweekday() in shift.days


def _grouped(rows: Iterable[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)


_BELOW: dict[str, list[tuple[str, str]]] = {}


def _divisions_below(code: str) -> list[tuple[str, str]]:
    if not _BELOW:
        for row in rows_of("divisions.csv"):
            _BELOW.setdefault(row["parent"], []).append((row["code"], row["name"]))
    return _BELOW.get(code or "120000", [])
