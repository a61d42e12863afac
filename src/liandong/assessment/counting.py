"""Counts the measures of a period: one pass over the rows for each moment, by unit, division and category at once; groups are sums of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.assessment.conditions import sql_of
from liandong.assessment.model import Figure, Figures, Group, Measure, Shape
from liandong.assessment.periods import Period
from liandong.assessment.policy import Rules
from liandong.assessment.reading import SQL

LIVE = "assessed_orders"
FROZEN = "(SELECT * FROM frozen_orders WHERE frozen_id = $4) AS frozen"
_PLACE = {Group.UNIT: 0, Group.DIVISION: 1, Group.CATEGORY: 2}


class Source(Struct, frozen=True):
    """Where the rows come from: the table that moves, or what was frozen with a period."""

    as_of: datetime
    frozen: UUID | None = None

    @property
    def table(self) -> str:
        return FROZEN if self.frozen else LIVE

    @property
    def more(self) -> list[Any]:
        return [self.frozen] if self.frozen else []


class Cell(Struct, frozen=True):
    """Counts of one unit, division and category: `counts[measure] == [numerator, denominator, excluded]`."""

    unit: str
    division: str
    category: str
    counts: dict[str, tuple[int, int, int]]

    def group(self, by: Group) -> str:
        return "" if by == Group.CITY else (self.unit, self.division, self.category)[_PLACE[by]]


async def count_cells(connection: asyncpg.Connection, rules: Rules, period: Period, source: Source) -> list[Cell]:
    """The counts of everything that adds up, in as many queries as there are moments."""
    cells: dict[tuple[str, str, str], dict[str, tuple[int, int, int]]] = defaultdict(dict)
    counted = [one for one in rules.measures if one.is_counted]
    for moment in sorted({one.moment for one in counted}):
        measures = [one for one in counted if one.moment == moment]
        sql = _counting_sql(source.table, moment, measures)
        for row in await connection.fetch(sql, period.starts_at, period.ends_at, source.as_of, *source.more):
            at = cells[row[0], row[1], row[2]]
            for n, one in enumerate(measures):
                at[one.name] = (row[3 + 3 * n], row[4 + 3 * n], row[5 + 3 * n])
    return [Cell(*key, counts) for key, counts in sorted(cells.items())]


async def figures_of(
    connection: asyncpg.Connection, rules: Rules, period: Period, source: Source, *, centre: str, by: Group = Group.CITY
) -> Figures:
    """Every measure of a period, for the city or for each unit, division or category."""
    cells = await count_cells(connection, rules, period, source)
    figures = roll_up(rules, cells, by)
    figures += await _quantiles(connection, rules, period, source, by)
    if by == Group.CITY:
        figures += await _reconciliations(connection, rules, period)
    order = {one.name: n for n, one in enumerate(rules.measures)}
    table = source.table
    sql = f"SELECT DISTINCT clocks_version FROM {table} WHERE $3::timestamptz IS NOT NULL AND taken_at >= $1 AND taken_at < $2 AND clocks_version IS NOT NULL"  # noqa: S608
    versions = [r[0] for r in await connection.fetch(sql, period.starts_at, period.ends_at, source.as_of, *source.more)]
    return Figures(
        centre=centre,
        period=period.name,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        as_of=source.as_of,
        by=by,
        policy_version=rules.version,
        clocks_versions=sorted(versions),
        figures=sorted(figures, key=lambda f: (f.group, order[f.measure])),
        frozen=source.frozen,
    )


def roll_up(rules: Rules, cells: Iterable[Cell], by: Group) -> list[Figure]:
    """Sums of the cells as figures, with the score of each group."""
    sums: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    if by == Group.CITY:
        sums[""] = defaultdict(lambda: [0, 0, 0])
    for cell in cells:
        of = sums[cell.group(by)]
        for name, counts in cell.counts.items():
            of[name] = [a + b for a, b in zip(of[name], counts, strict=True)]
    found = []
    for group, of in sums.items():
        made = [_figure(rules, one, group, of[one.name], by) for one in rules.measures if one.is_counted]
        made += [score_of(rules, one, group, made) for one in rules.measures if one.shape == Shape.SCORE]
        found += made
    return found


def score_of(rules: Rules, measure: Measure, group: str, figures: Sequence[Figure]) -> Figure:
    """The weighted mean of its rates in points; null unless each of them was counted."""
    values = {one.measure: one.value for one in figures if one.group == group}
    parts = [(weight, values.get(name)) for name, weight in rules.policy.weights.items()]
    total = sum(weight for weight, _ in parts)
    if not total or any(value is None for _, value in parts):
        return Figure(measure.name, group, None)
    return Figure(measure.name, group, 100 * sum(weight * (value or 0.0) for weight, value in parts) / total)


def _figure(rules: Rules, measure: Measure, group: str, counts: Sequence[int], by: Group) -> Figure:
    numerator, denominator, excluded = counts
    if measure.shape == Shape.COUNT:
        return Figure(measure.name, group, denominator, denominator, None, excluded)
    if measure.shape == Shape.PER_10K:
        people = sum(rules.inhabitants.values()) if by == Group.CITY else rules.inhabitants.get(group)
        return Figure(
            measure.name, group, 10_000 * denominator / people if people else None, denominator, people, excluded
        )
    value = numerator if measure.shape == Shape.SHARE else numerator / denominator if denominator else None
    return Figure(measure.name, group, value, numerator, denominator, excluded)


def conditions(measure: Measure) -> tuple[str, str, str]:
    """Numerator, denominator and excluded as SQL; what is unknown (null) is not the case."""
    denominator = f"({sql_of(measure.denominator)})"
    kept = f"{denominator} AND excluded IS NULL" if measure.excludes else denominator
    numerator = f"{kept} AND ({sql_of(measure.numerator)})" if measure.numerator else kept
    excluded = f"{denominator} AND excluded IS NOT NULL" if measure.excludes else "false"
    return numerator, kept, excluded


def _counting_sql(table: str, moment: str, measures: Sequence[Measure]) -> str:
    counts = [f"count(*) FILTER (WHERE {condition})" for one in measures for condition in conditions(one)]
    return (
        f"SELECT unit, division, category, {', '.join(counts)} FROM {table}"  # noqa: S608
        f" WHERE {moment} >= $1 AND {moment} < $2 AND $3::timestamptz IS NOT NULL GROUP BY 1, 2, 3"
    )


async def _quantiles(
    connection: asyncpg.Connection, rules: Rules, period: Period, source: Source, by: Group
) -> list[Figure]:
    found = []
    column = "''" if by == Group.CITY else str(by)
    for one in rules.measures:
        if one.shape != Shape.QUANTILE:
            continue
        sql = (
            f"SELECT {column} AS name, percentile_cont({one.quantile}) WITHIN GROUP (ORDER BY {one.value}) AS value, count(*) AS count"  # noqa: S608
            f" FROM {source.table} WHERE {one.moment} >= $1 AND {one.moment} < $2 AND $3::timestamptz IS NOT NULL AND ({sql_of(one.denominator)}) GROUP BY 1"
        )
        rows = await connection.fetch(sql, period.starts_at, period.ends_at, source.as_of, *source.more)
        found += [Figure(one.name, row["name"], row["value"], None, row["count"]) for row in rows]
        if by == Group.CITY and not rows:
            found.append(Figure(one.name, "", None, None, 0))
    return found


async def _reconciliations(connection: asyncpg.Connection, rules: Rules, period: Period) -> list[Figure]:
    row = await connection.fetchrow(SQL.reconciliations, period.starts_at, period.ends_at)
    value = row["numerator"] / row["denominator"] if row["denominator"] else None
    return [
        Figure(one.name, "", value, row["numerator"], row["denominator"])
        for one in rules.measures
        if one.shape == Shape.RECONCILIATIONS
    ]
