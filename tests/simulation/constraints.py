"""The constraints of the database that a decision could break, by the names that the migrations give them.

A constraint that the migrations don't have, or have dropped, is not asked.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from importlib.resources import files
from itertools import chain

from liandong.linkage.model import Transfer
from liandong.orders.model import Snapshot

ORDERS: dict[str, Callable[[Snapshot], bool]] = {
    "who is responsible has accepted": lambda s: not s.order.responsible or s.order.accepted_at is not None,
    "an order that this centre accepted has its number": lambda s: (
        s.order.accepted_at is None or s.order.number is not None
    ),
    "a closed order says how": lambda s: s.order.closed_at is None or s.order.closing is not None,
}
TRANSFERS: dict[str, Callable[[Transfer], bool]] = {
    "a returned transfer has its reason": lambda t: t.status != "returned" or t.reason is not None,
    "a negotiation says since when": lambda t: t.status != "negotiating" or t.negotiated_at is not None,
    "a kept transfer says how it was settled": lambda t: t.status != "kept" or t.settled_by is not None,
    "only joint handling ends as joint handling": lambda t: t.joint_ended_at is None or t.part,
}
UNIQUE: dict[str, Callable[[Transfer], Hashable]] = {  # what there may be one of in an order; None: does not count
    "the whole is on offer to one centre at a time": lambda t: (
        "whole" if t.direction == "out" and not (t.part or t.urgent) else None
    ),
    "one open transfer of a kind to or from a centre": lambda t: None if t.urgent else (t.direction, t.peer, t.part),
}
ELSEWHERE = frozenset({  # asked by the Disk itself, or no decision can break them
    "a centre has one order of a matter", "a number is given once", "an order is a work order or a police order", "versions start at one",
    "five levels of satisfaction", "exercise is marked as in CAP", "a transfer goes out or comes in", "a status has its event",
})  # fmt: skip


def named_in_migrations(*tables: str) -> set[str]:
    """The constraints and unique indexes that these tables have after the last migration."""
    folder = files("liandong").joinpath("migrations")
    text = "\n".join(
        f.read_text(encoding="utf-8") for f in sorted(folder.iterdir(), key=lambda f: f.name) if f.name.endswith(".sql")
    )
    found: set[str] = set()
    for statement in text.split(";\n"):
        table = re.search(r"(?:CREATE TABLE|ALTER TABLE|UNIQUE INDEX \"[^\"]+\" ON) (\w+)", statement)
        if table and table[1] in tables:
            found |= set(re.findall(r"(?:CONSTRAINT|UNIQUE INDEX) \"([^\"]+)\"", statement))
        found -= set(re.findall(r"DROP (?:INDEX|CONSTRAINT) (?:IF EXISTS )?\"([^\"]+)\"", statement))
    return found


IN_FORCE = named_in_migrations("orders", "transfers")
_orders = [(name, holds) for name, holds in ORDERS.items() if name in IN_FORCE]
_transfers = [(name, holds) for name, holds in TRANSFERS.items() if name in IN_FORCE]
_unique = [(name, key) for name, key in UNIQUE.items() if name in IN_FORCE]


def broken_constraint(snapshot: Snapshot, written: Sequence[Transfer]) -> str | None:
    """Its name. `written`: the rows of transfers that the statement writes; like a database, only those are looked at."""
    found = _checks(snapshot, written)
    return next(chain(found, _doubles(snapshot.transfers or ())) if written else iter(found), None)


def _checks(snapshot: Snapshot, transfers: Iterable[Transfer]) -> Iterable[str]:
    yield from (name for name, holds in _orders if not holds(snapshot))
    yield from (name for t in transfers for name, holds in _transfers if not holds(t))


def _doubles(transfers: Iterable[Transfer]) -> Iterable[str]:
    waiting = [t for t in transfers if t.is_open]
    if len(waiting) > 1:
        for name, key in _unique:
            counted = Counter(k for t in waiting if (k := key(t)) is not None)
            if counted and max(counted.values()) > 1:
                yield name
