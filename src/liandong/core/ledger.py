"""Verifies the ledger: recomputes every hash from what the rows say and names the first row that does not fit.

The hash of a row is SHA-256 over the hash before it and the row's own text (docs/guarantees.md gives the exact form).
The commit statement computes it inside PostgreSQL; this is an independent second reading.
"""

import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ALL_EVENTS = """
SELECT e.order_id, e.seq, e.status, e.kind, e.id, e.at, e.actor, e.role, e.number, e.body, e.hash,
       o.version AS order_version, o.head AS order_head, o.status AS order_status
FROM events e LEFT JOIN orders o ON o.id = e.order_id ORDER BY e.order_id, e.seq
"""


class Broken(Struct, frozen=True):
    """The first row that does not fit, and how."""

    order_id: UUID
    seq: int
    why: str


class Verified(Struct, frozen=True):
    orders: int
    events: int
    broken: Broken | None


def event_hash(before: bytes, row: Any) -> bytes:
    micros = (
        (row["at"] - EPOCH).days * 86_400_000_000
        + (row["at"] - EPOCH).seconds * 1_000_000
        + (row["at"] - EPOCH).microseconds
    )
    parts = (
        row["order_id"],
        row["seq"],
        row["kind"],
        row["status"],
        row["id"],
        micros,
        row["actor"],
        row["role"],
        row["number"] or "",
        row["body"],
    )
    return hashlib.sha256(before + "\n".join(str(part) for part in parts).encode()).digest()


async def verify(connection: asyncpg.Connection, progress: Callable[[int], None] = lambda _: None) -> Verified:
    """Reads the whole ledger once, in constant memory. `progress` is told the number of events read."""
    orders = events = 0
    order_id: UUID | None = None
    head, seq, last = b"", 0, None
    async for row in _rows(connection):
        if row["order_id"] != order_id:
            broken = last and _end_of(last, head, seq)
            if broken:
                return Verified(orders, events, broken)
            order_id, head, seq = row["order_id"], b"", 0
            orders += 1
        seq += 1
        events += 1
        if row["seq"] != seq:
            return Verified(orders, events, Broken(order_id, row["seq"], f"第 {seq} 条缺失或重复"))
        head = event_hash(head, row)
        if head != row["hash"]:
            return Verified(orders, events, Broken(order_id, seq, "内容与哈希不符，此条或其前一条被改动过"))
        last = row
        if events % 1000 == 0:
            progress(events)
    broken = last and _end_of(last, head, seq)
    progress(events)
    return Verified(orders, events, broken or None)


def _end_of(row: Any, head: bytes, seq: int) -> Broken | None:
    """The chain must end where the order stands: a cut-off end shows here."""
    if row["order_version"] is None:
        return Broken(row["order_id"], seq, "账本中有事件，工单却不存在")
    if row["order_version"] != seq or row["order_head"] != head or row["order_status"] != row["status"]:
        return Broken(
            row["order_id"],
            seq,
            f"工单在第 {row['order_version']} 版（{row['order_status']}），账本止于第 {seq} 条（{row['status']}）",
        )
    return None


async def _rows(connection: asyncpg.Connection) -> AsyncIterator[Any]:
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        async for row in connection.cursor(ALL_EVENTS, prefetch=2000):
            yield row
