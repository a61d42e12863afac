"""/api/v1/orders/{key}/draft and /api/v1/knowledge/gaps/{gap_id}/text: drafts of a large model, if the city has one."""

from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, post
from msgspec import Meta, Struct

from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.drafting.service import Draft, Drafting
from liandong.orders.api import find_order, require
from liandong.orders.context import Actor
from liandong.orders.store import Store


class DraftAsked(Struct, frozen=True, forbid_unknown_fields=True):
    kind: Annotated[str, Meta(pattern=r"^(summary|answer)$")]


_asked = msgspec.json.Decoder(DraftAsked)


@post(
    "/api/v1/orders/{key:str}/draft",
    summary="A draft of a summary or an answer by the city's large model, checked against its sources",
    tags=["orders"],
    status_code=200,
    responses=answers(Draft),
)
async def draft(
    key: str,
    request: Request[Any, Any, Any],
    actor: Actor,
    store: Store,
    pool: asyncpg.Pool,
    drafting: Drafting,
    data: DraftAsked,
) -> Response[bytes]:
    """Off unless the settings name a model. The order is not changed; what leaves the centre is masked, what comes back is marked."""
    require(actor, "call_taker", "dispatcher", "supervisor")
    if actor.unit is not None or actor.home is not None:
        raise AppError("not_permitted", "只供本中心人员使用（for the people of this centre）")
    asked = decode_body(await request.body(), _asked)
    snapshot = await find_order(key, actor, store, pool)
    made = drafting.summary(snapshot, actor) if asked.kind == "summary" else drafting.answer(snapshot, actor)
    return json_answer(await made)


@post(
    "/api/v1/knowledge/gaps/{gap_id:uuid}/text",
    summary="A draft of the answer for a gap, by the city's large model",
    tags=["knowledge"],
    status_code=200,
    responses=answers(Draft),
)
async def gap_text(gap_id: UUID, actor: Actor, drafting: Drafting) -> Response[bytes]:
    """It becomes a card only by a person's draft and another person's approval."""
    require(actor, "call_taker", "dispatcher", "supervisor", "admin")
    if actor.unit is not None:
        raise AppError("not_permitted", "只供本中心人员使用（for the people of this centre）")
    return json_answer(await drafting.card(gap_id, actor))


HANDLERS = [draft, gap_text]
