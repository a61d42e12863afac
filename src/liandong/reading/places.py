"""Places in a text, resolved to division codes with the city's own table: district, street or town, community or village.

A short name counts (南开 needs its 区; 万兴街 stands for 万兴街道). Where a name is borne twice, the district or street that the
text names decides; where nothing decides, no code is given: a wrong place is worse than none.
"""

import csv
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import ahocorasick
from msgspec import Struct

_ENDINGS = {
    "street": ("街道", "地区", "镇", "乡"),
    "community": ("社区居民委员会", "社区居委会", "居民委员会", "村民委员会", "居委会", "村委会", "社区", "村"),
}
_ROAD = re.compile(
    r"(?<![\u4e00-\u9fa5])?(?P<road>[\u4e00-\u9fa5]{1,6}?(?:大街|大道|路|道|街|胡同|里|巷))(?P<number>\d{1,5}(?:号院?|弄))(?P<rest>(?:\d{1,3}(?:号楼|栋|幢|座))?(?:\d{1,2}(?:单元|门))?(?:\d{2,4}(?:室|户|号)?)?)"
)
_BEFORE = re.compile(r"^.*(?:在|于|住|到|去|从|是|区|镇|街道|乡|市|县)(?=[\u4e00-\u9fa5]{2,})")
MOST = 12


class Division(Struct, frozen=True):
    code: str
    name: str
    parent: str
    level: str


class FoundPlace(Struct, frozen=True):
    """`code` is empty for a road with a number: it says where, but is no division."""

    start: int
    end: int
    text: str
    level: str
    code: str = ""
    name: str = ""


class Gazetteer:
    """Built once of a city's divisions and its own aliases (name → code); afterwards only read."""

    def __init__(self, divisions: Iterable[Division], aliases: dict[str, str] | None = None):
        self._known = {one.code: one for one in divisions}
        self._automaton = ahocorasick.Automaton()
        named: dict[str, set[str]] = {}
        for one in self._known.values():
            for name in _names(one):
                named.setdefault(name, set()).add(one.code)
        for name, code in (aliases or {}).items():
            named.setdefault(name, set()).add(code)
        for name, codes in named.items():
            self._automaton.add_word(name, (len(name), tuple(sorted(codes))))
        if named:
            self._automaton.make_automaton()

    def find(self, text: str) -> list[FoundPlace]:
        """In the order of the text; the longest name where several begin or overlap."""
        hits = [(last + 1 - length, last + 1, codes) for last, (length, codes) in self._automaton.iter(text)]
        chosen: list[tuple[int, int, tuple[str, ...]]] = []
        for start, end, codes in sorted(hits, key=lambda hit: (-(hit[1] - hit[0]), hit[0])):
            if all(end <= other[0] or start >= other[1] for other in chosen):
                chosen.append((start, end, codes))
            if len(chosen) >= MOST * 4:
                break
        sure = {codes[0] for _, _, codes in chosen if len(codes) == 1}
        above = sure | {up for code in sure for up in self.above(code)}
        found = []
        for start, end, codes in sorted(chosen):
            code = self._decide(codes, above)
            if code:
                one = self._known[code]
                found.append(FoundPlace(start, end, text[start:end], one.level, code, one.name))
        return sorted((*found[:MOST], *roads(text)), key=lambda place: place.start)

    def above(self, code: str) -> list[str]:
        """The codes of what a division lies in, the nearest first."""
        found = []
        while code in self._known and self._known[code].parent:
            code = self._known[code].parent
            found.append(code)
        return found

    def finest(self, places: Iterable[FoundPlace]) -> str:
        """The code that says most exactly where it is; of several equally exact ones the first; empty for none."""
        return max((place.code for place in places), key=len, default="") if places else ""

    def _decide(self, codes: tuple[str, ...], above: set[str]) -> str:
        if len(codes) == 1:
            return codes[0]
        city = {code for code, one in self._known.items() if not one.parent} if above else set()
        fitting = [code for code in codes if (above - city) & {code, *self.above(code)}]
        return fitting[0] if len(fitting) == 1 else ""


def roads(text: str) -> list[FoundPlace]:
    """Roads with a house number."""
    found = []
    for match in _ROAD.finditer(text):
        start, cut = match.start(), _BEFORE.match(match["road"])
        start += cut.end() if cut else 0
        found.append(FoundPlace(start, match.end(), text[start : match.end()], "road"))
        if len(found) == MOST:
            break
    return found


@cache
def default_gazetteer() -> Gazetteer:
    """Of the shipped divisions."""
    text = files("liandong.catalogue").joinpath("data/divisions.csv").read_text(encoding="utf-8-sig")
    rows = csv.DictReader(text.splitlines())
    return Gazetteer(Division(row["code"], row["name"], row["parent"], row["level"]) for row in rows)


def _names(one: Division) -> list[str]:
    """A short name must have two characters of its own, and an ending that a place has, so that no common word becomes a place."""
    names = [one.name]
    for ending in _ENDINGS.get(one.level, ()):
        stem = one.name.removesuffix(ending)
        if stem != one.name and len(stem) >= 2:
            if one.level == "street" and ending == "街道":
                names.append(stem + "街")
            elif one.level == "community":
                kind = "村" if ending.startswith("村") else "社区"
                names.append(stem if stem.endswith(kind) else stem + kind)
            break
    return [name for name in names if len(name) >= 3]
