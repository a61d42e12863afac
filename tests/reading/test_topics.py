"""Topics: messages about one thing come together, others stay apart, and what grows is said."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from liandong.topics.gathering import Message, gather, topics_of_file
from liandong.topics.near import NearIndex

DATA = Path(__file__).parents[3] / "shared" / "data"
PLANT = [
    "青禾新城旁边的搅拌站灰尘太大",
    "青禾新城搅拌站半夜生产睡不着",
    "搅拌站离青禾新城太近了",
    "青禾新城搅拌站何时才能搬走",
]
OTHER = [
    "公交三路末班车太早", "医保卡丢了怎样补办", "学校门口没有斑马线", "河道里漂着死鱼", "电梯坏了两周没人修",
    "路灯整条街都不亮", "养老金少发了一个月", "快递柜占了消防通道", "广场舞音响吵到十点", "自来水发黄有异味",
]  # fmt: skip
LAST = date(2026, 3, 31)


def letters(titles, back=0):
    return [
        Message(f"{title[:4]}{n}-{back}", title, "", LAST - timedelta(days=back + n)) for n, title in enumerate(titles)
    ]


def test_messages_about_one_thing_come_together_under_a_name_that_says_it():
    topics = gather([*letters(PLANT), *letters(OTHER, 30)])
    assert topics[0].size == 4
    assert "青禾" in topics[0].name or "搅拌站" in topics[0].name
    assert {number[:2] for number in topics[0].members} == {"青禾", "搅拌"}


def test_a_topic_of_this_week_alone_is_growing_and_an_old_one_is_not():
    old = gather([*letters(PLANT, 100), *letters(OTHER)])[0]
    new = gather([*letters(PLANT), *letters(OTHER, 90)])[0]
    assert new.growing
    assert not old.growing


def test_nothing_in_common_is_no_topic():
    assert gather(letters(OTHER)) == []
    assert gather([]) == []


def test_the_same_report_in_other_words_is_found_and_another_is_not():
    index = NearIndex()
    for number, text in enumerate([*PLANT, *OTHER]):
        index.add(str(number), text)
    assert index.near("青禾新城旁边那个搅拌站灰尘非常大")[0][0] == "0"
    assert index.near("想问一下落户要什么材料") == []
    assert index.near("") == []


@pytest.mark.skipif(not DATA.is_dir(), reason="the messages of ../shared/data are not here")
def test_the_mixing_plant_is_gathered_out_of_a_year_of_letters():
    import csv

    file = DATA / "messages_hot_topics.csv"
    with file.open(encoding="utf-8-sig", newline="") as rows:
        true = {row["留言编号"] for row in csv.DictReader(rows) if "丽发新城" in row["留言主题"] + row["留言详情"]}
    topics = topics_of_file(file, ["留言主题", "留言详情"], "留言编号", "留言时间")
    best = max(topics, key=lambda topic: len(true & set(topic.members)))
    hits = len(true & set(best.members))
    assert hits / len(true) >= 0.9
    assert hits / best.size >= 0.9
