"""Classes without any model: by the words of the dispatch catalogue, the names of the classes and the examples of data/police_words.json.

The shares only rank: nothing was measured, so they stay below what may be filled in unless one class alone has its words in the text.
"""

import re
from collections import defaultdict
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from liandong.catalogue.centres import Kind
from liandong.catalogue.units import rows_of
from liandong.models.model import Ground, Guess
from liandong.reading.places import roads
from liandong.suggesting.classes import TABLES
from liandong.units.directory import Directory

DOUBT = 2.0
"""What speaks for none of the known classes: so many characters of evidence."""
_APART = re.compile(r"[、与和及或（）()·]")
LEAST = 2


def start(text: str, kind: Kind, directory: Directory, today: date) -> list[tuple[str, str, int]]:
    """(class, word, place) for every word that stands in the text. A word in the name of a road says where, not what: 河道 in 黄河道12号."""
    found, bare = [], _without_roads(text)
    for code, word in _words(kind, directory, today):
        at = bare.find(word)
        if at >= 0:
            found.append((code, word, at))
    return found


def read(text: str, kind: Kind, directory: Directory, today: date, most: int = 3) -> tuple[list[Guess], list[Ground]]:
    """The likeliest classes with their shares of the evidence, and the words that speak for the first."""
    found = start(text, kind, directory, today)
    scores: dict[str, float] = defaultdict(float)
    for code, word, _ in {(code, word, 0) for code, word, _ in found}:
        scores[code] += len(word)
    total = sum(scores.values()) + DOUBT
    order = sorted(scores, key=lambda code: (-scores[code], code))[:most]
    guesses = [Guess(code, round(scores[code] / total, 4)) for code in order]
    grounds = [Ground(at, at + len(word), word, code) for code, word, at in found if order and code == order[0]]
    return guesses, grounds


def _without_roads(text: str) -> str:
    """Blanks in place of roads with their numbers, so that every place stays where it is."""
    for road in roads(text):
        text = text[: road.start] + " " * (road.end - road.start) + text[road.end :]
    return text


def _words(kind: Kind, directory: Directory, today: date) -> set[tuple[str, str]]:
    if kind != Kind.WORK_ORDER:
        return _named(kind)
    duties = {(duty.class_code, word) for duty in directory.duties if duty.stands_on(today) for word in duty.keywords}
    return duties | _named(kind)


@cache
def _named(kind: Kind) -> set[tuple[str, str]]:
    """Names of classes and written examples as words."""
    words = {
        (row["code"], part)
        for row in rows_of(TABLES[kind])
        if row["parent"]
        for part in _APART.split(row["name"])
        if len(part) > LEAST
    }
    if kind == Kind.POLICE_ORDER:
        text = files("liandong.suggesting").joinpath("data/police_words.json").read_bytes()
        examples = msgspec.json.decode(text, type=dict[str, list[str]])
        words |= {(code, word) for code, given in examples.items() for word in given}
    return words
