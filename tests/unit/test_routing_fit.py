"""The weights held to messages that they were not fitted to."""

import json
from pathlib import Path

import msgspec
import pytest

from liandong.catalogue.transfer import default_catalogue
from liandong.routing import fit
from liandong.routing.reader import Reader
from liandong.routing.rules import decide_ownership
from liandong.routing.weighing import Scales, Weights

DATA = Path(__file__).parent / "data"
SAMPLE = Path(__file__).parents[2] / "src/liandong/demo/data/messages.jsonl"
LETTERS = Path(__file__).parents[2].parent / "shared/data/messages_hot_topics.csv"
HELD_OUT = 4
"""Every fourth practice message is only measured."""


@pytest.fixture(scope="module")
def unseen():
    """A reader whose weights know nothing of the held-out messages, and these messages."""
    taught, held = fit.read_labelled([DATA / "routing_cases.jsonl", SAMPLE]), []
    for name in ("routing_practice_a.jsonl", "routing_practice_b.jsonl"):
        for at, message in enumerate(fit.read_labelled([DATA / name])):
            (held if at % HELD_OUT == HELD_OUT - 1 else taught).append(message)
    if LETTERS.exists():
        taught += fit.read_letters(LETTERS)
    weights = msgspec.convert(fit.fit(taught), Weights)
    reader = Reader(default_catalogue(), scales=Scales(weights))
    return [(message, decide_ownership(reader.read(message.text, message.centre))) for message in held]


def share(seen):
    return sum(seen) / len(seen)


def test_held_out_messages_are_read_right(unseen):
    assert share([(v.decision, v.urgent) == (m.decision, m.urgent) for m, v in unseen]) >= 0.8


def test_danger_in_held_out_messages_is_recognised(unseen):
    assert share([v.urgent for m, v in unseen if m.urgent]) >= 0.9


def test_few_ordinary_held_out_messages_are_taken_for_danger(unseen):
    assert share([v.urgent for m, v in unseen if not m.urgent]) <= 0.11


def test_fitting_twice_gives_the_same_weights():
    messages = fit.read_labelled([DATA / "routing_cases.jsonl"])[:60]
    assert json.dumps(fit.fit(messages)) == json.dumps(fit.fit(messages))
