"""The worker's weekly turn: closed orders in, candidates out. Learning runs in a process of its own; a person puts a candidate in force."""

import asyncio
import logging
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.clock import Clock
from liandong.orders.listing import first_id
from liandong.orders.model import RESOLVED
from liandong.policy import ZONE, CityPolicy
from liandong.suggesting.model import Example, Target
from liandong.suggesting.policy import SuggestingPolicy, TrainingPolicy
from liandong.suggesting.store import SQL, Fresh, keep
from liandong.suggesting.training import Job, Outcome, train_all

SYSTEM = "training"
HOLD = "SELECT pg_try_advisory_lock(hashtext('liandong training'))"
RELEASE = "SELECT pg_advisory_unlock(hashtext('liandong training'))"
log = logging.getLogger(__name__)


class Trained(Struct, frozen=True):
    """`versions`: by name the candidates that were made. `left_out`: by name, why nothing was made."""

    rows: int
    versions: dict[str, int]
    left_out: dict[str, str]


def is_due(last: datetime | None, policy: TrainingPolicy, now: datetime) -> bool:
    """Once in each week, from the policy's hour of its weekday on; whoever was down then makes up for it."""
    if not policy.on:
        return False
    local = now.astimezone(ZONE)
    days_since = (local.isoweekday() - policy.weekday) % 7
    turn = (local - timedelta(days=days_since)).replace(hour=policy.hour, minute=0, second=0, microsecond=0)
    if turn > local:
        turn -= timedelta(days=7)
    return last is None or last < turn


async def train_if_due(
    pool: asyncpg.Pool, clock: Clock, city: CityPolicy, policy: SuggestingPolicy, last: datetime | None
) -> Trained | None:
    return await train_now(pool, clock, city, policy) if is_due(last, policy.training, clock.now()) else None


async def train_now(
    pool: asyncpg.Pool,
    clock: Clock,
    city: CityPolicy,
    policy: SuggestingPolicy,
    *,
    by: str = SYSTEM,
    apart: bool = True,
) -> Trained | None:
    """None: another process trains. `apart`: in a process of its own."""
    async with pool.acquire() as holder:
        if not await holder.fetchval(HOLD):
            return None
        try:
            return await _train(pool, clock, city, policy, by=by, apart=apart)
        finally:
            await holder.execute(RELEASE)


async def _train(
    pool: asyncpg.Pool, clock: Clock, city: CityPolicy, policy: SuggestingPolicy, *, by: str, apart: bool
) -> Trained:
    now = clock.now()
    examples = await read_examples(pool, policy.training, now)
    in_force = {}
    for row in await pool.fetch(SQL.in_force):
        stored = await pool.fetchrow(SQL.files, row["name"], row["version"])
        in_force[row["name"]] = (stored["card"], stored["files"])
    job = Job(city.kind, policy, city.directory, city.local_date(now), examples, in_force)
    apart = apart and len(examples) >= policy.training.least_rows
    outcome = await asyncio.to_thread(_apart, job) if apart else train_all(job)
    versions = {}
    for fresh in outcome.fresh:
        versions[str(fresh.card.name)] = version = await keep(
            pool, fresh, event="trained", by=by, reason=_said(fresh), now=now
        )
        await raise_alarm(pool, _candidate(fresh, version), now)
    log.info("trained on %d closed orders: %s; left out: %s", len(examples), versions, outcome.left_out)
    return Trained(len(examples), versions, outcome.left_out)


async def read_examples(pool: asyncpg.Pool, policy: TrainingPolicy, now: datetime) -> list[Example]:
    """Oldest first."""
    since = first_id(now - timedelta(days=policy.days))
    rows = await pool.fetch(SQL.examples, since, sorted(RESOLVED - {"cancelled", "guided"}), policy.most_rows)
    return [_example(row) for row in reversed(rows)]


def _example(row: Any) -> Example:
    shares = msgspec.json.decode(row["shares"]) if row["shares"] else []
    return Example(
        text=f"{row['title']}\n{row['content']}".strip(),
        on=row["created_at"].astimezone(ZONE).date(),
        class_code=row["class_code"],
        type=row["type"],
        unit=row["unit"],
        division=row["division"],
        co_handlers=tuple(sorted({share["unit"] for share in shares} - {row["unit"]})),
    )


def _apart(job: Job) -> Outcome:
    """One job in a fresh process, so that neither its memory nor its time is the worker's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_work, msgspec.msgpack.encode(job)).result()


def _work(job: bytes) -> Outcome:
    return train_all(msgspec.msgpack.decode(job, type=Job))


def _said(fresh: Fresh) -> str:
    compared, card = fresh.card.compared, fresh.card
    before = f"{compared.against} {compared.accuracy_before:.3f}" if compared else "—"
    return f"{card.rows} 件学习，{card.held_out} 件检验：正确率 {card.figures.accuracy:.3f}，同样的件上 {before}"


def _candidate(fresh: Fresh, version: int) -> Alarm:
    name = {Target.CLASS: "分类", Target.TYPE: "类型", Target.UNIT: "承办单位"}[fresh.card.name]
    zh = f"{name}模型有了候选版本 {version}：{_said(fresh)}。由人决定是否启用"
    en = (
        f"A candidate of the model {fresh.card.name}, version {version}, was trained: a person decides whether it reads"
    )
    return Alarm(kind="model.trained", subject=fresh.card.name, severity=Severity.INFO, zh=zh, en=en)
