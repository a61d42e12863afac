"""/api/v1/notifications: the inbox of a unit and of the desk, what became of what was sent, and where units are reached."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, delete, get, post
from litestar.params import Body, Parameter
from msgspec import Meta, Struct

from liandong.catalogue.messaging import MessagingPolicy
from liandong.catalogue.units import default_units
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.messaging.writing import DESK, SQL
from liandong.orders.api import require
from liandong.orders.context import Actor
from liandong.orders.view import mask_phone
from liandong.policy import CityPolicy

CENTRE = ("call_taker", "dispatcher", "supervisor")


class InApp(Struct, frozen=True):
    id: UUID
    order_id: UUID
    event: str
    zh: str
    en: str
    urgent: bool
    created_at: datetime
    seen_at: datetime | None
    seen_by: str | None


class Sent(Struct, frozen=True):
    """What became of a notification. `recipient` is masked."""

    id: UUID
    order_id: UUID
    number: str | None
    event: str
    template: str
    channel: str
    recipient: str
    unit: str | None
    urgent: bool
    created_at: datetime
    status: str
    next_attempt_at: datetime
    attempts: int
    sent_at: datetime | None
    seen_at: datetime | None
    reference: str | None
    last_error: str | None


class Attempt(Struct, frozen=True):
    at: datetime
    took_ms: int
    reference: str | None
    error: str | None


class Resend(Struct, frozen=True, forbid_unknown_fields=True):
    """`ids` empty: every dead one, at most 1000 at a time."""

    ids: Annotated[list[UUID], Meta(max_length=1000)] = []


class Queued(Struct, frozen=True):
    queued: int


class Contact(Struct, frozen=True, forbid_unknown_fields=True):
    unit: Annotated[str, Meta(min_length=1, max_length=64)]
    channel: Annotated[str, Meta(pattern="^(sms|email)$")]
    address: Annotated[str, Meta(min_length=3, max_length=200, pattern=r"^[0-9A-Za-z+._%@\-]+$")]


class KnownContact(Struct, frozen=True):
    unit: str
    channel: str
    address: str
    since: datetime
    actor: str


NO_CONTENT = {code: spec for code, spec in answers(Queued).items() if code != 200}
_resend, _contact = msgspec.json.Decoder(Resend), msgspec.json.Decoder(Contact)


@get(
    "/api/v1/notifications/inbox",
    summary="What this unit, or the desk, was told",
    tags=["notifications"],
    responses=answers(list[InApp]),
)
async def inbox(
    actor: Actor,
    pool: asyncpg.Pool,
    policy: CityPolicy,
    unseen: bool = False,
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Response[bytes]:
    rows = await pool.fetch(SQL.inbox, _box(actor), unseen, before, limit)
    return json_answer([_in_app(row, policy.messaging) for row in rows])


@post(
    "/api/v1/notifications/{notification_id:uuid}/see",
    summary="Seen",
    tags=["notifications"],
    status_code=204,
    responses=NO_CONTENT,
)
async def see(notification_id: UUID, actor: Actor, pool: asyncpg.Pool, clock: Clock) -> None:
    found = await pool.fetchval(SQL.see, notification_id, _box(actor), clock.now(), actor.id)
    if found is None:
        raise AppError("not_found", "没有这条站内通知，或不是发给您的单位的")


@get(
    "/api/v1/notifications",
    summary="What was sent out, newest first",
    tags=["notifications"],
    responses=answers(list[Sent]),
)
async def list_sent(
    actor: Actor,
    pool: asyncpg.Pool,
    status: Annotated[str | None, Parameter(pattern="^(pending|sent|dead)$")] = None,
    order_id: UUID | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Response[bytes]:
    require(actor, "supervisor", "auditor", "admin")
    if status == "dead" and order_id is None:
        rows = await pool.fetch(SQL.listed_dead, before, limit)
    else:
        rows = await pool.fetch(SQL.listed, status, order_id, before, limit)
    return json_answer([Sent(**dict(row) | {"recipient": masked(row["channel"], row["recipient"])}) for row in rows])


@get(
    "/api/v1/notifications/{notification_id:uuid}/attempts",
    summary="Every try with its receipt",
    tags=["notifications"],
    responses=answers(list[Attempt]),
)
async def attempts(notification_id: UUID, actor: Actor, pool: asyncpg.Pool) -> Response[bytes]:
    require(actor, "supervisor", "auditor", "admin")
    return json_answer([Attempt(**dict(row)) for row in await pool.fetch(SQL.attempts_of, notification_id)])


@post(
    "/api/v1/notifications/resend",
    summary="Send dead ones again",
    tags=["notifications"],
    status_code=200,
    responses=answers(Queued),
)
async def resend(
    request: Request[Any, Any, Any],
    actor: Actor,
    pool: asyncpg.Pool,
    clock: Clock,
    data: Annotated[Resend, Body(description="Which; none named is all that are dead")],
) -> Response[bytes]:
    require(actor, "supervisor", "admin")
    asked = decode_body(await request.body(), _resend)
    ids = asked.ids or [row["id"] for row in await pool.fetch(SQL.dead_ids, 1000)]
    return json_answer(Queued(len(await pool.fetch(SQL.resend, ids, clock.now()))))


@get(
    "/api/v1/contacts", summary="Where units are reached", tags=["notifications"], responses=answers(list[KnownContact])
)
async def contacts(actor: Actor, pool: asyncpg.Pool) -> Response[bytes]:
    require(actor, "admin")
    return json_answer([KnownContact(**dict(row)) for row in await pool.fetch(SQL.all_contacts)])


@post(
    "/api/v1/contacts",
    summary="A unit is reached here too",
    tags=["notifications"],
    status_code=204,
    responses=NO_CONTENT,
)
async def add_contact(
    request: Request[Any, Any, Any],
    actor: Actor,
    pool: asyncpg.Pool,
    clock: Clock,
    data: Annotated[Contact, Body(description="Unit, channel and address")],
) -> None:
    require(actor, "admin")
    asked = decode_body(await request.body(), _contact)
    if asked.unit not in {*default_units(), DESK}:
        raise AppError("field_invalid", f"没有机构代码为“{asked.unit}”的承办单位，请从单位目录中选择")
    await pool.execute(SQL.add_contact, asked.unit, asked.channel, asked.address, clock.now(), actor.id)


@delete(
    "/api/v1/contacts/{unit:str}/{channel:str}/{address:str}",
    summary="A unit is not reached here any more",
    tags=["notifications"],
)
async def drop_contact(unit: str, channel: str, address: str, actor: Actor, pool: asyncpg.Pool) -> None:
    require(actor, "admin")
    if await pool.fetchval(SQL.drop_contact, unit, channel, address) is None:
        raise AppError("not_found", "没有登记这个联系方式")


def masked(channel: str, recipient: str) -> str:
    if channel == "sms":
        return mask_phone(recipient)
    name, at, host = recipient.partition("@")
    return f"{name[:1]}***@{host}" if at else recipient


def _box(actor: Actor) -> str:
    if actor.unit is not None:
        return actor.unit
    require(actor, *CENTRE)
    return DESK


def _in_app(row: Any, policy: MessagingPolicy) -> InApp:
    params = msgspec.json.decode(row["params"])
    zh, en = (policy.render(row["template"], language, params) for language in ("zh", "en"))
    names = ("id", "order_id", "event", "urgent", "created_at", "seen_at", "seen_by")
    return InApp(**{name: row[name] for name in names}, zh=zh, en=en)


HANDLERS = [inbox, see, list_sent, attempts, resend, contacts, add_contact, drop_contact]
