"""What changes from one version of a card to the next, and where a peer's copies are not known to be equal to ours."""

import difflib
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct

from liandong.knowledge.model import CardContent
from liandong.knowledge.service import Knowledge
from liandong.knowledge.sharing import THREAD
from liandong.knowledge.store import SQL

MOST = 500  # differences of one peer that are shown


class Piece(Struct, frozen=True):
    """A piece of a text: `kept`, `out` or `in`."""

    how: str
    text: str


class Change(Struct, frozen=True):
    """One field that differs. `pieces`: of a text, what stayed, what went out, what came in."""

    field: str
    before: Any
    after: Any
    pieces: list[Piece] = []


class Difference(Struct, frozen=True, kw_only=True):
    """`ours`: the version in force here; `sent`: what the peer was told last; `state` of that message. `number` empty: a message of the peer
    that was not taken here, `kind` says which."""

    peer: str
    number: str = ""
    title: str = ""
    ours: int | None = None
    sent: int | None = None
    state: str = ""
    kind: str = ""
    text: str = ""


def changes(before: CardContent, after: CardContent) -> list[Change]:
    """Fields in the order of the card; equal ones are left out."""
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    names = [field.encode_name for field in msgspec.structs.fields(CardContent)]
    return [_change(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


async def differences(pool: asyncpg.Pool, knowledge: Knowledge, peer: str | None = None) -> list[Difference]:
    """Of one peer or all. Empty: every peer has confirmed what it was told, and everything of theirs was taken."""
    found: list[Difference] = []
    for one in knowledge.peers if peer is None else (peer,):
        for row in await pool.fetch(SQL.differences, knowledge.centre, one, MOST):
            text = row["error"] or ("对方尚未收到" if row["state"] != "delivered" else "版本不同")
            found.append(
                Difference(peer=one, number=row["number"], title=row["title"], ours=row["ours"], sent=row["sent"], state=row["state"], text=text)
            )  # fmt: skip
        for row in await pool.fetch(SQL.refused_from, one, MOST, THREAD):
            found.append(Difference(peer=one, kind=row["kind"], state=row["status"], text=row["text"] or ""))
    return found


def _change(name: str, before: Any, after: Any) -> Change:
    if not (isinstance(before, str) and isinstance(after, str)):
        return Change(name, before, after)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    pieces: list[Piece] = []
    for how, a, b, c, d in matcher.get_opcodes():
        if how == "equal":
            pieces.append(Piece("kept", before[a:b]))
            continue
        if b > a:
            pieces.append(Piece("out", before[a:b]))
        if d > c:
            pieces.append(Piece("in", after[c:d]))
    return Change(name, before, after, pieces)
