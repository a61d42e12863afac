"""One look over everything that should have happened. It only reads, so it may run on another machine with read rights alone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.audit.expected import Expected, expected_clocks
from liandong.audit.model import DEFAULT, OF_ORDERS, AuditPolicy, Found, Looked
from liandong.core.sqlfiles import load_sql
from liandong.orders.context import DANGER_CLOCK
from liandong.orders.lifecycle import FINAL
from liandong.orders.listing import OPEN
from liandong.orders.model import RESOLVED
from liandong.policy import CityPolicy

SQL = load_sql("liandong.audit")
NOTHING = UUID(int=0)
UNRESOLVED = sorted(set(OPEN) - RESOLVED)
SHORTEST = timedelta(seconds=1)  # no limit of a transfer is shorter
SEEN_LATELY = timedelta(minutes=2)  # a peer that was not asked for longer says nothing about what waits for it


class Place(Struct, frozen=True):
    """Where a look goes on: the last event that was read, and the last open order that was looked at in turn."""

    txid: str
    position: int
    swept: UUID = NOTHING


class _Look(Struct, frozen=True):
    """What one query found; `whole`: it did not stop at a limit, so what it did not find is not there."""

    kind: str
    rows: list[Any]
    whole: bool


class Auditor:
    """Looks at one centre's tables with the centre's policy. `acting`: the centres that act in danger themselves."""

    def __init__(self, policy: CityPolicy, audit: AuditPolicy, *, acting: frozenset[str]) -> None:
        self.audit = audit
        self._city = policy
        self._acting = sorted(acting - {policy.centre})
        self._acts = policy.centre in acting
        self._expected = _columns(expected_clocks(audit.excused_clocks))

    async def look(
        self, connection: asyncpg.Connection, now: datetime, place: Place, *, watching: bool = False
    ) -> Looked:
        """Everything due now. `watching`: from outside the worker, whose silence is looked for as well."""
        ids, touched, end = await self._orders(connection, place)
        looks = [
            *await self._of_orders(connection, ids, now),
            *await self._of_time(connection, now),
            *await self._of_links(connection, now),
            *(await self._of_processes(connection, now) if watching else []),
        ]
        return Looked(
            at=now,
            found=_distinct(_found(look.kind, row) for look in looks for row in look.rows),
            whole=[look.kind for look in looks if look.whole],
            touched=touched,
            **msgspec.structs.asdict(end),
        )

    async def start(self, connection: asyncpg.Connection) -> Place:
        """Where the first look begins: with the newest event; what is older is found among the open orders in their turn."""
        row = await connection.fetchrow(SQL.feed_end)
        return Place(row["txid"], row["position"]) if row else Place("0", 0)

    async def _orders(self, connection: asyncpg.Connection, place: Place) -> tuple[list[UUID], int, Place]:
        """The orders to look at: of new events, of open findings, and the next slice of the open ones."""
        limit, size = self.audit.events_a_run, self.audit.slice
        touched = await connection.fetchrow(SQL.touched, place.txid, place.position, limit)
        end = place
        if touched["count"] == limit:  # more happened than one look reads: the rest is found among the open orders
            end = await self.start(connection)
        elif touched["count"]:
            end = Place(touched["txid"], touched["position"])
        swept = [row["id"] for row in await connection.fetch(SQL.open_orders, OPEN, place.swept, size)]
        held = [row["order_id"] for row in await connection.fetch(SQL.orders_of_findings, sorted(OF_ORDERS))]
        last = swept[-1] if len(swept) == size else NOTHING
        return list({*touched["ids"], *swept, *held}), touched["count"], Place(end.txid, end.position, last)

    async def _of_orders(self, connection: asyncpg.Connection, ids: list[UUID], now: datetime) -> list[_Look]:
        most, patience = self.audit.most, dict(self.audit.patience_seconds)
        others = patience.pop(DEFAULT)
        waits = (list(patience), list(patience.values()), others)

        async def ask(kind: str, *values: Any) -> _Look:
            rows = await connection.fetch(getattr(SQL, kind), ids, *values, most)
            return _Look(kind, rows, len(rows) < most)

        return [
            await ask("clock_without_event"),
            await ask("clock_missing", *self._expected),
            await ask("nobody_reminded", sorted(FINAL), *waits, now),
            await ask("emergency_delayed", self.audit.waiting_events, self._acts, self._acting, UNRESOLVED),
        ]

    async def _of_time(self, connection: asyncpg.Connection, now: datetime) -> list[_Look]:
        most, many, grace = self.audit.most, self.audit.slice, self.audit.grace
        late = await connection.fetch(SQL.clock_not_fired, now - grace("clock_not_fired"), most)
        looks = [_Look("clock_not_fired", late, len(late) < most)]
        open_ = await connection.fetch(SQL.open_transfers, now - SHORTEST, self.audit.talking_events, many)
        stuck = [row for row in open_ if self._answer_due(row) + grace("transfer_stuck") <= now]
        looks.append(_Look("transfer_stuck", stuck[:most], len(open_) < many and len(stuck) <= most))
        if not self._acts:
            unsent = await connection.fetch(SQL.danger_unsent, UNRESOLVED, self._acting, many)
            due = [r for r in unsent if self._due(DANGER_CLOCK, r["known_at"]) + grace("danger_not_sent") <= now]
            looks.append(_Look("danger_not_sent", due[:most], len(unsent) < many and len(due) <= most))
        return looks

    async def _of_links(self, connection: asyncpg.Connection, now: datetime) -> list[_Look]:
        most = self.audit.most

        async def ask(kind: str, *values: Any) -> _Look:
            rows = await connection.fetch(getattr(SQL, kind), now - self.audit.grace(kind), *values, most)
            return _Look(kind, rows, len(rows) < most)

        return [
            await ask("transfer_lost"),
            await ask("message_waits", now - SEEN_LATELY),
            await ask("message_unseen"),
            await ask("worker_silent"),
        ]

    async def _of_processes(self, connection: asyncpg.Connection, now: datetime) -> list[_Look]:
        return [
            _Look(kind, await connection.fetch(getattr(SQL, kind), now - self.audit.grace(kind)), True)
            for kind in ("no_worker", "audit_silent")
        ]

    def _answer_due(self, row: Any) -> datetime:
        if row["talked_at"] is not None:
            return self._due("negotiation", row["talked_at"])
        return self._due("transfer_accept", row["offered_at"], urgent=row["urgent"])

    def _due(self, clock: str, start: datetime, *, urgent: bool = False) -> datetime:
        tags = frozenset({"urgent", "danger"}) if urgent else frozenset[str]()
        city = self._city
        return city.clocks.deadline(clock, start, calendar=city.calendar, centre=city.centre, tags=tags)


def _distinct(found: Iterable[Found]) -> list[Found]:
    return list({(one.kind, one.thing): one for one in found}.values())


def _found(kind: str, row: Any) -> Found:
    return Found(kind, row["thing"], row["order_id"], msgspec.json.decode(row["detail"]))


def _columns(expected: list[Expected]) -> tuple[list[Any], ...]:
    """The expected clocks as the columns that clock_missing takes."""
    names = ("kind", "event", "status", "clock", "birth", "excused")
    return tuple([getattr(one, name) for one in expected] for name in names)
