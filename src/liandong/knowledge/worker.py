"""What the clock does with cards: ends those whose last day is over, tells of those that end soon, wait for review or for an answer to
feedback, sends a peer what it was never sent, and once a day looks for what callers ask and no card answers."""

import asyncio
from datetime import date, timedelta
from typing import Any

import asyncpg

from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.clock import Clock
from liandong.knowledge.mining import mine
from liandong.knowledge.policy import default_knowledge
from liandong.knowledge.service import Knowledge
from liandong.knowledge.sharing import send_missing
from liandong.knowledge.store import SQL
from liandong.policy import CityPolicy

PAUSE = 30.0  # seconds between looks


async def look_once(pool: asyncpg.Pool, clock: Clock, knowledge: Knowledge, policy: CityPolicy) -> int:
    """One round. Returns how much there was to do; each thing is told of once."""
    done = await knowledge.expire()
    now = clock.now()
    today = policy.local_date(now)
    soon = today + timedelta(days=default_knowledge().warn_days)
    async with pool.acquire() as connection, connection.transaction():
        told = [_ends_soon(row) for row in await connection.fetch(SQL.tell_expiry, policy.centre, today, soon)]
        told += [_to_review(row) for row in await connection.fetch(SQL.tell_review, policy.centre, today)]
        told += [_feedback_late(row) for row in await connection.fetch(SQL.late_feedback, now)]
        for alarm in told:
            await raise_alarm(connection, alarm, now)
    return done + len(told) + await _send_missing(pool, clock, policy, knowledge.peers)


async def _send_missing(pool: asyncpg.Pool, clock: Clock, policy: CityPolicy, peers: tuple[str, ...]) -> int:
    sent = 0
    for peer in peers:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL.lock)
            sent += await send_missing(connection, policy.centre, peer, side=policy.side, now=clock.now())
    return sent


async def keep_cards(pool: asyncpg.Pool, clock: Clock, knowledge: Knowledge, policy: CityPolicy) -> None:
    """Runs until cancelled."""
    mined_on: date | None = None
    while True:
        await look_once(pool, clock, knowledge, policy)
        today = policy.local_date(clock.now())
        if mined_on != today:
            await mine(pool, clock, knowledge, default_knowledge())
            mined_on = today
        await asyncio.sleep(PAUSE)


def _ends_soon(row: Any) -> Alarm:
    zh = f"知识卡片 {row['number']}《{row['title']}》有效期至 {row['valid_until']}，请 {row['unit']} 更新或确认停用"
    en = f"The answer card {row['number']} ends on {row['valid_until']}: write its next version, or let it end"
    return Alarm(kind="card.ends_soon", subject=row["number"], severity=Severity.WARNING, zh=zh, en=en)


def _to_review(row: Any) -> Alarm:
    zh = f"知识卡片 {row['number']}《{row['title']}》到复核日期 {row['review_on']}，请 {row['unit']} 复核"
    en = f"The answer card {row['number']} is due for review since {row['review_on']}"
    return Alarm(kind="card.review_due", subject=row["number"], severity=Severity.WARNING, zh=zh, en=en)


def _feedback_late(row: Any) -> Alarm:
    zh = f"知识卡片 {row['number']}《{row['title']}》的反馈已过答复期限，{row['unit']} 尚未答复"
    en = f"Feedback on the answer card {row['number']} is overdue: its unit has not answered"
    return Alarm(kind="card.feedback_overdue", subject=row["number"], severity=Severity.WARNING, zh=zh, en=en)
