"""The use-cases: load, decide, commit. Every change of an order comes through `Commands`, whoever asks for it."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.failpoints import reach
from liandong.core.lanes import OutcomeUnknown
from liandong.orders.actions import Action, Due, Intake
from liandong.orders.context import CLOCK_ACTOR, MERGED_CLOCK, Actor, Asked, Incoming, Policy, peer_actor
from liandong.orders.decide import Decision, Refusal, after, decide, decide_intake, decide_offer
from liandong.orders.model import Order, Snapshot
from liandong.orders.store import SQL, Request, Store, Written
from liandong.routing.model import Decision as Ownership
from liandong.routing.model import Verdict
from liandong.routing.reader import Reader

log = logging.getLogger(__name__)
TRIES = 25
Cite = Callable[[Order], Awaitable[Verdict | None]]
"""The order's verdict with its precedents, None where there are none."""


class Taken(Struct, frozen=True):
    """An intake with its order; `repeated`: this Idempotency-Key had brought it in before."""

    snapshot: Snapshot
    repeated: bool = False


class Commands:
    def __init__(
        self,
        *,
        policy: Policy,
        store: Store,
        pool: asyncpg.Pool,
        reader: Reader,
        clock: Clock,
        cite: Cite | None = None,
    ) -> None:
        """`cite`: looks up how the same question was settled before; asked only where ownership is unclear."""
        self.policy = policy
        self._cite = cite
        self._store = store
        self._pool = pool
        self._reader = reader
        self._clock = clock

    async def take_in(self, intake: Intake, actor: Actor, *, key: str, digest: str) -> Taken:
        """A new matter. The same key with the same body gives the same order again; with another body it is refused."""
        asked = self._asked("intake", intake, actor)
        decision = decide_intake(intake, self._reader.read(_said(intake), self.policy.centre), asked)
        decision = await self._with_precedents(decision)
        request = Request(actor=actor.id, key=key, digest=digest, at=asked.now)
        written = await self._write(decision, request)
        if written is None:
            return await self._taken_before(actor, key, digest)
        return Taken(after(Snapshot(decision.order), decision, written.number))

    async def act(self, order_id: UUID, action: Action, actor: Actor) -> Snapshot:
        """What a person asks of an order. Raises AppError: not_found, stale_version, action_not_allowed, guard_refused, not_permitted."""
        for _ in range(TRIES):
            snapshot = await self._load(order_id)
            if not may_see(snapshot, actor):
                raise AppError("not_found", "没有这个工单，或没有派给您的单位")
            if snapshot.order.version != action.version:
                raise AppError("stale_version", version=snapshot.order.version, status_now=snapshot.order.status)
            related = await self._related(getattr(action, "into", None) or getattr(action, "duplicate_of", None))
            done = await self._carry_out(snapshot, self._asked(action.name, action, actor, related=related))
            if done is not None:
                return done
        raise AppError("try_again", "同一工单的操作过于频繁")

    async def fire(self, order_id: UUID, clock: str) -> bool:
        """A clock of the order ran out. False: it was stopped, paused or fired meanwhile."""
        for _ in range(TRIES):
            snapshot = await self._load(order_id)
            now = self._clock.now()
            timer = next((t for t in snapshot.timers or () if t.name == clock and t.status == "running"), None)
            if timer is None or timer.due_at > now:
                return False
            due = Due(version=snapshot.order.version, clock=clock)
            related = await self._related(snapshot.order.master_id if clock == MERGED_CLOCK else None)
            if await self._carry_out(snapshot, self._asked("due", due, CLOCK_ACTOR, related=related)) is not None:
                return True
        raise AppError("try_again")

    async def receive(self, order_id: UUID | None, action: str, body: Any, incoming: Incoming) -> Snapshot | None:
        """A message from a peer. None: written meanwhile by another try, look again. Raises AppError when it can't be taken."""
        if order_id is None:
            asked = self._asked(action, body, peer_actor(incoming.sender), incoming)
            return await self._commit(Snapshot(None), decide_offer(incoming.matter_id, asked))  # type: ignore[arg-type]
        snapshot = await self._load(order_id)
        return await self._carry_out(snapshot, self._asked(action, body, peer_actor(incoming.sender), incoming))

    async def _with_precedents(self, decision: Decision) -> Decision:
        """Where ownership is unclear, the verdict says how the same question was settled before. Without an answer it goes without."""
        order = decision.order
        if self._cite is None or order.verdict is None or order.verdict.decision != Ownership.NEGOTIATE:
            return decision
        try:
            verdict = await self._cite(order)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            log.warning("precedents not looked up: %s", error)
            return decision
        if verdict is None:
            return decision
        body = decision.event.body | {
            "reason": verdict.reason,
            "precedents": [p.transfer_id for p in verdict.precedents],
        }
        event = msgspec.structs.replace(decision.event, body=body)
        return msgspec.structs.replace(decision, order=msgspec.structs.replace(order, verdict=verdict), event=event)

    async def _carry_out(self, snapshot: Snapshot, asked: Asked) -> Snapshot | None:
        decision = decide(snapshot, asked)
        if isinstance(decision, Refusal):
            raise AppError(decision.code, decision.text, allowed=list(decision.allowed))
        return await self._commit(snapshot, decision)

    async def _commit(self, snapshot: Snapshot, decision: Decision) -> Snapshot | None:
        written = await self._write(decision)
        return None if written is None else after(snapshot, decision, written.number)

    async def _write(self, decision: Decision, request: Request | None = None) -> Written | None:
        try:
            reach("commit.decided")
            written = await self._store.commit(decision, request)
            reach("commit.written")
            return written
        except OutcomeUnknown:
            return await self._after_lost_connection(decision, request)
        except asyncpg.UniqueViolationError:
            log.info("overtaken at commit: order %s", decision.order.id)
            return None

    async def _after_lost_connection(self, decision: Decision, request: Request | None) -> Written | None:
        """The connection broke while committing: the ledger knows whether it is there; if not, it is written now."""
        event = decision.event
        seq = decision.expected + 1
        found = await with_retries(lambda: self._pool.fetchval(SQL.event_at, decision.order.id, seq, event.id))
        if not found:
            return await self._store.commit(decision, request)
        snapshot = await self._load(decision.order.id)
        return Written(snapshot.order.number)

    async def _taken_before(self, actor: Actor, key: str, digest: str) -> Taken:
        row = await self._pool.fetchrow(SQL.request, actor.id, key)
        if row is None:
            raise AppError("try_again")
        if row["digest"].hex() != digest:
            raise AppError("idempotency_key_reused", "请为新的诉求换一个 Idempotency-Key")
        return Taken(await self._load(row["order_id"]), repeated=True)

    async def _related(self, order_id: UUID | None) -> Snapshot | None:
        """Another order of this centre that the change is about."""
        return None if order_id is None else await with_retries(lambda: self._store.load(order_id))

    async def _load(self, order_id: UUID) -> Snapshot:
        snapshot = await with_retries(lambda: self._store.load(order_id))
        if snapshot is None:
            raise AppError("not_found", "没有这个工单")
        return snapshot

    def _asked(
        self,
        action: str,
        data: Any,
        actor: Actor,
        incoming: Incoming | None = None,
        related: Snapshot | None = None,
    ) -> Asked:
        return Asked(action, data, actor, self.policy, self._clock.now(), incoming, related)


async def with_retries(read: Callable[[], Awaitable[Any]]) -> Any:
    """Reads are safe to repeat: one lost connection is not the caller's trouble."""
    try:
        return await read()
    except OutcomeUnknown:
        pass
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError):
        pass
    try:
        return await read()
    except (
        OutcomeUnknown,
        asyncpg.PostgresConnectionError,
        asyncpg.InterfaceError,
        asyncpg.CannotConnectNowError,
        OSError,
    ) as error:
        raise AppError("try_again", "数据库暂时无法连接") from error


def may_see(snapshot: Snapshot, actor: Actor) -> bool:
    """A unit's key sees the orders of its unit only, a liaison's the matters that its own centre shares."""
    if actor.home is not None:
        return any(t.peer == actor.home for t in snapshot.transfers or ())
    return actor.unit is None or snapshot.order.unit == actor.unit


def _said(intake: Intake) -> str:
    return f"{intake.title}。{intake.content}" if intake.title else intake.content
