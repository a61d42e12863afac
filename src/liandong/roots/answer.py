"""Answers a peer's question about the ledger: what we hold of it, and what our own days and events are now."""

from datetime import date

import asyncpg

from liandong.exchange.ledger_bodies import Head
from liandong.roots.model import (
    DAYS_A_PAGE,
    MATTERS_A_PAGE,
    AskedHead,
    Cursor,
    HeadNow,
    HeldDay,
    OwnDay,
    RootsAnswer,
    RootsAsked,
    Sealed,
)
from liandong.roots.seal import SQL, THREAD, recomputed
from liandong.roots.tree import as_hex, day_root


async def answer(pool: asyncpg.Pool, centre: str, asker: str, asked: RootsAsked) -> RootsAnswer:
    """Everything is read now, nothing is remembered from sealing: that is what the asker wants to know."""
    span = await pool.fetchrow(SQL.seal_span)
    return RootsAnswer(
        received=await pool.fetchval(SQL.thread_received, asker, THREAD),
        first=span["first"],
        newest=span["newest"],
        held=await held_days(pool, asker, asked.held_after) if asked.held_after else [],
        heads=await held_heads(pool, asker, asked.heads_after) if asked.heads_after else [],
        days=await own_days(pool, centre, asked.days) if asked.days else [],
        matters=await _heads_now(pool, asker, asked.matters) if asked.matters else [],
    )


async def held_days(pool: asyncpg.Pool, peer: str, after: date) -> list[HeldDay]:
    """A page of what a peer has announced to us."""
    rows = await pool.fetch(SQL.held_days, peer, after, DAYS_A_PAGE)
    return [
        HeldDay(
            row["day"],
            row["roots"][0].hex(),
            row["count"],
            as_hex(row["buckets"]),
            [root.hex() for root in row["roots"][1:]],
        )
        for row in rows
    ]


async def held_heads(pool: asyncpg.Pool, peer: str, after: Cursor) -> list[Head]:
    rows = await pool.fetch(SQL.held_heads, peer, after.matter_id, after.seq, MATTERS_A_PAGE)
    return [Head(row["matter_id"], row["seq"], row["hash"].hex()) for row in rows]


async def own_days(pool: asyncpg.Pool, centre: str, days: list[date]) -> list[OwnDay]:
    """Our days as they were sealed and as they come out now; a day that is not sealed is left out."""
    found = []
    for row in await pool.fetch(SQL.sealed_on, days):
        sealed = Sealed(**row)
        count, buckets = await recomputed(pool, sealed.after_position, sealed.until_position)
        now = day_root(centre, sealed.day, count=count, previous=sealed.previous, buckets=buckets)
        found.append(OwnDay(sealed.day, sealed.root.hex(), now.hex(), count, as_hex(buckets)))
    return found


async def _heads_now(pool: asyncpg.Pool, peer: str, asked: list[AskedHead]) -> list[HeadNow]:
    rows = await pool.fetch(SQL.heads_now, peer, [one.matter_id for one in asked], [one.seq for one in asked])
    return [HeadNow(row["matter_id"], row["seq"], row["hash"].hex() if row["hash"] else None) for row in rows]
