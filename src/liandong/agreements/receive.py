"""What a peer's notices about catalogues do, each in one transaction with its inbox row."""

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from liandong.agreements.model import Asked, Status, Version
from liandong.agreements.parcels import unpacked
from liandong.agreements.steps import SQL, THREAD, add_log, find_version, local_day, take_step
from liandong.catalogue.content import read_content
from liandong.core.errors import AppError
from liandong.exchange.catalogue_messages import (
    CatalogueAgreed,
    CatalogueDeclined,
    CatalogueProposed,
    CatalogueWithdrawn,
)
from liandong.exchange.notices import Handlers, send_notice
from liandong.orders.context import Incoming, peer_actor


async def note_proposed(
    connection: asyncpg.Connection, incoming: Incoming, body: CatalogueProposed, now: datetime
) -> None:
    """Waits for the last part. A content that can't be opened is declined at once, so that the proposer sees why."""
    sender = incoming.sender
    await connection.execute(SQL.lock)
    await connection.execute(SQL.keep_part, sender, body.version_id, body.part, body.content)
    if body.part < body.parts:
        return
    pieces = [row["content"] for row in await connection.fetch(SQL.parts, sender, body.version_id)]
    await connection.execute(SQL.drop_parts, sender, body.version_id)
    if await find_version(connection, body.version_id) is not None:
        raise AppError("message_reused", "此版本已提出过")
    asked = _asked("note_proposed", incoming, now, by=body.by)
    version = Version(
        id=body.version_id,
        peer=sender,
        origin="peer",
        status=Status.PROPOSED,
        title=body.title,
        notes=body.notes,
        digest=body.digest,
        base=body.base,
        no=body.no,
        effective_from=body.effective_from,
        made_by=body.by or sender,
        made_at=now,
    )
    try:
        content = unpacked(pieces, body.digest)
        if sender not in read_content(content).centres:
            raise ValueError(f"不是{sender}的清单")
    except ValueError as error:  # msgspec's errors are ValueErrors
        await _decline(connection, version, msgspec.structs.replace(asked, reason=f"收到的内容不能使用：{error}"))
        return
    await connection.execute(
        SQL.add_version, version.id, sender, version.origin, version.status, version.title, version.notes, content,
        version.digest, version.base, version.no, version.effective_from, version.made_by, version.made_at,
    )  # fmt: skip
    await add_log(connection, version, asked, "catalogue.proposed_by_peer", version.status)


async def note_agreed(connection: asyncpg.Connection, incoming: Incoming, body: CatalogueAgreed, now: datetime) -> None:
    asked = _asked(
        "note_agreed",
        incoming,
        now,
        digest=body.digest,
        effective_from=body.effective_from,
        at=body.at,
        by=body.by or incoming.sender,
    )
    await _note(connection, incoming, body.version_id, asked)


async def note_declined(
    connection: asyncpg.Connection, incoming: Incoming, body: CatalogueDeclined, now: datetime
) -> None:
    by = body.by or incoming.sender
    asked = _asked("note_declined", incoming, now, digest=body.digest, reason=body.reason, by=by)
    await _note(connection, incoming, body.version_id, asked)


async def note_withdrawn(
    connection: asyncpg.Connection, incoming: Incoming, body: CatalogueWithdrawn, now: datetime
) -> None:
    asked = _asked("note_withdrawn", incoming, now, digest=body.digest, reason=body.reason, confirmed=body.confirmed)
    if await find_version(connection, body.version_id) is None and not body.confirmed:
        return  # it was declined unopened: that answer is on its way
    await _note(connection, incoming, body.version_id, asked)


async def _note(connection: asyncpg.Connection, incoming: Incoming, version_id: UUID, asked: Asked) -> None:
    version = await find_version(connection, version_id)
    if version is None or version.peer != incoming.sender:
        raise AppError("not_found", "本中心没有这个目录版本")
    await take_step(connection, version_id, asked)


async def _decline(connection: asyncpg.Connection, version: Version, asked: Asked) -> None:
    await add_log(connection, version, asked, "catalogue.declined_unopened", Status.DECLINED)
    body = CatalogueDeclined(version.id, version.digest, asked.reason)
    await send_notice(connection, peer=version.peer, thread=THREAD, body=body, now=asked.now)


def _asked(action: str, incoming: Incoming, now: datetime, **more: object) -> Asked:
    return Asked(action, peer_actor(incoming.sender), now, local_day(now), **more)  # type: ignore[arg-type]


HANDLERS: Handlers = {
    "catalogue.proposed.v1": note_proposed,
    "catalogue.agreed.v1": note_agreed,
    "catalogue.declined.v1": note_declined,
    "catalogue.withdrawn.v1": note_withdrawn,
}
