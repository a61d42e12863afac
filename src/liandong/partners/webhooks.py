"""Events pushed to partners by Standard Webhooks: each has one id and one body, whatever becomes of its tries."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import asyncpg
import httpx
import msgspec
from msgspec import Struct

from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.batches import work_off
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.ids import new_id
from liandong.core.places import read_on
from liandong.partners.accounts import SQL
from liandong.partners.events import happened
from liandong.partners.model import Partner
from liandong.partners.signing import new_secret, sign

READER = "webhooks"
# How long to wait after each failure, as Standard Webhooks proposes; after the last one the delivery is dead.
RETRY_SECONDS = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
BATCH = 50
CLAIM = timedelta(seconds=60)  # longer than a try may take
AT_ONCE = 16
PAUSE = 0.5
log = logging.getLogger(__name__)

Push = Callable[[str, bytes, dict[str, str]], Awaitable[int]]
"""(url, body, headers) → HTTP status. Raises OSError or httpx.HTTPError."""


class NewWebhook(Struct, frozen=True):
    """`secret` is shown once."""

    id: UUID
    url: str
    kinds: list[str]
    secret: str


async def add_webhook(pool: asyncpg.Pool, clock: Clock, partner: Partner, url: str, kinds: list[str]) -> NewWebhook:
    """Raises AppError not_permitted for an address that the account was not given."""
    if origin_of(url) not in partner.hosts:
        raise AppError(
            "not_permitted", f"只能推送到登记过的地址：{'、'.join(partner.hosts) or '（无）'}（origin not registered）"
        )
    made = NewWebhook(new_id(), url, kinds, new_secret())
    await pool.execute(SQL.add_webhook, made.id, partner.code, url, kinds, made.secret, clock.now())
    return made


def origin_of(url: str) -> str:
    """`https://host:port` of an address; empty where it is none."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        return ""
    return f"{parts.scheme}://{parts.hostname}{port}"


class Owing:
    """Writes what each subscription is owed, while the ledger is read on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def handle(self, connection: asyncpg.Connection, events: Sequence[Any]) -> None:
        now = self._clock.now()
        hooks = await connection.fetch(SQL.live_webhooks, now)
        if not hooks:
            return
        bodies = await self._bodies(connection, events)
        owed: list[tuple[UUID, UUID, int, str, str]] = []
        for hook in hooks:
            own = await self._own(connection, hook, events)
            for event in events:
                fits = not hook["kinds"] or event["kind"] in hook["kinds"]
                mine = hook["unit"] in {None, event["unit"]} and (own is None or event["order_id"] in own)
                if fits and mine:
                    place = event["position"]
                    owed.append((uuid5(hook["id"], str(place)), hook["id"], place, event["kind"], bodies[place]))
        if owed:
            await connection.execute(SQL.owe, *(list(column) for column in zip(*owed, strict=True)), now)

    async def _bodies(self, connection: asyncpg.Connection, events: Sequence[Any]) -> dict[int, str]:
        first = events[0]
        rows = await connection.fetch(SQL.pull, first["txid"], first["position"] - 1, len(events), None, None)
        found = {}
        for row in rows:
            body = {"type": row["kind"], "timestamp": row["at"], "data": happened(row)}
            found[row["position"]] = msgspec.json.encode(body).decode()
        return found

    async def _own(self, connection: asyncpg.Connection, hook: Any, events: Sequence[Any]) -> set[UUID] | None:
        """The orders that alone are this partner's to see; None: no limit."""
        if "orders" in hook["scopes"] or hook["unit"] is not None:
            return None
        ids = list({event["order_id"] for event in events})
        return {row["order_id"] for row in await connection.fetch(SQL.handed_in_by, f"partner:{hook['code']}", ids)}


class Pushing:
    """Sends what is owed. A failure is tried again later and later, then it is dead and can be sent again."""

    def __init__(self, pool: asyncpg.Pool, clock: Clock, push: Push) -> None:
        self._pool = pool
        self._clock = clock
        self._push = push

    async def send_once(self) -> int:
        """One batch. Returns how many were tried."""
        now = self._clock.now()
        rows = await self._pool.fetch(SQL.claim_deliveries, now, now + CLAIM, BATCH)
        await work_off(rows, self._send, at_once=AT_ONCE, log=log, what="delivery")
        return len(rows)

    async def _send(self, row: Any) -> None:
        if row["ended_at"] is not None:
            await self._pool.execute(SQL.bury_delivery, row["id"], "订阅已结束（the subscription ended）")
            return
        now, body = self._clock.now(), row["body"].encode()
        headers = {
            "content-type": "application/json",
            "webhook-id": str(row["id"]),
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": sign(row["secret"], str(row["id"]), now, body),
        }
        try:
            status = await self._push(row["url"], body, headers)
            error = "" if 200 <= status < 300 else f"HTTP {status}"
        except (OSError, httpx.HTTPError, TimeoutError) as trouble:
            status, error = 0, f"{type(trouble).__name__}: {trouble}"[:300]
        await self._settle(row, status, error)

    async def _settle(self, row: Any, status: int, error: str) -> None:
        now = self._clock.now()
        if not error:
            await self._pool.execute(SQL.mark_delivered, row["id"], now)
        elif status == 410:
            await self._pool.execute(SQL.end_webhook, row["webhook_id"], None, now, "410 Gone")
            await self._pool.execute(SQL.bury_delivery, row["id"], error)
        elif row["attempts"] >= len(RETRY_SECONDS):
            await self._bury(row, error)
        else:
            wait = timedelta(seconds=RETRY_SECONDS[row["attempts"]])
            await self._pool.execute(SQL.put_delivery_off, row["id"], now + wait, error)

    async def _bury(self, row: Any, error: str) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL.bury_delivery, row["id"], error)
            zh = f"一条推送未能送达 {origin_of(row['url'])}（{error}），可重发"
            en = f"An event could not be pushed to {origin_of(row['url'])} ({error}); it can be sent again"
            alarm = Alarm(kind="webhook.died", subject="webhooks", severity=Severity.WARNING, zh=zh, en=en)
            await raise_alarm(connection, alarm, self._clock.now())


def http_push(client: httpx.AsyncClient) -> Push:
    async def push(url: str, body: bytes, headers: dict[str, str]) -> int:
        answer = await client.post(url, content=body, headers=headers, follow_redirects=False, timeout=15)
        return answer.status_code

    return push


async def keep_pushing_events(pool: asyncpg.Pool, clock: Clock, owing: Owing, pushing: Pushing) -> None:
    """Runs until cancelled."""
    while True:
        read = await read_on(pool, READER, owing.handle, clock.now())
        sent = await pushing.send_once()
        if not read and not sent:
            await asyncio.sleep(PAUSE)
