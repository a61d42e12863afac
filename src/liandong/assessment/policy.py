"""The measures, weights and inhabitants, read from data. Wrong data is refused when it is read, with the name of what is wrong."""

import csv
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec
from msgspec import Struct

from liandong.assessment.conditions import COLUMNS, MOMENTS, ConditionError, sql_of
from liandong.assessment.model import AssessmentPolicy, Measure, Shape
from liandong.core.errors import AppError

FILES = ("measures.json", "assessment.json", "populations.csv")


class Rules(Struct, frozen=True):
    """Everything a figure rests on beside the orders. `version`: the policy's own name and a hash of the three files."""

    policy: AssessmentPolicy
    measures: tuple[Measure, ...]
    inhabitants: dict[str, int]
    version: str

    def measure(self, name: str) -> Measure:
        """Raises AppError: not_found."""
        for one in self.measures:
            if one.name == name:
                return one
        raise AppError("not_found", f"没有指标 {name}；可用 liandong assess measures 查看（no such measure）")


@cache
def default_rules() -> Rules:
    return load_rules(None)


def load_rules(folder: Path | None) -> Rules:
    """From a folder with files of the same names; those not in it are the ones that come with the program. Raises ConditionError."""
    shipped = files("liandong.assessment").joinpath("data")
    texts = {}
    for name in FILES:
        own = folder / name if folder else None
        texts[name] = own.read_bytes() if own and own.exists() else shipped.joinpath(name).read_bytes()
    try:
        policy = msgspec.json.decode(texts["assessment.json"], type=AssessmentPolicy)
        measures = tuple(msgspec.json.decode(texts["measures.json"], type=list[Measure]))
    except msgspec.ValidationError as error:
        raise ConditionError(str(error)) from error
    rows = csv.DictReader(texts["populations.csv"].decode("utf-8").splitlines())
    inhabitants = {row["division_code"]: int(row["inhabitants"]) for row in rows}
    _check(policy, measures)
    digest = hashlib.sha256(b"\n".join(texts[name] for name in FILES)).hexdigest()[:8]
    return Rules(policy, measures, inhabitants, f"{policy.version}+{digest}")


def _check(policy: AssessmentPolicy, measures: tuple[Measure, ...]) -> None:
    names = [one.name for one in measures]
    if len(names) != len(set(names)):
        raise ConditionError("measures.json: 有重名的指标（a measure is named twice）")
    if missing := set(policy.weights) - set(names):
        raise ConditionError(f"assessment.json: 权重所指的指标不存在（no such measures）：{'、'.join(sorted(missing))}")
    for one in measures:
        if one.moment not in MOMENTS:
            raise ConditionError(f"{one.name}: moment 应为 {'、'.join(sorted(MOMENTS))} 之一")
        if one.shape not in {Shape.SCORE, Shape.RECONCILIATIONS} and not one.denominator:
            raise ConditionError(f"{one.name}: 缺少分母（the denominator is missing）")
        if one.shape in {Shape.RATE, Shape.SHARE} and not one.numerator:
            raise ConditionError(f"{one.name}: 缺少分子（the numerator is missing）")
        if one.shape == Shape.QUANTILE and one.value not in COLUMNS:
            raise ConditionError(f"{one.name}: value 应为一列（value must be a column）")
        for condition in (one.denominator, one.numerator):
            sql_of(condition)
