"""The numbers of the linkage that a city may set, with their sources in docs/protocol.md and the plan."""

from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct


class LinkagePolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`max_bounces`: how often the whole matter may be given back in a round; then it is a negotiation (domain §2).

    `propose_after`: the same question negotiated this often becomes a proposal for the catalogue.
    `duplicate_hours`, `duplicate_metres`: how near another order must be in time and place to be shown as the same matter.
    `duplicate_likeness`: how alike the words must be, 0 to 1, where neither caller nor place is known to be the same.
    """

    max_bounces: int
    propose_after: int
    duplicate_hours: int
    duplicate_metres: int
    duplicate_likeness: float


@cache
def default_linkage() -> LinkagePolicy:
    text = files("liandong.catalogue").joinpath("data/linkage.json").read_bytes()
    return msgspec.json.decode(text, type=LinkagePolicy)
