"""The transfer catalogue has the shape that the city agreed on."""

import datetime

import pytest

from liandong.catalogue.transfer import default_catalogue, load_catalogue

SMALL = """
version = "1"
[[category]]
code = "X01"
title = "类"
from = "12345"
to = "110"
way = "data"
urgent = false
time_limit_s = 900
effective_from = 2022-07-06
basis = "方案"
items = [
  { code = "X0101", title = "一", examples = ["甲", "乙"], keywords = "甲" },
  { code = "%s", title = "二", examples = ["丙", "丁"], keywords = "丙", urgent = true, effective_to = 2023-12-31 },
]
"""


@pytest.mark.parametrize("sender, categories, items", [("12345", 9, 64), ("110", 22, 105)])
def test_counts_of_the_agreed_lists(sender, categories, items):
    catalogue = default_catalogue()
    assert sum(category.sender == sender for category in catalogue.categories) == categories
    assert sum(item.from_ == sender for item in catalogue.items) == items


def test_every_item_is_complete():
    for item in default_catalogue().items:
        assert len(set(item.examples)) >= 3
        assert item.keywords.split()
        assert item.title
        assert item.basis.startswith("工作方案二(")
        assert item.time_limit_s > 0
        assert {item.from_, item.to} == {"12345", "110"}
        assert item.code.startswith(item.category)


LIMITS = {
    ("voice", True): 20,
    ("voice", False): 60,
    ("three_way", True): 20,
    ("three_way", False): 60,
    ("data", True): 60,
    ("data", False): 900,
}


def test_a_ring_is_short_and_what_goes_as_data_has_the_time_of_a_desk():
    for item in default_catalogue().items:
        assert item.time_limit_s == LIMITS[item.way, item.urgent], item.code


def test_whoever_may_be_in_danger_stays_on_the_line():
    for item in default_catalogue().items:
        if item.urgent or item.only_in_danger:
            assert item.way in ("voice", "three_way"), item.code


def test_an_item_takes_from_its_category_what_it_does_not_say_and_ends_on_its_last_day():
    catalogue = load_catalogue(SMALL % "X0102")
    first, second = catalogue.items
    assert (first.urgent, second.urgent, second.time_limit_s) == (False, True, 900)
    assert catalogue.on(datetime.date(2023, 12, 31)) == (first, second)
    assert catalogue.on(datetime.date(2024, 1, 1)) == (first,)
    assert catalogue.item("X0102") is second
    assert catalogue.item("X9") is None


def test_a_code_is_used_once():
    with pytest.raises(ValueError, match="X0101"):
        load_catalogue(SMALL % "X0101")
