"""People decide about flags, and their decisions move the thresholds: a rule simple enough to be explained to a unit that was flagged."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from liandong.core.errors import AppError
from liandong.detectors.model import Decided, Detector, Flag, Training
from liandong.detectors.running import SQL, Detecting, thresholds_now

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


async def decide_flag(detecting: Detecting, flag_id: UUID, *, confirm: bool, reason: str, who: str) -> Decided:
    """Once, with a reason. Raises AppError: field_invalid, not_found, guard_refused (decided before)."""
    if len(reason.strip()) < 2:
        raise AppError("field_invalid", "请写明认定或不认定的理由（say why）")
    async with detecting.pool.acquire() as connection, connection.transaction():
        status = "confirmed" if confirm else "dismissed"
        row = await connection.fetchrow(SQL.decide_flag, flag_id, status, who, detecting.clock.now(), reason.strip())
        if row is None:
            known = await connection.fetchval(SQL.flag_known, flag_id)
            code = "guard_refused" if known else "not_found"
            raise AppError(
                code, "这个疑点已有核查结论（it was decided before）" if known else "没有这个疑点（no such flag）"
            )
        flag = flag_of(row)
        moved, because = await _train(connection, detecting, flag.detector)
        return Decided(flag, moved, because)


async def list_flags(
    pool: asyncpg.Pool, *, status: str | None, detector: str | None, before: UUID | None, limit: int
) -> list[Flag]:
    return [flag_of(row) for row in await pool.fetch(SQL.list_flags, status, detector, before, limit)]


def flag_of(row: Any) -> Flag:
    given = {name: row[name] for name in Flag.__struct_fields__}
    return Flag(**given | {"evidence": msgspec.json.decode(row["evidence"])})


async def _train(connection: asyncpg.Connection, detecting: Detecting, name: str) -> tuple[float | None, str]:
    """A new row of thresholds where the last decisions say so; the next look uses it."""
    detector, training = detecting.policy.detector(name), detecting.policy.training
    if detector is None:
        return None, ""
    now_at = (await thresholds_now(connection, detecting.policy))[name]
    since = {row["detector"]: row["since"] for row in await connection.fetch(SQL.thresholds)}.get(name)
    rows = await connection.fetch(SQL.decided_since, name, since or _BEGINNING, training.window)
    confirmed = sum(row["status"] == "confirmed" for row in rows)
    value = trained(detector, training, now_at, confirmed, len(rows))
    if value == now_at:
        return None, ""
    because = f"近{len(rows)}条核查属实{confirmed}条，阈值由{now_at:.2f}改为{value:.2f}"
    await connection.execute(SQL.move_threshold, name, value, detecting.clock.now(), because)
    return value, because


def trained(detector: Detector, training: Training, threshold: float, confirmed: int, decided: int) -> float:
    """Where the threshold goes after so many decisions. Pure."""
    if decided < training.least:
        return threshold
    precision = confirmed / decided
    step = detector.step if precision < training.low else -detector.step if precision > training.high else 0.0
    return round(min(max(threshold + step, detector.min), detector.max), 4)
