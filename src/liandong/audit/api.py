"""/api/v1/findings and /api/v1/alarms: what the auditor found, and what people were told."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from litestar import Response, get, post
from litestar.params import Parameter, QueryParameter
from msgspec import Struct

from liandong.audit.checks import SQL
from liandong.audit.model import AuditPolicy
from liandong.core.alarms import SQL as ALARM_SQL
from liandong.core.alarms import Severity
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.http import answers, json_answer
from liandong.orders.api import require
from liandong.orders.context import Actor

READERS = ("dispatcher", "supervisor", "auditor", "admin")


class FindingView(Struct, frozen=True):
    """One thing that is not as it should be. `over_at` null: it still is so. `seen_by`: the person who has looked at it."""

    id: UUID
    kind: str
    thing: str
    order_id: UUID | None
    number: str | None
    severity: Severity
    zh: str
    en: str
    detail: dict[str, Any]
    first_seen: datetime
    last_seen: datetime
    over_at: datetime | None
    seen_at: datetime | None
    seen_by: str | None


class FindingPage(Struct, frozen=True):
    """`next`: give it as `before` to get the page after this one; null at the end."""

    findings: list[FindingView]
    next: UUID | None


class AlarmView(Struct, frozen=True):
    """`kind` is an event's name, `subject` what it is about: a kind of finding, a peer's code."""

    position: int
    at: datetime
    kind: str
    subject: str
    severity: Severity
    zh: str
    en: str
    order_id: UUID | None
    number: str | None
    finding_id: UUID | None


class AlarmPage(Struct, frozen=True):
    alarms: list[AlarmView]
    next: int | None


@get("/api/v1/findings", summary="What the auditor found", tags=["audit"], responses=answers(FindingPage))
async def list_findings(
    actor: Actor,
    pool: asyncpg.Pool,
    is_open: Annotated[bool, QueryParameter(name="open")] = True,
    kind: str | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=500)] = 100,
) -> Response[bytes]:
    """Open ones, newest first; with `open=false` also those that are over."""
    require(actor, *READERS)
    rows = await pool.fetch(SQL.list_findings, is_open, kind, before, limit)
    found = [_view(row) for row in rows]
    return json_answer(FindingPage(found, found[-1].id if len(found) == limit else None))


@post(
    "/api/v1/findings/{finding_id:uuid}/seen",
    summary="Somebody has looked at a finding",
    tags=["audit"],
    status_code=200,
    responses=answers(FindingView),
)
async def see_finding(
    finding_id: UUID, actor: Actor, pool: asyncpg.Pool, clock: Clock, audit_policy: AuditPolicy
) -> Response[bytes]:
    """A fact of the past (a refused message, a worker that ended) is over with it; anything else stays open until it is mended."""
    require(actor, "supervisor", "auditor")
    kind = await pool.fetchval(SQL.kind_of_finding, finding_id)
    if kind is None:
        raise AppError("not_found", "没有这个审计发现")
    entry = audit_policy.by_kind.get(kind)
    over = entry is not None and entry.over_when_seen
    row = await pool.fetchrow(SQL.see_finding, finding_id, clock.now(), actor.id, over)
    return json_answer(_view(dict(row) | {"number": None}))


@get("/api/v1/alarms", summary="What people were told, newest first", tags=["audit"], responses=answers(AlarmPage))
async def list_alarms(
    actor: Actor,
    pool: asyncpg.Pool,
    severity: list[Severity] | None = None,
    before: int | None = None,
    limit: Annotated[int, Parameter(ge=1, le=500)] = 100,
) -> Response[bytes]:
    """The same rows come on `/api/v1/feed` as they are written."""
    require(actor, "call_taker", *READERS)
    wanted = [str(one) for one in severity or list(Severity)]
    rows = await pool.fetch(ALARM_SQL.newest_alarms, wanted, before, limit)
    alarms = [AlarmView(**(dict(row) | {"severity": Severity(row["severity"])})) for row in rows]
    return json_answer(AlarmPage(alarms, alarms[-1].position if len(alarms) == limit else None))


def _view(row: Any) -> FindingView:
    fields = {name: row[name] for name in FindingView.__struct_fields__}
    return FindingView(**fields | {"severity": Severity(row["severity"]), "detail": msgspec.json.decode(row["detail"])})


HANDLERS = [list_findings, see_finding, list_alarms]
