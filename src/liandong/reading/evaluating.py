"""The figures of a reading from a file: classes by a model or by cross-validation, danger by words and by learning."""

from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from liandong.models.figures import Figures, curve, figures
from liandong.models.files import FileFault, labelled
from liandong.models.learning import unseen_probabilities
from liandong.models.store import load
from liandong.reading.reader import read

ENOUGH = 0.95
"""The recall that the learned threshold is chosen for, where the file is large enough to learn from."""


class DangerFigures(Struct, frozen=True):
    """`recall` of the urgent, share of `false_alarms` among the others, `precision` of the alarms, by words and weights alone.

    `learned`: threshold, recall, false alarms, precision where words and a cross-validated model alarm together.
    `curve`: the same four for the two together at each twentieth of the scores.
    """

    messages: int
    urgent: int
    recall: float
    false_alarms: float
    precision: float
    learned: tuple[float, float, float, float] | None
    curve: list[tuple[float, float, float, float]]


def evaluate_classes(file: Path, text: list[str], label: str, name: str, folder: Path) -> Figures:
    """By the model in force, or, without a name, by cross-validation. Raises FileFault."""
    messages = labelled(file, text, label)
    if not messages:
        raise FileFault("文件里没有带类别的文本（no labelled text in the file）")
    if not name:
        shares, truth, classes = unseen_probabilities(messages)
        return figures(truth, shares, classes)
    classifier, _ = load(folder, name)
    strange = sorted({message.label for message in messages} - set(classifier.classes))
    if strange:
        raise FileFault(f"模型不认识这些类别：{'、'.join(strange[:5])}（the model does not know these classes）")
    shares = np.array([classifier.probabilities(message.text) for message in messages])
    return figures([classifier.classes.index(message.label) for message in messages], shares, classifier.classes)


def evaluate_danger(file: Path, text: list[str], label: str, urgent_from: int) -> DangerFigures:
    """Of graded messages; those graded `urgent_from` or higher ought to be urgent. Raises FileFault."""
    from msgspec.structs import replace

    messages = labelled(file, text, label)
    try:
        urgent = np.array([float(message.label) >= urgent_from for message in messages])
    except ValueError as error:
        raise FileFault(f"类别列应是数字分级：{error}（grades must be numbers）") from error
    readings = [read(message.text, "110") for message in messages]
    alarm = np.array([reading.urgency == "urgent" for reading in readings])
    scores: Any = np.array(
        [max(reading.danger, 1.0 if rang else 0.0) for reading, rang in zip(readings, alarm, strict=True)]
    )
    learned = None
    if urgent.sum() >= 5 and (~urgent).sum() >= 5:
        named = [replace(one, label="urgent" if so else "other") for one, so in zip(messages, urgent, strict=True)]
        shares, _, classes = unseen_probabilities(named)
        scores = shares[:, classes.index("urgent")]
        learned = _at_recall(urgent, scores)
    return DangerFigures(
        len(messages), int(urgent.sum()), *_rates(urgent, alarm), learned, curve(urgent.tolist(), scores)
    )


def _at_recall(urgent: Any, scores: Any) -> tuple[float, float, float, float]:
    """At the highest threshold that still reaches ENOUGH."""
    ranked = np.sort(scores[urgent])[::-1]
    threshold = float(ranked[min(len(ranked) - 1, int(np.ceil(ENOUGH * len(ranked))) - 1)])
    return (round(threshold, 4), *_rates(urgent, scores >= threshold))


def _rates(urgent: Any, alarm: Any) -> tuple[float, float, float]:
    hits = int((urgent & alarm).sum())
    return (
        round(hits / max(1, int(urgent.sum())), 4),
        round(int((alarm & ~urgent).sum()) / max(1, int((~urgent).sum())), 4),
        round(hits / max(1, int(alarm.sum())), 4),
    )
