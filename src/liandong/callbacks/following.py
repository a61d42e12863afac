"""What follows from the ledger for call-back and evaluation, in the follower's transaction: plans, invitations, evaluations as they were
given, flags of the detector, and what a rule makes of a bad evaluation."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec

from liandong.callbacks.detecting import flag_suspicious
from liandong.callbacks.invites import SQL
from liandong.callbacks.planning import Asking, chosen
from liandong.catalogue.callbacks import CallbackPolicy
from liandong.core.clock import Clock
from liandong.core.ids import new_id
from liandong.messaging.writing import Writer, mobile_of

READER = "callbacks"
BY_SEAT, BY_CALLER, LAPSED = "order.evaluated", "order.evaluated_by_caller", "order.evaluation_lapsed"


class Following:
    """`links`: this node can send links to callers."""

    def __init__(self, policy: CallbackPolicy, writer: Writer, clock: Clock, *, links: bool) -> None:
        self._policy = policy
        self._writer = writer
        self._clock = clock
        self._links = links

    async def handle(self, connection: asyncpg.Connection, events: Sequence[Any]) -> None:
        for event in events:
            if event["status"] == "closed" and event["origin"] == "caller":
                await self._plan(connection, event)
            elif event["kind"] in (BY_SEAT, BY_CALLER):
                await self._evaluated(connection, event)
            elif event["kind"] == LAPSED:
                await self._lapsed(connection, event)
        last = {event["order_id"]: event for event in events}
        gone = [event for event in last.values() if event["status"] != "closed"]
        await connection.execute(SQL.plan_done, [e["order_id"] for e in gone], [e["at"] for e in gone])

    async def _plan(self, connection: asyncpg.Connection, event: Any) -> None:
        policy, now = self._policy, self._clock.now()
        mobile = (
            self._links
            and mobile_of(msgspec.json.decode(event["caller"])) is not None
            and event["exercise"] == "actual"
        )
        round_ = event["round"] - len(await connection.fetch(SQL.reopened_since, event["order_id"], event["seq"]))
        names = ("order_id", "danger", "confidential", "type", "channel")
        rule = chosen(policy, Asking(round=round_, mobile=mobile, **{name: event[name] for name in names}))
        wait = timedelta() if rule.method == "phone" else timedelta(hours=policy.phone_after_hours)
        planned = await connection.fetchval(
            SQL.plan, event["order_id"], round_, rule.method, rule.code, now, event["at"] + wait
        )
        if planned is None or rule.method == "phone":
            return
        expires = now + timedelta(hours=policy.link_valid_hours)
        invite = await connection.fetchval(
            SQL.add_invite, new_id(), event["order_id"], round_, rule.method, now, expires
        )
        notice = self._writer.to_caller(event, "evaluation", invite=invite) if rule.method == "sms" and invite else None
        if notice is not None:
            await self._writer.write(connection, notice)

    async def _evaluated(self, connection: asyncpg.Connection, event: Any) -> None:
        order_id, seq = event["order_id"], event["seq"]
        asked = msgspec.json.decode(event["body"])["asked"]
        later = await connection.fetch(SQL.reopened_since, order_id, seq)
        round_ = event["round"] - len(later)
        used = None
        if event["kind"] == BY_CALLER:
            used = await connection.fetchrow(SQL.invite_used, asked["invite"], event["at"])
            method, solved = asked.get("method", "sms"), asked["solved"]
        else:
            method, solved = await _said_on_the_phone(connection, order_id, seq)
        mapped = self._policy.mapped(asked["satisfaction"])
        phone = mobile_of(msgspec.json.decode(event["caller"]))
        await connection.execute(
            SQL.add_evaluation,
            order_id,
            round_,
            seq,
            event["at"],
            method,
            event["actor"],
            used["tried_from"] if used else None,
            hashlib.sha256(phone.encode()).digest() if phone else None,
            used["sent_at"] if used else None,
            asked["satisfaction"],
            mapped,
            solved,
            asked.get("words", ""),
            event["last_unit"],
            event["last_person"],
            event["number"],
            event["exercise"],
        )
        if event["exercise"] == "actual":
            await flag_suspicious(connection, self._policy.detector, event, used, phone)
        await self._react(connection, event, solved, asked["satisfaction"], round_)

    async def _lapsed(self, connection: asyncpg.Connection, event: Any) -> None:
        """Nobody judged; but on the phone the caller may have said that it is not solved."""
        later = await connection.fetch(SQL.reopened_since, event["order_id"], event["seq"])
        _, solved = await _said_on_the_phone(connection, event["order_id"], event["seq"])
        await self._react(connection, event, solved, None, event["round"] - len(later))

    async def _react(
        self, connection: asyncpg.Connection, event: Any, solved: bool | None, satisfaction: int | None, round_: int
    ) -> None:
        outcome = self._policy.outcome(solved=solved, satisfaction=satisfaction, round_=round_)
        if outcome is not None and event["origin"] == "caller":
            await connection.execute(SQL.add_reaction, event["order_id"], event["seq"], outcome.code, event["at"])


async def _said_on_the_phone(connection: asyncpg.Connection, order_id: Any, seq: int) -> tuple[str, bool | None]:
    body = await connection.fetchval(SQL.solved_said, order_id, seq)
    asked = msgspec.json.decode(body)["asked"] if body else {}
    return asked.get("method", "phone"), asked.get("solved")
