"""How good the detectors of answers are where people have labelled answers: precision, recall, balanced accuracy, beside always saying yes."""

import csv
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from msgspec import Struct

from liandong.detectors.model import Case, DetectorPolicy
from liandong.detectors.rules import RULES

TEXTUAL = ("no_evidence", "off_topic")
NOBODY = UUID(int=0)


class Labelled(Struct, frozen=True):
    """A matter with its answer; `bad`: people found the answer wanting."""

    title: str
    content: str
    answer: str
    bad: bool


class Score(Struct, frozen=True):
    """`always`: the precision of flagging everything, which is the share of bad answers; its balanced accuracy is 0.5."""

    detector: str
    rows: int
    bad: int
    flagged: int
    right: int
    precision: float
    recall: float
    balanced: float
    always: float


def read_labels(labels: Path, messages: Path, column: str | None) -> list[Labelled]:
    """Rows with a label. `column`: 1 good, 0 bad; without a name the fullest of the columns beside the id. Raises ValueError."""
    texts = {row["留言编号"]: row for row in _rows(messages)}
    rows = _rows(labels)
    if not rows or "留言编号" not in rows[0]:
        raise ValueError(f"{labels.name}: 应有“留言编号”一列（a column 留言编号 is needed）")
    names = label_columns(labels)
    chosen = column or max(names, key=lambda name: sum(bool(row[name]) for row in rows))
    if chosen not in names:
        raise ValueError(f"{labels.name}: 没有 {chosen} 一列；已有：{'、'.join(names)}（no such column）")
    found = []
    for row in rows:
        text = texts.get(row["留言编号"])
        if row[chosen] and text:
            bad = float(row[chosen]) == 0
            found.append(Labelled(text["留言主题"], text["留言详情"], text["答复意见"], bad))
    if not found:
        raise ValueError(
            f"{labels.name}: 没有一行既有标签又在 {messages.name} 里（no labelled row is among the messages）"
        )
    return found


def label_columns(labels: Path) -> list[str]:
    """The columns beside the id."""
    rows = _rows(labels)
    return [name for name in rows[0] if name != "留言编号"] if rows else []


def evaluate(policy: DetectorPolicy, rows: Iterable[Labelled]) -> list[Score]:
    """Each textual detector at its threshold, and both together (one of them flags)."""
    rows = list(rows)
    flagged = {name: [_flags(policy, name, row) for row in rows] for name in TEXTUAL if policy.detector(name)}
    flagged["any"] = [any(said) for said in zip(*flagged.values(), strict=True)]
    return [score(name, [row.bad for row in rows], said) for name, said in flagged.items()]


def score(name: str, bad: list[bool], flagged: list[bool]) -> Score:
    right = sum(b and f for b, f in zip(bad, flagged, strict=True))
    total, said = sum(bad), sum(flagged)
    good = len(bad) - total
    recall = right / total if total else 0.0
    spared = (good - (said - right)) / good if good else 0.0
    precision = right / said if said else 0.0
    return Score(name, len(bad), total, said, right, precision, recall, (recall + spared) / 2, total / len(bad))


def _flags(policy: DetectorPolicy, name: str, row: Labelled) -> bool:
    detector = policy.detector(name)
    assert detector is not None
    case = Case(
        order_id=NOBODY,
        round=1,
        kind="work_order",
        unit="",
        title=row.title,
        content=row.content,
        answer=row.answer,
        closing="handled",
    )
    found = RULES[name].run(case, detector.params, policy.stock)
    return found is not None and found.score >= detector.threshold


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
