"""The profiles of the centres: who they are and which kind of order they keep. All of it data."""

from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct


class Kind(StrEnum):
    """Which lifecycle a centre's orders have."""

    WORK_ORDER = "work_order"
    POLICE_ORDER = "police_order"


class Centre(Struct, frozen=True, forbid_unknown_fields=True):
    """A party that takes requests.

    `side`: which kind of party; `police` acts first in danger (国办发〔2022〕12号). `acts_in_danger`: sends somebody out by itself
    (110, 119, 120); every other centre hands danger over at once. `city_divisions`: where the city's own limits of arrival hold;
    everywhere else is suburb.
    """

    code: str
    name: str
    name_en: str
    side: str
    kind: Kind
    acts_in_danger: bool
    division_code: str
    colour: str
    city_divisions: tuple[str, ...] = ()


@cache
def default_centres() -> dict[str, Centre]:
    """By code."""
    text = files("liandong.catalogue").joinpath("data/centres.json").read_bytes()
    return {centre.code: centre for centre in msgspec.json.decode(text, type=list[Centre])}
