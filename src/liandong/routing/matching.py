"""Finds the patterns of a lexicon in a text: one walk, then work only on what was found."""

from typing import NamedTuple

from liandong.routing.lexicon import Entry, Lexicon, Pattern
from liandong.routing.terms import Limits

CLAUSE_ENDS = frozenset("，。！？；：、,.!?;:\n\r\t 　…")
SENTENCE_ENDS = frozenset("。！？；!?;\n")

Place = tuple[int, int]
"""Start and end of a word in the text."""


class Match(NamedTuple):
    """A pattern found, with the place of each of its parts."""

    pattern: Pattern
    places: tuple[Place, ...]

    @property
    def start(self) -> int:
        return min(place[0] for place in self.places)

    @property
    def end(self) -> int:
        return max(place[1] for place in self.places)


class Found(NamedTuple):
    """Everything found in one text."""

    text: str
    places: dict[int, list[Place]]
    """Symbol → where it stands."""
    matches: list[Match]
    covers: list[Place]
    """All words found, for seeing whether a short word is only a piece of a longer one."""


def find(lexicon: Lexicon, text: str, limits: Limits) -> Found:
    """All patterns in the text, in the order of their first words."""
    hits: list[tuple[int, int, Entry]] = []
    guards: list[Place] = []
    for last, entry in lexicon.automaton.iter(text):
        start = last + 1 - entry[0]
        hits.append((start, last + 1, entry))
        if entry[1]:
            guards.append((start, last + 1))
    if guards:
        hits = [hit for hit in hits if not _guarded(hit, guards)]
    places: dict[int, list[Place]] = {}
    for start, end, entry in hits:
        for symbol in entry[2]:
            if symbol in places:
                places[symbol].append((start, end))
            else:
                places[symbol] = [(start, end)]
    matches: list[Match] = []
    for start, end, entry in hits:
        for pattern in entry[3]:
            parts = pattern[1]
            if len(parts) == 1:
                if not pattern[3] or not _forbidden(pattern, places, start, limits):
                    matches.append(Match(pattern, ((start, end),)))
                continue
            for symbol in parts:
                if symbol not in places:
                    break
            else:
                joined = _join(pattern, (start, end), places, text, limits)
                if joined:
                    matches.append(Match(pattern, joined))
    return Found(text, places, matches, [(start, end) for start, end, _ in hits])


def same_clause(text: str, start: int, end: int) -> bool:
    """Whether no punctuation stands between two offsets."""
    return CLAUSE_ENDS.isdisjoint(text[start:end])


def same_sentence(text: str, start: int, end: int) -> bool:
    """Whether no full stop, question or exclamation mark or line end stands between two offsets."""
    return SENTENCE_ENDS.isdisjoint(text[start:end])


def _guarded(hit: tuple[int, int, Entry], guards: list[Place]) -> bool:
    start, end, entry = hit
    return any(g[0] <= start and end <= g[1] and (end - start < g[1] - g[0] or entry[1]) for g in guards)


def _forbidden(pattern: Pattern, places: dict[int, list[Place]], start: int, limits: Limits) -> bool:
    reach = limits.together
    return any(abs(place[0] - start) <= reach for symbol in pattern[3] for place in places.get(symbol, ()))


def _join(
    pattern: Pattern, first: Place, places: dict[int, list[Place]], text: str, limits: Limits
) -> tuple[Place, ...] | None:
    """The places of all parts around the first one, the nearest for each; None when one is missing."""
    joined = [first]
    for symbol in pattern.parts[1:]:
        place = (
            _next(joined[-1], places[symbol], text, limits)
            if pattern.ordered
            else _nearest(joined, places[symbol], limits)
        )
        if place is None:
            return None
        joined.append(place)
    if pattern.forbidden and _forbidden(pattern, places, first[0], limits):
        return None
    return tuple(joined)


def _next(before: Place, candidates: list[Place], text: str, limits: Limits) -> Place | None:
    for place in candidates:
        gap = place[0] - before[1]
        if 0 <= gap <= limits.ordered and same_clause(text, before[1], place[0]):
            return place
    return None


def _nearest(joined: list[Place], candidates: list[Place], limits: Limits) -> Place | None:
    first = joined[0]
    best, best_gap = None, limits.together + 1
    for place in candidates:
        gap = abs(place[0] - first[0])
        # One word must not serve as two parts.
        if gap < best_gap and all(place[1] <= taken[0] or taken[1] <= place[0] for taken in joined):
            best, best_gap = place, gap
    return best
