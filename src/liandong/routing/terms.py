"""The reader's words as data: `catalogue/data/terms.toml`, which a city edits.

The file itself explains each table and how patterns are written.
"""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct


class Party(Struct, frozen=True, forbid_unknown_fields=True):
    """One centre: its side ("government", "police", "emergency", "utility"), and whom it usually hands over to."""

    code: str
    name: str
    side: str
    counterpart: str


class Family(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of danger (or sign), its patterns and the contexts that take it away."""

    name: str
    title: str
    patterns: str
    defeated_by: tuple[str, ...] = ()


class Neither(Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of matter that is no centre's duty, with the script that the operator says."""

    name: str
    title: str
    patterns: str
    script: str
    yields: bool = False
    """Gives way where a duty of the government side is found as well."""


class Overlap(Struct, frozen=True, forbid_unknown_fields=True):
    """A matter on which the duties of two centres overlap, with the basis of each side."""

    code: str
    title: str
    patterns: str
    basis: str


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """How far words reach, in characters."""

    together: int
    clause: int
    ordered: int
    negation: int
    hypothesis: int
    habit: int
    tense: int
    fiction: int
    long_text: int
    opening: int


class Terms(Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    first_in_danger: str
    default_script: str
    limits: Limits
    parties: tuple[Party, ...]
    classes: dict[str, str]
    guards: dict[str, str]
    contexts: dict[str, str]
    frames: dict[str, str]
    danger: tuple[Family, ...]
    signs: tuple[Family, ...]
    neither: tuple[Neither, ...]
    overlaps: tuple[Overlap, ...]


def load_terms(text: str) -> Terms:
    """Terms from the text of a TOML file. Raises msgspec.ValidationError naming the field that is wrong."""
    return msgspec.convert(tomllib.loads(text), Terms)


@cache
def default_terms() -> Terms:
    """The shipped terms."""
    return load_terms(files("liandong.catalogue").joinpath("data/terms.toml").read_text("utf-8"))
