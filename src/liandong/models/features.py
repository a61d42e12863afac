"""What a model counts in a text: characters one to three together, words, and once more the words of its opening.

The same function serves training and reading, so that a model meets at work what it was taught.
"""

import re
from collections import Counter

import rjieba

LONGEST = 1000
"""Characters that are looked at: what a matter is about is said at its beginning, and a long text must not cost more time."""
OPENING = 40
_DIGITS = re.compile(r"[0-9０-９*]+")
_SPACES = re.compile(r"\s+")


def normal(text: str) -> str:
    """Numbers become one sign and runs of space one space: which number it is says nothing about the class."""
    return _DIGITS.sub("0", _SPACES.sub(" ", text[: LONGEST * 2])).strip()[:LONGEST]


def words(text: str) -> list[str]:
    """Its words without space and single punctuation."""
    return [word for word in rjieba.cut(text) if word.isalnum()]


def features(text: str) -> Counter[str]:
    """Counts by name; words carry a leading `=`, those of the opening a leading `^`."""
    clean = normal(text)
    found = Counter(clean)
    for length in (2, 3):
        found.update([clean[at : at + length] for at in range(len(clean) - length + 1)])
    found.update(["=" + word for word in words(clean)])
    found.update(["^" + word for word in words(clean[:OPENING])])
    found.pop(" ", None)
    return found
