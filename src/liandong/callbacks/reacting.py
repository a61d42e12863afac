"""Carries out what a rule makes of a bad evaluation: handled again, supervised formally. Safe to repeat at every step."""

import asyncio
import logging
from typing import Any

import asyncpg

from liandong.callbacks.following import READER, Following
from liandong.callbacks.invites import SQL
from liandong.catalogue.callbacks import CallbackPolicy, Outcome
from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.places import read_on
from liandong.orders.actions import Reopen
from liandong.orders.commands import Commands
from liandong.orders.context import Actor
from liandong.orders.model import Snapshot
from liandong.orders.store import Store
from liandong.oversight.opening import open_oversight

BATCH = 50
PAUSE = 1.0
log = logging.getLogger(__name__)


class Reactor:
    def __init__(
        self, pool: asyncpg.Pool, commands: Commands, store: Store, clock: Clock, policy: CallbackPolicy
    ) -> None:
        self._pool = pool
        self._commands = commands
        self._store = store
        self._clock = clock
        self._outcomes = {outcome.code: outcome for outcome in policy.outcomes}

    async def react_once(self) -> int:
        """One batch. Returns how many were looked at; one that fails for want of a database stays for the next round."""
        async with self._pool.acquire() as connection:
            if not await connection.fetchval(SQL.hold):  # another worker is at it
                return 0
            try:
                return await self._react()
            finally:
                await connection.execute(SQL.release)

    async def _react(self) -> int:
        rows = await self._pool.fetch(SQL.waiting_reactions, BATCH)
        for row in rows:
            try:
                done = await self._carry_out(row, self._outcomes.get(row["rule"]))
            except AppError as error:
                if error.code == "try_again":
                    log.warning("rule %s of order %s: %s", row["rule"], row["order_id"], error)
                    continue
                done = f"refused: {error.text}"
                await self._tell(row, error.text)
            await self._pool.execute(SQL.reaction_done, row["order_id"], row["seq"], self._clock.now(), done)
        return len(rows)

    async def _carry_out(self, row: Any, outcome: Outcome | None) -> str:
        if outcome is None:
            return "the rule is no more"
        order_id, rule = row["order_id"], outcome.code
        snapshot = await self._store.load(order_id)
        assert snapshot is not None
        reopened = await self._pool.fetch(SQL.reopened_since, order_id, row["seq"])
        if reopened and (outcome.then == "oversight" or reopened[0]["actor"] != f"rule:{rule}"):
            return "overtaken: somebody had it handled again"
        unit = snapshot.dispatches[-1].unit if snapshot.dispatches else snapshot.order.unit
        if outcome.then != "oversight" and not reopened:
            actor = Actor(id=f"rule:{rule}", roles=frozenset({"clock"}))
            await self._commands.act_now(order_id, Reopen(version=1, reason=outcome.zh), actor)
        if outcome.then != "reopen" and not _has_opened(snapshot, rule, row["at"]):
            await open_oversight(
                self._commands, order_id, authority=outcome.authority, text=outcome.zh, rule=rule, unit=unit
            )
        return outcome.then

    async def _tell(self, row: Any, text: str) -> None:
        rule = self._outcomes.get(row["rule"])  # said by its words; by its code once it is no more
        named, named_en = (rule.zh, rule.en) if rule else (row["rule"], row["rule"])
        zh = f"群众评价后应按规则“{named}”处理，但未能自动执行（{text}），请人工处理"
        en = f"After an evaluation the rule “{named_en}” asks for more, but it could not be done ({text}): please see to it"
        alarm = Alarm(
            kind="evaluation.rule_refused",
            subject=row["rule"],
            severity=Severity.WARNING,
            zh=zh,
            en=en,
            order_id=row["order_id"],
        )
        await raise_alarm(self._pool, alarm, self._clock.now())


def _has_opened(snapshot: Snapshot, rule: str, since: Any) -> bool:
    return any(one.rule == rule and one.opened_at >= since for one in snapshot.oversights or ())


async def keep_calling_back(pool: asyncpg.Pool, clock: Clock, following: Following, reactor: Reactor) -> None:
    """Runs until cancelled: reads the ledger on and carries out what rules ask for."""
    while True:
        moved = await read_on(pool, READER, following.handle, clock.now())
        moved += await reactor.react_once()
        if not moved:
            await asyncio.sleep(PAUSE)
