"""Deadlines in wall-clock time, office hours and working days, on single days that are easy to check by hand."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from liandong.catalogue.calendar import state_council_calendar
from liandong.core.worktime import (
    Left,
    Limit,
    LimitKind,
    OfficeHours,
    WorkTimeError,
    add_working_days,
    deadline,
    remaining,
    resume,
    working_days_between,
    working_time_between,
    zone_of,
)

CALENDAR = state_council_calendar()
HOURS = OfficeHours()
ZONE = HOURS.tz


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def due(start, kind, amount, hours=HOURS):
    return deadline(at(start), Limit(kind, amount), calendar=CALENDAR, hours=hours)


@pytest.mark.parametrize(
    ("why", "start", "days", "expected"),
    [
        ("a plain week", "2024-03-04T09:00", 3, "2024-03-07"),
        ("the day of the start is free", "2024-03-04T00:00", 1, "2024-03-05"),
        ("also in its last moment", "2024-03-04T23:59:59.999", 1, "2024-03-05"),
        ("over a weekend", "2024-03-08T09:00", 1, "2024-03-11"),
        ("started on a Sunday", "2024-03-10T09:00", 1, "2024-03-11"),
        ("over Spring Festival with a make-up Sunday", "2024-02-07T10:00", 5, "2024-02-20"),
        ("started within a festival", "2024-02-12T10:00", 1, "2024-02-18"),
        ("a make-up Saturday counts", "2024-04-26T17:00", 1, "2024-04-28"),
        ("over the turn of the year", "2024-12-31T10:00", 2, "2025-01-03"),
        ("a leap day is a Thursday like others", "2024-02-28T10:00", 2, "2024-03-01"),
        ("the longer Spring Festival of 2020", "2020-01-22T10:00", 2, "2020-02-03"),
    ],
)
def test_working_days_are_counted_from_the_day_after_the_start(why, start, days, expected):
    assert due(start, "working_days", days) == at(f"{expected}T23:59:59.999"), why


@pytest.mark.parametrize(
    ("why", "start", "minutes", "expected"),
    [
        ("inside the morning", "2024-03-04T09:00", 60, "2024-03-04T10:00"),
        ("to the end of a span and no further", "2024-03-04T11:00", 60, "2024-03-04T12:00"),
        ("over lunch", "2024-03-04T11:30", 60, "2024-03-04T14:30"),
        ("started inside the lunch break", "2024-03-04T12:34", 10, "2024-03-04T14:10"),
        ("started at midnight", "2024-03-04T00:00", 30, "2024-03-04T09:00"),
        ("started in the evening", "2024-03-04T18:00", 1, "2024-03-05T08:31"),
        ("over a weekend", "2024-03-08T17:30", 60, "2024-03-11T09:00"),
        ("started on a holiday", "2024-02-12T10:00", 30, "2024-02-18T09:00"),
        ("a whole day is 450 minutes", "2024-03-04T08:30", 450, "2024-03-04T18:00"),
        ("several days", "2024-03-04T08:30", 1000, "2024-03-06T10:10"),
    ],
)
def test_working_minutes_pass_only_inside_office_hours(why, start, minutes, expected):
    assert due(start, "working_minutes", minutes) == at(expected), why


@pytest.mark.parametrize(
    ("kind", "amount", "expected"),
    [
        ("seconds", 20, "2024-02-10T23:59:50"),
        ("minutes", 15, "2024-02-11T00:14:30"),
        ("hours", 24, "2024-02-11T23:59:30"),
        ("days", 7, "2024-02-17T23:59:30"),
    ],
)
def test_wall_clock_limits_run_at_night_and_on_holidays(kind, amount, expected):
    assert due("2024-02-10T23:59:30", kind, amount) == at(expected)


def test_a_start_in_any_zone_gives_the_same_deadline_in_the_zone_of_the_office():
    start = at("2024-02-07T10:00")
    for zone in (UTC, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Auckland")):
        for kind in LimitKind:
            limit = Limit(kind, 7)
            moved = deadline(start.astimezone(zone), limit, calendar=CALENDAR, hours=HOURS)
            assert moved == deadline(start, limit, calendar=CALENDAR, hours=HOURS)
            assert moved.utcoffset() == timedelta(hours=8)


def test_a_change_to_summer_time_takes_no_working_time_away():
    hours = OfficeHours(((time(0), time(0)),), "America/New_York")
    start = datetime(2024, 11, 1, 12, tzinfo=hours.tz)  # a Friday; clocks go back on Sunday
    assert deadline(start, Limit("working_minutes", 720), calendar=CALENDAR, hours=hours) == datetime(
        2024, 11, 2, tzinfo=hours.tz
    )
    spring = datetime(2021, 3, 14, tzinfo=hours.tz)
    every_day = AlwaysWorked()
    assert working_time_between(spring, datetime(2021, 3, 15, tzinfo=hours.tz), calendar=every_day, hours=hours) == (
        timedelta(hours=23)
    )


class AlwaysWorked:
    def is_working_day(self, day):
        return True


class NeverWorked:
    def is_working_day(self, day):
        return False


@pytest.mark.parametrize("kind", ["working_days", "working_minutes"])
def test_a_calendar_without_work_is_refused_instead_of_searched_for_ever(kind):
    with pytest.raises(WorkTimeError, match="no working day in the 400 days"):
        deadline(at("2024-01-01T00:00"), Limit(kind, 1), calendar=NeverWorked(), hours=HOURS)


def test_a_naive_moment_is_refused():
    with pytest.raises(WorkTimeError, match="no time zone"):
        deadline(datetime(2024, 1, 1), Limit("minutes", 1), calendar=CALENDAR, hours=HOURS)  # noqa: DTZ001


@pytest.mark.parametrize("kind", list(LimitKind))
def test_a_deadline_behind_the_last_year_is_refused(kind):
    with pytest.raises(WorkTimeError, match="9999"):
        deadline(at("9999-12-31T12:00"), Limit(kind, 200_000 if kind == "seconds" else 2000), calendar=AlwaysWorked(), hours=HOURS)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "amount"),
    [("minutes", 0), ("minutes", -5), ("minutes", True), ("minutes", 1.5), ("working_days", 100_000), ("weeks", 1)],
)
def test_a_limit_of_no_sense_is_refused(kind, amount):
    with pytest.raises(ValueError):
        Limit(kind, amount)


@pytest.mark.parametrize(
    "text",
    ["", "9-5", "08:30", "12:00-08:30", "08:30-12:00,11:00-13:00", "08:30-08:30", "x-y", "14:00-18:00,08:30-12:00"],
)
def test_office_hours_that_make_no_sense_are_refused(text):
    with pytest.raises(WorkTimeError):
        OfficeHours.parse(text)


def test_office_hours_are_read_from_text_with_chinese_punctuation_too():
    expected = OfficeHours(((time(9), time(12)), (time(13), time(0))))
    assert OfficeHours.parse("09:00-12:00, 13:00-24:00") == expected
    assert OfficeHours.parse("09：00–12：00，13：00-24：00") == expected


def test_office_hours_up_to_midnight_use_the_last_minute_of_the_day():
    round_the_clock = OfficeHours.parse("00:00-24:00")
    assert due("2024-03-08T23:00", "working_minutes", 61, round_the_clock) == at("2024-03-11T00:01")


def test_an_unknown_zone_is_refused():
    with pytest.raises(WorkTimeError, match="unknown time zone"):
        OfficeHours(zone="Asia/Atlantis")


def test_a_machine_without_zone_data_still_knows_the_time_in_china(monkeypatch):
    monkeypatch.setattr("liandong.core.worktime.ZoneInfo", _no_zone_data)
    zone_of.cache_clear()
    try:
        assert zone_of("Asia/Shanghai").utcoffset(None) == timedelta(hours=8)
    finally:
        monkeypatch.undo()
        zone_of.cache_clear()


def _no_zone_data(name):
    from zoneinfo import ZoneInfoNotFoundError

    raise ZoneInfoNotFoundError(name)


def paused(now, stored_due, kind):
    return remaining(at(now), at(stored_due), limit=Limit(kind, 5), calendar=CALENDAR, hours=HOURS)


def resumed(now, left):
    return resume(at(now), left, calendar=CALENDAR, hours=HOURS)


def test_a_paused_wall_clock_keeps_its_seconds():
    left = paused("2024-03-04T09:00", "2024-03-04T09:03", "minutes")
    assert left == Left("wall", microseconds=180_000_000)
    assert resumed("2024-03-09T22:00", left) == at("2024-03-09T22:03")


def test_a_paused_office_clock_keeps_its_working_time():
    left = paused("2024-03-08T17:30", "2024-03-11T09:00", "working_minutes")
    assert left == Left("working", microseconds=3_600_000_000)
    assert resumed("2024-03-12T11:30", left) == at("2024-03-12T14:30")


def test_a_paused_day_clock_keeps_its_working_days():
    left = paused("2024-02-08T09:00", "2024-02-20T23:59:59.999", "working_days")
    assert (left.measure, left.days) == ("working_days", 4)  # 9, 18 (make-up), 19 and 20 February
    assert resumed("2024-04-30T09:00", left) == at("2024-05-09T23:59:59.999")  # 6, 7, 8, 9 May


def test_a_day_clock_paused_on_its_last_day_gets_a_whole_day_when_it_resumes_on_another():
    left = paused("2024-03-08T09:00", "2024-03-08T23:59:59.999", "working_days")
    assert resumed("2024-03-08T23:00", left) == at("2024-03-08T23:59:59.999")
    assert resumed("2024-03-09T23:59", left) == at("2024-03-11T23:59:59.999")


@pytest.mark.parametrize("kind", list(LimitKind))
def test_an_overdue_clock_stays_overdue_by_as_much(kind):
    left = paused("2024-03-08T10:00", "2024-03-08T09:00", kind)
    assert resumed("2024-03-08T10:00", left) == at("2024-03-08T09:00")
    assert resumed("2024-03-20T10:00", left) == at("2024-03-20T09:00")


def test_what_is_left_survives_storage_as_json():
    for kind in LimitKind:
        left = paused("2024-03-08T08:00", "2024-03-11T23:59:59.999", kind)
        assert msgspec.json.decode(msgspec.json.encode(left), type=Left) == left


def test_an_unknown_measure_is_refused():
    with pytest.raises(WorkTimeError, match="unknown measure"):
        resumed("2024-03-08T08:00", Left("moons"))


def test_working_days_between_two_dates_are_counted_without_the_first():
    friday, monday = at("2024-03-08T00:00").date(), at("2024-03-11T00:00").date()
    assert working_days_between(friday, monday, calendar=CALENDAR) == 1
    assert working_days_between(monday, friday, calendar=CALENDAR) == 0
    assert add_working_days(friday, 0, calendar=CALENDAR) == friday
