"""Connections and migrations. PostgreSQL is the only server a node needs."""

import re
from importlib.resources import files
from typing import Any

import asyncpg

SESSION = {
    "jit": "off",
    "timezone": "UTC",
    # The server notices within ten seconds that a client's machine is gone, and frees its locks; the system's default is two hours.
    "tcp_keepalives_idle": "4",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}
MIGRATION_LOCK = 0x11A4D046  # any constant: one migration at a time in a database
COMMIT_SETTINGS = {
    # One plan for the one statement, by its indexes, also while the tables are still empty and without statistics: a plan made
    # for an empty table that hashes or merges it reads it whole at every commit, until somebody analyses it.
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}
# What a database that is down, restarting or full makes of a query. asyncpg raises the last one on a connection that breaks under it.
TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
# A plan that was made once stays as long as its connection, however long the statement is. (asyncpg forgets after five minutes, and
# never keeps a statement of more than 15 KiB: the commit statement is about to grow to that.)
KEEPS_PLANS: dict[str, int] = {"max_cached_statement_lifetime": 0, "max_cacheable_statement_size": 0}
_MIGRATION = re.compile(r"^(\d{4})_[a-z0-9_]+\.sql$")


async def connect(dsn: str, *, name: str = "liandong", settings: dict[str, str] | None = None) -> asyncpg.Connection:
    return await asyncpg.connect(
        dsn,
        timeout=10,
        command_timeout=60,
        server_settings={"application_name": name, **SESSION, **(settings or {})},
        **KEEPS_PLANS,
    )


async def create_pool(dsn: str, *, size: int, name: str = "liandong") -> asyncpg.Pool:
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        timeout=10,
        command_timeout=60,
        server_settings={"application_name": name, **SESSION},
        reset=_nothing_to_reset,
    )


async def _nothing_to_reset(connection: asyncpg.Connection) -> None:
    """Spares every query a second round trip. Nobody may leave a setting, a lock or a listener behind on a pool's connection;
    an open transaction is rolled back all the same."""


async def migrate(dsn: str) -> list[str]:
    """Applies what is missing, in order, each file in a transaction, under an advisory lock. Returns the names applied."""
    connection = await connect(dsn, name="liandong migrate")
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        done = {row["name"] for row in await connection.fetch("SELECT name FROM migrations")}
        applied = []
        for name, sql in migration_files():
            if name not in done:
                async with connection.transaction():
                    await connection.execute(sql)
                    await connection.execute("INSERT INTO migrations (name) VALUES ($1)", name)
                applied.append(name)
        return applied
    finally:
        await connection.close()


def migration_files() -> list[tuple[str, str]]:
    """Names and texts, in order. Raises ValueError for a file that is not named NNNN_words.sql."""
    found = []
    for entry in sorted(files("liandong.migrations").iterdir(), key=lambda e: e.name):
        if not entry.name.endswith(".sql"):
            continue
        if not _MIGRATION.match(entry.name):
            raise ValueError(f"migrations/{entry.name}: the name must be NNNN_words.sql")
        found.append((entry.name, entry.read_text(encoding="utf-8")))
    return found


async def create_database(server_dsn: str, name: str) -> bool:
    """Creates a database where it does not exist yet; says whether it did."""
    connection = await connect(server_dsn, name="liandong setup")
    try:
        if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            return False
        quoted: Any = '"' + name.replace('"', '""') + '"'
        await connection.execute(f"CREATE DATABASE {quoted}")
        return True
    finally:
        await connection.close()
