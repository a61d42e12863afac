"""Weighs the words of a text: many weak signs together say what no single word says.

A weight is how much a word, or a group of words of one meaning, speaks for something (danger, a police matter …). The
sum over the different words of the text, divided by the root of their number, plus a bias, is the score; above 0 it speaks
for it. Weights are data (`weights.toml`), fitted by `routing.fit` to messages that people labelled.
"""

import tomllib
from functools import cache
from importlib.resources import files
from math import sqrt

import ahocorasick
import msgspec
from msgspec import Struct

from liandong.routing.model import Span
from liandong.routing.terms import Terms, default_terms

SHOWN = 3
"""Words quoted as the grounds of a score."""


class Scale(Struct, frozen=True, forbid_unknown_fields=True):
    """What is weighed: weight → the words and @groups that have it."""

    name: str
    title: str
    bias: float
    words: dict[str, str]


class Weights(Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    window: int
    """Characters weighed at once; of a longer text the highest score of its windows counts."""
    scale: tuple[Scale, ...]


class Scores(Struct, frozen=True):
    """The score of each scale for one text, and the window of the text that gave it."""

    values: dict[str, float]
    windows: dict[str, tuple[int, int]]

    def __getitem__(self, name: str) -> float:
        return self.values[name]


class Scales:
    """Built once from weights and the groups of the terms; afterwards only read."""

    def __init__(self, weights: Weights, terms: Terms):
        self._window = weights.window
        self._biases = {scale.name: scale.bias for scale in weights.scale}
        self._weights: dict[str, dict[str, int]] = {
            scale.name: {word: int(weight) for weight, words in scale.words.items() for word in words.split()}
            for scale in weights.scale
        }
        known = {word for words in self._weights.values() for word in words}
        members = group_members(terms)
        features: dict[str, list[str]] = {word: [word] for word in known if not word.startswith("@")}
        for name, words in members.items():
            if f"@{name}" in known:
                for word in words:
                    features.setdefault(word, []).append(f"@{name}")
        numbers = {feature: number for number, feature in enumerate(sorted(known))}
        self._tables = {
            name: [own.get(feature, 0) for feature in sorted(known)] for name, own in self._weights.items()
        }
        self._automaton = ahocorasick.Automaton()
        for word, own_features in features.items():
            self._automaton.add_word(word, (len(word), tuple(numbers[feature] for feature in own_features)))
        self._automaton.make_automaton()

    def weigh(self, text: str) -> Scores:
        values: dict[str, float] = {}
        windows: dict[str, tuple[int, int]] = {}
        for start in range(0, max(1, len(text) - self._window // 2), self._window // 2):
            end = min(len(text), start + self._window)
            seen: set[int] = set()
            for _, (_, numbers) in self._automaton.iter(text, start, end):
                seen.update(numbers)
            root = sqrt(len(seen) or 1)
            for name, table in self._tables.items():
                score = sum([table[number] for number in seen]) / root + self._biases[name]
                if name not in values or score > values[name]:
                    values[name], windows[name] = score, (start, end)
        return Scores(values, windows)

    def grounds(self, text: str, scores: Scores, name: str, says: str) -> tuple[Span, ...]:
        """The words that weigh most in a score, in the order of the text."""
        start, end = scores.windows[name]
        table = self._tables[name]
        weighed = [
            (sum(table[number] for number in numbers), last + 1 - length, last + 1)
            for last, (length, numbers) in self._automaton.iter(text, start, end)
        ]
        chosen: list[tuple[int, int]] = []
        for weight, first, last in sorted(weighed, key=lambda item: (-item[0], item[1])):
            if weight <= 0 or len(chosen) == SHOWN:
                break
            if all(last <= one or other <= first for one, other in chosen):
                chosen.append((first, last))
        return tuple(Span(first, last, text[first:last], says) for first, last in sorted(chosen))


def group_members(terms: Terms) -> dict[str, frozenset[str]]:
    """The words of each group, and of each class that a pattern may name, for weighing."""
    return {
        name: frozenset(word for word in words.split() if not word.startswith("@"))
        for name, words in (terms.classes | terms.groups).items()
    }


def load_weights(text: str) -> Weights:
    """Weights from the text of a TOML file. Raises msgspec.ValidationError naming the field that is wrong."""
    return msgspec.convert(tomllib.loads(text), Weights)


@cache
def default_scales() -> Scales:
    """The scales with the shipped weights."""
    text = files("liandong.routing").joinpath("weights.toml").read_text("utf-8")
    return Scales(load_weights(text), default_terms())
