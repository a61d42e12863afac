"""Learns a classifier from labelled messages: two linear readings of the same counts, weighed together and calibrated.

The margin (support vectors) is good with many messages, the complement of the other classes (naive Bayes) with few. How much
each counts, and how sure the sum may be, is found from answers to messages that the learner had not seen (five parts in turn).
scikit-learn is needed to learn only; what was learnt is read with plain arrays.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from msgspec import Struct

from liandong.models.features import features
from liandong.models.figures import Figures, figures
from liandong.models.files import FileFault, Labelled
from liandong.models.model import Classifier

PARTS = 5
LEAST_MESSAGES = 2
"""A feature that only one message has teaches nothing about others."""
MARGIN, SMOOTHING = 0.5, 0.1
SHRINK = 1e-3
SEED = 20240
Progress = Callable[[str, float], None]


class Learnt(Struct):
    classifier: Classifier
    figures: Figures
    wrong: list[tuple[int, str, float]]
    """Messages that were read wrong when not seen: which, as what, how surely."""


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
    counts, vocabulary = _counts(messages, progress)
    unseen = _answers_unseen(counts, truth, len(classes), progress)
    measured_on = slice(0, own)
    mix = _weigh_together(unseen[measured_on], truth[measured_on])
    shares = _unseen_shares(unseen[measured_on], truth[measured_on])
    idf = _idf(counts)
    rows = _normal(counts, idf)
    margin, bias, complement = _fit(rows, truth, len(classes))
    classifier = Classifier(
        name, version, classes, vocabulary, (mix[0] * margin + mix[1] * complement).T, mix[0] * bias + mix[2:]
    )
    classifier.idf = idf.astype(np.float32)
    progress("学成 / learnt", 1.0)
    true, districts = truth[measured_on], [one.district for one in messages[measured_on]]
    measured = figures(true.tolist(), shares, classes, districts)
    best = shares.argmax(axis=1)
    wrong = [(int(at), classes[best[at]], round(float(shares[at].max()), 3)) for at in np.flatnonzero(best != true)]
    return Learnt(classifier, measured, wrong)


def _counts(messages: Sequence[Labelled], progress: Progress) -> tuple[Any, list[str]]:
    from scipy.sparse import csr_matrix

    place: dict[str, int] = {}
    columns: list[int] = []
    values: list[int] = []
    ends = [0]
    for number, message in enumerate(messages):
        for word, count in features(message.text).items():
            columns.append(place.setdefault(word, len(place)))
            values.append(count)
        ends.append(len(columns))
        if number % 200 == 0:
            progress("读取文本 / reading", 0.5 * number / len(messages))
    table = csr_matrix((np.array(values, dtype=np.float64), columns, ends), shape=(len(messages), len(place)))
    kept = np.flatnonzero(np.bincount(table.indices, minlength=len(place)) >= LEAST_MESSAGES)
    names = list(place)
    table = table[:, kept]
    table.data = 1 + np.log(table.data)
    return table, [names[at] for at in kept]


def _idf(table: Any) -> Any:
    """Rarity of each feature among these messages."""
    seen = np.bincount(table.indices, minlength=table.shape[1])
    return np.log((1 + table.shape[0]) / (1 + seen)) + 1


def _normal(table: Any, idf: Any) -> Any:
    from scipy.sparse import diags
    from sklearn.preprocessing import normalize

    return normalize(table @ diags(idf)).tocsr()


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


def _answers_unseen(table: Any, truth: Any, classes: int, progress: Progress) -> Any:
    """Both readings of each message by learners that had not seen it: messages by readings by classes."""
    from sklearn.model_selection import StratifiedKFold

    answers = np.zeros((len(truth), 2, classes))
    parts = StratifiedKFold(PARTS, shuffle=True, random_state=SEED).split(truth, truth)
    for number, (seen, unseen) in enumerate(parts):
        progress("交叉验证 / cross-validating", 0.5 + 0.45 * number / PARTS)
        idf = _idf(table[seen])
        margin, bias, complement = _fit(_normal(table[seen], idf), truth[seen], classes)
        rows = _normal(table[unseen], idf)
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
    counts, _ = _counts(messages, lambda *_: None)
    answers = _answers_unseen(counts, truth, len(classes), lambda *_: None)
    return _unseen_shares(answers, truth), truth.tolist(), classes
