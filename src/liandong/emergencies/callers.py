"""Mass-call mode: callers of one emergency are taken down in seconds each and kept as persons to call back.

Nobody is asked twice: whoever calls again, here or at another centre, is known by the number. The first centre that took a caller calls back.
"""

import asyncio
import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.errors import AppError
from liandong.core.ids import new_id
from liandong.emergencies import actions as act
from liandong.emergencies.model import Emergency
from liandong.emergencies.service import Emergencies
from liandong.emergencies.store import SQL
from liandong.exchange.emergency_messages import CallersKept, KeptCaller
from liandong.exchange.notices import send_notice
from liandong.orders.actions import Intake
from liandong.orders.commands import Commands
from liandong.orders.context import Actor
from liandong.orders.model import Caller, Exercise, Incident
from liandong.orders.store import digest_of
from liandong.orders.view import mask_name, mask_phone

BATCH = 500  # callers in one message
CALL_BACK = "emergency_call_back"


class CallerTaken(Struct, frozen=True, kw_only=True):
    """`calls`: how often this person has called here. `known_at`: another centre had taken the caller before, and calls back."""

    id: UUID
    calls: int
    known_at: str | None = None
    order_id: UUID | None = None
    order_number: str | None = None


class CallerView(Struct, frozen=True, kw_only=True):
    """A person to call back. The number is masked until somebody calls."""

    id: UUID
    name: str
    phone: str
    words: str
    place: str
    calls: int
    taken_at: datetime
    taken_by: str
    status: str
    tries: int
    order_id: UUID | None
    due_at: datetime
    late: bool
    result: str = ""


class Counts(Struct, frozen=True, kw_only=True):
    waiting: int = 0
    called_back: int = 0
    kept_elsewhere: int = 0
    calls: int = 0


def key_of(phone: str) -> str:
    """A slow digest of the digits, so that a list of them is not a list of numbers."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    digits = digits.removeprefix("86") if len(digits) == 13 else digits
    return hashlib.scrypt(digits.encode(), salt=b"liandong caller", n=1024, r=8, p=1, dklen=32).hex()


class Callers:
    def __init__(self, emergencies: Emergencies, commands: Commands) -> None:
        self._emergencies = emergencies
        self._commands = commands
        self._pool = emergencies.pool
        self._clock = emergencies.clock

    async def take(self, emergency_id: UUID, given: act.CallTaken, actor: Actor) -> CallerTaken:
        """Raises AppError: not_found, guard_refused (mass-call mode is off), not_permitted. The same id again is the same call."""
        row = await self._pool.fetchrow(SQL.taking_calls, emergency_id)
        if row is None:
            raise AppError("not_found", "没有这个事件")
        exercise = Exercise(row["exercise"])
        state = Emergency(id=row["id"], status=row["status"], mass_call=row["mass_call"], exercise=exercise)
        self._emergencies.check(state, "take_call", actor)
        ids = [state.id, *(UUID(one) for one in msgspec.json.decode(row["members"] or "[]"))]
        kept = await self._keep(ids, given, actor, exercise)
        order = await self._order(kept, state, given, actor) if given.needs_help and kept["order_id"] is None else None
        return CallerTaken(
            id=kept["id"],
            calls=kept["calls"],
            known_at=kept["kept_by"],
            order_id=order.id if order else kept["order_id"],
            order_number=order.number if order else None,
        )

    async def _keep(self, ids: list[UUID], given: act.CallTaken, actor: Actor, exercise: Exercise) -> Any:
        key, now = await asyncio.to_thread(key_of, given.phone), self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            again = await connection.fetchrow(SQL.call_by_request, str(given.id))
            if again is not None:
                return again
            own = await connection.fetchrow(SQL.own_caller, ids, key)
            other = None if own else await connection.fetchrow(SQL.kept_elsewhere, ids, key)
            values = (given.phone, given.name, given.words, given.place, exercise, now, actor.id)
            return await connection.fetchrow(
                SQL.add_call, new_id(), own["emergency_id"] if own else ids[0], key, str(given.id), *values,
                other["centre"] if other else None,
            )  # fmt: skip

    async def _order(self, kept: Any, state: Emergency, given: act.CallTaken, actor: Actor) -> Any:
        """Who needs somebody gets an order of their own, which belongs to the emergency."""
        words = "\n".join(one for one in (given.words, given.place) if one) or "来电人需要帮助"
        intake = Intake(
            content=words,
            caller=Caller(name=given.name, phone=given.phone),
            incident=Incident(address=given.place),
            exercise=state.exercise,
        )
        digest = digest_of(msgspec.json.encode(intake))
        taken = await self._commands.take_in(intake, actor, key=f"mass-call:{given.id}", digest=digest)
        order = taken.snapshot.order
        await self._pool.execute(SQL.call_order, kept["id"], order.id)
        await self._emergencies.act(state.id, act.LinkOrders(orders=[order.id], why="群呼登记，需要帮助"), actor)
        return order

    async def to_call(self, state: Emergency, limit: int) -> list[CallerView]:
        rows = await self._pool.fetch(SQL.callers_to_call, [state.id, *state.members], limit)
        return [self._view(row, masked=True) for row in rows]

    async def counts(self, state: Emergency) -> Counts:
        rows = await self._pool.fetch(SQL.caller_counts, [state.id, *state.members])
        found = {row["status"]: row["callers"] for row in rows}
        return Counts(**found, calls=sum(row["calls"] for row in rows))

    async def begin(self, caller_id: UUID, actor: Actor) -> CallerView:
        """Somebody calls now and sees the number, which is noted. Raises AppError not_found."""
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(SQL.caller, caller_id)
            if row is None:
                raise AppError("not_found", "没有这个来电人")
            await connection.execute(SQL.note_view, caller_id, self._clock.now(), actor.id)
            return self._view(row, masked=False)

    async def called_back(self, caller_id: UUID, given: act.CalledBack, actor: Actor) -> CallerView:
        """Raises AppError: not_found, guard_refused (another centre has the caller)."""
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(SQL.caller, caller_id)
            if row is None:
                raise AppError("not_found", "没有这个来电人")
            if row["status"] == "kept_elsewhere":
                raise AppError("guard_refused", f"由先登记的 {row['kept_by']} 回电")
            if row["status"] == "waiting":
                if given.reached:
                    now = self._clock.now()
                    await connection.execute(SQL.called_back, caller_id, now, actor.id, given.result)
                else:
                    await connection.execute(SQL.tried, caller_id)
            return self._view(await connection.fetchrow(SQL.caller, caller_id), masked=True)

    async def tell_peers(self) -> int:
        """Whom our desks have taken down since the last look, to every peer. Returns how many."""
        now = self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(SQL.untold, BATCH)
            told: dict[tuple[UUID, str], list[KeptCaller]] = {}
            for row in rows:
                one = KeptCaller(key=row["key"], at=row["taken_at"], called_back=row["called_back"])
                told.setdefault((row["emergency_id"], row["exercise"]), []).append(one)
            for (emergency_id, exercise), callers in told.items():
                await self._tell(connection, CallersKept(emergency_id, callers), Exercise(exercise), now)
            await connection.execute(SQL.mark_told, [row["id"] for row in rows], now)
        return len(rows)

    async def _tell(self, connection: asyncpg.Connection, body: CallersKept, exercise: Exercise, now: datetime) -> None:
        for peer in sorted(self._emergencies.peers):  # the order in which lines take the same locks
            await send_notice(connection, peer=peer, thread=body.emergency_id, body=body, now=now, exercise=exercise)
        await connection.execute(SQL.wake)

    def _view(self, row: Any, *, masked: bool) -> CallerView:
        due = self._emergencies.due(CALL_BACK, 4, row["taken_at"])
        return CallerView(
            id=row["id"],
            name=mask_name(row["name"]) if masked else row["name"],
            phone=mask_phone(row["phone"]) if masked else row["phone"],
            words=row["words"],
            place=row["place"],
            calls=row["calls"],
            taken_at=row["taken_at"],
            taken_by=row["taken_by"],
            status=row["status"],
            tries=row["tries"],
            order_id=row["order_id"],
            due_at=due,
            late=row["status"] == "waiting" and due < self._clock.now(),
            result=row["result"],
        )
