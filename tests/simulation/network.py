"""The wires between centres: batches and their receipts, on their way until a step says what becomes of them.

What is on its way may arrive late, in another order, twice or never; a cut wire lets nothing pass, for days if need be.
"""

from typing import Any

from msgspec import Struct

Wire = tuple[str, str]  # from, to


class Parcel(Struct, eq=False):
    """A batch of sealed messages that somebody waits for receipts of."""

    wire: Wire
    sealed: list[str]


class Network:
    def __init__(self) -> None:
        self.flying: dict[Wire, list[Parcel]] = {}
        self.receipts: dict[Wire, list[tuple[Parcel, list[Any]]]] = {}  # by the wire that the batch took
        self.cuts: set[Wire] = set()

    def passes(self, a: str, b: str) -> bool:
        return (a, b) not in self.cuts

    def put(self, parcel: Parcel) -> None:
        self.flying.setdefault(parcel.wire, []).append(parcel)

    def answer(self, parcel: Parcel, receipts: list[Any]) -> None:
        self.receipts.setdefault(parcel.wire, []).append((parcel, receipts))

    def take(self, wire: Wire, place: int) -> Parcel | None:
        return _take(self.flying, wire, place)

    def look(self, wire: Wire, place: int) -> Parcel | None:
        waiting = self.flying.get(wire)
        return waiting[min(place, len(waiting) - 1)] if waiting else None

    def take_receipts(self, wire: Wire, place: int) -> tuple[Parcel, list[Any]] | None:
        return _take(self.receipts, wire, place)


def _take(waiting: dict[Wire, list[Any]], wire: Wire, place: int) -> Any:
    """The one at this place or the last; out of order if the place says so."""
    found = waiting.get(wire)
    if not found:
        return None
    taken = found.pop(min(place, len(found) - 1))
    if not found:
        del waiting[wire]
    return taken
