"""/api/v1/returns: what waits for a review, and how units return."""

from datetime import datetime, timedelta
from typing import Annotated

import asyncpg
from litestar import Response, get
from litestar.params import Parameter, QueryParameter

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, json_answer
from liandong.handling import store as rows
from liandong.handling.store import Pattern, Period, Waiting
from liandong.orders.api import require
from liandong.orders.context import Actor

CENTRE = ("dispatcher", "supervisor", "leader", "auditor")
MONTH = timedelta(days=30)
LONGEST = timedelta(days=400)


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
    return json_answer(await rows.returns_waiting(pool, limit, actor.division))


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
    return json_answer(await rows.patterns(pool, Period(start, end, part), unit=actor.unit or unit))


def _zoned(moment: datetime | None, name: str) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        raise AppError("field_invalid", f"{name} 应带时区，如 2025-03-04T10:00:00+08:00（give a time zone）")
    return moment


HANDLERS = [returns_waiting, return_patterns]
