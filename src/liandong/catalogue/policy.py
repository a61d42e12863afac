"""One city's policy as the decisions see it: who the centres are, their clocks, calendar and office hours. All of it data."""

from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct

from liandong.catalogue.calendar import Calendar, state_council_calendar
from liandong.catalogue.clocks import ClockPolicy, load_clocks
from liandong.core.worktime import Left, remaining, resume, zone_of
from liandong.orders.context import Due
from liandong.orders.model import Kind

ZONE = zone_of("Asia/Shanghai")
_POLICE = "police"


class Centre(Struct, frozen=True, forbid_unknown_fields=True):
    """A party that takes requests. `side`: which kind of party; `police` acts first in danger (国办发〔2022〕12号)."""

    code: str
    name: str
    name_en: str
    side: str
    kind: Kind
    division_code: str
    colour: str


@cache
def default_centres() -> dict[str, Centre]:
    text = files("liandong.catalogue").joinpath("data/centres.json").read_bytes()
    return {centre.code: centre for centre in msgspec.json.decode(text, type=list[Centre])}


class CityPolicy:
    """Implements orders.context.Policy for one centre and its configured peers."""

    def __init__(
        self,
        centre: str,
        peers: tuple[str, ...] = (),
        *,
        centres: dict[str, Centre] | None = None,
        clocks: ClockPolicy | None = None,
        calendar: Calendar | None = None,
    ) -> None:
        self._centres = centres or default_centres()
        if centre not in self._centres:
            raise ValueError(f"centre {centre!r} has no profile; known are {', '.join(self._centres)}")
        self.profile = self._centres[centre]
        self.centre = centre
        self.kind = self.profile.kind
        self.division_code = self.profile.division_code
        self.clocks = clocks or load_clocks()
        self.calendar = calendar or state_council_calendar()
        self._sides = {code: self._centres[code].side if code in self._centres else "other" for code in (centre, *peers)}
        self._peers = peers

    def side(self, centre: str) -> str | None:
        return self._sides.get(centre)

    def police(self) -> str | None:
        return next((code for code in self._peers if self._sides[code] == _POLICE), None)

    def local_date(self, now: datetime) -> date:
        return now.astimezone(ZONE).date()

    def due(self, clock: str, tags: frozenset[str], now: datetime) -> Due:
        at = self.clocks.deadline(clock, now, calendar=self.calendar, centre=self.centre, tags=tags)
        return Due(at=at, policy_version=self.clocks.policy_version)

    def remaining(self, clock: str, tags: frozenset[str], now: datetime, due_at: datetime) -> dict[str, Any]:
        limit, hours = self.clocks.clock(clock, tags=tags), self.clocks.hours(self.centre)
        return msgspec.to_builtins(remaining(now, due_at, limit=limit, calendar=self.calendar, hours=hours))

    def resumed(self, clock: str, tags: frozenset[str], now: datetime, left: dict[str, Any]) -> Due:
        at = resume(now, msgspec.convert(left, Left), calendar=self.calendar, hours=self.clocks.hours(self.centre))
        return Due(at=at, policy_version=self.clocks.policy_version)
