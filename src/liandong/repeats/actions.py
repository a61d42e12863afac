"""A matter that its caller brings again."""

from uuid import UUID

from liandong.orders.acting import Action, Words
from liandong.orders.model import Line


class LinkRepeat(Action, frozen=True, tag="link_repeat"):
    """A person says of which earlier matter this is the repeat; `of` null: of none."""

    of: UUID | None = None
    reason: Line = ""


class ReviewRepeat(Action, frozen=True, tag="review_repeat"):
    """A supervisor has looked at a matter that came again and again; `text`: what is done about it."""

    text: Words


RepeatsAction = LinkRepeat | ReviewRepeat
