"""The commit statement in the shapes that batches need.

A statement of some thirty parts costs PostgreSQL about a millisecond before it writes anything; most changes need a third of the parts. Which
part a change needs follows from what it carries: a document that is not in CARRIED needs the whole statement, so a
new document can never be left out unseen. There are at most sixteen shapes, so that each connection keeps all their plans.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from liandong.core.sqlfiles import load_sql

WHOLE = load_sql("liandong.orders", "commit.sql").commit
PARTS = frozenset({"intake", "change", "dispatch", "linkage", "rare"})
CARRIED: dict[str, frozenset[str]] = {
    "id": frozenset(),
    "expected": frozenset(),
    "event": frozenset(),
    "start": frozenset(),
    "fields": frozenset(),
    "request": frozenset({"intake"}),
    "number_scope": frozenset({"intake"}),
    "stop": frozenset({"change"}),
    "dispatches": frozenset({"dispatch"}),
    "message": frozenset({"linkage"}),
    "transfers": frozenset({"linkage"}),
    "outbox": frozenset({"linkage"}),
}
"""What a change may carry, and the parts that write it."""

RETURNS = "returns"
"""In `handling`: these become rows as well."""

COPIED = "attachment.added.v1"
"""Whoever sends this owes the bytes, which is a row too."""

_MARK = re.compile(r"^--(\[|\||\])\s?(.*)$")


def parts_of(change: Mapping[str, Any]) -> frozenset[str]:
    """What has to be in the statement for this change (orders/store.py)."""
    parts = {"change"} if change["expected"] > 0 else {"intake"}
    for name in change:
        parts |= CARRIED.get(name, PARTS)
    return PARTS if _is_rare(change) else frozenset(parts)


def _is_rare(change: Mapping[str, Any]) -> bool:
    fields = change["fields"]
    handling = fields.get("handling") if isinstance(fields, Mapping) else fields.handling
    returned = handling is not None and bool(getattr(handling, RETURNS))
    return returned or any(message["kind"] == COPIED for message in change.get("outbox", ()))


def statement_for(needed: Iterable[frozenset[str]]) -> str:
    """The statement for a batch. $1: its changes."""
    parts = frozenset().union(*needed)
    return _shape(PARTS if "rare" in parts else parts)


@cache
def _shape(parts: frozenset[str]) -> str:
    if parts == PARTS:
        return WHOLE
    kept: list[str] = []
    open_parts: list[str] = []
    for line in WHOLE.splitlines():
        mark = _MARK.match(line)
        inside = all(part in parts for part in open_parts)
        if mark is None:
            if inside:
                kept.append(line)
        elif mark[1] == "[":
            open_parts.append(mark[2].strip())
        elif mark[1] == "]":
            open_parts.pop()
        elif not inside and all(part in parts for part in open_parts[:-1]):
            kept.append(mark[2])
    return "\n".join(kept)
