"""The features that a model knows, and where a text has them: looked up for a whole text at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from liandong.models.features import KINDS, Bag, bag, packed


class Vocabulary:
    """Names as in a model's word list; the place of a feature is its place in the list. Built once, afterwards only read."""

    def __init__(self, names: Sequence[str]):
        self.names = list(names)
        sequences: dict[str, list[tuple[int, int]]] = {"": [], "^": []}
        self._words: dict[str, dict[str, int]] = {"=": {}, "^=": {}}
        for at, name in enumerate(names):
            kind = kind_of(name)
            if kind in self._words:
                self._words[kind][name[len(kind) :]] = at
            else:
                sequences[kind].append((packed(name[len(kind) :]), at))
        self._sequences = {kind: _sorted(pairs) for kind, pairs in sequences.items()}

    def find(self, text: str) -> list[tuple[Any, Any]]:
        """For each of KINDS, the places of the known features of a text and their counts."""
        return self.find_bag(bag(text))

    def find_bag(self, found: Bag) -> list[tuple[Any, Any]]:
        return [
            self._known("", *found.sequences),
            self._known_words("=", found.words),
            self._known("^", *found.opening_sequences),
            self._known_words("^=", found.opening_words),
        ]

    def _known(self, kind: str, keys: Any, counts: Any) -> tuple[Any, Any]:
        numbers, places = self._sequences[kind]
        if not len(numbers):
            return places, counts[:0]
        near = np.searchsorted(numbers, keys)
        near[near == len(numbers)] = 0
        known = numbers[near] == keys
        return places[near[known]], counts[known]

    def _known_words(self, kind: str, found: dict[str, int]) -> tuple[Any, Any]:
        place = self._words[kind]
        known = [(place[word], count) for word, count in found.items() if word in place]
        pairs = np.array(known, dtype=np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]


def kind_of(name: str) -> str:
    """Which of KINDS a name of the vocabulary is."""
    for kind in ("^=", "^", "="):
        if name.startswith(kind):
            return kind
    return KINDS[0]


def is_word(name: str) -> bool:
    """A word of more than one character, which can be shown as a ground."""
    kind = kind_of(name)
    return kind.endswith("=") and len(name) > len(kind) + 1


def values_of(found: Sequence[tuple[Any, Any]], idf: Any) -> tuple[Any, Any]:
    """Places and values of all kinds: rarity times the logarithm of the count, each kind brought to length one."""
    weighed = []
    for places, counts in found:
        values = (1 + np.log(counts)) * idf[places]
        weighed.append(values / (np.sqrt((values * values).sum()) or 1.0))
    return np.concatenate([places for places, _ in found]), np.concatenate(weighed)


def _sorted(pairs: list[tuple[int, int]]) -> tuple[Any, Any]:
    table = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    return table[:, 0].copy(), table[:, 1].copy()
