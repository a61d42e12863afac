"""What must hold of every deadline, pause and resumption, tried on moments picked all over the calendar."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from liandong.catalogue.calendar import state_council_calendar
from liandong.core.worktime import (
    Limit,
    LimitKind,
    OfficeHours,
    add_working_time,
    deadline,
    remaining,
    resume,
    working_days_between,
    working_time_between,
)

CALENDAR = state_council_calendar()
HOURS = OfficeHours()
ZONE = HOURS.tz

# Moments where a rule changes: festivals, make-up Saturdays, a leap day, the turn of a year, midnight, the lunch break.
NOTABLE = [
    datetime.fromisoformat(text).replace(tzinfo=ZONE)
    for text in (
        "2024-02-09T23:59:59.999999",
        "2024-02-10T00:00",
        "2024-02-17T12:30",
        "2024-02-18T12:00",
        "2024-02-29T14:00",
        "2024-04-28T08:30",
        "2024-12-31T18:00",
        "2025-01-01T00:00",
        "2025-01-26T13:00",
        "2026-02-14T09:00",
    )
]
zones = st.sampled_from(
    [UTC, ZONE, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu")]
)
anywhere = st.datetimes(datetime(2005, 1, 1), datetime(2025, 6, 1), timezones=zones, allow_imaginary=False)  # noqa: DTZ001
moments = anywhere | st.sampled_from(NOTABLE)
kinds = st.sampled_from(list(LimitKind))
limits = st.builds(Limit, kinds, st.integers(1, 60)) | st.builds(
    Limit, st.just(LimitKind.WORKING_MINUTES), st.integers(1, 20_000)
)
pauses = st.timedeltas(timedelta(0), timedelta(days=90))


def due_of(start, limit):
    return deadline(start, limit, calendar=CALENDAR, hours=HOURS)


def left_of(now, due, limit):
    return remaining(now, due, limit=limit, calendar=CALENDAR, hours=HOURS)


def resumed(now, left):
    return resume(now, left, calendar=CALENDAR, hours=HOURS)


@given(moments, moments, limits)
def test_who_starts_later_is_not_due_earlier(one, other, limit):
    first, second = sorted([one, other])
    assert due_of(first, limit) <= due_of(second, limit)


@given(moments, limits)
def test_a_deadline_lies_after_its_start(start, limit):
    assert due_of(start, limit) > start


@given(moments, kinds, st.integers(1, 400), st.integers(1, 400))
def test_two_limits_one_after_the_other_are_their_sum(start, kind, one, other):
    step = due_of(due_of(start, Limit(kind, one)), Limit(kind, other))
    assert step == due_of(start, Limit(kind, one + other))


@given(moments, st.timedeltas(timedelta(0), timedelta(days=20)))
def test_as_much_working_time_lies_before_a_deadline_as_was_given(start, span):
    due = add_working_time(start, span, calendar=CALENDAR, hours=HOURS)
    assert working_time_between(start, due, calendar=CALENDAR, hours=HOURS) == span


@given(moments, st.integers(1, 60))
def test_as_many_working_days_lie_before_a_deadline_as_were_given(start, days):
    first, last = start.astimezone(ZONE).date(), due_of(start, Limit("working_days", days)).date()
    assert working_days_between(first, last, calendar=CALENDAR) == days
    assert CALENDAR.is_working_day(last)


@given(moments, limits, pauses)
@example(NOTABLE[2], Limit("working_minutes", 1), timedelta(0))
def test_pausing_and_resuming_at_once_changes_nothing(start, limit, ran):
    due, now = due_of(start, limit), start + ran
    # in UTC, since Python never calls an hour that a zone has twice equal to anything in another zone
    assert resumed(now, left_of(now, due, limit)).astimezone(UTC) == due.astimezone(UTC)


@given(moments, moments, limits)
def test_a_deadline_of_an_older_policy_survives_a_pause_of_no_length(now, due, limit):
    # in UTC: an hour that a zone has twice equals nothing in another zone
    assert resumed(now, left_of(now, due, limit)).astimezone(UTC) == due.astimezone(UTC)


@given(moments, limits, pauses, pauses)
def test_a_pause_never_shortens_what_was_left(start, limit, ran, paused):
    due, now = due_of(start, limit), start.astimezone(UTC) + ran
    left, then = left_of(now, due, limit), start.astimezone(UTC) + ran + paused
    again = resumed(then, left)
    after = left_of(then, again, limit)
    assert (after.measure, after.microseconds) == (left.measure, left.microseconds)
    assert after.days >= left.days
    if now < due:
        assert again > then
        assert again >= due


@given(moments, limits, pauses, pauses, pauses)
def test_who_resumes_later_is_not_due_earlier(start, limit, ran, paused, longer):
    now = start.astimezone(UTC) + ran
    left = left_of(now, due_of(start, limit), limit)
    assert resumed(now + paused, left) <= resumed(now + paused + longer, left)


@given(moments, limits, st.lists(pauses, max_size=4))
def test_many_pauses_leave_as_much_as_one(start, limit, lengths):
    if limit.kind is LimitKind.WORKING_DAYS:
        return  # a day can't be split: each pause on the last day is made good by a whole one
    now = start.astimezone(UTC)
    due = due_of(start, limit)
    for length in lengths:
        left = left_of(now, due, limit)
        now += length
        due = resumed(now, left)
    assert due == due_of(now, limit)


@given(moments, limits, zones)
def test_the_zone_of_the_input_does_not_matter(start, limit, zone):
    assert due_of(start.astimezone(zone), limit) == due_of(start, limit)
