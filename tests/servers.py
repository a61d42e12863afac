"""One PostgreSQL for a whole test run, shared by its worker processes: started by the first that asks, stopped by the controller.

The folder's name carries the controller's process id, so a run that was killed leaves nothing behind for longer than until the next run.
"""

import asyncio
import contextlib
import fcntl
import os
import secrets
import shutil
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil

from liandong.core import db
from liandong.core.db import TROUBLE
from liandong.postgres import CONFIGURATION, EmbeddedPostgres, pg_ctl

# Tests never pull the plug of this server (those that do have one of their own), so it need not wait for the disk.
UNSAFE_BUT_FAST = (
    CONFIGURATION + "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum_naptime = 1h\n"
)
TEMPLATE = "liandong_template"
PREFIX = "test-pg-"
PUT_BACK = Path(__file__).with_name("put_back.sql")


def new_folder(root: Path) -> Path:
    """A name for this run's server; nothing is created until somebody needs it."""
    return root / ".work" / f"{PREFIX}{os.getpid()}-{secrets.token_hex(3)}"


def ensure(folder: Path) -> str:
    """The DSN pattern (with `{}` for the database) of the run's server, started and with its template migrated if nobody has yet."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    ready = folder / "ready"
    with _locked(folder.with_suffix(".lock")):
        if not ready.exists():
            sweep(folder.parent)
            server = EmbeddedPostgres(folder, configuration=UNSAFE_BUT_FAST)
            in_thread(_make_template(server.dsn()))
            ready.write_text(server.dsn("{}"), encoding="utf-8")
        return ready.read_text(encoding="utf-8")


def stop(folder: Path) -> None:
    """Stops the run's server, if it ever ran, and removes its folder."""
    if (folder / "postmaster.pid").exists():
        with contextlib.suppress(Exception):
            pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=folder, user=_system_user(), timeout=20)
    shutil.rmtree(folder, ignore_errors=True)
    folder.with_suffix(".lock").unlink(missing_ok=True)


def sweep(parent: Path) -> None:
    """Servers of runs whose controller is gone."""
    for left in parent.glob(f"{PREFIX}*"):
        owner = left.name.removeprefix(PREFIX).partition("-")[0]
        if left.is_dir() and owner.isdigit() and not psutil.pid_exists(int(owner)):
            stop(left)


class Databases:
    """Databases of the shared server, each a copy of the migrated template or one that was put back into the template's state.

    Putting one back takes a tenth of the time that making one takes. One whose tables were changed is not used again.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._idle: list[str] = []

    def dsn(self, name: str) -> str:
        return self._pattern.format(name)

    async def create(self) -> str:
        """The name of one that is as the migrations leave it."""
        if self._idle:
            return self._idle.pop()
        name = f"test_{uuid4().hex}"
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        return name

    async def drop(self, *names: str) -> None:
        for name in names:
            if await self._put_back(name):
                self._idle.append(name)
            else:
                await self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def _put_back(self, name: str) -> bool:
        """False: it can't be used again."""
        try:
            connection = await db.connect(self.dsn(name), name="liandong tests")
        except TROUBLE:
            return False
        try:
            return bool(await connection.fetchval("SELECT testing.put_back()"))
        except TROUBLE:
            return False
        finally:
            await connection.close()

    async def execute(self, sql: str) -> None:
        connection = await db.connect(self.dsn("postgres"), name="liandong tests")
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


def in_thread(work: Coroutine[Any, Any, Any]) -> Any:
    """Runs async work from a synchronous fixture without touching the test's own event loop."""
    found: list[Any] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(asyncio.run(work))
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]


async def _make_template(server_dsn: str) -> None:
    await db.create_database(server_dsn, TEMPLATE)
    dsn = server_dsn.replace("/postgres?", f"/{TEMPLATE}?")
    await db.migrate(dsn)
    connection = await db.connect(dsn, name="liandong tests")
    try:
        await connection.execute(PUT_BACK.read_text(encoding="utf-8"))
    finally:
        await connection.close()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _system_user() -> str | None:
    return "embedded_postgres" if os.geteuid() == 0 else None
