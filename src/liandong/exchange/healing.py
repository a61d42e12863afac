"""Reconciles with a peer: asks for its views, looks at every difference twice, sends again what is proven to be lacking, and puts the rest before people.

Running it on both sides at once, or twice, does no harm: what is sent again twice has its effect once, a discrepancy is one row.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.ids import new_id
from liandong.discrepancies import store as discrepancies
from liandong.discrepancies.store import Found
from liandong.exchange.asking import Asker
from liandong.exchange.ledger_bodies import MATTERS_A_NOTICE, MessagesMissed, Missed
from liandong.exchange.notices import send_notice
from liandong.exchange.receive import SQL
from liandong.exchange.reconcile import ON_THE_WAY, SERIOUS, Difference, compare, only_theirs
from liandong.exchange.views import PAGE, VIEWS_ASKED, MatterView, ViewsAsked, following, shared_matters
from liandong.orders.context import Incoming

DAYS = 7
TRIES = 3  # how often the same difference is healed before it is left to people


class Reconciled(Struct, frozen=True):
    """`resent`: messages queued again here; `asked_for`: matters whose messages the peer was asked to send again."""

    peer: str
    looked: int
    differences: list[Difference]
    resent: int = 0
    asked_for: int = 0
    healed: int = 0

    def kinds(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for difference in self.differences:
            counts[difference.kind] = counts.get(difference.kind, 0) + 1
        return counts


async def reconcile(
    pool: asyncpg.Pool,
    asker: Asker,
    *,
    clock: Clock,
    days: int = DAYS,
    heal: bool = False,
    nightly: bool = False,
    progress: Callable[[int], None] = lambda _: None,
) -> Reconciled:
    """Every matter that is open at either side, was closed within `days`, or is known to differ. Raises exchange.asking.NoAnswer.

    `progress` is told how many more matters were looked at.
    """
    looked, suspects = await _first_look(pool, asker, since=clock.now() - timedelta(days=days), progress=progress)
    differences = await _second_look(pool, asker, suspects)
    now = clock.now()
    found = [_found(asker.peer, one) for one in differences if one.kind != ON_THE_WAY]
    settled = looked - {one.matter_id for one in differences if one.kind == ON_THE_WAY}
    done = Reconciled(asker.peer, len(looked), differences)
    async with pool.acquire() as connection, connection.transaction():
        await discrepancies.put_down(connection, found, now)
        gone = await discrepancies.heal_gone(
            connection, asker.peer, kinds=SERIOUS, looked=settled, found=found, now=now
        )
        resent, asked_for = await _heal(connection, asker.peer, differences, now) if heal else (0, 0)
        kinds = msgspec.json.encode(done.kinds()).decode()
        again = resent + asked_for
        await connection.execute(
            SQL.record_reconciliation, asker.peer, now, nightly, days, len(looked), kinds, again, None
        )
    return msgspec.structs.replace(done, resent=resent, asked_for=asked_for, healed=gone)


async def _first_look(
    pool: asyncpg.Pool, asker: Asker, *, since: datetime, progress: Callable[[int], None]
) -> tuple[set[UUID], dict[UUID, Difference]]:
    """Which matters there are, and which of them look different."""
    looked: set[UUID] = set()
    suspects: dict[UUID, Difference] = {}

    def fresh(page: list[MatterView]) -> list[MatterView]:
        new = [view for view in page if view.matter_id not in looked]
        looked.update(view.matter_id for view in new)
        progress(len(new))
        return new

    known = [row["matter_id"] for row in await pool.fetch(discrepancies.SQL.open_matters, asker.peer, list(SERIOUS))]
    for start in (ViewsAsked(), ViewsAsked(closed_since=since), *_named(known)):
        async for page in _our_pages(pool, asker.peer, start):
            if ours := fresh(page):
                theirs = await _ask(asker, ViewsAsked(matters=[view.matter_id for view in ours]))
                suspects |= _by_matter(compare(ours, theirs))
        async for page in _their_pages(asker, start):
            if theirs := fresh(page):
                ours = await shared_matters(pool, asker.peer, ViewsAsked(matters=[view.matter_id for view in theirs]))
                suspects |= _by_matter(_both_ways(ours, theirs))
    return looked | set(known), suspects


async def _second_look(pool: asyncpg.Pool, asker: Asker, suspects: dict[UUID, Difference]) -> list[Difference]:
    """What still differs, and whose numbers stood still meanwhile: a busy matter differs for a moment without anything being wrong.

    Ours are read before and after theirs, so that a message handed over in between shows as movement.
    """
    found: list[Difference] = []
    for named in _named(suspects):
        before = {view.matter_id: view for view in await shared_matters(pool, asker.peer, named)}
        theirs = await _ask(asker, named)
        ours = await shared_matters(pool, asker.peer, named)
        moving = {view.matter_id for view in ours if before.get(view.matter_id) != view}
        for one in _both_ways(ours, theirs):
            if one.matter_id in moving or one.kind != suspects[one.matter_id].kind:
                one = Difference(one.matter_id, ON_THE_WAY, "正在变化，下次再核对")
            found.append(one)
    return found


async def _heal(
    connection: asyncpg.Connection, peer: str, differences: list[Difference], now: datetime
) -> tuple[int, int]:
    """Sends again what the peer lacks, asks for what we lack; not for ever."""
    lacking = [one for one in differences if one.we_lack_after is not None or one.they_lack_after is not None]
    kinds, subjects = [one.kind for one in lacking], [str(one.matter_id) for one in lacking]
    rows = await connection.fetch(discrepancies.SQL.tries_of, peer, kinds, subjects)
    tries = {(row["kind"], row["subject"]): row["tries"] for row in rows}
    chosen = [one for one in lacking if tries.get((one.kind, str(one.matter_id)), TRIES) < TRIES]
    theirs = [(one.matter_id, one.they_lack_after) for one in chosen if one.they_lack_after is not None]
    ours = [Missed(one.matter_id, one.we_lack_after) for one in chosen if one.we_lack_after is not None]
    resent = await _send_again(connection, peer, theirs, now) if theirs else 0
    for at in range(0, len(ours), MATTERS_A_NOTICE):
        # A thread of its own: the numbers of an old one may be lost with the rest.
        body = MessagesMissed(matters=ours[at : at + MATTERS_A_NOTICE])
        await send_notice(connection, peer=peer, thread=new_id(), body=body, now=now)
    await connection.execute(
        discrepancies.SQL.tried, peer, [one.kind for one in chosen], [str(one.matter_id) for one in chosen]
    )
    return resent, len(ours)


async def send_again_in_thread(connection: Any, peer: str, *, thread: UUID, after: int, now: datetime) -> int:
    """The notices of a thread that a peer proves to lack. Returns how many were queued again."""
    return await _send_again(connection, peer, [(thread, after)], now)


async def take_missed(connection: asyncpg.Connection, incoming: Incoming, body: MessagesMissed, now: datetime) -> None:
    """A peer lacks what it once acknowledged: it goes again. Only messages to that very peer."""
    await _send_again(connection, incoming.sender, [(one.matter_id, one.after) for one in body.matters], now)


async def _send_again(connection: Any, peer: str, after: list[tuple[UUID, int]], now: datetime) -> int:
    matters, numbers = [matter for matter, _ in after], [number for _, number in after]
    rows = await connection.fetch(SQL.send_again, peer, matters, numbers, now)
    if rows:
        await connection.execute("SELECT pg_notify('outbox', '')")
    return len(rows)


def _both_ways(ours: list[MatterView], theirs: list[MatterView]) -> list[Difference]:
    here = {view.matter_id for view in ours}
    return compare(ours, theirs) + [only_theirs(view) for view in theirs if view.matter_id not in here]


def _by_matter(differences: list[Difference]) -> dict[UUID, Difference]:
    return {one.matter_id: one for one in differences}


def _found(peer: str, one: Difference) -> Found:
    return Found(peer, one.kind, str(one.matter_id), one.text, one.matter_id)


def _named(matters: Iterable[UUID]) -> list[ViewsAsked]:
    """Questions for these matters, as many as they need."""
    chosen = list(matters)
    return [ViewsAsked(matters=chosen[at : at + PAGE]) for at in range(0, len(chosen), PAGE)]


async def _our_pages(pool: asyncpg.Pool, peer: str, start: ViewsAsked) -> AsyncIterator[list[MatterView]]:
    asked: ViewsAsked | None = start
    while asked is not None:
        page = await shared_matters(pool, peer, asked)
        if page:
            yield page
        asked = following(asked, page) if asked.matters is None else None


async def _their_pages(asker: Asker, start: ViewsAsked) -> AsyncIterator[list[MatterView]]:
    asked: ViewsAsked | None = start
    while asked is not None:
        page = await _ask(asker, asked)
        if page:
            yield page
        asked = following(asked, page) if asked.matters is None else None


async def _ask(asker: Asker, question: ViewsAsked) -> list[MatterView]:
    return await asker.ask("views", VIEWS_ASKED, question, list[MatterView])


NOTICES: dict[str, Any] = {"messages.missed.v1": take_missed}
