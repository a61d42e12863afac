"""A matter that its caller brings again after a final answer."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct


class RepeatReview(Struct, frozen=True, kw_only=True):
    """It came so often that a supervisor has to look at it. `reviewed_at` None: nobody has yet."""

    since: datetime
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    text: str = ""


class Earlier(Struct, frozen=True):
    """The earlier matter that a new one brings again. `repeats`: how often that one was a repeat itself."""

    id: UUID
    number: str | None
    repeats: int
