"""/api/v1/detectors and /api/v1/flags."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import Body, Parameter
from msgspec import Meta, Struct

from liandong.core.http import answers, decode_body, json_answer
from liandong.detectors.deciding import decide_flag, list_flags
from liandong.detectors.model import Decided, Detector, Flag
from liandong.detectors.running import Detecting, thresholds_now
from liandong.orders.api import require
from liandong.orders.context import Actor

READERS = ("supervisor", "leader", "auditor")


class DetectorView(Struct, frozen=True):
    """`now`: where the threshold lies, by the data and people's decisions."""

    rule: Detector
    now: float


class FlagPage(Struct, frozen=True):
    """`next`: give it as `before` to get the page after this one; null at the end."""

    flags: list[Flag]
    next: UUID | None


class Decide(Struct, frozen=True, forbid_unknown_fields=True):
    confirm: bool
    reason: Annotated[str, Meta(min_length=1, max_length=2000)]


_decide = msgspec.json.Decoder(Decide)


@get("/api/v1/detectors", summary="The detectors, as data", tags=["detectors"], responses=answers(list[DetectorView]))
async def detectors(actor: Actor, detecting: Detecting) -> Response[bytes]:
    require(actor, *READERS)
    async with detecting.pool.acquire() as connection:
        now = await thresholds_now(connection, detecting.policy)
    return json_answer([DetectorView(one, now[one.name]) for one in detecting.policy.detectors])


@get(
    "/api/v1/flags", summary="What the detectors flagged, newest first", tags=["detectors"], responses=answers(FlagPage)
)
async def flags(
    actor: Actor,
    detecting: Detecting,
    status: str | None = None,
    detector: str | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=500)] = 100,
) -> Response[bytes]:
    """A flag is a suspicion; only `confirmed` ones were found true by a person."""
    require(actor, *READERS)
    found = await list_flags(detecting.pool, status=status, detector=detector, before=before, limit=limit)
    return json_answer(FlagPage(found, found[-1].id if len(found) == limit else None))


@post(
    "/api/v1/flags/{flag_id:uuid}/decide",
    summary="Confirm or dismiss a flag",
    tags=["detectors"],
    status_code=200,
    responses=answers(Decided),
)
async def decide(
    request: Request[Any, Any, Any],
    flag_id: UUID,
    actor: Actor,
    detecting: Detecting,
    data: Annotated[Decide, Body(description="True or not, and why")],
) -> Response[bytes]:
    require(actor, "supervisor", "leader")
    asked = decode_body(await request.body(), _decide)
    return json_answer(await decide_flag(detecting, flag_id, confirm=asked.confirm, reason=asked.reason, who=actor.id))


HANDLERS = [detectors, flags, decide]
