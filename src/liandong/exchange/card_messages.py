"""How centres keep each other's copies of answer cards equal: notices of one thread, so they arrive in order.

Only a card's owner sends it; of two versions the higher one counts. A card for the police alone goes to police centres only.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from liandong.exchange.body import Body
from liandong.orders.model import Line, Moment

CardDigest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
CardVersion = Annotated[int, Meta(ge=1, le=1_000_000)]
CardText = Annotated[str, Meta(min_length=2, max_length=120_000)]


class CardPublished(Body, frozen=True):
    """This version of the sender's card is in force: the receiver's copy becomes equal to it.

    `content`: a JSON text, kept and compared as it is; `digest`: the SHA-256 of its bytes.
    """

    card_id: UUID
    number: Line
    version: CardVersion
    digest: CardDigest
    content: CardText
    at: Moment
    made_by: Line = ""
    approved_by: Line = ""
    review_on: date | None = None


class CardWithdrawn(Body, frozen=True):
    """The sender's card is no longer in force, or no longer for the receiver: its copy is not shown any more."""

    card_id: UUID
    number: Line
    version: CardVersion
    at: Moment
    reason: Line = ""
