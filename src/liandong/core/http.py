"""What every HTTP address shares: problems as RFC 9457, the actor behind a request, counters."""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, SerializationException, ValidationException
from litestar.openapi.datastructures import ResponseSpec
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from msgspec import Struct
from prometheus_client import Counter, Histogram

from liandong.core.errors import AppError, problem
from liandong.core.lanes import CONNECTION_LOST, NOT_NOW, SHUTTING_DOWN, OutcomeUnknown

log = logging.getLogger(__name__)

REQUESTS = Counter("liandong_requests_total", "HTTP answers", ["route", "status"])
SECONDS = Histogram(
    "liandong_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5),
)
_BY_STATUS = {
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media",
    401: "not_signed_in",
    403: "not_permitted",
}


def json_answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """A Struct, or what is made of Structs, as an answer."""
    return Response(msgspec.json.encode(value), status_code=status, media_type="application/json", headers=headers)


def problem_response(error: AppError) -> Response[bytes]:
    headers = {"retry-after": str(error.extra["retry_after"])} if "retry_after" in error.extra else None
    return Response(
        msgspec.json.encode(problem(error)),
        status_code=error.status,
        media_type="application/problem+json",
        headers=headers,
    )


def on_app_error(_: Request[Any, Any, Any], error: AppError) -> Response[bytes]:
    return problem_response(error)


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """Litestar's own refusals in our words; a field that is wrong is named."""
    if isinstance(error, ValidationException | SerializationException):
        return problem_response(_named_field(error))
    if error.status_code >= 500:
        return on_bug(request, error)
    code = _BY_STATUS.get(error.status_code, "bad_request")
    return problem_response(_named_field(error) if code == "bad_request" else AppError(code))


def on_lost_database(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Nothing is wrong with the request: the same one may be sent again, with the same Idempotency-Key."""
    log.warning("%s %s: no database: %s", request.method, request.url.path, error)
    return problem_response(AppError("try_again", "数据库暂时无法连接"))


def on_unstorable(_: Request[Any, Any, Any], error: asyncpg.DataError) -> Response[bytes]:
    """A value that no column takes, such as U+0000 in an address."""
    return problem_response(AppError("field_invalid", f"内容无法保存或查询：{error}"))


def on_undecodable(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Bytes that are no UTF-8, or nesting without end."""
    log.warning("%s %s: %s", request.method, request.url.path, error)
    return problem_response(AppError("json_malformed", "请求内容不是 UTF-8，或嵌套过深"))


def on_bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Not expected: recorded with a trace id that the user can quote."""
    trace = secrets.token_hex(6)
    log.error("trace %s: %s %s", trace, request.method, request.url.path, exc_info=error)
    return problem_response(AppError("internal", f"请把编号 {trace} 告诉系统管理员", trace=trace))


def _named_field(error: HTTPException) -> AppError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, msgspec.ValidationError):
            return field_error(cause)
        if isinstance(cause, msgspec.DecodeError):
            return AppError("json_malformed", str(cause))
        cause = cause.__cause__
    extra = getattr(error, "extra", None)
    if isinstance(extra, list) and extra:
        fields = [{"field": e.get("key", ""), "message": e.get("message", "")} for e in extra if isinstance(e, Mapping)]
        return AppError("field_invalid", "；".join(f"{f['field']}: {f['message']}" for f in fields), fields=fields)
    return AppError("bad_request", error.detail)


def field_error(cause: msgspec.ValidationError) -> AppError:
    """msgspec says `… - at `$.caller.phone``: the path becomes the field's name."""
    message, _, path = str(cause).partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    if field == "data" or field.startswith("data."):  # the handler's own name for the body
        field = field.removeprefix("data").lstrip(".")
    field = field or _missing_field(message)
    return AppError(
        "field_invalid", f"{field}: {message}" if field else message, fields=[{"field": field, "message": message}]
    )


def _missing_field(message: str) -> str:
    parts = message.split("`")
    return parts[1] if "field" in message and len(parts) > 2 else ""


def decode_body(body: bytes, decoder: "msgspec.json.Decoder[Any]") -> Any:
    """A request body as a Struct. Raises AppError: json_malformed, field_invalid (the field is named)."""
    if not body:
        raise AppError("json_malformed", "请求内容为空")
    try:
        data = decoder.decode(body)
        if b"\\u0000" in body and holds_nul(data):
            raise AppError("field_invalid", "文字中含有空字符（U+0000）")
    except msgspec.ValidationError as error:
        raise field_error(error) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise AppError("json_malformed", str(error)) from error
    return data


def holds_nul(data: Any) -> bool:
    """PostgreSQL can't store U+0000. A written-out backslash before u0000 is none."""
    return b"\\u0000" in msgspec.json.encode(data).replace(b"\\\\", b"")


class ProblemBody(Struct, frozen=True):
    """RFC 9457. `code` is one of docs/errors.md; `fields` names what is wrong in a body."""

    type: str
    code: str
    status: int
    title: str
    title_en: str
    detail: str
    fields: list[dict[str, str]] | None = None
    version: int | None = None
    allowed: list[str] | None = None


def answers(body: Any, status: int = 200) -> dict[int, ResponseSpec]:
    """What an address answers, for its OpenAPI description."""
    problems = {
        400: "Not valid",
        401: "No valid key",
        403: "Not permitted",
        404: "Not found",
        409: "Stale, or not allowed now",
        422: "Key reused",
    }
    spec = {status: ResponseSpec(body, generate_examples=False)}
    return spec | {
        code: ResponseSpec(ProblemBody, generate_examples=False, description=text) for code, text in problems.items()
    }


class Counted:
    """Counts and times answers by route pattern, never by the path itself (an id is no label)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            route = str(scope.get("path_template") or "other")
            REQUESTS.labels(route, status).inc()
            SECONDS.labels(route).observe(time.perf_counter() - started)


EXCEPTION_HANDLERS: dict[int | type[Exception], Callable[[Request[Any, Any, Any], Any], Response[Any]]] = {
    AppError: on_app_error,
    HTTPException: on_http_error,
    asyncpg.DataError: on_unstorable,
    UnicodeDecodeError: on_undecodable,
    RecursionError: on_undecodable,
    **dict.fromkeys((*CONNECTION_LOST, *SHUTTING_DOWN, *NOT_NOW, OutcomeUnknown, TimeoutError), on_lost_database),
    Exception: on_bug,
}
