"""Topics kept fresh from the orders: gathered anew every half hour in a process of their own, known again by their members, told of when they grow."""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from multiprocessing import get_context
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Meta, Struct

from liandong.catalogue.units import rows_of
from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.clock import Clock
from liandong.core.ids import new_id
from liandong.core.sqlfiles import load_sql
from liandong.merging.rules import VOID
from liandong.orders.listing import first_id
from liandong.policy import ZONE, CityPolicy
from liandong.topics.gathering import WEEK, Message, Topic, gather

SQL = load_sql("liandong.topics")
PAUSE = 30.0  # seconds between looks whether it is time
log = logging.getLogger(__name__)


class TopicsPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`days`, `most_orders`: what is gathered. A topic is known again when it shares `same` of the smaller one's members. `kept`: how many are."""

    days: Annotated[int, Meta(ge=8, le=90)]
    most_orders: Annotated[int, Meta(ge=10, le=100_000)]
    least_members: Annotated[int, Meta(ge=2)]
    same: Annotated[float, Meta(gt=0, le=1)]
    every_minutes: Annotated[int, Meta(ge=1)]
    most_places: Annotated[int, Meta(ge=1, le=50)]
    kept: Annotated[int, Meta(ge=1, le=5000)]


class Counted(Struct, frozen=True):
    """A place or a class with how many of the topic's matters it has."""

    code: str
    name: str
    count: int


class OnDay(Struct, frozen=True):
    on: date
    count: int


class TopicHint(Struct, frozen=True):
    """A living topic to which a matter that is being taken down may belong."""

    id: UUID
    name: str
    size: int
    growing: bool


class Old(Struct, frozen=True):
    id: UUID
    members: frozenset[UUID]


@cache
def default_topics() -> TopicsPolicy:
    text = files("liandong.topics").joinpath("data/topics.json").read_bytes()
    return msgspec.json.decode(text, type=TopicsPolicy)


async def keep_topics(pool: asyncpg.Pool, clock: Clock, city: CityPolicy) -> None:
    """Runs until cancelled."""
    policy = default_topics()
    while True:
        last = await pool.fetchval(SQL.last_kept)
        if last is None or last + timedelta(minutes=policy.every_minutes) <= clock.now():
            await gather_topics(pool, clock, city, policy)
            if last is None:
                await asyncio.sleep(PAUSE * policy.every_minutes / 5)  # nothing was found: not every half minute
        await asyncio.sleep(PAUSE)


async def gather_topics(
    pool: asyncpg.Pool, clock: Clock, city: CityPolicy, policy: TopicsPolicy, *, apart: bool = True
) -> int:
    """Gathers and writes in one transaction. Returns how many topics are alive; 0 also while another process gathers."""
    now = clock.now()
    rows = await pool.fetch(
        SQL.to_gather, first_id(now - timedelta(days=policy.days)), sorted(VOID), policy.most_orders
    )
    messages = [_message(row) for row in rows]
    if len(messages) < policy.least_members:
        found = []
    else:  # what gathers weighs 50 MB: not in the worker's own memory
        found = await asyncio.to_thread(_apart, messages) if apart else gather(messages)
    kept = [one for one in found if one.size >= policy.least_members][: policy.kept]
    by_id = {str(row["id"]): row for row in rows}
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval(SQL.hold):
            return 0
        ids = known_again(kept, await _alive(connection), policy)
        for key, one in zip(ids, kept, strict=True):
            members = [by_id[number] for number in one.members]
            await connection.execute(SQL.keep_topic, key, *_columns(one, members, policy, now), now)
            await connection.execute(SQL.keep_members, key, [row["id"] for row in members])
        await connection.execute(SQL.end_others, ids, now)
        for row in await connection.fetch(SQL.tell, now):
            await raise_alarm(connection, _growing(row, city), now)
    return len(ids)


async def topics_of(pool: asyncpg.Pool, orders: Sequence[UUID]) -> list[TopicHint]:
    """The living topics of these orders, the one that most of them belong to first."""
    rows = await pool.fetch(SQL.of_orders, orders) if orders else []
    counts = Counter(row["id"] for row in rows)
    hints = {row["id"]: TopicHint(row["id"], row["name"], row["size"], row["growing"]) for row in rows}
    return [hints[key] for key, _ in counts.most_common()]


def known_again(found: list[Topic], alive: list[Old], policy: TopicsPolicy) -> list[UUID]:
    """For each topic the id that it had, the one with the most members in common first; a new id for a new one."""
    shared = []
    for at, one in enumerate(found):
        members = {UUID(number) for number in one.members}
        for old in alive:
            common = len(members & old.members)
            if common and common >= policy.same * min(len(members), len(old.members)):
                shared.append((common, at, old.id))
    ids: dict[int, UUID] = {}
    for _, at, key in sorted(shared, key=lambda one: (-one[0], one[1], one[2])):
        if at not in ids and key not in ids.values():
            ids[at] = key
    return [ids.get(at) or new_id() for at in range(len(found))]


async def _alive(connection: Any) -> list[Old]:
    members: dict[UUID, set[UUID]] = {}
    for row in await connection.fetch(SQL.alive_members):
        members.setdefault(row["id"], set()).add(row["order_id"])
    return [Old(key, frozenset(found)) for key, found in members.items()]


def _message(row: Any) -> Message:
    return Message(str(row["id"]), row["title"], row["content"], row["created_at"].astimezone(ZONE).date())


def _apart(messages: list[Message]) -> list[Topic]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(gather, messages).result()


def _columns(one: Topic, members: list[Any], policy: TopicsPolicy, now: datetime) -> tuple[Any, ...]:
    today = now.astimezone(ZONE).date()
    days = Counter(row["created_at"].astimezone(ZONE).date() for row in members)
    spread = [OnDay(on, days[on]) for on in sorted(days)]
    units = Counter(row["unit"] for row in members if row["unit"])
    return (
        one.name or members[0]["title"][:20] or members[0]["content"][:20],
        list(one.words),
        len(members),
        min(days),
        max(days),
        sum(count for on, count in days.items() if today - on < WEEK),
        one.growth,
        one.growing,
        _text(_counted(Counter(row["division"] for row in members if row["division"]), _places(), policy.most_places)),
        _text(_counted(Counter(row["class"] for row in members if row["class"]), _classes(), policy.most_places)),
        _text(spread),
        units.most_common(1)[0][0] if units else None,
    )


def _counted(counts: Counter[str], names: dict[str, str], most: int) -> list[Counted]:
    return [Counted(code, names.get(code, ""), count) for code, count in counts.most_common(most)]


@cache
def _places() -> dict[str, str]:
    return {row["code"]: row["name"] for row in rows_of("divisions.csv")}


@cache
def _classes() -> dict[str, str]:
    return {
        row["code"]: row["name"] for table in ("matter_classes.csv", "police_classes.csv") for row in rows_of(table)
    }


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _growing(row: Any, city: CityPolicy) -> Alarm:
    places = "、".join(one["name"] or one["code"] for one in msgspec.json.decode(row["places"])[:2])
    unit = city.directory.last_known(row["unit"] or "")
    who = f"，多由{unit.short}办理" if unit else ""
    zh = f"热点在增长：{row['name']}，近一周 {row['recent']} 件（共 {row['size']} 件）{'，' + places if places else ''}{who}。请先去看，未诉先办"
    en = f"A topic grows: {row['name']}, {row['recent']} matters in a week of {row['size']}: look before more people complain"
    return Alarm(kind="topic.growing", subject=str(row["id"]), severity=Severity.WARNING, zh=zh, en=en)
