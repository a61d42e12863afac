"""A unit's office: open, closed until then, round the clock; the calendar's days off and make-up days count."""

from datetime import datetime

import msgspec
import pytest

from liandong.catalogue.calendar import state_council_calendar
from liandong.units.office import opens_at
from liandong.units.reading import shipped_directory

UNIT = shipped_directory().units[0]
CALENDAR = state_council_calendar()


@pytest.mark.parametrize(
    ("hours", "at", "opens"),
    [
        ("08:30-12:00,14:00-18:00", "2025-03-04T10:00", None),
        ("08:30-12:00,14:00-18:00", "2025-03-04T08:30", None),
        ("08:30-12:00,14:00-18:00", "2025-03-04T12:30", "2025-03-04T14:00"),
        ("08:30-12:00,14:00-18:00", "2025-03-04T18:00", "2025-03-05T08:30"),
        ("08:30-12:00,14:00-18:00", "2025-10-01T10:00", "2025-10-09T08:30"),
        ("08:30-12:00,14:00-18:00", "2025-09-28T10:00", None),  # a Sunday that is worked
        ("00:00-24:00", "2025-10-01T03:00", None),
        ("", "2025-10-01T03:00", None),
    ],
)
def test_when_somebody_is_in_the_office(hours, at, opens):
    found = opens_at(msgspec.structs.replace(UNIT, hours=hours), datetime.fromisoformat(f"{at}+08:00"), CALENDAR)
    assert found == (datetime.fromisoformat(f"{opens}+08:00") if opens else None)
