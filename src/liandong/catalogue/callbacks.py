"""How callers are asked whether it was solved: data that a city edits (data/callbacks.json).

Half-days, the sampling policy, five levels mapped to three, what becomes of a bad evaluation, and what a detector flags.
"""

from datetime import datetime, time, timedelta
from functools import cache
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path
from typing import Literal

from msgspec import Struct

from liandong.catalogue.tables import read_table
from liandong.core.worktime import zone_of

Method = Literal["phone", "sms", "portal"]
Mapped = Literal["satisfied", "basically", "not"]


class Sampled(Struct, frozen=True, forbid_unknown_fields=True):
    """What a rule of the sampling policy asks; all that is given must hold. `share`: of all orders, chosen by their id."""

    danger: bool | None = None
    confidential: bool | None = None
    mobile: bool | None = None
    round_from: int = 1
    types: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    share: float = 1.0


class Sampling(Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    zh: str
    en: str
    when: Sampled
    method: Method


class Level(Struct, frozen=True, forbid_unknown_fields=True):
    level: int
    zh: str
    en: str


class Judged(Struct, frozen=True, forbid_unknown_fields=True):
    solved: bool | None = None
    mapped: Mapped | None = None
    round_from: int = 1


class Outcome(Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of an evaluation: handled again, supervised formally by `authority`, or both."""

    code: str
    zh: str
    en: str
    when: Judged
    then: Literal["reopen", "oversight", "reopen_and_oversight"]
    authority: str = ""


class Detector(Struct, frozen=True, forbid_unknown_fields=True):
    """From when on evaluations look as if somebody gave them in the callers' stead. `office_networks`: CIDR."""

    window_minutes: int
    seconds_after_sending: int
    same_address_from: int
    same_number_from: int
    seat_window_minutes: int
    same_seat_from: int
    office_networks: tuple[str, ...]

    def in_office(self, address: str) -> bool:
        try:
            found = ip_address(address)
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in ip_network(network) for network in self.office_networks)


class PageLimits(Struct, frozen=True, forbid_unknown_fields=True):
    """Requests of one address to the evaluation page, and how many wrong links until it has to wait."""

    per_minute: int
    wrong_per_ten_minutes: int


class CallbackPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`half_days`: when callers are called, local time; an attempt belongs to the half-day whose end comes next."""

    zone: str
    half_days: tuple[tuple[time, time], ...]
    link_valid_hours: int
    phone_after_hours: int
    sampling: tuple[Sampling, ...]
    mapping: dict[str, Mapped]
    levels: tuple[Level, ...]
    outcomes: tuple[Outcome, ...]
    detector: Detector
    page: PageLimits

    def half_day(self, moment: datetime) -> tuple[datetime, datetime]:
        """The local day and the number in it, as the start of this half-day, and the start of the next one."""
        local = moment.astimezone(zone_of(self.zone))
        number = next((n for n, (_, end) in enumerate(self.half_days) if local.time() < end), len(self.half_days) - 1)
        start = datetime.combine(local.date(), self.half_days[number][0], local.tzinfo)
        after = number + 1 < len(self.half_days)
        day = local.date() if after else local.date() + timedelta(days=1)
        return start, datetime.combine(day, self.half_days[number + 1 if after else 0][0], local.tzinfo)

    def mapped(self, satisfaction: int) -> Mapped:
        return self.mapping[str(satisfaction)]

    def outcome(self, *, solved: bool | None, satisfaction: int | None, round_: int) -> Outcome | None:
        """The first rule that fits; None: nothing more is to be done."""
        mapped = self.mapped(satisfaction) if satisfaction else None
        return next((one for one in self.outcomes if _judged_so(one.when, solved, mapped, round_)), None)


def _judged_so(when: Judged, solved: bool | None, mapped: Mapped | None, round_: int) -> bool:
    return (
        (when.solved is None or when.solved == solved)
        and (when.mapped is None or when.mapped == mapped)
        and round_ >= when.round_from
    )


def load_callbacks(path: Path | None, authorities: frozenset[str]) -> CallbackPolicy:
    """Reads and checks a table; without a path the one shipped. `authorities`: the levels of oversight. Raises TableError."""
    table = read_table(path, "callbacks.json")
    policy = table.decode(CallbackPolicy)
    ends = [moment for half in policy.half_days for moment in half]
    if not ends or any(later <= earlier for earlier, later in pairwise(ends)):
        raise table.wrong("half_days", "半天须按先后排列且不重叠 / half-days must follow each other")
    if missing := {str(n) for n in range(1, 6)} - set(policy.mapping):
        raise table.wrong("mapping", f"满意度 {'、'.join(sorted(missing))} 没有对应 / levels without a mapping")
    if not policy.sampling or policy.sampling[-1].when != Sampled():
        raise table.wrong(
            "sampling", "最后一条须不带条件，否则有的工单没人回访 / the last rule must hold for every order"
        )
    for one in policy.outcomes:
        needs = one.then != "reopen"
        if needs and one.authority not in authorities:
            raise table.wrong(one.code, f"“{one.code}”的督办层级“{one.authority}”不存在 / no such level of oversight")
    return policy


@cache
def default_callbacks() -> CallbackPolicy:
    return read_table(None, "callbacks.json").decode(CallbackPolicy)
