"""/api/v1/precedents and /api/v1/proposals."""

from typing import Annotated, Any

import asyncpg
import msgspec
from litestar import Request, Response, get, post
from litestar.params import Body, Parameter
from msgspec import Meta, Struct

from liandong.core.clock import Clock
from liandong.core.http import answers, decode_body, json_answer
from liandong.orders.api import require
from liandong.orders.context import Actor
from liandong.precedents.model import FoundPrecedent, Proposal, ProposalStatus
from liandong.precedents.store import Search, decide_proposal, find_precedents, list_proposals

DESK = ("call_taker", "dispatcher", "supervisor", "leader", "auditor")


class Decided(Struct, frozen=True, forbid_unknown_fields=True):
    """`status`: `taken` (to be written into the catalogue by the consultation) or `dismissed`."""

    question: Annotated[str, Meta(min_length=1, max_length=300)]
    status: Annotated[str, Meta(pattern="^(taken|dismissed)$")]
    note: Annotated[str, Meta(max_length=1000)] = ""


_decided = msgspec.json.Decoder(Decided)


@get(
    "/api/v1/precedents",
    summary="How the same question was settled before",
    tags=["precedents"],
    responses=answers(list[FoundPrecedent]),
)
async def search_precedents(
    actor: Actor,
    pool: asyncpg.Pool,
    question: str = "",
    items: list[str] | None = None,
    text: Annotated[str, Parameter(max_length=2000)] = "",
    limit: Annotated[int, Parameter(ge=1, le=100)] = 20,
) -> Response[bytes]:
    """The newest first; with `text` the likest first. A liaison sees what was settled with its own centre."""
    require(actor, *DESK, "liaison")
    search = Search(question=question, items=items or [], text=text, peer=actor.home)
    return json_answer(await find_precedents(pool, search, limit))


@get(
    "/api/v1/proposals",
    summary="Questions that came so often that the catalogue should answer them",
    tags=["precedents"],
    responses=answers(list[Proposal]),
)
async def proposals(
    actor: Actor,
    pool: asyncpg.Pool,
    status: ProposalStatus | None = None,
    limit: Annotated[int, Parameter(ge=1, le=500)] = 100,
) -> Response[bytes]:
    require(actor, *DESK)
    return json_answer(await list_proposals(pool, status, limit))


@post(
    "/api/v1/proposals/decide",
    summary="Take a proposal to the consultation, or dismiss it",
    tags=["precedents"],
    status_code=200,
    responses=answers(Proposal),
)
async def decide(
    request: Request[Any, Any, Any],
    actor: Actor,
    pool: asyncpg.Pool,
    clock: Clock,
    data: Annotated[Decided, Body(description="Which question, and what becomes of it")],
) -> Response[bytes]:
    """A proposal is decided once; it opens again by itself when its question has come as often once more."""
    require(actor, "supervisor", "leader")
    asked = decode_body(await request.body(), _decided)
    status = ProposalStatus(asked.status)
    return json_answer(
        await decide_proposal(pool, asked.question, status, by=actor.id, now=clock.now(), note=asked.note)
    )


HANDLERS = [search_precedents, proposals, decide]
