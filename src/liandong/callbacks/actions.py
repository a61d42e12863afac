"""The caller evaluates by the link of an invitation."""

from uuid import UUID

from liandong.orders.acting import Action, Satisfaction
from liandong.orders.model import Text


class EvaluateByCaller(Action, frozen=True, tag="evaluate_by_caller"):
    """The caller judges by the link of one invitation. `round`: the round of handling that it is about."""

    satisfaction: Satisfaction
    solved: bool
    round: int
    invite: UUID
    words: Text = ""
    method: str = "sms"
