"""Weighs the letters and words of a text: many weak signs together say what no single word says.

A scale (danger, whose duty, …) has a weight for each of some thousand sequences of one to four characters. The sum of the
weights of those that stand in the text, divided by the root of their number, plus a bias, is the score; above 0 it speaks for
the scale. The weights are data (`catalogue/data/weights.json`), fitted by `routing.fit` to messages that people labelled,
readable and correctable one by one. A scale may raise urgency, never lower it.
"""

from functools import cache
from importlib.resources import files
from math import sqrt
from struct import Struct as Layout

import ahocorasick
import msgspec
from msgspec import Struct

from liandong.routing.model import Span

SHOWN = 3
"""Sequences quoted as the grounds of a score."""

LANE = 32
"""Bits that one scale's sum has in the number that sums all scales at once."""

LIFT = 1 << 15
"""What is added to each weight, so that none is negative; a window's sequences together stay far below a lane's room."""


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
    """The highest score of a scale among the windows, where that window is, and the score of the opening.

    `long`: the text was longer than one window.
    """

    long: bool
    best: dict[str, float]
    windows: dict[str, tuple[int, int]]
    opening: dict[str, float]


class Scales:
    """Built once; afterwards only read, but for the last answer, which is replaced whole."""

    def __init__(self, weights: Weights) -> None:
        self._window = weights.window
        self._last: tuple[str, Weighed] | None = None
        self._names = tuple(weights.scales)
        self._biases = [scale.bias for scale in weights.scales.values()]
        self._sums = Layout(f"<{len(self._names)}I")
        self._known = sorted({sequence for scale in weights.scales.values() for sequence in scale.weights})
        self._packed = [self._pack(weights, sequence) for sequence in self._known]
        self._automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        for number, sequence in enumerate(self._known):
            self._automaton.add_word(sequence, number)
        if self._known:
            self._automaton.make_automaton()

    def _pack(self, weights: Weights, sequence: str) -> int:
        """The weights of a sequence in all scales side by side in one number: one addition adds to every scale."""
        lanes = [scale.weights.get(sequence, 0) + LIFT for scale in weights.scales.values()]
        if not all(0 <= lane < 2 * LIFT for lane in lanes):
            raise ValueError(
                f"{sequence}: a weight is no smaller than -{LIFT} and no greater than {LIFT - 1} hundredths"
            )
        return sum(lane << LANE * place for place, lane in enumerate(lanes))

    def _weight(self, number: int, scale: int) -> int:
        return (self._packed[number] >> LANE * scale) % (1 << LANE) - LIFT

    def weigh(self, text: str) -> Weighed:
        """The last text is remembered: ownership and the share of danger are asked for one after the other."""
        last = self._last
        if last is not None and last[0] == text:
            return last[1]
        weighed = self._weigh(text)
        self._last = (text, weighed)
        return weighed

    def _weigh(self, text: str) -> Weighed:
        step = self._window // 2
        starts = range(0, max(1, len(text) - step), step)
        places = [(start, min(len(text), start + self._window)) for start in starts]
        scores = [self._scores(text, *place) for place in places]
        best, windows = dict(scores[0]), dict.fromkeys(self._names, places[0])
        for place, others in zip(places[1:], scores[1:], strict=True):
            for name, score in others.items():
                if score > best[name]:
                    best[name], windows[name] = score, place
        return Weighed(long=len(places) > 1, best=best, windows=windows, opening=scores[0])

    def grounds(self, text: str, weighed: Weighed, name: str) -> tuple[Span, ...]:
        """The words of more than one character that weigh most in the best score of a scale, in the order of the text."""
        scale = self._names.index(name)
        first: dict[int, tuple[int, int, int]] = {}
        for last, number in self._automaton.iter(text, *weighed.windows[name]):
            length, weight = len(self._known[number]), self._weight(number, scale)
            if length > 1 and weight > 0:
                first.setdefault(number, (last + 1, length, weight))
        heaviest = sorted(first.values(), key=lambda hit: -hit[2])[:SHOWN]
        return tuple(
            Span(end - length, end, text[end - length : end], f"weighed.{name}") for end, length, _ in sorted(heaviest)
        )

    def has_grounds(self, text: str, weighed: Weighed, name: str) -> bool:
        scale = self._names.index(name)
        places = self._automaton.iter(text, *weighed.windows[name])
        return any(len(self._known[number]) > 1 and self._weight(number, scale) > 0 for _, number in places)

    def _scores(self, text: str, start: int, end: int) -> dict[str, float]:
        """The score of each scale for one window; a sequence counts once."""
        seen = {number for _, number in self._automaton.iter(text, start, end)}
        if not seen:
            return dict(zip(self._names, self._biases, strict=True))
        together = sum(map(self._packed.__getitem__, seen))
        lanes = self._sums.unpack(together.to_bytes(self._sums.size, "little"))
        lifted, hundredfold = LIFT * len(seen), 100 * sqrt(len(seen))
        return {
            name: (lane - lifted) / hundredfold + bias
            for name, lane, bias in zip(self._names, lanes, self._biases, strict=True)
        }


@cache
def default_scales() -> Scales:
    """The scales from the shipped weights."""
    data = files("liandong.catalogue").joinpath("data/weights.json").read_bytes()
    return Scales(msgspec.json.decode(data, type=Weights))
