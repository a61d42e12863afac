"""The count after a fault: what was answered with 2xx against what the ledgers hold, and both centres against each other."""

import asyncio
from collections.abc import Iterable

import httpx
from callers import Notebook
from msgspec import Struct
from town import CENTRES, Town, until

from liandong.core import db, ledger
from liandong.core.clock import SystemClock
from liandong.exchange.reconcile import reconcile
from liandong.exchange.sealing import Sealer, read_private
from liandong.orders.lifecycle import LIFECYCLES

ONCE = (
    *(
        "transfer.offered",
        "transfer.offered_by_clock",
        "transfer.asked",
        "transfer.taken_urgently",
        "transfer.accepted",
    ),
    *("transfer.accepted_by_peer", "peer.answered", "order.dispatched", "order.answered", "order.fed_back"),
)
EVENTS_OF = {
    action: {row.event for lifecycle in LIFECYCLES.values() for row in lifecycle.rows if row.action == action}
    for action in {row.action for lifecycle in LIFECYCLES.values() for row in lifecycle.rows}
}
# What happened twice: orders of one caller's words, transfers of an order, events that may be in an order's ledger once, receipts of
# one message. Each row is one too many or more.
TWICE = {
    "an order": "SELECT content, count(*) - 1 AS n FROM orders WHERE content LIKE '%件' GROUP BY 1 HAVING count(*) > 1",
    "a transfer": "SELECT order_id, count(*) - 1 AS n FROM transfers GROUP BY order_id, direction HAVING count(*) > 1",
    "an event": "SELECT order_id, count(*) - 1 AS n FROM events WHERE kind = ANY ($1) GROUP BY order_id, kind HAVING count(*) > 1",
    "a clock": "SELECT order_id, count(*) - 1 AS n FROM events WHERE kind = 'clock.overdue' GROUP BY order_id, body HAVING count(*) > 1",
    "a greeting": "SELECT text, count(*) - 1 AS n FROM greetings GROUP BY 1 HAVING count(*) > 1",
}
UNSETTLED = """
SELECT 'message ' || kind AS what, status FROM outbox WHERE status <> 'delivered'
UNION ALL SELECT 'received ' || kind, status FROM inbox WHERE status <> 'handled'
UNION ALL SELECT 'transfer ' || direction, status FROM transfers WHERE status <> 'accepted'
"""
GAPS = """
SELECT left(number, -7) AS scope, max(right(number, 6)::integer) - count(*) AS gaps FROM orders WHERE number IS NOT NULL
GROUP BY 1 HAVING max(right(number, 6)::integer) <> count(*)
"""


class Count(Struct):
    """`accepted`: requests answered with 2xx; `found`: those of them that the right centre's ledger holds."""

    accepted: int
    found: int
    doubled: int
    wrong: list[str]

    @property
    def lost(self) -> int:
        return self.accepted - self.found

    @property
    def is_clean(self) -> bool:
        return self.lost == 0 and self.doubled == 0 and not self.wrong


async def settled(town: Town) -> None:
    """Nothing is on its way any more."""
    waits = "SELECT count(*) FROM outbox WHERE status = 'pending'"

    async def at_rest() -> bool:
        return not any([await town.pool(centre).fetchval(waits) for centre in CENTRES])

    await until(at_rest, "every message is delivered")


async def count(town: Town, notebook: Notebook) -> Count:
    """Waits until nothing is on its way, then counts everything that the town has seen so far."""
    await settled(town)
    wrong = town.ended + notebook.faulty
    for centre in CENTRES:
        wrong += [f"{centre}: {row['what']} is {row['status']}" for row in await town.rows(centre, UNSETTLED)]
        wrong += [f"{centre}: {row['gaps']} gaps in {row['scope']}" for row in await town.rows(centre, GAPS)]
        wrong += await _verify(town, centre)
    wrong += await _alone(town)
    wrong += await _differences(town)
    accepted = len(notebook.taken) + len(notebook.done) + sum(map(len, notebook.greetings.values()))
    found = await _taken(town, notebook) + await _done(town, notebook) + await _greeted(town, notebook)
    return Count(accepted, found, await _doubled(town), wrong)


async def _taken(town: Town, notebook: Notebook) -> int:
    held: set[tuple[str, str, str]] = set()
    for centre in CENTRES:
        rows = await town.rows(
            centre,
            "SELECT o.id, o.content FROM orders o JOIN events e ON e.order_id = o.id AND e.seq = 1 AND e.kind = 'order.accepted'",
        )
        held |= {(centre, row["content"], str(row["id"])) for row in rows}
    return sum((centre, content, order_id) in held for (centre, content), order_id in notebook.taken.items())


async def _done(town: Town, notebook: Notebook) -> int:
    held = {}
    for centre in CENTRES:
        for row in await town.rows(centre, "SELECT order_id, seq, kind FROM events"):
            held[centre, str(row["order_id"]), row["seq"]] = row["kind"]
    return sum(held.get((d.centre, d.order_id, d.version)) in EVENTS_OF[d.action] for d in notebook.done)


async def _greeted(town: Town, notebook: Notebook) -> int:
    """In the order in which they were sent; one that came out of turn counts as not found."""
    found = 0
    for centre, sent in notebook.greetings.items():
        there = next(code for code in CENTRES if code != centre)
        rows = await town.rows(there, "SELECT text FROM greetings WHERE text = ANY ($1) ORDER BY no", sent)
        came = list(dict.fromkeys(row["text"] for row in rows))
        found += sum(a == b for a, b in zip(came, sent, strict=False))
    return found


async def _doubled(town: Town) -> int:
    found = 0
    for centre in CENTRES:
        for sql in TWICE.values():
            values = [list(ONCE)] if "$1" in sql else []
            found += sum(row["n"] for row in await town.rows(centre, sql, *values))
    return found


async def _alone(town: Town) -> list[str]:
    """Every matter that was handed over is at both centres."""
    sides = {}
    for centre in CENTRES:
        rows = await town.rows(centre, "SELECT matter_id FROM orders o JOIN transfers t ON t.order_id = o.id")
        sides[centre] = {row["matter_id"] for row in rows}
    return [f"matter {matter} is at one centre only" for matter in sides[CENTRES[0]] ^ sides[CENTRES[1]]]


async def _verify(town: Town, centre: str) -> Iterable[str]:
    connection = await db.connect(town.dsn(centre), name="liandong verify")
    try:
        broken = (await ledger.verify(connection)).broken
    finally:
        await connection.close()
    return [f"{centre}: the ledger is broken: {broken}"] if broken else []


async def _differences(town: Town) -> list[str]:
    """Over the wire, as `liandong reconcile` asks."""
    for _ in range(5):
        found = []
        for centre, peer in zip(CENTRES, reversed(CENTRES), strict=True):
            sealer = Sealer(read_private(town.folder / f"{centre}.key"), f"{centre}-1")
            try:
                _, differences = await reconcile(
                    town.pool(centre),
                    centre=centre,
                    peer=peer,
                    url=town.desk_url(peer),
                    sealer=sealer,
                    now=SystemClock().now(),
                )
            except httpx.HTTPError as error:
                differences = []
                found.append(f"{peer} does not say what it knows: {error}")
            found += [f"{centre} against {peer}: {difference}" for difference in differences]
        if not found:
            return []
        await asyncio.sleep(0.3)  # a clock may have fired in between
    return found
