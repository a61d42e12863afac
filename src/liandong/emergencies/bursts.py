"""Many matters about one thing at one place in a short time: pure. It proposes; a person declares.

A matter says what (a family of words), where (names of places, a point) and when. Matters of one family that name the same place, or lie close
together, are a burst once there are enough of them and more than that family has on other days. A matter without a place joins a burst of its
family that is the only one at its time. Every proposal says which words, which place, how many and how much more than usual.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from liandong.emergencies.same import metres
from liandong.orders.model import Point

_HAN = "\u4e00-\u9fa5"
LOOKED_AT = 600  # characters of a matter


class Family(Struct, frozen=True, forbid_unknown_fields=True):
    """`least`: matters of one place that make a burst; `wide_least`: matters of one district without a common place."""

    code: str
    subtype: str
    least: int
    wide_least: int
    words: list[str]


class BurstPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`wide_growth`: how many times the usual number a district must have. `alone_share`: a place that so large a share of a family's matters
    of other days names is no place of a burst. `attach_minutes`: how far from the burst a matter without a place may be."""

    version: str
    window_minutes: int
    baseline_hours: int
    metres: int
    wide_growth: float
    attach_minutes: int
    alone_share: float
    families: list[Family]
    suffixes: list[str]
    noise_stems: list[str]

    def family(self, code: str) -> Family:
        return next(one for one in self.families if one.code == code)


class Signal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one matter says. `words`: those it was known by, for the explanation."""

    id: str
    at: datetime
    families: list[str]
    words: list[str] = []
    places: list[str] = []
    district: str = ""
    point: Point | None = None
    caller: str = ""


class Burst(Struct, frozen=True, kw_only=True):
    """`why`: one sentence for the person who decides."""

    family: str
    subtype: str
    place: str
    district: str
    point: Point | None
    members: list[str]
    first: datetime
    last: datetime
    callers: int
    usual: float
    words: list[str]
    why: str


@cache
def default_bursts() -> BurstPolicy:
    raw = files("liandong.emergencies").joinpath("data/bursts.json").read_bytes()
    return msgspec.json.decode(raw, type=BurstPolicy)


def signal_of(
    ident: str,
    at: datetime,
    text: str,
    *,
    address: str = "",
    point: Point | None = None,
    district: str = "",
    caller: str = "",
    policy: BurstPolicy,
) -> Signal | None:
    """None: it is about nothing that an emergency is made of."""
    said = text[:LOOKED_AT]
    found = {one.code: [word for word in one.words if word in said] for one in policy.families}
    named = sorted((code for code in found if found[code]), key=lambda code: -sum(map(len, found[code])))
    if not named:
        return None
    words = list(dict.fromkeys(word for code in named for word in found[code]))
    places = places_in(f"{address}，{said}", policy)
    return Signal(id=ident, at=at, families=named, words=words, places=places, district=district, point=point, caller=caller)  # fmt: skip


def places_in(text: str, policy: BurstPolicy) -> list[str]:
    """Names of places, each as its ending with the two characters before it: what stands further left is cut differently by each caller."""
    found = []
    for match in _pattern(tuple(policy.suffixes)).finditer(text):
        stem, ending = match[1], match[2]
        if len(stem) < 2 or stem[-2:] in policy.noise_stems or any(stem.endswith(one) for one in policy.noise_stems):
            continue
        found.append(stem[-2:] + ending)
    return list(dict.fromkeys(found))


@cache
def _pattern(suffixes: tuple[str, ...]) -> re.Pattern[str]:
    endings = "|".join(sorted(suffixes, key=len, reverse=True))
    return re.compile(rf"(?=([{_HAN}]{{2}})({endings}))")


def bursts_in(
    signals: Sequence[Signal],
    before: Mapping[str, float],
    policy: BurstPolicy,
    *,
    common: Mapping[str, int] | None = None,
) -> list[Burst]:
    """`before`: how many matters of a family one window usually has. `common`: how often a place was named on other days."""
    found: list[Burst] = []
    for family in policy.families:
        own = [one for one in signals if one.families[0] == family.code]
        near = [one for one in signals if family.code in one.families]
        groups = _by_place(near, family, common or {}, policy)
        groups += _wide([one for one in own if not any(one in group for group in groups)], family, before, policy)
        groups = _attached(groups, near, policy)
        found += [_burst(group, family, before, policy) for group in groups]
    return _apart(found)


def _by_place(
    signals: Sequence[Signal], family: Family, common: Mapping[str, int], policy: BurstPolicy
) -> list[list[Signal]]:
    """Groups that hang together by named places or by nearness, each large enough within the window."""
    having: dict[str, list[Signal]] = defaultdict(list)
    for one in signals:
        for place in one.places:
            having[place].append(one)
    strong = {
        place: members
        for place, members in having.items()
        if _callers(members) >= family.least and common.get(place, 0) <= policy.alone_share * len(members)
    }
    groups: list[dict[str, Signal]] = []
    for members in sorted(strong.values(), key=len, reverse=True):
        named = {one.id: one for one in members}
        joined = [group for group in groups if len(group.keys() & named.keys()) * 2 >= min(len(group), len(named))]
        for group in joined:
            named |= group
            groups.remove(group)
        groups.append(named)
    groups = _with_near(groups, signals, family, policy)
    return [sorted(group.values(), key=lambda one: one.at) for group in groups]


def _with_near(
    groups: list[dict[str, Signal]], signals: Sequence[Signal], family: Family, policy: BurstPolicy
) -> list[dict[str, Signal]]:
    """Points: those near a group join it; enough of them near one another are a group by themselves."""
    taken = {ident for group in groups for ident in group}
    free = [one for one in signals if one.point is not None and one.id not in taken]
    for group in groups:
        centre = _middle(list(group.values()))
        for one in list(free):
            if centre is not None and one.point is not None and metres(centre, one.point) <= policy.metres:
                group[one.id] = one
                free.remove(one)
    for seed in list(free):
        if seed not in free or seed.point is None:
            continue
        near = [one for one in free if one.point is not None and metres(seed.point, one.point) <= policy.metres]
        if _callers(near) >= family.least:
            groups.append({one.id: one for one in near})
            free = [one for one in free if one not in near]
    return groups


def _wide(
    signals: Sequence[Signal], family: Family, before: Mapping[str, float], policy: BurstPolicy
) -> list[list[Signal]]:
    """A whole district reports the same at once, from many places."""
    by_district: dict[str, list[Signal]] = defaultdict(list)
    for one in signals:
        by_district[one.district[:6]].append(one)
    usual = before.get(family.code, 0.0)
    return [
        sorted(members, key=lambda one: one.at)
        for members in by_district.values()
        if _callers(members) >= family.wide_least and len(members) >= policy.wide_growth * max(usual, 1.0)
    ]


def _attached(groups: list[list[Signal]], signals: Sequence[Signal], policy: BurstPolicy) -> list[list[Signal]]:
    """Matters that name no place (“刚才一声巨响怎么回事”) go to the burst of their time, if there is only one."""
    taken = {one.id for group in groups for one in group}
    reach = timedelta(minutes=policy.attach_minutes)
    for one in signals:
        if one.id in taken or one.places or one.point is not None:
            continue
        fitting = [group for group in groups if group[0].at - reach <= one.at <= group[-1].at + reach]
        if len(fitting) == 1:
            fitting[0].append(one)
    return [sorted(group, key=lambda one: one.at) for group in groups]


def _burst(group: Sequence[Signal], family: Family, before: Mapping[str, float], policy: BurstPolicy) -> Burst:
    places = Counter(place for one in group for place in one.places)
    place = max(places, key=lambda name: (places[name], len(name))) if places else ""
    words = [word for word, _ in Counter(word for one in group for word in one.words).most_common(4)]
    minutes = max(1.0, (group[-1].at - group[0].at).total_seconds() / 60)
    usual = before.get(family.code, 0.0)
    callers = _callers(group)
    districts = Counter(one.district[:6] for one in group if one.district)
    why = (
        f"{minutes:.0f} 分钟内 {len(group)} 件（{callers} 人）说到“{'、'.join(words)}”"
        + (f"，{places[place]} 件提到“{place}”" if place else "，地点分散")
        + f"；平时同样长的时间约 {usual:.1f} 件"
    )
    return Burst(
        family=family.code, subtype=family.subtype, place=place, district=districts.most_common(1)[0][0] if districts else "",
        point=_middle(group), members=[one.id for one in group], first=group[0].at, last=group[-1].at, callers=callers,
        usual=round(usual, 2), words=words, why=why,
    )  # fmt: skip


def _apart(bursts: list[Burst]) -> list[Burst]:
    """One thing is proposed once: of bursts that share most of their matters the larger one stays, with the matters of both."""
    found: list[Burst] = []
    for burst in sorted(bursts, key=lambda one: -len(one.members)):
        for at, other in enumerate(found):
            shared = set(burst.members) & set(other.members)
            if len(shared) * 2 >= len(burst.members) or (burst.place and burst.place == other.place):
                members = list(dict.fromkeys((*other.members, *burst.members)))
                found[at] = msgspec.structs.replace(other, members=members)
                break
        else:
            found.append(burst)
    return found


def _callers(group: Sequence[Signal]) -> int:
    """People, as far as they are known: one who calls ten times is one."""
    return len({one.caller or one.id for one in group})


def _middle(group: Sequence[Signal]) -> Point | None:
    points = [one.point for one in group if one.point is not None]
    if not points:
        return None
    lons, lats = sorted(one.lon for one in points), sorted(one.lat for one in points)
    return Point(lons[len(lons) // 2], lats[len(lats) // 2])
