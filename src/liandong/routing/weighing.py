"""Weighs the letters and words of a text: many weak signs together say what no single word says.

A scale (danger, whose duty, …) has a weight for each of some thousand sequences of one to four characters. The sum of the
weights of those that stand in the text, divided by the root of their number, plus a bias, is the score; above 0 it speaks for
the scale. The weights are data (`catalogue/data/weights.json`), fitted by `routing.fit` to messages that people labelled,
readable and correctable one by one. A scale may raise urgency, never lower it.
"""

from functools import cache
from importlib.resources import files
from math import sqrt

import ahocorasick
import msgspec
from msgspec import Struct

from liandong.routing.model import Span

SHOWN = 3
"""Sequences quoted as the grounds of a score."""


class Scale(Struct, frozen=True, forbid_unknown_fields=True):
    bias: float
    weights: dict[str, int]
    """In hundredths."""


class Weights(Struct, frozen=True, forbid_unknown_fields=True):
    """`window`: characters weighed at once; of a longer text the windows are weighed one after the other, half overlapping."""

    version: str
    window: int
    scales: dict[str, Scale]


class Weighed(Struct, frozen=True):
    """The highest score of a scale among the windows, the score of the opening, and the words that weigh most in the former.

    `long`: the text was longer than one window.
    """

    long: bool
    best: dict[str, float]
    opening: dict[str, float]
    grounds: dict[str, tuple[Span, ...]]


class Scales:
    """Built once; afterwards only read."""

    def __init__(self, weights: Weights) -> None:
        self._window = weights.window
        self._names = tuple(weights.scales)
        self._biases = [scale.bias for scale in weights.scales.values()]
        known = sorted({sequence for scale in weights.scales.values() for sequence in scale.weights})
        self._automaton = ahocorasick.Automaton()
        for number, sequence in enumerate(known):
            own = tuple(scale.weights.get(sequence, 0) / 100 for scale in weights.scales.values())
            self._automaton.add_word(sequence, (number, len(sequence), own))
        if known:
            self._automaton.make_automaton()

    def weigh(self, text: str) -> Weighed:
        step = self._window // 2
        starts = range(0, max(1, len(text) - step), step)
        windows = [self._one(text, start, min(len(text), start + self._window)) for start in starts]
        opening = windows[0]
        best: dict[str, int] = {}
        for i, name in enumerate(self._names):
            scores = [values[i] for values, _ in windows]
            best[name] = scores.index(max(scores))
        return Weighed(
            long=len(windows) > 1,
            best={name: windows[best[name]][0][i] for i, name in enumerate(self._names)},
            opening={name: opening[0][i] for i, name in enumerate(self._names)},
            grounds={name: _grounds(windows[best[name]][1], i, text, name) for i, name in enumerate(self._names)},
        )

    def _one(self, text: str, start: int, end: int) -> tuple[list[float], list[tuple[int, int, tuple[float, ...]]]]:
        """The scores of one window, and each different sequence in it: where it ends, its length, its weights."""
        seen: dict[int, tuple[int, int, tuple[float, ...]]] = {}
        for last, (number, length, own) in self._automaton.iter(text, start, end):
            if number not in seen:
                seen[number] = (last + 1, length, own)
        hits = list(seen.values())
        root = sqrt(len(hits)) or 1.0
        sums = (
            [sum(column) / root for column in zip(*(own for _, _, own in hits), strict=True)]
            if hits
            else [0.0] * len(self._names)
        )
        return [total + bias for total, bias in zip(sums, self._biases, strict=True)], hits


def _grounds(hits: list[tuple[int, int, tuple[float, ...]]], scale: int, text: str, name: str) -> tuple[Span, ...]:
    heaviest = sorted((hit for hit in hits if hit[1] > 1 and hit[2][scale] > 0), key=lambda hit: -hit[2][scale])[:SHOWN]
    return tuple(
        Span(end - length, end, text[end - length : end], f"weighed.{name}") for end, length, _ in sorted(heaviest)
    )


@cache
def default_scales() -> Scales:
    """The scales from the shipped weights."""
    data = files("liandong.catalogue").joinpath("data/weights.json").read_bytes()
    return Scales(msgspec.json.decode(data, type=Weights))
