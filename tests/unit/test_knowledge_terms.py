"""What a card is found by, without a database: sounds, initials, what people say before they ask, and how well a card fits."""

import pytest

from liandong.knowledge.files import read_cards, sample, write_cards
from liandong.knowledge.lifecycle import LIFECYCLE
from liandong.knowledge.mining import masked
from liandong.knowledge.model import CardContent, CardScope
from liandong.knowledge.ranking import Wanted, fit
from liandong.knowledge.terms import clean, rounded, sounds_text, spelled, terms_of_card, terms_of_query

CARD = CardContent(
    title="公积金租房提取",
    questions=["公积金怎么提取租房"],
    answer="在河西区解放南路的管理部申请。",
    scope=CardScope.PUBLIC,
    unit="u",
    keywords=["gjj"],
)


def score(text, card=CARD):
    return fit(Wanted(text), card, sounds_text(card))[0]


def test_the_table_of_steps_is_sound():
    assert LIFECYCLE.problems(messages={"card.published.v1", "card.withdrawn.v1"}) == []


@pytest.mark.parametrize(
    "letters, syllables",
    [
        ("gongjijin", ["gong", "ji", "jin"]),
        ("xian", ["xian"]),
        ("qz", None),
        ("nuanqi", ["nuan", "qi"]),
        ("a" * 61, None),
    ],
)
def test_letters_are_read_as_pinyin_where_they_are_pinyin(letters, syllables):
    assert spelled(letters) == syllables


@pytest.mark.parametrize("one, other", [("zhang", "zan"), ("shi", "si"), ("lan", "nan"), ("jing", "jin"), ("lü", "nu")])
def test_sounds_that_are_mixed_up_are_one(one, other):
    assert rounded(one) == rounded(other)


def test_what_people_say_before_they_ask_counts_for_nothing():
    assert clean("喂你好我想问一下公积金怎么提取啊").split() == ["公积金怎么提取"]
    assert clean("请问") == "请问"  # nothing else was said
    assert clean("ＥＴＣ　办理") == "etc 办理"


def test_a_road_is_found_by_its_name_and_a_card_by_its_initials():
    assert {"a解放", "a放南", "a南路"} <= terms_of_card(CARD)
    assert set(terms_of_query("gjjz")) & terms_of_card(CARD)


def test_what_is_written_right_ranks_above_what_only_sounds_alike():
    assert score("公积金租房提取") > 0.95
    assert score("公积金租房提取") > score("公鸡金租房提取") > 0.6
    assert 0.4 < score("gongjijin") < score("公积金租房提取")
    assert score("gjjzf") == score("gjjzftq") >= 0.7
    assert score("鸽子飞进家里") < 0.1


def test_numbers_of_people_are_taken_out():
    told = masked("我电话13800001234，身份证12010119900101123X，车牌津A·12345，门牌解放南路1号")
    assert not any(one in told for one in ("13800001234", "12010119900101123X", "12345"))
    assert "解放南路1号" in told


@pytest.mark.parametrize("form", ["jsonl", "xlsx"])
def test_cards_go_to_a_file_and_come_back_equal(tmp_path, form):
    cards = read_cards(sample())
    assert len(cards) >= 60
    file = tmp_path / f"cards.{form}"
    write_cards(cards, file)
    assert read_cards(file) == cards


@pytest.mark.parametrize("form", ["jsonl", "xlsx"])
def test_a_file_with_one_wrong_line_is_refused_by_its_number(tmp_path, form):
    from liandong.core.errors import AppError

    file = tmp_path / f"cards.{form}"
    if form == "jsonl":
        file.write_text('{"title": "x"}\n', encoding="utf-8")
    else:
        from openpyxl import Workbook

        book = Workbook()
        book.active.append(["标题", "问法", "答复", "范围", "责任单位"])
        book.active.append(["停水", "怎么停水了", "抢修", "大家", "u"])
        book.save(file)
    with pytest.raises(AppError, match=r"第 [12] 行"):
        read_cards(file)


def test_what_a_spreadsheet_would_run_is_no_formula(tmp_path):
    from openpyxl import load_workbook

    file = tmp_path / "cards.xlsx"
    write_cards(
        [CardContent(title="=1+1", questions=["@SUM(1)"], answer="-2+3", scope=CardScope.PUBLIC, unit="u")], file
    )
    row = next(load_workbook(file).active.iter_rows(min_row=2))
    assert all(cell.data_type == "s" for cell in row if cell.value)
    assert all(str(cell.value)[0] not in "=+-@" for cell in row if cell.value)
