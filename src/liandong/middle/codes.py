"""Codes of a side and ours: its own mapping first, then the shared code tables. What nobody mapped is listed and refused or left out."""

from datetime import datetime

import asyncpg
from msgspec import Struct

from liandong.core.errors import AppError
from liandong.middle.model import Side
from liandong.partners.accounts import SQL as PARTNER_SQL

SHARED_BY_CONVENTION = frozenset(
    {"lbdm", "xzqhdm", "cbdw"}
)  # national or our own codes: taken as they are unless mapped


class Codes(Struct):
    """Of one side. `missing`: (list, direction, code) that were met and are not mapped."""

    side: str
    theirs: dict[tuple[str, str], str]
    ours: dict[tuple[str, str], str]
    missing: set[tuple[str, str, str]]

    def into_ours(self, name: str, code: str | None) -> str | None:
        """Raises AppError field_invalid for a code that is not mapped."""
        if code is None or not code.strip():
            return None
        found = self.ours.get((name, code.strip()))
        if found is None and name in SHARED_BY_CONVENTION:
            return code.strip()
        if found is None:
            self.missing.add((name, "in", code.strip()))
            raise AppError("field_invalid", f"{name} 没有代码“{code.strip()}”，请改正或登记对照（code not mapped）")
        return found

    def into_theirs(self, name: str, value: object) -> str | None:
        if value is None:
            return None
        found = self.theirs.get((name, str(value)))
        if found is None and name in SHARED_BY_CONVENTION:
            return str(value)
        if found is None:
            self.missing.add((name, "out", str(value)))
        return found


async def codes_of(pool: asyncpg.Pool, side: Side, shared: list[asyncpg.Record]) -> Codes:
    """`shared`: the rows of exchange_db.codes."""
    ours = {(row["list"], row["code"]): row["ours"] for row in shared}
    theirs: dict[tuple[str, str], str] = {}
    for row in shared:
        theirs.setdefault((row["list"], row["ours"]), row["code"])
    for row in await pool.fetch(PARTNER_SQL.mappings, side.code):
        ours[(row["list"], row["theirs"])] = row["ours"]
        theirs[(row["list"], row["ours"])] = row["theirs"]
    return Codes(side.code, theirs, ours, set())


async def note_missing(pool: asyncpg.Pool, codes: Codes, now: datetime) -> None:
    for name, direction, code in sorted(codes.missing):
        await pool.execute(PARTNER_SQL.note_unmapped, codes.side, name, direction, code, now)
    codes.missing.clear()
