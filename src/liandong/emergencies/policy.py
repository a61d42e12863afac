"""What a city may edit of emergencies: kinds, subtypes, levels with their rule, when two are the same, who stands in for whom.

Shipped as `data/emergencies.json`. Raises ValueError with what is wrong, in the city's words, when a table has a hole.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from liandong.emergencies.model import Casualties

Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,30}$")]
LEVELS = (1, 2, 3, 4)
CLOCKS = (
    "emergency_read",
    "emergency_ring",
    "emergency_report",
    "emergency_report_next",
    "emergency_sitrep",
    "emergency_call_back",
)


class Subtype(Struct, frozen=True, forbid_unknown_fields=True):
    code: Code
    kind: str
    zh: str
    en: str


class LevelRule(Struct, frozen=True, forbid_unknown_fields=True):
    fact: str
    at_least: Annotated[int, Meta(ge=1)]


class Level(Struct, frozen=True, forbid_unknown_fields=True):
    """`rules`: one that holds is enough. `hex`: the colour on screens, always beside its word."""

    level: Annotated[int, Meta(ge=1, le=4)]
    roman: str
    zh: str
    en: str
    colour: str
    colour_en: str
    hex: Annotated[str, Meta(pattern="^#[0-9a-f]{6}$")]
    rules: list[LevelRule]


class Same(Struct, frozen=True, forbid_unknown_fields=True):
    """Two declarations of one kind so close in time and place are one emergency."""

    minutes: Annotated[int, Meta(ge=1, le=24 * 60)]
    metres: Annotated[int, Meta(ge=1, le=100_000)]


class EmergencyPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`substitutes`: who is asked to reach a centre that stays silent; `ring_again`: how often it is rung before that."""

    version: str
    kinds: dict[str, list[str]]
    subtypes: list[Subtype]
    levels: list[Level]
    level_source: str
    facts: dict[str, list[str]]
    same: Same
    report_to: str
    answer_unit: str
    answer_review_days: int
    ring_again: Annotated[int, Meta(ge=0, le=10)]
    substitutes: dict[str, list[str]]

    def subtype(self, code: str) -> Subtype | None:
        return next((one for one in self.subtypes if one.code == code), None)

    def level(self, level: int) -> Level:
        return next(one for one in self.levels if one.level == level)

    def stands_in(self, centre: str, present: frozenset[str]) -> str | None:
        """The first of those who stand in for a centre that is there."""
        return next((one for one in self.substitutes.get(centre, ()) if one in present), None)


def grade(facts: Casualties, policy: EmergencyPolicy) -> tuple[int, str]:
    """The level that the rule gives for what is counted, and the rule in words."""
    for level in sorted(policy.levels, key=lambda one: one.level):
        for rule in level.rules:
            count = getattr(facts, rule.fact)
            if count >= rule.at_least:
                word = policy.facts[rule.fact][0]
                return level.level, f"{word}{count}人，达到{level.roman}级（{level.zh}）的 {rule.at_least} 人"
    last = max(policy.levels, key=lambda one: one.level)
    return last.level, f"未达到更高等级的人数，按{last.roman}级（{last.zh}）"


def problems(policy: EmergencyPolicy) -> list[str]:
    """What is wrong with the table; empty when it is sound."""
    found = [
        f"类型 {one.code} 的类别 {one.kind} 不在 kinds 中" for one in policy.subtypes if one.kind not in policy.kinds
    ]
    found += [f"类别 {kind} 没有任何类型" for kind in policy.kinds if all(one.kind != kind for one in policy.subtypes)]
    given = sorted(one.level for one in policy.levels)
    if given != list(LEVELS):
        found.append(f"等级应为 1 到 4 各一条，现有：{given}")
    names = set(Casualties.__struct_fields__)
    found += [
        f"{level.roman}级按“{rule.fact}”判定，没有这个计数"
        for level in policy.levels
        for rule in level.rules
        if rule.fact not in names & set(policy.facts)
    ]
    for fact in names:
        limits = [
            next((r.at_least for r in one.rules if r.fact == fact), None)
            for one in sorted(policy.levels, key=lambda o: o.level)
        ]
        steps = [one for one in limits if one is not None]
        if steps != sorted(steps, reverse=True):
            found.append(f"“{fact}”的限值没有随等级升高而增大：{limits}")
    found += [f"{centre} 的替补是它自己" for centre, others in policy.substitutes.items() if centre in others]
    codes = [one.code for one in policy.subtypes]
    found += [f"类型 {code} 写了两次" for code in sorted({one for one in codes if codes.count(one) > 1})]
    return found


def load_emergencies(path: Path | None = None) -> EmergencyPolicy:
    """Raises ValueError naming the file and everything that is wrong with it."""
    where = str(path or "emergencies.json")
    raw = path.read_bytes() if path else files("liandong.emergencies").joinpath("data/emergencies.json").read_bytes()
    try:
        policy = msgspec.json.decode(raw, type=EmergencyPolicy)
    except msgspec.MsgspecError as error:
        raise ValueError(f"{where}：{error}") from error
    found = problems(policy)
    if found:
        raise ValueError(f"{where}：{'；'.join(found)}")
    return policy


@cache
def default_emergencies() -> EmergencyPolicy:
    return load_emergencies()
