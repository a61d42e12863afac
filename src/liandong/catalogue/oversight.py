"""Who may supervise formally at which level, and which measures may follow: data that a city edits (data/oversight.json)."""

from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct


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


@cache
def default_oversight() -> OversightPolicy:
    text = files("liandong.catalogue").joinpath("data/oversight.json").read_bytes()
    return msgspec.json.decode(text, type=OversightPolicy)
