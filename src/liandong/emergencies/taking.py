"""What peers tell of emergencies: their lines, told on to those who may not have them, and whom their desks have taken down."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

import asyncpg
import msgspec

from liandong.core.errors import AppError
from liandong.emergencies.lines import EVENTS, Line, digest_of, read_content
from liandong.emergencies.service import Emergencies
from liandong.emergencies.store import SQL, add, find, refold, tell
from liandong.exchange.emergency_messages import CallersKept, EmergencyLogged
from liandong.exchange.notices import Handlers
from liandong.orders.context import Incoming
from liandong.orders.model import Exercise


async def take_line(
    emergencies: Emergencies, connection: asyncpg.Connection, incoming: Incoming, body: EmergencyLogged, now: datetime
) -> None:
    """Raises AppError: message_malformed (the digest, the content, real mixed with drill), message_reused (a line with two contents)."""
    line = _line(body)
    await connection.execute(SQL.lock)
    await _unmixed(connection, line, incoming.exercise)
    await connection.execute(SQL.see_lamport, line.lamport)
    if not await add(connection, line, came_from=incoming.sender, now=now):
        if await connection.fetchval(SQL.digest_of_line, line.id) != line.digest:
            raise AppError("message_reused", "同一条日志此前是另一份内容")
        return
    told = {*body.told, incoming.sender, line.centre, emergencies.centre}
    await tell(connection, line, set(emergencies.peers) - told, told | emergencies.present, incoming.exercise, now)
    state = await refold(connection, line.emergency_id, centre=emergencies.centre, exercise=incoming.exercise, now=now)
    await emergencies.alarm(connection, line, state, now)
    if line.event == "emergency.declared" and state.id == line.emergency_id:
        await emergencies.join_twins(connection, state, now)


def _line(body: EmergencyLogged) -> Line:
    line = Line(**{name: getattr(body, name) for name in Line.__struct_fields__})
    if digest_of(line) != line.digest:
        raise AppError("message_malformed", "内容与摘要不符")
    try:
        if line.event in EVENTS:
            read_content(line.event, line.content)
        else:
            msgspec.json.decode(line.content)
    except msgspec.MsgspecError as error:
        raise AppError("message_malformed", f"日志内容不能使用：{error}") from error
    return line


async def _unmixed(connection: asyncpg.Connection, line: Line, exercise: Exercise) -> None:
    """A drill never becomes real, nor the other way round, by whatever a message says."""
    known = await connection.fetchval(SQL.exercise_of, line.emergency_id)
    if known is not None and known != exercise:
        raise AppError("message_malformed", "演练和真实事件不能混在一起")
    data = read_content(line.event, line.content) if line.event == "emergency.declared" else None
    if data is not None and data.exercise != exercise:
        raise AppError("message_malformed", "消息的演练标记与内容不符")
    if line.event == "emergency.joined":
        other = await connection.fetchval(SQL.exercise_of, read_content(line.event, line.content).into)
        if other is not None and other != exercise:
            raise AppError("message_malformed", "演练和真实事件不能合并")


async def take_callers(
    emergencies: Emergencies, connection: asyncpg.Connection, incoming: Incoming, body: CallersKept, now: datetime
) -> None:
    """Whoever took a caller first calls back: our own row gives way where the sender was first."""
    known = await connection.fetchval(SQL.exercise_of, body.emergency_id)
    if known is not None and known != incoming.exercise:
        raise AppError("message_malformed", "演练和真实事件不能混在一起")
    keys, moments = [one.key for one in body.callers], [one.at for one in body.callers]
    done = [one.called_back for one in body.callers]
    await connection.execute(SQL.keep_elsewhere, body.emergency_id, incoming.sender, keys, moments, done)
    state = await find(connection, body.emergency_id)
    ids = [state.id, *state.members] if state else [body.emergency_id]
    await connection.execute(SQL.leave_to, ids, incoming.sender, keys, moments, emergencies.centre)


_TAKES: dict[str, Callable[..., Awaitable[None]]] = {
    "emergency.logged.v1": take_line,
    "emergency.callers_kept.v1": take_callers,
}
KINDS = tuple(_TAKES)


def handlers(emergencies: Emergencies) -> Handlers:
    return {kind: partial(take, emergencies) for kind, take in _TAKES.items()}
