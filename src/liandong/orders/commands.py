"""The use-cases: load, decide, commit. Every change of an order comes through `Commands`, whoever asks for it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.failpoints import reach
from liandong.core.lanes import CONNECTION_LOST, NOT_NOW, SHUTTING_DOWN, OutcomeUnknown
from liandong.knowledge.model import CitedCard
from liandong.orders.actions import Action, Due, Intake
from liandong.orders.context import CLOCK_ACTOR, MERGED_CLOCK, Actor, Asked, Incoming, Policy, peer_actor
from liandong.orders.decide import Decision, Refusal, after, decide, decide_intake, decide_offer, is_overseen_only
from liandong.orders.model import Order, Snapshot
from liandong.orders.reassess import REVIEW_TAG, Reassess, read_again, verdict_changes
from liandong.orders.store import SQL, Request, Store, Written
from liandong.policing.lifecycle import HARMLESS, NEVER_WAITS
from liandong.policing.model import NOTHING
from liandong.repeats.model import Earlier
from liandong.repeats.policy import RepeatsPolicy
from liandong.routing.model import Decision as Ownership
from liandong.routing.model import Facts, Verdict

log = logging.getLogger(__name__)
TRIES = 25
PATIENCE = 0.5  # seconds that an intake waits at most for its caller's earlier matters, a busy pool included
LOST = (OutcomeUnknown, *CONNECTION_LOST, *SHUTTING_DOWN)


class Reads(Protocol):
    """Text → facts; routing.reader.Reader, or whatever stands before it."""

    def read(self, text: str, centre: str) -> Facts: ...


Cite = Callable[[Order], Awaitable[Verdict | None]]
"""The order's verdict with its precedents, None where there are none."""

FindEarlier = Callable[[Intake, datetime, RepeatsPolicy], Awaitable[Earlier | None]]
"""The answered matter that a caller brings again, None where it is a new one."""

CiteCard = Callable[[str, Actor], Awaitable[CitedCard]]
"""The answer card in force by its number. Raises AppError field_invalid where there is none that the person may see."""


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
        reader: Reads,
        clock: Clock,
        cite: Cite | None = None,
        earlier: FindEarlier | None = None,
        cards: CiteCard | None = None,
    ) -> None:
        """`cite`: looks up how the same question was settled before; asked only where ownership is unclear.

        `earlier`: looks up whether a caller brings an answered matter again.

        `cards`: looks up the card that a direct answer cites.
        """
        self.policy = policy
        self._cite = cite
        self._earlier = earlier
        self._cards = cards
        self._store = store
        self._pool = pool
        self._reader = reader
        self._clock = clock

    async def take_in(self, intake: Intake, actor: Actor, *, key: str, digest: str) -> Taken:
        """A new matter. The same key with the same body gives the same order again; with another body it is refused."""
        asked = self._asked("intake", intake, actor)
        facts = self._reader.read(_said(intake), self.policy.centre)
        decision = decide_intake(intake, facts, asked, await self._brought_again(intake, asked))
        decision = await self._with_precedents(decision)
        request = Request(actor=actor.id, key=key, digest=digest, at=asked.now)
        written = await self._write(decision, request)
        if written is None:
            return await self._taken_before(actor, key, digest)
        return Taken(after(Snapshot(decision.order), decision, written.number))

    async def act(self, order_id: UUID, action: Action, actor: Actor, *, request: Request | None = None) -> Snapshot:
        """What a person asks of an order. Raises AppError: not_found, stale_version, action_not_allowed, guard_refused, not_permitted.

        `request`: an idempotency key that is claimed in the same commit.
        """
        for _ in range(TRIES):
            snapshot = await self._load(order_id)
            if not may_see(snapshot, actor):
                raise AppError("not_found", "没有这个工单，或没有派给您的单位")
            if is_overseen_only(snapshot, actor) and action.name != "reply_oversight":
                raise AppError("not_permitted", "该工单没有派给您的单位，只能回复督办")
            if snapshot.order.version != action.version and not await self._goes_ahead(snapshot, action):
                raise AppError("stale_version", version=snapshot.order.version, status_now=snapshot.order.status)
            related = await self._related(
                getattr(action, "into", None) or getattr(action, "duplicate_of", None) or getattr(action, "of", None)
            )
            if related is not None and not actor.covers(related.order.division_code):
                raise AppError("not_found", "没有这个工单，或不在您的区域（no such order, or not in your district）")
            cited = await self._cited(action, actor)
            asked = self._asked(action.name, action, actor, related=related, cited=cited)
            done = await self._carry_out(snapshot, asked, request)
            if done is not None:
                return done
        raise AppError("try_again", "同一工单的操作过于频繁")

    async def look(self, order_id: UUID) -> Snapshot:
        """An order as it is now. Raises AppError not_found."""
        return await self._load(order_id)

    async def act_now(self, order_id: UUID, action: Action, actor: Actor) -> Snapshot:
        """An action that rests on no version that somebody saw: carried out on the order as it is. Raises AppError as `act`."""
        for _ in range(TRIES):
            snapshot = await self._load(order_id)
            current = msgspec.structs.replace(action, version=snapshot.order.version)
            done = await self._carry_out(snapshot, self._asked(action.name, current, actor))
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

    async def reassess(self, order_id: UUID) -> bool:
        """Reads an open order again under the catalogue in force. True: its verdict is another one now, and it is flagged.

        Safe to repeat: an order that was flagged under this catalogue is not flagged twice.
        """
        for _ in range(TRIES):
            snapshot = await self._load(order_id)
            order = snapshot.order
            if order.facts is None:
                return False  # a peer's offer was never read here
            facts = read_again(order.facts, self._reader.read(_said(order), self.policy.centre))
            if facts.catalogue == order.facts.catalogue:
                return REVIEW_TAG in order.tags
            if verdict_changes(order, facts, self.policy.routing) is None:
                return False
            data = Reassess(version=order.version, facts=facts)
            try:
                done = await self._carry_out(snapshot, self._asked("reassess", data, CLOCK_ACTOR))
            except AppError as error:
                if error.code == "action_not_allowed":
                    return False  # its loop was closed meanwhile
                raise
            if done is not None:
                return True
        raise AppError("try_again")

    async def receive(self, order_id: UUID | None, action: str, body: Any, incoming: Incoming) -> Snapshot | None:
        """A message from a peer. None: written meanwhile by another try, look again. Raises AppError when it can't be taken."""
        if order_id is None:
            asked = self._asked(action, body, peer_actor(incoming.sender), incoming)
            return await self._commit(Snapshot(None), decide_offer(incoming.matter_id, asked))  # type: ignore[arg-type]
        snapshot = await self._load(order_id)
        return await self._carry_out(snapshot, self._asked(action, body, peer_actor(incoming.sender), incoming))

    async def _goes_ahead(self, snapshot: Snapshot, action: Action) -> bool:
        """Somebody is sent whatever was asked and noted meanwhile: only what changes who acts, or who was sent, is looked at first."""
        order = snapshot.order
        if action.name not in NEVER_WAITS or not order.sends_forces or action.version > order.version:
            return False
        asked = SQL.kinds_since, snapshot.order.id, action.version
        kinds = await with_retries(lambda: self._pool.fetch(*asked))
        return {row["kind"] for row in kinds} <= HARMLESS

    async def _brought_again(self, intake: Intake, asked: Asked) -> Earlier | None:
        """The caller's answered matter that this is again. Without an answer in time it is taken in as a new one."""
        if self._earlier is None or not intake.caller.phone:
            return None
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._earlier(intake, asked.now, self.policy.repeats)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            log.warning("earlier matters not looked up: %s", error)
            return None

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

    async def _carry_out(self, snapshot: Snapshot, asked: Asked, request: Request | None = None) -> Snapshot | None:
        decision = decide(snapshot, asked)
        if isinstance(decision, Refusal):
            raise AppError(decision.code, decision.text, allowed=decision.allowed)
        return await self._commit(snapshot, decision, request)

    async def _commit(self, snapshot: Snapshot, decision: Decision, request: Request | None = None) -> Snapshot | None:
        written = await self._write(decision, request)
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
        if not await self._is_in_ledger(decision):
            try:
                written = await self._store.commit(decision, request)
            except asyncpg.UniqueViolationError:
                written = None
            # The server may have been at work on the first try still, when the ledger was asked.
            if written is not None or not await self._is_in_ledger(decision):
                return written
        snapshot = await self._load(decision.order.id)
        return Written(snapshot.order.number)

    async def _is_in_ledger(self, decision: Decision) -> bool:
        asked = SQL.event_at, decision.order.id, decision.expected + 1, decision.event.id
        return bool(await with_retries(lambda: self._pool.fetchval(*asked)))

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

    async def _cited(self, action: Action, actor: Actor) -> CitedCard | None:
        """The card that this action cites, looked up as it stands now."""
        number = getattr(action, "card", None)
        if number is None:
            return None
        if self._cards is None:
            raise AppError("field_invalid", "本中心没有启用知识库，请去掉 card")
        find = self._cards
        return await with_retries(lambda: find(number, actor))

    async def _load(self, order_id: UUID) -> Snapshot:
        snapshot = await with_retries(lambda: self._store.load(order_id))
        if snapshot is None:
            raise AppError("not_found", "没有这个工单")
        reach("command.loaded")
        return snapshot

    def _asked(
        self,
        action: str,
        data: Any,
        actor: Actor,
        incoming: Incoming | None = None,
        related: Snapshot | None = None,
        cited: CitedCard | None = None,
    ) -> Asked:
        return Asked(action, data, actor, self.policy, self._clock.now(), incoming, related, cited)


async def with_retries(read: Callable[[], Awaitable[Any]]) -> Any:
    """Reads are safe to repeat: one lost connection is not the caller's trouble."""
    try:
        return await read()
    except LOST:
        pass
    try:
        return await read()
    except (*LOST, *NOT_NOW) as error:
        raise AppError("try_again", "数据库暂时无法连接") from error


def may_see(snapshot: Snapshot, actor: Actor) -> bool:
    """A unit's key sees the orders of its unit and those that it has to answer for under supervision, a liaison's the matters that its own centre shares,
    a district's account the matters of its district."""
    if not actor.covers(snapshot.order.division_code):
        return False
    if actor.home is not None:
        return any(t.peer == actor.home for t in snapshot.transfers or ())
    if actor.unit is None or snapshot.is_unit_of(actor.unit) or is_overseen_only(snapshot, actor):
        return True
    return (snapshot.order.policing or NOTHING).supports_with(actor.unit)


def _said(matter: Intake | Order) -> str:
    return f"{matter.title}。{matter.content}" if matter.title else matter.content
