"""The models of a centre in its database: made, put in force by a person with a reason, rolled back in one step, each step in a log."""

from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.errors import AppError
from liandong.core.sqlfiles import load_sql
from liandong.suggesting.model import ModelCard, Target

SQL = load_sql("liandong.suggesting")
_card = msgspec.json.Decoder(ModelCard)


class ModelRow(Struct, frozen=True):
    """A version with its card. `status`: candidate, in_force or retired; `size` in bytes."""

    name: str
    version: int
    status: str
    card: ModelCard
    digest: str
    made_at: datetime
    made_by: str
    size: int


class ModelStep(Struct, frozen=True):
    at: datetime
    name: str
    version: int
    event: str
    actor: str
    reason: str
    before: int | None


class Fresh(Struct, frozen=True):
    """A model that was just learnt; it gets its version when it is kept."""

    card: ModelCard
    files: bytes


async def list_models(pool: Any, name: str | None = None) -> list[ModelRow]:
    rows = [dict(row) | {"card": _card.decode(row["card"])} for row in await pool.fetch(SQL.list_models)]
    return [ModelRow(**row) for row in rows if name in (None, row["name"])]


async def model_log(pool: Any, name: str | None, limit: int = 100) -> list[ModelStep]:
    return [ModelStep(**dict(row)) for row in await pool.fetch(SQL.model_log, name, limit)]


async def keep(pool: asyncpg.Pool, fresh: Fresh, *, event: str, by: str, reason: str, now: datetime) -> int:
    """Adds it as a candidate. Returns its version. A person puts it in force."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(SQL.hold_models)
        version: int = await connection.fetchval(SQL.next_version, fresh.card.name)
        card = msgspec.structs.replace(fresh.card, version=version)
        text = msgspec.json.encode(card).decode()
        await connection.execute(SQL.add_model, fresh.card.name, version, text, fresh.files, now, by)
        await connection.execute(SQL.log_model, now, fresh.card.name, version, event, by, reason, None)
    return version


async def promote(pool: asyncpg.Pool, name: str, version: int, *, by: str, reason: str, now: datetime) -> None:
    """Puts a version in force; the one before stays, to be rolled back to. Raises AppError: field_invalid without a reason, not_found,
    action_not_allowed for the one that is in force."""
    _check(name, reason)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(SQL.hold_models)
        status = await connection.fetchval(SQL.status_of, name, version)
        if status is None:
            raise AppError("not_found", f"模型 {name} 没有版本 {version}（no such version）")
        if status == "in_force":
            raise AppError("action_not_allowed", f"模型 {name} 的版本 {version} 已在使用（it is in force already）")
        await _put_in_force(connection, name, version, "promoted", by, reason, now)


async def roll_back(pool: asyncpg.Pool, name: str, *, by: str, reason: str, now: datetime) -> int | None:
    """Back to what read before the version in force: an earlier version, or the catalogue alone (None). Raises AppError where none is in force."""
    _check(name, reason)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(SQL.hold_models)
        current = await connection.fetchval(SQL.current, name)
        if current is None:
            raise AppError("action_not_allowed", f"模型 {name} 没有在用的版本，无可退回（nothing is in force）")
        before: int | None = await connection.fetchval(SQL.put_in_force_before, name, current)
        if before is not None:
            await _put_in_force(connection, name, before, "rolled_back", by, reason, now, keeps_before=True)
        else:
            await connection.execute(SQL.retire, name)
            await connection.execute(SQL.log_model, now, name, current, "rolled_back", by, reason, None)
    return before


async def _put_in_force(
    connection: Any,
    name: str,
    version: int,
    event: str,
    by: str,
    reason: str,
    now: datetime,
    *,
    keeps_before: bool = False,
) -> None:
    """`keeps_before`: after rolling back, the next roll back goes to what had been before that version, not forth again."""
    current = await connection.fetchval(SQL.current, name)
    before = await connection.fetchval(SQL.put_in_force_before, name, version) if keeps_before else current
    await connection.execute(SQL.retire, name)
    await connection.execute(SQL.put_in_force, name, version)
    await connection.execute(SQL.log_model, now, name, version, event, by, reason, before)


def _check(name: str, reason: str) -> None:
    if name not in set(Target):
        raise AppError("not_found", f"没有这种模型：{name}；有 {'、'.join(Target)}（no such model）")
    if len(reason.strip()) < 2:
        raise AppError("field_invalid", "请写明理由：启用或退回模型要记录依据（say why: it is recorded）")
