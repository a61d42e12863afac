"""The handling table of a city: what is shipped, what a category needs, and what is refused with file and line."""

import json
from importlib.resources import files

import pytest

from liandong.catalogue.clocks import ClockError, load_clocks
from liandong.handling.holes import check
from liandong.handling.policy import HandlingPolicyError, load_handling
from liandong.node import clocks_started

SHIPPED = json.loads((files("liandong.handling") / "data" / "handling.json").read_text(encoding="utf-8"))

LEVELS = frozenset({"centre", "district", "city"})


def load(tmp_path, **change):
    path = tmp_path / "city.json"
    path.write_text(json.dumps(SHIPPED | change, indent=1, ensure_ascii=False), encoding="utf-8")
    return load_handling(path)


def line_of(tmp_path, text, nth=1):
    lines = (tmp_path / "city.json").read_text(encoding="utf-8").splitlines()
    return [n for n, line in enumerate(lines, start=1) if text in line][nth - 1]


def rung(does, share=None, days=None):
    at = {"share": share} if share else {"after": {"kind": "working_days", "amount": days}}
    return {"does": does, "tells": ["unit"]} | at


def test_the_shipped_tables_have_no_hole():
    check(load_clocks(), load_handling(), clocks_started(), LEVELS)


def test_the_closest_entry_says_what_an_answer_needs(tmp_path):
    closing = [
        {"needs": []},
        {"when": ["class:01"], "needs": ["step"]},
        {"when": ["class:0102"], "needs": ["place"]},
        {"when": ["class:01", "urgent"], "needs": ["attachment"]},
    ]
    policy = load(tmp_path, closing=closing)
    assert policy.needs(frozenset({"class:01", "class:0103"})) == ["step"]
    assert policy.needs(frozenset({"class:01", "class:0102"})) == ["place"]
    assert policy.needs(frozenset({"class:01", "class:0102", "urgent"})) == ["attachment"]
    assert policy.needs(frozenset()) == []


def test_a_category_without_a_rule_is_refused_with_the_line(tmp_path):
    with pytest.raises(HandlingPolicyError) as refused:
        load(tmp_path, closing=[{"when": ["complaint"], "needs": ["step"]}])
    assert "closing 1" in str(refused.value)
    assert "consultation" in str(refused.value)
    # the entry begins on the line of its brace
    line = line_of(tmp_path, '"complaint"') - 2
    assert f"line {line}," in str(refused.value)


@pytest.mark.parametrize(
    "rungs",
    [
        [rung("warn", 0.8), rung("urge", 0.5)],
        [rung("warn", 0.8), rung("warn", 0.8)],
        [rung("warn", days=1), rung("urge", 1.0)],
        [rung("urge", 0.5), rung("warn", 1.0)],
        [rung("supervise", days=3), rung("account", days=1)],
    ],
)
def test_a_ladder_that_goes_backwards_is_refused_with_the_line(tmp_path, rungs):
    with pytest.raises(HandlingPolicyError, match=r"line [0-9]+, ladders 1 \(answer\), rung 2: 阶梯倒退"):
        load(tmp_path, ladders=[{"clock": "answer", "rungs": rungs}])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"closing": [{"needs": ["tea"]}]}, "不认识的要求"),
        ({"closing": [{"needs": []}, {"needs": ["step"]}]}, "重复"),
        ({"grounds": [SHIPPED["grounds"][0], SHIPPED["grounds"][0]]}, "grounds 2: 重复"),
        ({"grounds": [{"code": "x"}]}, "grounds 1"),
        ({"return_reasons": [{"reason": "tired", "evidence": False}]}, "没有退单原因"),
        ({"ladders": [{"clock": "answer", "rungs": []}]}, "ladders 1"),
        ({"ladders": [{"clock": "answer", "rungs": [{"does": "warn", "tells": ["unit"]}]}]}, "share 和 after"),
        ({"ladders": [{"clock": "answer", "rungs": [{"does": "shout", "tells": ["unit"], "share": 1.0}]}]}, "shout"),
        ({"policy_version": ""}, "policy_version"),
        ({"more": 1}, "more"),
    ],
)
def test_a_wrong_table_is_refused_with_its_place(tmp_path, change, complaint):
    with pytest.raises(HandlingPolicyError, match=complaint):
        load(tmp_path, **change)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(HandlingPolicyError, match=r"absent\.json"):
        load_handling(tmp_path / "absent.json")


CLOCK = '{"name": "%s", %s"zh": "x", "en": "x", "limit": {"kind": "days", "amount": 1}, "source": "x"}'


def clocks(tmp_path, *entries):
    path = tmp_path / "clocks.json"
    lines = ",\n".join(CLOCK % entry for entry in entries)
    path.write_text(f'{{"policy_version": "v1", "clocks": [\n{lines}\n]}}', encoding="utf-8")
    return load_clocks(path)


def test_a_category_without_a_limit_is_refused_with_the_line(tmp_path):
    with pytest.raises(ClockError, match=r"line 3, clock 2 \(answer\): 其余类别没有时限"):
        clocks(tmp_path, ("callback", ""), ("answer", '"when": ["complaint"], '))


def test_a_clock_that_orders_start_and_the_table_lacks_is_named(tmp_path):
    with pytest.raises(ClockError, match="answer"):
        check(clocks(tmp_path, ("callback", "")), load_handling(), {"answer", "callback"}, LEVELS)


def test_a_tag_that_no_order_ever_has_is_refused_with_the_line(tmp_path):
    table = clocks(tmp_path, ("answer", ""), ("unit_accept", ""), ("answer", '"when": ["complant"], '))
    with pytest.raises(ClockError, match=r"line 4, clock 3: 没有工单会有标记"):
        check(table, load_handling(), {"answer"}, LEVELS)


def test_a_ladder_for_a_clock_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ClockError, match="unit_accept"):
        check(clocks(tmp_path, ("answer", "")), load_handling(), {"answer"}, LEVELS)


def test_the_longer_class_is_the_closer_one(tmp_path):
    table = clocks(
        tmp_path, ("answer", ""), ("answer", '"when": ["class:01"], '), ("answer", '"when": ["class:0102"], ')
    )
    assert table.entry("answer", tags=frozenset({"class:01", "class:0102"})).when == {"class:0102"}
