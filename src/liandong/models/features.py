"""What a model counts in a text: characters one to three together and words, of the whole text and once more of its opening.

The opening (the title of a letter, else its first forty characters) says what a matter is about; it weighs as much as all the rest.
Each of the four kinds is counted for itself and brought to the same length, so that a long text drowns no short title. The same
functions serve training and reading, so that a model meets at work what it was taught.
"""

import re
from collections import Counter
from typing import Any

import numpy as np
import rjieba
from msgspec import Struct

LONGEST = 1000
"""Characters that are looked at: what a matter is about is said at its beginning, and a long text must not cost more time."""
OPENING = 40
TITLE = 60
"""A first line of at most so many characters is a title and serves as the opening."""
KINDS = ("", "=", "^", "^=")
"""How the names of a vocabulary begin: sequences and words of the whole text, sequences and words of the opening."""
_WIDTH = 21
"""Bits of one character: three of them packed are a number that no other sequence has."""
_DIGITS = re.compile(r"[0-9０-９*]+")
_SPACES = re.compile(r"[\s\x00=^]+")


class Bag(Struct, frozen=True):
    """Of one text: packed sequences, sorted, with their counts, and words with theirs; the opening's beside the whole's."""

    sequences: tuple[Any, Any]
    words: dict[str, int]
    opening_sequences: tuple[Any, Any]
    opening_words: dict[str, int]


def normal(text: str) -> str:
    """Numbers become one sign and runs of space one space: which number it is says nothing about the class."""
    return _DIGITS.sub("0", _SPACES.sub(" ", text[: LONGEST * 2])).strip()[:LONGEST]


def opening(text: str) -> str:
    """Empty for a text that is no longer than its opening: it would only count everything twice."""
    text = text.strip()
    title, line_end, _ = text[: TITLE + 1].partition("\n")
    if line_end:
        return normal(title)
    return normal(text[:OPENING]) if len(text) > OPENING else ""


def words(clean: str) -> list[str]:
    """Its words without space and single punctuation."""
    return [word for word in rjieba.cut(clean) if word.isalnum()]


def bag(text: str) -> Bag:
    clean, first = normal(text), opening(text)
    return Bag(sequences(clean), Counter(words(clean)), sequences(first), Counter(words(first)))


def sequences(clean: str) -> tuple[Any, Any]:
    """Packed sequences of one to three characters, sorted, and how often each occurs."""
    signs = np.frombuffer(clean.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
    one = signs[signs != ord(" ")]
    two = signs[:-1] | signs[1:] << _WIDTH
    three = two[:-1] | signs[2:] << 2 * _WIDTH
    return np.unique(np.concatenate([one, two, three]), return_counts=True)


def packed(sequence: str) -> int:
    return sum(ord(sign) << _WIDTH * at for at, sign in enumerate(sequence))


def unpacked(number: int) -> str:
    signs = ((number >> _WIDTH * at) & ((1 << _WIDTH) - 1) for at in range(3))
    return "".join(chr(sign) for sign in signs if sign)
