"""Events as partners get them, pulled by cursor or pushed: what happened to which order, never who called or what was said."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.core.errors import AppError
from liandong.partners.accounts import SQL
from liandong.partners.model import Partner

MOST = 5000  # events of one pull


class Happened(Struct, frozen=True):
    """`cursor` orders all events of a centre. The order's own items are as they are now."""

    cursor: str
    order_id: UUID
    matter_id: UUID
    number: str | None
    seq: int
    kind: str
    status: str
    at: datetime
    type: str | None
    class_code: str | None
    urgent: bool
    danger: bool
    division_code: str | None
    unit: str | None
    channel: str
    exercise: str


class Pulled(Struct, frozen=True):
    """`next`: give it as `after`. `more`: there is more already."""

    events: list[Happened]
    next: str
    more: bool


async def pull(pool: asyncpg.Pool, partner: Partner, after: str, limit: int) -> Pulled:
    """Nothing is skipped and nothing comes twice, however many write meanwhile. Raises AppError field_invalid for a wrong cursor."""
    txid, position = read_cursor(after)
    rows = await pool.fetch(SQL.pull, txid, position, limit, partner.unit, only_own(partner))
    events = [happened(row) for row in rows if row["visible"]]
    reached = f"{rows[-1]['txid']}-{rows[-1]['position']}" if rows else after
    return Pulled(events, reached, len(rows) == limit)


def only_own(partner: Partner) -> str | None:
    """The actor whose orders alone are seen; None: all, or all of its unit."""
    return None if "orders" in partner.scopes or partner.unit else partner.actor.id


def read_cursor(text: str) -> tuple[str, int]:
    txid, _, position = text.partition("-")
    digits = text.isascii() and txid.isdigit() and position.isdigit() and len(text) < 40
    if not (digits and int(txid) < 2**63 and int(position) < 2**63):
        raise AppError("field_invalid", "after 应为上次返回的 next；从头开始用 0-0（a cursor is what `next` said）")
    return txid, int(position)


def happened(row: Mapping[str, Any]) -> Happened:
    return Happened(
        cursor=f"{row['txid']}-{row['position']}",
        order_id=row["order_id"],
        matter_id=row["matter_id"],
        number=row["number"],
        seq=row["seq"],
        kind=row["kind"],
        status=row["status"],
        at=row["at"],
        type=row["type"],
        class_code=row["class_confirmed"] or row["class_intake"],
        urgent=row["urgent"],
        danger=row["danger"],
        division_code=row["division_code"],
        unit=row["unit"],
        channel=row["channel"],
        exercise=row["exercise"],
    )
