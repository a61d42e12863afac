"""Who really handled such a matter at such a place: counts over classes and places, from coarse to fine. Pure; a model of its own (`unit`)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from liandong.suggesting.model import Example
from liandong.suggesting.policy import UnitsPolicy
from liandong.units.directory import stem_of

EVERYWHERE = ""
OTHERS = ""
"""Stands for all units that handled fewer orders of a group than the first `MOST_UNITS`: they are counted, never proposed."""
MOST_UNITS = 20


class HandlerCounts(Struct, frozen=True):
    """`counts`: by `class|place` (both may be empty) how many orders each unit handled; `helpers`: of how many a unit was a co-handler."""

    counts: dict[str, dict[str, int]]
    helpers: dict[str, dict[str, int]]

    def shares(
        self, class_code: str, division: str, policy: UnitsPolicy, catalogue: str | None = None
    ) -> dict[str, float]:
        """Each unit's probability, from all orders down to those of this class at this place; every finer group counts for more the more
        orders it has. `catalogue`: the unit that the dispatch catalogue names."""
        shares: dict[str, float] = {}
        for key in keys(class_code, division):
            here = self.counts.get(key)
            if here:
                shares = _towards(shares, here, policy.backoff)
        if catalogue:
            known = sum(self.counts.get(_here(class_code, division), {}).values()) + policy.backoff
            weight = policy.catalogue_weight / (policy.catalogue_weight + known)
            shares = {unit: share * (1 - weight) for unit, share in shares.items()}
            shares[catalogue] = shares.get(catalogue, 0.0) + weight
        return shares

    def seen(self, class_code: str, division: str, unit: str) -> tuple[int, int]:
        """(orders that the unit handled, all orders) of the finest group that has any."""
        for key in reversed(list(keys(class_code, division))):
            here = self.counts.get(key)
            if here:
                return here.get(unit, 0), sum(here.values())
        return 0, 0

    def co_handlers(self, class_code: str, division: str, policy: UnitsPolicy) -> list[tuple[str, float]]:
        """Units that helped in a good share of such orders, the likeliest first."""
        for key in reversed(list(keys(class_code, division))):
            total = sum(self.counts.get(key, {}).values())
            if total >= policy.backoff and key in self.helpers:
                found = [(unit, count / total) for unit, count in self.helpers[key].items()]
                likely = [one for one in found if one[1] >= policy.co_handler_share]
                return sorted(likely, key=lambda one: (-one[1], one[0]))[: policy.most_co_handlers]
        return []


def learn_handlers(examples: Iterable[Example]) -> HandlerCounts:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    helpers: dict[str, Counter[str]] = defaultdict(Counter)
    for one in examples:
        if not one.unit:
            continue
        for key in keys(one.class_code, one.division):
            counts[key][one.unit] += 1
            helpers[key].update(one.co_handlers)
    kept = {key: _foremost(found) for key, found in counts.items()}
    return HandlerCounts(kept, {key: dict(found) for key, found in helpers.items() if found})


def keys(class_code: str, division: str) -> Iterator[str]:
    """From all orders to this class at this place, each finer than the one before."""
    stem, district = stem_of(class_code) if class_code else "", division[:6]
    stems = [stem[:end] for end in range(2, len(stem) + 1, 2)]
    yield f"|{EVERYWHERE}"
    for one in stems:
        yield f"{one}|{EVERYWHERE}"
    if district:
        yield f"|{district}" if not stems else f"{stems[0]}|{district}"
        for one in stems[1:]:
            yield f"{one}|{district}"
        if len(division) >= 9:
            yield f"{stem}|{division[:9]}"


def _foremost(found: Counter[str]) -> dict[str, int]:
    """A city has hundreds of units, and a proposal is made between two keys."""
    first = dict(found.most_common(MOST_UNITS))
    others = sum(found.values()) - sum(first.values())
    return first | ({OTHERS: others} if others else {})


def _here(class_code: str, division: str) -> str:
    """This class in this district: the group that the catalogue's word is weighed against."""
    return f"{stem_of(class_code) if class_code else ''}|{division[:6]}"


def encode(counts: HandlerCounts) -> bytes:
    return msgspec.json.encode(counts)


def decode(data: bytes) -> HandlerCounts:
    """Raises msgspec.DecodeError."""
    return msgspec.json.decode(data, type=HandlerCounts)


def _towards(before: dict[str, float], here: dict[str, int], backoff: float) -> dict[str, float]:
    total = sum(here.values())
    if not before:
        return {unit: count / total for unit, count in here.items()}
    weight = backoff / (total + backoff)
    shares = {unit: share * weight for unit, share in before.items()}
    for unit, count in here.items():
        shares[unit] = shares.get(unit, 0.0) + count / (total + backoff)
    return shares
