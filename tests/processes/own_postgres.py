"""A durable PostgreSQL of one centre's own, which a test may kill, and a disk that it can fill."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from program import TABLE as GREETINGS

import servers
from liandong.core import db
from liandong.postgres import CONFIGURATION, EmbeddedPostgres

SMALL = "shared_buffers = 64MB\nmax_connections = 60\nmin_wal_size = 32MB\nmax_wal_size = 64MB\n"
DISK = 220  # megabytes
DATABASE = "liandong"


@contextlib.contextmanager
def migrated_template(folder: Path) -> Iterator[Path]:
    """The folder of a server that was stopped in order, with a migrated database in it: to be copied."""
    server = EmbeddedPostgres(folder, configuration=CONFIGURATION + SMALL)
    try:
        servers.in_thread(_migrate(server))
        server.stop()
        yield folder
    finally:
        servers.stop(folder)


async def _migrate(server: EmbeddedPostgres) -> None:
    await db.create_database(server.dsn(), DATABASE)
    await db.migrate(server.dsn(DATABASE))
    connection = await db.connect(server.dsn(DATABASE), name="liandong tests")
    await connection.execute(GREETINGS)
    await connection.close()


class OwnPostgres:
    def __init__(self, folder: Path, template: Path) -> None:
        subprocess.run(["cp", "-a", str(template), str(folder)], check=True)
        self.folder = folder
        self._down_until: float | None = float("-inf")
        self._server = EmbeddedPostgres(folder, configuration=CONFIGURATION + SMALL)

    def dsn(self, database: str = "postgres") -> str:
        return self._server.dsn(database)

    def kill(self) -> None:
        """kill -9 of the server and of every process it has, as when the power goes."""
        self._down_until = None
        with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError):
            postmaster = psutil.Process(int((self.folder / "postmaster.pid").read_text().splitlines()[0]))
            for process in [postmaster, *postmaster.children(recursive=True)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGKILL)
            postmaster.wait(10)

    @property
    def is_running(self) -> bool:
        with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError, ValueError, IndexError):
            pid = int((self.folder / "postmaster.pid").read_text().splitlines()[0])
            return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
        return False

    def start(self) -> None:
        self._server = EmbeddedPostgres(self.folder, configuration=CONFIGURATION + SMALL)
        self._down_until = time.monotonic()

    def was_down_since(self, moment: float) -> bool:
        """By time.monotonic."""
        return self._down_until is None or not self.is_running or self._down_until > moment

    def stop(self) -> None:
        servers.stop(self.folder)


class SmallDisk:
    """A file system in memory for one database, and a ballast that fills it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Not a byte is left."""
        with self._ballast.open("ab") as file:
            for size in (1 << 20, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while True:
                        os.write(file.fileno(), b"\0" * size)

    def empty(self) -> None:
        self._ballast.unlink()


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """Skips where this user may not mount."""
    folder.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}m,mode=0755", "liandong-test", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        folder.rmdir()
        pytest.skip(f"a full disk needs the right to mount a small file system: {mounted.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)
        folder.rmdir()
