"""Guards of call-back and of the caller's own evaluation."""

from liandong.core.lifecycle import Guard
from liandong.core.worktime import zone_of
from liandong.orders.context import Asked
from liandong.orders.model import Snapshot


def another_half_day(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """Three attempts are three only on different half-days (domain §4). Whoever was reached has been reached, whenever it was."""
    tried = snapshot.order.call_back_tried_at
    if asked is None or tried is None or asked.data.reached:
        return None
    policy = asked.policy.callbacks
    start, following = policy.half_day(tried)
    if policy.half_day(asked.now)[0] != start:
        return None
    when = following.astimezone(zone_of(policy.zone))
    return f"本半天已经试过一次，请在 {when:%Y-%m-%d %H:%M} 之后再试"


def of_this_round(snapshot: Snapshot, asked: Asked | None) -> str | None:
    """A link is about one round of handling: what was done again is asked about anew."""
    return None if asked is None or asked.data.round == snapshot.order.round else "这个链接是上一次办理的，已经失效"


GUARDS: dict[str, Guard] = {rule.__name__: rule for rule in (another_half_day, of_this_round)}
