"""`verify --peers`: our past against what a peer holds of it, and the peer's past against what we hold.

A rewritten day changes its root and those of all days after it. The day that is named is the first whose buckets differ: those
after it only carry the change on.
"""

from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.exchange.asking import NOTHING, Asker
from liandong.exchange.ledger_bodies import Head
from liandong.roots.answer import held_days, held_heads
from liandong.roots.model import (
    DAYS_RECOMPUTED,
    FIRST_DAY,
    ROOTS_ASKED,
    AskedHead,
    Cursor,
    Fault,
    HeldDay,
    OwnDay,
    RootsAnswer,
    RootsAsked,
    Sealed,
)
from liandong.roots.own import NAMED_BUCKETS, OwnChecked, named_buckets
from liandong.roots.seal import SQL, THREAD
from liandong.roots.tree import differing, from_hex

Progress = Callable[[int], None]


class Witnessed(Struct, frozen=True):
    """What was compared with one peer. `waiting`: our days that are still on their way to it."""

    peer: str
    our_days: int
    our_heads: int
    their_days: int
    their_heads: int
    waiting: int
    faults: list[Fault]


class _Ours(Struct, frozen=True):
    """What one reading of our own days has given."""

    days: dict[date, Sealed]
    now: dict[date, tuple[int, bytes]]


async def check_with(
    pool: asyncpg.Pool,
    asker: Asker,
    own: OwnChecked,
    *,
    since: date = FIRST_DAY,
    progress: Progress = lambda _: None,
) -> Witnessed:
    """Everything after the day `since`. `progress` is told how many more days and heads were compared. Raises exchange.asking.NoAnswer."""
    faults: list[Fault] = []
    ours = _Ours({day.day: day for day in own.days}, own.now)
    held, waiting = await _our_days(pool, asker, ours, since, faults, progress)
    our_heads = await _our_heads(pool, asker, faults, progress)
    their_days = await _their_days(pool, asker, since, faults, progress)
    their_heads = await _their_heads(pool, asker, faults, progress)
    return Witnessed(asker.peer, held, our_heads, their_days, their_heads, waiting, faults)


async def _our_days(
    pool: asyncpg.Pool, asker: Asker, ours: _Ours, since: date, faults: list[Fault], progress: Progress
) -> tuple[int, int]:
    """What the peer holds of us against our days as they are now."""
    held: dict[date, HeldDay] = {}
    after = since
    while page := (await _ask(asker, RootsAsked(held_after=after))).held:
        for day in page:
            held[day.day] = day
            faults += await _our_day(pool, asker, ours, day, broken=bool(faults))
        after = page[-1].day
        progress(len(page))
    waiting = {
        date.fromisoformat(row["day"]) for row in await pool.fetch(SQL.announced_days, asker.peer, THREAD) if row["day"]
    }
    first = min(held, default=None)
    for ours_on in ours.days:
        if ours_on > since and first is not None and ours_on >= first and ours_on not in {*held, *waiting}:
            text = f"{asker.peer}没有这一天的根，而我方已宣告并得到回执：对方的记录被删除，或恢复过较早的备份"
            faults.append(Fault(asker.peer, "day_missing", text, witness=asker.centre, day=ours_on))
    return len(held), len(waiting)


async def _our_day(pool: asyncpg.Pool, asker: Asker, ours: _Ours, held: HeldDay, *, broken: bool) -> list[Fault]:
    centre, peer = asker.centre, asker.peer
    sealed = ours.days.get(held.day)
    found = [_twice(centre, peer, held)] if held.others else []
    if sealed is None:
        text = f"{peer}收到过这一天的根，我方却没有这一天：已封存的一天被删除，或恢复过较早的备份"
        return [*found, Fault(centre, "day_missing", text, witness=peer, day=held.day)]
    _, now = ours.now[held.day]
    changed = differing(now, from_hex(held.buckets))
    if changed:
        return found + await named_buckets(pool, centre, sealed, changed, witness=peer)
    if sealed.root.hex() != held.root and not broken:
        found.append(Fault(centre, "root_chain", f"封存的根与{peer}收到的不同，事件却相同", witness=peer, day=held.day))
    return found


async def _our_heads(pool: asyncpg.Pool, asker: Asker, faults: list[Fault], progress: Progress) -> int:
    """The heads that the peer holds of us against our events as they are now."""
    count, after = 0, Cursor(NOTHING, 0)
    while page := (await _ask(asker, RootsAsked(heads_after=after))).heads:
        rows = await pool.fetch(SQL.own_heads, [head.matter_id for head in page], [head.seq for head in page])
        now = {(row["matter_id"], row["seq"]): row for row in rows}
        for head in page:
            row = now[head.matter_id, head.seq]
            current = row["hash"].hex() if row["hash"] else None
            if current != head.hash:
                faults.append(_head(asker.centre, asker.peer, head, current, row["number"]))
        count += len(page)
        after = Cursor(page[-1].matter_id, page[-1].seq)
        progress(len(page))
    return count


async def _their_days(pool: asyncpg.Pool, asker: Asker, since: date, faults: list[Fault], progress: Progress) -> int:
    """What we hold of the peer against its days as it computes them now."""
    count, broken = 0, False
    expected: date | None = None
    async for page in _held_pages(pool, asker.peer, since):
        answer = await _ask(asker, RootsAsked(days=[day.day for day in page]))
        now = {day.day: day for day in answer.days}
        for held in page:
            if expected is not None and held.day != expected:
                text = f"我方没有收到{expected}的根"
                faults.append(Fault(asker.peer, "day_missing", text, witness=asker.centre, day=expected))
            found = _their_day(asker, held, now.get(held.day), broken=broken)
            broken = broken or bool(found)
            faults += found
            expected = held.day + timedelta(days=1)
        count += len(page)
        progress(len(page))
    return count


def _their_day(asker: Asker, held: HeldDay, now: OwnDay | None, *, broken: bool) -> list[Fault]:
    peer, centre = asker.peer, asker.centre
    found = [_twice(peer, centre, held)] if held.others else []
    if now is None:
        return [*found, Fault(peer, "day_missing", f"{peer}已没有它宣告过的这一天", witness=centre, day=held.day)]
    buckets = differing(from_hex(now.buckets), from_hex(held.buckets))
    if len(buckets) > NAMED_BUCKETS:
        found.append(Fault(peer, "root_changed", f"{peer}共{len(buckets)}桶不同", witness=centre, day=held.day))
    for bucket in buckets[:NAMED_BUCKETS]:
        text = f"{peer}这一桶的事件与它当日宣告的不同（当日共{held.count}条，现在{now.count}条）"
        found.append(Fault(peer, "root_changed", text, witness=centre, day=held.day, bucket=bucket))
    if not found and not broken and {now.root, now.now} != {held.root}:
        text = f"{peer}现在说的根与它当日宣告的不同，事件却相同"
        found.append(Fault(peer, "root_chain", text, witness=centre, day=held.day))
    return found


async def _their_heads(pool: asyncpg.Pool, asker: Asker, faults: list[Fault], progress: Progress) -> int:
    """The heads that we hold of the peer against its events as they are now."""
    count, after = 0, Cursor(NOTHING, 0)
    while page := await held_heads(pool, asker.peer, after):
        asked = [AskedHead(head.matter_id, head.seq) for head in page]
        answer = await _ask(asker, RootsAsked(matters=asked))
        now = {(one.matter_id, one.seq): one.hash for one in answer.matters}
        changed = [head for head in page if now.get((head.matter_id, head.seq)) != head.hash]
        numbers = await _numbers(pool, [head.matter_id for head in changed])
        for head in changed:
            current = now.get((head.matter_id, head.seq))
            faults.append(_head(asker.peer, asker.centre, head, current, numbers.get(head.matter_id)))
        count += len(page)
        after = Cursor(page[-1].matter_id, page[-1].seq)
        progress(len(page))
    return count


async def _held_pages(pool: asyncpg.Pool, peer: str, since: date) -> AsyncIterator[list[HeldDay]]:
    after = since
    while days := await held_days(pool, peer, after):
        for at in range(0, len(days), DAYS_RECOMPUTED):
            yield days[at : at + DAYS_RECOMPUTED]
        after = days[-1].day


def _twice(centre: str, witness: str, held: HeldDay) -> Fault:
    text = f"{centre}为这一天宣告过{len(held.others) + 1}个不同的根"
    return Fault(centre, "root_twice", text, witness=witness, day=held.day)


def _head(centre: str, witness: str, head: Head, now: str | None, number: str | None) -> Fault:
    kind = "head_gone" if now is None else "head_changed"
    text = (
        f"{witness}持有第{head.seq}条的哈希，{centre}现在没有这一条：工单被删除或截短"
        if now is None
        else f"第{head.seq}条与{witness}当日收到的哈希不同：这一条或它之前被改写过"
    )
    return Fault(centre, kind, text, witness=witness, matter_id=head.matter_id, number=number, seq=head.seq)


async def _numbers(pool: Any, matters: list[UUID]) -> dict[UUID, str]:
    rows = await pool.fetch(SQL.numbers_of_matters, matters) if matters else []
    return {row["matter_id"]: row["number"] for row in rows if row["number"]}


async def _ask(asker: Asker, question: RootsAsked) -> RootsAnswer:
    return await asker.ask("roots", ROOTS_ASKED, question, RootsAnswer)
