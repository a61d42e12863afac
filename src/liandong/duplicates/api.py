"""/api/v1/orders/{key}/duplicates."""

from uuid import UUID

import asyncpg
from litestar import Response, get

from liandong.catalogue.linkage import LinkagePolicy
from liandong.core.errors import AppError
from liandong.core.http import answers, json_answer
from liandong.duplicates.model import Duplicate
from liandong.duplicates.store import find_duplicates
from liandong.orders.api import require
from liandong.orders.context import Actor
from liandong.orders.store import SQL, Store


@get(
    "/api/v1/orders/{key:str}/duplicates",
    summary="Orders that may be about the same thing, with the reasons",
    tags=["orders"],
    responses=answers(list[Duplicate]),
)
async def list_duplicates(
    key: str, actor: Actor, store: Store, pool: asyncpg.Pool, linkage: LinkagePolicy
) -> Response[bytes]:
    """For the people of this centre: what is found may concern any unit and any peer. `merge` and `accept_transfer` name one of them."""
    require(actor, "call_taker", "dispatcher", "supervisor")
    if actor.unit is not None:
        raise AppError("not_permitted", "承办单位的账号不能查找重复工单（not for units）")
    order_id = await pool.fetchval(SQL.find, _as_uuid(key), key)
    snapshot = await store.load(order_id) if order_id else None
    if snapshot is None or not actor.covers(snapshot.order.division_code):
        raise AppError("not_found", "没有这个工单")
    found = await find_duplicates(pool, snapshot.order, linkage, division=actor.division)
    return json_answer(found)


def _as_uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


HANDLERS = [list_duplicates]
