"""Holds a draft against its sources. Pure. What no source says is marked, so that nobody sends it unseen."""

import re
from collections.abc import Sequence

from msgspec import Struct

from liandong.core.likeness import pairs

SUPPORTED = 0.45
"""Share of a sentence's pairs of characters that the sources have; below it somebody else said it."""
HARDLY = 0.25
"""A draft of which so little is in the sources is about something else."""
SHORT = 6
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
_NUMBER = re.compile(r"[0-9０-９][0-9０-９.,:：/\-]*|[零一二三四五六七八九十百千万]{2,}")
_CITED = re.compile(r"\[(\d{1,2})\]")
_LINK = re.compile(r"https?://\S+|www\.\S+|[\w.]+@[\w.]+")
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


class Problem(Struct, frozen=True):
    """Words of the draft, as character offsets [start, end). `kind`: number, link, unsupported or citation."""

    start: int
    end: int
    text: str
    kind: str
    zh: str
    en: str


class Checked(Struct, frozen=True):
    """`support`: share of the draft that the sources say. `cites`: numbers of the sources that it names."""

    support: float
    cites: tuple[int, ...]
    problems: tuple[Problem, ...]


def check(draft: str, sources: Sequence[str]) -> Checked:
    said = "\n".join(sources).translate(_DIGITS)
    known = pairs_of_all(sources)
    cites = tuple(sorted({int(number) for number in _CITED.findall(draft)}))
    problems = [
        _problem(m.start(), m[0], "citation", "没有这个来源", "no such source")
        for m in _CITED.finditer(draft)
        if not 1 <= int(m[1]) <= len(sources)
    ]
    bare = _CITED.sub(lambda m: " " * len(m[0]), draft)
    for m in _LINK.finditer(bare):
        if m[0] not in said:
            problems.append(_problem(m.start(), m[0], "link", "来源里没有这个网址", "no source has this address"))
    for m in _NUMBER.finditer(bare):
        number = m[0].rstrip(".,:：/-")
        if number.translate(_DIGITS) not in said:
            problems.append(_problem(m.start(), number, "number", "来源里没有这个数", "no source has this number"))
    weights: list[tuple[int, float]] = []
    for m in _SENTENCE.finditer(bare):
        own = pairs(m[0])
        if len(own) < SHORT:
            continue
        share = len(own & known) / len(own)
        weights.append((len(own), share))
        if share < SUPPORTED:
            problems.append(_problem(m.start(), m[0], "unsupported", "来源里没有这样说", "no source says so"))
    total = sum(weight for weight, _ in weights)
    support = sum(weight * share for weight, share in weights) / total if total else float(pairs(bare) <= known)
    return Checked(round(support, 3), cites, tuple(sorted(problems, key=lambda one: one.start)))


def pairs_of_all(sources: Sequence[str]) -> frozenset[str]:
    """Pairs of characters of every source, whole: likeness alone looks at a beginning."""
    found: set[str] = set()
    for source in sources:
        for at in range(0, len(source), 300):
            found |= pairs(source[at : at + 320])
    return frozenset(found)


def _problem(start: int, text: str, kind: str, zh: str, en: str) -> Problem:
    return Problem(start, start + len(text), text, kind, zh, en)
