"""Which clocks an event must have started, read from the published lifecycle tables and from nothing that starts or fires clocks."""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from liandong.audit.model import Excused
from liandong.core.lifecycle import Lifecycle, Transition
from liandong.orders.lifecycle import ENTRY, ENTRY_CLOCKS, LIFECYCLES

BIRTHS = ("order.accepted", "transfer.taken_urgently")  # as the first event of an order they start its entry clocks
ASKED = "transfer.asked"


class Expected(Struct, frozen=True, order=True):
    """After `event` into `status` an order of this kind has `clock`. `birth`: as its first event. `excused`: not where it came from there."""

    kind: str
    event: str
    status: str
    clock: str
    birth: bool = False
    excused: str = ""


def expected_clocks(excused: Iterable[Excused]) -> list[Expected]:
    """Every clock that the tables say for certain: where two rows give the same event and status, only what both start."""
    excuses = {(e.event, e.clock): e.origin for e in excused}
    found = {
        Expected(lifecycle.name, event, status, clock, False, excuses.get((event, clock), ""))
        for lifecycle in LIFECYCLES.values()
        for (event, status), clocks in _certain(lifecycle).items()
        for clock in clocks
    }
    for kind, clocks in ENTRY_CLOCKS.items():
        found |= {Expected(str(kind), event, ENTRY[kind], clock, True) for event in BIRTHS for clock in clocks}
        found.add(Expected(str(kind), ASKED, "offered", "transfer_accept", True))
    return sorted(found)


def started_anywhere() -> set[tuple[str, str, str]]:
    """Every (lifecycle, event, clock) that some row starts; those that are never certain can't be audited."""
    return {(name.name, row.event, clock) for name in LIFECYCLES.values() for row in name.rows for clock in row.starts}


def _certain(lifecycle: Lifecycle) -> dict[tuple[str, str], frozenset[str]]:
    clocks: dict[tuple[str, str], list[frozenset[str]]] = defaultdict(list)
    for row in lifecycle.rows:
        for status in _results(row):
            clocks[row.event, status].append(frozenset(row.starts))
    return {key: frozenset.intersection(*rows) for key, rows in clocks.items()}


def _results(row: Transition) -> frozenset[str]:
    return frozenset({row.target}) if row.target else row.sources
