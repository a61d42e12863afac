"""The orders behind a figure, page by page: by the same conditions that counted it."""

from uuid import UUID

import asyncpg

from liandong.assessment.counting import Source, conditions
from liandong.assessment.model import Behind, BehindPage, Group, Measure, Part
from liandong.assessment.periods import Period
from liandong.assessment.reading import SQL
from liandong.core.errors import AppError

NOTHING = UUID(int=0)


async def orders_behind(
    connection: asyncpg.Connection,
    measure: Measure,
    period: Period,
    source: Source,
    *,
    part: Part = Part.DENOMINATOR,
    by: Group = Group.CITY,
    group: str = "",
    after: UUID | None = None,
    limit: int = 100,
) -> BehindPage:
    """By id. `count` is of all pages. Raises AppError: guard_refused for a measure that is counted from other figures."""
    if not measure.opens:
        raise AppError(
            "guard_refused", f"{measure.zh}由其他指标或对账记录算出，请查看其组成指标（it is made of other measures）"
        )
    where = f"{measure.moment} >= $1 AND {measure.moment} < $2 AND $3::timestamptz IS NOT NULL AND ({_condition(measure, part)})"
    values = [period.starts_at, period.ends_at, source.as_of, *source.more]
    if by != Group.CITY:
        values.append(group)
        where += f" AND {by} = ${len(values)}::text"
    count = await connection.fetchval(f"SELECT count(*) FROM {source.table} WHERE {where}", *values)  # noqa: S608
    values += [after or NOTHING, limit]
    sql = (
        f"SELECT order_id, unit, category, division, status, {measure.moment} AS moment, answer_due, handled_at, excluded"  # noqa: S608
        f" FROM {source.table} WHERE {where} AND order_id > ${len(values) - 1}::uuid ORDER BY order_id LIMIT ${len(values)}"
    )
    rows = await connection.fetch(sql, *values)
    texts = {row["id"]: row for row in await connection.fetch(SQL.texts_of, [row["order_id"] for row in rows])}
    orders = []
    for row in rows:
        text = texts.get(row["order_id"])  # an order may have gone into the archive since; its row and its id stay
        title = (text["title"] or text["content"].replace("\n", " ")[:40]) if text else ""
        orders.append(Behind(**dict(row), number=text["number"] if text else None, title=title))
    return BehindPage(measure.name, part, count, orders, orders[-1].order_id if len(orders) == limit else None)


def _condition(measure: Measure, part: Part) -> str:
    numerator, denominator, excluded = conditions(measure)
    if part == Part.NUMERATOR:
        return numerator
    if part == Part.EXCLUDED:
        return excluded
    return denominator if part == Part.DENOMINATOR else f"{denominator} AND NOT coalesce({numerator}, false)"
