"""Measures proposed and decided, each step with its line in a log that is only added to; lists of oversights and measures."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.catalogue.oversight import OversightPolicy
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.ids import new_id
from liandong.core.lifecycle import Blocked
from liandong.orders.context import Actor
from liandong.orders.within import condition
from liandong.oversight.measures import LIFECYCLE, Measure, MeasureStatus, Step
from liandong.oversight.model import Oversight
from liandong.oversight.opening import SQL
from liandong.policy import CityPolicy

STAMPS = {
    "approve": ("decided_by", "decided_at"),
    "refuse": ("decided_by", "decided_at"),
    "appeal": ("appealed_by", "appealed_at"),
    "uphold": ("judged_by", "judged_at"),
    "revoke": ("judged_by", "judged_at"),
    "carry_out": ("", "done_at"),
}
_WRITTEN = (
    "version", "status", "decided_by", "decided_at", "appeal_until", "appealed_by", "appealed_at", "appeal", "judged_by", "judged_at",
    "done_at",
)  # fmt: skip


LAST_ID = UUID(int=2**128 - 1)  # a page that begins before a moment begins before every id of it


class Proposal(Struct, frozen=True, forbid_unknown_fields=True):
    """A measure as it is proposed. `orders`: numbers of the orders that show it."""

    kind: str
    unit: str
    reason: str
    person: str = ""
    basis: str = ""
    evidence: str = ""
    orders: list[str] = []
    attachments: list[UUID] = []
    oversight: str | None = None


class Outstanding(Struct, frozen=True):
    """A unit that callers praise: how many evaluated, how many are satisfied, and orders that show it."""

    unit: str
    evaluations: int
    satisfied: int
    orders: list[str]


class OversightFilters(Struct, frozen=True):
    """`after`: the number that ended the page before, with the time it was opened."""

    unit: str | None = None
    authority: str | None = None
    status: str | None = None
    overdue: bool = False
    before: tuple[datetime, str] | None = None
    division: str | None = None


class Measures:
    def __init__(self, pool: asyncpg.Pool, clock: Clock, policy: CityPolicy) -> None:
        self._pool = pool
        self._clock = clock
        self._policy = policy

    async def propose(self, asked: Proposal, actor: Actor) -> Measure:
        """Raises AppError field_invalid: unknown kind, unit or order; no evidence where the kind needs it."""
        kind = self._policy.oversight.measure(asked.kind)
        if kind is None:
            raise AppError(
                "field_invalid",
                f"没有“{asked.kind}”这种措施，可用：{'、'.join(k.code for k in self._policy.oversight.measures)}",
            )
        if not self._policy.knows_unit(asked.unit):
            raise AppError("field_invalid", f"没有机构代码为“{asked.unit}”的承办单位，请从单位目录中选择")
        if not asked.orders or (kind.needs_evidence and not (asked.evidence.strip() and asked.basis.strip())):
            raise AppError(
                "field_invalid",
                f"{kind.zh}须写明相关工单编号 orders"
                + ("、事实证据 evidence 和依据 basis" if kind.needs_evidence else ""),
            )
        now = self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            known = {row["number"] for row in await connection.fetch(SQL.known_orders, asked.orders)}
            if missing := [number for number in asked.orders if number not in known]:
                raise AppError("field_invalid", f"没有这些工单：{'、'.join(missing)}")
            scope = f"{self._policy.division_code}-{self._policy.centre}-{self._policy.local_date(now):%Y}-{kind.mark}"
            number = f"{scope}-{await connection.fetchval(SQL.next_number, scope):04d}"
            values = (
                asked.unit,
                asked.person,
                asked.reason,
                asked.basis,
                asked.evidence,
                asked.orders,
                asked.attachments,
            )
            row = await connection.fetchrow(
                SQL.add_measure, new_id(), number, kind.code, "proposed", *values, asked.oversight, actor.id, now
            )
            await connection.execute(SQL.add_step, row["id"], 1, "propose", now, actor.id, asked.reason)
        return _measure(row)

    async def take(self, measure_id: UUID, action: str, actor: Actor, *, version: int, text: str = "") -> Measure:
        """One step. Raises AppError: not_found, stale_version, action_not_allowed, not_permitted, guard_refused."""
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(SQL.measure_for_update, measure_id)
            if row is None or (actor.unit is not None and row["unit"] != actor.unit):
                raise AppError("not_found", "没有这项措施，或不涉及您的单位")
            measure = _measure(row)
            if measure.version != version:
                raise AppError("stale_version", version=measure.version, status_now=measure.status)
            step = Step(actor.id, actor.unit, self._clock.now())
            found = LIFECYCLE.find(measure.status, action, actor.roles, measure, step)
            if isinstance(found, Blocked):
                raise AppError(found.code, found.text)
            after = self._after(measure, found.target or measure.status, action, step, text)
            written = await connection.fetchrow(
                SQL.write_measure, measure_id, *(getattr(after, name) for name in _WRITTEN)
            )
            await connection.execute(SQL.add_step, measure_id, after.version, action, step.at, actor.id, text)
        return _measure(written)

    def _after(self, measure: Measure, status: str, action: str, step: Step, text: str) -> Measure:
        by, at = STAMPS[action]
        change: dict[str, Any] = {"status": MeasureStatus(status), "version": measure.version + 1, at: step.at}
        change |= {by: step.by} if by else {}
        kind = self._policy.oversight.measure(measure.kind)
        if action == "approve" and kind is not None and kind.appealable:
            change["appeal_until"] = self._appeal_until(step.at)
        if action == "appeal":
            change["appeal"] = text
        return msgspec.structs.replace(measure, **change)

    def _appeal_until(self, now: datetime) -> datetime:
        policy, clock = self._policy, self._policy.oversight.appeal_clock
        return policy.clocks.deadline(clock, now, calendar=policy.calendar, centre=policy.centre).astimezone(UTC)


async def outstanding(
    pool: asyncpg.Pool, policy: OversightPolicy, since: datetime, until: datetime, limit: int = 50
) -> list[Outstanding]:
    """Candidates for praise: what callers said of each unit, without what is flagged as given in the callers' stead."""
    wanted = policy.outstanding
    rows = await pool.fetch(SQL.outstanding, since, until, wanted.evaluations_from, wanted.satisfied_from, limit)
    return [Outstanding(r["unit"], r["evaluations"], r["satisfied"], [n for n in r["orders"] or [] if n]) for r in rows]


async def list_oversights(pool: asyncpg.Pool, filters: OversightFilters, now: datetime, limit: int) -> list[Oversight]:
    sql, values = oversights_sql(filters, now, limit)
    return [_oversight(row) for row in await pool.fetch(sql, *values)]


def oversights_sql(filters: OversightFilters, now: datetime, limit: int) -> tuple[str, list[Any]]:
    """Newest first; the overdue ones are those whose unit has not replied in time."""
    conditions: list[tuple[str, Any]] = [
        ("unit = ${}", filters.unit),
        ("authority = ${}", filters.authority),
        ("status = ${}", "open" if filters.overdue else filters.status),
        ("due_at < ${}", now if filters.overdue else None),
        ("opened_at <= ${}", filters.before[0] if filters.before else None),
        ("NOT (opened_at = ${0} AND number >= ${1})", filters.before),
        (_of_division(filters.division or ""), filters.division),
    ]
    return _where("oversights", conditions, "opened_at DESC, number DESC", limit)


async def list_measures(
    pool: asyncpg.Pool,
    *,
    unit: str | None,
    kind: str | None,
    status: str | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Measure]:
    conditions: list[tuple[str, Any]] = [
        ("unit = ${}", unit),
        ("kind = ${}", kind),
        ("status = ${}", status),
        ("proposed_at <= ${}", before[0] if before else None),
        ("NOT (proposed_at = ${0} AND id >= ${1})", before),
    ]
    sql, values = _where("measures", conditions, "proposed_at DESC, id DESC", limit)
    return [_measure(row) for row in await pool.fetch(sql, *values)]


async def find_measure(pool: asyncpg.Pool, key: str, actor: Actor) -> tuple[Measure, list[dict[str, Any]]]:
    """With its steps. Raises AppError not_found, also for a unit that it is not about."""
    try:
        measure_id: UUID | None = UUID(key)
    except ValueError:
        measure_id = None
    row = await pool.fetchrow(SQL.measure, measure_id, key)
    if row is None or (actor.unit is not None and row["unit"] != actor.unit):
        raise AppError("not_found", "没有这项措施，或不涉及您的单位")
    return _measure(row), [dict(step) for step in await pool.fetch(SQL.steps_of, row["id"])]


def _of_division(division: str) -> str:
    lies = condition("w.division_code", division, "{0}")
    return f"EXISTS (SELECT FROM orders w WHERE w.id = oversights.order_id AND {lies})"


def _where(table: str, conditions: list[tuple[str, Any]], order: str, limit: int) -> tuple[str, list[Any]]:
    """A query from fixed fragments: what a caller gives only ever becomes a parameter."""
    texts: list[str] = []
    values: list[Any] = []
    for text, value in conditions:
        if value is None:
            continue
        given = value if isinstance(value, tuple) else (value,)
        places = [str(len(values) + n) for n in range(1, len(given) + 1)]
        texts.append(text.format(*places))
        values += given
    where = f"WHERE {' AND '.join(texts)}" if texts else ""
    return f"SELECT * FROM {table} {where} ORDER BY {order} LIMIT {int(limit)}", values  # noqa: S608


def _measure(row: Any) -> Measure:
    return msgspec.convert(dict(row), Measure)


def _oversight(row: Any) -> Oversight:
    told = dict(row)
    return msgspec.convert(told | {name: msgspec.json.decode(told[name]) for name in ("rounds", "checks")}, Oversight)
