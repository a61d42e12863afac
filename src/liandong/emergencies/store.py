"""Lines and emergencies in the database. Whatever changes is written in the caller's transaction, under one lock of this centre."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from liandong.core.ids import new_id
from liandong.core.sqlfiles import load_sql
from liandong.emergencies.due import next_due
from liandong.emergencies.folding import fold, roots
from liandong.emergencies.lines import EVENT_OF, Data, Line, content_of, sealed
from liandong.emergencies.model import Emergency
from liandong.exchange.emergency_messages import EmergencyLogged
from liandong.exchange.notices import send_notice
from liandong.orders.model import Exercise

SQL = load_sql("liandong.emergencies")
_encode = msgspec.json.Encoder().encode
_state = msgspec.json.Decoder(Emergency)


def state_of(text: str) -> Emergency:
    return _state.decode(text)


async def find(connection: asyncpg.Connection | asyncpg.Pool, emergency_id: UUID) -> Emergency | None:
    """The emergency that an id belongs to now: itself, or the one that it was joined into."""
    text = await connection.fetchval(SQL.state_of, emergency_id)
    return state_of(text) if text else None


def line_of(row: Any) -> Line:
    return Line(**{name: row[name] for name in Line.__struct_fields__})


async def lines_of(connection: asyncpg.Connection | asyncpg.Pool, ids: Iterable[UUID]) -> list[Line]:
    return [line_of(row) for row in await connection.fetch(SQL.lines_of, list(ids))]


async def write(
    connection: asyncpg.Connection, emergency_id: UUID, data: Data, *, centre: str, by: str, now: datetime
) -> Line:
    """The next line of ours."""
    last = await connection.fetchrow(SQL.last_own, emergency_id, centre)
    line = sealed(
        Line(
            id=new_id(),
            emergency_id=emergency_id,
            centre=centre,
            no=last["no"] + 1 if last else 1,
            lamport=await connection.fetchval(SQL.next_lamport),
            at=now,
            by=by,
            event=EVENT_OF[type(data)],
            content=content_of(data),
            previous=last["digest"] if last else "",
            digest="",
        )
    )
    await add(connection, line, came_from=None, now=now)
    return line


async def add(connection: asyncpg.Connection, line: Line, *, came_from: str | None, now: datetime) -> bool:
    """False: it is here already."""
    values = [getattr(line, name) for name in Line.__struct_fields__]
    return await connection.fetchval(SQL.add_line, *values, came_from, now) is not None


async def tell(
    connection: asyncpg.Connection,
    line: Line,
    peers: Iterable[str],
    told: Iterable[str],
    exercise: Exercise,
    now: datetime,
) -> None:
    """The line to these peers, ahead of what is no emergency; a drill overtakes nothing."""
    fields = {name: getattr(line, name) for name in Line.__struct_fields__}
    body = EmergencyLogged(**fields, told=sorted({*told, line.centre}))
    for peer in sorted(peers):
        await send_notice(
            connection, peer=peer, thread=line.emergency_id, body=body, now=now, exercise=exercise,
            urgent=exercise == Exercise.ACTUAL,
        )  # fmt: skip
    await connection.execute(SQL.wake)


async def refold(
    connection: asyncpg.Connection, emergency_id: UUID, *, centre: str, exercise: Exercise, now: datetime
) -> Emergency:
    """Folds again everything that is, or was, one with this emergency. Returns the one that it belongs to now."""
    lines = await _group(connection, emergency_id)
    belongs = roots(lines)
    named = {line.emergency_id for line in lines}
    found: Emergency | None = None
    for root in sorted(set(belongs.values()) & (named | {belongs[emergency_id]})):
        members = [one for one, up in belongs.items() if up == root]
        state = fold(root, [line for line in lines if line.emergency_id in members])
        found = state if root == belongs[emergency_id] else found
        await _keep(connection, state, root, exercise, next_due(state, centre), now)
        for member in members:
            if member != root and member in named:
                joined = fold(member, [line for line in lines if line.emergency_id == member])
                joined.status = "joined"
                await _keep(connection, joined, root, exercise, None, now)
    assert found is not None
    return found


async def _group(connection: asyncpg.Connection, emergency_id: UUID) -> list[Line]:
    """The lines of all emergencies that hang together by joins, also those that were undone."""
    ids = {emergency_id}
    while True:
        rows = await connection.fetch(SQL.group_of, list(ids))
        joins = await connection.fetch(SQL.joins_of, list(ids))
        more = {row["id"] for row in rows} | {row["root_id"] for row in rows}
        more |= {UUID(msgspec.json.decode(row["content"])["into"]) for row in joins}
        if more <= ids:
            return await lines_of(connection, ids)
        ids |= more


async def _keep(
    connection: asyncpg.Connection,
    state: Emergency,
    root: UUID,
    exercise: Exercise,
    due: datetime | None,
    now: datetime,
) -> None:
    await connection.execute(
        SQL.keep, state.id, root, state.number, state.status, state.kind, state.subtype, state.level,
        state.exercise if state.declared_at else exercise, state.declared_at or now, state.lines, _encode(state).decode(), due,
    )  # fmt: skip
