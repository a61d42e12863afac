"""The auditor's table: complete, in both languages, and refused with a reason where a city's own is wrong."""

import json
from datetime import UTC, datetime
from importlib.resources import files
from string import Formatter

import pytest

from liandong.audit.auditor import NAMES
from liandong.audit.expected import expected_clocks, started_anywhere
from liandong.audit.model import KINDS, AuditError, load_audit, words
from liandong.orders.lifecycle import LIFECYCLES
from liandong.peers.model import FIRST_KINDS, is_skewed, not_spoken, state_of

TABLE = load_audit()
SHIPPED = json.loads(files("liandong.audit").joinpath("data/findings.json").read_text(encoding="utf-8"))


def written(tmp_path, **change):
    path = tmp_path / "findings.json"
    path.write_text(json.dumps(SHIPPED | change), encoding="utf-8")
    return path


def test_every_kind_has_its_words_and_there_is_no_other():
    assert set(TABLE.by_kind) == set(KINDS)
    for kind in TABLE.kinds:
        names = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (kind.zh, kind.en)]
        assert names[0] == names[1], kind.kind


def test_every_status_of_a_lifecycle_that_may_rest_has_a_known_patience():
    statuses = {s for lifecycle in LIFECYCLES.values() for s in lifecycle.statuses}
    assert set(TABLE.patience_seconds) - {"default"} <= statuses


def test_every_clock_that_a_lifecycle_starts_is_expected_somewhere():
    expected = {one.clock for one in expected_clocks(TABLE.excused_clocks)}
    assert {clock for _, _, clock in started_anywhere()} <= expected


def test_an_excuse_names_a_clock_that_its_event_starts():
    for excuse in TABLE.excused_clocks:
        assert any((event, clock) == (excuse.event, excuse.clock) for _, event, clock in started_anywhere())


def test_a_sentence_shows_the_city_s_time_the_chinese_status_and_a_dash_for_what_is_missing():
    at = datetime(2025, 3, 4, 2, 0, tzinfo=UTC).isoformat()
    rung = {"number": "1", "clock": "transfer_accept", "since": at}
    assert "transfer_accept" not in "".join(words(TABLE.by_kind["clock_not_fired"], rung, NAMES))
    zh, en = words(TABLE.by_kind["nobody_reminded"], {"of": "work_order", "status": "dispatched", "since": at}, NAMES)
    assert zh.startswith("— 自 03-04 10:00:00 停在“已派单”")
    assert "dispatched" in en


@pytest.mark.parametrize(
    "change, said",
    [
        ({"kinds": SHIPPED["kinds"][1:]}, "clock_not_fired"),
        ({"patience_seconds": {}}, "default"),
        ({"every_seconds": 0}, "every_seconds"),
        ({"every": 3}, "every"),
    ],
)
def test_a_table_that_can_not_be_used_is_refused_and_named(tmp_path, change, said):
    with pytest.raises(AuditError, match=said) as refused:
        load_audit(written(tmp_path, **change))
    assert "findings.json" in str(refused.value)


def test_a_city_s_own_table_counts(tmp_path):
    assert load_audit(written(tmp_path, every_seconds=7)).every_seconds == 7
    with pytest.raises(AuditError):
        load_audit(tmp_path / "nowhere.json")


@pytest.mark.parametrize("skew, skewed", [(None, False), (2000, False), (2001, True), (-2001, True)])
def test_clocks_two_seconds_apart_still_agree(skew, skewed):
    assert is_skewed(skew) == skewed


def test_of_a_peer_that_never_answered_nothing_is_said():
    assert not_spoken(["a.b.v1"], None) == []
    assert not_spoken(["a.b.v1", *FIRST_KINDS], FIRST_KINDS) == ["a.b.v1"]
    assert state_of(None) == "never"
