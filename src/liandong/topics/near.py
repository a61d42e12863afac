"""Which messages say nearly the same: by the rare pairs of characters they share. An index in memory."""

import re
from collections import Counter

_NOISE = re.compile(r"[\W\d_]+")
LONGEST = 400
SHARED = 24
"""How many of its rarest pairs a message is looked up by."""
CROWDED = 2000
"""A pair that so many messages have tells nothing apart."""


def pairs(text: str) -> frozenset[str]:
    clean = _NOISE.sub("", text[: LONGEST * 2])[:LONGEST]
    return frozenset(clean[at : at + 2] for at in range(len(clean) - 1))


class NearIndex:
    """Grows by `add`; `near` asks. All of it is in memory: for some ten thousand messages, not for years of a large city."""

    def __init__(self) -> None:
        self._pairs: dict[str, frozenset[str]] = {}
        self._having: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self._pairs)

    def add(self, key: str, text: str) -> None:
        own = pairs(text)
        self._pairs[key] = own
        for pair in own:
            having = self._having.setdefault(pair, [])
            if len(having) < CROWDED:
                having.append(key)

    def near(self, text: str, *, least: float = 0.5, most: int = 10) -> list[tuple[str, float]]:
        """Keys with their likeness (Dice's coefficient, 1 is the same), the likest first."""
        own = pairs(text)
        known = sorted((pair for pair in own if pair in self._having), key=lambda pair: (len(self._having[pair]), pair))
        votes: Counter[str] = Counter()
        for pair in known[:SHARED]:
            if len(self._having[pair]) < CROWDED:
                votes.update(self._having[pair])
        found = []
        for key, _ in votes.most_common(50):
            other = self._pairs[key]
            alike = 2 * len(own & other) / (len(own) + len(other))
            if alike >= least:
                found.append((key, round(alike, 3)))
        return sorted(found, key=lambda one: (-one[1], one[0]))[:most]
