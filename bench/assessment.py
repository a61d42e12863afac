"""`python -m bench.assessment [--quick]`: a year of a city assessed, a month's report, and the rows that the worker writes.

SIZE orders over a year (default 300,000; SIZE=3000000 is the year of a large city) are made as rows of `assessed_orders` by SQL, at the
rates of a real hotline (domain §7); what is timed is the product. How fast the rows themselves are written is timed over real orders
with dispatches, timers and events.
"""

import os
import shutil
import sys
import time
from pathlib import Path

import asyncpg
import uvloop
from rich.console import Console

from bench.city import WORK
from bench.report import Report, machine
from liandong.assessment import service
from liandong.assessment.freezing import Signer, freeze
from liandong.assessment.model import Part
from liandong.assessment.periods import period_of
from liandong.assessment.policy import default_rules
from liandong.assessment.reading import Assessor, rebuild
from liandong.assessment.writing import Form, written
from liandong.core import db
from liandong.core.clock import ManualClock
from liandong.core.sqlfiles import load_sql
from liandong.exchange.sealing import new_key
from liandong.postgres import EmbeddedPostgres

SQL = load_sql("bench", "assessment.sql")
YEAR, MONTH = period_of("2025"), period_of("2025-10")
FULL = 3_000_000
REAL = 30_000


async def measure(report: Report, server: str, size: int, real: int) -> None:
    name = "assessment"
    await db.create_database(server, name)
    dsn = server.replace("/postgres?", f"/{name}?")
    await db.migrate(dsn)
    pool = await asyncpg.create_pool(dsn, min_size=1, max_size=4, command_timeout=3600, server_settings=db.SESSION)
    try:
        await _timed(report, pool, size, real)
    finally:
        await pool.close()


async def _timed(report: Report, pool: asyncpg.Pool, size: int, real: int) -> None:
    assessor = Assessor(pool, ManualClock(period_of("2026-02").starts_at), default_rules(), "12345")
    async with pool.acquire() as connection:
        for sql in (SQL.orders, SQL.dispatches, SQL.timers, SQL.events):
            await connection.execute("SET session_replication_role = replica")
            await connection.execute(sql.replace(":rows", str(real)))
        await connection.execute("ANALYZE")
    took = await _seconds(rebuild(assessor))
    report.add(
        "rows",
        f"{real:,} orders read into the table",
        real / took,
        "orders/s",
        note=f"{took:.1f} s; a city takes in 35,000 a day",
    )

    async with pool.acquire() as connection:
        await connection.execute("TRUNCATE assessed_orders")
        await connection.execute(SQL.assessed.replace(":rows", str(size)))
        await connection.execute("VACUUM ANALYZE assessed_orders")
    goal = "3,000,000 in ≤ 60 s" if size >= FULL else "SIZE=3000000 for the goal"
    took = await _seconds(service.all_figures(assessor, YEAR))
    name = f"{size:,} orders: every measure, city, units, divisions, categories"
    report.add("year", name, took, "s", goal=goal, met=took <= 60 if size >= FULL else None)
    for form in Form:
        one = await _seconds(written(assessor, MONTH, form=form))
        report.add("report", f"a month as {form}", one, "s", goal="≤ 5 s", met=one <= 5 if size >= FULL else None)
    one = await _seconds(service.behind(assessor, "response_rate", MONTH, part=Part.MISSED))
    report.add("opening", "the first page behind a month's figure", one, "s")
    signer = Signer(new_key(), "bench")
    report.add(
        "freezing", "a month frozen and signed", await _seconds(freeze(assessor, signer, MONTH, who="bench")), "s"
    )


async def _seconds(work: object) -> float:
    started = time.perf_counter()
    await work  # type: ignore[misc]
    return time.perf_counter() - started


def main() -> int:
    quick = "--quick" in sys.argv
    size = int(os.environ.get("SIZE") or (30_000 if quick else 300_000))
    report, console, started = Report(quick, machine()), Console(width=140), time.monotonic()
    folder = Path(WORK) / f"assessment-pg-{os.getpid()}"
    server = EmbeddedPostgres(folder)
    try:
        uvloop.run(measure(report, server.dsn(), size, REAL // 10 if quick else REAL))
    finally:
        report.machine += f", load {os.getloadavg()[0]:.1f}"  # other work on the machine makes every figure worse
        report.seconds = time.monotonic() - started
        report.show(console)
        report.write(WORK / "bench-assessment.json")
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
