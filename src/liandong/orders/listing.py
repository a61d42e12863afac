"""Lists with keyset pagination: newest first by id, which is ordered by time (core.ids), so a page costs the same at any depth."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.orders.lifecycle import FINAL, LIFECYCLES
from liandong.orders.within import condition

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OPEN = sorted({status for lifecycle in LIFECYCLES.values() for status in lifecycle.statuses} - FINAL)

SHARED = "id IN (SELECT order_id FROM transfers WHERE peer = ${})"
ASKED = "SELECT order_id FROM transfers WHERE direction = 'in' AND status = 'offered'"


class Filters(Struct, frozen=True):
    """What to show; None is no limit. `asked`: a peer's offer waits for our answer. `before` is the last id of the page before.

    `peer`: only matters that are or were handed over to or from this centre. `division_code`: with what lies in it.
    `within`: what the viewer is bound to.
    """

    status: list[str] | None = None
    is_open: bool | None = None
    unit: str | None = None
    division_code: str | None = None
    type: str | None = None
    urgent: bool | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    asked: bool | None = None
    peer: str | None = None
    within: str | None = None
    before: UUID | None = None


async def list_ids(pool: asyncpg.Pool, filters: Filters, limit: int) -> list[UUID]:
    sql, values = listing_sql(filters, limit)
    return [row["id"] for row in await pool.fetch(sql, *values)]


def listing_sql(filters: Filters, limit: int) -> tuple[str, list[Any]]:
    """The query from fixed fragments: what a caller gives only ever becomes a parameter."""
    statuses = filters.status
    if filters.is_open is not None:
        statuses = [s for s in (statuses or [*OPEN, *FINAL]) if (s in FINAL) != filters.is_open]
    conditions: list[tuple[str, Any]] = [
        ("status = ANY (${})", statuses),
        ("unit = ${}", filters.unit),
        ("type = ${}", filters.type),
        ("urgent = ${}", filters.urgent),
        ("id >= ${}", first_id(filters.created_from)),
        ("id < ${}", first_id(filters.created_to)),
        (f"id = ANY (ARRAY({ASKED} AND ${{}}))", filters.asked or None),
        (SHARED, filters.peer),
        ("id < ${}", filters.before),
    ]
    for division in (filters.division_code, filters.within):
        if division is not None:
            conditions.append((condition("division_code", division, "{0}"), division))
    given = [(text, value) for text, value in conditions if value is not None]
    where = " AND ".join(text.format(place) for place, (text, _) in enumerate(given, start=1))
    sql = f"SELECT id FROM orders {'WHERE ' + where if where else ''} ORDER BY id DESC LIMIT {int(limit)}"  # noqa: S608
    return sql, [value for _, value in given]


def first_id(moment: datetime | None) -> UUID | None:
    """The smallest id that could be given out at this moment."""
    if moment is None:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    ms = (moment - _EPOCH) // timedelta(milliseconds=1)
    return UUID(int=max(ms, 0) << 80)
