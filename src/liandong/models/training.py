"""From a file to a model with its card, beside the versions that are there already."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from liandong.models.figures import URGENT_RECALL, threshold_for
from liandong.models.files import FileFault, Labelled, by_grade, labelled
from liandong.models.learning import Learnt, Progress, learn
from liandong.models.store import FORMAT, Card, card_of, in_force, next_version, save

WEAK = 3


def train_model(
    file: Path,
    text: list[str],
    label: str,
    name: str,
    folder: Path,
    *,
    district: str = "",
    at: str = "",
    also: tuple[str, ...] = (),
    urgent_from: int = -1,
    progress: Progress = lambda *_: None,
) -> tuple[Card, str]:
    """The card of the new version, and one sentence on how it compares with the one in force. Raises FileFault.

    `urgent_from`: the label is a grade; what is learnt is only whether it is at least so high.
    """
    version = next_version(folder, name)
    own = labelled(file, text, label, district, at)
    more = _apart(own, [message for source in also for message in _more(source, label)])
    if urgent_from >= 0:
        own, more = by_grade(own, urgent_from), by_grade(more, urgent_from)
    learnt = learn([*own, *more], name, version, progress, own=len(own))
    times = sorted(message.at for message in own if message.at)
    card = Card(
        name=name,
        version=version,
        format=FORMAT,
        data="、".join((file.name, *(Path(source.rpartition(":")[0]).name for source in also))),
        messages=len(own) + len(more),
        first=times[0] if times else "",
        last=times[-1] if times else "",
        classes=learnt.classifier.classes,
        figures=learnt.figures,
        weaknesses=_weaknesses(learnt, own),
        urgent_at=_urgent_at(learnt, own) if urgent_from >= 0 else 0.0,
    )
    before = in_force(folder, name)
    save(folder, learnt.classifier, card)
    if before is None:
        return card, f"版本 {version} 已启用（version {version} is in force: it is the first）"
    old = card_of(folder, name, before.version).figures.accuracy
    return card, (
        f"在用版本 {before.version}：正确率 {old:.4f}；新版本 {version}：{card.figures.accuracy:.4f}。"
        f"启用：liandong models promote {name} {version}（a person promotes it）"
    )


def _urgent_at(learnt: Learnt, messages: Sequence[Labelled]) -> float:
    """Never above one half: what is likelier urgent than not rings, however well the two lay apart when it was learnt."""
    column = learnt.classifier.classes.index("urgent")
    urgent = [one.label == "urgent" for one in messages]
    return min(0.5, threshold_for(urgent, learnt.unseen[:, column], URGENT_RECALL))


def _more(source: str, label: str) -> list[Labelled]:
    path, sign, columns = source.rpartition(":")
    if not sign:
        raise FileFault(f"--also 应写成 文件:文本列，收到的是 {source!r}（write FILE:COLUMNS）")
    return labelled(Path(path), columns.split(","), label)


def _apart(own: Sequence[Labelled], more: Sequence[Labelled]) -> list[Labelled]:
    """Those that are not the same message as one of our own: it would be learnt from and asked about at once."""
    if not more:
        return []
    from liandong.topics.near import NearIndex

    index = NearIndex()
    for number, message in enumerate(own):
        index.add(str(number), message.text)
    return [message for message in more if not index.near(message.text, least=0.25, most=1)]


def _weaknesses(learnt: Learnt, messages: Sequence[Labelled]) -> tuple[str, ...]:
    """The classes found least often, and what they are taken for."""
    taken = Counter((messages[at].label, read) for at, read, _ in learnt.wrong)
    weak = sorted((one for one in learnt.figures.classes if one.messages), key=lambda one: one.recall)[:WEAK]
    found = []
    for one in weak:
        others = [f"{read} {count}" for (true, read), count in taken.most_common() if true == one.name][:2]
        found.append(f"{one.name}：召回率 {one.recall:.3f}，误读为 {'、'.join(others) or '—'}（taken for）")
    return tuple(found)
