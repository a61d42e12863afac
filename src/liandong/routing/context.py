"""In what sense words are said: denied, past, supposed, told of a story, proposed, or figurative.

A danger word counts only when none of the contexts that defeat its family holds around it. Reassurance
(没有危险, 不严重) is deliberately not a context: the caller's calm never lowers a danger.
"""

from liandong.routing.lexicon import Lexicon
from liandong.routing.matching import Found, Match, Place, same_clause, same_sentence
from liandong.routing.terms import Limits

NAMES = (
    "negation",
    "negation_far",
    "past_near",
    "past_far",
    "past_after",
    "present",
    "habit",
    "once",
    "praise",
    "hypothesis",
    "risk_after",
    "fiction",
    "story",
    "story_link",
    "proposal",
    "consult",
    "lifeless",
)

WHOLE = ("present", "praise", "proposal", "consult")
"""Contexts whose words count also inside a longer word: 正在 in 正在打."""

_NONE: list[Place] = []


class Contexts:
    """The context words of a lexicon, ready to be asked about a match."""

    def __init__(self, lexicon: Lexicon, limits: Limits):
        self._symbols = {name: lexicon.symbol(f"#{name}") for name in NAMES}
        self._swallowed = {symbol for name, symbol in self._symbols.items() if name not in WHOLE}
        self._limits = limits
        self._tests = {
            "negated": self._negated,
            "near_past": self._near_past,
            "far_past": self._far_past,
            "hypothesis": self._supposed,
            "risk": self._risk,
            "fiction": self._fiction,
            "proposal": self._proposed,
            "consult": self._consulted,
            "lifeless": self._lifeless,
            "habit": self._habitual,
            "once": self._once,
            "praise": self._praised,
            "long_text": self._buried,
        }

    def known(self, name: str) -> bool:
        return name in self._tests

    def defeats(self, names: tuple[str, ...], match: Match, found: Found) -> bool:
        """Whether one of the named contexts takes this match away."""
        for name in names:  # noqa: SIM110 (a plain loop: this is the reader's hot path)
            if self._tests[name](match, found):
                return True
        return False

    def _words(self, name: str, found: Found) -> list[Place]:
        """The context's words; one that is merely a piece of a longer word (没 in 没呼吸) mostly does not count."""
        symbol = self._symbols[name]
        if symbol not in found.places:
            return _NONE
        words = found.senses.get(symbol)
        if words is None:
            words = found.places[symbol]
            if symbol in self._swallowed:
                reach = found.reach()
                words = [place for place in words if not _inside_longer(place, reach)]
            found.senses[symbol] = words
        return words

    def _negated(self, match: Match, found: Found) -> bool:
        for name, reach in (("negation", 1), ("negation_far", self._limits.negation)):
            for word in self._words(name, found):
                for place in match.places:
                    # The negation may run into the word (没砸 before 砸, 没有发生 before 发生火灾).
                    before = word[0] < place[0] and word[1] <= place[1] and place[0] - word[1] <= reach
                    if before and same_clause(found.text, word[1], place[0]):
                        return True
        return False

    def _near_past(self, match: Match, found: Found) -> bool:
        return self._past(("past_near", "past_far"), match, found)

    def _far_past(self, match: Match, found: Found) -> bool:
        return self._past(("past_far",), match, found)

    def _past(self, names: tuple[str, ...], match: Match, found: Found) -> bool:
        """The nearest word of time before the match decides; a word of now after it, in its clause, revives it."""
        text, start, end = found.text, match.start, match.end
        for word in self._words("past_after", found):
            if 0 <= word[0] - end <= 2 or start <= word[0] < end:
                return True
        past = [w[0] for name in names for w in self._words(name, found) if 0 <= start - w[0] <= self._limits.tense]
        if not past:
            return False
        for word in self._words("present", found):
            if max(past) < word[0] <= end:
                return False
            if word[0] >= end and word[0] - end <= self._limits.hypothesis and same_clause(text, end, word[0]):
                return False
        return True

    def _supposed(self, match: Match, found: Found) -> bool:
        text, start = found.text, match.start
        for word in self._words("hypothesis", found):
            if 0 <= start - word[1] <= self._limits.hypothesis and same_sentence(text, word[1], start):
                return True
            if start <= word[0] < match.end:
                return True
        return False

    def _risk(self, match: Match, found: Found) -> bool:
        return any(
            0 <= word[0] - match.end <= 6 and same_clause(found.text, match.end, word[0])
            for word in self._words("risk_after", found)
        )

    def _fiction(self, match: Match, found: Found) -> bool:
        reach = self._limits.fiction
        if any(abs(match.start - word[0]) <= reach for word in self._words("fiction", found)):
            return True
        links = self._words("story_link", found)
        return any(
            abs(match.start - word[0]) <= reach and any(abs(link[0] - word[0]) <= 12 for link in links)
            for word in self._words("story", found)
        )

    def _proposed(self, match: Match, found: Found) -> bool:
        return any(
            0 <= match.start - word[1] <= self._limits.hypothesis and same_sentence(found.text, word[1], match.start)
            for word in self._words("proposal", found)
        )

    def _consulted(self, match: Match, found: Found) -> bool:
        return any(
            abs(match.start - word[1]) <= self._limits.hypothesis
            and same_sentence(found.text, min(word[1], match.end), max(word[0], match.start))
            for word in self._words("consult", found)
        )

    def _lifeless(self, match: Match, found: Found) -> bool:
        """A thing, not a person, does it: the door "fights" with the neighbour's door."""
        return any(
            0 <= match.start - word[1] <= 10 and same_clause(found.text, word[1], match.start)
            for word in self._words("lifeless", found)
        )

    def _habitual(self, match: Match, found: Found) -> bool:
        """What happens again and again is not what happens now, unless a word of now follows."""
        for word in self._words("habit", found):
            near = 0 <= match.start - word[1] <= self._limits.habit or match.start < word[0] < match.end
            if near and not any(word[0] < now[0] <= match.end for now in self._words("present", found)):
                return True
        return False

    def _once(self, match: Match, found: Found) -> bool:
        """发生过: told as experience, not reported."""
        return any(0 <= match.start - word[1] <= self._limits.habit for word in self._words("once", found))

    def _praised(self, match: Match, found: Found) -> bool:
        return any(abs(match.start - word[0]) <= self._limits.fiction for word in self._words("praise", found))

    def _buried(self, match: Match, found: Found) -> bool:
        """In a long letter an event counts only in the opening or beside a word of now."""
        if len(found.text) <= self._limits.long_text or match.start <= self._limits.opening:
            return False
        return not any(
            abs(word[0] - match.start) <= self._limits.hypothesis
            and same_sentence(found.text, min(word[1], match.end), max(word[0], match.start))
            for word in self._words("present", found)
        )


def _inside_longer(place: Place, reach: tuple[list[int], list[int]]) -> bool:
    first, last = place
    own, before = reach
    return own[first] > last or (first > 0 and before[first - 1] >= last)
