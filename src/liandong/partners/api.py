"""/partner/v1: what partners' systems read and subscribe to. Each request is let in by its account (partners.accounts)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, delete, get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.orders.store import Store
from liandong.partners.accounts import SQL
from liandong.partners.asking import Door
from liandong.partners.events import MOST, Pulled, pull
from liandong.partners.model import Partner
from liandong.partners.orders import PartnerOrder, find_for, shown_to
from liandong.partners.webhooks import NewWebhook, add_webhook

TAGS = ["partners"]


class Subscription(Struct, frozen=True, forbid_unknown_fields=True):
    """`kinds`: kinds of events, empty for all."""

    url: Annotated[str, Meta(min_length=8, max_length=500)]
    kinds: Annotated[list[Annotated[str, Meta(max_length=80)]], Meta(max_length=100)] = []


class Webhook(Struct, frozen=True):
    id: UUID
    url: str
    kinds: list[str]
    created_at: datetime
    ended_at: datetime | None
    end_reason: str | None


class Dead(Struct, frozen=True):
    id: UUID
    position: int
    kind: str
    created_at: datetime
    attempts: int
    last_error: str


class Resent(Struct, frozen=True):
    count: int


_subscription = msgspec.json.Decoder(Subscription)


@get("/partner/v1/events", summary="Events after a cursor", tags=TAGS, responses=answers(Pulled))
async def events(
    request: Request[Any, Any, Any],
    door: Door,
    pool: asyncpg.Pool,
    after: str = "0-0",
    limit: Annotated[int, Parameter(ge=1, le=MOST)] = 500,
) -> Response[bytes]:
    """Give `next` as `after`. Nothing is skipped and nothing comes twice; an empty answer means: ask again a little later."""
    partner = await door.partner(request, "events")
    return json_answer(await pull(pool, partner, after, limit))


@get("/partner/v1/orders/{key:str}", summary="One order", tags=TAGS, responses=answers(PartnerOrder))
async def show_order(
    key: str, request: Request[Any, Any, Any], door: Door, store: Store, pool: asyncpg.Pool
) -> Response[bytes]:
    partner = await reader(request, door)
    return json_answer(shown_to(partner, await find_for(partner, key, store, pool)))


@post(
    "/partner/v1/webhooks",
    summary="Subscribe to events",
    tags=TAGS,
    status_code=201,
    responses=answers(NewWebhook, 201),
)
async def subscribe(
    request: Request[Any, Any, Any], door: Door, pool: asyncpg.Pool, clock: Clock, data: Subscription
) -> Response[bytes]:
    """Pushed by Standard Webhooks. The secret is shown once."""
    partner = await door.partner(request, "webhooks")
    asked = decode_body(await request.body(), _subscription)
    return json_answer(await add_webhook(pool, clock, partner, asked.url, asked.kinds), status=201)


@get("/partner/v1/webhooks", summary="One's own subscriptions", tags=TAGS, responses=answers(list[Webhook]))
async def list_webhooks(request: Request[Any, Any, Any], door: Door, pool: asyncpg.Pool) -> Response[bytes]:
    partner = await door.partner(request, "webhooks")
    return json_answer([Webhook(**dict(row)) for row in await pool.fetch(SQL.webhooks_of, partner.code)])


@delete("/partner/v1/webhooks/{webhook_id:uuid}", summary="End a subscription", tags=TAGS, responses=answers(None, 204))
async def end_webhook(
    webhook_id: UUID, request: Request[Any, Any, Any], door: Door, pool: asyncpg.Pool, clock: Clock
) -> None:
    partner = await door.partner(request, "webhooks")
    ended = await pool.fetchval(
        SQL.end_webhook, webhook_id, partner.code, clock.now(), "由订阅方结束（by the partner）"
    )
    if ended is None:
        raise AppError("not_found", "没有这个订阅，或已结束")


@get(
    "/partner/v1/webhooks/{webhook_id:uuid}/dead",
    summary="Events that could not be pushed",
    tags=TAGS,
    responses=answers(list[Dead]),
)
async def list_dead(
    webhook_id: UUID, request: Request[Any, Any, Any], door: Door, pool: asyncpg.Pool
) -> Response[bytes]:
    await _own(webhook_id, await door.partner(request, "webhooks"), pool)
    return json_answer([Dead(**dict(row)) for row in await pool.fetch(SQL.dead_deliveries, webhook_id, 500)])


@post(
    "/partner/v1/webhooks/{webhook_id:uuid}/resend",
    summary="Push the dead ones again",
    tags=TAGS,
    status_code=200,
    responses=answers(Resent),
)
async def resend(
    webhook_id: UUID, request: Request[Any, Any, Any], door: Door, pool: asyncpg.Pool, clock: Clock
) -> Response[bytes]:
    await _own(webhook_id, await door.partner(request, "webhooks"), pool)
    return json_answer(Resent(len(await pool.fetch(SQL.resend_deliveries, webhook_id, clock.now()))))


async def _own(webhook_id: UUID, partner: Partner, pool: asyncpg.Pool) -> None:
    if await pool.fetchval(SQL.webhook_of, webhook_id, partner.code) is None:
        raise AppError("not_found", "没有这个订阅")


async def reader(request: Request[Any, Any, Any], door: Door) -> Partner:
    """Whoever may read orders at all: which ones is looked at with each order."""
    return await door.partner(request, "orders", otherwise="requests")


HANDLERS = [events, show_order, subscribe, list_webhooks, end_webhook, list_dead, resend]
