"""/api/v1/returns and /api/v1/accountability: how units return, and the entries against them with their appeals."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, get, post
from litestar.params import Body, Parameter, QueryParameter
from msgspec import Meta, Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body
from liandong.handling import store as rows
from liandong.handling.model import Accountability
from liandong.handling.store import Entry, Pattern, Period, Waiting
from liandong.orders.actions import AppealAccountability
from liandong.orders.api import require
from liandong.orders.commands import Commands
from liandong.orders.context import Actor
from liandong.orders.hiding import Hidden
from liandong.orders.model import Snapshot
from liandong.orders.store import Store

CENTRE = ("dispatcher", "supervisor", "leader", "auditor")
MONTH = timedelta(days=30)
LONGEST = timedelta(days=400)


class Appealed(Struct, frozen=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(min_length=1, max_length=10_000)]


@get(
    "/api/v1/returns/waiting",
    summary="Returns that somebody must review, the longest waiting first",
    tags=["returns"],
    responses=answers(list[Waiting]),
)
async def returns_waiting(
    actor: Actor, pool: asyncpg.Pool, limit: Annotated[int, Parameter(ge=1, le=500)] = 100
) -> Response[bytes]:
    """`grant_return` and `refuse_return` on the order review them; never by the one who asked."""
    require(actor, *CENTRE)
    if actor.unit is not None:
        raise AppError("not_permitted", "承办单位的账号不能查看其他单位的退单（not for units）")
    return _json(await rows.returns_waiting(pool, limit))


@get(
    "/api/v1/returns/patterns",
    summary="How units return: reasons, share of dispatches, trend",
    tags=["returns"],
    responses=answers(list[Pattern]),
)
async def return_patterns(
    actor: Actor,
    pool: asyncpg.Pool,
    clock: Clock,
    since: datetime | None = None,
    until: datetime | None = None,
    part: Annotated[str, QueryParameter(pattern="^(day|week|month)$")] = "week",
    unit: str | None = None,
) -> Response[bytes]:
    """The last 30 days without `since` and `until`; a unit's key sees its own unit only."""
    require(actor, *CENTRE, "unit")
    if actor.home is not None:
        raise AppError("not_permitted", "此角色不能查看退单情况")
    end = _zoned(until, "until") or clock.now()
    start = _zoned(since, "since") or end - MONTH
    if not timedelta(0) < end - start <= LONGEST:
        raise AppError(
            "field_invalid", "since 应早于 until，最长 400 天（since must be before until, at most 400 days）"
        )
    return _json(await rows.patterns(pool, Period(start, end, part), unit=actor.unit or unit))


@get(
    "/api/v1/accountability",
    summary="Entries against units, the newest first",
    tags=["returns"],
    responses=answers(list[Entry]),
)
async def list_accountability(
    actor: Actor,
    pool: asyncpg.Pool,
    store: Store,
    unit: str | None = None,
    before: datetime | None = None,
    limit: Annotated[int, Parameter(ge=1, le=500)] = 100,
) -> Response[bytes]:
    """A unit's key sees those of its own unit only."""
    require(actor, *CENTRE, "unit")
    moment = _zoned(before, "before")
    found = await rows.accountability(pool, unit=actor.unit or unit, before=moment, limit=limit)
    if actor.unit is None:
        return _json(found)
    wanted = sorted({entry.order_id for entry in found})
    loaded = await asyncio.gather(*(store.load(one) for one in wanted))
    orders = dict(zip(wanted, loaded, strict=True))
    return _json([_shown(entry, orders[entry.order_id], actor) for entry in found])


@post(
    "/api/v1/accountability/{order_id:uuid}/{no:int}/appeal",
    summary="A unit appeals against an entry, also where the order is no longer its own",
    tags=["returns"],
    status_code=200,
    responses=answers(Accountability),
)
async def appeal(
    order_id: UUID,
    no: int,
    request: Request[Any, Any, Any],
    actor: Actor,
    commands: Commands,
    data: Annotated[Appealed, Body(description="Why the entry is wrong")],
) -> Response[bytes]:
    """Answers the entry alone: the order itself stays hidden from a unit that has lost it."""
    require(actor, "unit", "supervisor")
    said = decode_body(await request.body(), msgspec.json.Decoder(Appealed))
    if no < 1:
        raise AppError("not_found", "没有这条记录")
    done = await commands.act_now(order_id, AppealAccountability(version=1, entry_no=no, text=said.text), actor)
    entry = next(entry for entry in done.order.handling.accountability if entry.no == no)
    return _json(Hidden.of(done, actor).struct(entry))


def _shown(entry: Entry, snapshot: Snapshot | None, actor: Actor) -> Entry:
    """A confidential caller is hidden here as well."""
    return entry if snapshot is None else Hidden.of(snapshot, actor).struct(entry)


def _zoned(moment: datetime | None, name: str) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        raise AppError("field_invalid", f"{name} 应带时区，如 2025-03-04T10:00:00+08:00（give a time zone）")
    return moment


def _json(value: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(value), media_type="application/json")


HANDLERS = [returns_waiting, return_patterns, list_accountability, appeal]
