"""The reader held to its cases, to the senses of words, and to real texts where they are at hand."""

import csv
import json
import time
from pathlib import Path

import msgspec
import pytest

from liandong.catalogue.transfer import default_catalogue
from liandong.routing.model import Scope
from liandong.routing.reader import Reader, default_reader
from liandong.routing.rules import decide_ownership
from liandong.routing.terms import default_terms

CASES = [json.loads(line) for line in (Path(__file__).parent / "data/routing_cases.jsonl").read_text().splitlines()]
REAL = Path(__file__).parents[2].parent / "shared/data"
GAS = "楼道里一股煤气味"


def route(text, centre="12345"):
    verdict = decide_ownership(default_reader().read(text, centre))
    return verdict.decision, verdict.urgent


def measured(name):
    """Share right, share of the dangers seen, share of the others taken for danger."""
    rows = [json.loads(line) for line in (Path(__file__).parent / "data" / name).read_text().splitlines()]
    expected = [row.get("expect", row) for row in rows]
    found = [route(row["text"], row["centre"]) for row in rows]
    right = sum(f == (e["decision"], e["urgent"]) for f, e in zip(found, expected, strict=True))
    danger = [f[1] for f, e in zip(found, expected, strict=True) if e["urgent"]]
    calm = [f[1] for f, e in zip(found, expected, strict=True) if not e["urgent"]]
    print(
        f"{name}: {right}/{len(rows)} right, danger seen {sum(danger)}/{len(danger)}, false alarms {sum(calm)}/{len(calm)}"
    )
    return right / len(rows), sum(danger) / len(danger), sum(calm) / len(calm)


def test_the_words_that_the_reader_was_made_with_are_read_right():
    right, danger, alarms = measured("routing_cases.jsonl")
    assert right >= 0.97
    assert danger >= 0.99
    assert alarms <= 0.03


@pytest.mark.parametrize("name", ["routing_practice_a.jsonl", "routing_practice_b.jsonl"])
def test_messages_that_the_weights_were_fitted_to_are_read_right(name):
    right, danger, alarms = measured(name)
    assert right >= 0.88
    assert danger >= 0.98
    assert alarms <= 0.09


def test_messages_never_seen_before_are_read_well_and_their_danger_most_of_all():
    right, danger, alarms = measured("routing_challenge.jsonl")
    assert right >= 0.78
    assert danger >= 0.9
    assert alarms <= 0.13


@pytest.mark.parametrize("calm", ["没有危险", "问题不大", "应该没事", "不严重", "你们不用着急", "我开窗了没什么事"])
def test_reassurance_never_lowers_danger(calm):
    assert default_reader().read(f"{GAS}，{calm}。", "12345").danger
    assert default_reader().read(f"{calm}，就是{GAS}。", "12345").danger


@pytest.mark.parametrize(
    "text",
    [
        "没有闻到煤气味，就是想问安检什么时候来",
        "去年小区着过火",
        "如果着火了消防车进不来",
        "希望装护栏，防止有人落水",
        "电视剧里有人持刀抢劫",
        "街道组织了火灾演练",
        "商场打出跳楼价",
        "我家门跟邻居家的门打架",
        "火炬路的路灯不亮",
        "燃气改造什么时候轮到我们",
        "楼道堆物，有火灾隐患",
        "排队排得热死了",
    ],
)
def test_words_of_danger_in_another_sense_are_no_danger(text):
    assert not default_reader().read(text, "12345").danger


def test_a_span_quotes_the_text_it_points_at():
    for case in CASES:
        for span in default_reader().read(case["text"], case["centre"]).spans:
            assert case["text"][span.start : span.end] == span.text
            assert span.says


def test_every_example_of_the_catalogue_is_read_without_error_and_mostly_goes_its_way():
    catalogue, reader = default_catalogue(), default_reader()
    total = right = 0
    for item in catalogue.items:
        for example in item.examples:
            decision = decide_ownership(reader.read(example, item.from_))
            total += 1
            right += decision.target == item.to
    assert right / total >= 0.75


def test_only_known_centres_are_read():
    with pytest.raises(KeyError):
        default_reader().read("你好", "10086")


@pytest.mark.parametrize("text", ["", " ", "。" * 50, "a" * 5000, "😀着火了😀", "\x00\ud7ff", "煤" * 2000 + "气味"])
def test_odd_texts_are_read(text):
    assert default_reader().read(text, "110").centre == "110"


def test_a_wrong_pattern_is_named():
    terms = default_terms()
    broken = msgspec.structs.replace(terms, frames=terms.frames | {"proposal": "建议>加+强"})
    with pytest.raises(ValueError, match=r"frame\.proposal"):
        Reader(default_catalogue(), broken)


def test_a_100_character_text_takes_well_under_a_millisecond():
    reader = default_reader()
    text = "河东区大直沽一位老人反映，家里暖气从上周开始不热，室温只有十四度，给供热公司打了好几次电话都说在排查，请尽快派人上门维修，另外想咨询一下供热不达标能不能退采暖费用。"
    best = min(_seconds(reader, text) for _ in range(5))
    assert best < 0.001


def _seconds(reader, text, times=100):
    start = time.perf_counter()
    for _ in range(times):
        reader.read(text, "12345")
    return (time.perf_counter() - start) / times


def _rows(name):
    path = REAL / name
    if not path.exists():
        pytest.skip(f"real texts are not at hand: {path.name}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name, most", [("messages_hot_topics.csv", 0.03), ("messages_labelled_raw.csv", 0.03)])
def test_few_letters_to_the_mayor_are_taken_for_emergencies(name, most):
    rows = _rows(name)
    urgent = sum(route(f"{row['留言主题']}。{row['留言详情']}".strip())[1] for row in rows)
    assert urgent / len(rows) <= most


def test_words_of_grave_suicide_risk_raise_danger():
    grave = [row["comment"] for row in _rows("suicide_risk.csv") if float(row["myLabel"] or 0) >= 8]
    seen = sum(default_reader().read(text, "12345").danger for text in grave)
    assert seen / len(grave) >= 0.95


def test_scope_is_seen_from_the_centre_that_asks():
    reader = default_reader()
    assert reader.read("我的电动车停在楼下让人偷了", "12345").scope is Scope.OTHER
    assert reader.read("我的电动车停在楼下让人偷了", "110").scope is Scope.OWN
