"""The city's rules about people as data: passwords, lock-out, sessions, hidden callers (people.json)."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

AtLeastOne = Annotated[int, Meta(ge=1)]


class PasswordRules(Struct, frozen=True, forbid_unknown_fields=True):
    """`classes`: how many of lower case, upper case, digits and other signs. `history`: earlier ones that may not come again.

    `max_age_days`: 0 for no limit. `banned`: words (in lower case) that no password may contain. The last three are argon2id's.
    """

    min_length: Annotated[int, Meta(ge=8)]
    max_length: Annotated[int, Meta(le=1024)]
    classes: Annotated[int, Meta(ge=1, le=4)]
    history: Annotated[int, Meta(ge=0, le=24)]
    max_age_days: Annotated[int, Meta(ge=0)]
    banned: tuple[str, ...]
    time_cost: AtLeastOne
    memory_kib: Annotated[int, Meta(ge=8)]
    parallelism: AtLeastOne


class Lockout(Struct, frozen=True, forbid_unknown_fields=True):
    """From the `after`th failure in a row an account waits: `first_seconds`, then `factor` times longer each, at most `max_seconds`."""

    after: AtLeastOne
    first_seconds: AtLeastOne
    factor: Annotated[float, Meta(ge=1)]
    max_seconds: AtLeastOne


class SessionRules(Struct, frozen=True, forbid_unknown_fields=True):
    idle_minutes: AtLeastOne
    absolute_hours: AtLeastOne


class PeoplePolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`hidden_callers`: what the desk needs to see a caller who is hidden: `break_glass` (a second person afterwards) or `unmask`
    (a reason). `break_glass_minutes`: until the second person must have decided. `export_rows`: at most so many in one file."""

    password: PasswordRules
    lockout: Lockout
    session: SessionRules
    break_glass_minutes: AtLeastOne
    hidden_callers: Literal["break_glass", "unmask"]
    export_rows: AtLeastOne


@cache
def default_people() -> PeoplePolicy:
    return msgspec.json.decode(files("liandong.people").joinpath("data/people.json").read_bytes(), type=PeoplePolicy)


def load_people(path: Path | None) -> PeoplePolicy:
    """Raises ValueError that names the file and what is wrong in it."""
    if path is None:
        return default_people()
    try:
        return msgspec.json.decode(path.read_bytes(), type=PeoplePolicy)
    except msgspec.DecodeError as error:
        raise ValueError(f"{path}: {error}") from error
