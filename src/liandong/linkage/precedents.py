"""A settled negotiation becomes a precedent: the same question was decided before, by whom and why."""

import re
from datetime import datetime

import msgspec

from liandong.linkage.model import Precedent, SettledBy, Transfer
from liandong.orders.model import Order

OVERLAP = re.compile(r"O\d+")
"""The code of an overlap of duties, as the reader's spans say it (catalogue/data/terms.toml)."""


def question_of(order: Order, transfer: Transfer) -> str:
    """What makes two matters the same question: the overlap or the catalogue items that they are about, else the class."""
    spans = order.verdict.spans if order.verdict else ()
    overlap = next((span.says for span in spans if OVERLAP.fullmatch(span.says)), "")
    return overlap or " ".join(sorted(transfer.items)) or (order.class_intake or "")


def with_precedent(order: Order, talk: Transfer, *, owner: str, settled_by: SettledBy, at: datetime) -> Transfer:
    """The settled question with the ground that spoke for the owner: the last ruling, else the last position for it."""
    speaking = sorted(
        (p for p in talk.positions if p.owner == owner), key=lambda p: (p.at, p.centre)
    )  # as the other side
    ground = next((p for p in reversed(speaking) if p.ruling), speaking[-1] if speaking else None)
    precedent = Precedent(
        question=question_of(order, talk),
        owner=owner,
        settled_by=settled_by,
        at=at,
        basis_kind=ground.basis_kind if ground else None,
        basis=ground.basis if ground else "",
        text=ground.text if ground else "",
    )
    return msgspec.structs.replace(talk, precedent=precedent)
