"""The second reading of our own sealed days: every root computed again in Python from what the events say now."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import asyncpg
from msgspec import Struct

from liandong.roots.model import FIRST_DAY, Fault, Sealed
from liandong.roots.seal import SQL
from liandong.roots.tree import Tree, day_root, differing

NAMED = 20  # orders that are named of a bucket that differs
NAMED_BUCKETS = 16  # of more only the number is told: then the whole day is different
MANY = 100_000


class OwnChecked(Struct, frozen=True):
    """`now`: the buckets of each day as they come out now, for comparing with what peers hold."""

    days: list[Sealed]
    now: dict[date, tuple[int, bytes]]
    faults: list[Fault]


async def check_own(
    connection: asyncpg.Connection,
    centre: str,
    *,
    since: date = FIRST_DAY,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> OwnChecked:
    """Reads every event of the sealed days after `since` once, in constant memory; the chain of roots is followed from its beginning.

    `progress` is told days done and days in all.
    """
    days = [Sealed(**row) for row in await connection.fetch(SQL.sealed_days, FIRST_DAY, MANY)]
    faults, now = [], {}
    before: Sealed | None = None
    for done, day in enumerate(days, start=1):
        faults += _chain(centre, day, before)
        if day.day > since:
            now[day.day] = count, buckets = await _read(connection, day)
            faults += await named_buckets(connection, centre, day, differing(buckets, day.buckets))
            if count != day.count:
                text = f"封存时有{day.count}条事件，现有{count}条"
                faults.append(Fault(centre, "root_changed", text, day=day.day))
        before = day
        progress(done, len(days))
    return OwnChecked(days, now, faults)


async def named_buckets(
    connection: Any, centre: str, day: Sealed, buckets: list[int], witness: str | None = None
) -> list[Fault]:
    """A fault for each bucket that differs, with the orders that are in it now."""
    faults = []
    if len(buckets) > NAMED_BUCKETS:
        faults.append(Fault(centre, "root_changed", f"共{len(buckets)}桶不同", witness=witness, day=day.day))
    for bucket in buckets[:NAMED_BUCKETS]:
        rows = await connection.fetch(SQL.orders_in_bucket, day.after_position, day.until_position, bucket, NAMED)
        text = "这一桶的事件与封存时不同" if witness is None else f"这一桶的事件与{witness}收到的根不同"
        orders = [row["number"] for row in rows]
        hint = f"，桶中现有工单：{'、'.join(orders)}" if orders else "，桶中现在没有工单：有工单被整个删除"
        faults.append(
            Fault(centre, "root_changed", text + hint, witness=witness, day=day.day, bucket=bucket, orders=orders)
        )
    return faults


def _chain(centre: str, day: Sealed, before: Sealed | None) -> list[Fault]:
    def broken(text: str, kind: str = "root_chain") -> list[Fault]:
        return [Fault(centre, kind, text, day=day.day)]

    if before is not None and day.day != before.day + timedelta(days=1):
        return broken(f"{before.day}之后缺少{(day.day - before.day).days - 1}天", kind="day_missing")
    if day.previous != (before.root if before else b"") or day.after_position != (
        before.until_position if before else 0
    ):
        return broken("没有接在前一天之后")
    root = day_root(centre, day.day, count=day.count, previous=day.previous, buckets=day.buckets)
    return [] if root == day.root else broken("根与它的各桶不符")


async def _read(connection: asyncpg.Connection, day: Sealed) -> tuple[int, bytes]:
    tree = Tree()
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        async for row in connection.cursor(SQL.leaves_between, day.after_position, day.until_position, prefetch=5000):
            tree.add(row["order_id"], row["seq"], row["hash"])
    return tree.count, tree.buckets()
