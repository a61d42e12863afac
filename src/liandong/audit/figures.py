"""The auditor's figures for /metrics."""

from datetime import datetime

import asyncpg

from liandong.audit.checks import SQL
from liandong.audit.model import KINDS
from liandong.audit.workers import ALIVE

Gauge = tuple[str, str, dict[str, float]]
"""(name, text, values by labels)"""


async def audit_gauges(pool: asyncpg.Pool, now: datetime) -> list[Gauge]:
    """Every kind has a value, also when nothing is found; an auditor that never ran shows as +Inf."""
    counts = {row["kind"]: row["count"] for row in await pool.fetch(SQL.count_findings)}
    last = await pool.fetchrow(SQL.last_run)
    age = (now - last["at"]).total_seconds() if last else float("inf")
    return [
        (
            "liandong_audit_findings",
            "Open findings of the auditor",
            {f'kind="{kind}"': counts.get(kind, 0) for kind in KINDS},
        ),
        ("liandong_audit_last_run_seconds", "Time since the auditor looked", {"": age}),
        (
            "liandong_emergencies_delayed_by_negotiation",
            "Matters in danger that waited for a negotiation; must be 0",
            {"": await pool.fetchval(SQL.delayed_emergencies)},
        ),
        (
            "liandong_workers",
            "Workers that show a sign of life",
            {"": await pool.fetchval(SQL.live_workers, now - ALIVE)},
        ),
    ]
