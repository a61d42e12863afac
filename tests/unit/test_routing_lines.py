"""`liandong route`: the line format stays stable."""

import json

from liandong.routing.jsonl import route_lines


def routed(*lines):
    return [json.loads(line) for line in route_lines(lines)]


def test_a_line_in_gives_a_line_out():
    (answer,) = routed(json.dumps({"id": "a", "centre": "12345", "text": "楼道里一股煤气味"}))
    assert list(answer) == ["id", "decision", "target", "urgent", "items", "spans", "reason"]
    assert (answer["id"], answer["decision"], answer["target"], answer["urgent"]) == (
        "a",
        "transfer_urgent",
        "110",
        True,
    )
    assert set(answer["spans"][0]) == {"start", "end", "text", "says"}
    assert "煤气" in answer["reason"]


def test_a_bad_line_is_answered_and_the_next_one_read():
    answers = routed(
        b"{broken",
        b"\xff\xfe",
        '["list"]',
        '{"id": 7, "centre": "12345"}',
        '{"id": 8, "centre": "10086", "text": "x"}',
        '{"id": 9, "centre": "110", "text": 5}',
        "",
        '{"id": 10, "centre": "110", "text": "暖气不热"}',
    )
    codes = [answer.get("error", {}).get("code") for answer in answers]
    assert codes == [
        "not_json",
        "not_json",
        "not_an_object",
        "missing_field",
        "unknown_centre",
        "bad_field",
        None,
    ]
    assert [answer["id"] for answer in answers] == [None, None, None, 7, 8, 9, 10]
    assert answers[-1]["target"] == "12345"
