"""The auditor from outside: a process of its own, best on another machine, with read rights only. It also sees what the worker's own
auditor can't: that no worker runs, that the auditor is silent, that the database is away."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import asyncpg
import msgspec
from msgspec import Struct

from liandong.audit.auditor import NAMES
from liandong.audit.checks import NOTHING, SQL, Auditor, Place
from liandong.audit.model import Found, Looked, words
from liandong.core import db
from liandong.core.clock import Clock

AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)


class News(Struct, frozen=True, omit_defaults=True):
    """One line of `liandong audit`: a finding that is open, or over. Times are RFC 3339."""

    at: datetime
    state: str
    kind: str
    severity: str
    thing: str
    zh: str
    en: str
    order_id: str = ""


Tell = Callable[[News], None]


async def look_once(dsn: str, auditor: Auditor, clock: Clock) -> Looked:
    """Everything: every open order, not just a slice. Raises what a database that is away raises."""
    connection = await db.connect(dsn, name="liandong audit")
    try:
        place = await _first_place(connection, auditor)
        found: dict[tuple[str, str], Found] = {}
        while True:
            looked = await _look(connection, auditor, clock, place)
            found |= {(one.kind, one.thing): one for one in looked.found}
            place = Place(looked.txid, looked.position, looked.swept)
            if looked.swept == NOTHING:
                return msgspec.structs.replace(looked, found=list(found.values()))
    finally:
        await connection.close()


async def watch(dsn: str, auditor: Auditor, clock: Clock, tell: Tell, *, rounds: int | None = None) -> None:
    """Looks again and again until cancelled (or for `rounds`), and tells what is new and what is over."""
    known: dict[tuple[str, str], Found] = {}
    place: Place | None = None
    while rounds is None or rounds > 0:
        try:
            connection = await db.connect(dsn, name="liandong audit")
            try:
                place = place or await _first_place(connection, auditor)
                looked = await _look(connection, auditor, clock, place)
                place = Place(looked.txid, looked.position, looked.swept)
            finally:
                await connection.close()
        except AWAY as error:
            away = Found("no_database", "database", None, {"why": str(error) or type(error).__name__})
            looked = Looked(clock.now(), [away], [])
        _tell_changes(auditor, looked, known, tell)
        rounds = None if rounds is None else rounds - 1
        if rounds != 0:
            await asyncio.sleep(auditor.audit.every_seconds)


def _tell_changes(auditor: Auditor, looked: Looked, known: dict[tuple[str, str], Found], tell: Tell) -> None:
    found = {(one.kind, one.thing): one for one in looked.found}
    for key, one in found.items():
        if key not in known:
            tell(news(auditor, one, looked.at, "open"))
    ended = [key for key in known if key not in found and key[0] in looked.whole]
    for key in ended:
        tell(news(auditor, known.pop(key), looked.at, "over"))
    known |= found


def news(auditor: Auditor, found: Found, at: datetime, state: str) -> News:
    kind = auditor.audit.by_kind[found.kind]
    zh, en = words(kind, found.detail, NAMES)
    order_id = str(found.order_id) if found.order_id else ""
    return News(at, state, found.kind, str(kind.severity), found.thing, zh, en, order_id)


async def _first_place(connection: asyncpg.Connection, auditor: Auditor) -> Place:
    """Where the worker's own auditor has read to, so that nothing lies between the two."""
    last = await connection.fetchrow(SQL.last_run)
    return Place(last["txid"], last["position"]) if last else await auditor.start(connection)


async def _look(connection: asyncpg.Connection, auditor: Auditor, clock: Clock, place: Place) -> Looked:
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        looked = await auditor.look(connection, clock.now(), place, watching=True)
        return msgspec.structs.replace(looked, whole=[*looked.whole, "no_database"])
