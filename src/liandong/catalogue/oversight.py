"""Who may supervise formally at which level, and which measures may follow: data that a city edits (data/oversight.json)."""

from functools import cache
from pathlib import Path

from msgspec import Struct

from liandong.catalogue.tables import read_table

ACCOUNTABILITY = "accountability"  # the kind that ladders and findings propose


class Authority(Struct, frozen=True, forbid_unknown_fields=True):
    """A level of 督办. `rank`: a higher one takes an oversight over. `clock`: the time limit of a reply. `roles`: who may open and judge."""

    code: str
    zh: str
    en: str
    rank: int
    clock: str
    roles: frozenset[str]


class MeasureKind(Struct, frozen=True, forbid_unknown_fields=True):
    """约谈, 通报, 问责, 表彰. `mark` stands in its number."""

    code: str
    zh: str
    en: str
    mark: str
    appealable: bool
    needs_evidence: bool


class Outstanding(Struct, frozen=True, forbid_unknown_fields=True):
    """From when on a unit is shown as a candidate for praise: so many evaluations, so large a share of them satisfied (0 to 1)."""

    evaluations_from: int
    satisfied_from: float


class OversightPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    authorities: tuple[Authority, ...]
    measures: tuple[MeasureKind, ...]
    appeal_clock: str
    outstanding: Outstanding

    def authority(self, code: str) -> Authority | None:
        return next((one for one in self.authorities if one.code == code), None)

    def measure(self, code: str) -> MeasureKind | None:
        return next((one for one in self.measures if one.code == code), None)

    @property
    def highest(self) -> int:
        return max(one.rank for one in self.authorities)


def load_oversight(path: Path | None, clocks: frozenset[str]) -> OversightPolicy:
    """Reads and checks a table; without a path the one shipped. `clocks`: what the table of time limits has. Raises TableError."""
    table = read_table(path, "oversight.json")
    policy = table.decode(OversightPolicy)
    if not policy.authorities:
        raise table.wrong("authorities", "至少要有一个督办层级 / there must be an authority")
    seen: set[object] = set()
    for one in policy.authorities:
        if one.code in seen or one.rank in seen:
            raise table.wrong(one.code, f"督办层级“{one.code}”的代码或级别重复 / its code or rank stands there twice")
        seen |= {one.code, one.rank}
        if one.clock not in clocks:
            raise table.wrong(one.clock, f"时限表没有“{one.clock}” / the table of clocks has no such clock")
        if not one.roles - {"clock"}:
            raise table.wrong(one.code, f"“{one.code}”没有人能审核、撤销 / nobody may judge it")
    if policy.appeal_clock not in clocks:
        raise table.wrong(
            policy.appeal_clock, f"时限表没有“{policy.appeal_clock}” / the table of clocks has no such clock"
        )
    codes = [kind.code for kind in policy.measures]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise table.wrong(twice[0], f"措施“{twice[0]}”重复 / stands there twice")
    if ACCOUNTABILITY not in codes:
        raise table.wrong(
            "measures", f"缺少“{ACCOUNTABILITY}”（问责）：阶梯和恶意退单认定要用 / ladders and findings need it"
        )
    return policy


@cache
def default_oversight() -> OversightPolicy:
    return read_table(None, "oversight.json").decode(OversightPolicy)
