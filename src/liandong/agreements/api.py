"""/api/v1/catalogue: the lists in force, their versions, and the agreement on them."""

from datetime import date, datetime
from pathlib import PurePath
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import Body, Parameter
from msgspec import Meta, Struct

from liandong.agreements.checks import check_item
from liandong.agreements.lifecycle import LIFECYCLE, READERS
from liandong.agreements.model import Head, Standing, Status, Version
from liandong.agreements.running import RunningCatalogue
from liandong.agreements.service import IN_FORCE, SHIPPED, Agreements, Draft, running_items
from liandong.catalogue.content import Content, pair_of
from liandong.catalogue.diff import Change, diff
from liandong.catalogue.files import read_file
from liandong.catalogue.workbook_faults import WorkbookError
from liandong.core.errors import AppError
from liandong.core.http import answers, decode_body, json_answer
from liandong.orders.api import require
from liandong.orders.context import Actor
from liandong.orders.model import Line, Text

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class InForce(Struct, frozen=True):
    """`catalogue`: what verdicts made now are marked with. `versions`: peer → its version; a peer without one has the shipped list."""

    catalogue: str
    items: dict[str, int]
    versions: dict[str, Version]


class LogRow(Struct, frozen=True):
    at: datetime
    actor: str
    role: str
    event: str
    status: str
    body: Any


class Reassessed(Struct, frozen=True):
    """How far the open orders were read again: `flagged` got another verdict and wait for a person."""

    looked_at: int
    flagged: int
    finished_at: datetime | None


class VersionPage(Struct, frozen=True):
    """`next`: give it as `before` to get the page after this one; null at the end."""

    versions: list[Version]
    next: UUID | None


class VersionView(Struct, frozen=True):
    """`faults`: why it can't be agreed. `allowed_actions`: what you may do with it now, before its content is checked."""

    version: Version
    content: Content
    faults: list[str]
    allowed_actions: list[str]
    log: list[LogRow]
    reassessed: Reassessed | None = None


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """`digest`: of the content that you were looking at. `effective_from`: with propose. `reason`: with decline and withdraw."""

    action: Annotated[str, Meta(pattern=r"^(propose|agree|decline|withdraw)$")]
    digest: Digest
    effective_from: date | None = None
    reason: Text = ""


class DraftAsked(Struct, frozen=True, forbid_unknown_fields=True):
    """A draft as JSON; a workbook may be posted as it is instead."""

    content: Content
    title: Line = ""
    notes: Text = ""
    base: Digest | None = None


_step = msgspec.json.Decoder(Step)
_draft = msgspec.json.Decoder(DraftAsked)


@get("/api/v1/catalogue", summary="The lists in force", tags=["catalogue"], responses=answers(InForce))
async def in_force(actor: Actor, agreements: Agreements, running: RunningCatalogue) -> Response[bytes]:
    """For everybody who is signed in."""
    return json_answer(InForce(running.version, running_items(running), await agreements.in_force()))


@get(
    "/api/v1/catalogue/versions",
    summary="Versions, newest first",
    tags=["catalogue"],
    responses=answers(VersionPage),
)
async def list_versions(
    actor: Actor,
    agreements: Agreements,
    peer: str | None = None,
    status: list[Status] | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 25,
) -> Response[bytes]:
    require(actor, *sorted(READERS))
    found = await agreements.versions(peer=peer, status=status, before=before, limit=limit)
    return json_answer(VersionPage(found, found[-1].id if len(found) == limit else None))


@get(
    "/api/v1/catalogue/versions/{version_id:uuid}",
    summary="One version with its content and its history",
    tags=["catalogue"],
    responses=answers(VersionView),
)
async def show_version(version_id: UUID, actor: Actor, agreements: Agreements) -> Response[bytes]:
    require(actor, *sorted(READERS))
    return json_answer(await _view(await agreements.version(version_id), actor, agreements))


@get("/api/v1/catalogue/file", summary="A list as a workbook (xlsx)", tags=["catalogue"], media_type=XLSX)
async def export(
    actor: Actor, agreements: Agreements, version: str = "in-force", peer: str = "", title: str = ""
) -> Response[bytes]:
    """`version`: an id, `in-force` or `shipped` (these two with a peer, and for everybody who is signed in)."""
    if version not in (SHIPPED, IN_FORCE):
        require(actor, *sorted(READERS))
    content = await agreements.content(version, peer)
    from liandong.catalogue.workbook import write_workbook  # a node at rest needs no spreadsheet library

    return _file(write_workbook(content, title), f"catalogue-{'-'.join(content.centres)}.xlsx")


@get(
    "/api/v1/catalogue/diff",
    summary="What changes from one version to another",
    tags=["catalogue"],
    responses=answers(list[Change]),
)
async def show_diff(
    actor: Actor,
    agreements: Agreements,
    after: str,
    before: str = "in-force",
    peer: str = "",
    xlsx: bool = False,
) -> Response[bytes]:
    """`before`, `after`: an id, `in-force` or `shipped` (these two with a peer)."""
    require(actor, *sorted(READERS))
    changes = diff(await agreements.content(before, peer), await agreements.content(after, peer))
    if not xlsx:
        return json_answer(changes)
    from liandong.catalogue.workbook import write_diff

    return _file(write_diff(changes), "diff.xlsx")


@post(
    "/api/v1/catalogue/versions",
    summary="Make a draft, from a workbook or from JSON",
    tags=["catalogue"],
    status_code=201,
    responses=answers(Version, 201),
)
async def make_draft(
    request: Request[Any, Any, Any],
    actor: Actor,
    agreements: Agreements,
    peer: str,
    title: str = "",
    notes: str = "",
) -> Response[bytes]:
    """Nothing is taken when one cell is wrong: `fields` names sheet, row and column of each fault."""
    require(actor, "admin", "supervisor")
    body = await request.body()
    if "json" in request.headers.get("content-type", ""):
        asked = decode_body(body, _draft)
        draft = Draft(peer, asked.content, title=asked.title or title, notes=asked.notes or notes, base=asked.base)
    else:
        draft = _from_file(body, peer, pair_of(agreements.centre, peer), title=title, notes=notes)
    return json_answer(await agreements.draft(draft, actor), status=201)


@post(
    "/api/v1/catalogue/versions/{version_id:uuid}/actions",
    summary="Propose, agree, decline, withdraw",
    tags=["catalogue"],
    status_code=200,
    responses=answers(Version),
)
async def act(
    version_id: UUID,
    request: Request[Any, Any, Any],
    actor: Actor,
    agreements: Agreements,
    data: Annotated[Step, Body(description="The step, with the digest of the content that was seen")],
) -> Response[bytes]:
    """The same step a second time changes nothing and answers the same."""
    step = decode_body(await request.body(), _step)
    version = await agreements.act(
        version_id, step.action, actor, digest=step.digest, day=step.effective_from, reason=step.reason
    )
    return json_answer(version)


def _from_file(data: bytes, peer: str, centres: tuple[str, str], *, title: str, notes: str) -> Draft:
    try:
        read = read_file(data, PurePath("list.xlsx").suffix, centres, check_item)
    except WorkbookError as error:
        fields = [{"field": f"{one.sheet}!{one.column}{one.row or ''}", "message": str(one)} for one in error.faults]
        raise AppError("catalogue_invalid", str(error.faults[0]), fields=fields) from error
    return Draft(peer, read.content, title=title or read.title, notes=notes, base=read.base or None)


async def _view(version: Version, actor: Actor, agreements: Agreements) -> VersionView:
    content = await agreements.content(str(version.id))
    faults = await agreements.faults(version) if version.status in ("draft", "proposed") else ()
    standing = Standing(version, Head(0, None), None, ())
    rows = LIFECYCLE.allowed(version.status, actor.roles - {"peer", "clock"}, standing)
    done = await agreements.reassessment(version.id)
    log = [
        LogRow(r["at"], r["actor"], r["role"], r["event"], r["status"], msgspec.json.decode(r["body"]))
        for r in await agreements.log(version.id)
    ]
    return VersionView(
        version,
        content=content,
        faults=list(faults),
        allowed_actions=[row.action for row in rows],
        log=log,
        reassessed=Reassessed(**dict(done)) if done else None,
    )


def _file(data: bytes, name: str) -> Response[bytes]:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=XLSX, headers=headers)


HANDLERS = [in_force, list_versions, show_version, export, show_diff, make_draft, act]
