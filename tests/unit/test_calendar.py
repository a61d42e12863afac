"""The calendar of working days: published years, uploaded arrangements, years that nobody has published."""

import csv
import json
import logging
from datetime import date, datetime
from pathlib import Path

import pytest

from liandong.catalogue import calendar as calendar_module
from liandong.catalogue.arrangement import ArrangementError, load_arrangement
from liandong.catalogue.calendar import NoticeCode, state_council_calendar
from liandong.core.worktime import Limit, OfficeHours, deadline

PETITIONS = Path("../shared/data/petitions_with_deadlines.csv")

FULL_2030 = "date,kind,name\n2030-01-01,holiday,元旦\n" + "".join(
    f"2030-02-{day:02},holiday,春节\n" for day in range(2, 14)
) + "2030-02-16,workday,春节调休\n"  # fmt: skip


@pytest.fixture
def notices():
    return []


@pytest.fixture
def calendar(notices):
    return state_council_calendar(announce=notices.append)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2024-02-09", True),  # New Year's Eve was a working day in the arrangement of 2024
        ("2024-02-10", False),
        ("2024-02-18", True),  # a make-up Sunday
        ("2024-10-12", True),  # a make-up Saturday
        ("2024-10-13", False),
        ("2025-01-28", False),  # New Year's Eve became a holiday in 2025
        ("2026-02-14", True),
        ("2026-02-23", False),
    ],
)
def test_days_are_worked_as_the_state_council_arranged(calendar, notices, day, worked):
    assert calendar.is_working_day(date.fromisoformat(day)) is worked
    assert not notices


def test_a_year_without_arrangement_counts_weekends_only_and_says_so_once(calendar, notices):
    assert calendar.is_working_day(date(2030, 1, 1))
    assert not calendar.is_working_day(date(2030, 1, 5))
    assert calendar.unpublished_years_seen == {2030}
    assert [(notice.code, notice.year) for notice in notices] == [(NoticeCode.UNPUBLISHED, 2030)]
    assert "2030" in notices[0].zh
    assert "weekends only" in notices[0].en


def test_years_before_the_first_published_one_are_unpublished_too(calendar):
    assert not calendar.is_working_day(date(1999, 10, 2))
    assert calendar.unpublished_years_seen == {1999}


def test_a_process_logs_the_warning_about_a_year_once_with_its_fields(monkeypatch, caplog):
    monkeypatch.setattr(calendar_module, "_announced", set())
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            state_council_calendar().is_working_day(date(2031, 5, 1))
    [record] = caplog.records
    assert (record.code, record.year) == ("calendar_year_unpublished", 2031)


def test_an_uploaded_arrangement_makes_a_year_known(tmp_path, notices):
    path = tmp_path / "2030.csv"
    path.write_text(FULL_2030, encoding="utf-8-sig")
    calendar = state_council_calendar(path, announce=notices.append)
    assert not calendar.is_working_day(date(2030, 1, 1))
    assert calendar.is_working_day(date(2030, 2, 16))
    assert calendar.is_working_day(date(2030, 3, 1))
    assert not calendar.unpublished_years_seen
    assert not notices


def test_an_uploaded_day_wins_over_the_published_one(tmp_path, notices):
    path = tmp_path / "correction.json"
    path.write_text(json.dumps([{"date": "2024-02-09", "kind": "holiday", "name": "除夕"}]))
    calendar = state_council_calendar(path, announce=notices.append)
    assert not calendar.is_working_day(date(2024, 2, 9))
    assert calendar.is_working_day(date(2024, 2, 18))
    assert not notices


def test_an_arrangement_of_a_few_days_only_is_used_with_a_warning(tmp_path, notices):
    path = tmp_path / "part.csv"
    path.write_text("date,kind,name\n2030-01-01,holiday,元旦\n")
    calendar = state_council_calendar(path, announce=notices.append)
    assert not calendar.is_working_day(date(2030, 1, 1))
    assert [notice.code for notice in notices] == [NoticeCode.PARTIAL]


def test_the_calendar_without_the_upload_stays_as_it_was(calendar, tmp_path):
    path = tmp_path / "2030.csv"
    path.write_text(FULL_2030)
    calendar.with_arrangement(load_arrangement(path))
    assert calendar.is_working_day(date(2030, 1, 1))


def test_an_arrangement_may_wrap_its_days_in_an_object(tmp_path):
    path = tmp_path / "days.json"
    path.write_text('{"days": [{"date": "2030-01-01", "kind": "holiday"}]}')
    assert load_arrangement(path)[0].date == date(2030, 1, 1)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "header"),
        ("date,kind,name\n", "no day"),
        ("day,what\n2030-01-01,holiday\n", "line 1"),
        ("date,kind,name\n2030-01-01,holiday,a\n2030-13-01,holiday,b\n", "line 3"),
        ("date,kind,name\n2030-01-01,vacation,a\n", "line 2"),
        ("date,kind,name\n2030-01-01,holiday,a\n2030-01-01,workday,a\n", "both a holiday and a workday"),
        ('[{"date": "2030-01-01"}]', "entry 1"),
        ('[{"date": "2030-01-01", "kind": "holiday"}, 5]', "entry 2"),
        ('{"a": 1}', "list of days"),
        ("[1,", "JSON"),
    ],
)
def test_a_wrong_arrangement_is_refused_with_its_place(tmp_path, text, complaint):
    path = tmp_path / "upload.csv"
    path.write_text(text)
    with pytest.raises(ArrangementError, match=complaint) as refusal:
        load_arrangement(path)
    assert "upload.csv" in str(refusal.value)


def test_an_arrangement_in_another_encoding_or_absent_is_refused(tmp_path):
    path = tmp_path / "gbk.csv"
    path.write_bytes("date,kind,name\n2030-01-01,holiday,元旦\n".encode("gb18030"))
    with pytest.raises(ArrangementError, match="UTF-8"):
        load_arrangement(path)
    with pytest.raises(ArrangementError, match="can't be read"):
        load_arrangement(tmp_path / "absent.csv")


@pytest.mark.skipif(not PETITIONS.exists(), reason="the real petitions (../shared/data) are not on this machine")
def test_every_deadline_of_the_real_petitions_is_reproduced(calendar):
    hours = OfficeHours()
    with PETITIONS.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["deadline"]]
    assert len(rows) > 300
    for row in rows:
        start, stated = (
            datetime.fromisoformat(row[name]).replace(tzinfo=hours.tz) for name in ("assign_at", "deadline")
        )
        computed = {
            deadline(start, Limit("working_days", days), calendar=calendar, hours=hours) for days in (5, 15, 30, 35)
        }
        assert stated in computed, row["id"]
