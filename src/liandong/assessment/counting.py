"""Counts the measures of a period: one pass over the rows for each moment, by unit, division and category at once; groups are sums of it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import add
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
# Rows know the district; which street a matter lies in, its order knows.
OF_DIVISION = (
    "(SELECT r.* FROM {rows} r WHERE r.division = left(${n}, 6) AND (length(${n}) < 9 OR {street})) AS rows_of"
)
_PLACE = {Group.UNIT: 0, Group.DIVISION: 1, Group.CATEGORY: 2}


class Source(Struct, frozen=True):
    """Where the rows come from: the table that moves, or what was frozen with a period."""

    as_of: datetime
    frozen: UUID | None = None
    division: str | None = None
    """Only the matters of this district or street."""

    @property
    def table(self) -> str:
        rows = FROZEN if self.frozen else LIVE
        if self.division is None:
            return rows
        n = 5 if self.frozen else 4
        street = f"EXISTS (SELECT FROM orders w WHERE w.id = r.order_id AND starts_with(w.division_code, ${n}))"
        return OF_DIVISION.format(rows=rows.removesuffix(" AS frozen"), n=f"{n}::text", street=street)

    @property
    def more(self) -> list[Any]:
        return [one for one in (self.frozen, self.division) if one]


class Cell(Struct, frozen=True):
    """Counts of one unit, division and category (empty where it was not told apart): three for each counted measure, in their order."""

    unit: str
    division: str
    category: str
    counts: Sequence[int]

    def group(self, by: Group) -> str:
        return "" if by == Group.CITY else (self.unit, self.division, self.category)[_PLACE[by]]


def counted(rules: Rules) -> list[Measure]:
    """The measures whose counts stand in a cell, in their order."""
    return [one for one in rules.measures if one.is_counted]


def counts_of(rules: Rules, cell: Cell, measure: str) -> Sequence[int]:
    """Numerator, denominator and excluded of one measure."""
    at = 3 * [one.name for one in counted(rules)].index(measure)
    return cell.counts[at : at + 3]


async def count_cells(
    connection: asyncpg.Connection, rules: Rules, period: Period, source: Source, by: Group | None = None
) -> list[Cell]:
    """The counts of everything that adds up, in as many queries as there are moments; told apart by everything, or `by` one thing alone."""
    measures = counted(rules)
    cells: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0] * (3 * len(measures)))
    for moment in sorted({one.moment for one in measures}):
        places = [n for n, one in enumerate(measures) if one.moment == moment]
        sql = _counting_sql(source.table, moment, [measures[n] for n in places], by)
        for row in await connection.fetch(sql, period.starts_at, period.ends_at, source.as_of, *source.more):
            at = cells[row[0], row[1], row[2]]
            for k, n in enumerate(places):
                at[3 * n : 3 * n + 3] = row[3 + 3 * k], row[4 + 3 * k], row[5 + 3 * k]
    return [Cell(*key, counts) for key, counts in sorted(cells.items())]


async def figures_of(
    connection: asyncpg.Connection, rules: Rules, period: Period, source: Source, *, centre: str, by: Group = Group.CITY
) -> Figures:
    """Every measure of a period, for the city or for each unit, division or category."""
    cells = await count_cells(connection, rules, period, source, by)
    return await figures_from(connection, rules, period, source, cells, centre=centre, by=by)


async def figures_from(
    connection: asyncpg.Connection,
    rules: Rules,
    period: Period,
    source: Source,
    cells: Sequence[Cell],
    *,
    centre: str,
    by: Group,
) -> Figures:
    """The same from cells that were counted already; what does not add up is asked for here."""
    figures = roll_up(rules, cells, by)
    figures += await _quantiles(connection, rules, period, source, by)
    if by == Group.CITY and source.division is None:
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
    measures = counted(rules)
    empty = [0] * (3 * len(measures))
    sums: dict[str, list[int]] = {"": empty} if by == Group.CITY else {}
    for cell in cells:
        group = cell.group(by)
        sums[group] = list(map(add, sums.get(group, empty), cell.counts))
    found = []
    for group, of in sums.items():
        made = [_figure(rules, one, group, of[3 * n : 3 * n + 3], by) for n, one in enumerate(measures)]
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


def _counting_sql(table: str, moment: str, measures: Sequence[Measure], by: Group | None) -> str:
    apart = [str(one) if by in {None, one} else "''" for one in (Group.UNIT, Group.DIVISION, Group.CATEGORY)]
    counts = [f"count(*) FILTER (WHERE {condition})" for one in measures for condition in conditions(one)]
    return (
        f"SELECT {', '.join(apart)}, {', '.join(counts)} FROM {table}"  # noqa: S608
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
