"""/api/v1/orders/…/attachments for people, /exchange/v1/attachments for peers. Thin."""

import re
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Request, Response, get, head, post, put
from litestar.exceptions import InternalServerException
from litestar.params import Body, HeaderParameter
from litestar.response import Stream

from liandong.attachments import store
from liandong.attachments.model import Attachment, AttachmentStatus, visible
from liandong.attachments.serving import headers_of, known_to, require_servable, span_of
from liandong.attachments.taking import Answer, Taker
from liandong.attachments.uploads import Declared, Uploads, require_attaching
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer, problem_response
from liandong.orders.context import Actor
from liandong.orders.hiding import Hidden
from liandong.orders.store import SQL as ORDERS

PATH = "/api/v1/orders/{key:str}/attachments"
TAGS = ["attachments"]
MAX_PIECE = 4 * 1024 * 1024  # bytes that a peer may send at once
_declared = msgspec.json.Decoder(Declared)
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")


@post(PATH, summary="Begin an upload", tags=TAGS, status_code=201, responses=answers(Attachment, 201))
async def begin(
    key: str,
    request: Request[Any, Any, Any],
    actor: Actor,
    uploads: Uploads,
    data: Annotated[Declared, Body(description="Name, size and SHA-256 of the file")],
    idempotency_key: Annotated[str | None, HeaderParameter(name="Idempotency-Key")] = None,
) -> Response[bytes]:
    """Then PUT its bytes, as often as the line breaks, and POST `complete`."""
    token = (idempotency_key or "").strip()
    if not token:
        raise AppError("idempotency_key_missing", "请为每个新附件生成一个不重复的 Idempotency-Key，重试时不要更换")
    if len(token) > 200:
        raise AppError("field_invalid", "Idempotency-Key 不得超过 200 个字符")
    declared = decode_body(await request.body(), _declared)
    file, repeated = await uploads.begin(await uploads.find(key, actor), declared, actor, key=token)
    headers = {"location": f"/api/v1/orders/{file.order_id}/attachments/{file.id}", "upload-offset": str(file.received)}
    if repeated:
        headers["idempotent-replayed"] = "true"
    return json_answer(file, status=200 if repeated else 201, headers=headers)


@get(PATH, summary="The attachments of an order", tags=TAGS, responses=answers(list[Attachment]))
async def list_attachments(key: str, actor: Actor, uploads: Uploads) -> Response[bytes]:
    snapshot = await uploads.find(key, actor)
    hidden = Hidden.of(snapshot, actor)
    return json_answer([hidden.struct(file) for file in visible(snapshot.attachments, actor.unit)])


@get(f"{PATH}/{{attachment_id:uuid}}", summary="What is known of a file", tags=TAGS, responses=answers(Attachment))
async def show(key: str, attachment_id: UUID, actor: Actor, uploads: Uploads) -> Response[bytes]:
    snapshot = await uploads.find(key, actor)
    file = Hidden.of(snapshot, actor).struct(known_to(snapshot, attachment_id, actor))
    return json_answer(file, headers=_progress(file))


@head(f"{PATH}/{{attachment_id:uuid}}", summary="How far an upload is: Upload-Offset", tags=TAGS)
async def offset(key: str, attachment_id: UUID, actor: Actor, uploads: Uploads) -> Response[None]:
    file = known_to(await uploads.find(key, actor), attachment_id, actor)
    return Response(None, headers=_progress(file))


@put(
    f"{PATH}/{{attachment_id:uuid}}/bytes",
    summary="The next bytes of an upload, as many as you like",
    tags=TAGS,
    status_code=200,
    request_max_body_size=None,
    responses=answers(Attachment),
)
async def take(
    key: str,
    attachment_id: UUID,
    request: Request[Any, Any, Any],
    actor: Actor,
    uploads: Uploads,
) -> Response[bytes]:
    """Where they begin: `Content-Range: bytes 0-99/100`, or `?offset=`; without either, 0. What arrived before the line broke counts."""
    snapshot = await uploads.find(key, actor)
    file = known_to(snapshot, attachment_id, actor)
    require_attaching(snapshot, actor)
    start = _start(request, file)
    length = int(request.headers.get("content-length") or 0)
    if start + length > file.size:
        raise AppError("attachment_too_large", f"申报的是 {file.size} 字节，传来的更多", received=file.received)
    if start != file.received and file.status == AttachmentStatus.RECEIVING:
        raise AppError("offset_wrong", f"请从位置 {file.received} 继续", received=file.received)
    try:
        await uploads.take(file, start, request.stream())
    except InternalServerException as error:  # the client went away; it will ask how far we came
        raise AppError("try_again", "连接中断") from error
    now_there = Hidden.of(snapshot, actor).struct(known_to(await uploads.find(key, actor), attachment_id, actor))
    return json_answer(now_there, headers=_progress(now_there))


@post(
    f"{PATH}/{{attachment_id:uuid}}/complete",
    summary="The upload is whole: check it, scan it, add it to the order",
    tags=TAGS,
    status_code=200,
    responses=answers(Attachment),
)
async def complete(key: str, attachment_id: UUID, actor: Actor, uploads: Uploads) -> Response[bytes]:
    """202 with status `scanning` while the virus scanner is away: the file is added as soon as it has been looked at."""
    snapshot = await uploads.find(key, actor)
    file = known_to(snapshot, attachment_id, actor)
    require_attaching(snapshot, actor)
    after = Hidden.of(snapshot, actor).struct(known_to(await uploads.complete(file), attachment_id, actor))
    return json_answer(after, status=200 if after.added_at else 202)


@get(f"{PATH}/{{attachment_id:uuid}}/bytes", summary="Download, whole or by Range", tags=TAGS)
async def serve(
    key: str,
    attachment_id: UUID,
    request: Request[Any, Any, Any],
    actor: Actor,
    uploads: Uploads,
    pool: asyncpg.Pool,
    clock: Clock,
) -> Response[Any]:
    """Every download leaves a row in `views`. `Liandong-Scan` says whether a virus scanner looked at it."""
    snapshot = await uploads.find(key, actor)
    file = Hidden.of(snapshot, actor).struct(known_to(snapshot, attachment_id, actor))
    require_servable(file, serve_unscanned=uploads.settings.serve_unscanned)
    wanted = request.headers.get("range")
    if request.headers.get("if-range") not in {None, f'"{file.sha256}"'}:
        wanted = None
    try:
        span = span_of(wanted, file.size)
    except AppError as error:
        response = problem_response(error)
        response.set_header("content-range", f"bytes */{file.size}")
        return response
    await pool.execute(
        ORDERS.record_view, clock.now(), actor.id, file.order_id, [f"attachment {file.id}"], "下载附件 / download"
    )
    read = store.read(
        pool, file.order_id, file.id, start=span.start if span else 0, length=span.length if span else None
    )
    return Stream(read, status_code=206 if span else 200, media_type=file.media_type, headers=headers_of(file, span))


@put(
    "/exchange/v1/attachments/{attachment_id:uuid}",
    summary="A sealed piece of a file that the asking peer announced",
    tags=["exchange"],
    status_code=200,
    request_max_body_size=MAX_PIECE,
)
async def take_from_peer(attachment_id: UUID, request: Request[Any, Any, Any], taker: Taker) -> Response[bytes]:
    """Header `Liandong-Seal`: a sealed `attachment.chunk.v1`. The answer says how many bytes are durable here."""
    source = request.client.host if request.client else "?"
    sealed = request.headers.get("liandong-seal", "")
    answer: Answer = await taker.take(attachment_id, sealed, await request.body(), source)
    return json_answer(answer)


def _start(request: Request[Any, Any, Any], file: Attachment) -> int:
    given = request.headers.get("content-range")
    if given:
        found = _CONTENT_RANGE.fullmatch(given.strip())
        if found is None or found[3] not in {"*", str(file.size)}:
            raise AppError("field_invalid", f"Content-Range 应为 bytes 起-止/{file.size}")
        return int(found[1])
    text = request.query_params.get("offset", "0")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise AppError("field_invalid", "offset 应为已收到的字节数")
    return int(text)


def _progress(file: Attachment) -> dict[str, str]:
    return {"upload-offset": str(file.received), "upload-length": str(file.size), "cache-control": "no-store"}


HANDLERS = [begin, list_attachments, show, offset, take, complete, serve, take_from_peer]
