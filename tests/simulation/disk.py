"""What a centre keeps when it crashes: PostgreSQL, as far as decisions and messages can tell the difference.

`Disk.write` does what orders/commit.sql does: all of a change or nothing of it. `Statements` answers the few other
statements of the product by their own text, so that commands, sender and receiver run here unchanged.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.exchange.receive import SQL as EXCHANGE
from liandong.orders.decide import Decision, after, kind_of
from liandong.orders.model import Snapshot, Timer
from liandong.orders.store import SQL as ORDERS
from liandong.orders.store import Request, Written

from .constraints import UNIQUE, broken_constraint
from .outside import point

_encode = msgspec.json.Encoder().encode
_snapshot = msgspec.json.Decoder(Snapshot)


class Entry(Struct):
    """A row of the ledger."""

    id: UUID
    seq: int
    kind: str
    status: str
    actor: str


class Change(Struct):
    """What one commit did, for whoever watches. `before` is None for a new order."""

    centre: str
    before: Snapshot | None
    after: Snapshot
    decision: Decision


class Letter(Struct):
    """A row of the outbox."""

    id: UUID
    peer: str
    matter_id: UUID
    order_id: UUID
    seq: int
    kind: str
    urgent: bool
    exercise: str
    body: bytes
    created_at: datetime
    next_attempt_at: datetime
    attempts: int = 0


class Disk:
    def __init__(self, centre: str, journal: list[Change]) -> None:
        self.centre = centre
        self.journal = journal  # of the whole city: what was committed, for whoever watches
        self.orders: dict[UUID, Snapshot] = {}
        self.order_of: dict[UUID, UUID] = {}  # by matter
        self.ledger: dict[UUID, list[Entry]] = {}
        self.effects: Counter[str] = Counter()  # rows of the ledger by whose they are
        self.counters: dict[str, int] = {}
        self.requests: dict[tuple[str, str], tuple[str, UUID]] = {}
        self.pending: dict[str, dict[UUID, Letter]] = {}  # by peer, oldest first
        self.dead: list[tuple[Letter, str]] = []
        self.written: dict[
            tuple[str, UUID], list[UUID]
        ] = {}  # ids of all messages by peer and matter; place + 1 is their seq
        self.inbox: dict[tuple[str, UUID], tuple[str, bytes, str | None, str | None]] = {}
        self.heads: dict[tuple[str, UUID], int] = {}  # newest number by sender and matter
        self.handled: dict[tuple[str, UUID], list[UUID]] = {}  # in the order in which they took effect
        self.rejections: list[str] = []
        self.masters: dict[UUID, UUID] = {}  # of orders that are merged into another
        self.stumbles: list[bool] = []  # the next commits lose their connection; True: after they were written

    def write(self, decision: Decision, request: Request | None) -> Written | None:
        """None: stale, or the request or the message was taken before. Raises what the constraints raise."""
        order, incoming = decision.order, decision.incoming
        before = self.orders.get(order.id)
        if decision.expected != (before.order.version if before else 0) or (before is None and decision.expected):
            return None
        if request is not None and (request.actor, request.key) in self.requests:
            return None
        if incoming is not None and self._handled(incoming):
            return None
        if decision.relies is not None and self.orders[decision.relies[0]].order.version != decision.relies[1]:
            return None
        scope = decision.number_scope
        number = f"{scope}-{self.counters.get(scope, 0) + 1:06}" if scope else None
        now = after(before if before else Snapshot(order), decision, number)
        self._once_each(decision)
        self._constraints(before, now, decision.transfers)
        self._keep(before, now, decision, request)
        if scope:
            self.counters[scope] = self.counters.get(scope, 0) + 1
        return Written(number)

    def load(self, order_id: UUID) -> Snapshot | None:
        """As queries.sql snapshots; an order that others are merged into comes with their ids."""
        snapshot = self.orders.get(order_id)
        members = [m for m, master in self.masters.items() if master == order_id] if self.masters else []
        return msgspec.structs.replace(snapshot, members=members) if snapshot and members else snapshot

    def restart(self) -> None:
        """What comes back after a crash went through JSON, as it does from the database."""
        self.orders = {key: _snapshot.decode(_encode(value)) for key, value in self.orders.items()}

    def _handled(self, incoming: Any) -> bool:
        known = self.inbox.get((incoming.sender, incoming.message_id))
        if known is None and incoming.seq <= self.heads.get((incoming.sender, incoming.matter_id), 0):
            raise asyncpg.UniqueViolationError("inbox: sender, matter, seq")
        return known is not None and known[0] == "handled"

    def _once_each(self, decision: Decision) -> None:
        """One statement can't write the same row twice."""
        timers = [(str(t["order_id"]), t["name"]) for t in decision.timers] if len(decision.timers) > 1 else ()
        for rows in ([t.id for t in decision.transfers], [d.no for d in decision.dispatches], timers):
            if len(rows) > 1 and len(rows) != len(set(rows)):
                raise asyncpg.CardinalityViolationError("ON CONFLICT DO UPDATE command cannot affect row a second time")

    def _constraints(self, before: Snapshot | None, now: Snapshot, written: list[Any]) -> None:
        if before is None and now.order.matter_id in self.order_of:
            raise asyncpg.UniqueViolationError("a centre has one order of a matter")
        name = broken_constraint(now, written)
        if name is not None:
            raise (asyncpg.UniqueViolationError if name in UNIQUE else asyncpg.CheckViolationError)(name)

    def _keep(self, before: Snapshot | None, now: Snapshot, decision: Decision, request: Request | None) -> None:
        order, event, incoming = now.order, decision.event, decision.incoming
        self.orders[order.id] = now
        self.order_of[order.matter_id] = order.id
        entry = Entry(event.id, decision.expected + 1, event.kind, event.status, event.actor)
        self.ledger.setdefault(order.id, []).append(entry)
        self.effects[event.actor] += 1
        if request is not None:
            self.requests[request.actor, request.key] = (request.digest, order.id)
        if incoming is not None:
            self.inbox[incoming.sender, incoming.message_id] = ("handled", bytes.fromhex(incoming.digest), None, None)
            thread = incoming.sender, incoming.matter_id
            self.heads[thread] = max(self.heads.get(thread, 0), incoming.seq)
            self.handled.setdefault(thread, []).append(incoming.message_id)
        for message in decision.messages:
            self._post(order, message, event.at)
        if order.master_id is not None and order.status == "merged":
            self.masters[order.id] = order.master_id
        else:
            self.masters.pop(order.id, None)
        for timer in decision.timers:
            if timer["order_id"] is not order.id and str(timer["order_id"]) != str(order.id):
                self._start(timer)
        self.journal.append(Change(self.centre, before, now, decision))

    def _start(self, timer: dict[str, Any]) -> None:
        """A clock of an order that is merged into the one just written, if it still is."""
        other = self.orders[timer["order_id"]]
        if other.order.status != "merged":
            return
        kept = [t for t in other.timers or () if t.name != timer["name"]]
        self.orders[other.order.id] = msgspec.structs.replace(other, timers=[*kept, msgspec.convert(timer, Timer)])

    def _post(self, order: Any, message: Any, at: datetime) -> None:
        numbers = self.written.setdefault((message.peer, order.matter_id), [])
        numbers.append(message.id)
        letter = Letter(
            message.id, message.peer, order.matter_id, order.id, len(numbers), kind_of(message), message.urgent,
            order.exercise, _encode(message.body), at, at,
        )  # fmt: skip
        self.pending.setdefault(message.peer, {})[message.id] = letter


class Statements:
    """Stands where the product has a connection pool. A statement that is not known here is an error, never an empty answer."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    async def execute(self, statement: str, *values: Any) -> Any:
        await point()
        return ANSWERS[statement](self, *values)

    async def fetch(self, statement: str, *values: Any) -> Any:
        return ANSWERS[statement](self, *values)

    fetchrow = fetchval = fetch

    def _inbox_state(self, sender: str, ids: list[UUID], matters: list[UUID]) -> list[dict[str, Any]]:
        disk, rows = self._disk, []
        for message_id, matter in zip(ids, matters, strict=True):
            status, digest, code, text = disk.inbox.get((sender, message_id)) or (None, None, None, None)
            rows.append({
                "message_id": message_id, "status": status, "digest": digest, "code": code, "text": text,
                "head": disk.heads.get((sender, matter), 0), "order_id": disk.order_of.get(matter),
            })  # fmt: skip
        return rows

    def _keep_rejection(self, at: datetime, source: str, code: str, *_: Any) -> None:
        self._disk.rejections.append(code)

    def _keep_message(self, sender: str, message_id: UUID, matter: UUID, seq: int, kind: str, *rest: Any) -> None:
        digest, status, code, text, *_ = rest
        known = self._disk.inbox.get((sender, message_id))
        if known is None or known[0] != "handled":
            self._disk.inbox[sender, message_id] = (status, digest, code, text)
            self._disk.heads[sender, matter] = max(self._disk.heads.get((sender, matter), 0), seq)

    def _pending(self, peer: str, now: datetime, limit: int, on_their_way: list[UUID]) -> list[dict[str, Any]]:
        held = set(on_their_way)  # a message that waits holds back what stands behind it in its matter
        ready: list[Letter] = []
        for letter in self._disk.pending.get(peer, {}).values():
            if letter.matter_id in held:
                continue
            if letter.next_attempt_at > now:
                held.add(letter.matter_id)
            else:
                ready.append(letter)
        if len(ready) > 1:
            urgent = {letter.matter_id for letter in ready if letter.urgent}
            ready.sort(key=lambda letter: (letter.matter_id not in urgent, letter.created_at, letter.seq))
        return [self._row(letter) for letter in ready[:limit]]

    def _row(self, letter: Letter) -> dict[str, Any]:
        order = self._disk.orders[letter.order_id].order
        numbered = order.accepted_at is not None and order.accepted_at <= letter.created_at
        return {
            "id": letter.id, "kind": letter.kind, "matter_id": letter.matter_id, "seq": letter.seq, "urgent": letter.urgent,
            "exercise": letter.exercise, "body": letter.body, "created_at": letter.created_at, "attempts": letter.attempts,
            "number": order.number if numbered else None,
        }  # fmt: skip

    def _mark_delivered(self, ids: list[UUID], now: datetime) -> None:
        for message_id in ids:
            self._take_out(message_id)

    def _mark_dead(self, message_id: UUID, why: str) -> None:
        letter = self._take_out(message_id)
        if letter is not None:
            self._disk.dead.append((letter, why))

    def _put_off(self, message_id: UUID, until: datetime, why: str) -> None:
        for letters in self._disk.pending.values():
            if message_id in letters:
                letters[message_id].next_attempt_at = until
                letters[message_id].attempts += 1

    def _take_out(self, message_id: UUID) -> Letter | None:
        for peer, letters in self._disk.pending.items():
            letter = letters.pop(message_id, None)
            if letter is not None:
                if not letters:
                    del self._disk.pending[peer]
                return letter
        return None

    def _request(self, actor: str, key: str) -> dict[str, Any] | None:
        known = self._disk.requests.get((actor, key))
        return None if known is None else {"digest": bytes.fromhex(known[0]), "order_id": known[1]}

    def _event_at(self, order_id: UUID, seq: int, event_id: UUID) -> int | None:
        return 1 if any(e.seq == seq and e.id == event_id for e in self._disk.ledger.get(order_id, ())) else None

    def _kinds_since(self, order_id: UUID, seen: int) -> list[dict[str, Any]]:
        return [{"kind": kind} for kind in {e.kind for e in self._disk.ledger.get(order_id, ()) if e.seq > seen}]


ANSWERS: dict[str, Callable[..., Any]] = {
    EXCHANGE.inbox_state: Statements._inbox_state,
    EXCHANGE.keep_message: Statements._keep_message,
    EXCHANGE.keep_rejection: Statements._keep_rejection,
    EXCHANGE.pending: Statements._pending,
    EXCHANGE.mark_delivered: Statements._mark_delivered,
    EXCHANGE.mark_dead: Statements._mark_dead,
    EXCHANGE.put_off: Statements._put_off,
    EXCHANGE.record_attempt: lambda *_: None,
    ORDERS.request: Statements._request,
    ORDERS.event_at: Statements._event_at,
    ORDERS.kinds_since: Statements._kinds_since,
}
