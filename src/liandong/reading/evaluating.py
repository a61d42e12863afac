"""The figures of a reading from a file: classes by a model or by cross-validation, danger by words and by learning."""

from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from liandong.models.figures import URGENT_RECALL, Figures, curve, figures, rates, threshold_for
from liandong.models.files import FileFault, by_grade, labelled
from liandong.models.learning import unseen_probabilities
from liandong.models.store import load
from liandong.reading.danger import URGENT
from liandong.reading.reader import read


class DangerFigures(Struct, frozen=True):
    """`recall` of the urgent, share of `false_alarms` among the others, `precision` of the alarms, by words and weights alone.

    `learned`: threshold, recall, false alarms, precision of a cross-validated model alone; `together`: the last three where either
    alarms, as `read --danger` does. `curve`: the four of the model at each twentieth of its scores, else those of words and weights.
    """

    messages: int
    urgent: int
    recall: float
    false_alarms: float
    precision: float
    learned: tuple[float, float, float, float] | None
    together: tuple[float, float, float] | None
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
    messages = by_grade(labelled(file, text, label), urgent_from)
    urgent = np.array([message.label == URGENT for message in messages])
    readings = [read(message.text, "110") for message in messages]
    alarm = np.array([reading.urgency == "urgent" for reading in readings])
    scores: Any = np.array(
        [max(reading.danger, 1.0 if rang else 0.0) for reading, rang in zip(readings, alarm, strict=True)]
    )
    learned = together = None
    if urgent.sum() >= 5 and (~urgent).sum() >= 5:
        shares, _, classes = unseen_probabilities(messages)
        scores = shares[:, classes.index(URGENT)]
        threshold = threshold_for(urgent, scores, URGENT_RECALL)
        learned = (round(threshold, 4), *rates(urgent, scores >= threshold))
        together = rates(urgent, alarm | (scores >= threshold))
    return DangerFigures(
        len(messages), int(urgent.sum()), *rates(urgent, alarm), learned, together, curve(urgent, scores)
    )
