"""The demo's messages of the other centres, and what its staff reads off an order."""

import json
from importlib.resources import files

import pytest

from liandong.catalogue.centres import default_centres
from liandong.demo.city import CENTRES, EVERYBODY, PREFERRED_PORTS, units_of
from liandong.demo.messages import sample_day
from liandong.demo.staff import next_step
from liandong.routing.reader import default_reader
from liandong.routing.rules import decide_ownership

TEXT = files("liandong.demo").joinpath("data/messages_others.jsonl").read_text(encoding="utf-8")
OTHERS = [json.loads(line) for line in TEXT.splitlines()]
ALL = frozenset(EVERYBODY)
ORDER = {
    "id": "01957000-0000-7000-8000-00000000abcd",
    "matter_id": "01957000-0000-7000-8000-000000000003",
    "version": 4,
    "kind": "police_order",
    "status": "dispatched",
    "danger": True,
    "verdict": {"decision": "keep", "target": "110", "items": ["P0602"]},
    "transfers": [],
    "incident": {},
    "unit": None,
    "call_backs": 0,
    "class_intake": None,
    "type": None,
    "level": 3,
    "content": "",
    "division_code": None,
}
TRANSFER = {
    "direction": "out",
    "peer": "119",
    "part": True,
    "urgent": False,
    "binding": None,
    "settled_by": None,
    "status": "accepted",
    "peer_result": None,
    "peer_status": None,
    "recall": None,
    "items": [],
    "calls": [],
    "positions": [],
}


def step(centre, *allowed, centres=ALL, **order):
    given = ORDER | order | {"allowed_actions": [{"action": name} for name in allowed]}
    found = next_step(centre, given, centres)
    return found and found.body


def test_everybody_of_the_profiles_takes_part_and_has_a_port_and_units():
    assert set(EVERYBODY) == set(default_centres())
    assert len(set(PREFERRED_PORTS.values())) == len(EVERYBODY)
    assert all(list(units_of(centre)) for centre in EVERYBODY)


def test_two_centres_have_the_day_as_it_was_and_eight_have_more():
    assert {message.centre for message in sample_day()} == set(CENTRES)
    assert {message.centre for message in sample_day(EVERYBODY)} == set(EVERYBODY)


@pytest.mark.parametrize("row", OTHERS, ids=lambda row: row["id"])
def test_a_message_of_another_centre_is_read_as_expected(row):
    verdict = decide_ownership(default_reader().read(row["text"], row["centre"]))
    assert {"decision": verdict.decision, "target": verdict.target, "urgent": verdict.urgent} == row["expect"]


def test_beside_the_police_everybody_who_is_needed_is_asked_one_after_the_other():
    assert step("110", "offer_transfer")["to"] == "119"
    assert step("110", "offer_transfer", transfers=[TRANSFER])["to"] == "120"
    assert step("110", "offer_transfer", centres=frozenset(CENTRES)) is None


def test_the_police_tell_their_result_when_every_part_has_its_own():
    assert step("110", "feed_back", status="disposing", transfers=[TRANSFER]) is None
    done = TRANSFER | {"peer_result": {"answer": "已处置"}}
    assert step("110", "feed_back", status="disposing", transfers=[done])["action"] == "feed_back"


def test_positions_come_first_and_then_one_gives_in():
    talk = TRANSFER | {"peer": "12345", "direction": "in", "part": False, "status": "negotiating"}
    allowed = ("take_position", "accept_transfer", "keep_matter")
    assert step("110", *allowed, status="offered", transfers=[talk])["action"] == "take_position"
    both = talk | {"positions": [{"centre": "110"}, {"centre": "12345"}]}
    ends = set()
    for direction in ("in", "out"):
        for number in range(40):
            matter = {"matter_id": f"m{number}", "transfers": [both | {"direction": direction}], "status": "offered"}
            body = step("110", "accept_transfer" if direction == "in" else "keep_matter", **matter)
            ends.add((number, body["action"]) if body else None)
    assert {end[0] for end in ends if end} == set(range(40))  # every negotiation has an end, on one side or the other
    assert {end[1] for end in ends if end} == {"accept_transfer", "keep_matter"}


def test_a_call_is_joined_by_both_before_it_ends():
    call = {"id": "c-00000001", "opened_by": "12345", "joined": [{"centre": "12345"}]}
    asked = TRANSFER | {"peer": "12345", "direction": "in", "status": "offered", "part": False, "calls": [call]}
    assert (
        step("110", "join_three_way_call", "accept_transfer", status="offered", transfers=[asked])["action"]
        == "join_three_way_call"
    )
    out = asked | {"peer": "110", "direction": "out"}
    assert step("12345", "end_three_way_call", status="graded", transfers=[out]) is None
    full = out | {"calls": [call | {"joined": [{"centre": "12345"}, {"centre": "110"}]}]}
    assert step("12345", "end_three_way_call", status="graded", transfers=[full])["action"] == "end_three_way_call"
