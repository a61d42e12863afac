"""/api/v1/discrepancies: what people must look at, and dismissing it with a reason."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, get, post
from litestar.params import Parameter
from msgspec import Meta, Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.discrepancies import store
from liandong.orders.context import Actor

MAY_SEE = ("dispatcher", "supervisor", "auditor", "admin")
MAY_DISMISS = ("supervisor", "auditor")


class DiscrepanciesPage(Struct, frozen=True):
    """`next`: give it as `before` to get the page after this one; null at the end."""

    discrepancies: list[store.Discrepancy]
    next: UUID | None


class Dismissal(Struct, frozen=True, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=2, max_length=300)]


class Dismissed(Struct, frozen=True):
    id: UUID
    status: str
    closed_at: datetime
    closed_by: str


@get(
    "/api/v1/discrepancies",
    summary="What a person must look at",
    tags=["discrepancies"],
    responses=answers(DiscrepanciesPage),
)
async def list_discrepancies(
    actor: Actor,
    pool: asyncpg.Pool,
    status: str | None = "open",
    kind: str | None = None,
    peer: str | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Response[bytes]:
    """Differences with peers and alarms of the ledger, newest first. `status`: open (default), healed, dismissed or all."""
    _require(actor, MAY_SEE)
    if status not in (*store.STATUSES, "all", None):
        raise AppError("field_invalid", f"status 应为 {'、'.join(store.STATUSES)} 或 all")
    chosen = None if status == "all" else status or "open"
    found = await store.listed(pool, status=chosen, kind=kind, peer=peer, before=before, limit=limit)
    page = DiscrepanciesPage(found, found[-1].id if len(found) == limit else None)
    return json_answer(page)


@post(
    "/api/v1/discrepancies/{key:uuid}/dismiss",
    summary="Dismiss a discrepancy with a reason",
    tags=["discrepancies"],
    status_code=200,
    responses=answers(Dismissed),
)
async def dismiss_discrepancy(
    key: UUID, request: Request[Any, Any, Any], actor: Actor, pool: asyncpg.Pool, clock: Clock, data: Dismissal
) -> Response[bytes]:
    """It stays on record with who dismissed it and why. Found again with other words, it is open again."""
    _require(actor, MAY_DISMISS)
    asked = decode_body(await request.body(), msgspec.json.Decoder(Dismissal))
    now = clock.now()
    await store.dismiss(pool, key, who=actor.id, reason=asked.reason, now=now)
    done = Dismissed(key, "dismissed", now, actor.id)
    return json_answer(done)


def _require(actor: Actor, roles: tuple[str, ...]) -> None:
    if not actor.roles & set(roles):
        raise AppError("not_permitted", f"需要角色：{'、'.join(roles)}")


HANDLERS = [list_discrepancies, dismiss_discrepancy]
