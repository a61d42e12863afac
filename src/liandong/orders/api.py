"""/api/v1/orders and the feed. Thin: a request becomes a command, an order becomes a view."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, get, post
from litestar.params import Body, HeaderParameter, Parameter, QueryParameter
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.failpoints import reach
from liandong.core.http import answers, decode_body, json_answer
from liandong.orders.actions import Intake, PersonAction
from liandong.orders.commands import Commands, may_see
from liandong.orders.context import Actor
from liandong.orders.hiding import Hidden
from liandong.orders.listing import Filters, list_ids
from liandong.orders.store import SQL, Store, digest_of
from liandong.orders.view import Masked, OrderView, Unmasked, callers_of, view
from liandong.policing.units import supported_by

_intake = msgspec.json.Decoder(Intake)
_action = msgspec.json.Decoder(PersonAction)
FEED_PAUSE = 0.5  # seconds between looks for new events


class Desk(Struct, frozen=True):
    """Who asks and whom: one dependency for what is asked all day. Of two, the framework makes a group of tasks at every request."""

    actor: Actor
    commands: Commands


class Page(Struct, frozen=True):
    """`next`: give it as `before` to get the page after this one; null at the end."""

    orders: list[OrderView]
    next: UUID | None


class LedgerRow(Struct, frozen=True):
    seq: int
    status: str
    kind: str
    at: datetime
    actor: str
    role: str
    body: Any
    hash: str


class Reason(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, msgspec.Meta(min_length=2, max_length=300)]


@post("/api/v1/orders", summary="Take in a matter", tags=["orders"], status_code=201, responses=answers(OrderView, 201))
async def take_in(
    request: Request[Any, Any, Any],
    desk: Desk,
    data: Annotated[Intake, Body(description="What the caller said and who called")],
    idempotency_key: Annotated[
        str | None,
        HeaderParameter(name="Idempotency-Key", description="One for each new matter; keep it when retrying"),
    ] = None,
) -> Response[bytes]:
    require(desk.actor, "call_taker", "dispatcher", "supervisor")
    body = await request.body()
    key = (idempotency_key or "").strip()
    if not key:
        raise AppError("idempotency_key_missing", "请为每个新诉求生成一个不重复的 Idempotency-Key，重试时不要更换")
    if len(key) > 200:
        raise AppError("field_invalid", "Idempotency-Key 不得超过 200 个字符")
    intake = decode_body(body, _intake)
    reach("api.parsed")
    taken = await desk.commands.take_in(intake, desk.actor, key=key, digest=digest_of(body))
    reach("api.answering")
    headers = {"location": f"/api/v1/orders/{taken.snapshot.order.id}"}
    if taken.repeated:
        headers["idempotent-replayed"] = "true"
    return json_answer(view(taken.snapshot, desk.actor), status=200 if taken.repeated else 201, headers=headers)


@get("/api/v1/orders", summary="List orders, newest first", tags=["orders"], responses=answers(Page))
async def list_orders(
    actor: Actor,
    store: Store,
    pool: asyncpg.Pool,
    status: list[str] | None = None,
    is_open: Annotated[bool | None, QueryParameter(name="open")] = None,
    unit: str | None = None,
    division_code: str | None = None,
    type: str | None = None,
    urgent: bool | None = None,
    created_from: datetime | None = None,
    created_to: datetime | None = None,
    asked: bool | None = None,
    peer: str | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 25,
) -> Response[bytes]:
    filters = Filters(
        status=status,
        is_open=is_open,
        unit=actor.unit or unit,
        division_code=division_code,
        type=type,
        urgent=urgent,
        created_from=created_from,
        created_to=created_to,
        asked=asked,
        peer=actor.home or peer,
        within=actor.division,
        before=before,
    )
    ids = await list_ids(pool, filters, limit)
    snapshots = [s for s in await asyncio.gather(*(store.load(order_id) for order_id in ids)) if s is not None]
    return json_answer(Page([view(s, actor) for s in snapshots], ids[-1] if len(ids) == limit else None))


@get(
    "/api/v1/orders/{key:str}",
    summary="One order, by its id, its matter's id or its number",
    tags=["orders"],
    responses=answers(OrderView),
)
async def show_order(key: str, actor: Actor, store: Store, pool: asyncpg.Pool) -> Response[bytes]:
    return json_answer(view(await find_order(key, actor, store, pool), actor))


@post(
    "/api/v1/orders/{key:str}/actions",
    summary="Do what allowed_actions says",
    tags=["orders"],
    status_code=200,
    responses=answers(OrderView),
)
async def act(
    key: str,
    request: Request[Any, Any, Any],
    desk: Desk,
    data: Annotated[PersonAction, Body(description="The action with the version that was seen")],
) -> Response[bytes]:
    action = decode_body(await request.body(), _action)
    reach("api.parsed")
    done = await desk.commands.act(_uuid(key), action, desk.actor)
    reach("api.answering")
    return json_answer(view(done, desk.actor))


@get(
    "/api/v1/orders/{key:str}/events",
    summary="The ledger of an order",
    tags=["orders"],
    responses=answers(list[LedgerRow]),
)
async def events(key: str, actor: Actor, store: Store, pool: asyncpg.Pool) -> Response[bytes]:
    snapshot = await find_order(key, actor, store, pool)
    masked = Masked.of(snapshot, actor)
    rows = await pool.fetch(SQL.events, snapshot.order.id)
    bodies = [msgspec.json.decode(row["body"]) for row in rows]
    hidden = Hidden.of(snapshot, actor, callers_of(bodies))
    return json_answer(
        [
            LedgerRow(
                seq=r["seq"],
                status=r["status"],
                kind=r["kind"],
                at=r["at"],
                actor=r["actor"],
                role=r["role"],
                body=hidden.scrub(masked.body(body)),
                hash=r["hash"].hex(),
            )
            for r, body in zip(rows, bodies, strict=True)
        ]
    )


@post(
    "/api/v1/orders/{key:str}/unmask",
    summary="Who called, unmasked, with a reason that is recorded",
    tags=["orders"],
    status_code=200,
    responses=answers(Unmasked),
)
async def unmask(
    key: str,
    request: Request[Any, Any, Any],
    actor: Actor,
    store: Store,
    pool: asyncpg.Pool,
    clock: Clock,
    hidden_callers: str,
    data: Reason,
) -> Response[bytes]:
    """A caller who is hidden is opened by break-glass, unless the city's people.json says that a reason is enough."""
    require(actor, "call_taker", "dispatcher", "supervisor")
    reason = decode_body(await request.body(), msgspec.json.Decoder(Reason))
    snapshot = await find_order(key, actor, store, pool)
    if Masked.of(snapshot, actor).confidential:
        raise AppError("not_permitted", "诉求人要求保密，承办单位的账号不能查看（hidden from units）")
    if snapshot.order.confidential and hidden_callers == "break_glass":
        raise AppError("hidden_caller", "请用“紧急查看”（break-glass），说明理由，事后由第二人确认")
    await pool.execute(SQL.record_view, clock.now(), actor.id, snapshot.order.id, ["caller"], reason.reason)
    return json_answer(Unmasked(order_id=snapshot.order.id, caller=snapshot.order.caller))


@get("/api/v1/feed", summary="Events as they happen (server-sent events)", tags=["feed"])
async def feed(
    request: Request[Any, Any, Any], actor: Actor, pool: asyncpg.Pool, after: str | None = None
) -> ServerSentEvent:
    """`Last-Event-ID` or `after` continues where a reader left off; nothing is skipped under concurrent commits."""
    cursor = await _cursor(request.headers.get("last-event-id") or after, pool)
    return ServerSentEvent(_events_after(cursor, actor, pool, request.state.still))


async def _events_after(
    cursor: tuple[str, int], actor: Actor, pool: asyncpg.Pool, still: Callable[[], Awaitable[bool]]
) -> AsyncIterator[ServerSentEventMessage]:
    """Until the reader goes, or its session or key has ended."""
    quiet = 0.0
    while await still():
        rows = await pool.fetch(SQL.feed, cursor[0], cursor[1], 500)
        shared, helped = await _shared(rows, actor, pool), await _helped(rows, actor, pool)
        for row in rows:
            cursor = (row["txid"], row["position"])
            # alarms have no unit
            if (
                (helped is None or row["unit"] == actor.unit or row["order_id"] in helped)
                and (shared is None or row["order_id"] in shared)
                and actor.covers(row["division_code"])
            ):
                yield ServerSentEventMessage(data=_feed_data(row), event=row["kind"], id=f"{cursor[0]}-{cursor[1]}")
                quiet = 0.0
        if not rows:
            await asyncio.sleep(FEED_PAUSE)
            quiet += FEED_PAUSE
            if quiet >= 15:
                yield ServerSentEventMessage(comment="still here")
                quiet = 0.0


async def _shared(rows: list[Any], actor: Actor, pool: asyncpg.Pool) -> set[UUID] | None:
    """For a liaison: the orders among these that its own centre shares. None: no limit."""
    if actor.home is None:
        return None
    ids = list({row["order_id"] for row in rows})
    return {row["order_id"] for row in await pool.fetch(SQL.shared_with, actor.home, ids)} if ids else set()


async def _helped(rows: list[Any], actor: Actor, pool: asyncpg.Pool) -> set[UUID] | None:
    """For a unit: the orders among these of which it has a share, and those that it supports. None: no limit."""
    if actor.unit is None:
        return None
    ids = list({row["order_id"] for row in rows if row["unit"] and row["unit"] != actor.unit})
    if not ids:
        return set()
    shares = {row["id"] for row in await pool.fetch(SQL.helped_by, actor.unit, ids)}
    return shares | set(await supported_by(pool, actor.unit))


def _feed_data(row: Any) -> str:
    names = ("order_id", "matter_id", "number", "seq", "status", "kind", "at", "actor", "role")
    alarm = {"alarm": msgspec.Raw(row["alarm"].encode())} if row["alarm"] else {}
    return msgspec.json.encode({name: row[name] for name in names} | alarm).decode()


async def _cursor(text: str | None, pool: asyncpg.Pool) -> tuple[str, int]:
    if text is None:
        row = await pool.fetchrow(SQL.feed_end)
        return (row["txid"], row["position"]) if row else ("0", 0)
    txid, _, position = text.partition("-")
    digits = text.isascii() and txid.isdigit() and position.isdigit()
    if not (digits and int(txid) < 2**63 and int(position) < 2**63):
        raise AppError("field_invalid", "after 应为 feed 给出的编号，如 1234-56；从头开始用 0-0")
    return txid, int(position)


async def find_order(key: str, actor: Actor, store: Store, pool: asyncpg.Pool) -> Any:
    order_id = await pool.fetchval(SQL.find, _as_uuid(key), key)
    snapshot = await store.load(order_id) if order_id else None
    if snapshot is None or not may_see(snapshot, actor):
        raise AppError("not_found", "没有这个工单，或没有派给您的单位")
    return snapshot


def require(actor: Actor, *roles: str) -> None:
    if not actor.roles & set(roles):
        raise AppError("not_permitted", f"需要角色：{'、'.join(roles)}")


def _uuid(key: str) -> UUID:
    found = _as_uuid(key)
    if found is None:
        raise AppError("not_found", "地址中应为工单的 id")
    return found


def _as_uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


HANDLERS = [take_in, list_orders, show_order, act, events, unmask, feed]
