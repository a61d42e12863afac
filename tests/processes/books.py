"""The count after a fault: what was answered with 2xx against what the ledgers hold, and both centres against each other."""

import asyncio
from collections.abc import Iterable

import httpx
from callers import Notebook
from faulty_town import CENTRES, FaultyTown, until
from msgspec import Struct

from liandong.core import db, ledger
from liandong.core.clock import SystemClock
from liandong.exchange.asking import Asker, NoAnswer
from liandong.exchange.healing import reconcile
from liandong.exchange.reconcile import Difference
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
SAID = "split_part(content, E'\\n', 1)"  # the caller's own words, without what was added to them
# What happened twice: orders of one caller's words, transfers of an order, events that may be in an order's ledger once, receipts of
# one message. Each row is one too many or more.
TWICE = {
    "an order": f"SELECT {SAID}, count(*) - 1 AS n FROM orders WHERE {SAID} LIKE '%件' GROUP BY 1 HAVING count(*) > 1",
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
    """`accepted`: requests answered with 2xx; `lost`: those of them that the right centre's ledger does not hold."""

    accepted: int
    lost: list[str]
    doubled: int
    wrong: list[str]

    @property
    def found(self) -> int:
        return self.accepted - len(self.lost)

    @property
    def is_clean(self) -> bool:
        return not self.lost and self.doubled == 0 and not self.wrong


async def settled(town: FaultyTown) -> None:
    """Nothing is on its way any more."""
    waits = "SELECT count(*) FROM outbox WHERE status = 'pending'"

    async def at_rest() -> bool:
        return not any([await town.pool(centre).fetchval(waits) for centre in CENTRES])

    await until(at_rest, "every message is delivered")


async def count(town: FaultyTown, notebook: Notebook) -> Count:
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
    lost = await _taken(town, notebook) + await _done(town, notebook) + await _greeted(town, notebook)
    return Count(accepted, lost, await _doubled(town), wrong)


async def _taken(town: FaultyTown, notebook: Notebook) -> list[str]:
    held: set[tuple[str, str, str]] = set()
    for centre in CENTRES:
        rows = await town.rows(
            centre,
            f"SELECT o.id, {SAID} AS content FROM orders o JOIN events e ON e.order_id = o.id AND e.seq = 1 AND e.kind = 'order.accepted'",
        )
        held |= {(centre, row["content"], str(row["id"])) for row in rows}
    taken = [(centre, content, order_id) for (centre, content), order_id in notebook.taken.items()]
    return [f"intake {one}" for one in taken if one not in held]


async def _done(town: FaultyTown, notebook: Notebook) -> list[str]:
    held = {}
    for centre in CENTRES:
        for row in await town.rows(centre, "SELECT order_id, seq, kind FROM events"):
            held[centre, str(row["order_id"]), row["seq"]] = row["kind"]
    found = [(done, held.get((done.centre, done.order_id, done.version))) for done in notebook.done]
    return [f"{done}: the ledger has {event}" for done, event in found if event not in EVENTS_OF[done.action]]


async def _greeted(town: FaultyTown, notebook: Notebook) -> list[str]:
    """In the order in which they were sent; one that came out of turn counts as lost."""
    lost = []
    for centre, sent in notebook.greetings.items():
        there = next(code for code in CENTRES if code != centre)
        rows = await town.rows(there, "SELECT text FROM greetings WHERE text = ANY ($1) ORDER BY no", sent)
        came = list(dict.fromkeys(row["text"] for row in rows))
        lost += [f"greeting {text} of {centre}" for n, text in enumerate(sent) if came[n : n + 1] != [text]]
    return lost


async def _doubled(town: FaultyTown) -> int:
    found = 0
    for centre in CENTRES:
        for sql in TWICE.values():
            values = [list(ONCE)] if "$1" in sql else []
            found += sum(row["n"] for row in await town.rows(centre, sql, *values))
    return found


async def _alone(town: FaultyTown) -> list[str]:
    """Every matter that was handed over is at both centres."""
    sides = {}
    for centre in CENTRES:
        rows = await town.rows(centre, "SELECT matter_id FROM orders o JOIN transfers t ON t.order_id = o.id")
        sides[centre] = {row["matter_id"] for row in rows}
    return [f"matter {matter} is at one centre only" for matter in sides[CENTRES[0]] ^ sides[CENTRES[1]]]


async def _verify(town: FaultyTown, centre: str) -> Iterable[str]:
    connection = await db.connect(town.dsn(centre), name="liandong verify")
    try:
        broken = (await ledger.verify(connection)).broken
    finally:
        await connection.close()
    return [f"{centre}: the ledger is broken: {broken}"] if broken else []


async def _differences(town: FaultyTown) -> list[str]:
    """Over the wire, as `liandong reconcile` asks."""
    for _ in range(5):
        found = []
        for centre, peer in zip(CENTRES, reversed(CENTRES), strict=True):
            try:
                differences = await _compared(town, centre, peer)
            except NoAnswer as error:
                found.append(f"{peer} does not say what it knows: {error}")
                continue
            found += [f"{centre} against {peer}: {difference}" for difference in differences]
        if not found:
            return []
        await asyncio.sleep(0.3)  # a clock may have fired in between
    return found


async def _compared(town: FaultyTown, centre: str, peer: str) -> list[Difference]:
    sealer, clock = Sealer(read_private(town.folder / f"{centre}.key"), f"{centre}-1"), SystemClock()
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        asker = Asker(centre=centre, peer=peer, url=town.desk_url(peer), sealer=sealer, client=client, clock=clock)
        return (await reconcile(town.pool(centre), asker, clock=clock)).differences
