"""Who may do what over HTTP, in one table (data/rights.csv): every address with its method, its scope and its roles.

`Door` asks it before a handler runs; an address without a row is closed. The scope says whose rows an address gives:
  public  nobody signs in here: peers prove who they are by signatures, callers by their link, partners by accounts of their own
  self    one's own account; by a session, not by a key
  order   one order: a unit's own, a liaison's own centre's, else 404
  rows    a list of such
  centre  what everybody in these roles may see of this centre
  unit    one unit's, as the path or the actor says
An account that is bound to a district has of these the addresses in data/districts.csv, and what concerns one order; all else is closed to it, so
that an address that is added shows no district's account anything until somebody has said what it shows.
What an action may do to an order is the row of its lifecycle; what of its caller is seen is orders/view.py and orders/hiding.py.
"""

import csv
from functools import cache
from importlib.resources import files

from msgspec import Struct

from liandong.people.keys import ROLES

SCOPES = ("public", "self", "order", "rows", "centre", "unit")
GROUPS = {
    "@desk": ("call_taker", "dispatcher", "supervisor"),
    "@matters": ("call_taker", "dispatcher", "supervisor", "unit", "leader", "liaison"),
    "@all": tuple(sorted(ROLES)),
}
OPEN_PREFIXES = ("/schema",)  # the description of the interface; no data


class Right(Struct, frozen=True):
    method: str
    path: str
    scope: str
    roles: frozenset[str]


@cache
def rights() -> dict[tuple[str, str], Right]:
    """By method and path template. Raises ValueError for a row that names a role, group or scope that is not known, or comes twice."""
    text = files("liandong.people").joinpath("data/rights.csv").read_text(encoding="utf-8")
    table: dict[tuple[str, str], Right] = {}
    for row in csv.DictReader(text.splitlines()):
        right = Right(row["method"], row["path"], row["scope"], _roles(row["roles"]))
        if right.scope not in SCOPES or (right.method, right.path) in table:
            raise ValueError(f"rights.csv: {row}: twice, or no such scope")
        table[right.method, right.path] = right
    return table


@cache
def open_to_districts() -> frozenset[tuple[str, str]]:
    """What an account of a district may ask for beside single orders. Raises ValueError for a row that is in no table of rights."""
    text = files("liandong.people").joinpath("data/districts.csv").read_text(encoding="utf-8")
    named = {(row["method"], row["path"]) for row in csv.DictReader(text.splitlines())}
    if named - set(rights()):
        raise ValueError(f"districts.csv: no such address: {sorted(named - set(rights()))}")
    return frozenset(named)


def right_of(method: str, template: str) -> Right | None:
    """None: nobody. HEAD is a GET without its body."""
    if template.startswith(OPEN_PREFIXES):
        return Right(method, template, "public", frozenset())
    table = rights()
    found = table.get((method, template))
    return found or (table.get(("GET", template)) if method == "HEAD" else None)


def _roles(text: str) -> frozenset[str]:
    named: set[str] = set()
    for word in text.split():
        named |= set(GROUPS[word]) if word.startswith("@") else {word}
    if not named <= ROLES:
        raise ValueError(f"rights.csv: unknown roles {sorted(named - ROLES)}")
    return frozenset(named)
