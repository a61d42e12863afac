"""Everything that people do with emergencies: each step loads what stands, decides, and writes lines, orders and messages in one transaction."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.alarms import raise_alarm
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.lifecycle import Blocked
from liandong.emergencies import actions
from liandong.emergencies import lines as on
from liandong.emergencies.deciding import Deciding, decide, declare
from liandong.emergencies.lifecycle import LIFECYCLE
from liandong.emergencies.lines import Data, Line
from liandong.emergencies.model import Emergency
from liandong.emergencies.policy import EmergencyPolicy
from liandong.emergencies.run_cards import RunCards
from liandong.emergencies.same import why_same
from liandong.emergencies.store import SQL, find, refold, state_of, tell, write
from liandong.emergencies.telling import alarm_of
from liandong.orders.context import CLOCK_ACTOR, Actor
from liandong.orders.model import Exercise
from liandong.policy import CityPolicy

Afterwards = Callable[[Emergency], Awaitable[None]]


class Board(Struct, frozen=True):
    """Where a page of emergencies begins."""

    status: str | None = None
    exercise: str | None = None
    before: datetime | None = None


class Emergencies:
    """One centre's. `peers`: who is told every line."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        clock: Clock,
        policy: CityPolicy,
        table: EmergencyPolicy,
        cards: RunCards,
        *,
        peers: Iterable[str] = (),
    ) -> None:
        self.pool = pool
        self.clock = clock
        self.policy = policy
        self.table = table
        self.cards = cards
        self.peers = tuple(peers)
        self.centre = policy.centre
        self.present = frozenset((policy.centre, *self.peers))

    def deciding(self, actor: Actor, now: datetime) -> Deciding:
        return Deciding(
            centre=self.centre,
            present=self.present,
            policy=self.table,
            cards=self.cards,
            now=now,
            due=lambda clock, level: self.due(clock, level, now),
            actor=actor,
            knows_unit=self.policy.knows_unit,
        )

    def due(self, clock: str, level: int, now: datetime) -> datetime:
        policy = self.policy
        tags = frozenset({f"level:{level}"})
        at = policy.clocks.deadline(clock, now, calendar=policy.calendar, centre=self.centre, tags=tags)
        return at.astimezone(UTC)

    async def declare(self, given: actions.Declaration, actor: Actor) -> Emergency:
        """Raises AppError: guard_refused (one that looks the same is open, and `apart` is not set), field_invalid, not_found (the proposal)."""
        now = self.clock.now()
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL.lock)
            known = await find(connection, given.id)
            if known is not None:
                return known
            source, why = await self._proposed(connection, given, actor, now)
            number = f"{self.centre}-{'D' if given.exercise != Exercise.ACTUAL else 'E'}"
            number = f"{number}{await connection.fetchval(SQL.next_number, number):06d}"
            data = declare(given, number, source, why, self.deciding(actor, now))
            if not given.apart:
                await self._refuse_twin(connection, given, data, now)
            state = await self.append(connection, given.id, [data], actor.id, given.exercise, now)
            more: list[Data] = []
            if given.orders:
                more += await self._link(
                    connection, state, actions.LinkOrders(orders=given.orders, why=why), actor, now
                )
            if given.mass_call:
                more.append(on.MassCall(on=True))
            return await self.append(connection, given.id, more, actor.id, given.exercise, now) if more else state

    async def act(self, emergency_id: UUID, given: Any, actor: Actor) -> Emergency:
        """One step. Raises AppError: not_found, not_permitted, action_not_allowed, guard_refused and what `decide` raises."""
        now = self.clock.now()
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL.lock)
            state = await self._found(connection, emergency_id)
            self.check(state, given.name, actor)
            return await self._carry_out(connection, state, given, actor, now)

    def check(self, state: Emergency, action: str, actor: Actor) -> None:
        """Raises AppError: not_permitted, action_not_allowed, guard_refused."""
        found = LIFECYCLE.find(state.status, action, actor.roles, state, None)
        if isinstance(found, Blocked):
            raise AppError(found.code, found.text)

    def allowed(self, state: Emergency, actor: Actor) -> list[Any]:
        return LIFECYCLE.allowed(state.status, actor.roles - {"clock", "peer"}, state)

    async def one(self, emergency_id: UUID) -> Emergency:
        return await self._found(self.pool, emergency_id)

    async def listed(self, board: Board, limit: int) -> list[Emergency]:
        rows = await self.pool.fetch(SQL.boards, board.status, board.exercise, board.before, limit)
        return [state_of(row["state"]) for row in rows]

    async def append(
        self,
        connection: asyncpg.Connection,
        emergency_id: UUID,
        data: Sequence[Data],
        by: str,
        exercise: Exercise,
        now: datetime,
    ) -> Emergency:
        """Writes lines of ours and tells every peer and everybody here."""
        written = [await write(connection, emergency_id, one, centre=self.centre, by=by, now=now) for one in data]
        for line in written:
            await tell(connection, line, self.peers, self.present, exercise, now)
        state = await refold(connection, emergency_id, centre=self.centre, exercise=exercise, now=now)
        for line in written:
            await self.alarm(connection, line, state, now)
        return state

    async def alarm(self, connection: asyncpg.Connection, line: Line, state: Emergency, now: datetime) -> None:
        alarm = alarm_of(line, state, self.centre)
        if alarm is not None:
            await raise_alarm(connection, alarm, now)

    async def note_read(self, emergency_id: UUID, broadcast_id: UUID, actor: Actor) -> Emergency:
        """This person has read it; the first one's reading is the centre's receipt."""
        now = self.clock.now()
        state = await self.one(emergency_id)
        self.check(state, "read_broadcast", actor)
        fresh = await self.pool.fetchval(SQL.read_by, broadcast_id, actor.id, state.id, now)
        if fresh is None:
            return state
        sent = state.broadcast(broadcast_id)
        receipt = next((one for one in sent.receipts if one.centre == self.centre), None) if sent else None
        if receipt is not None and receipt.read_at is not None:
            return state
        return await self.act(emergency_id, actions.ReadBroadcast(id=broadcast_id), actor)

    async def join(
        self, connection: asyncpg.Connection, loser: Emergency, winner: Emergency, reason: str, by: str, now: datetime
    ) -> Emergency:
        return await self.append(
            connection, loser.id, [on.Joined(into=winner.id, reason=reason)], by, loser.exercise, now
        )

    async def join_twins(self, connection: asyncpg.Connection, fresh: Emergency, now: datetime) -> None:
        """A declaration came: what was declared here and is the same is joined with it. The one that is later by cause gives way, and the
        centre that declared it says so, so that one join is written however many centres see both."""
        for text in await connection.fetch(SQL.open_states, fresh.exercise, fresh.kind):
            other = state_of(text["state"])
            reason = why_same(fresh, other, self.table)
            if reason is None:
                continue
            first = await self._first_cause(connection, (fresh, other))
            winner, loser = (fresh, other) if first == fresh.id else (other, fresh)
            if loser.centre == self.centre:
                await self.join(connection, loser, winner, reason, CLOCK_ACTOR.id, now)

    async def _first_cause(self, connection: asyncpg.Connection, two: Sequence[Emergency]) -> UUID:
        lines = await connection.fetch(SQL.lines_of, [one.id for one in two])
        return next(row["emergency_id"] for row in lines if row["event"] == "emergency.declared")

    async def _found(self, connection: Any, emergency_id: UUID) -> Emergency:
        state = await find(connection, emergency_id)
        if state is None:
            raise AppError("not_found", "没有这个事件")
        return state

    async def _proposed(
        self, connection: asyncpg.Connection, given: actions.Declaration, actor: Actor, now: datetime
    ) -> tuple[str, str]:
        if given.proposal is None:
            return "person", ""
        row = await connection.fetchrow(
            SQL.decide_proposal, given.proposal, "declared", now, actor.id, given.reason, given.id
        )
        if row is None:
            raise AppError("not_found", "没有这条待确认的建议，可能已被处理")
        return row["source"], str(msgspec.json.decode(row["body"]).get("why", ""))

    async def _refuse_twin(
        self, connection: asyncpg.Connection, given: actions.Declaration, data: on.Declared, now: datetime
    ) -> None:
        asked = Emergency(
            id=given.id, kind=data.kind, subtype=data.subtype, place=data.place, exercise=data.exercise, declared_at=now
        )
        for row in await connection.fetch(SQL.open_states, data.exercise, data.kind):
            other = state_of(row["state"])
            reason = why_same(asked, other, self.table)
            if reason is not None:
                text = (
                    f"{other.number}“{other.title}”看来是同一事件（{reason}）。请进入该事件；确认是另一事件，请设 apart"
                )
                raise AppError("guard_refused", text, same_as=str(other.id))

    async def _carry_out(
        self, connection: asyncpg.Connection, state: Emergency, given: Any, actor: Actor, now: datetime
    ) -> Emergency:
        match given:
            case actions.Join():
                return await self._join(connection, state, given, actor, now)
            case actions.SplitOff():
                if given.member not in state.members:
                    raise AppError("not_found", "这个事件没有并入本事件")
                split = [on.Split(reason=given.reason)]
                return await self.append(connection, given.member, split, actor.id, state.exercise, now)
            case actions.LinkOrders():
                data = await self._link(connection, state, given, actor, now)
            case actions.UnlinkOrders():
                data = await self._unlink(connection, state, given)
            case actions.Note():
                data = [await self._note(connection, state, given)]
            case _:
                data = decide(state, given, self.deciding(actor, now))
        if not data:
            return state
        return await self.append(connection, state.id, data, actor.id, state.exercise, now)

    async def _join(
        self, connection: asyncpg.Connection, state: Emergency, given: actions.Join, actor: Actor, now: datetime
    ) -> Emergency:
        into = await self._found(connection, given.into)
        if into.id == state.id:
            raise AppError("guard_refused", "它们已经是同一个事件")
        if into.exercise != state.exercise:
            raise AppError("guard_refused", "演练和真实事件不能合并")
        if into.status != "open":
            raise AppError("guard_refused", "只能并入处置中的事件")
        return await self.join(connection, state, into, given.reason, actor.id, now)

    async def _link(
        self, connection: asyncpg.Connection, state: Emergency, given: actions.LinkOrders, actor: Actor, now: datetime
    ) -> list[Data]:
        """Orders of this centre; each belongs to one emergency, and goes on in its own loop."""
        rows = await connection.fetch(SQL.orders_named, given.orders)
        if len(rows) != len(set(given.orders)):
            raise AppError("not_found", "有的工单不存在，一张也没有归入")
        other = [row["number"] or str(row["id"]) for row in rows if row["exercise"] != state.exercise]
        if other:
            raise AppError("guard_refused", f"演练工单和真实工单不能混在一起：{'、'.join(other[:5])}")
        await self._leave_others(connection, state, rows, actor, now)
        for row in rows:
            await connection.execute(SQL.link_order, row["id"], state.id, now, actor.id, given.why)
        orders = [on.LinkedOrder(matter_id=row["matter_id"], number=row["number"] or "") for row in rows]
        return [on.OrdersLinked(orders=orders, why=given.why)]

    async def _leave_others(
        self, connection: asyncpg.Connection, state: Emergency, rows: Sequence[Any], actor: Actor, now: datetime
    ) -> None:
        """An order that belonged to another emergency is taken out of it: so is one split by its orders."""
        left: dict[UUID, list[UUID]] = {}
        for row in rows:
            before = await connection.fetchval(SQL.emergency_of_order, row["id"])
            if before is not None and before not in (state.id, *state.members):
                left.setdefault(before, []).append(row["matter_id"])
        for before, matters in left.items():
            lines = [on.OrdersUnlinked(matters=matters, reason=f"归入 {state.number}")]
            await self.append(connection, before, lines, actor.id, state.exercise, now)

    async def _unlink(
        self, connection: asyncpg.Connection, state: Emergency, given: actions.UnlinkOrders
    ) -> list[Data]:
        rows = await connection.fetch(SQL.orders_named, given.orders)
        for row in rows:
            await connection.execute(SQL.unlink_order, row["id"], [state.id, *state.members])
        return [on.OrdersUnlinked(matters=[row["matter_id"] for row in rows], reason=given.reason)]

    async def _note(self, connection: asyncpg.Connection, state: Emergency, given: actions.Note) -> Data:
        files = []
        for ref in given.files:
            belongs = await connection.fetchval(SQL.emergency_of_order, ref.order_id)
            row = await connection.fetchrow(SQL.file_of, ref.order_id, ref.attachment_id)
            if row is None or belongs not in (state.id, *state.members):
                raise AppError("not_found", "附件须是已归入本事件的工单的附件，且不保密")
            files.append({"order_id": str(ref.order_id), "id": str(ref.attachment_id), "name": row["name"], "sha256": row["sha256"] or ""})  # fmt: skip
        facts = given.facts.facts() if given.facts is not None else None
        place = given.place.place() if given.place is not None else None
        return on.Noted(text=given.text, place=place, files=files, facts=facts)
