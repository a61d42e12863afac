"""A learned reading of classes: one row of readable weights for each feature, and what was measured when it was learnt."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from liandong.models.vocabulary import Vocabulary, is_word, values_of


class Guess(Struct, frozen=True):
    """A class and how probable it is: of a hundred guesses with 0.9, about ninety are right."""

    name: str
    probability: float


class Ground(Struct, frozen=True):
    """Words of the text that speak for the first class, as character offsets [start, end)."""

    start: int
    end: int
    text: str
    says: str


class Classifier:
    """Reads classes. Built once, afterwards only read; may be called from many threads."""

    def __init__(
        self, name: str, version: str, classes: Sequence[str], vocabulary: Sequence[str], weights: Any, bias: Any
    ):
        self.name, self.version, self.classes = name, version, tuple(classes)
        self.vocabulary = list(vocabulary)
        self.weights = np.asarray(weights, dtype=np.float32)
        """features by classes: the calibrated weight, with the feature's rarity already in `idf`."""
        self.bias = np.asarray(bias, dtype=np.float64)
        self._known_words = Vocabulary(self.vocabulary)
        self._is_word = np.array([is_word(name) for name in self.vocabulary], dtype=bool)
        self.idf = np.ones(len(self.vocabulary), dtype=np.float32)

    def probabilities(self, text: str) -> Any:
        """One for each class, together 1. A text of which nothing is known gets what is common."""
        return self._shares(*self._known(text))

    def read(self, text: str, most: int = 3) -> tuple[list[Guess], list[Ground]]:
        """The likeliest classes, and the words that speak most for the first against the others."""
        at, values = self._known(text)
        shares = self._shares(at, values)
        order = np.argsort(-shares, kind="stable")[:most]
        guesses = [Guess(self.classes[one], round(float(shares[one]), 4)) for one in order]
        return guesses, self._grounds(text, at, values, int(order[0]), most)

    def grounds(self, text: str, name: str, most: int = 3) -> list[Ground]:
        """The words that speak most for one class, whether it is the likeliest or not."""
        return self._grounds(text, *self._known(text), self.classes.index(name), most)

    def _known(self, text: str) -> tuple[Any, Any]:
        """The features that were learnt, and their values."""
        return values_of(self._known_words.find(text), self.idf)

    def _shares(self, at: Any, values: Any) -> Any:
        score = self.bias + values @ self.weights[at]
        shares = np.exp(score - score.max())
        return shares / shares.sum()

    def _grounds(self, text: str, at: Any, values: Any, column: int, most: int) -> list[Ground]:
        said = self._is_word[at]
        at, values = at[said], values[said]
        rows = self.weights[at]
        speaks = values * (rows[:, column] - rows.mean(axis=1))
        found: dict[str, Ground] = {}
        for one in np.argsort(-speaks, kind="stable"):
            if speaks[one] <= 0 or len(found) == most:
                break
            word = self.vocabulary[at[one]].lstrip("^=")
            start = text.find(word)
            if start >= 0 and word not in found:
                found[word] = Ground(start, start + len(word), word, self.classes[column])
        return list(found.values())
