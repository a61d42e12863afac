"""Finds the candidates by the indexes; the rules compare them."""

from math import ceil, cos, floor, radians
from typing import Any

import asyncpg
import msgspec

from liandong.catalogue.linkage import LinkagePolicy
from liandong.core.sqlfiles import load_sql
from liandong.duplicates.model import Duplicate, Likely
from liandong.duplicates.rules import duplicates, earliest
from liandong.merging.rules import VOID
from liandong.orders.listing import first_id
from liandong.orders.model import Order, Point
from liandong.orders.within import within

SQL = load_sql("liandong.duplicates")
CELLS = 500  # in a degree, as the index orders_by_cell has them
DEGREE = 111_320.0  # metres from south to north
BOUND = 300  # candidates of each way
_point = msgspec.json.Decoder(Point)


async def find_duplicates(
    pool: asyncpg.Pool, order: Order, policy: LinkagePolicy, *, division: str | None = None
) -> list[Duplicate]:
    """Other orders of this centre that may be about the same thing, the likeliest first. `division`: only those in it."""
    north, east = cells_around(order.incident.wgs84 or order.incident.gcj02, policy.duplicate_metres)
    given = (
        order.id,
        order.caller.phone,
        order.incident.address,
        north,
        east,
        order.division_code,
        first_id(earliest(order.created_at, policy)),
        order.exercise,
        sorted(VOID - {"guided"}),
        BOUND,
    )
    rows = await pool.fetch(*within(SQL.candidates, given, division))
    return duplicates(_of_order(order), (_of_row(row) for row in rows), policy)


def cells_around(point: Point | None, metres: int) -> tuple[list[int], list[int]]:
    """The cells that the circle around a point touches, from south to north and from west to east."""
    if point is None:
        return [], []
    up = metres / DEGREE
    across = metres / (DEGREE * max(cos(radians(point.lat)), 0.01))
    return _cells(point.lat, up), _cells(point.lon, across)


def _cells(degrees: float, reach: float) -> list[int]:
    return list(range(floor((degrees - reach) * CELLS), ceil((degrees + reach) * CELLS)))


def _of_order(order: Order) -> Likely:
    return Likely(
        id=order.id,
        number=order.number,
        status=order.status,
        responsible=order.responsible,
        title=order.title,
        content=order.content,
        phone=order.caller.phone,
        address=order.incident.address,
        wgs84=order.incident.wgs84,
        gcj02=order.incident.gcj02,
        created_at=order.created_at,
    )


def _of_row(row: Any) -> Likely:
    fields = {name: row[name] for name in Likely.__struct_fields__}
    fields |= {name: _point.decode(row[name]) if row[name] else None for name in ("wgs84", "gcj02")}
    return Likely(**fields)
