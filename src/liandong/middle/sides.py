"""Sides are made and ended by an administrator: an account here, a role in the database, and rights on exactly the columns that it may write."""

import re

import asyncpg

from liandong.core.clock import Clock
from liandong.middle.pump import SQL, reader_of

CODE = re.compile(r"^[a-z][a-z0-9_]{1,30}$")
# Columns that only the centre fills in.
OURS = {
    "handed_in": {"id", "side", "gdbh", "cwdm", "cwsm", "clsj", "crsj"},
    "replies": {"id", "side", "cwdm", "cwsm", "clsj", "crsj"},
}
READ = ("handed_in", "replies", "outgoing", "dead_letters", "codes", "unfinished", "reconciliation")
ROLES = {"centre": ["call_taker", "dispatcher", "supervisor", "unit"], "unit": ["unit"]}


async def add_side(
    pool: asyncpg.Pool,
    clock: Clock,
    *,
    code: str,
    name: str,
    role: str,
    password: str,
    unit: str | None = None,
    callers: bool = False,
    from_beginning: bool = False,
) -> None:
    """`unit`: a unit's system, which acts as that unit; without it the centre's own, which acts as its desk.

    Raises ValueError for a wrong or taken code. The node's own account needs CREATEROLE.
    """
    if not CODE.match(code):
        raise ValueError("a side's code is 2 to 31 small letters, digits and underscores")
    roles = ROLES["unit" if unit else "centre"]
    async with pool.acquire() as connection, connection.transaction():
        try:
            await connection.execute(SQL.add_side, code, name, role, unit, roles, callers, clock.now())
        except asyncpg.UniqueViolationError as error:
            raise ValueError(f"there is a side {code} or a role {role} already") from error
        await connection.execute(SQL.read_from_now, reader_of(code), from_beginning, clock.now())
        await connection.execute(
            await connection.fetchval(
                "SELECT format('CREATE ROLE %I LOGIN PASSWORD %L', $1::text, $2::text)", role, password
            )
        )
        for statement in await grants(connection, role):
            await connection.execute(statement)


async def grants(connection: asyncpg.Connection, role: str) -> list[str]:
    """What a side's role may do; nothing outside exchange_db."""
    quoted = await connection.fetchval("SELECT quote_ident($1)", role)
    statements = [f"GRANT USAGE ON SCHEMA exchange_db TO {quoted}"]
    statements += [f"GRANT SELECT ON exchange_db.{table} TO {quoted}" for table in READ]
    for table, ours in OURS.items():
        rows = await connection.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'exchange_db' AND table_name = $1",
            table,
        )
        columns = ", ".join(sorted(row["column_name"] for row in rows if row["column_name"] not in ours))
        statements.append(f"GRANT INSERT ({columns}), UPDATE ({columns}) ON exchange_db.{table} TO {quoted}")
    statements.append(f"GRANT UPDATE (tszt) ON exchange_db.outgoing TO {quoted}")
    return statements


async def end_side(pool: asyncpg.Pool, clock: Clock, code: str) -> bool:
    """Its rows stay; its role can't sign in any more. False: there is no such side."""
    async with pool.acquire() as connection, connection.transaction():
        role = await connection.fetchval(SQL.end_side, code, clock.now())
        if role is None:
            return False
        await connection.execute(SQL.forget_place, reader_of(code))
        await connection.execute(await connection.fetchval("SELECT format('ALTER ROLE %I NOLOGIN', $1::text)", role))
        return True


async def resend(pool: asyncpg.Pool, side: str) -> int:
    """Refused rows go again as they are (what was wrong was mended on our side: a mapping, a unit). Returns how many."""
    found = await pool.fetch(SQL.resend_handed_in, side)
    return len(found) + len(await pool.fetch(SQL.resend_replies, side))
