"""What an account that is bound to a division sees of a query: the same query, with the division as one more condition.

A query says in its text where that condition belongs: `/* within: o.division_code */ TRUE` for a column that holds the division,
`/* within order: t.order_id */ TRUE` for one that holds an order's id. For everybody else it stays as it is written.
"""

import re
from typing import Any

_COLUMN = re.compile(r"/\* within: ([\w.]+) \*/ TRUE")
_ORDER = re.compile(r"/\* within order: ([\w.]+) \*/ TRUE")
STREET = 9  # digits


def within(sql: str, values: tuple[Any, ...], division: str | None) -> tuple[Any, ...]:
    """The query with its values, as `fetch` takes them. Raises ValueError for a query that does not say where its condition belongs."""
    if division is None:
        return sql, *values
    place = len(values) + 1
    sql, columns = _COLUMN.subn(lambda found: condition(found[1], division, place), sql)
    lies = condition("w.division_code", division, place)
    sql, orders = _ORDER.subn(lambda found: f"EXISTS (SELECT FROM orders w WHERE w.id = {found[1]} AND {lies})", sql)
    if not columns + orders:
        raise ValueError(f"this query can't be narrowed to a division: {sql[:80]}")
    return sql, *values, division


def condition(column: str, division: str, place: int | str) -> str:
    """That a row lies in a district or a street, in the words of the indexes `orders_by_district` and `orders_by_street`.

    `place`: which parameter the division is.
    """
    digits = STREET if len(division) >= STREET else 6
    partial = f"length({column}) >= {STREET}" if digits == STREET else f"{column} IS NOT NULL"
    exact = f" AND starts_with({column}, ${place})" if len(division) > STREET else ""
    return f"{partial} AND left({column}, {digits}) = left(${place}, {digits}){exact}"
