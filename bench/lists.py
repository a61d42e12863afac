"""The list of the 25 newest at 10 k, 100 k and 1 M orders: one real order, multiplied in the database, then asked for over HTTP."""

from collections.abc import Callable

import asyncpg

from bench import transfers
from bench.load import Plan, Seen, put_load
from liandong.demo.city import DESK, NodeAddress

BATCH = 25_000
PAGES = {
    "all": "/api/v1/orders?limit=25",
    "open": "/api/v1/orders?limit=25&open=true",
    "status=dispatched": "/api/v1/orders?limit=25&status=dispatched",
    "status=returned (rare)": "/api/v1/orders?limit=25&status=returned",
}

# Older than the order they come from, a year back at most. Of a hundred, three are open (so is one of the newest hundred in four),
# and one in twenty thousand was returned. $1: the first, $2: the last, $3: how many there will be.
FILL = """
WITH template AS MATERIALIZED (SELECT o FROM orders o ORDER BY id DESC LIMIT 1),
fresh AS MATERIALIZED (
    SELECT uuidv7(-interval '365 days' * i / $3::integer) AS id, uuidv7() AS matter_id, i,
           CASE WHEN i % 20000 = 7 THEN 'returned' WHEN i % 100 = 1 OR i < 1000 AND i % 4 = 1 THEN 'dispatched'
                WHEN i % 100 IN (2, 3) THEN 'handling' WHEN i % 50 = 4 THEN 'closed' ELSE 'evaluated' END AS status
    FROM generate_series($1::integer, $2::integer) AS i
),
event_added AS (
    INSERT INTO events (order_id, seq, status, kind, id, at, actor, role, number, body, hash)
    SELECT f.id, 1, f.status, 'order.accepted', f.matter_id, (t.o).created_at, 'bench', 'call_taker', 'bench-' || f.i, '{}', (t.o).head
    FROM fresh f, template t
),
order_added AS (
    INSERT INTO orders
    SELECT r.* FROM fresh f, template t, jsonb_populate_record(t.o, jsonb_build_object(
        'id', f.id, 'matter_id', f.matter_id, 'number', 'bench-' || f.i, 'status', f.status, 'version', 1)) AS r
    RETURNING id, status, created_at
),
clock_added AS (
    INSERT INTO timers (order_id, name, status, due_at, started_at, policy_version)
    SELECT id, 'answer', 'running', now() + interval '30 days', created_at, 'bench' FROM order_added WHERE status NOT IN ('closed', 'evaluated')
)
INSERT INTO dispatches (order_id, no, unit, dispatched_at)
SELECT id, 1, 'bench', created_at FROM order_added WHERE status NOT IN ('closed', 'evaluated')
"""


async def fill(node: NodeAddress, total: int, told: Callable[[int], None]) -> None:
    """Brings the node's database to this number of orders."""
    connection = await asyncpg.connect(node.dsn, command_timeout=300)
    try:
        have = await connection.fetchval("SELECT count(*) FROM orders")
        if have == 0:
            await transfers.orders(node, 1)
            have = 1
        while have < total:
            last = min(have + BATCH, total) - 1
            await connection.execute(FILL, have, last, total)
            have = last + 1
            told(have)
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def measure(node: NodeAddress, *, seconds: float) -> dict[str, Seen]:
    """By page; one reader, one request after the other."""
    found = {}
    for name, path in PAGES.items():
        plan = Plan("gets", node.url, 1, 0.5, 200, node.tokens[DESK], paths=[path])
        await put_load(plan)  # a reader finds the node at work, not just started
        plan.seconds = seconds
        found[name] = await put_load(plan)
    return found
