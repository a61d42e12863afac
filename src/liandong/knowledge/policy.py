"""How long before its end a card is told of, and from when calls without a card make a gap: data that a city edits in one place."""

from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct


class KnowledgePolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`warn_days`: before the last day. `gap_from`: calls alike that make a gap. `gap_likeness`: from which likeness calls are alike.

    `gap_days`: how far back calls are looked at. `covered`: from this score on a card answers the question already.
    """

    warn_days: int
    gap_from: int
    gap_likeness: float
    gap_days: int
    covered: float


@cache
def default_knowledge() -> KnowledgePolicy:
    text = files("liandong.knowledge").joinpath("data/knowledge.json").read_bytes()
    return msgspec.json.decode(text, type=KnowledgePolicy)
