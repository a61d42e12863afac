"""The units that orders are dispatched to, and the typed reasons with which they may be returned."""

import csv
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct


class Unit(Struct, frozen=True):
    """`division_code` is where it is responsible; `duties` are words of what it does."""

    org_code: str
    name: str
    short: str
    kind: str
    division_code: str
    duties: tuple[str, ...]


@cache
def default_units() -> dict[str, Unit]:
    """By org code."""
    rows = [row | {"duties": row["duties"].split("、")} for row in rows_of("units.csv")]
    return {unit.org_code: unit for unit in msgspec.convert(rows, list[Unit])}


@cache
def return_reasons() -> dict[str, str]:
    """Code to Chinese name."""
    return {row["code"]: row["name_zh"] for row in rows_of("return_reasons.csv")}


def rows_of(name: str) -> list[dict[str, str]]:
    """A data file of the catalogue as rows."""
    text = files("liandong.catalogue").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
