"""How the caller of a closed order is asked: the first rule of the sampling policy that fits. Pure."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from liandong.catalogue.callbacks import CallbackPolicy, Sampled, Sampling

_GRAIN = 1_000_000


class Asking(Struct, frozen=True):
    """What the policy looks at. `mobile`: there is a number that an SMS may go to, and a way to send it."""

    order_id: UUID
    round: int
    danger: bool
    confidential: bool
    mobile: bool
    type: str | None
    channel: str


def chosen(policy: CallbackPolicy, asking: Asking) -> Sampling:
    """Raises LookupError when no rule fits: a table ends with one that fits everything."""
    for rule in policy.sampling:
        if _fits(rule.when, asking):
            return rule
    raise LookupError("the sampling policy has no rule that fits everything")


def _fits(when: Sampled, asking: Asking) -> bool:
    wanted: list[tuple[Any, Any]] = [
        (when.danger, asking.danger),
        (when.confidential, asking.confidential),
        (when.mobile, asking.mobile),
    ]
    return (
        all(asked is None or asked == found for asked, found in wanted)
        and asking.round >= when.round_from
        and (not when.types or asking.type in when.types)
        and (not when.channels or asking.channel in when.channels)
        and share_of(asking.order_id) < when.share
    )


def share_of(order_id: UUID) -> float:
    """Where an order lies between 0 and 1: by the random end of its id, so that the same order is always drawn or never."""
    return (order_id.int % _GRAIN) / _GRAIN
