"""What a city sets for its police side: questions, causes of delay, skills, how units are proposed. The shipped table is `data/policing.json`."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from liandong.policing.questions import Tree, faults

Share = Annotated[float, Meta(ge=0, le=1)]
Amount = Annotated[int, Meta(gt=0)]


class PolicingError(ValueError):
    """A table that can't be used; the text names the file and what is wrong."""


class Weights(Struct, frozen=True, forbid_unknown_fields=True):
    """What each sign counts in a unit's score."""

    distance: Share
    skills: Share
    load: Share
    division: Share


class ProposalPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`fresh_seconds`: a position older than this is marked as stale. `near_metres`: at this distance the score is a half.

    `reach_metres`: how far the roads are followed. `snap_metres`: how far a place may lie from the next junction.
    `availability`: state of a unit → what its score is multiplied with; 0 leaves it out.
    """

    fresh_seconds: Amount
    near_metres: Amount
    reach_metres: Amount
    snap_metres: Amount
    weights: Weights
    availability: dict[str, Share]


class PolicingPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`kinds`: centre → the kinds of unit that it sends; a centre that is not named sends all kinds.

    `class_skills`: beginning of a police class → skills, the longest that fits counts. `field_skills`: a data item of the incident
    that has something in it → skills.
    """

    version: str
    delay_causes: dict[str, str]
    kinds: dict[str, list[str]]
    proposal: ProposalPolicy
    kind_skills: dict[str, list[str]]
    unit_skills: dict[str, list[str]]
    skill_names: dict[str, str]
    class_skills: dict[str, list[str]]
    field_skills: dict[str, list[str]]
    questions: Tree


def load_policing(path: Path | None = None) -> PolicingPolicy:
    """Reads and checks a table; without a path the one shipped. Raises PolicingError."""
    if path is None:
        return default_policing()
    try:
        return _checked(path.name, path.read_bytes())
    except OSError as error:
        raise PolicingError(f"{path}: {error}") from error


@cache
def default_policing() -> PolicingPolicy:
    name = "data/policing.json"
    return _checked(name, files("liandong.policing").joinpath(name).read_bytes())


def _checked(name: str, data: bytes) -> PolicingPolicy:
    try:
        policy = msgspec.json.decode(data, type=PolicingPolicy)
    except msgspec.DecodeError as error:
        raise PolicingError(f"{name}: {error}") from error
    named = {skill for skills in _skill_lists(policy) for skill in skills}
    wrong = faults(policy.questions) + [f"skill {s} has no name" for s in sorted(named - set(policy.skill_names))]
    if wrong:
        raise PolicingError(f"{name}: {'; '.join(wrong)}")
    return policy


def _skill_lists(policy: PolicingPolicy) -> list[list[str]]:
    tables = (policy.kind_skills, policy.unit_skills, policy.class_skills, policy.field_skills)
    return [skills for table in tables for skills in table.values()]
