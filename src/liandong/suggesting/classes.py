"""The tree of class codes: pairs of digits, zeros at the end stand for everything below (domain §3)."""

from collections import Counter
from collections.abc import Iterable
from functools import cache

from liandong.catalogue.centres import Kind
from liandong.catalogue.units import rows_of
from liandong.units.directory import stem_of

TABLES = {Kind.WORK_ORDER: "matter_classes.csv", Kind.POLICE_ORDER: "police_classes.csv"}


@cache
def class_names() -> dict[str, str]:
    """Names by code, of the matter classes (6 digits) and the police classes (8 digits)."""
    return {row["code"]: row["name"] for table in TABLES.values() for row in rows_of(table)}


def above(code: str) -> str:
    """The class above: 010203 → 010200 → 010000; empty above the first level."""
    stem = stem_of(code)
    return stem[:-2].ljust(len(code), "0") if len(stem) > 2 else ""


def levels_of(code: str) -> list[str]:
    """The class and all above it, the coarsest first."""
    found = [code]
    while upper := above(found[-1]):
        found.append(upper)
    return found[::-1]


def folding(codes: Iterable[str], least: int) -> dict[str, str]:
    """For each class the one that it is learnt as: itself, or the nearest above it that has enough rows. Classes that stay too rare at the
    first level are left out."""
    counts = Counter(code for code in codes if code)
    folded = {code: code for code in counts}
    for depth in range(4, 0, -1):
        sums = Counter[str]()
        for code, count in counts.items():
            if folded[code]:
                sums[folded[code]] += count
        for code, target in folded.items():
            if target and sums[target] < least and len(stem_of(target)) >= 2 * depth:
                folded[code] = above(target)
    return {code: target for code, target in folded.items() if target}


def fold(code: str, known: dict[str, str]) -> str:
    """As learnt; a class that was never seen is read as the nearest known one above it, empty where there is none."""
    targets = set(known.values())
    found: str = code
    while found:
        if found in known:
            return known[found]
        if found in targets:
            return found
        found = above(found)
    return ""
