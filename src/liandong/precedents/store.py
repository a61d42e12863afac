"""Precedents and proposals in the database. Every look is by an index and bounded."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.errors import AppError
from liandong.core.sqlfiles import load_sql
from liandong.linkage.model import Precedent
from liandong.orders.model import Order
from liandong.precedents.model import FoundPrecedent, Proposal, ProposalStatus
from liandong.precedents.rules import CITED, cited, questions_of, ranked
from liandong.routing.model import Verdict
from liandong.routing.terms import default_terms

SQL = load_sql("liandong.precedents")
BOUND = 300  # precedents that are looked at for one search
EVER = datetime(1970, 1, 1, tzinfo=UTC)
_precedent = msgspec.json.Decoder(Precedent)


class Search(Struct, frozen=True):
    """What to look for; what is left out does not limit. `peer`: only what was settled with this centre."""

    question: str = ""
    items: list[str] = []
    text: str = ""
    peer: str | None = None


async def find_precedents(pool: asyncpg.Pool, search: Search, limit: int) -> list[FoundPrecedent]:
    """By question where one is given, else among the newest; then by items and by the likeness of the words."""
    if search.question:
        rows = await pool.fetch(SQL.of_questions, [search.question], BOUND, search.peer)
    else:
        rows = await pool.fetch(SQL.newest, BOUND, search.peer)
    asked = set(search.items)
    found = ((_found(row), row["title"] + row["content"]) for row in rows if not asked or asked & set(row["items"]))
    return ranked(found, search.text, limit)


async def with_precedents(pool: asyncpg.Pool, order: Order) -> Verdict | None:
    """The order's verdict with the precedents of the same question; None where it has none. One query."""
    if order.verdict is None:
        return None
    overlaps = frozenset(overlap.code for overlap in default_terms().overlaps)
    questions = questions_of(order.verdict, order.class_intake, overlaps)
    rows = await pool.fetch(SQL.of_questions, questions, CITED, None) if questions else []
    return cited(order.verdict, [_found(row) for row in rows]) if rows else None


async def propose(pool: asyncpg.Pool, often: int, since: datetime = EVER) -> list[str]:
    """The questions whose proposals are new or counted anew."""
    return [row["question"] for row in await pool.fetch(SQL.propose, often, since)]


async def list_proposals(pool: asyncpg.Pool, status: ProposalStatus | None, limit: int) -> list[Proposal]:
    return [_proposal(row) for row in await pool.fetch(SQL.proposals, status, limit)]


async def decide_proposal(
    pool: asyncpg.Pool, question: str, status: ProposalStatus, *, by: str, now: datetime, note: str
) -> Proposal:
    """Takes or dismisses it. Raises AppError: not_found, action_not_allowed (decided already)."""
    row = await pool.fetchrow(SQL.decide_proposal, question, status, by, now, note or None)
    if row is not None:
        return _proposal(row)
    if await pool.fetchval(SQL.proposal_status, question) is None:
        raise AppError("not_found", f"没有关于“{question}”的清单建议")
    raise AppError("action_not_allowed", f"关于“{question}”的清单建议已经处理")


def _found(row: Any) -> FoundPrecedent:
    settled = _precedent.decode(row["precedent"])
    return FoundPrecedent(
        transfer_id=row["transfer_id"],
        order_id=row["order_id"],
        number=row["number"],
        title=row["title"],
        peer=row["peer"],
        items=row["items"],
        question=settled.question,
        owner=settled.owner,
        settled_by=settled.settled_by,
        settled_at=settled.at,
        basis_kind=settled.basis_kind,
        basis=settled.basis,
        text=settled.text,
    )


def _proposal(row: Any) -> Proposal:
    return msgspec.convert(dict(row) | {"owners": msgspec.json.decode(row["owners"])}, Proposal)
