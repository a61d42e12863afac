"""The table of time limits: the shipped values, which entry a case gets, what is wrong with a bad table."""

from datetime import UTC, datetime

import pytest

from liandong.catalogue.calendar import state_council_calendar
from liandong.catalogue.clocks import ClockError, load_clocks
from liandong.core.worktime import Limit, OfficeHours

SHIPPED = {
    "call_answered": ("seconds", 15),
    "transfer_ring urgent": ("seconds", 20),
    "transfer_ring": ("seconds", 60),
    "transfer_accept urgent": ("seconds", 60),
    "transfer_accept": ("minutes", 15),
    "danger_transfer": ("seconds", 30),
    "negotiation": ("minutes", 30),
    "recall": ("minutes", 15),
    "supervision": ("working_days", 3),
    "merged": ("hours", 1),
    "unit_dispatch": ("hours", 2),
    "closing": ("working_days", 2),
    "oversight": ("working_days", 5),
    "oversight_district": ("working_days", 3),
    "oversight_city": ("working_days", 2),
    "appeal": ("working_days", 10),
    "card_feedback": ("working_days", 3),
    "unit_accept danger": ("minutes", 15),
    "unit_accept utility": ("minutes", 30),
    "unit_accept handled_on_receipt": ("minutes", 30),
    "unit_accept to_station": ("minutes", 30),
    "unit_accept": ("working_days", 1),
    "co_accept danger": ("minutes", 15),
    "co_accept": ("working_days", 1),
    "co_answer handled_on_receipt": ("working_days", 1),
    "co_answer to_station": ("working_days", 2),
    "co_answer consultation": ("working_days", 1),
    "co_answer": ("working_days", 5),
    "answer handled_on_receipt": ("working_days", 2),
    "answer handled_on_receipt complaint": ("working_days", 2),
    "answer to_station": ("working_days", 3),
    "unit_return": ("working_days", 1),
    "return_review": ("working_days", 1),
    "return_objection": ("working_days", 1),
    "extension_review": ("working_days", 1),
    "suspension": ("days", 180),
    "answer consultation": ("working_days", 2),
    "answer help": ("working_days", 10),
    "answer suggestion": ("working_days", 10),
    "answer complaint": ("working_days", 15),
    "answer report": ("working_days", 15),
    "urgent_livelihood": ("hours", 2),
    "urgent_livelihood utility": ("hours", 24),
    "callback": ("working_days", 3),
    "evaluation": ("days", 7),
    "police_dispatch": ("seconds", 60),
    "police_arrival": ("minutes", 5),
    "police_arrival suburb": ("minutes", 10),
    "police_feedback": ("hours", 2),
    "support_dispatch": ("seconds", 60),
    "repeat_review": ("working_days", 1),
    "opinion_first_statement": ("hours", 5),
    "opinion_press": ("hours", 24),
    "opinion_reply": ("hours", 48),
    "emergency_read": ("seconds", 60),
    "emergency_ring": ("seconds", 60),
    "emergency_report level:1": ("minutes", 30),
    "emergency_report level:2": ("minutes", 30),
    "emergency_report": ("hours", 2),
    "emergency_report_next level:1": ("hours", 1),
    "emergency_report_next": ("hours", 4),
    "emergency_sitrep level:1": ("minutes", 30),
    "emergency_sitrep level:2": ("minutes", 30),
    "emergency_sitrep": ("minutes", 60),
    "emergency_call_back": ("hours", 24),
}

ENTRY = '{"name": "callback", "zh": "回访", "en": "call-back", "limit": {"kind": "working_days", "amount": 3}, "source": "x"}'


@pytest.fixture
def policy():
    return load_clocks()


@pytest.mark.parametrize("case", SHIPPED)
def test_the_shipped_table_has_the_documented_limit(policy, case):
    name, *tags = case.split()
    assert policy.clock(name, tags=frozenset(tags)) == Limit(*SHIPPED[case])


def test_a_matter_whose_type_is_not_set_has_a_limit_too(policy):
    assert policy.clock("answer") == Limit("working_days", 10)
    assert policy.clock("answer", tags=frozenset({"praise"})) == Limit("working_days", 10)


def test_every_shipped_clock_is_documented_and_named_in_both_languages(policy):
    assert {clock.name for clock in policy.clocks} == {case.split()[0] for case in SHIPPED} | {"answer"}
    assert all(clock.zh and clock.en and clock.source for clock in policy.clocks)


def test_a_complex_matter_may_be_returned_a_day_longer(policy):
    assert policy.clock("unit_return", tags=frozenset({"complex"})) == Limit("working_days", 2)
    assert policy.clock("unit_return", tags=frozenset({"complex", "other"})) == Limit("working_days", 2)
    assert policy.clock("unit_return", tags=frozenset({"other"})) == Limit("working_days", 1)


def test_an_answer_may_be_extended_by_ten_working_days(policy):
    assert policy.entry("answer", tags=frozenset({"report"})).extension == Limit("working_days", 10)
    assert policy.entry("negotiation").extension is None


def test_an_unknown_clock_is_refused_by_name(policy):
    with pytest.raises(ClockError, match="tea_break"):
        policy.clock("tea_break")


def test_a_policy_computes_a_deadline_in_the_hours_of_the_centre(policy):
    start = datetime(2024, 2, 7, 2, tzinfo=UTC)
    due = policy.deadline(
        "answer", start, calendar=state_council_calendar(), centre="12345", tags=frozenset({"consultation"})
    )
    assert due.isoformat() == "2024-02-09T23:59:59.999000+08:00"


def table(*entries, version='"v1"', more=""):
    lines = ",\n".join(entries)
    return f'{{"policy_version": {version}, {more}"clocks": [\n{lines}\n]}}'


def load(tmp_path, text):
    path = tmp_path / "city.json"
    path.write_text(text, encoding="utf-8")
    return load_clocks(path)


def test_a_city_brings_its_own_table_and_hours(tmp_path):
    hours = '"office_hours": {"water": {"hours": "09:00-17:00"}}, '
    policy = load(tmp_path, "﻿" + table(ENTRY, more=hours))
    assert policy.policy_version == "v1"
    assert policy.clock("callback") == Limit("working_days", 3)
    assert policy.hours("water") == OfficeHours.parse("09:00-17:00")
    assert policy.hours("gas") == policy.hours() == OfficeHours()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "city.json"),
        ("{}", "policy_version"),
        (table(ENTRY, version='""'), "policy_version"),
        (table(), "no clock"),
        (table(ENTRY, "5"), "line 3, clock 2"),
        (table(ENTRY, ENTRY.replace("working_days", "moons")), r"line 3, clock 2 \(callback\).*moons"),
        (table(ENTRY.replace("3}", "0}")), r"line 2, clock 1 \(callback\).*at least 1"),
        (table(ENTRY.replace("callback", "Call Back")), r"line 2.*name"),
        (table(ENTRY.replace('"zh"', '"cn"')), "line 2"),
        (table(ENTRY.replace('"source": "x"', '"source": "x", "share": 1.5')), "share"),
        (table(ENTRY, "", ENTRY).replace(",\n,", ","), "same name and `when` as clock 1"),
        (table(ENTRY, more='"office_hours": {"water": {"hours": "9-5"}}, '), "office_hours of water"),
        (table(ENTRY, more='"extra": 1, '), "extra"),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(tmp_path, text, complaint):
    with pytest.raises(ClockError, match=complaint):
        load(tmp_path, text)


def test_an_absent_table_is_refused(tmp_path):
    with pytest.raises(ClockError, match="can't be read"):
        load_clocks(tmp_path / "absent.json")
