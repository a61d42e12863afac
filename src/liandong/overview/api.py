"""/api/v1/overview: the numbers at a glance, the orders behind each, the districts' boundaries."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import Parameter
from msgspec import Struct

from liandong.core.errors import AppError
from liandong.core.http import answers, json_answer
from liandong.orders.api import require
from liandong.orders.context import Actor
from liandong.orders.listing import OPEN, first_id
from liandong.orders.within import within
from liandong.overview.counting import NOBODY, SQL, Counting, midnight_of
from liandong.overview.model import Listed, ListedPage, Overview, What

READERS = ("leader", "supervisor", "dispatcher", "auditor")
TAGS = ["overview"]
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@get(
    "/api/v1/overview",
    summary="Live counts, districts, clocks at risk, hand-overs",
    tags=TAGS,
    responses=answers(Overview),
)
async def overview(actor: Actor, counting: Counting) -> Response[bytes]:
    """Of the whole centre, or of the district that an account is bound to, without exercises; at most a second old (of a district ten), districts and classes 15 seconds."""
    _require(actor)
    return json_answer(await counting.overview(actor.division))


@get("/api/v1/overview/orders", summary="The orders behind a number", tags=TAGS, responses=answers(ListedPage))
async def behind(
    actor: Actor,
    counting: Counting,
    what: What,
    key: Annotated[str, Parameter(max_length=20)] = "",
    after: Annotated[str | None, Parameter(max_length=80)] = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 100,
) -> Response[bytes]:
    """Newest first; clocks at risk by what is due next, late ones by what is late longest."""
    _require(actor)
    now = counting.clock.now()
    if what in (What.RISK, What.LATE, What.REVIEW):
        return json_answer(await _clocks(counting, what, now, after, limit, actor.division))
    query, *given = _question(what, key, now, _uuid(after), limit)
    rows = await counting.pool.fetch(*within(query, tuple(given), actor.division))
    found = [Listed(**dict(row)) for row in rows]
    return json_answer(ListedPage(found, str(found[-1].order_id) if len(found) == limit else None))


class MapTiles(Struct, frozen=True):
    """`urls`: lowest layer first, empty: no tile service. In them {z}, {x}, {y} and, of `hosts`, {s}."""

    urls: list[str]
    hosts: list[str]
    attribution: str
    most_zoom: int


@get(
    "/api/v1/map-tiles",
    summary="The tile service under the maps, if the city uses one",
    tags=TAGS,
    responses=answers(MapTiles),
)
async def map_tiles(request: Request[Any, Any, Any], actor: Actor) -> Response[bytes]:
    """By the setting `map_tiles`. The maps work without: boundaries and sketch are drawn from what the node has."""
    given = request.app.state.node.settings.map_tiles
    return json_answer(MapTiles(given.urls, given.hosts, given.attribution, given.most_zoom))


@get("/api/v1/overview/map", summary="The districts' boundaries (GeoJSON)", tags=TAGS)
async def districts(request: Request[Any, Any, Any], actor: Actor) -> Response[bytes]:
    """Each feature's `id` is the division's six digits. For colouring, not for navigation."""
    _require(actor)
    node = request.app.state.node
    return Response(
        node.districts, media_type="application/geo+json", headers={"cache-control": "private, max-age=86400"}
    )


def _require(actor: Actor) -> None:
    require(actor, *READERS)
    if actor.unit is not None or actor.home is not None:
        raise AppError("not_permitted", "总览是全中心的数字，承办单位和驻点联络人不能查看（for people of the centre）")


def _question(what: What, key: str, now: datetime, before: UUID | None, limit: int) -> tuple[Any, ...]:
    """The query and what it is given."""
    midnight = midnight_of(now)
    today = first_id(midnight)
    match what:
        case What.OPEN:
            return SQL.listed_open, OPEN, before, limit
        case What.DANGER:
            return SQL.listed_danger, OPEN, before, limit
        case What.DISTRICT:
            return SQL.listed_district, today, before, limit, key
        case What.CLASS:
            return SQL.listed_class, today, before, limit, key
        case What.OUT | What.IN:
            return SQL.listed_flow, midnight, before, limit, key, str(what)
    return SQL.listed_today, today, before, limit


async def _clocks(
    counting: Counting, what: What, now: datetime, after: str | None, limit: int, division: str | None
) -> ListedPage:
    policy = counting.policy
    moment, order = _place(after, now - timedelta(days=policy.late_days) if what == What.LATE else now)
    if what == What.LATE:
        query, given = SQL.late, (*counting.late_given(now), moment, order, limit)
    elif what == What.REVIEW:
        query, given = SQL.review, (*_place(after, NEVER), limit)
    else:
        until = now + timedelta(minutes=policy.risk_minutes)
        query, given = SQL.at_risk, (now, until, policy.clocks, moment, order, limit)
    found = [Listed(**dict(row)) for row in await counting.pool.fetch(*within(query, given, division))]
    last = found[-1] if len(found) == limit else None
    return ListedPage(found, f"{last.due_at.isoformat()}_{last.order_id}" if last and last.due_at else None)


def _place(after: str | None, start: datetime) -> tuple[datetime, UUID]:
    if after is None:
        return start, NOBODY
    moment, _, order = after.partition("_")
    try:
        return datetime.fromisoformat(moment.replace(" ", "+")), UUID(order)
    except ValueError as error:
        raise AppError("field_invalid", "after 应为上一页给出的 next（take it from the page before）") from error


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise AppError("field_invalid", "after 应为上一页给出的 next（take it from the page before）") from error


HANDLERS = [overview, behind, map_tiles, districts]
