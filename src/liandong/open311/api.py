"""/open311/v2: GeoReport v2 in JSON and XML. Reading is open to everybody where the city says so; handing in needs a partner's key."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg
import msgspec
from litestar import Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec

from liandong.core.clock import Clock
from liandong.core.errors import AppError, problem
from liandong.open311.formats import as_json, as_xml
from liandong.open311.model import (
    Definition,
    Fault,
    Service,
    ServiceRequest,
    Taken,
    Token,
    Update,
    UpdateTaken,
)
from liandong.open311.reading import SQL, Asked, Reading
from liandong.open311.services import Services
from liandong.open311.taking import intake_of
from liandong.orders.actions import Supplement
from liandong.orders.commands import Commands
from liandong.orders.store import SQL as ORDERS_SQL
from liandong.orders.store import digest_of
from liandong.partners.asking import Door
from liandong.partners.carrying import carry_out
from liandong.partners.model import Partner

TAGS = ["open311"]
KEYS = UUID("c7b3a9a6-5f0c-4b59-9a55-3f9a55e9a311")  # any constant: tokens of retries are made from it
_SUFFIX = re.compile(r"^(.*)\.(json|xml)$")


class Open311:
    """What the routes need, wired at the node."""

    def __init__(
        self,
        *,
        pool: asyncpg.Pool,
        clock: Clock,
        commands: Commands,
        door: Door,
        services: Services,
        reading: Reading,
    ) -> None:
        self.pool = pool
        self.clock = clock
        self.commands = commands
        self.door = door
        self.services = services
        self.reading = reading

    async def own(self, request: Request[Any, Any, Any]) -> str | None:
        """Whose requests are shown whole. Without a key nobody's; where the city shows nothing to the public, a key is needed."""
        if not _key(request) and "authorization" not in request.headers:
            if not self.services.policy.public:
                raise AppError("not_signed_in", "请给出 api_key")
            return None
        return (await self.door.partner(request, "requests", key=_key(request))).actor.id

    async def take_in(
        self, form: Mapping[str, Any], body: bytes, partner: Partner, idempotency_key: str | None
    ) -> Taken:
        service = self.services.get(str(form.get("service_code", "")))
        if service is None:
            raise AppError("field_invalid", "没有这个 service_code，见 services（unknown service_code）")
        intake = intake_of(form, service, self.services.policy)
        token = str(uuid5(KEYS, f"{partner.code} {idempotency_key}") if idempotency_key else uuid4())
        taken = await self.commands.take_in(intake, partner.actor, key=f"open311:{token}", digest=digest_of(body))
        account = str(form.get("account_id", "")) or None
        if self.services.policy.answers_with_token:
            return Taken(service_notice=None, account_id=account, token=token)
        number = taken.snapshot.order.number or ""
        return Taken(service_notice=None, account_id=account, service_request_id=number)


def _both(path: str) -> list[str]:
    """The standard's two formats are two addresses."""
    return [f"{path}.json", f"{path}.xml"]


def _kind(request: Request[Any, Any, Any]) -> str:
    return request.url.path.rpartition(".")[2]


def _described(body: Any) -> dict[int, ResponseSpec]:
    faults = {400: "Not valid", 403: "No valid key", 404: "Not found"}
    return {200: ResponseSpec(body, generate_examples=False)} | {
        code: ResponseSpec(list[Fault], generate_examples=False, description=text) for code, text in faults.items()
    }


@get(_both("/open311/discovery"), summary="Open311 discovery", tags=TAGS, responses=_described(dict[str, Any]))
async def discovery(request: Request[Any, Any, Any], open311: Open311) -> Response[bytes]:
    kind = _kind(request)
    base = f"{request.base_url}".rstrip("/") + "/open311/v2"
    formats = ["text/xml", "application/json"]
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": base,
        "changeset": "2026-01-01T00:00:00Z",
        "type": "production",
        "formats": formats,
    }
    body = {
        "changeset": "2026-01-01T00:00:00Z",
        "contact": open311.services.policy.contact,
        "key_service": open311.services.policy.contact,
        "endpoints": [endpoint],
    }
    return _answer("discovery", body, kind)


@get(_both("/open311/v2/services"), summary="Services (GeoReport v2)", tags=TAGS, responses=_described(list[Service]))
async def services(request: Request[Any, Any, Any], open311: Open311) -> Response[bytes]:
    return _answer("services", open311.services.all, _kind(request))


@get(
    "/open311/v2/services/{name:str}",
    summary="Definition of a service: CODE.json or CODE.xml",
    tags=TAGS,
    responses=_described(Definition),
)
async def definition(name: str, open311: Open311) -> Response[bytes]:
    code, kind = _split(name)
    found = open311.services.definition(code)
    if found is None:
        return _fault(AppError("not_found", "没有这个 service_code（unknown service_code）"), kind)
    return _answer("service_definition", found, kind)


@post(
    _both("/open311/v2/requests"),
    summary="Hand in a request (form; a partner's api_key)",
    tags=TAGS,
    status_code=201,
    responses={201: ResponseSpec(list[Taken], generate_examples=False)} | _described(list[Taken]),
)
async def take_in(request: Request[Any, Any, Any], open311: Open311) -> Response[bytes]:
    """An `Idempotency-Key` makes a retry safe; the standard knows none, so without it each POST is a new request."""
    kind = _kind(request)
    try:
        body = await request.body()
        form = _form(await request.form())
        partner = await open311.door.partner(request, "requests", key=str(form.get("api_key", "")) or _key(request))
        taken = await open311.take_in(form, body, partner, request.headers.get("idempotency-key"))
    except AppError as error:
        return _fault(error, kind)
    return _answer("service_requests", [taken], kind, status=201)


@get(
    "/open311/v2/tokens/{name:str}",
    summary="The request of a token: TOKEN.json or TOKEN.xml",
    tags=TAGS,
    responses=_described(list[Token]),
)
async def token(name: str, request: Request[Any, Any, Any], open311: Open311) -> Response[bytes]:
    given, kind = _split(name)
    try:
        partner = await open311.door.partner(request, "requests", key=_key(request))
        number = await open311.pool.fetchval(SQL.request_of_token, f"open311:{given}", partner.actor.id)
        if number is None:
            raise AppError("not_found", "没有这个 token")
    except AppError as error:
        return _fault(error, kind)
    return _answer("service_requests", [Token(number, given)], kind)


@get(
    _both("/open311/v2/requests"),
    summary="Requests by number, class, status and time",
    tags=TAGS,
    responses=_described(list[ServiceRequest]),
)
async def list_requests(request: Request[Any, Any, Any], open311: Open311) -> Response[bytes]:
    kind = _kind(request)
    try:
        own = await open311.own(request)
        found = await open311.reading.requests(_asked(request), own, open311.clock.now())
    except AppError as error:
        return _fault(error, kind)
    return _answer("service_requests", found, kind)


@get(
    "/open311/v2/requests/{name:str}",
    summary="One request: NUMBER.json or NUMBER.xml",
    tags=TAGS,
    responses=_described(list[ServiceRequest]),
)
async def show_request(name: str, request: Request[Any, Any, Any], open311: Open311) -> Response[bytes]:
    number, kind = _split(name)
    try:
        found = await open311.reading.requests(Asked(ids=[number]), await open311.own(request), open311.clock.now())
        if not found:
            raise AppError("not_found", "没有这个请求，或不对外公开（unknown or not public）")
    except AppError as error:
        return _fault(error, kind)
    return _answer("service_requests", found, kind)


@get(
    _both("/open311/v2/servicerequestupdates"),
    summary="What happened to requests, oldest first",
    tags=TAGS,
    responses=_described(list[Update]),
)
async def list_updates(request: Request[Any, Any, Any], open311: Open311) -> Response[bytes]:
    kind = _kind(request)
    try:
        asked = _asked(request)
        found = await open311.reading.updates(asked.start, asked.end, await open311.own(request), open311.clock.now())
    except AppError as error:
        return _fault(error, kind)
    return _answer("service_request_updates", found, kind)


@post(
    _both("/open311/v2/servicerequestupdates"),
    summary="Add words to a request of one's own (form; a partner's api_key)",
    tags=TAGS,
    status_code=200,
    responses=_described(list[UpdateTaken]),
)
async def take_update(request: Request[Any, Any, Any], open311: Open311) -> Response[bytes]:
    """The same `update_id` again changes nothing. `status` is the centre's own to change, so it is not taken from outside."""
    kind = _kind(request)
    try:
        form = _form(await request.form())
        partner = await open311.door.partner(request, "requests", key=str(form.get("api_key", "")) or _key(request))
        update_id, text = str(form.get("update_id", "")), str(form.get("description", "")).strip()
        if not update_id or len(update_id) > 100 or not text or len(text) > 4000:
            raise AppError("field_invalid", "须有 update_id 和 description（不超过 4000 字）")
        number = str(form.get("service_request_id", ""))
        order_id = await open311.pool.fetchval(ORDERS_SQL.find, None, number)
        own = await open311.pool.fetch(SQL.numbered, partner.actor.id, [number], False)
        if order_id is None or not own:
            raise AppError("not_found", "没有这个请求，或不是由您提交的")
        action = Supplement(version=1, text=text)
        await carry_out(
            open311.commands, open311.pool, open311.clock, order_id, action, partner.actor, key=f"update:{update_id}"
        )
    except AppError as error:
        return _fault(error, kind)
    return _answer("service_request_updates", [UpdateTaken(update_id)], kind)


def _asked(request: Request[Any, Any, Any]) -> Asked:
    given = request.query_params

    def many(name: str) -> list[str]:
        return [one.strip() for text in given.getall(name, []) for one in text.split(",") if one.strip()]

    page, size = _whole(given.get("page"), 1, 100_000), _whole(given.get("page_size"), 0, 1000)
    statuses = many("status")
    if set(statuses) - {"open", "closed"}:
        raise AppError("field_invalid", "status 应为 open 或 closed")
    return Asked(
        ids=many("service_request_id"),
        codes=many("service_code"),
        statuses=statuses,
        start=_moment(given.get("start_date"), "start_date"),
        end=_moment(given.get("end_date"), "end_date"),
        updated_after=_moment(given.get("updated_after"), "updated_after"),
        updated_before=_moment(given.get("updated_before"), "updated_before"),
        page=page,
        page_size=size,
    )


def _moment(text: str | None, name: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign that nobody encoded
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise AppError("field_invalid", f"{name} 应为 2025-03-04T02:00:00Z 这样的时间") from error


def _whole(text: str | None, otherwise: int, most: int) -> int:
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most):
        raise AppError("field_invalid", f"page 与 page_size 应为不超过 {most} 的正整数")
    return int(text)


def _form(given: Any) -> dict[str, Any]:
    """One value a name, and a list where a name came more than once."""
    found: dict[str, Any] = {}
    for name in given:
        values = given.getall(name)
        found[name] = values[0] if len(values) == 1 else values
    return found


def _key(request: Request[Any, Any, Any]) -> str:
    return request.query_params.get("api_key", "")


def _split(name: str) -> tuple[str, str]:
    """`CODE.json` → code and format; without a suffix JSON."""
    found = _SUFFIX.match(name)
    return (found[1], found[2]) if found else (name, "json")


def _fault(error: AppError, kind: str) -> Response[bytes]:
    """GeoReport's errors; 403 for a missing or wrong key, as it says."""
    status = 403 if error.status in {401, 403} else error.status
    words = problem(error)
    text = f"{words['title']}：{words['detail']} / {words['title_en']}"
    return _answer("errors", [Fault(status, text)], kind, status=status)


def _answer(root: str, value: Any, kind: str, *, status: int = 200) -> Response[bytes]:
    if kind == "xml":
        return Response(as_xml(root, value), status_code=status, media_type="text/xml; charset=utf-8")
    if kind == "json":
        return Response(as_json(value), status_code=status, media_type="application/json; charset=utf-8")
    return Response(msgspec.json.encode(problem(AppError("format_unknown"))), status_code=404)


HANDLERS = [
    discovery,
    services,
    definition,
    take_in,
    token,
    list_requests,
    show_request,
    list_updates,
    take_update,
]
