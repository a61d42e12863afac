"""What the API, the command line and the reports ask: figures of a period, orders behind one, a unit beside its like."""

import contextlib
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import msgspec

from liandong.assessment.comparing import Comparison, compare, ranking
from liandong.assessment.counting import count_cells, figures_from, figures_of
from liandong.assessment.freezing import Sealed, source_of, unsealed
from liandong.assessment.model import BehindPage, Exclusion, Figures, Frozen, Group, Measure, Part, of_row
from liandong.assessment.opening import orders_behind
from liandong.assessment.periods import Period
from liandong.assessment.policy import Rules
from liandong.assessment.reading import SQL, Assessor
from liandong.core.errors import AppError

ROOM = "SET LOCAL work_mem = '64MB'"


@contextlib.asynccontextmanager
async def counting(assessor: Assessor) -> AsyncIterator[asyncpg.Connection]:
    """One moment of the database for all queries of an answer, with room to group a month without the disk."""
    async with (
        assessor.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        await connection.execute(ROOM)
        yield connection


async def period_figures(
    assessor: Assessor, period: Period, *, by: Group = Group.CITY, division: str | None = None
) -> Figures:
    """As they are now; for a frozen period as they were signed (city and units), whatever the policy says since.

    `division`: counted of its own matters alone, from the rows that were frozen where the period is.
    """
    async with counting(assessor) as connection:
        sealed = await _sealed(connection, period)
        if sealed is not None and by in {Group.CITY, Group.UNIT} and division is None:
            frozen, what = sealed
            figures = what.city if by == Group.CITY else what.units
            return msgspec.structs.replace(figures, frozen=frozen)
        source = await source_of(connection, period, assessor.clock.now(), division)
        rules = assessor.rules if division is None else _rules_of(assessor.rules, division)
        return await figures_of(connection, rules, period, source, centre=assessor.centre, by=by)


async def all_figures(assessor: Assessor, period: Period) -> dict[Group, Figures]:
    """The same for the city, units, divisions and categories, counted in one pass."""
    async with counting(assessor) as connection:
        source = await source_of(connection, period, assessor.clock.now())
        cells = await count_cells(connection, assessor.rules, period, source)
        found = {}
        for by in Group:
            found[by] = await figures_from(
                connection, assessor.rules, period, source, cells, centre=assessor.centre, by=by
            )
        if (sealed := await _sealed(connection, period)) is not None:
            found[Group.CITY] = msgspec.structs.replace(sealed[1].city, frozen=sealed[0])
            found[Group.UNIT] = msgspec.structs.replace(sealed[1].units, frozen=sealed[0])
        return found


async def behind(
    assessor: Assessor,
    measure: str,
    period: Period,
    *,
    part: Part,
    by: Group = Group.CITY,
    group: str = "",
    after: UUID | None = None,
    limit: int = 100,
    division: str | None = None,
) -> BehindPage:
    """Raises AppError: not_found, guard_refused."""
    async with counting(assessor) as connection:
        source = await source_of(connection, period, assessor.clock.now(), division)
        chosen = assessor.rules.measure(measure)
        return await orders_behind(
            connection, chosen, period, source, part=part, by=by, group=group, after=after, limit=limit
        )


async def compared(assessor: Assessor, period: Period, unit: str) -> Comparison:
    async with counting(assessor) as connection:
        source = await source_of(connection, period, assessor.clock.now())
        cells = await count_cells(connection, assessor.rules, period, source)
    return compare(assessor.rules, cells, unit, period.name)


async def league(assessor: Assessor, measure: Measure, period: Period) -> list[str]:
    """Raises AppError: guard_refused, as long as the city has not turned league tables on."""
    async with counting(assessor) as connection:
        source = await source_of(connection, period, assessor.clock.now())
        cells = await count_cells(connection, assessor.rules, period, source)
    order = ranking(assessor.rules, cells, measure)
    if order is None:
        raise AppError(
            "guard_refused", "排名默认关闭（国办要求不简单以排名评价）；确需启用请改 assessment.json 的 league_tables"
        )
    return order


async def exclusions(pool: asyncpg.Pool, status: str | None, before: UUID | None, limit: int) -> list[Exclusion]:
    return [of_row(Exclusion, row) for row in await pool.fetch(SQL.list_exclusions, status, before, limit)]


async def frozen_periods(pool: asyncpg.Pool, limit: int = 200) -> list[Frozen]:
    return [of_row(Frozen, row) for row in await pool.fetch(SQL.list_frozen, limit)]


def _rules_of(rules: Rules, division: str) -> Rules:
    """With the inhabitants of the district alone; how many live in a street is not known."""
    people = {code: count for code, count in rules.inhabitants.items() if code == division}
    return msgspec.structs.replace(rules, inhabitants=people)


async def _sealed(connection: asyncpg.Connection, period: Period) -> tuple[UUID, Sealed] | None:
    row = await connection.fetchrow(SQL.frozen, period.name)
    return (row["id"], unsealed(row["signed"])) if row else None
