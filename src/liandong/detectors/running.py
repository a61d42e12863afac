"""Runs the detectors over what the ledger touched, or over a time on demand. A flag of an order's round is raised once, however often it is looked at."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.ids import new_id
from liandong.core.places import keep_place, next_batch
from liandong.core.sqlfiles import load_sql
from liandong.detectors.model import Case, Detector, DetectorPolicy, Near, Suspicion
from liandong.detectors.rules import RULES

SQL = load_sql("liandong.detectors")
READER = "detectors"
BATCH = 500  # events a transaction: texts are compared between
PAUSE = 15.0  # seconds between looks
NOTHING = UUID(int=0)
_JSON = ("overruled", "returns", "steps")


class Detecting(Struct, frozen=True):
    """What the detectors need of a node."""

    pool: asyncpg.Pool
    clock: Clock
    policy: DetectorPolicy


class Raised(Struct, frozen=True):
    """How many orders were looked at, and how many flags are new."""

    looked: int
    flags: int


async def detect_once(detecting: Detecting) -> int:
    """One batch of the ledger. How many events it had; 0 also when another process is at it."""
    async with detecting.pool.acquire() as connection, connection.transaction():
        batch = await next_batch(connection, READER, BATCH)
        if batch is None:
            return 0
        await look_at(connection, detecting, batch.ids)
        await keep_place(connection, READER, batch, detecting.clock.now())
        return batch.count


async def catch_up(detecting: Detecting) -> int:
    read = 0
    while count := await detect_once(detecting):
        read += count
    return read


async def detect_between(detecting: Detecting, starts_at: datetime, ends_at: datetime) -> Raised:
    """Looks again at every order taken in within a time, as far as the assessment has read."""
    looked = flags = 0
    after = NOTHING
    async with detecting.pool.acquire() as connection:
        while rows := await connection.fetch(SQL.results_between, starts_at, ends_at, after, BATCH):
            ids = [row["order_id"] for row in rows]
            async with connection.transaction():
                flags += await look_at(connection, detecting, ids)
            looked, after = looked + len(ids), ids[-1]
    return Raised(looked, flags)


async def look_at(connection: asyncpg.Connection, detecting: Detecting, ids: Sequence[UUID]) -> int:
    """Runs every rule over these orders and keeps what reached its threshold; how many flags are new."""
    if not ids:
        return 0
    thresholds = await thresholds_now(connection, detecting.policy)
    found: list[tuple[Case, Detector, Suspicion]] = []
    for row in await connection.fetch(SQL.cases, list(ids)):
        case = _case(row)
        case = await _with_near(connection, detecting.policy, case)
        for detector in detecting.policy.detectors:
            suspicion = RULES[detector.name].run(case, detector.params, detecting.policy.stock) if detector.on else None
            if suspicion is not None and suspicion.score >= thresholds[detector.name]:
                found.append((case, detector, suspicion))
    if not found:
        return 0
    columns = zip(*(_row(*one, thresholds) for one in found), strict=True)
    return len(await connection.fetch(SQL.raise_flags, *map(list, columns), detecting.clock.now()))


async def thresholds_now(connection: asyncpg.Connection, policy: DetectorPolicy) -> dict[str, float]:
    """Where people's decisions have moved them, else where the data set them; never beyond the data's bounds."""
    moved = {row["detector"]: row["value"] for row in await connection.fetch(SQL.thresholds)}
    return {one.name: min(max(moved.get(one.name, one.threshold), one.min), one.max) for one in policy.detectors}


async def keep_detecting(detecting: Detecting) -> None:
    """Runs until cancelled."""
    while True:
        await catch_up(detecting)
        await asyncio.sleep(PAUSE)


def _case(row: asyncpg.Record) -> Case:
    given = dict(row)
    for name in _JSON:
        given[name] = msgspec.json.decode(given[name]) if given[name] else []
    return msgspec.convert(given, Case)


async def _with_near(connection: asyncpg.Connection, policy: DetectorPolicy, case: Case) -> Case:
    detector = policy.detector("template_answer")
    if detector is None or not detector.on or case.handled_at is None or not case.answer:
        return case
    rows = await connection.fetch(
        SQL.answers_near, case.unit, case.order_id, case.handled_at, int(detector.params["compared"])
    )
    return msgspec.structs.replace(case, near=[Near(**dict(row)) for row in rows])


def _row(case: Case, detector: Detector, suspicion: Suspicion, thresholds: dict[str, float]) -> tuple[object, ...]:
    evidence = msgspec.json.encode(suspicion.evidence).decode()
    return (
        new_id(),
        detector.name,
        case.order_id,
        case.round,
        case.unit,
        suspicion.score,
        thresholds[detector.name],
        evidence,
    )
