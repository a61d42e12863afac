"""Sending what was written: claimed, handed to the gateway, and the receipt kept. A failure is tried again later and later, then it is dead."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from liandong.catalogue.messaging import MessagingPolicy
from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.batches import work_off
from liandong.core.clock import Clock
from liandong.core.failpoints import reach
from liandong.core.places import read_on
from liandong.messaging.gateways import Gateway, Letter, NotSent
from liandong.messaging.writing import READER, SQL, Writer

BATCH = 50
CLAIM = timedelta(seconds=90)  # longer than a gateway may take
AT_ONCE = 5  # letters in the hands of gateways at the same time
PAUSE = 1.0
log = logging.getLogger(__name__)

LinkOf = Callable[[UUID, datetime], Awaitable[str]]
"""The address of an invitation with a fresh token; called for each try, because only its digest is kept."""


class Mailer:
    def __init__(
        self,
        pool: asyncpg.Pool,
        clock: Clock,
        policy: MessagingPolicy,
        gateways: Mapping[str, Gateway],
        link_of: LinkOf,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._policy = policy
        self._gateways = gateways
        self._link_of = link_of

    async def send_once(self) -> int:
        """One batch. Returns how many were tried."""
        if not self._gateways:
            return 0
        now = self._clock.now()
        rows = await self._pool.fetch(SQL.claim, now, now + CLAIM, BATCH, list(self._gateways))
        await work_off(rows, self._send, at_once=AT_ONCE, log=log, what="notification")
        return len(rows)

    async def _send(self, row: Any) -> None:
        started = time.perf_counter()
        reference = error = None
        final = False
        try:
            letter = await self._letter(row)
            reference = await self._gateways[row["channel"]].send(letter)
            reach("messaging.sent")
        except NotSent as refusal:
            error, final = str(refusal)[:500] or "NotSent", refusal.final
        took = round((time.perf_counter() - started) * 1000)
        async with self._pool.acquire() as connection, connection.transaction():
            now = self._clock.now()
            await connection.execute(SQL.record_attempt, row["id"], now, took, reference, error)
            if error is None:
                await connection.execute(SQL.mark_sent, row["id"], now, reference)
            elif final or row["attempts"] >= len(self._policy.retry_seconds):
                await self._bury(connection, row["id"], error, now)
            else:
                wait = timedelta(seconds=self._policy.retry_seconds[row["attempts"]])
                await connection.execute(SQL.put_off, row["id"], now + wait, error)

    async def _letter(self, row: Any) -> Letter:
        values: dict[str, str] = msgspec.json.decode(row["params"])
        if row["invite"] is not None:
            values["link"] = await self._link_of(row["invite"], self._clock.now())
        text = self._policy.render(row["template"], row["language"], values)
        if row["channel"] == "email":  # offices read Chinese; whoever does not has the English below it
            text = f"{text}\n\n{self._policy.render(row['template'], 'en', values)}"
        return Letter(row["id"], row["recipient"], f"{values['centre']} {values['number']}", text)

    async def _bury(self, connection: asyncpg.Connection, notification_id: UUID, error: str, now: datetime) -> None:
        order_id = await connection.fetchval(SQL.mark_dead, notification_id, error)
        zh = f"一条通知未能送出（{error}），可在通知列表中重发"
        en = f"A notification could not be sent ({error}); it can be sent again from the list"
        alarm = Alarm(
            kind="notification.died", subject="messaging", severity=Severity.WARNING, zh=zh, en=en, order_id=order_id
        )
        await raise_alarm(connection, alarm, now)


async def keep_messaging(pool: asyncpg.Pool, clock: Clock, writer: Writer, mailer: Mailer) -> None:
    """Runs until cancelled: reads the ledger on, writes what people are told, and sends it."""
    while True:
        read = await read_on(pool, READER, writer.handle, clock.now())
        sent = await mailer.send_once()
        if not read and not sent:
            await asyncio.sleep(PAUSE)
