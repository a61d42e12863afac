"""One city's policy as the decisions see it: who the centres are, their clocks, calendar and office hours. All of it data."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from liandong.attachments.admission import Admission
from liandong.catalogue.calendar import Calendar, state_council_calendar
from liandong.catalogue.callbacks import CallbackPolicy, default_callbacks
from liandong.catalogue.centres import Centre, default_centres
from liandong.catalogue.clocks import ClockPolicy, load_clocks
from liandong.catalogue.linkage import LinkagePolicy, default_linkage
from liandong.catalogue.messaging import MessagingPolicy, default_messaging
from liandong.catalogue.oversight import OversightPolicy, default_oversight
from liandong.catalogue.units import default_units, return_reasons
from liandong.core.worktime import Left, remaining, resume, zone_of
from liandong.dispatching.model import DispatchingPolicy, default_dispatching
from liandong.handling.policy import HandlingPolicy, load_handling
from liandong.handling.reckoning import Reckoning
from liandong.orders.context import Due
from liandong.orders.model import Order
from liandong.policing.policy import PolicingPolicy, default_policing
from liandong.repeats.policy import RepeatsPolicy, default_repeats
from liandong.routing.policy import Policy as Ownership
from liandong.units.directory import Directory
from liandong.units.reading import shipped_directory

ZONE = zone_of("Asia/Shanghai")
_POLICE = "police"
_MOST_TAGS = 10_000  # combinations that are remembered


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
        arbitration: frozenset[str] = frozenset(),
        linkage: LinkagePolicy | None = None,
        speaks: Callable[[str, str], bool] = lambda peer, kind: True,
        admission: Admission | None = None,
        policing: PolicingPolicy | None = None,
        repeats: RepeatsPolicy | None = None,
        handling: HandlingPolicy | None = None,
        oversight: OversightPolicy | None = None,
        callbacks: CallbackPolicy | None = None,
        messaging: MessagingPolicy | None = None,
        directory: Directory | None = None,
        dispatching: DispatchingPolicy | None = None,
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
        self.admission = admission or Admission()
        self.policing = policing or default_policing()
        self.repeats = repeats or default_repeats()
        self.handling = handling or load_handling()
        self.callbacks = callbacks or default_callbacks()
        self.messaging = messaging or default_messaging()
        self.oversight = oversight or default_oversight()
        self.reckoning = Reckoning(self.clocks, self.calendar, centre)
        self._sides = {
            code: self._centres[code].side if code in self._centres else "other" for code in (centre, *peers)
        }
        self.routing: Ownership | None = None  # the catalogue in force; agreements.running puts it here
        self._peers = peers
        self._arbitration = arbitration
        self.linkage = linkage or default_linkage()
        self.max_bounces = self.linkage.max_bounces
        self._speaks = speaks
        self._units = default_units()
        self.directory = directory or shipped_directory()  # units.running puts the version in force here
        self.dispatching = dispatching or default_dispatching()
        self._tags: dict[tuple[Any, ...], frozenset[str]] = {}  # as `_tags_by`, a directory, has it
        self._tags_by: Directory | None = None

    def side(self, centre: str) -> str | None:
        return self._sides.get(centre)

    def police(self) -> str | None:
        return next((code for code in self._peers if self._sides[code] == _POLICE), None)

    def acts_first(self) -> bool:
        return self.profile.side == _POLICE

    def takes_danger(self, centre: str) -> bool:
        known = self._centres.get(centre)
        return centre in self._peers and known is not None and known.acts_in_danger

    def arbitrates(self, peer: str) -> bool:
        return peer in self._arbitration

    def may_pause(self, clock: str) -> bool:
        return any(entry.pausable for entry in self.clocks.clocks if entry.name == clock)

    def speaks(self, peer: str, kind: str) -> bool:
        return self._speaks(peer, kind)

    def local_date(self, now: datetime) -> date:
        return now.astimezone(ZONE).date()

    def knows_unit(self, org_code: str) -> bool:
        return self.directory.knows(org_code)

    def knows_reason(self, code: str) -> bool:
        return code in return_reasons()

    def due(self, clock: str, order: Order, now: datetime) -> Due:
        tags = self.tags(order)
        at = self.clocks.deadline(clock, now, calendar=self.calendar, centre=self.centre, tags=tags)
        return Due(at=at.astimezone(UTC), policy_version=self.clocks.policy_version)

    def remaining(self, clock: str, order: Order, now: datetime, due_at: datetime) -> dict[str, Any]:
        limit, hours = self.clocks.clock(clock, tags=self.tags(order)), self.clocks.hours(self.centre)
        return msgspec.to_builtins(remaining(now, due_at, limit=limit, calendar=self.calendar, hours=hours))

    def resumed(self, order: Order, now: datetime, remaining: dict[str, Any]) -> Due:
        at = resume(now, msgspec.convert(remaining, Left), calendar=self.calendar, hours=self.clocks.hours(self.centre))
        return Due(at=at.astimezone(UTC), policy_version=self.clocks.policy_version)

    def tags(self, order: Order) -> frozenset[str]:
        """What the tables may distinguish: danger, urgent, the matter's type, utility (the unit), suburb (the place), complex (a tag of the
        order), the working mode of its dispatch, the class and every class above it (`class:0102`), the level, the unit and its kind."""
        named = order.class_confirmed or order.class_intake or ""
        mode = None if order.assignment is None else order.assignment.mode
        asked = (
            order.danger,
            order.urgent,
            order.type,
            order.unit,
            "complex" in order.tags,
            order.level,
            order.division_code,
            mode,
            named,
        )
        if self._tags_by is not self.directory or len(self._tags) >= _MOST_TAGS:
            self._tags, self._tags_by = {}, self.directory  # another version of it may know a unit otherwise
        tags = self._tags.get(asked)
        if tags is None:
            tags = self._tags[asked] = self._tags_of(order, named)
        return tags

    def _tags_of(self, order: Order, named: str) -> frozenset[str]:
        unit = self.directory.last_known(order.unit or "")
        given = {
            "danger": order.danger,
            "urgent": order.urgent,
            str(order.type): order.type is not None,
            "utility": unit is not None and unit.kind == "utility",
            "complex": "complex" in order.tags,
            f"level:{order.level}": order.level is not None,
            f"unit:{order.unit}": order.unit is not None,
            f"unit_kind:{unit.kind if unit else ''}": unit is not None,
            "suburb": order.division_code is not None and order.division_code[:6] not in self.profile.city_divisions,
        }
        if order.assignment is not None:
            given[str(order.assignment.mode)] = True
        classes = (f"class:{named[:end]}" for end in range(2, len(named) + 1, 2))
        return frozenset((*(tag for tag, holds in given.items() if holds), *classes))
