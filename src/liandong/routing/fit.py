"""Fits the weights of `weighing` to messages that people labelled: logistic regression, plain Python, a minute for 2,500 messages.

    python -m liandong.routing.fit LABELLED.jsonl… [--ordinary LETTERS.csv] [--words WORDS.txt] > weights.toml

A labelled line is `{"centre","text","decision","urgent"}`, or has the last two in `expect`. `--ordinary` adds letters that are
all taken for ordinary 12345 matters. `--words` brings candidate words, one a line; without it the words of the shipped weights
are weighed anew.
"""

import argparse
import csv
import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from math import exp, sqrt
from pathlib import Path
from typing import NamedTuple

from liandong.routing.terms import default_terms
from liandong.routing.weighing import default_scales, group_members

EPOCHS = 40
STRENGTH = 20.0
"""How closely the weights follow the messages; lower keeps them smaller."""
STEP = 0.5
UNIT = 10
"""Weights are written as whole tenths."""
LEAST_MESSAGES = 2
LONGEST = 4
WINDOW = 160
OPENING = 120
MOST_LETTERS = 700


class Message(NamedTuple):
    centre: str
    text: str
    decision: str
    urgent: bool


def danger(message: Message) -> bool | None:
    return message.urgent


def police(message: Message) -> bool | None:
    """Whose matter it is, whichever centre received it; None when it is not one side's alone."""
    if message.decision in ("negotiate", "guide", "dispatch_and_transfer"):
        return None
    return (message.decision == "keep") == (message.centre == "110")


def neither(message: Message) -> bool | None:
    return None if message.urgent else message.decision == "guide"


def unclear(message: Message) -> bool | None:
    return None if message.urgent else message.decision == "negotiate"


def cause(message: Message) -> bool | None:
    """Whether an urgent matter at 110 has a part that is 12345's."""
    return message.decision == "dispatch_and_transfer" if message.urgent and message.centre == "110" else None


SCALES = {
    danger: "多个迹象合起来显示险情",
    police: "措辞更接近警务事项",
    neither: "措辞更接近两家都不受理的事项",
    unclear: "措辞更接近职责交叉的事项",
    cause: "措辞显示事由属于政府管理服务",
}


class Vocabulary:
    """Text → the numbers of the words and groups in it."""

    def __init__(self, words: Iterable[str], members: dict[str, frozenset[str]]):
        self.names: list[str] = sorted(set(words)) + sorted(f"@{name}" for name in members)
        self._numbers = {name: number for number, name in enumerate(self.names)}
        self._groups: dict[str, list[int]] = {}
        for name, own in members.items():
            for word in own:
                self._groups.setdefault(word, []).append(self._numbers[f"@{name}"])
        self._longest = max(map(len, (*self._groups, *self._numbers)), default=1)

    def read(self, text: str) -> list[int]:
        seen: set[int] = set()
        for piece in pieces(text, self._longest):
            number = self._numbers.get(piece)
            if number is not None:
                seen.add(number)
            seen.update(self._groups.get(piece, ()))
        return sorted(seen)


def pieces(text: str, longest: int = LONGEST) -> set[str]:
    return {text[at : at + size] for size in range(1, longest + 1) for at in range(len(text) - size + 1)}


def fit(rows: Sequence[list[int]], labels: Sequence[bool], size: int, strength: float = STRENGTH) -> tuple[list[float], float]:
    """The weights and the bias. Both kinds of label count alike, however many there are of each."""
    weights, squares = [0.0] * size, [1e-2] * size
    bias, bias_square = 0.0, 1e-2
    yes = max(1, sum(labels))
    shares = (len(labels) / (2 * max(1, len(labels) - yes)), len(labels) / (2 * yes))
    decay = 1 / (strength * len(rows))
    order, chance = list(range(len(rows))), random.Random(1)  # noqa: S311 (the order of learning, not a secret)
    for epoch in range(EPOCHS):
        chance.shuffle(order)
        step = STEP / (1 + epoch / 8)
        for at in order:
            row = rows[at]
            scale = 1 / sqrt(len(row) or 1)
            score = bias + scale * sum([weights[number] for number in row])
            chance_yes = 1 / (1 + exp(-score)) if score > -30 else 0.0
            error = (chance_yes - labels[at]) * shares[labels[at]]
            slope = error * scale
            for number in row:
                pull = slope + decay * weights[number]
                squares[number] += pull * pull
                weights[number] -= step * pull / sqrt(squares[number])
            bias_square += error * error
            bias -= step * error / sqrt(bias_square)
    return weights, bias


def candidates(texts: Iterable[str], words: set[str]) -> set[str]:
    """Those of the words that stand in enough texts to be weighed."""
    counted = Counter(piece for text in texts for piece in pieces(text) & words)
    return {word for word, times in counted.items() if times >= LEAST_MESSAGES}


def write_scale(name: str, title: str, weights: Sequence[float], bias: float, names: Sequence[str]) -> str:
    """One scale as TOML, the heaviest words first."""
    by_weight: dict[int, list[str]] = {}
    for weight, word in zip(weights, names, strict=True):
        if round(weight * UNIT):
            by_weight.setdefault(round(weight * UNIT), []).append(word)
    lines = [f'[[scale]]\nname = "{name}"\ntitle = "{title}"\nbias = {bias * UNIT:.1f}\n\n[scale.words]']
    for weight in sorted(by_weight, reverse=True):
        lines.append(f'{weight} = """\n{_wrapped(sorted(by_weight[weight]))}"""')
    return "\n".join(lines) + "\n"


def _wrapped(words: list[str]) -> str:
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) > 70:
            lines.append(line)
            line = ""
        line += f"{' ' if line else ''}{word}"
    return "\n".join([*lines, line]) + "\n"


def read_messages(path: Path) -> list[Message]:
    messages = []
    for line in path.read_text("utf-8").splitlines():
        raw = json.loads(line)
        label = raw.get("expect", raw)
        messages.append(Message(raw["centre"], raw["text"], label["decision"], label["urgent"]))
    return messages


def read_letters(path: Path) -> list[Message]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        texts = [f"{row['留言主题']}。{row['留言详情']}".strip()[:OPENING] for row in csv.DictReader(file)]
    random.Random(1).shuffle(texts)  # noqa: S311 (a sample of letters)
    return [Message("12345", text, "keep", False) for text in texts[:MOST_LETTERS]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", nargs="+", type=Path)
    parser.add_argument("--ordinary", nargs="*", type=Path, default=[])
    parser.add_argument("--words", type=Path)
    asked = parser.parse_args()
    messages = [message for path in asked.labelled for message in read_messages(path)]
    messages += [message for path in asked.ordinary for message in read_letters(path)]
    members = group_members(default_terms())
    words = set(asked.words.read_text("utf-8").split()) if asked.words else default_scales().words()
    vocabulary = Vocabulary(candidates((message.text for message in messages), words), members)
    rows = [vocabulary.read(message.text) for message in messages]
    out = sys.stdout
    out.write(f'# Written by routing.fit from {len(messages)} labelled messages.\nversion = "1"\nwindow = {WINDOW}\n\n')
    for label, title in SCALES.items():
        own = [(row, value) for row, value in zip(rows, map(label, messages), strict=True) if value is not None]
        weights, bias = fit([row for row, _ in own], [value for _, value in own], len(vocabulary.names))
        out.write(write_scale(label.__name__, title, weights, bias, vocabulary.names) + "\n")


if __name__ == "__main__":
    main()
