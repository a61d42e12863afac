"""What is suggested for a matter, by which model, and the card of a model of this centre."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct, field

from liandong.models.figures import Figures
from liandong.models.model import Ground

CATALOGUE = "catalogue"
"""The name under which the dispatch catalogue and its examples suggest, before anything was learnt."""


class Target(StrEnum):
    """What a model reads: a name of a model of the node is one of these."""

    CLASS = "class"
    TYPE = "type"
    UNIT = "unit"


class Guessed(Struct, frozen=True):
    """One value with its name and how probable it is. `why`: what it rests on, in one sentence."""

    code: str
    name: str
    probability: float
    why: str = ""


class Suggestion(Struct, frozen=True):
    """`guesses`: up to three, the likeliest first. `unsure`: the honest I-don't-know; nothing is filled in then. `measured`: the
    probabilities were measured on orders that the model had not seen."""

    field: Target
    model: str
    version: str
    measured: bool
    guesses: tuple[Guessed, ...]
    unsure: bool


class Similar(Struct, frozen=True):
    """A past order that says nearly the same, and what became of it. `likeness` 0 to 1."""

    id: UUID
    number: str | None
    title: str
    class_code: str
    unit: str | None
    unit_name: str
    closing: str | None
    created_at: datetime
    likeness: float


class Suggested(Struct, frozen=True):
    """All of it. `levels`: the first class and those above it, each with the probability of everything below it. `spans`: the words that
    speak for the first class. `co_handlers`: units that usually help."""

    class_: Suggestion = field(name="class")
    levels: tuple[Guessed, ...]
    type: Suggestion
    unit: Suggestion
    co_handlers: tuple[Guessed, ...]
    spans: tuple[Ground, ...]


class ClassShare(Struct, frozen=True):
    code: str
    name: str
    share: float


class ModelFigures(Figures, frozen=True):
    """As models/figures.py measures, under a name of its own in the interface."""


class SideBySide(Struct, frozen=True):
    """Two versions on the same held-out rows. `against`: the version in force, or the catalogue where none was."""

    against: str
    rows: int
    accuracy: float
    accuracy_before: float
    top_three: float
    top_three_before: float
    calibration: float
    calibration_before: float


class ModelCard(Struct, frozen=True):
    """What a model is, of what, how good and how weak. Figures are of `held_out` rows, the newest of the period, that nothing was learnt from.

    `shares`: of each class in what was learnt from, to see drift by. `not_learnt`: rows whose class is too rare to learn.
    """

    name: Target
    version: int
    source: str
    rows: int
    held_out: int
    first_on: date | None
    last_on: date | None
    classes: int
    figures: ModelFigures
    weaknesses: tuple[str, ...]
    shares: dict[str, float]
    not_learnt: int = 0
    compared: SideBySide | None = None
    policy: str = ""


class Example(Struct, frozen=True):
    """One closed order to learn from: what was said, and what it turned out to be and who handled it."""

    text: str
    on: date
    class_code: str = ""
    type: str = ""
    unit: str = ""
    division: str = ""
    co_handlers: tuple[str, ...] = ()
