"""Gaps: what callers ask again and again and no card answers. Found in orders that were answered directly without a card; a person makes a
draft of a gap or dismisses it. Numbers of telephones, identity cards and plates are taken out of what is kept."""

import re
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.ids import new_id
from liandong.core.likeness import likeness
from liandong.knowledge.model import CardContent, CardScope, CardVersion
from liandong.knowledge.policy import KnowledgePolicy
from liandong.knowledge.service import Knowledge
from liandong.knowledge.store import SQL
from liandong.knowledge.terms import clean, pairs_of
from liandong.orders.context import Actor

READ = 5_000  # direct answers that one look reads, the newest first
KEPT = 10  # wordings and orders that a gap keeps
_NUMBERS = re.compile(r"[0-9Xx]{7,}|[\u4e00-\u9fff][A-Z][·]?[A-Z0-9]{5,6}|(?<=姓名)[：:]?[\u4e00-\u9fff]{2,3}")


class Gap(Struct, frozen=True, kw_only=True):
    """`question`, `answer`: of the call that is most like the others. `orders`: some of the calls."""

    id: UUID
    question: str
    answer: str
    variants: list[str]
    orders: list[UUID]
    count: int
    newest_at: datetime
    found_at: datetime
    status: str
    card_id: UUID | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None


class _Call(Struct, frozen=True):
    id: UUID
    text: str
    answer: str
    at: datetime
    pairs: frozenset[str]


async def mine(pool: asyncpg.Pool, clock: Clock, knowledge: Knowledge, policy: KnowledgePolicy) -> int:
    """Looks at the calls of the last days. Returns how many gaps are new; run again, it finds nothing new."""
    now = clock.now()
    rows = await pool.fetch(SQL.unanswered, now - timedelta(days=policy.gap_days), READ)
    calls = [
        _Call(r["id"], masked(r["content"]), masked(r["answer"] or ""), r["answered_at"], _pairs(r["content"]))
        for r in rows
    ]
    known = [(row, _pairs(row["question"])) for row in await pool.fetch(SQL.known_gaps)]
    new = 0
    for group in grouped(calls, policy.gap_likeness):
        old = next((row for row, pairs in known if likeness(pairs, group[0].pairs) >= policy.gap_likeness), None)
        if old is not None:
            await _grow(pool, old, group)
        elif len(group) >= policy.gap_from and not await _is_covered(knowledge, group[0].text, policy):
            await _add(pool, group, now)
            new += 1
    return new


def grouped(calls: list[_Call], least: float) -> list[list[_Call]]:
    """Calls that are alike, the largest group first; the first call of a group is the one that is most like the others.

    Compared only where a pair of characters is shared, so a month of calls is not compared each with each.
    """
    groups: list[list[_Call]] = []
    by_pair: dict[str, list[int]] = {}
    for call in calls:
        near = Counter(n for pair in call.pairs for n in by_pair.get(pair, ()))
        for n, _ in near.most_common(20):
            if likeness(groups[n][0].pairs, call.pairs) >= least:
                groups[n].append(call)
                break
        else:
            groups.append([call])
            for pair in call.pairs:
                by_pair.setdefault(pair, []).append(len(groups) - 1)
    return sorted((_centred(group) for group in groups), key=len, reverse=True)


def masked(text: str) -> str:
    """Without what says who called."""
    return _NUMBERS.sub("＊", text)


async def draft_from(
    pool: asyncpg.Pool, knowledge: Knowledge, gap_id: UUID, unit: str, title: str, actor: Actor, now: datetime
) -> CardVersion:
    """A draft card of a gap, which a person goes on with: it is approved by another one like any card. Raises AppError not_found."""
    row = await pool.fetchrow(SQL.gap, gap_id)
    if row is None or row["status"] != "open":
        raise AppError("not_found", "没有这个待处理的知识缺口")
    questions = list(dict.fromkeys(one[:300] for one in (row["question"], *row["variants"]) if len(one) >= 2))
    content = CardContent(
        title=title or row["question"][:120], questions=questions, answer=row["answer"] or "（待补充）", scope=CardScope.SEAT, unit=unit
    )  # fmt: skip
    version = await knowledge.draft(content, actor)
    await pool.execute(SQL.decide_gap, gap_id, "drafted", version.card_id, actor.id, now)
    return version


async def dismiss(pool: asyncpg.Pool, gap_id: UUID, actor: Actor, now: datetime) -> Gap:
    row = await pool.fetchrow(SQL.gap, gap_id)
    if row is None or row["status"] != "open":
        raise AppError("not_found", "没有这个待处理的知识缺口")
    return gap_of(await pool.fetchrow(SQL.decide_gap, gap_id, "dismissed", None, actor.id, now))


def gap_of(row: Any) -> Gap:
    return Gap(**dict(row))


def _pairs(text: str) -> frozenset[str]:
    return pairs_of(clean(masked(text)))


def _centred(group: list[_Call]) -> list[_Call]:
    if len(group) < 3:
        return group
    some = group[:30]
    middle = max(some, key=lambda one: sum(likeness(one.pairs, other.pairs) for other in some))
    return [middle, *(one for one in group if one is not middle)]


async def _is_covered(knowledge: Knowledge, text: str, policy: KnowledgePolicy) -> bool:
    found = await knowledge.search(text, [str(scope) for scope in CardScope], limit=1)
    return bool(found) and found[0].score >= policy.covered


async def _add(pool: asyncpg.Pool, group: list[_Call], now: datetime) -> None:
    answers = Counter(one.answer for one in group if one.answer)
    answer = answers.most_common(1)[0][0] if answers else ""
    texts, orders = _kept(group)
    newest = max(one.at for one in group)
    await pool.execute(SQL.add_gap, new_id(), group[0].text, answer, texts, orders, len(group), newest, now)


async def _grow(pool: asyncpg.Pool, old: Any, group: list[_Call]) -> None:
    texts, orders = _kept(group)
    newest = max(one.at for one in group)
    await pool.execute(SQL.grow_gap, old["id"], texts, orders, len(group), newest)


def _kept(group: list[_Call]) -> tuple[list[str], list[UUID]]:
    texts = list(dict.fromkeys(one.text for one in group))[:KEPT]
    return texts, [one.id for one in group][:KEPT]
