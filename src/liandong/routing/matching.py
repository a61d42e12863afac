"""Finds the patterns of a lexicon in a text: one walk, then work only on what was found."""

from itertools import accumulate
from typing import NamedTuple

from liandong.routing.lexicon import Entry, Lexicon, Pattern
from liandong.routing.terms import Limits

CLAUSE_ENDS = frozenset("，。！？；：、,.!?;:\n\r\t 　…")
SENTENCE_ENDS = frozenset("。！？；!?;\n")

Place = tuple[int, int]
"""Start and end of a word in the text."""

Hit = tuple[int, int, Entry]


class Match(NamedTuple):
    """A pattern found, with the place of each of its parts."""

    pattern: Pattern
    start: int
    end: int
    places: tuple[Place, ...]


class Found(NamedTuple):
    """Everything found in one text."""

    text: str
    places: dict[int, list[Place]]
    """Symbol → where it stands."""
    matches: list[Match]
    hits: list[Hit]
    """All words found, for seeing whether a short word is only a piece of a longer one."""
    senses: dict[int, list[Place]]
    """Context words that were already sorted out, by symbol."""
    reaches: list[tuple[list[int], list[int]]]
    """What `reach` gives, once it was asked for."""

    def reach(self) -> tuple[list[int], list[int]]:
        """For each offset, how far the words that begin there go, and those that begin there or earlier."""
        if not self.reaches:
            own = [0] * (len(self.text) + 1)
            for start, end, _ in self.hits:
                if end > own[start]:
                    own[start] = end
            self.reaches.append((own, list(accumulate(own, max))))
        return self.reaches[0]


def find(lexicon: Lexicon, text: str, limits: Limits) -> Found:
    """All patterns in the text, in the order of their first words."""
    hits = [(last + 1 - entry[0], last + 1, entry) for last, entry in lexicon.automaton.iter(text)]
    guards = [(start, end) for start, end, entry in hits if entry[1]]
    if guards:
        hits = _outside(guards, hits)
    places: dict[int, list[Place]] = {}
    for start, end, entry in hits:
        place = (start, end)
        for symbol in entry[2]:
            standing = places.get(symbol)
            if standing is None:
                places[symbol] = [place]
            else:
                standing.append(place)
    matches = [
        Match(pattern, start, end, ((start, end),))
        for start, end, entry in hits
        for pattern in entry[3]
        if not pattern[4] or not _forbidden(pattern, places, start, limits)
    ]
    partners, joined, present = lexicon.partners, lexicon.joined, set(places)
    for symbol in places:
        own = partners.get(symbol)
        if own is None or own.isdisjoint(present):
            continue
        for partner in own & present:
            for pattern in joined[symbol, partner]:
                _add_joined(pattern, places, text, limits, matches)
    matches.sort(key=_by_start)
    return Found(text, places, matches, hits, {}, [])


def _add_joined(
    pattern: Pattern, places: dict[int, list[Place]], text: str, limits: Limits, matches: list[Match]
) -> None:
    for symbol in pattern[2]:
        if symbol not in places:
            return
    for place in places[pattern[1]]:
        together = _join(pattern, place, places, text, limits)
        if together:
            matches.append(_match(pattern, together))


def _by_start(match: Match) -> tuple[int, int, str]:
    return match[1], match[2], match[0][5]


def same_clause(text: str, start: int, end: int) -> bool:
    """Whether no punctuation stands between two offsets."""
    return CLAUSE_ENDS.isdisjoint(text[start:end])


def same_sentence(text: str, start: int, end: int) -> bool:
    """Whether no full stop, question or exclamation mark or line end stands between two offsets."""
    return SENTENCE_ENDS.isdisjoint(text[start:end])


def _outside(guards: list[Place], hits: list[Hit]) -> list[Hit]:
    """The hits that are no piece of a guard.

    A word that begins in a guard and runs out of it (气炸|了) is cut by it too, unless it is the longer one.
    """
    kept = []
    for hit in hits:
        start, end, _ = hit
        for guard_start, guard_end in guards:
            if guard_start <= start < guard_end:
                room = guard_end - guard_start
                if end - start < room or (end - start == room and start > guard_start):
                    break
        else:
            kept.append(hit)
    return kept


def _forbidden(pattern: Pattern, places: dict[int, list[Place]], start: int, limits: Limits) -> bool:
    reach = limits.together
    return any(abs(place[0] - start) <= reach for symbol in pattern.forbidden for place in places.get(symbol, ()))


def _join(
    pattern: Pattern, first: Place, places: dict[int, list[Place]], text: str, limits: Limits
) -> tuple[Place, ...] | None:
    """The places of all parts around the first one, the nearest for each; None when one is missing."""
    joined = [first]
    for symbol in pattern.others:
        place = (
            _next(joined[-1], places[symbol], text, limits)
            if pattern.join == ">"
            else _nearest(joined, places[symbol], text, limits, pattern.join == "&")
        )
        if place is None:
            return None
        joined.append(place)
    if pattern.forbidden and _forbidden(pattern, places, first[0], limits):
        return None
    return tuple(joined)


def _match(pattern: Pattern, places: tuple[Place, ...]) -> Match:
    return Match(pattern, min(place[0] for place in places), max(place[1] for place in places), places)


def _next(before: Place, candidates: list[Place], text: str, limits: Limits) -> Place | None:
    for place in candidates:
        gap = place[0] - before[1]
        if 0 <= gap <= limits.ordered and same_clause(text, before[1], place[0]):
            return place
    return None


def _nearest(joined: list[Place], candidates: list[Place], text: str, limits: Limits, one_clause: bool) -> Place | None:
    first = joined[0]
    best, best_gap = None, (limits.clause if one_clause else limits.together) + 1
    for place in candidates:
        gap = max(place[0] - first[1], first[0] - place[1])
        # One word must not serve as two parts.
        if gap >= best_gap or any(place[0] < taken[1] and taken[0] < place[1] for taken in joined):
            continue
        if one_clause and not same_clause(text, min(place[1], first[1]), max(place[0], first[0])):
            continue
        best, best_gap = place, gap
    return best
