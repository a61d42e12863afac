"""Is it the same matter? Pure: the signs, and what they weigh together."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from liandong.catalogue.linkage import LinkagePolicy
from liandong.core.globe import metres
from liandong.core.likeness import likeness, pairs
from liandong.duplicates.model import Duplicate, Likely, Reason, Sign
from liandong.orders.lifecycle import FINAL
from liandong.orders.model import Point

WEIGHTS = {Sign.CALLER: 0.6, Sign.ADDRESS: 0.6, Sign.PLACE: 0.5}
SUPPLEMENT = "\n【补充】"
SHOWN = 120  # characters of the content


def duplicates(order: Likely, others: Iterable[Likely], policy: LinkagePolicy) -> list[Duplicate]:
    """Those that something speaks for, the likeliest first."""
    ours = pairs(_said(order))
    found = []
    for other in others:
        if other.id == order.id or not in_time(order, other, policy):
            continue
        reasons = signs(order, other, policy, alike=likeness(ours, pairs(_said(other))))
        if reasons:
            found.append(_duplicate(other, reasons))
    return sorted(found, key=lambda one: (-one.score, one.created_at))


def signs(order: Likely, other: Likely, policy: LinkagePolicy, *, alike: float) -> list[Reason]:
    found = []
    if order.phone and order.phone == other.phone:
        found.append(Reason(Sign.CALLER, "同一来电号码", "same caller's number"))
    if order.address and order.address == other.address:
        found.append(Reason(Sign.ADDRESS, "同一地址", "same address"))
    apart = metres_apart(order, other)
    if apart is not None and apart <= policy.duplicate_metres:
        text = f"相距约{apart:.0f}米"
        found.append(Reason(Sign.PLACE, text, f"about {apart:.0f} m apart", metres=round(apart)))
    if alike >= policy.duplicate_likeness:
        text = f"内容相似{alike:.0%}"
        found.append(Reason(Sign.WORDS, text, f"words {alike:.0%} alike", likeness=round(alike, 2)))
    return found


def in_time(order: Likely, other: Likely, policy: LinkagePolicy) -> bool:
    """Near in time, or still open however old."""
    near = abs(order.created_at - other.created_at) <= timedelta(hours=policy.duplicate_hours)
    return near or other.status not in FINAL


def earliest(order_created_at: datetime, policy: LinkagePolicy) -> datetime:
    return order_created_at - timedelta(hours=policy.duplicate_hours)


def metres_apart(order: Likely, other: Likely) -> float | None:
    """None where the two have no coordinates in the same system: systems are never mixed."""
    for one, two in ((order.wgs84, other.wgs84), (order.gcj02, other.gcj02)):
        if one is not None and two is not None:
            return distance(one, two)
    return None


def distance(one: Point, two: Point) -> float:
    """Metres on the globe."""
    return metres(one.lon, one.lat, two.lon, two.lat)


def _duplicate(other: Likely, reasons: list[Reason]) -> Duplicate:
    return Duplicate(
        id=other.id,
        number=other.number,
        status=other.status,
        responsible=other.responsible,
        title=other.title,
        content=other.content[:SHOWN],
        created_at=other.created_at,
        score=score(reasons),
        reasons=reasons,
    )


def score(reasons: Iterable[Reason]) -> float:
    """Each sign leaves its share of the doubt."""
    doubt = 1.0
    for reason in reasons:
        doubt *= 1 - (WEIGHTS.get(reason.sign) or min(reason.likeness or 0.0, 0.95))
    return round(1 - doubt, 2)


def _said(order: Likely) -> str:
    """What the caller said first; supplements are not compared."""
    return order.title + order.content.partition(SUPPLEMENT)[0]
