"""One step of a version: looked up in the lifecycle, written with its line in the log and its notice, all in one transaction."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import msgspec

from liandong.agreements import parcels
from liandong.agreements.checks import all_faults
from liandong.agreements.lifecycle import ALREADY, LIFECYCLE
from liandong.agreements.model import Asked, Head, Standing, Status, Version
from liandong.catalogue.content import Content, pair_of, read_content
from liandong.catalogue.transfer import default_catalogue
from liandong.core.errors import AppError
from liandong.core.lifecycle import Blocked, Transition
from liandong.core.sqlfiles import load_sql
from liandong.exchange.body import Body
from liandong.exchange.catalogue_messages import CatalogueAgreed, CatalogueDeclined, CatalogueWithdrawn
from liandong.exchange.notices import send_notice
from liandong.policy import ZONE

SQL = load_sql("liandong.agreements")
THREAD = uuid5(UUID(int=0), "liandong catalogue")
"""All notices about catalogues between two centres are one thread, so they are carried out in order."""


def local_day(now: datetime) -> date:
    return now.astimezone(ZONE).date()


async def take_step(connection: asyncpg.Connection, version_id: UUID, asked: Asked, *, centre: str = "") -> Version:
    """Needs a transaction. The same step taken before changes nothing. Raises AppError: not_found, action_not_allowed,
    not_permitted, guard_refused.

    centre: this centre; needed by the steps of people, whose guards look at the content.
    """
    await connection.execute(SQL.lock)
    version = await find_version(connection, version_id)
    if version is None:
        raise AppError("not_found", "没有这个目录版本")
    if version.status in ALREADY.get(asked.action, ()) and asked.digest in ("", version.digest):
        return version
    standing = await _standing(connection, version, asked, centre)
    row = LIFECYCLE.find(version.status, asked.action, asked.actor.roles, standing, asked)
    if isinstance(row, Blocked):
        raise AppError(row.code, row.text)
    after = msgspec.structs.replace(version, **_changes(row, standing, asked))
    await _write(connection, after, row, asked)
    return after


async def find_version(connection: Any, version_id: UUID) -> Version | None:
    row = await connection.fetchrow(SQL.version, version_id)
    return None if row is None else version_of(row)


def version_of(row: Any) -> Version:
    return msgspec.convert(dict(row), Version)


async def head_of(connection: Any, peer: str) -> Head:
    row = await connection.fetchrow(SQL.head, peer)
    return Head(row["no"], row["digest"]) if row else Head(0, None)


async def add_log(connection: Any, version: Version, asked: Asked, event: str, status: str) -> None:
    body = {"digest": version.digest, "reason": asked.reason, "by": asked.by, "effective_from": version.effective_from}
    told = msgspec.json.encode({name: value for name, value in body.items() if value}).decode()
    role = next(iter(sorted(asked.actor.roles)), "")
    await connection.execute(
        SQL.add_log, version.id, version.peer, asked.now, asked.actor.id, role, event, status, told
    )


async def faults_of(connection: Any, content: Content, centre: str, peer: str) -> tuple[str, ...]:
    """Why this content can't be agreed, in words."""
    taken = set()
    replaced = {peer}
    for row in await connection.fetch(SQL.live_contents, peer):
        replaced.add(row["peer"])
        taken |= {item.code for item in read_content(row["content"]).items}
    pairs = {frozenset((centre, other)) for other in replaced}
    taken |= {item.code for item in default_catalogue().items if frozenset((item.from_, item.to)) not in pairs}
    return tuple(f"{fault.code} {fault.zh}".strip() for fault in all_faults(content, pair_of(centre, peer), taken))


async def _standing(connection: Any, version: Version, asked: Asked, centre: str) -> Standing:
    faults: tuple[str, ...] = ()
    if asked.action in ("propose", "agree"):
        content = read_content(await connection.fetchval(SQL.content, version.id))
        faults = await faults_of(connection, content, centre, version.peer)
    return Standing(
        version,
        head=await head_of(connection, version.peer),
        ours_on_table=await connection.fetchval(SQL.ours_on_table, version.peer),
        faults=faults,
    )


def _changes(row: Transition, standing: Standing, asked: Asked) -> dict[str, Any]:
    by_action: dict[str, dict[str, Any]] = {
        "propose": {"no": standing.head.no + 1, "effective_from": asked.effective_from},
        "agree": {"agreed_at": asked.now, "answered_by": asked.actor.id},
        "decline": {"reason": asked.reason, "answered_by": asked.actor.id},
        "withdraw": {"reason": asked.reason},
        "note_agreed": {"agreed_at": asked.at, "answered_by": asked.by},
        "note_declined": {"reason": asked.reason, "answered_by": asked.by},
        "come_into_force": {"in_force_at": asked.now},
        "supersede": {"superseded_at": asked.now},
    }
    status = {"status": Status(row.target)} if row.target else {}
    return by_action.get(asked.action, {}) | status


async def _write(connection: asyncpg.Connection, after: Version, row: Transition, asked: Asked) -> None:
    await connection.execute(
        SQL.change_version, after.id, after.status, after.no, after.effective_from, after.answered_by, after.reason,
        after.agreed_at, after.in_force_at, after.superseded_at,
    )  # fmt: skip
    await add_log(connection, after, asked, row.event, after.status)
    for kind in row.sends:
        content = await connection.fetchval(SQL.content, after.id) if kind == "catalogue.proposed.v1" else ""
        for body in _BODIES[kind](after, asked, content):
            await send_notice(connection, peer=after.peer, thread=THREAD, body=body, now=asked.now)


def _proposed(version: Version, asked: Asked, content: str) -> Iterable[Body]:
    return parcels.packed(version, content, asked.actor.id)


def _agreed(version: Version, asked: Asked, content: str) -> Iterable[Body]:
    assert version.effective_from is not None
    yield CatalogueAgreed(version.id, version.digest, version.effective_from, at=asked.now, by=asked.actor.id)


def _declined(version: Version, asked: Asked, content: str) -> Iterable[Body]:
    yield CatalogueDeclined(version.id, version.digest, asked.reason, by=asked.actor.id)


def _withdrawn(version: Version, asked: Asked, content: str) -> Iterable[Body]:
    confirmed = asked.action == "note_withdrawn"
    yield CatalogueWithdrawn(version.id, version.digest, reason=asked.reason, confirmed=confirmed)


_BODIES: dict[str, Callable[[Version, Asked, str], Iterable[Body]]] = {
    "catalogue.proposed.v1": _proposed,
    "catalogue.agreed.v1": _agreed,
    "catalogue.declined.v1": _declined,
    "catalogue.withdrawn.v1": _withdrawn,
}
