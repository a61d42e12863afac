"""/api/v1/transfers/open: what waits between this centre and the others."""

import asyncio
from typing import Annotated, Any

import asyncpg
from litestar import Response, get
from litestar.params import Parameter

from liandong.core.http import answers, json_answer
from liandong.core.sqlfiles import load_sql
from liandong.orders.api import require
from liandong.orders.commands import may_see
from liandong.orders.context import Actor
from liandong.orders.store import Store
from liandong.orders.view import OrderView, view
from liandong.orders.within import within

LOOKING = ("call_taker", "dispatcher", "supervisor", "leader", "liaison")
SQL = load_sql("liandong.negotiation")


@get(
    "/api/v1/transfers/open",
    summary="Orders with a transfer that is not settled, either way",
    tags=["orders"],
    responses=answers(list[OrderView]),
)
async def open_transfers(
    actor: Actor, store: Store, pool: asyncpg.Pool, limit: Annotated[int, Parameter(ge=1, le=200)] = 100
) -> Response[bytes]:
    """Offered, under negotiation or being withdrawn; the longest waiting first. A liaison sees what is with its own centre."""
    require(actor, *LOOKING)
    asked = within(SQL.open_transfers, (actor.home, limit), actor.division)
    ids = [row["order_id"] for row in await pool.fetch(*asked)]
    loaded = await asyncio.gather(*(store.load(order_id) for order_id in ids))
    shown: list[Any] = [view(one, actor) for one in loaded if one is not None and may_see(one, actor)]
    return json_answer(shown)


HANDLERS = [open_transfers]
