"""The figures of a reading: how often it is right, how well it knows how sure it is."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from msgspec import Struct

SUREST = 0.7
BINS = 10
URGENT_RECALL = 0.95
"""A danger model is set to find this share of the urgent; what that costs in false alarms is on the card."""


class ClassFigures(Struct, frozen=True):
    """Of one class: how many messages, how many of those named so are so (precision), how many were found (recall)."""

    name: str
    messages: int
    precision: float
    recall: float
    f1: float


class Figures(Struct, frozen=True):
    """`surest`: share right among the surest 70 %. `calibration`: expected calibration error over ten bins of equal width."""

    messages: int
    accuracy: float
    macro_f1: float
    top_two: float
    top_three: float
    surest: float
    calibration: float
    classes: tuple[ClassFigures, ...] = ()
    districts: dict[str, float] = {}


def figures(truth: Sequence[int], shares: Any, names: Sequence[str], districts: Sequence[str] = ()) -> Figures:
    """From the true class of each message and the probabilities given for it."""
    true, given = np.asarray(truth), np.asarray(shares)
    order = np.argsort(-given, axis=1, kind="stable")
    best = order[:, 0]
    right = best == true
    per_class = tuple(_of_class(name, at, true, best) for at, name in enumerate(names))
    sure = np.argsort(-given.max(axis=1), kind="stable")[: max(1, round(SUREST * len(true)))]
    return Figures(
        messages=len(true),
        accuracy=_round(right.mean()),
        macro_f1=_round(np.mean([one.f1 for one in per_class if one.messages])),
        top_two=_round((order[:, :2] == true[:, None]).any(axis=1).mean()),
        top_three=_round((order[:, :3] == true[:, None]).any(axis=1).mean()),
        surest=_round(right[sure].mean()),
        calibration=_round(calibration_error(right, given.max(axis=1))),
        classes=per_class,
        districts=_of_districts(right, districts),
    )


def calibration_error(right: Any, sure: Any) -> float:
    """How far, on average, the share of right answers lies from the probability that was given."""
    bins = np.minimum((np.asarray(sure) * BINS).astype(int), BINS - 1)
    error = 0.0
    for one in range(BINS):
        chosen = bins == one
        if chosen.any():
            error += chosen.mean() * abs(np.asarray(right)[chosen].mean() - np.asarray(sure)[chosen].mean())
    return error


def threshold_for(truth: Any, scores: Any, recall: float) -> float:
    """The highest score that, taken as an alarm together with all above it, still finds that share of the true ones."""
    ranked = np.sort(np.asarray(scores, dtype=float)[np.asarray(truth, dtype=bool)])[::-1]
    return float(ranked[min(len(ranked) - 1, int(np.ceil(recall * len(ranked))) - 1)])


def rates(truth: Any, alarm: Any) -> tuple[float, float, float]:
    """Recall, share of false alarms among the harmless, precision."""
    true, rang = np.asarray(truth, dtype=bool), np.asarray(alarm, dtype=bool)
    hits = int((true & rang).sum())
    return (
        _round(hits / max(1, int(true.sum()))),
        _round(int((rang & ~true).sum()) / max(1, int((~true).sum()))),
        _round(hits / max(1, int(rang.sum()))),
    )


def curve(truth: Any, scores: Any) -> list[tuple[float, float, float, float]]:
    """Threshold, recall, share of false alarms among the harmless, precision: at each twentieth of the scores."""
    given = np.asarray(scores, dtype=float)
    thresholds = np.unique(np.quantile(given, np.linspace(0, 1, 21)))
    return [(_round(one), *rates(truth, given >= one)) for one in thresholds]


def _of_class(name: str, at: int, true: Any, best: Any) -> ClassFigures:
    hits, named, there = int(((best == at) & (true == at)).sum()), int((best == at).sum()), int((true == at).sum())
    precision, recall = hits / max(1, named), hits / max(1, there)
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return ClassFigures(name, there, _round(precision), _round(recall), _round(f1))


def _of_districts(right: Any, districts: Sequence[str]) -> dict[str, float]:
    if not any(districts):
        return {}
    named = np.asarray(districts)
    return {str(one): _round(right[named == one].mean()) for one in np.unique(named) if one}


def _round(value: Any) -> float:
    return round(float(value), 4)
