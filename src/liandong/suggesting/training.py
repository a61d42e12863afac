"""New versions of the three models from closed orders, measured on the newest rows, which nothing was learnt from, beside what reads now on
the same rows. Pure but for a temporary folder; runs in a process of its own, since it takes minutes of a core on a large city's year."""

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct

from liandong.catalogue.centres import Kind
from liandong.models.figures import figures
from liandong.models.files import FileFault, Labelled
from liandong.models.learning import learn
from liandong.models.model import Classifier
from liandong.models.store import FORMAT, Card, save
from liandong.suggesting import starting
from liandong.suggesting.classes import class_names, fold, folding
from liandong.suggesting.guessing import Loaded
from liandong.suggesting.handlers import HandlerCounts, encode, learn_handlers
from liandong.suggesting.model import Example, ModelCard, ModelFigures, SideBySide, Target
from liandong.suggesting.packing import pack
from liandong.suggesting.policy import SuggestingPolicy
from liandong.suggesting.running import read_model
from liandong.suggesting.store import Fresh
from liandong.units.directory import Directory, Matter

WEAK = 3
LEAST_HELD_OUT = 10
OTHER = "其他"
_Ask = Callable[[Example], dict[str, float]]
"""What a model says of a row: probabilities by value."""


class Job(Struct, frozen=True):
    """`examples`: oldest first. `in_force`: cards and files of what reads now, by name."""

    kind: Kind
    policy: SuggestingPolicy
    directory: Directory
    today: date
    examples: list[Example]
    in_force: dict[str, tuple[str, bytes]]


class Outcome(Struct, frozen=True):
    """`fresh`: what was learnt. `left_out`: by name, why nothing was learnt for it."""

    fresh: list[Fresh]
    left_out: dict[str, str]


def train_all(job: Job) -> Outcome:
    """Every model that there are rows enough for."""
    fresh, left_out = [], {}
    for target, make in ((Target.CLASS, _classifier), (Target.TYPE, _classifier), (Target.UNIT, _handlers)):
        if target == Target.TYPE and job.kind != Kind.WORK_ORDER:
            continue
        try:
            fresh.append(make(job, target))
        except FileFault as error:
            left_out[str(target)] = str(error)
    return Outcome(fresh, left_out)


def _classifier(job: Job, target: Target) -> Fresh:
    rows = [(one, _label(one, target)) for one in job.examples if _label(one, target)]
    seen, unseen = _split(rows, job.policy)
    known = folding([label for _, label in seen], job.policy.training.least_of_class) if target == Target.CLASS else {}
    least = {} if known else Counter(label for _, label in seen)
    taught = [(one, known.get(label, "") if known else label) for one, label in seen]
    if not known:
        taught = [(one, label) for one, label in taught if least[label] >= job.policy.training.least_of_class]
    messages = [Labelled(one.text, label, one.division[:6], str(one.on)) for one, label in taught if label]
    learnt = learn(messages, str(target), "1")
    asked = [(one, fold(label, known) if known else label) for one, label in unseen]
    measured = [(one, label) for one, label in asked if label in learnt.classifier.classes]
    ask = _ask_classifier(learnt.classifier)
    result = _measure(ask, measured, list(learnt.classifier.classes))
    card = _card(job, target, seen, measured, result, shares=_shares([label for _, label in taught if label]))
    weak = _weaknesses(ask, measured, result)
    compared = _compare(job, target, measured, result, known)
    card = msgspec.structs.replace(
        card,
        weaknesses=weak,
        compared=compared,
        not_learnt=len(asked) - len(measured),
        classes=len(learnt.classifier.classes),
    )
    return Fresh(card, _packed(learnt.classifier, card, len(messages)))


def _handlers(job: Job, target: Target) -> Fresh:
    rows = [(one, one.unit) for one in job.examples if one.unit]
    seen, measured = _split(rows, job.policy)
    counts = learn_handlers([one for one, _ in seen])
    ask = _ask_counts(job, counts)
    names = sorted({label for _, label in rows})
    result = _measure(ask, measured, names)
    card = _card(job, target, seen, measured, result, shares=_shares([label for _, label in seen]))
    compared = _compare(job, target, measured, result, {})
    card = msgspec.structs.replace(
        card, weaknesses=_weaknesses(ask, measured, result), compared=compared, classes=len(names)
    )
    return Fresh(card, encode(counts))


def _label(one: Example, target: Target) -> str:
    return one.class_code if target == Target.CLASS else one.type


def _split(rows: list[tuple[Example, str]], policy: SuggestingPolicy) -> tuple[list[Any], list[Any]]:
    """The older rows to learn from, the newest to measure on. Raises FileFault where there are too few."""
    least = policy.training.least_rows
    if len(rows) < least:
        raise FileFault(
            f"只有 {len(rows)} 件可学，至少要 {least} 件（{least} closed orders are the least to learn from）"
        )
    at = len(rows) - max(LEAST_HELD_OUT, round(len(rows) * policy.training.held_out))
    return rows[:at], rows[at:]


def _measure(ask: _Ask, rows: Sequence[tuple[Example, str]], names: list[str]) -> ModelFigures:
    if not rows:
        raise FileFault("没有可用来检验的件（no rows to measure on）")
    place = {name: at for at, name in enumerate(names)}
    shares = np.zeros((len(rows), len(names)))
    for at, (one, _) in enumerate(rows):
        for name, share in ask(one).items():
            if name in place:
                shares[at, place[name]] = share
    measured = figures([place[label] for _, label in rows], shares, names, [one.division[:6] for one, _ in rows])
    return msgspec.convert(msgspec.to_builtins(measured), ModelFigures)


def _compare(
    job: Job, target: Target, rows: Sequence[tuple[Example, str]], new: ModelFigures, known: dict[str, str]
) -> SideBySide:
    """What reads now, on the very same rows; where no model reads, the catalogue does."""
    given = job.in_force.get(target)
    loaded = read_model(*given) if given else None
    against = f"{target} {loaded.card.version}" if loaded else f"catalogue {job.directory.version}"
    ask = _folded(_asks(job, target, loaded), known)
    names = sorted({label for _, label in rows} | {name for one, _ in rows for name in ask(one)})
    old = _measure(ask, rows, names)
    return SideBySide(
        against=against,
        rows=len(rows),
        accuracy=new.accuracy,
        accuracy_before=old.accuracy,
        top_three=new.top_three,
        top_three_before=old.top_three,
        calibration=new.calibration,
        calibration_before=old.calibration,
    )


def _asks(job: Job, target: Target, loaded: Loaded | None) -> _Ask:
    if loaded is not None and isinstance(loaded.reads, Classifier):
        return _ask_classifier(loaded.reads)
    if target == Target.UNIT:
        return _ask_counts(
            job, loaded.reads if loaded and isinstance(loaded.reads, HandlerCounts) else HandlerCounts({}, {})
        )
    if target == Target.TYPE:
        return _ask_type
    return lambda one: {
        guess.name: guess.probability for guess in starting.read(one.text, job.kind, job.directory, job.today)[0]
    }


def _ask_type(one: Example) -> dict[str, float]:
    from liandong.reading.reader import type_of

    read = type_of(one.text)
    return {"help" if read == "request" else read: 0.5}


def _ask_classifier(classifier: Classifier) -> _Ask:
    return lambda one: dict(zip(classifier.classes, map(float, classifier.probabilities(one.text)), strict=True))


def _ask_counts(job: Job, counts: HandlerCounts) -> _Ask:
    """With the class that the order had: what the counts are asked at work as soon as somebody has set it."""

    def ask(one: Example) -> dict[str, float]:
        matter = Matter(class_code=one.class_code, division_code=one.division, words=one.text)
        duty = job.directory.duty(matter, job.today) if job.kind == Kind.WORK_ORDER else None
        owner = job.directory.owner(duty, matter, job.today) if duty else None
        return counts.shares(one.class_code, one.division, job.policy.units, owner.org_code if owner else None)

    return ask


def _folded(ask: _Ask, known: dict[str, str]) -> _Ask:
    """Values as the new model calls them, so that both are asked the same."""
    if not known:
        return ask

    def folded(one: Example) -> dict[str, float]:
        sums: dict[str, float] = {}
        for name, share in ask(one).items():
            target = fold(name, known) or name
            sums[target] = sums.get(target, 0.0) + share
        return sums

    return folded


def _weaknesses(ask: _Ask, rows: Sequence[tuple[Example, str]], result: ModelFigures) -> tuple[str, ...]:
    """The values found least often among those with some rows, and what they are taken for."""
    taken = Counter((label, max(said, key=lambda name: said[name])) for one, label in rows if (said := ask(one)))
    weak = sorted((one for one in result.classes if one.messages >= 2 and one.recall < 1), key=lambda one: one.recall)[
        :WEAK
    ]
    names = class_names()
    found = []
    for one in weak:
        others = [
            f"{names.get(read, read) or OTHER} {count}"
            for (true, read), count in taken.most_common()
            if true == one.name != read
        ][:2]
        name = f"{one.name} {names.get(one.name, '')}".strip()
        found.append(
            f"{name}：{one.messages} 件，召回率 {one.recall:.3f}，误读为 {'、'.join(others) or '—'}（taken for）"
        )
    return tuple(found)


def _shares(labels: Sequence[str]) -> dict[str, float]:
    counts = Counter(labels)
    return {label: round(count / len(labels), 5) for label, count in counts.most_common()}


def _card(
    job: Job,
    target: Target,
    seen: Sequence[tuple[Example, str]],
    measured: Sequence[tuple[Example, str]],
    result: ModelFigures,
    *,
    shares: dict[str, float],
) -> ModelCard:
    return ModelCard(
        name=target,
        version=0,
        source="本中心办结工单 / this centre's closed orders",
        rows=len(seen),
        held_out=len(measured),
        first_on=seen[0][0].on,
        last_on=seen[-1][0].on,
        classes=0,
        figures=result,
        weaknesses=(),
        shares=shares,
    )


def _packed(classifier: Classifier, card: ModelCard, messages: int) -> bytes:
    with tempfile.TemporaryDirectory(prefix="liandong-train-") as folder:
        stored = Card(
            name=card.name,
            version="1",
            format=FORMAT,
            data=card.source,
            messages=messages,
            first=str(card.first_on or ""),
            last=str(card.last_on or ""),
            classes=classifier.classes,
            figures=card.figures,
            weaknesses=card.weaknesses,
        )
        return pack(save(Path(folder), classifier, stored))
