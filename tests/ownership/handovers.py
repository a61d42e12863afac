"""Promise 6: within a round the matter can't be handed over without end.

The same rules as in the exploration, seen from whoever is responsible and without the time that messages take: a state is who has the
matter, its history, whether it may be recalled, and how many sightings of danger are still to come. The longest way through this
graph is the bound; a circle would be an endless hand-over.
"""

from collections.abc import Iterator
from typing import NamedTuple

from . import rules
from .state import BOUNCES, POLICE, History


class Place(NamedTuple):
    holder: str
    history: History
    recallable: bool
    sightings: int


class Passing:
    """The rules of handing on; a wrong variant overrides one (planted.py)."""

    def __init__(self, centres: str, first: str, *, sightings: int) -> None:
        self.centres, self.first, self.sightings = centres, first, sightings

    def start(self) -> Place:
        return Place(self.first, History(self.first), False, self.sightings)

    def may_offer(self, place: Place, to: str) -> bool:
        return rules.may_offer_whole(place.history, place.holder, to=to, first=self.first)

    def may_recall(self, place: Place) -> bool:
        return place.recallable

    def nexts(self, place: Place) -> Iterator[tuple[str, Place]]:
        for name, after in self.handed_on(place):
            shown = after._replace(history=brief(after.history))
            if shown != place:
                yield name, shown

    def handed_on(self, place: Place) -> Iterator[tuple[str, Place]]:
        history, me = place.history, place.holder
        for to in self.centres.replace(me, ""):
            if not self.may_offer(place, to):
                continue
            settled = rules.with_settled(history, rules.pair(me, to))
            if not rules.opens_as_negotiation(history, to):
                yield f"{to} accepts", Place(to, rules.moved(history, to), True, place.sightings)
            yield f"{to} takes it after negotiation", Place(to, rules.moved(settled, to), False, place.sightings)
            yield f"{to} must take it by a ruling", Place(to, rules.moved(settled, to), False, place.sightings)
            yield f"{me} keeps it", place._replace(history=settled)
            if self.first not in (me, to):
                back = rules.moved(settled, self.first)
                yield f"{me} hands back to {self.first}", Place(self.first, back, False, place.sightings)
        if self.may_recall(place):
            to = rules.came_from(history)
            yield f"{to} recalls it", Place(to, rules.moved(history, to), False, place.sightings)
        if place.sightings and me != POLICE:
            claimed = rules.moved(history, POLICE)._replace(bounces=history.bounces)
            yield "P claims it in danger", Place(POLICE, claimed, False, place.sightings - 1)


def brief(history: History) -> History:
    """What the rules ask of a history and no more, so that a circle shows: who had the matter, who gave it to whom, how many bounces."""
    if len(history.trail) < 2:
        return history
    return history._replace(
        trail="".join(sorted(set(history.trail))) + history.trail[-2:], bounces=min(history.bounces, BOUNCES)
    )


def longest(passing: Passing) -> tuple[int, list[str]]:
    """The most hand-overs that a round can see, with such a way. (-1, the circle) if there is no end."""
    best: dict[Place, tuple[int, str, Place | None]] = {}
    open_: dict[Place, None] = {}  # on the way from the start to where we look
    stack = [(passing.start(), False)]
    while stack:
        place, leaving = stack.pop()
        if leaving:
            open_.pop(place)
            best[place] = max(
                ((best[n][0] + (n.holder != place.holder), name, n) for name, n in passing.nexts(place)),
                key=lambda found: found[0], default=(0, "", None),
            )  # fmt: skip
        elif place not in best:
            if place in open_:
                return -1, [p.holder for p in open_]
            open_[place] = None
            stack.append((place, True))
            for _, n in passing.nexts(place):
                if n in open_:
                    return -1, [*(p.holder for p in open_), n.holder]
                if n not in best:
                    stack.append((n, False))
    return best[passing.start()][0], way(passing.start(), best)


def way(place: Place, best: dict[Place, tuple[int, str, Place | None]]) -> list[str]:
    told = []
    while best[place][2] is not None:
        _, name, after = best[place]
        told.append(f"{place.holder} has it: {name}")
        place = after  # type: ignore[assignment]
    return told
