"""The figures of ownership verdicts from a file of labelled calls: what was decided, what danger was missed, what false alarms cost.

A line is `{"centre","text","decision","urgent"}`, or has the last two in `expect`, as the files that `routing.fit` learns from.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from liandong.models.figures import curve, rates
from liandong.models.files import FileFault
from liandong.reading.reader import FullReader, Reading
from liandong.routing.jsonl import BadLine, message_of


class Call(Struct, frozen=True):
    """A call as people judged it. `number`: its id, for the lists of what was read wrong."""

    number: str
    centre: str
    text: str
    decision: str
    urgent: bool


class OwnershipFigures(Struct, frozen=True):
    """`right`: share of the decisions as labelled. `recall` of the urgent, `false_alarms` among the others, `precision` of the alarms.

    `sure`: share of the verdicts that are sure enough to go by themselves; `sure_right` of them; `sure_dangerous`: how many of them
    hide a danger, which must be 0. `curve`: threshold, recall, false alarms, precision were the score of danger alone to decide.
    `missed`, `alarmed`: ids of dangers not heard and of false alarms.
    """

    messages: int
    urgent: int
    right: float
    recall: float
    false_alarms: float
    precision: float
    sure: float
    sure_right: float
    sure_dangerous: int
    curve: list[tuple[float, float, float, float]]
    missed: list[str]
    alarmed: list[str]


def evaluate_ownership(file: Path, reader: FullReader) -> OwnershipFigures:
    """Raises FileFault for a line that is no labelled call."""
    calls = calls_of(file)
    return judged(calls, [reader.read(call.text, call.centre) for call in calls])


def judged(calls: Sequence[Call], readings: Sequence[Reading]) -> OwnershipFigures:
    urgent = [call.urgent for call in calls]
    rang = [reading.verdict.urgent for reading in readings]
    right = [str(reading.verdict.decision) == call.decision for reading, call in zip(readings, calls, strict=True)]
    sure = [at for at, reading in enumerate(readings) if reading.sure]
    return OwnershipFigures(
        len(calls),
        sum(urgent),
        _share(right),
        *rates(urgent, rang),
        sure=round(len(sure) / len(calls), 4),
        sure_right=_share([right[at] for at in sure]),
        sure_dangerous=sum(urgent[at] for at in sure),
        curve=curve(urgent, [_score(reading) for reading in readings]),
        missed=[call.number for call, heard in zip(calls, rang, strict=True) if call.urgent and not heard],
        alarmed=[call.number for call, heard in zip(calls, rang, strict=True) if heard and not call.urgent],
    )


def calls_of(file: Path) -> list[Call]:
    """Raises FileFault."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise FileFault(f"读不了文件 {file}：{error}（can't read the file）") from error
    calls = [_call(line, number) for number, line in enumerate(lines, 1) if line.strip()]
    if not calls:
        raise FileFault("文件里没有带标注的来电（no labelled call in the file）")
    return calls


def _call(line: bytes, number: int) -> Call:
    try:
        message = message_of(line)
        row = msgspec.json.decode(line)
        said = row.get("expect", row)
        return Call(str(message.number), message.centre, message.text, said["decision"], bool(said["urgent"]))
    except BadLine as bad:
        raise FileFault(f"第 {number} 行：{bad}（line {number} can't be read）") from bad
    except (KeyError, TypeError) as error:
        raise FileFault(f"第 {number} 行缺少 decision 或 urgent（line {number} lacks decision or urgent）") from error


def _score(reading: Reading) -> float:
    return max(reading.danger, 1.0 if reading.verdict.urgent else 0.0)


def _share(seen: Sequence[bool]) -> float:
    return round(float(np.mean(seen)), 4) if seen else 0.0
