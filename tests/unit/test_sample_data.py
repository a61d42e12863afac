"""The sample and the code lists: complete, consistent with each other, and wide enough to measure a router."""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from stdnum.cn import uscc

import liandong

PACKAGE = Path(liandong.__file__).parent
CATALOGUE = PACKAGE / "catalogue" / "data"
DECISIONS = {"keep", "transfer", "transfer_urgent", "negotiate", "guide", "dispatch_and_transfer"}
TYPES = {"consultation", "help", "complaint", "report", "suggestion", "praise"}
POLICE_TOP = {f"{top:02}" for top in (*range(1, 11), 12, 13, 14, 15, 16, 99)}
KINDS = {"district", "street", "department", "utility", "police_station", "police_branch", "sub-bureau"}
OWNERSHIP_ROWS = {
    ("12345", "keep", False),
    ("12345", "transfer", False),
    ("12345", "transfer_urgent", True),
    ("12345", "negotiate", False),
    ("12345", "guide", False),
    ("110", "keep", False),
    ("110", "keep", True),
    ("110", "transfer", False),
    ("110", "dispatch_and_transfer", True),
    ("110", "negotiate", False),
    ("110", "guide", False),
}


def read_lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read_table(name: str) -> list[dict[str, str]]:
    with (CATALOGUE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


MESSAGES = read_lines(PACKAGE / "demo" / "data" / "messages.jsonl")
CHALLENGE = read_lines(Path(__file__).parent / "data" / "routing_challenge.jsonl")


@pytest.mark.parametrize("rows", [MESSAGES, CHALLENGE], ids=["sample", "challenge"])
def test_ids_and_texts_are_unique(rows):
    assert len({row["id"] for row in rows}) == len(rows)
    assert len({row["text"] for row in rows}) == len(rows)


def test_the_challenge_shares_no_text_or_id_with_the_sample():
    assert not {row["text"] for row in MESSAGES} & {row["text"] for row in CHALLENGE}
    assert not {row["id"] for row in MESSAGES} & {row["id"] for row in CHALLENGE}


@pytest.mark.parametrize("row", MESSAGES + CHALLENGE, ids=lambda row: row["id"])
def test_an_expectation_fits_the_ownership_table(row):
    centre, expect = row["centre"], row["expect"]
    other = {"12345": "110", "110": "12345"}[centre]
    assert set(expect) == {"decision", "target", "urgent"}
    assert expect["decision"] in DECISIONS
    assert (centre, expect["decision"], expect["urgent"]) in OWNERSHIP_ROWS
    assert expect["target"] == {"keep": centre, "guide": None}.get(expect["decision"], other)


@pytest.mark.parametrize("rows", [MESSAGES, CHALLENGE], ids=["sample", "challenge"])
def test_every_row_of_the_ownership_table_is_covered(rows):
    seen = Counter((row["centre"], row["expect"]["decision"], row["expect"]["urgent"]) for row in rows)
    assert set(seen) == OWNERSHIP_ROWS
    assert min(seen.values()) >= 5


@pytest.mark.parametrize("rows", [MESSAGES, CHALLENGE], ids=["sample", "challenge"])
def test_stability_leads_threats_and_traps_are_present(rows):
    tags = Counter(tag for row in rows for tag in row["tags"])
    for tag in ("stability", "dispute", "trap", "overlap", "gas", "suicide"):
        assert tags[tag] >= 3, tag


def test_the_sample_is_large_enough_for_both_centres():
    centres = Counter(row["centre"] for row in MESSAGES)
    assert len(MESSAGES) >= 300
    assert centres["12345"] >= 150
    assert centres["110"] >= 120
    assert len(CHALLENGE) >= 200


def test_the_sample_reads_like_a_day_in_order():
    times = [row["at"] for row in MESSAGES]
    assert times == sorted(times)
    assert all(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d", at) for at in times)


def test_texts_are_as_short_and_as_long_as_callers_speak():
    lengths = [len(row["text"]) for row in MESSAGES]
    assert 7 <= min(lengths) <= 12
    assert 140 <= max(lengths) <= 250


def test_every_type_and_every_police_top_class_is_covered():
    assert {row["type"] for row in MESSAGES if row["centre"] == "12345"} == TYPES
    assert {row["type"] for row in MESSAGES if row["centre"] == "110"} == {None}
    assert {row["class_code"][:2] for row in MESSAGES if row["centre"] == "110"} == POLICE_TOP


def test_classes_of_the_sample_are_in_the_class_lists():
    known = {
        "12345": {row["code"] for row in read_table("matter_classes.csv")},
        "110": {row["code"] for row in read_table("police_classes.csv")},
    }
    assert [row["id"] for row in MESSAGES if row["class_code"] not in known[row["centre"]]] == []


def test_addresses_lie_in_their_district_and_a_real_street():
    divisions = read_table("divisions.csv")
    districts = {row["code"]: row["name"] for row in divisions if row["level"] == "district"}
    streets = {code: [s["name"] for s in divisions if s["parent"] == code] for code in districts}
    for row in MESSAGES:
        district = f"天津市{districts[row['division_code']]}"
        assert row["address"].startswith(district), row["id"]
        assert row["address"].removeprefix(district).startswith(tuple(streets[row["division_code"]])), row["id"]
    assert {row["division_code"] for row in MESSAGES} == set(districts)


def test_callers_are_invented_people_with_sample_numbers():
    phones = [row["caller"]["phone"] for row in MESSAGES]
    assert all(re.fullmatch(r"1380000\d{4}", phone) for phone in phones)
    assert len(set(phones)) == len(phones)
    assert {row["caller"]["sex"] for row in MESSAGES} <= {"male", "female", "unknown"}
    assert sum(row["caller"]["confidential"] for row in MESSAGES) >= 10
    assert {row["channel"] for row in MESSAGES} == {"phone", "wechat", "web", "app", "sms"}


def test_divisions_are_tianjin_with_its_districts_and_streets():
    divisions = read_table("divisions.csv")
    counts = Counter(row["level"] for row in divisions)
    assert (counts["city"], counts["district"], counts["street"]) == (1, 16, 299)
    codes = {row["code"] for row in divisions}
    assert len(codes) == len(divisions)
    assert all(row["parent"] in codes for row in divisions if row["level"] != "city")
    lengths = {"city": 6, "district": 6, "street": 9, "community": 12}
    assert all(len(row["code"]) == lengths[row["level"]] for row in divisions)
    assert (CATALOGUE / "divisions.csv").stat().st_size < 400_000


@pytest.mark.parametrize("name, length, tops", [("police_classes.csv", 8, POLICE_TOP), ("matter_classes.csv", 6, None)])
def test_class_lists_are_trees(name, length, tops):
    rows = read_table(name)
    codes = {row["code"] for row in rows}
    assert len(codes) == len(rows)
    assert all(re.fullmatch(rf"\d{{{length}}}", code) for code in codes)
    assert all(row["parent"] in codes for row in rows if row["parent"])
    roots = {row["code"][:2] for row in rows if not row["parent"]}
    assert roots == {code[:2] for code in codes}
    assert tops is None or roots == tops


def test_matter_classes_have_three_levels_of_useful_width():
    rows = read_table("matter_classes.csv")
    roots = {row["code"] for row in rows if not row["parent"]}
    second = {row["code"] for row in rows if row["parent"] in roots}
    third = {row["code"] for row in rows if row["parent"] in second}
    assert len(roots) >= 18
    assert len(second) >= 100
    assert len(third) >= 200
    assert len(rows) == len(roots) + len(second) + len(third)


def test_units_have_correct_sample_codes_and_real_divisions():
    units = read_table("units.csv")
    divisions = {row["code"] for row in read_table("divisions.csv")}
    assert [unit["org_code"] for unit in units if not uscc.is_valid(unit["org_code"])] == []
    assert len({unit["org_code"] for unit in units}) == len(units)
    for unit in units:
        assert unit["org_code"][8:10] == "YB", "the body marks a sample, not a registered organisation"
        assert unit["name"].endswith("（样例）")
        assert unit["division_code"] in divisions
        assert unit["org_code"][2:8] == unit["division_code"]
        assert unit["duties"]


def test_every_district_has_a_government_a_police_branch_and_stations():
    units = read_table("units.csv")
    assert {unit["kind"] for unit in units} == KINDS
    per_district = Counter((unit["division_code"], unit["kind"]) for unit in units)
    for row in read_table("divisions.csv"):
        if row["level"] == "district":
            assert per_district[row["code"], "district"] == 1
            assert per_district[row["code"], "police_branch"] == 1
            assert per_district[row["code"], "police_station"] >= 2
    assert sum(unit["kind"] in {"department", "utility"} for unit in units) >= 40


def test_return_reasons_are_the_typed_ones():
    codes = [row["code"] for row in read_table("return_reasons.csv")]
    assert codes == ["not_our_duty", "wrong_district", "incomplete", "duplicate", "already_closed", "other"]
