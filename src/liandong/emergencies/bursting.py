"""New matters read for bursts: each leaves a signal, and what the signals of the last minutes say together is proposed to people."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.errors import AppError
from liandong.core.ids import new_id
from liandong.core.places import keep_place, next_batch
from liandong.emergencies.actions import LinkOrders
from liandong.emergencies.bursts import Burst, BurstPolicy, Signal, bursts_in, signal_of
from liandong.emergencies.model import Emergency, Place
from liandong.emergencies.same import why_same
from liandong.emergencies.service import Emergencies
from liandong.emergencies.store import SQL, state_of
from liandong.orders.context import Actor
from liandong.orders.model import Exercise, Order, Point

READER = "bursts"
BATCH = 500
MOST = 20_000  # signals of one window that are looked at
OTHER_DAYS = timedelta(hours=24)
_encode = msgspec.json.Encoder().encode
_signal = msgspec.json.Decoder(Signal)


class BurstProposal(Struct, frozen=True, kw_only=True):
    """What is proposed. `status`: open, declared, false_alarm. `same_as`: an open emergency that it looks like."""

    id: UUID
    source: str
    at: datetime
    status: str
    subtype: str
    title: str
    why: str
    place: str
    district: str
    point: Point | None
    orders: list[UUID]
    decided_by: str | None = None
    reason: str = ""
    emergency_id: UUID | None = None
    same_as: UUID | None = None


class Bursts:
    def __init__(self, emergencies: Emergencies, policy: BurstPolicy) -> None:
        self._emergencies = emergencies
        self._policy = policy
        self._pool = emergencies.pool

    async def read_once(self) -> int:
        """One batch of the ledger. Returns how many events were read."""
        now = self._emergencies.clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            batch = await next_batch(connection, READER, BATCH)
            if batch is None or not batch.count:
                return 0
            told = await self._keep_signals(connection, batch.ids, now)
            await keep_place(connection, READER, batch, now)
            if told:
                await self._propose(connection, now)
        return batch.count

    async def _keep_signals(self, connection: asyncpg.Connection, ids: list[UUID], now: datetime) -> int:
        """Drills and tests leave none, nor does what is older than the days that are compared with."""
        since = now - timedelta(hours=self._policy.baseline_hours) - timedelta(minutes=self._policy.window_minutes)
        found = []
        for row in await connection.fetch(SQL.matters_of, ids, since):
            if row["exercise"] == Exercise.ACTUAL:
                signal = self._signal(row)
                found += [(row["id"], row["created_at"], signal)] if signal else []
        if found:
            values = [[one[0] for one in found], [one[1] for one in found], [one[2].families[0] for one in found]]
            await connection.execute(SQL.keep_signals, *values, [_encode(one[2]).decode() for one in found])
        return len(found)

    def _signal(self, row: Any) -> Signal | None:
        point = msgspec.json.decode(row["wgs84"], type=Point) if row["wgs84"] else None
        return signal_of(
            str(row["id"]), row["created_at"], f"{row['title']}\n{row['content']}", address=row["address"] or "", point=point,
            district=row["division_code"] or "", caller=row["phone"] or "", policy=self._policy,
        )  # fmt: skip

    async def _propose(self, connection: asyncpg.Connection, now: datetime) -> None:
        since = now - timedelta(minutes=self._policy.window_minutes)
        signals = [_signal.decode(row["signal"]) for row in await connection.fetch(SQL.signals_since, since, MOST)]
        linked = await connection.fetch(SQL.linked_among, [UUID(one.id) for one in signals])
        gone = {str(row["order_id"]) for row in linked}
        free = [one for one in signals if one.id not in gone]
        hours = self._policy.baseline_hours
        rows = await connection.fetch(SQL.families_before, since - timedelta(hours=hours), since)
        windows = max(1.0, hours * 60 / self._policy.window_minutes)
        before = {row["family"]: row["matters"] / windows for row in rows}
        for burst in bursts_in(free, before, self._policy):
            await self._keep(connection, burst, now)

    async def _keep(self, connection: asyncpg.Connection, burst: Burst, now: datetime) -> None:
        """One that was called a false alarm is not proposed again the same day unless another place has it."""
        key = f"{burst.subtype}/{burst.place or burst.district}"
        before = [row for row in await connection.fetch(SQL.recent_proposals, now - OTHER_DAYS) if row["key"] == key]
        if any(row["status"] != "open" for row in before):
            return
        kept = await connection.fetchrow(
            SQL.propose, new_id(), "burst", key, now, _encode(_body(burst, self._emergencies)).decode()
        )
        if kept["fresh"] and not before:
            zh = f"疑似突发事件：{burst.why}。请值班长确认或标为误报"
            en = f"A burst of matters: {len(burst.members)} about {burst.subtype} at {burst.place or 'many places'}. Declare it, or call it a false alarm"
            alarm = Alarm(kind="burst.proposed", subject=key, severity=Severity.ALARM, zh=zh[:500], en=en[:500])
            await raise_alarm(connection, alarm, now)

    async def propose_alert(self, alert_id: str, order: Order) -> None:
        """A CAP alert that is grave and was taken in as an order. A drill is proposed by nobody."""
        if order.exercise != Exercise.ACTUAL:
            return
        now = self._emergencies.clock.now()
        text = f"{order.title}\n{order.content}"
        signal = signal_of(str(order.id), order.created_at, text, policy=self._policy)
        family = self._policy.family(signal.families[0]) if signal else None
        body = {
            "subtype": family.subtype if family else "hazmat",
            "title": (order.title or order.content)[:300],
            "why": f"收到 CAP 警报 {alert_id}，严重且紧急",
            "place": order.incident.address,
            "district": order.division_code or "",
            "point": order.incident.wgs84,
            "orders": [str(order.id)],
        }
        async with self._pool.acquire() as connection, connection.transaction():
            kept = await connection.fetchrow(
                SQL.propose, new_id(), "cap", f"cap/{alert_id}", now, _encode(body).decode()
            )
            if kept["fresh"]:
                zh = f"收到严重警报：{body['title']}。请值班长确认是否宣布为突发事件"
                en = f"A grave CAP alert: {body['title']}. Decide whether it is an emergency"
                alarm = Alarm(kind="alert.proposed", subject=alert_id[:200], severity=Severity.ALARM, zh=zh, en=en)
                await raise_alarm(connection, alarm, now)

    async def open(self) -> list[BurstProposal]:
        found = [_proposal(row) for row in await self._pool.fetch(SQL.open_proposals)]
        known = [state_of(row["state"]) for row in await self._pool.fetch(SQL.open_boards)] if found else []
        return [msgspec.structs.replace(one, same_as=self._same_as(one, known)) for one in found]

    async def belongs(self, proposal_id: UUID, emergency_id: UUID, actor: Actor) -> None:
        """Its matters belong to an emergency that is open. Raises AppError: not_found and what linking raises."""
        now = self._emergencies.clock.now()
        row = await self._pool.fetchrow(SQL.decide_proposal, proposal_id, "declared", now, actor.id, "", emergency_id)
        if row is None:
            raise AppError("not_found", "没有这条待确认的建议，可能已被处理")
        body = msgspec.json.decode(row["body"])
        if body["orders"]:
            link = LinkOrders(orders=[UUID(one) for one in body["orders"]], why=body["why"][:300])
            await self._emergencies.act(emergency_id, link, actor)

    def _same_as(self, one: BurstProposal, known: list[Emergency]) -> UUID | None:
        asked = Emergency(
            id=one.id,
            subtype=one.subtype,
            place=Place(one.place, one.district, one.point),
            declared_at=self._emergencies.clock.now(),
        )
        return next((other.id for other in known if why_same(asked, other, self._emergencies.table)), None)

    async def dismiss(self, proposal_id: UUID, reason: str, actor: Actor) -> None:
        """A false alarm; it is counted. Raises AppError not_found."""
        now = self._emergencies.clock.now()
        row = await self._pool.fetchrow(SQL.decide_proposal, proposal_id, "false_alarm", now, actor.id, reason, None)
        if row is None:
            raise AppError("not_found", "没有这条待确认的建议，可能已被处理")

    async def counts(self, days: int) -> dict[str, int]:
        """Of the last days: open, declared, false_alarm."""
        rows = await self._pool.fetch(SQL.proposal_counts, self._emergencies.clock.now() - timedelta(days=days))
        return dict.fromkeys(("open", "declared", "false_alarm"), 0) | {row["status"]: row["proposals"] for row in rows}


def _body(burst: Burst, emergencies: Emergencies) -> dict[str, Any]:
    subtype = emergencies.table.subtype(burst.subtype)
    name = subtype.zh if subtype else burst.subtype
    return {
        "subtype": burst.subtype,
        "title": f"{burst.place}{name}"[:300],
        "why": burst.why,
        "place": burst.place,
        "district": burst.district,
        "point": burst.point,
        "orders": burst.members,
    }


def _proposal(row: Any) -> BurstProposal:
    body = msgspec.json.decode(row["body"])
    names = ("id", "source", "at", "status", "decided_by", "reason", "emergency_id")
    return msgspec.convert({name: row[name] for name in names} | body, BurstProposal, strict=False)
