"""What was settled before, as it is found and cited, and what the next consultation should write into the catalogue."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from liandong.routing.model import Citation


class FoundPrecedent(Struct, frozen=True, kw_only=True):
    """A settled negotiation. `transfer_id` is what a position cites (`basis_kind` precedent, `basis` this id).

    `likeness`: of the words that were asked about, 0 to 1.
    """

    transfer_id: UUID
    order_id: UUID
    number: str | None
    title: str
    peer: str
    items: list[str]
    question: str
    owner: str
    settled_by: str
    settled_at: datetime
    basis_kind: str | None = None
    basis: str = ""
    text: str = ""
    likeness: float | None = None

    def citation(self) -> Citation:
        return Citation(
            transfer_id=self.transfer_id,
            question=self.question,
            owner=self.owner,
            settled_by=self.settled_by,
            settled_at=self.settled_at,
            basis=self.basis,
        )


class ProposalStatus(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    DISMISSED = "dismissed"


class Proposal(Struct, frozen=True):
    """The same question, settled again and again: to be agreed on in a consultation and written into the catalogue.

    `owners`: how often it was decided for whom.
    """

    question: str
    count: int
    owners: dict[str, int]
    first_at: datetime
    last_at: datetime
    status: ProposalStatus
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str | None = None
