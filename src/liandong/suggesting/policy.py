"""How sure a proposal has to be, when models are made anew, what counts as drift, and what may be dispatched by itself: data of the city."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from liandong.orders.model import Channel, MatterType

Share = Annotated[float, Meta(ge=0, le=1)]
Some = Annotated[int, Meta(ge=1)]


class SimilarPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`candidates`: the newest orders of the class that are compared; `most` of them are shown, from `least_likeness` on."""

    candidates: Annotated[int, Meta(ge=1, le=1000)]
    least_likeness: Share
    most: Annotated[int, Meta(ge=0, le=20)]


class UnitsPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`catalogue_weight`: how many handled orders the line of the dispatch catalogue counts for. `backoff`: how many orders a finer group
    needs to count as much as the coarser one. A co-handler is proposed from `co_handler_share` of the orders on."""

    catalogue_weight: Annotated[float, Meta(ge=0)]
    backoff: Annotated[float, Meta(gt=0)]
    co_handler_share: Share
    most_co_handlers: Annotated[int, Meta(ge=0, le=20)]


class TrainingPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """Once a week on `weekday` (1 is Monday) from `hour` on, from the closed orders of `days`, the newest `most_rows` of them.

    `held_out`: share of the newest rows that nothing is learnt from and everything is measured on. A class with fewer than
    `least_of_class` rows is learnt as the class above it.
    """

    on: bool
    weekday: Annotated[int, Meta(ge=1, le=7)]
    hour: Annotated[int, Meta(ge=0, le=23)]
    days: Some
    most_rows: Annotated[int, Meta(ge=20, le=200_000)]
    least_rows: Annotated[int, Meta(ge=20)]
    held_out: Annotated[float, Meta(gt=0, lt=0.5)]
    least_of_class: Annotated[int, Meta(ge=6)]


class DriftPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """Over the last `days`, from `least_rows` on: `most_shift` is half the sum of the differences of the classes' shares, `most_drop` how far
    the share that came true may lie below what was measured."""

    days: Some
    least_rows: Some
    most_shift: Share
    most_drop: Share


class SelfDispatchPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """What goes by itself. `classes`: beginnings of class codes, empty is all. `least_class`, `least_unit`: probabilities; `least_measured`:
    the share right among the surest 70 % that the model was measured with. `sample`: share that a person checks. More than `most_wrong` of at
    least `least_checks` in `window_days` stops it until a person lets it go on."""

    on: bool
    channels: frozenset[Channel]
    types: frozenset[MatterType]
    classes: tuple[str, ...]
    wait_minutes: Annotated[int, Meta(ge=0)]
    look_back_hours: Some
    least_class: Share
    least_unit: Share
    least_measured: Share
    most_danger: Share
    sample: Share
    least_checks: Some
    window_days: Some
    most_wrong: Share


class SuggestingPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`unsure`: below this probability nothing is filled in. `keep_days`: how long single suggestions are kept; their counts stay."""

    unsure: Share
    most_spans: Annotated[int, Meta(ge=0, le=50)]
    similar: SimilarPolicy
    units: UnitsPolicy
    training: TrainingPolicy
    drift: DriftPolicy
    keep_days: Annotated[int, Meta(ge=30)]
    self_dispatch: SelfDispatchPolicy


def load_suggesting(path: Path | None = None) -> SuggestingPolicy:
    """A city's own file, else the shipped one. Raises OSError, and ValueError naming the file and the field."""
    if path is None:
        return default_suggesting()
    try:
        return msgspec.json.decode(path.read_bytes(), type=SuggestingPolicy)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: {error}") from error


@cache
def default_suggesting() -> SuggestingPolicy:
    text = files("liandong.suggesting").joinpath("data/suggesting.json").read_bytes()
    return msgspec.json.decode(text, type=SuggestingPolicy)
