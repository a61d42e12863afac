"""Does a model still read what it was taught? Class shares and what came true over the last days, beside what was learnt and measured."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg
from msgspec import Struct

from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.clock import Clock
from liandong.orders.listing import first_id
from liandong.policy import CityPolicy
from liandong.suggesting.classes import class_names, fold
from liandong.suggesting.guessing import Loaded
from liandong.suggesting.model import Target
from liandong.suggesting.policy import DriftPolicy
from liandong.suggesting.store import SQL

MOVES = 3


class Move(Struct, frozen=True):
    code: str
    name: str
    learnt: float
    now: float


class Drift(Struct, frozen=True):
    """Of one model in force. `shift`: half the sum of the differences of shares, 0 the same, 1 nothing in common; None where nothing is
    compared. `held`: share of first guesses that came true of `became` shown ones; `measured`: what its card says. `why`: empty without drift."""

    name: str
    version: int
    days: int
    rows: int
    shift: float | None
    moves: tuple[Move, ...]
    became: int
    held: float | None
    measured: float
    chosen: int
    accepted: float | None
    why: tuple[str, ...]


async def look(
    pool: asyncpg.Pool, city: CityPolicy, policy: DriftPolicy, models: dict[str, Loaded], now: datetime
) -> list[Drift]:
    """Every model in force."""
    since = now - timedelta(days=policy.days)
    counted = await pool.fetch(SQL.class_shares, first_id(since)) if Target.CLASS in models else []
    shown = await pool.fetch(SQL.figures, city.local_date(since), city.local_date(now), None)
    return [_of(one, counted, [row for row in shown if row["field"] == name], policy) for name, one in models.items()]


def _of(model: Loaded, counted: list[Any], shown: list[Any], policy: DriftPolicy) -> Drift:
    card = model.card
    counts = {row["class"]: row["count"] for row in counted} if card.name == Target.CLASS else {}
    rows = sum(counts.values())
    shift, moves = _shift(card.shares, counts) if counts else (None, ())
    own = [row for row in shown if row["model"] == card.name and row["version"] == str(card.version)]
    sums = {name: sum(row[name] for row in own) for name in ("chosen", "accepted", "became", "held")}
    held = sums["held"] / sums["became"] if sums["became"] else None
    why = []
    if shift is not None and rows >= policy.least_rows and shift > policy.most_shift:
        names = "、".join(f"{one.name or one.code} {one.learnt:.1%} → {one.now:.1%}" for one in moves)
        why.append(f"近 {policy.days} 天的分类与训练时差 {shift:.0%}：{names}")
    if held is not None and sums["became"] >= policy.least_rows and held < card.figures.accuracy - policy.most_drop:
        why.append(f"近 {policy.days} 天的首选有 {held:.1%} 与最后核定相同，训练时量得 {card.figures.accuracy:.1%}")
    return Drift(
        name=card.name,
        version=card.version,
        days=policy.days,
        rows=rows,
        shift=None if shift is None else round(shift, 4),
        moves=moves,
        became=sums["became"],
        held=None if held is None else round(held, 4),
        measured=card.figures.accuracy,
        chosen=sums["chosen"],
        accepted=round(sums["accepted"] / sums["chosen"], 4) if sums["chosen"] else None,
        why=tuple(why),
    )


def _shift(learnt: dict[str, float], counts: dict[str, int]) -> tuple[float, tuple[Move, ...]]:
    """Classes of now as they were learnt; what was never seen is a class of its own."""
    known = {code: code for code in learnt}
    total = sum(counts.values())
    shares: dict[str, float] = {}
    for code, count in counts.items():
        target = fold(code, known) or code
        shares[target] = shares.get(target, 0.0) + count / total
    apart = {code: shares.get(code, 0.0) - learnt.get(code, 0.0) for code in {*shares, *learnt}}
    names = class_names()
    most = sorted(apart, key=lambda code: (-abs(apart[code]), code))[:MOVES]
    moves = [Move(code, names.get(code, ""), learnt.get(code, 0.0), round(shares.get(code, 0.0), 4)) for code in most]
    return sum(abs(one) for one in apart.values()) / 2, tuple(moves)


async def tell(pool: asyncpg.Pool, clock: Clock, found: list[Drift]) -> int:
    """An alarm and a line in the log for each model that drifted, once in the days that are looked at. Returns how many."""
    told, now = 0, clock.now()
    for one in (one for one in found if one.why):
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL.hold_models)
            last = await connection.fetchval(SQL.last_event, one.name, one.version, "drifted")
            if last is not None and last > now - timedelta(days=one.days):
                continue
            text = "；".join(one.why)
            await connection.execute(SQL.log_model, now, one.name, one.version, "drifted", "clock", text, None)
            zh = f"模型 {one.name} {one.version} 漂移：{text}。请看“模型”页，必要时重新训练或退回"
            en = f"The model {one.name} {one.version} has drifted: see the models page; train anew or roll back"
            await raise_alarm(
                connection,
                Alarm(kind="model.drifted", subject=one.name, severity=Severity.WARNING, zh=zh, en=en),
                now,
            )
            told += 1
    return told
