"""What a city says about handling: grounds for holding a clock, evidence for an answer, ladders of a clock. Data, checked when it is read.

The shipped table is `data/handling.json`; a city points to its own file of the same shape (`handling_file`). A table with a hole or with
a ladder that goes backwards is refused with file and line.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from liandong.catalogue.units import return_reasons
from liandong.core.worktime import Limit, LimitKind, WorkTimeError

NEEDS = frozenset({"step", "place", "attachment", "contact", "review"})
MATTER_TYPES = ("consultation", "help", "complaint", "report", "suggestion", "praise")
Does = Literal["warn", "urge", "supervise", "account"]
SEVERITY = {"warn": 0, "urge": 1, "supervise": 2, "account": 3}
Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
_MINUTES = {
    LimitKind.SECONDS: 1 / 60,
    LimitKind.MINUTES: 1,
    LimitKind.HOURS: 60,
    LimitKind.DAYS: 1440,
    LimitKind.WORKING_MINUTES: 1,
    LimitKind.WORKING_DAYS: 1440,
}


class HandlingPolicyError(ValueError):
    """A table that can't be used; the text names the file, line and entry."""


class Ground(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a clock may be held. `suspends`: also why a whole order may rest until a day."""

    code: Code
    zh: Annotated[str, Meta(min_length=1)]
    en: Annotated[str, Meta(min_length=1)]
    suspends: bool = False


class ReturnReason(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a return with this reason must bring evidence."""

    reason: str
    evidence: bool


class Closing(Struct, frozen=True, forbid_unknown_fields=True):
    """What must be there before an answer of this category: of several that fit, the one with the most tags."""

    needs: list[str]
    when: frozenset[str] = frozenset()


class Rung(Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a ladder: at a share of the limit, or some time after it; who is told, and what happens.

    `authority`: who supervises, for the rung `supervise`: a level of the table of oversight.
    """

    does: Does
    tells: Annotated[list[str], Meta(min_length=1)]
    share: Annotated[float, Meta(gt=0, le=1)] | None = None
    after: Limit | None = None
    authority: Code = "centre"

    @property
    def height(self) -> tuple[int, float]:
        """What is later on the ladder is higher."""
        if self.after is not None:
            return (1, self.after.amount * _MINUTES[self.after.kind])
        return (0, self.share or 0.0)


class Ladder(Struct, frozen=True, forbid_unknown_fields=True):
    clock: Code
    rungs: Annotated[list[Rung], Meta(min_length=1)]
    when: frozenset[str] = frozenset()


T = TypeVar("T", Closing, Ladder)
E = TypeVar("E")


class _Table(Struct, frozen=True, forbid_unknown_fields=True):
    policy_version: Annotated[str, Meta(min_length=1, max_length=64)]
    recomputed: list[str]
    grounds: list[msgspec.Raw]
    return_reasons: list[msgspec.Raw]
    closing: list[msgspec.Raw]
    ladders: list[msgspec.Raw]


class HandlingPolicy(Struct, frozen=True, dict=True):
    """A valid table. `recomputed`: the clocks that follow a change of category, urgency or policy."""

    policy_version: str
    recomputed: frozenset[str]
    grounds: dict[str, Ground]
    evidence_for: frozenset[str]
    closing: tuple[Closing, ...]
    ladders: tuple[Ladder, ...]

    def needs(self, tags: frozenset[str]) -> list[str]:
        """What an answer needs in this category."""
        return best(self.closing, tags, Closing(needs=[])).needs

    def rungs(self, clock: str, tags: frozenset[str]) -> list[Rung]:
        """The ladder of a clock; empty where it has none."""
        own = self._by_clock.get(clock)
        if own is None:
            return []
        return (
            own[0].rungs if len(own) == 1 and not own[0].when else best(own, tags, Ladder(clock=clock, rungs=[])).rungs
        )

    @cached_property
    def _by_clock(self) -> dict[str, list[Ladder]]:
        named: dict[str, list[Ladder]] = {}
        for ladder in self.ladders:
            named.setdefault(ladder.clock, []).append(ladder)
        return named


def best(entries: Iterable[T], tags: frozenset[str], otherwise: T) -> T:
    """The entry that asks for the most of the tags; the longest words decide between equals, so that class:0102 goes before class:01."""
    meant = [one for one in entries if one.when <= tags]
    return max(meant, key=lambda one: (len(one.when), sum(map(len, one.when))), default=otherwise)


def load_handling(path: Path | None = None) -> HandlingPolicy:
    """Reads and checks a table; without a path the one shipped. Raises HandlingPolicyError."""
    name, data = _read(path)
    try:
        table = msgspec.json.decode(data, type=_Table)
    except msgspec.DecodeError as error:
        raise HandlingPolicyError(f"{name}: {error}") from error
    read = _Reader(name, data)
    grounds = read.entries("grounds", table.grounds, Ground)
    reasons = read.entries("return_reasons", table.return_reasons, ReturnReason)
    closing = read.entries("closing", table.closing, Closing)
    ladders = read.entries("ladders", table.ladders, Ladder)
    for place, reason in reasons:
        if reason.reason not in return_reasons():
            raise HandlingPolicyError(f"{place}: 没有退单原因“{reason.reason}” / no such return reason")
    _check_closing(name, closing)
    for place, ladder in ladders:
        _check_ladder(place, ladder)
    return HandlingPolicy(
        policy_version=table.policy_version,
        recomputed=frozenset(table.recomputed),
        grounds={ground.code: ground for _, ground in grounds},
        evidence_for=frozenset(reason.reason for _, reason in reasons if reason.evidence),
        closing=tuple(one for _, one in closing),
        ladders=tuple(one for _, one in ladders),
    )


def _read(path: Path | None) -> tuple[str, bytes]:
    if path is None:
        shipped = resources.files("liandong.handling") / "data" / "handling.json"
        return "handling.json", shipped.read_bytes()
    try:
        return path.name, path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise HandlingPolicyError(f"{path.name}: can't be read: {error.strerror}") from error


class _Reader:
    """Entries with the place in the file that they stand at."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name, self.data = name, data

    def entries(self, of: str, raws: list[msgspec.Raw], kind: type[E]) -> list[tuple[str, E]]:
        offset = max(self.data.find(b'"%s"' % of.encode()), 0)
        found: list[tuple[str, E]] = []
        seen: set[object] = set()
        for number, raw in enumerate(raws, start=1):
            offset = self.data.index(bytes(raw), offset)
            line = self.data.count(b"\n", 0, offset) + 1
            place = f"{self.name}, line {line}, {of} {number}"
            offset += len(bytes(raw))
            try:
                entry = msgspec.json.decode(raw, type=kind)
            except (msgspec.DecodeError, WorkTimeError) as error:
                raise HandlingPolicyError(f"{place}: {error}") from error
            key = _key(entry)
            if key in seen:
                raise HandlingPolicyError(f"{place}: 重复 / stands there twice")
            seen.add(key)
            found.append((place, entry))
        return found


def _key(entry: object) -> object:
    match entry:
        case Ground():
            return entry.code
        case ReturnReason():
            return entry.reason
        case Closing():
            return entry.when
        case Ladder():
            return (entry.clock, entry.when)
    return entry


def _check_closing(name: str, closing: list[tuple[str, Closing]]) -> None:
    for place, entry in closing:
        unknown = sorted(set(entry.needs) - NEEDS)
        if unknown:
            raise HandlingPolicyError(f"{place}: 不认识的要求 {unknown}，可用 {sorted(NEEDS)} / unknown needs")
    if any(not entry.when for _, entry in closing):
        return
    covered = {tag for _, entry in closing if len(entry.when) == 1 for tag in entry.when}
    missing = [kind for kind in MATTER_TYPES if kind not in covered] + ["未定类型"]
    place = closing[0][0] if closing else name
    raise HandlingPolicyError(
        f"{place}: closing 没有覆盖 {'、'.join(missing)}，请加一条不带 when 的 / no entry for these; add one without `when`"
    )


def _check_ladder(place: str, ladder: Ladder) -> None:
    for number, rung in enumerate(ladder.rungs, start=1):
        if (rung.share is None) == (rung.after is None):
            raise HandlingPolicyError(
                f"{place} ({ladder.clock}), rung {number}: share 和 after 给其中一个 / give either share or after"
            )
    for number, (lower, upper) in enumerate(zip(ladder.rungs, ladder.rungs[1:], strict=False), start=2):
        if upper.height <= lower.height or SEVERITY[upper.does] < SEVERITY[lower.does]:
            raise HandlingPolicyError(
                f"{place} ({ladder.clock}), rung {number}: 阶梯倒退，后一级必须更晚且不能更轻 / the ladder goes backwards"
            )
