"""Figures of the ledger's roots and of what differs from the peers, for /metrics."""

from datetime import date

import msgspec

from liandong.discrepancies.store import SQL as DISCREPANCIES_SQL
from liandong.exchange.receive import SQL as EXCHANGE_SQL
from liandong.exchange.reconcile import KINDS
from liandong.node import Node
from liandong.roots.model import LEDGER_KINDS
from liandong.roots.seal import SQL

Figure = tuple[str, str, dict[str, float]]


async def ledger_figures(node: Node) -> list[Figure]:
    """Name, help and values by labels. All from small tables, so every process says the same."""
    now = node.clock.now()
    compared = await node.pool.fetch(EXCHANGE_SQL.last_kinds, list(node.settings.peers))
    kinds = {row["peer"]: msgspec.json.decode(row["kinds"]) for row in compared}
    open_now = {row["kind"]: row["count"] for row in await node.pool.fetch(DISCREPANCIES_SQL.open_counts)}
    checked = {row["peer"]: row["days"] for row in await node.pool.fetch(SQL.roots_checked)}
    newest = (await node.pool.fetchrow(SQL.seal_span))["newest"]
    local = now.astimezone(node.sealing.zone).date()
    return [
        (
            "liandong_reconcile_differences",
            "Matters that the peer and we see otherwise, at the last comparison",
            {
                f'peer="{peer}",kind="{kind}"': found.get(kind, 0)
                for peer, found in kinds.items()
                for kind in sorted({*KINDS, *found})
            },
        ),
        (
            "liandong_reconcile_age_seconds",
            "Time since the last comparison",
            {f'peer="{row["peer"]}"': (now - row["at"]).total_seconds() for row in compared},
        ),
        (
            "liandong_roots_checked",
            "Daily roots that a peer announced and that were checked",
            {f'peer="{peer}"': checked.get(peer, 0) for peer in node.settings.peers},
        ),
        ("liandong_days_unsealed", "Days that have ended and are not sealed", _unsealed(newest, local)),
        (
            "liandong_discrepancies_open",
            "What a person must look at",
            {f'kind="{kind}"': count for kind, count in sorted(open_now.items())},
        ),
        (
            "liandong_ledger_alarms",
            "Signs of a rewritten past, at either side, that nobody has dismissed",
            {"": sum(count for kind, count in open_now.items() if kind in LEDGER_KINDS)},
        ),
    ]


def _unsealed(newest: date | None, today: date) -> dict[str, float]:
    """Nothing is due before the first day was sealed: a node without events has none."""
    return {"": max((today - newest).days - 1, 0) if newest else 0}
