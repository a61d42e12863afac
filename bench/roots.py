"""What daily roots and reconciliation cost on a large ledger: `python -m bench.roots [--events 10000000]`.

A server of its own in a temporary folder; ten events an order, 400,000 events a day, one order in five shared with a peer.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from liandong.core import db
from liandong.core.clock import ManualClock
from liandong.exchange.views import ViewsAsked, following, shared_matters
from liandong.policy import ZONE
from liandong.postgres import EmbeddedPostgres
from liandong.roots.answer import own_days
from liandong.roots.own import check_own
from liandong.roots.seal import Sealing, seal_day, seal_due

START = datetime(2025, 3, 3, 16, 0, tzinfo=UTC)  # midnight in the city
A_DAY = 400_000
EVENTS_AN_ORDER = 10

# Orders of one block, their events, and a transfer with its messages for each fifth. $1: first order, $2: last, $3: orders a day, $4: start.
FILL = """
WITH fresh AS MATERIALIZED (
    SELECT i, uuidv7(($4::timestamptz + i * interval '1 day' / $3::integer) - clock_timestamp()) AS id, uuidv7() AS matter_id,
           $4::timestamptz + i * interval '1 day' / $3::integer AS at
    FROM generate_series($1::integer, $2::integer) AS i
),
events_added AS (
    INSERT INTO events (order_id, seq, status, kind, id, at, actor, role, number, body, hash)
    SELECT f.id, s, 's', 'order.noted', gen_random_uuid(), f.at, 'bench', 'call_taker', NULL, repeat('x', 150), sha256(uuid_send(f.id) || int4send(s))
    FROM fresh f, generate_series(1, 10) AS s
),
transfers_added AS (
    INSERT INTO transfers (id, order_id, direction, peer, part, urgent, status, items, offered_at)
    SELECT gen_random_uuid(), f.id, 'out', '110', false, false, 'accepted', '{}', f.at FROM fresh f WHERE f.i % 5 = 0
),
outbox_added AS (
    INSERT INTO outbox (id, peer, matter_id, order_id, seq, kind, urgent, exercise, body, created_at, status, next_attempt_at, delivered_at)
    SELECT gen_random_uuid(), '110', f.matter_id, f.id, s, 'k', false, 'actual', '{}', f.at, 'delivered', f.at, f.at
    FROM fresh f, generate_series(1, 3) AS s WHERE f.i % 5 = 0
),
inbox_added AS (
    INSERT INTO inbox (sender, message_id, matter_id, seq, kind, digest, status, received_at, handled_at)
    SELECT '110', gen_random_uuid(), f.matter_id, s, 'k', '\\x00', 'handled', f.at, f.at FROM fresh f, generate_series(1, 3) AS s WHERE f.i % 5 = 0
)
INSERT INTO orders (id, matter_id, number, kind, status, version, head, round, responsible, first_receiver, origin, exercise, channel, urgent, danger,
    confidential, title, content, caller, incident, call, call_backs, tags, merged, revisited, fed_back, invalid, created_at, accepted_at, closed_at,
    closing, updated_at)
SELECT f.id, f.matter_id, 'bench-' || f.i, 'work_order', CASE WHEN f.i % 20 = 0 THEN 'following' ELSE 'evaluated' END, 10, '\\x00', 1, false, '12345',
    'caller', 'actual', 'phone', false, false, false, '', 'x', '{}', '{}', '{}', 0, '{}', false, false, false, false, f.at, f.at,
    CASE WHEN f.i % 20 = 0 THEN NULL ELSE f.at + interval '3 days' END, CASE WHEN f.i % 20 = 0 THEN NULL ELSE 'handled' END, f.at
FROM fresh f
"""


async def main(events: int) -> None:
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as folder:
        server = _server(Path(folder))
        try:
            await db.create_database(server.dsn(), "roots")
            dsn = server.dsn("roots")
            await db.migrate(dsn)
            pool = await db.create_pool(dsn, size=4)
            await _fill(pool, events)
            await _measure(pool, events)
            await pool.close()
        finally:
            server.stop()


def _server(folder: Path) -> EmbeddedPostgres:
    folder.chmod(0o755)  # the server runs as a user of its own
    return EmbeddedPostgres(folder / "pg")


async def _fill(pool: Any, events: int) -> None:
    orders, a_day = events // EVENTS_AN_ORDER, A_DAY // EVENTS_AN_ORDER
    async with pool.acquire() as connection:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("SET synchronous_commit = off")
        for first in range(0, orders, 20_000):
            last = min(first + 20_000, orders) - 1
            await connection.execute(FILL, first, last, a_day, START, timeout=600)
        await connection.execute("RESET session_replication_role")
        await connection.execute("VACUUM ANALYZE", timeout=3600)


async def _measure(pool: Any, events: int) -> None:
    days = events // A_DAY
    sealing = Sealing("12345", ("110",), ZONE)
    clock = ManualClock(START + timedelta(days=days, hours=1))
    size = await pool.fetchval("SELECT pg_total_relation_size('events')")
    print(f"{events:,} events, {days} days, table with indexes {size / 2**20:,.0f} MB")
    for index in ("events_by_position", "events_in_feed_order", "orders_open_by_matter", "orders_by_closing"):
        took = await pool.fetchval("SELECT pg_relation_size($1::text::regclass)", index)
        print(f"index {index}: {took / 2**20:,.2f} MB")
    first = START.astimezone(ZONE).date()
    await _timed(
        "seal the first day, with its heads for one peer", lambda: seal_day(pool, sealing, first, now=clock.now())
    )
    await _timed(f"seal the other {days - 1} days (a worker that was away)", lambda: seal_due(pool, sealing, clock))
    await _timed(
        "compute a day in the middle again for a peer",
        lambda: own_days(pool, "12345", [first + timedelta(days=days // 2)]),
    )
    async with pool.acquire() as connection:
        since = first + timedelta(days=days - 2)
        await _timed("the second reading of one day, in Python", lambda: check_own(connection, "12345", since=since))
    await _timed("a page of open shared matters", lambda: shared_matters(pool, "110", ViewsAsked()))
    await _timed("every open shared matter", lambda: _all(pool, ViewsAsked()))
    week = ViewsAsked(closed_since=clock.now() - timedelta(days=7))
    await _timed("every shared matter closed in a week", lambda: _all(pool, week))
    await _inserts(pool)


async def _all(pool: Any, asked: ViewsAsked | None) -> int:
    count = 0
    while asked is not None:
        page = await shared_matters(pool, "110", asked)
        count += len(page)
        asked = following(asked, page)
    return count


async def _inserts(pool: Any) -> None:
    """50,000 events one by one in one transaction, with the index by position and without; three times each, the best counts."""
    sql = """INSERT INTO events (order_id, seq, status, kind, id, at, actor, role, body, hash)
             VALUES ($1, $2, 's', 'k', $3, $4, 'a', 'r', repeat('x', 150), sha256('x'))"""
    for what, change in (("with", None), ("without", "DROP INDEX events_by_position")):
        if change:
            await pool.execute(change)
        best = 1e9
        for turn in range(3):
            rows = [
                (UUID(int=(ord(what[-1]) << 100) + (turn << 64) + n), n, UUID(int=n), START) for n in range(1, 50_001)
            ]
            async with pool.acquire() as connection, connection.transaction():
                started = time.perf_counter()
                await connection.executemany(sql, rows, timeout=600)
                best = min(best, time.perf_counter() - started)
        print(f"insert an event {what} the index by position: {best / 50_000 * 1e6:.1f} µs")


async def _timed(what: str, work: Callable[[], Awaitable[Any]]) -> None:
    started = time.perf_counter()
    found = await work()
    count = len(found) if isinstance(found, list) else found if isinstance(found, int) else ""
    print(f"{what}: {time.perf_counter() - started:.2f} s {f'({count:,})' if isinstance(count, int) else ''}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    asyncio.run(main(parser.parse_args().events))
