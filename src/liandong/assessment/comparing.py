"""A unit beside its like: what the city does with the same mix of matters, and the units of the same kind and about the same size.

There is no list from best to worst unless a city turns it on (assessment.json, `league_tables`).
"""

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

from liandong.assessment.counting import Cell, counts_of, roll_up
from liandong.assessment.model import Group, Measure, Shape
from liandong.assessment.policy import Rules
from liandong.catalogue.units import default_units


class Compared(Struct, frozen=True):
    """One rate of one unit. `expected`: what the city as a whole reached with this unit's mix of categories.

    `like`: the same rate of all like units together. Null where fewer than `least_count` orders were counted.
    """

    measure: str
    value: float | None
    denominator: int
    expected: float | None
    like: float | None


class Comparison(Struct, frozen=True):
    """`like_units`: of the same kind, at most `like_size` times as large or as small."""

    unit: str
    period: str
    like_units: list[str]
    measures: list[Compared]


def compare(rules: Rules, cells: Sequence[Cell], unit: str, period: str) -> Comparison:
    like = like_units(rules, cells, unit)
    rates = [one for one in rules.measures if one.shape == Shape.RATE]
    return Comparison(unit, period, like, [_compared(rules, cells, one, unit, like) for one in rates])


def like_units(rules: Rules, cells: Sequence[Cell], unit: str) -> list[str]:
    """By org code, never by figures."""
    sizes: dict[str, int] = defaultdict(int)
    for cell in cells:
        sizes[cell.unit] += counts_of(rules, cell, "taken")[1]
    units, own = default_units(), sizes.get(unit, 0)
    kind = units[unit].kind if unit in units else None
    most = rules.policy.like_size
    return sorted(
        other
        for other, size in sizes.items()
        if other != unit and other in units and units[other].kind == kind and own <= size * most and size <= own * most
    )


def ranking(rules: Rules, cells: Sequence[Cell], measure: Measure) -> list[str] | None:
    """Units from best to worst, or None where league tables are off, as they are by default."""
    if not rules.policy.league_tables or not measure.better:
        return None
    figures = [
        f for f in roll_up(rules, cells, Group.UNIT) if f.measure == measure.name and f.value is not None and f.group
    ]
    figures = [f for f in figures if (f.denominator or 0) >= rules.policy.least_count or measure.shape == Shape.SCORE]
    return [f.group for f in sorted(figures, key=lambda f: f.value or 0.0, reverse=measure.better == "high")]


def _compared(rules: Rules, cells: Sequence[Cell], measure: Measure, unit: str, like: Sequence[str]) -> Compared:
    own: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    city: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    beside = [0, 0]
    for cell in cells:
        numerator, denominator, _ = counts_of(rules, cell, measure.name)
        sums = [city[cell.category]]
        sums += [own[cell.category]] if cell.unit == unit else [beside] if cell.unit in like else []
        for into in sums:
            into[0] += numerator
            into[1] += denominator
    total = sum(denominator for _, denominator in own.values())
    met = sum(numerator for numerator, _ in own.values())
    if total < rules.policy.least_count:
        return Compared(measure.name, met / total if total else None, total, None, None)
    expected = sum(own[c][1] * city[c][0] / city[c][1] for c in own if own[c][1]) / total
    others = beside[0] / beside[1] if beside[1] >= rules.policy.least_count else None
    return Compared(measure.name, met / total, total, expected, others)
