"""How alike two texts are, without a dictionary: by the pairs of neighbouring characters that they share."""

import re

_NOISE = re.compile(r"[\W_]+")
LONGEST = 400  # characters that are looked at: what a matter is about is said at its beginning


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters, without punctuation, spaces and case."""
    clean = _NOISE.sub("", text[:LONGEST]).lower()
    return frozenset(clean[at : at + 2] for at in range(len(clean) - 1)) or frozenset({clean} - {""})


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """0 nothing in common, 1 the same pairs (Dice's coefficient)."""
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))
