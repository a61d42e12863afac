"""/exchange/v1: where peers hand in messages. Who may is decided by each message's signature."""

from typing import Annotated, Any, TypeVar

import asyncpg
import msgspec
from litestar import Request, Response, post
from litestar.background_tasks import BackgroundTask
from msgspec import Meta, Struct

from liandong.core.errors import AppError
from liandong.core.failpoints import reach
from liandong.core.http import decode_body, json_answer
from liandong.exchange.receive import Receipt, Receiver
from liandong.exchange.sealing import Opened, Opener
from liandong.exchange.views import VIEWS_ASKED, ViewsAsked, shared_matters
from liandong.roots.answer import answer
from liandong.roots.model import ROOTS_ASKED, RootsAsked

MAX_BATCH = 500
Question = TypeVar("Question")


class Batch(Struct, frozen=True, forbid_unknown_fields=True):
    messages: Annotated[list[str], Meta(min_length=1, max_length=MAX_BATCH)]


_batch = msgspec.json.Decoder(Batch)


@post(
    "/exchange/v1/messages",
    summary="Hand in sealed messages; one receipt each, in order",
    tags=["exchange"],
    status_code=200,
    request_max_body_size=12 * 1024 * 1024,
)
async def hand_in(request: Request[Any, Any, Any], receiver: Receiver, data: Batch) -> Response[bytes]:
    batch = decode_body(await request.body(), _batch)
    source = request.client.host if request.client else "?"
    receipts: list[Receipt] = await receiver.receive(batch.messages, source)
    sent = BackgroundTask(_receipts_sent)
    return Response(msgspec.json.encode(receipts), media_type="application/json", background=sent)


async def _receipts_sent() -> None:
    reach("receive.receipted")


@post(
    "/exchange/v1/views",
    summary="Our view of the matters shared with the asking peer",
    tags=["exchange"],
    status_code=200,
)
async def views(request: Request[Any, Any, Any], opener: Opener, pool: asyncpg.Pool, data: Batch) -> Response[bytes]:
    """One sealed `views.asked.v1` message; its body says which page, or which matters."""
    opened, asked = await _question(request, opener, VIEWS_ASKED, ViewsAsked)
    found = await shared_matters(pool, opened.envelope.sender, asked)
    return json_answer(found)


@post(
    "/exchange/v1/roots",
    summary="Our ledger's days and heads, and what we hold of the asking peer's",
    tags=["exchange"],
    status_code=200,
)
async def roots(request: Request[Any, Any, Any], opener: Opener, pool: asyncpg.Pool, data: Batch) -> Response[bytes]:
    """One sealed `roots.asked.v1` message; each field of its body asks for a part of the answer."""
    opened, asked = await _question(request, opener, ROOTS_ASKED, RootsAsked)
    found = await answer(pool, opened.envelope.receiver, opened.envelope.sender, asked)
    return json_answer(found)


async def _question(
    request: Request[Any, Any, Any], opener: Opener, kind: str, body: type[Question]
) -> tuple[Opened, Question]:
    """A sealed question of one kind. Raises AppError."""
    batch = decode_body(await request.body(), _batch)
    opened = opener.open(batch.messages[0])
    if opened.envelope.kind != kind:
        raise AppError("message_malformed", f"此地址只接受 {kind}")
    try:
        return opened, msgspec.convert(opened.envelope.body, body)
    except msgspec.ValidationError as error:
        raise AppError("message_malformed", str(error)) from error


HANDLERS = [hand_in, views, roots]
