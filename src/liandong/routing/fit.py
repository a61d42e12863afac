"""Fits the weights of `routing.weighing` to messages that people labelled: logistic regression by stochastic gradient, plain Python.

    python -m liandong.routing.fit LABELLED.jsonl… [--ordinary LETTERS.csv] [--mean WEIGHTS.json] > weights.json

A labelled line is `{"centre","text","decision","urgent"}`, or has the last two in `expect`. `--ordinary` adds letters (columns
留言主题, 留言详情) that are all taken for ordinary matters of the government's side. `--mean` gives the mean with weights that are there already (the
shipped ones), which is steadier than either on messages that neither has seen. Takes about a minute for 2,500 messages.
"""

import argparse
import csv
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import exp, sqrt
from pathlib import Path
from typing import Any, NamedTuple

EPOCHS = 30
STEP = 0.6
DECAY = 0.0002
"""How much of a weight is forgotten at each sight: keeps rare sequences small."""
LEAST_MESSAGES = 3
LONGEST = 4
KEPT = 7000
WINDOW = 160
MOST_LETTERS = 700
SCALES = ("danger", "police", "neither", "unclear", "dispute")


class Message(NamedTuple):
    centre: str
    text: str
    decision: str
    urgent: bool


def label(scale: str, message: Message) -> bool | None:
    """What this message teaches a scale; None for nothing."""
    one_side = message.decision in ("keep", "transfer", "transfer_urgent")
    match scale:
        case "danger":
            return message.urgent
        case "police":  # whose matter it is, whichever centre received it
            return (message.decision == "keep") == (message.centre == "110") if one_side else None
        case "neither":
            return None if message.urgent else message.decision == "guide"
        case "unclear":
            return None if message.urgent else message.decision == "negotiate"
        case _:  # a dispute that may turn violent, whose subject is the government's
            return message.decision == "dispatch_and_transfer" if message.centre == "110" and message.urgent else None


def sequences(text: str) -> set[str]:
    text = text[:WINDOW]
    return {text[i : i + n] for n in range(1, LONGEST + 1) for i in range(len(text) - n + 1)}


def fit(messages: Sequence[Message], seed: int = 1) -> dict[str, Any]:
    """The weights file as plain data."""
    bags = [sequences(message.text) for message in messages]
    counts = Counter(sequence for bag in bags for sequence in bag)
    known = {sequence for sequence, count in counts.items() if count >= LEAST_MESSAGES}
    fitted = {scale: _fit_scale(messages, bags, known, scale, seed) for scale in SCALES}
    weight_of = Counter(
        {sequence: max(abs(weights.get(sequence, 0.0)) for _, weights in fitted.values()) for sequence in known}
    )
    known = {sequence for sequence, _ in weight_of.most_common(KEPT)}
    fitted = {scale: _fit_scale(messages, bags, known, scale, seed) for scale in SCALES}
    scales = {
        scale: {
            "bias": round(bias, 3),
            "weights": {s: round(w * 100) for s, w in sorted(weights.items()) if round(w * 100)},
        }
        for scale, (bias, weights) in fitted.items()
    }
    return {"version": "1", "window": WINDOW, "scales": scales}


def mean(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Two weights files as one; a sequence that only one of them has counts half."""
    scales = {}
    for name in one["scales"]:
        first, second = one["scales"][name], other["scales"][name]
        known = sorted(first["weights"].keys() | second["weights"].keys())
        weights = {s: round((first["weights"].get(s, 0) + second["weights"].get(s, 0)) / 2) for s in known}
        bias = round((first["bias"] + second["bias"]) / 2, 3)
        scales[name] = {"bias": bias, "weights": {s: w for s, w in weights.items() if w}}
    return {"version": one["version"], "window": one["window"], "scales": scales}


def _fit_scale(
    messages: Sequence[Message], bags: Sequence[set[str]], known: set[str], scale: str, seed: int
) -> tuple[float, dict[str, float]]:
    taught = [(sorted(bag & known), label(scale, message)) for message, bag in zip(messages, bags, strict=True)]
    lessons = [(words, bool(answer), 1 / (sqrt(len(words)) or 1)) for words, answer in taught if answer is not None]
    weights: dict[str, float] = {}
    squares: dict[str, float] = {}
    bias = bias_square = 0.0
    order = random.Random(seed)  # noqa: S311 (an order of lessons, no secret)
    for _ in range(EPOCHS):
        order.shuffle(lessons)
        for words, answer, scale_down in lessons:
            score = bias + scale_down * sum(weights.get(word, 0.0) for word in words)
            error = answer - (1 / (1 + exp(-max(-30.0, min(30.0, score)))))
            if abs(error) < 0.01:
                continue
            step = error * scale_down
            for word in words:
                gradient = step - DECAY * weights.get(word, 0.0)
                squares[word] = squares.get(word, 1e-3) + gradient * gradient
                weights[word] = weights.get(word, 0.0) + STEP * gradient / sqrt(squares[word])
            bias_square += error * error
            bias += STEP * error / sqrt(bias_square + 1)
    return bias, weights


def read_labelled(paths: Iterable[Path]) -> list[Message]:
    found = []
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            said = row.get("expect", row)
            found.append(Message(row["centre"], row["text"], said["decision"], said["urgent"]))
    return found


def read_letters(path: Path, most: int = MOST_LETTERS) -> list[Message]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        letters = [f"{row['留言主题']}。{row['留言详情']}"[:WINDOW] for row in csv.DictReader(file)]
    random.Random(1).shuffle(letters)  # noqa: S311
    return [Message("12345", letter, "keep", False) for letter in letters[:most]]


def main(write: Callable[[str], object] = sys.stdout.write) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", nargs="+", type=Path)
    parser.add_argument("--ordinary", type=Path)
    parser.add_argument("--mean", type=Path)
    given = parser.parse_args()
    messages = read_labelled(given.labelled) + (read_letters(given.ordinary) if given.ordinary else [])
    fitted = fit(messages)
    if given.mean:
        fitted = mean(json.loads(given.mean.read_text(encoding="utf-8")), fitted)
    write(json.dumps(fitted, ensure_ascii=False, indent=0) + "\n")


if __name__ == "__main__":
    main()
