"""What comes in: opened, put in order per matter, carried out once, and answered with a receipt for each message.

A receipt is about transport and processing; the business answer is a message of its own.
"""

import asyncio
import logging
from collections import defaultdict
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.db import TROUBLE
from liandong.core.errors import AppError
from liandong.core.failpoints import reach
from liandong.core.lanes import OutcomeUnknown
from liandong.core.sqlfiles import load_sql
from liandong.exchange.contracts import MESSAGES
from liandong.exchange.notices import Handlers, take_notice
from liandong.exchange.sealing import Opened, Opener
from liandong.orders.commands import TRIES, Commands
from liandong.orders.context import Incoming

SQL = load_sql("liandong.exchange")
log = logging.getLogger(__name__)

ACTIONS = {
    "transfer.offered.v1": "take_offer",
    "transfer.accepted.v1": "note_accepted",
    "transfer.returned.v1": "note_returned",
    "transfer.withdrawal_requested.v1": "note_withdrawal",
    "transfer.withdrawn.v1": "note_withdrawn",
    "order.progressed.v1": "note_progress",
    "order.answered.v1": "note_answer",
    "order.evaluated.v1": "note_evaluation",
    "matter.supplemented.v1": "note_supplement",
    "danger.raised.v1": "note_danger",
    "danger.claimed.v1": "note_claim",
    "transfer.kept.v1": "note_kept",
    "transfer.recall_requested.v1": "note_recall",
    "transfer.recall_refused.v1": "note_recall_refused",
    "negotiation.opened.v1": "note_negotiation",
    "negotiation.position_taken.v1": "note_position",
    "call.opened.v1": "note_call",
    "call.joined.v1": "note_call_joined",
    "call.ended.v1": "note_call_ended",
    "joint.ended.v1": "note_joint_end",
    "order.urged.v1": "note_urging",
    "supervision.opened.v1": "note_supervision",
    "supervision.replied.v1": "note_supervision_reply",
    "supervision.judged.v1": "note_supervision_judged",
    "matter.merged.v1": "note_merged",
    "matter.unmerged.v1": "note_unmerged",
    "attachment.added.v1": "note_attachment",
    "attachment.settled.v1": "note_attachment_settled",
}
_decoders = {kind: msgspec.json.Decoder(body) for kind, body in MESSAGES.items()}
_encode = msgspec.json.Encoder().encode


class Receipt(Struct, frozen=True, omit_defaults=True):
    """`status`: handled | parked (kind not known here) | refused (final; a person looks) | retry (send it again later)."""

    id: UUID | None
    status: str
    code: str = ""
    text: str = ""


class _Before(Struct):
    """What is known of a message and of its matter before it is carried out. `carried`: what this very batch made of it."""

    status: str | None
    digest: str | None
    code: str | None
    text: str | None
    head: int
    order_id: UUID | None
    carried: bool = False

    def follows(self, last: "_Before") -> bool:
        """Takes over what became of the message before it in its matter. False: that is not known for sure, so it is looked up again.

        A guess would do no harm: the commit claims message and number, and who comes too late is shown what is there.
        """
        if not last.carried or self.carried:
            return False
        self.head, self.order_id = max(self.head, last.head), last.order_id
        return True


class Receiver:
    def __init__(
        self, *, pool: asyncpg.Pool, commands: Commands, opener: Opener, clock: Clock, notices: Handlers
    ) -> None:
        self._pool = pool
        self._commands = commands
        self._opener = opener
        self._clock = clock
        self._notices = notices

    async def receive(self, sealed: list[str], source: str) -> list[Receipt]:
        """One receipt a message, in order. Messages of one matter are carried out one after the other, matters side by side."""
        receipts: list[Receipt | None] = [None] * len(sealed)
        by_sender: dict[str, list[tuple[int, Opened]]] = defaultdict(list)
        for place, text in enumerate(sealed):
            try:
                opened = self._opener.open(text)
                by_sender[opened.envelope.sender].append((place, opened))
            except AppError as error:
                receipts[place] = await self._reject(text, source, error)
        reach("receive.opened")
        for sender, messages in by_sender.items():
            await self._from_sender(sender, messages, receipts)
        reach("receive.handled")
        return [receipt for receipt in receipts if receipt is not None]

    async def _from_sender(
        self, sender: str, messages: list[tuple[int, Opened]], receipts: list[Receipt | None]
    ) -> None:
        before = await self._states(sender, [opened for _, opened in messages])
        reach("receive.claimed")
        matters: dict[UUID, list[tuple[int, Opened]]] = defaultdict(list)
        for place, opened in messages:
            matters[opened.envelope.matter_id].append((place, opened))

        async def in_order(queue: list[tuple[int, Opened]]) -> None:
            last: _Before | None = None
            for place, opened in sorted(queue, key=lambda pair: pair[1].envelope.seq):
                state = before[opened.envelope.id]
                if last is not None and not state.follows(last):
                    state = (await self._states(sender, [opened]))[opened.envelope.id]
                receipts[place] = await self._one(opened, state)
                last = state

        await asyncio.gather(*(in_order(queue) for queue in matters.values()))

    async def _one(self, opened: Opened, state: _Before) -> Receipt:
        envelope = opened.envelope
        try:
            for _ in range(TRIES):
                early = self._answered_before(opened, state)
                if early is not None:
                    return early
                if envelope.kind not in ACTIONS and envelope.kind not in self._notices:
                    return await self._keep(opened, "parked", "", "本中心不认识这种消息，已暂存")
                if await self._carry_out(opened, state):
                    return Receipt(envelope.id, "handled")
                state = (await self._states(envelope.sender, [opened]))[envelope.id]
            return Receipt(envelope.id, "retry", "try_again")
        except AppError as error:
            if error.code == "try_again":
                return Receipt(envelope.id, "retry", error.code, error.text)
            return await self._keep(opened, "refused", error.code, error.text)
        except (
            asyncpg.DataError,
            asyncpg.IntegrityConstraintViolationError,
        ) as error:  # the schema lets it pass, no column does
            return await self._keep(opened, "refused", "message_malformed", str(error))
        except (*TROUBLE, OutcomeUnknown) as error:
            log.warning("message %s put off: %s", envelope.id, error)
            return Receipt(envelope.id, "retry", "try_again")
        except Exception:  # a bug must hold back this one matter, not everything that the peer sends
            log.exception("message %s put off", envelope.id)
            return Receipt(envelope.id, "retry", "internal")

    def _answered_before(self, opened: Opened, state: _Before) -> Receipt | None:
        envelope = opened.envelope
        if state.status is not None:
            if state.digest != opened.digest:
                return Receipt(envelope.id, "refused", "message_reused", "此消息编号此前对应了不同的内容")
            if state.status in {"handled", "parked"}:
                return Receipt(envelope.id, state.status, state.code or "", state.text or "")
            return None  # refused before and sent again by a person: tried again
        if envelope.seq > state.head + 1:
            return Receipt(envelope.id, "retry", "out_of_order", f"已收到第{state.head}条，缺第{state.head + 1}条")
        if envelope.seq <= state.head:
            return Receipt(envelope.id, "refused", "message_reused", f"第{envelope.seq}条已是另一条消息")
        return None

    async def _carry_out(self, opened: Opened, state: _Before) -> bool:
        envelope = opened.envelope
        try:
            body = _decoders[envelope.kind].decode(_encode(envelope.body))
        except msgspec.ValidationError as error:
            raise AppError("message_malformed", str(error)) from error
        incoming = Incoming(
            sender=envelope.sender,
            message_id=envelope.id,
            matter_id=envelope.matter_id,
            seq=envelope.seq,
            kind=envelope.kind,
            digest=opened.digest,
            exercise=envelope.exercise,
        )
        if envelope.kind in self._notices:
            return await take_notice(self._pool, self._notices[envelope.kind], incoming, body, self._clock.now())
        action = ACTIONS[envelope.kind]
        if state.order_id is None and action != "take_offer":
            raise AppError("unknown_matter", "请先转交此诉求")
        done = await self._commands.receive(state.order_id, action, body, incoming)
        if done is None:
            return False
        state.head, state.order_id, state.carried = envelope.seq, done.order.id, True
        return True

    async def _states(self, sender: str, messages: list[Opened]) -> dict[UUID, _Before]:
        ids = [m.envelope.id for m in messages]
        rows = await self._pool.fetch(SQL.inbox_state, sender, ids, [m.envelope.matter_id for m in messages])
        return {
            row["message_id"]: _Before(
                row["status"],
                row["digest"].hex() if row["digest"] else None,
                row["code"],
                row["text"],
                row["head"],
                row["order_id"],
            )
            for row in rows
        }

    async def _keep(self, opened: Opened, status: str, code: str, text: str) -> Receipt:
        envelope = opened.envelope
        log.warning("message %s from %s %s: %s %s", envelope.id, envelope.sender, status, code, text)
        await self._pool.execute(
            SQL.keep_message,
            envelope.sender,
            envelope.id,
            envelope.matter_id,
            envelope.seq,
            envelope.kind,
            bytes.fromhex(opened.digest),
            status,
            code or None,
            text,
            opened.raw,
            self._clock.now(),
        )
        return Receipt(envelope.id, status, code, text)

    async def _reject(self, sealed: str, source: str, error: AppError) -> Receipt:
        """What is no message of a known peer leaves a trace and nothing else."""
        log.warning("rejected from %s: %s %s", source, error.code, error.text)
        sample = sealed[:500].replace("\x00", "")
        await self._pool.execute(SQL.keep_rejection, self._clock.now(), source, error.code, error.text, sample)
        return Receipt(None, "refused", error.code, error.text)
