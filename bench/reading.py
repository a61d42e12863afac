"""`python -m bench.reading [--model NAME --models DIR]`: how fast the full reading is and how much memory it takes; needs no database.

The messages are the project's own sample lines, repeated; with ../shared/data present, real letters.
"""

import argparse
import csv
import json
import time
from pathlib import Path

import psutil

from liandong.models.store import load
from liandong.reading.reader import FullReader
from liandong.topics.near import NearIndex

ROOT = Path(__file__).parents[1]
LETTERS = ROOT.parent / "shared" / "data" / "messages_unlabelled.csv"
OWN = ROOT / "tests" / "unit" / "data" / "routing_cases.jsonl"
NEAR = 5_000


def texts() -> list[str]:
    if LETTERS.is_file():
        with LETTERS.open(encoding="utf-8-sig", newline="") as file:
            return [row["留言主题"] + "\n" + row["留言详情"] for row in csv.DictReader(file)]
    return [json.loads(line)["text"] for line in OWN.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.reading", description=__doc__)
    parser.add_argument("--model", default="")
    parser.add_argument("--models", type=Path, default=Path(".liandong/models"))
    parser.add_argument("--near", type=int, default=NEAR, help="orders in the index of near duplicates")
    given = parser.parse_args()
    reader = FullReader(load(given.models, given.model)[0] if given.model else None)
    messages = texts()[:2000]
    reader.read(messages[0], "12345")
    times = _timed(lambda text: reader.read(text, "12345"), messages)
    _say("full reading", times)
    index = NearIndex()
    for number in range(given.near):
        text = messages[number % len(messages)]
        cut = number // len(messages)
        index.add(str(number), text[cut * 7 :] + text[: cut * 7])
    _say(f"near duplicates against {given.near:,}", _timed(index.near, messages[:200]))
    print(f"memory: {psutil.Process().memory_info().rss / 2**20:.0f} MB")


def _timed(work: object, messages: list[str]) -> list[float]:
    """Seconds of processor time, so that what else runs on the machine does not count."""
    times = []
    for text in messages:
        started = time.process_time()
        work(text)  # type: ignore[operator]
        times.append(time.process_time() - started)
    return sorted(times)


def _say(name: str, times: list[float]) -> None:
    mean = sum(times) / len(times)
    print(f"{name}: {1 / mean:.0f}/s, mean {mean * 1e3:.2f} ms, p99 {times[int(len(times) * 0.99)] * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
