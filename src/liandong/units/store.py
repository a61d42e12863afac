"""Versions of the directory in the database, and the one that this process works by."""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Protocol

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.sqlfiles import load_sql
from liandong.units.directory import Directory
from liandong.units.model import Duty, Shift, Unit
from liandong.units.reading import shipped_directory

SQL = load_sql("liandong.units")
LOOK = 2.0  # seconds between looks
SHIPPED, IN_FORCE = "shipped", "in-force"
log = logging.getLogger(__name__)


class Content(Struct, frozen=True):
    """What is stored of a version; its digest is over exactly these bytes."""

    units: tuple[Unit, ...]
    duties: tuple[Duty, ...] = ()
    rota: tuple[Shift, ...] = ()


class Version(Struct, frozen=True):
    no: int
    effective_from: date
    digest: str
    title: str
    imported_by: str
    imported_at: datetime


class WorksBy(Protocol):
    directory: Directory


class RunningDirectory:
    """Puts the version in force into the policy. Every process looks every two seconds; a change is one assignment."""

    def __init__(self, policy: WorksBy) -> None:
        self._policy = policy
        self._no: int | None = None

    async def refresh(self, pool: asyncpg.Pool, today: date) -> bool:
        """True: another version is in force now. Without any the shipped sample stays."""
        no = await pool.fetchval(SQL.head_on, today)
        if no == self._no:
            return False
        directory = shipped_directory() if no is None else await load(pool, str(no))
        self._policy.directory, self._no = directory, no
        log.warning(
            "units in force: %s, %d units, %d duties", directory.version, len(directory.units), len(directory.duties)
        )
        return True

    async def keep_current(self, pool: asyncpg.Pool, clock: Clock, local_day: Callable[[datetime], date]) -> None:
        """Runs until cancelled."""
        while True:
            try:
                await self.refresh(pool, local_day(clock.now()))
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("units: %s", error)
            await asyncio.sleep(LOOK)


async def add(pool: Any, directory: Directory, *, effective_from: date, title: str, by: str, at: datetime) -> int:
    """Stores a version that was read without a fault; the same content for the same day twice is the caller's business."""
    content = msgspec.json.encode(Content(directory.units, directory.duties, directory.rota))
    digest = hashlib.sha256(content).hexdigest()
    number: int = await pool.fetchval(SQL.add, effective_from, content.decode(), digest, title, by, at)
    return number


async def versions(pool: Any) -> list[Version]:
    return [Version(**row) for row in await pool.fetch(SQL.versions)]


async def load(pool: Any, version: str, today: date | None = None) -> Directory:
    """`version`: a number, `shipped` or `in-force` (this one with the local day). Raises LookupError."""
    if version == SHIPPED:
        return shipped_directory()
    if version == IN_FORCE:
        row = await pool.fetchrow(SQL.in_force_on, today)
        if row is None:
            return shipped_directory()
    else:
        row = await pool.fetchrow(SQL.content, int(version)) if version.isdigit() else None
    if row is None:
        raise LookupError(version)
    content = await asyncio.to_thread(msgspec.json.decode, row["content"], type=Content)
    return Directory(version=f"units-{row['no']}", units=content.units, duties=content.duties, rota=content.rota)
