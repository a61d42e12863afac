"""What is wrong with a city's clocks and handling tables taken together: limits that nothing gives, tags that nothing has."""

import re
from collections.abc import Iterable

from liandong.catalogue.clocks import ClockError, ClockPolicy
from liandong.handling.policy import MATTER_TYPES, HandlingPolicy
from liandong.units.model import Mode

TAGS = frozenset({"danger", "urgent", "utility", "suburb", "complex", *MATTER_TYPES, *Mode})
_PATTERNS = re.compile(r"^(class:[0-9]{2,8}|level:[1-5]|unit:[0-9A-Z]{1,64}|unit_kind:[a-z_]+)$")


def check(clocks: ClockPolicy, handling: HandlingPolicy, started: Iterable[str], authorities: frozenset[str]) -> None:
    """`started`: every clock that an order may start; `authorities`: the levels of oversight. Raises ClockError with the place of what is wrong."""
    names = {clock.name for clock in clocks.clocks}
    missing = sorted(set(started) - names)
    if missing:
        raise ClockError(f"时限表缺少 {'、'.join(missing)} / the table has no such clock")
    for entry in clocks.clocks:
        strange = sorted(tag for tag in entry.when if tag not in TAGS and not _PATTERNS.match(tag))
        if strange:
            raise ClockError(f"{clocks.place(entry)}: 没有工单会有标记 {strange} / no order ever has these tags")
    for ladder in handling.ladders:
        if ladder.clock not in names:
            raise ClockError(f"ladders: 时限表没有“{ladder.clock}” / the table has no clock {ladder.clock}")
        for rung in ladder.rungs:
            if rung.does == "supervise" and rung.authority not in authorities:
                raise ClockError(
                    f"ladders, {ladder.clock}: 没有“{rung.authority}”这一督办层级 / no such level of oversight"
                )
