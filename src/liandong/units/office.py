"""Whether a unit's office is staffed: for whoever chooses a unit. Time limits don't look at it: they rest on the centre's own office hours
(a unit can't lengthen its clocks by what it writes into the directory). Pure."""

from datetime import UTC, datetime, timedelta

from liandong.core.worktime import OfficeHours, WorkingDays, add_working_time
from liandong.units.model import Unit

_MOMENT = timedelta(microseconds=1)
ALWAYS = OfficeHours.parse("00:00-24:00")


def opens_at(unit: Unit, local: datetime, calendar: WorkingDays) -> datetime | None:
    """When a unit that is closed now is staffed next; None: it is open, round the clock, or says no hours."""
    if not unit.hours:
        return None
    hours = OfficeHours.parse(unit.hours)
    if hours.spans == ALWAYS.spans:
        return None
    begins = add_working_time(local, _MOMENT, calendar=calendar, hours=hours) - _MOMENT
    return None if begins.astimezone(UTC) <= local.astimezone(UTC) else begins
