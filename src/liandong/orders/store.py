"""Loads snapshots and writes decisions, each in groups (core.lanes): two round trips and one durable commit a command."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core import db
from liandong.core.failpoints import reach
from liandong.core.lanes import Lane, Lanes
from liandong.core.sqlfiles import load_sql
from liandong.orders.decide import Decision, kind_of
from liandong.orders.model import Snapshot
from liandong.orders.shapes import parts_of, statement_for

SQL = load_sql("liandong.orders")
_snapshot = msgspec.json.Decoder(Snapshot)
_encode = msgspec.json.Encoder().encode


class Request(Struct, frozen=True):
    """An Idempotency-Key with the digest of the body it came with."""

    actor: str
    key: str
    digest: str
    at: datetime


class Written(Struct, frozen=True):
    number: str | None


class Change(Struct, frozen=True):
    """One change as JSON, in the shape that commit.sql reads (all but its `n`), and the parts of the statement that it needs."""

    order_id: UUID
    json: bytes
    parts: frozenset[str]


class Store:
    def __init__(self, dsn: str, *, lanes: int = 2) -> None:
        self._dsn = dsn
        self._loads: Lane[UUID, Snapshot | None] = Lane(self._connect_load, _load)
        self._commits: Lanes[Change, Written | None] = Lanes(
            [Lane(self._connect_commit, _commit, key=lambda change: change.order_id) for _ in range(lanes)],
            spread=lambda change: change.order_id.int,
        )

    async def start(self) -> None:
        await self._loads.start()
        await self._commits.start()

    async def stop(self) -> None:
        await self._commits.stop()
        await self._loads.stop()

    async def load(self, order_id: UUID) -> Snapshot | None:
        return await self._loads.submit(order_id)

    async def commit(self, decision: Decision, request: Request | None = None) -> Written | None:
        """Writes it whole. None: the version was stale, or the request or message was taken before; nothing was written.

        Raises core.lanes.OutcomeUnknown when the connection was lost on the way: ask the ledger for the event's id.
        """
        return await self._commits.submit(change_of(decision, request))

    @property
    def group_size(self) -> float:
        """Mean number of commands a commit has carried."""
        batches = sum(lane.batches for lane in self._commits.lanes)
        return sum(lane.items for lane in self._commits.lanes) / batches if batches else 0.0

    @property
    def waiting(self) -> int:
        return self._loads.depth + sum(lane.depth for lane in self._commits.lanes)

    async def _connect_load(self) -> asyncpg.Connection:
        return await db.connect(self._dsn, name="liandong load", settings=db.COMMIT_SETTINGS)

    async def _connect_commit(self) -> asyncpg.Connection:
        return await db.connect(self._dsn, name="liandong commit", settings=db.COMMIT_SETTINGS)


async def _load(connection: asyncpg.Connection, ids: Sequence[UUID]) -> list[Snapshot | None]:
    rows = await connection.fetch(SQL.snapshots, list(set(ids)))
    found = {row["id"]: _snapshot.decode(row["snapshot"]) for row in rows}
    return [found.get(order_id) for order_id in ids]


async def _commit(connection: asyncpg.Connection, changes: Sequence[Change]) -> list[Written | None]:
    parts = b",".join(b'{"n":%d,%s' % (n, change.json[1:]) for n, change in enumerate(changes))
    reach("commit.sending")
    statement = statement_for(change.parts for change in changes)
    rows = await connection.fetch(statement, f"[{parts.decode()}]")
    written = {row["n"]: Written(row["number"]) for row in rows}
    return [written.get(n) for n in range(len(changes))]


def change_of(decision: Decision, request: Request | None = None) -> Change:
    order, event = decision.order, decision.event
    change: dict[str, Any] = {
        "id": order.id,
        "expected": decision.expected,
        "fields": order if decision.expected == 0 else decision.changed,
        "event": {
            "event_id": event.id,
            "kind": event.kind,
            "status": event.status,
            "at": event.at,
            "actor": event.actor,
            "role": event.role,
            "fired": event.fired,
            "body": _encode(event.body).decode(),
        },
    }
    if decision.relies is not None:
        change["relies"], change["relies_version"] = decision.relies
    if decision.number_scope:
        change["number_scope"] = decision.number_scope
    if request is not None:
        change["request"] = request
    if decision.incoming is not None:
        change["message"] = msgspec.structs.asdict(decision.incoming) | {"received_at": event.at}
    for name, value in (
        ("start", decision.timers),
        ("stop", decision.stops),
        ("dispatches", decision.dispatches),
        ("transfers", decision.transfers),
        ("attachments", decision.attachments),
        ("oversights", decision.oversights),
        ("measures", decision.measures),
    ):
        if value:
            change[name] = value
    if decision.messages:
        change["outbox"] = [
            {
                "id": m.id,
                "place": place,
                "peer": m.peer,
                "matter_id": order.matter_id,
                "kind": kind_of(m),
                "urgent": m.urgent,
                "exercise": order.exercise,
                "body": _encode(m.body).decode(),
                "created_at": event.at,
            }
            for place, m in enumerate(decision.messages)
        ]
    return Change(order.id, _encode(change), parts_of(change))


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
