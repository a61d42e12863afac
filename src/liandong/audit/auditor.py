"""The auditor's rounds in the worker: look, keep what was found, tell what is new or over. It shares no code with what it watches."""

import asyncio
import logging
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct

from liandong.audit.checks import SQL, Auditor, Place
from liandong.audit.model import AuditPolicy, Found, Looked, words
from liandong.catalogue.clocks import load_clocks
from liandong.core.clock import Clock
from liandong.core.ids import new_id
from liandong.orders.lifecycle import LIFECYCLES

log = logging.getLogger(__name__)
EARLY = 0.8  # of the interval: another worker has looked, this one need not
NAMES = {f"{of.name}.{status}": zh for of in LIFECYCLES.values() for status, (zh, _) in of.statuses.items()}
NAMES |= {f"clock.{one.name}": one.zh.partition("（")[0] for one in reversed(load_clocks().clocks)}
NAMES |= {".parked": "暂存", ".refused": "拒收"}


class Round(Struct, frozen=True):
    """`opened` and `ended`: findings that are new, and that are over."""

    looked: Looked
    opened: int
    ended: int


async def audit_once(pool: asyncpg.Pool, auditor: Auditor, clock: Clock, *, often: bool = True) -> Round | None:
    """One round, in one transaction. None: another worker is at it, or (unless `often`) has just looked."""
    started = time.perf_counter()
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(SQL.hold_audit):
            return None
        now = clock.now()
        last = await connection.fetchrow(SQL.last_run)
        interval = timedelta(seconds=auditor.audit.every_seconds * EARLY)
        if last and not often and timedelta(0) <= now - last["at"] < interval:
            return None
        place = Place(last["txid"], last["position"], last["swept"]) if last else await auditor.start(connection)
        looked = await auditor.look(connection, now, place)
        opened, ended = await _keep(connection, auditor.audit, looked)
        took = int((time.perf_counter() - started) * 1000)
        end = (looked.txid, looked.position, looked.swept)
        await connection.execute(SQL.keep_run, now, took, len(looked.found), *end)
        return Round(looked, opened, ended)


async def keep_auditing(pool: asyncpg.Pool, auditor: Auditor, clock: Clock) -> None:
    """Runs until cancelled. A round that fails is logged and the next one is tried: its silence is seen from outside."""
    while True:
        try:
            done = await audit_once(pool, auditor, clock, often=False)
            if done and done.opened:
                log.warning("audit: %d new findings", done.opened)
        except Exception:
            log.exception("audit")
        await asyncio.sleep(auditor.audit.every_seconds / 3)


async def _keep(connection: asyncpg.Connection, audit: AuditPolicy, looked: Looked) -> tuple[int, int]:
    opened = await connection.fetchval(SQL.keep_findings, *_columns(audit, looked.found), looked.at)
    kinds, things = [f.kind for f in looked.found], [f.thing for f in looked.found]
    ended = await connection.fetchval(SQL.end_findings, looked.whole, kinds, things, looked.at)
    return opened, ended


def _columns(audit: AuditPolicy, found: Iterable[Found]) -> tuple[list[Any], ...]:
    rows = []
    for one in found:
        kind = audit.by_kind[one.kind]
        zh, en = words(kind, one.detail, NAMES)
        detail = msgspec.json.encode(one.detail).decode()
        rows.append((new_id(), new_id(), one.kind, one.thing, one.order_id, str(kind.severity), zh, en, detail))
    return tuple(list(column) for column in zip(*rows, strict=True)) if rows else ([],) * 9
