"""The danger questions as a tree of data."""

import msgspec
import pytest

from liandong.node import policy_of
from liandong.policing.policy import PolicingError, default_policing, load_policing
from liandong.policing.questions import SKIPPED, Form, faults, next_question, read, unfit
from liandong.repeats.policy import RepeatsError
from liandong.settings import Settings

TREE = default_policing().questions


def asked(answers):
    found = next_question(TREE, answers)
    return found and found.id


def test_the_answer_chooses_the_next_question():
    assert asked({}) == "what"
    assert asked({"what": "violence"}) == "weapons"
    assert asked({"what": "traffic"}) == "injured"
    assert asked({"what": "dispute", "ongoing": "over"}) == "injured"


def test_a_question_may_be_left_out_at_any_moment():
    answers = {}
    while (name := asked(answers)) is not None:
        answers[name] = SKIPPED
    assert "injured" in answers
    assert read(TREE, answers) == read(TREE, {})


def test_every_way_through_the_tree_ends():
    ways, ended = [{}], 0
    while ways:
        answers = ways.pop()
        question = next_question(TREE, answers)
        if question is None:
            ended += 1
            continue
        assert len(answers) < len(TREE.questions)
        given = [one.code for one in question.choices] or [1 if question.form == Form.COUNT else "高个子"]
        ways += [answers | {question.id: one} for one in given]
    assert ended > 100


def test_what_was_asked_out_of_turn_counts_too():
    said = read(TREE, {"hazardous": "gas", "trapped": 3})
    assert (said.danger, said.level, said.fields) == (True, 1, {"hazardous_goods": "燃气", "trapped": 3})
    assert said.because == ["有煤气罐、化学品或其他危险物品吗？燃气", "有几个人被困？3"]


def test_no_is_no_weapon_and_nobody_hurt_is_no_danger():
    said = read(TREE, {"weapons": "none", "injured": 0})
    assert (said.danger, said.level) == (False, None)
    assert "weapons" not in said.fields


@pytest.mark.parametrize(
    "answers", [{"weapons": "banana"}, {"injured": "two"}, {"no such": "x"}, {"looks": 5}], ids=lambda a: next(iter(a))
)
def test_an_answer_that_does_not_fit_is_named(answers):
    assert unfit(TREE, answers)


def changed(**change):
    raw = msgspec.to_builtins(default_policing())
    raw["questions"] |= change
    return raw


@pytest.mark.parametrize(
    "change, said",
    [
        ({"first": "nowhere"}, "nowhere"),
        ({"questions": [*msgspec.to_builtins(TREE.questions), msgspec.to_builtins(TREE.questions[0])]}, "twice"),
        ({"questions": [{"id": "what", "zh": "x", "en": "x", "form": "text", "next": "what"}]}, "circle"),
        ({"questions": [{"id": "what", "zh": "x", "en": "x", "form": "text", "next": "gone"}]}, "gone"),
        ({"questions": [{"id": "what", "zh": "x", "en": "x"}]}, "choices"),
    ],
)
def test_a_tree_that_can_not_be_asked_is_refused_and_named(tmp_path, change, said):
    path = tmp_path / "policing.json"
    path.write_bytes(msgspec.json.encode(changed(**change)))
    with pytest.raises(PolicingError, match=said):
        load_policing(path)


def test_the_shipped_tree_is_sound_and_in_both_languages():
    assert faults(TREE) == []
    assert all(one.zh and one.en for q in TREE.questions for one in (q, *q.choices))


def test_a_city_s_own_table_counts(tmp_path):
    path = tmp_path / "policing.json"
    path.write_bytes(msgspec.json.encode(msgspec.to_builtins(default_policing()) | {"version": "ours"}))
    assert load_policing(path).version == "ours"


def test_the_files_that_a_city_names_in_its_settings_are_the_ones_that_count(tmp_path):
    raw = msgspec.to_builtins(default_policing())
    (tmp_path / "policing.json").write_bytes(msgspec.json.encode(raw | {"version": "ours"}))
    (tmp_path / "repeats.json").write_text('{"days": 30, "likeness": 0.5, "metres": 50, "escalate_after": 3}')
    files = {"policing_file": "policing.json", "repeats_file": "repeats.json", "folder": str(tmp_path)}
    policy = policy_of(Settings(centre="110", dsn="", key_file="", kid="", **files))
    assert (policy.policing.version, policy.repeats.escalate_after) == ("ours", 3)
    (tmp_path / "repeats.json").write_text('{"days": 0}')
    with pytest.raises(RepeatsError, match="days"):
        policy_of(Settings(centre="110", dsn="", key_file="", kid="", **files))
