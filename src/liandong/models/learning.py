"""Learns a classifier from labelled messages: two linear readings of the same counts, weighed together and calibrated.

The margin (support vectors) is good with many messages, the complement of the other classes (naive Bayes) with few. How much
each counts, and how sure the sum may be, is found from answers to messages that the learner had not seen (five parts in turn).
scikit-learn is needed to learn only; what was learnt is read with plain arrays.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from liandong.models.counting import rarity, side_by_side, tables
from liandong.models.figures import Figures, figures
from liandong.models.files import FileFault, Labelled
from liandong.models.model import Classifier

PARTS = 5
MARGIN, SMOOTHING = 0.5, 0.1
SHRINK = 1e-3
SEED = 20240
Progress = Callable[[str, float], None]


class Learnt(Struct):
    classifier: Classifier
    figures: Figures
    wrong: list[tuple[int, str, float]]
    """Messages that were read wrong when not seen: which, as what, how surely."""
    unseen: Any = None
    """Probabilities of each message for each class, by learners that had not seen it."""


def learn(
    messages: Sequence[Labelled],
    name: str,
    version: str,
    progress: Progress = lambda *_: None,
    *,
    own: int | None = None,
) -> Learnt:
    """`own`: only the first so many are measured and calibrated on; the rest is learnt from besides. Raises FileFault where there is too little to learn from: two classes with five messages each are the least."""
    classes = sorted({message.label for message in messages})
    truth = np.array([classes.index(message.label) for message in messages])
    if len(classes) < 2 or np.bincount(truth).min() < PARTS:
        raise FileFault(
            f"至少要有两类，每类至少 {PARTS} 条，才能学习（two classes with {PARTS} messages each are the least to learn from）"
        )
    parts, vocabulary = _tables(messages, progress)
    unseen = _answers_unseen(parts, truth, len(classes), progress)
    measured_on = slice(0, own)
    mix = _weigh_together(unseen[measured_on], truth[measured_on])
    shares = _unseen_shares(unseen[measured_on], truth[measured_on])
    rarities = [rarity(part) for part in parts]
    margin, bias, complement = _fit(side_by_side(parts, rarities), truth, len(classes))
    classifier = Classifier(
        name, version, classes, vocabulary, (mix[0] * margin + mix[1] * complement).T, mix[0] * bias + mix[2:]
    )
    classifier.idf = np.concatenate(rarities).astype(np.float32)
    progress("学成 / learnt", 1.0)
    true, districts = truth[measured_on], [one.district for one in messages[measured_on]]
    measured = figures(true.tolist(), shares, classes, districts)
    best = shares.argmax(axis=1)
    wrong = [(int(at), classes[best[at]], round(float(shares[at].max()), 3)) for at in np.flatnonzero(best != true)]
    return Learnt(classifier, measured, wrong, shares)


def _tables(messages: Sequence[Labelled], progress: Progress) -> tuple[list[Any], list[str]]:
    return tables([message.text for message in messages], lambda done: progress("读取文本 / reading", 0.4 * done))


def _fit(rows: Any, truth: Any, classes: int) -> tuple[Any, Any, Any]:
    """Weights of the margin (classes by features), its biases, and weights of the complement."""
    from sklearn.naive_bayes import ComplementNB
    from sklearn.svm import LinearSVC

    margin = LinearSVC(C=MARGIN, random_state=SEED).fit(rows, truth)
    weights, bias = margin.coef_, margin.intercept_
    if classes == 2:
        weights, bias = np.vstack([-weights, weights]), np.array([-bias[0], bias[0]])
    complement = ComplementNB(alpha=SMOOTHING).fit(rows, truth)
    log = complement.feature_log_prob_
    return weights, bias, log - log.mean(axis=0)


def _answers_unseen(tables: Sequence[Any], truth: Any, classes: int, progress: Progress) -> Any:
    """Both readings of each message by learners that had not seen it: messages by readings by classes."""
    from sklearn.model_selection import StratifiedKFold

    answers = np.zeros((len(truth), 2, classes))
    parts = StratifiedKFold(PARTS, shuffle=True, random_state=SEED).split(truth, truth)
    for number, (seen, unseen) in enumerate(parts):
        progress("交叉验证 / cross-validating", 0.4 + 0.5 * number / PARTS)
        rarities = [rarity(table[seen]) for table in tables]
        learnt_from = side_by_side([table[seen] for table in tables], rarities)
        margin, bias, complement = _fit(learnt_from, truth[seen], classes)
        rows = side_by_side([table[unseen] for table in tables], rarities)
        answers[unseen, 0] = rows @ margin.T + bias
        answers[unseen, 1] = rows @ complement.T
    return answers


def _weigh_together(answers: Any, truth: Any) -> Any:
    """How much the margin and the complement count, then a bias for each class: the least surprise at the truth."""
    from scipy.optimize import minimize

    classes = answers.shape[2]
    rows = np.arange(len(truth))

    def surprise(mix: Any) -> tuple[float, Any]:
        shares = _shares(answers, mix)
        loss = -np.log(shares[rows, truth] + 1e-12).mean() + SHRINK * (mix[2:] ** 2).sum()
        error = shares.copy()
        error[rows, truth] -= 1
        error /= len(truth)
        slope = [(error * answers[:, one]).sum() for one in (0, 1)]
        return float(loss), np.concatenate([slope, error.sum(axis=0) + 2 * SHRINK * mix[2:]])

    start = np.concatenate([[2.0, 1.0], np.zeros(classes)])
    bounds = [(0.0, None), (0.0, None)] + [(None, None)] * classes
    return minimize(surprise, start, jac=True, method="L-BFGS-B", bounds=bounds).x


def _unseen_shares(answers: Any, truth: Any) -> Any:
    """Probabilities by a weighing that had not seen the message either, so that the figures do not flatter."""
    from sklearn.model_selection import StratifiedKFold

    shares = np.zeros((len(truth), answers.shape[2]))
    for seen, unseen in StratifiedKFold(PARTS, shuffle=True, random_state=SEED + 1).split(truth, truth):
        shares[unseen] = _shares(answers[unseen], _weigh_together(answers[seen], truth[seen]))
    return shares


def _shares(answers: Any, mix: Any) -> Any:
    score = mix[0] * answers[:, 0] + mix[1] * answers[:, 1] + mix[2:]
    score = score - score.max(axis=1, keepdims=True)
    shares = np.exp(score)
    return shares / shares.sum(axis=1, keepdims=True)


def unseen_probabilities(messages: Sequence[Labelled]) -> tuple[Any, list[int], list[str]]:
    """Probabilities for each message by learners that had not seen it, the true classes and their names. Raises FileFault."""
    classes = sorted({message.label for message in messages})
    truth = np.array([classes.index(message.label) for message in messages])
    if len(classes) < 2 or np.bincount(truth).min() < PARTS:
        raise FileFault(f"每类至少 {PARTS} 条，才能交叉验证（{PARTS} messages of each class are needed）")
    parts, _ = _tables(messages, lambda *_: None)
    answers = _answers_unseen(parts, truth, len(classes), lambda *_: None)
    return _unseen_shares(answers, truth), truth.tolist(), classes
