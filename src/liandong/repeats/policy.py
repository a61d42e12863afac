"""What counts as the same matter again, and from when a supervisor looks at it. A city sets it; shipped is `data/repeats.json`."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct


class RepeatsError(ValueError):
    """A table that can't be used; the text names the file and what is wrong."""


class RepeatsPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`days`: how old the earlier matter may be. `likeness`: how alike the words must be, 0 to 1; or the address is the same, or the
    place at most `metres` away. `escalate_after`: from this many repeats on a supervisor has to look at the matter.
    """

    days: Annotated[int, Meta(ge=1, le=3660)]
    likeness: Annotated[float, Meta(gt=0, le=1)]
    metres: Annotated[int, Meta(ge=0, le=5000)]
    escalate_after: Annotated[int, Meta(ge=1, le=100)]


def load_repeats(path: Path | None = None) -> RepeatsPolicy:
    """Reads a table; without a path the one shipped. Raises RepeatsError."""
    if path is None:
        return default_repeats()
    try:
        return _decoded(path.name, path.read_bytes())
    except OSError as error:
        raise RepeatsError(f"{path}: {error}") from error


@cache
def default_repeats() -> RepeatsPolicy:
    return _decoded("data/repeats.json", files("liandong.repeats").joinpath("data/repeats.json").read_bytes())


def _decoded(name: str, data: bytes) -> RepeatsPolicy:
    try:
        return msgspec.json.decode(data, type=RepeatsPolicy)
    except msgspec.DecodeError as error:
        raise RepeatsError(f"{name}: {error}") from error
