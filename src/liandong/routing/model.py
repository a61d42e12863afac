"""The words of ownership: what a text says (facts) and who acts on it (verdict).

Source: plan part 二(三)1, the order of the rules is 国办发〔2022〕12号.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class Scope(StrEnum):
    """Whose duty a matter is, seen from the centre that received it."""

    OWN = "own"
    OTHER = "other"
    UNCLEAR = "both_or_unclear"
    NEITHER = "neither"


class Decision(StrEnum):
    """What the receiving centre does with a matter."""

    KEEP = "keep"
    TRANSFER = "transfer"
    TRANSFER_URGENT = "transfer_urgent"
    NEGOTIATE = "negotiate"
    GUIDE = "guide"
    DISPATCH_AND_TRANSFER = "dispatch_and_transfer"


class Span(Struct, frozen=True):
    """Words of the text, as character offsets [start, end), and what they speak for.

    `says` is a catalogue item's code ("P0101"), or a fact with its kind after a point:
    "danger.gas", "violent_dispute", "stability_lead", "neither.court", "O01".
    """

    start: int
    end: int
    text: str
    says: str


class Facts(Struct, frozen=True):
    """All that the ownership decision looks at."""

    centre: str
    scope: Scope
    danger: bool = False
    violent_dispute: bool = False
    stability_lead: bool = False
    field_escalation: bool = False
    items: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    overruled: tuple[str, ...] = ()
    """Names of the facts that a person set."""
    catalogue: str = ""
    """The catalogue that the text was read with (TransferCatalogue.version); the verdict rests on the same one."""


class Citation(Struct, frozen=True, omit_defaults=True):
    """A precedent of the same question: whose matter it was found to be then, how (`settled_by`), and on what ground."""

    transfer_id: UUID
    question: str
    owner: str
    settled_by: str
    settled_at: datetime
    basis: str = ""


class Verdict(Struct, frozen=True):
    """The decision, who acts, and why in one sentence.

    `target` is the centre that acts: the own centre for `keep`, the other one for a transfer or a
    negotiation, for `dispatch_and_transfer` the other one for its part, None for `guide`.
    `script` is what the operator says to the caller, only for `guide`.
    `precedents`: how the same question was settled before, the newest first, only for `negotiate`.
    """

    decision: Decision
    target: str | None
    urgent: bool
    items: tuple[str, ...]
    spans: tuple[Span, ...]
    reason: str
    script: str = ""
    precedents: tuple[Citation, ...] = ()
