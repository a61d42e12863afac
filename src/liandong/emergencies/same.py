"""Are two declarations the same emergency? Pure, with the reason in words; the rule is the city's table."""

import re
from math import asin, cos, radians, sin, sqrt

from liandong.emergencies.model import Emergency, Place
from liandong.emergencies.policy import EmergencyPolicy
from liandong.orders.model import Point

_NOISE = re.compile(r"[\W_]+")
EARTH = 6_371_000.0  # metres


def why_same(one: Emergency, other: Emergency, policy: EmergencyPolicy) -> str | None:
    """None: they are two. A drill is never the same as something real."""
    if one.id == other.id or one.exercise != other.exercise or one.declared_at is None or other.declared_at is None:
        return None
    if one.subtype != other.subtype:
        return None
    minutes = abs((one.declared_at - other.declared_at).total_seconds()) / 60
    if minutes > policy.same.minutes:
        return None
    near = why_near(one.place, other.place, policy.same.metres)
    return f"同一类型，相隔 {minutes:.0f} 分钟，{near}" if near else None


def why_near(one: Place, other: Place, most: float) -> str | None:
    if one.point is not None and other.point is not None:
        away = metres(one.point, other.point)
        return f"相距 {away:.0f} 米" if away <= most else None
    if one.division_code and other.division_code and one.division_code[:6] != other.division_code[:6]:
        return None
    ours, theirs = _NOISE.sub("", one.text), _NOISE.sub("", other.text)
    if min(len(ours), len(theirs)) < 2:
        return None
    shared = longest_shared(ours, theirs)
    if len(shared) >= 4 or shared in (ours, theirs):
        return f"地点都是“{shared}”"
    return None


def metres(one: Point, other: Point) -> float:
    lat, lon = radians(other.lat - one.lat), radians(other.lon - one.lon)
    half = sin(lat / 2) ** 2 + cos(radians(one.lat)) * cos(radians(other.lat)) * sin(lon / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


def longest_shared(one: str, other: str) -> str:
    """The longest run of characters that both have."""
    best = ""
    for start in range(len(one)):
        while start + len(best) < len(one) and one[start : start + len(best) + 1] in other:
            best = one[start : start + len(best) + 1]
    return best
