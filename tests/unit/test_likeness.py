"""How alike two texts are, and what speaks for the same matter."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from liandong.catalogue.linkage import default_linkage
from liandong.core.likeness import likeness, pairs
from liandong.duplicates.model import Likely, Sign
from liandong.duplicates.rules import distance, duplicates, score, signs
from liandong.duplicates.store import cells_around
from liandong.orders.model import Point

NOW = datetime(2025, 3, 4, 2, 0, tzinfo=UTC)
POLICY = default_linkage()
HERE = Point(117.2000, 39.1000)


def looked_at(number, **more):
    given = {
        "id": UUID(int=number),
        "number": str(number),
        "status": "accepted",
        "responsible": True,
        "title": "",
        "content": "南京路1号楼下井盖丢了，有人差点掉进去",
        "phone": "",
        "address": "",
        "wgs84": None,
        "gcj02": None,
        "created_at": NOW,
    }
    return Likely(**(given | more))


@pytest.mark.parametrize(
    "one, other, low, high",
    [
        ("井盖丢了", "井盖丢了", 1, 1),
        ("井盖，丢了！", "井盖 丢了", 1, 1),
        ("南京路1号楼下井盖丢了，有人差点掉进去", "南京路1号楼下的井盖丢了", 0.5, 0.99),
        ("南京路1号楼下井盖丢了", "楼上邻居半夜装修吵得睡不着", 0, 0.1),
        ("", "井盖丢了", 0, 0),
        ("火", "火", 1, 1),
    ],
)
def test_words_are_as_alike_as_the_pairs_they_share(one, other, low, high):
    assert low <= likeness(pairs(one), pairs(other)) <= high


def test_a_long_text_is_compared_by_its_beginning():
    assert likeness(pairs("井盖丢了" * 100 + "甲"), pairs("井盖丢了" * 100 + "乙" * 5000)) == 1


def test_each_sign_is_said_with_its_measure():
    one = looked_at(1, phone="13800001234", address="和平区南京路1号", wgs84=HERE)
    other = looked_at(2, phone="13800001234", address="和平区南京路1号", wgs84=Point(117.2010, 39.1005))
    found = signs(one, other, POLICY, alike=0.8)
    assert [reason.sign for reason in found] == [Sign.CALLER, Sign.ADDRESS, Sign.PLACE, Sign.WORDS]
    assert found[2].metres == pytest.approx(103, abs=2)
    assert found[3].likeness == 0.8


@pytest.mark.parametrize("metres, near", [(149, True), (151, False)])
def test_near_is_within_the_city_s_metres(metres, near):
    north = HERE.lat + metres / 111_195
    apart = signs(looked_at(1, wgs84=HERE), looked_at(2, wgs84=Point(HERE.lon, north)), POLICY, alike=0)
    assert bool(apart) is near


def test_coordinates_of_two_systems_are_never_compared():
    assert signs(looked_at(1, wgs84=HERE), looked_at(2, gcj02=HERE), POLICY, alike=0) == []
    assert signs(looked_at(1, gcj02=HERE), looked_at(2, gcj02=HERE), POLICY, alike=0) != []


def test_empty_fields_are_no_sign():
    assert signs(looked_at(1), looked_at(2), POLICY, alike=0.49) == []


def test_an_old_order_counts_only_while_it_is_open():
    old = NOW - timedelta(hours=POLICY.duplicate_hours, minutes=1)
    order = looked_at(1)
    open_, over = looked_at(2, created_at=old), looked_at(3, created_at=old, status="evaluated")
    assert [one.number for one in duplicates(order, [open_, over], POLICY)] == ["2"]
    recent = looked_at(4, status="evaluated", created_at=NOW - timedelta(hours=1))
    assert [one.number for one in duplicates(order, [recent], POLICY)] == ["4"]


def test_the_more_speaks_for_it_the_higher_it_stands_and_it_never_finds_itself():
    order = looked_at(1, phone="13800001234", address="和平区南京路1号")
    weak = looked_at(2, content="别的事情", phone="13800001234")
    strong = looked_at(3, phone="13800001234", address="和平区南京路1号")
    found = duplicates(order, [order, weak, strong], POLICY)
    assert [one.number for one in found] == ["3", "2"]
    assert 0 < found[1].score < found[0].score <= 1


def test_what_the_caller_added_later_does_not_hide_what_was_said_first():
    order = looked_at(1)
    other = looked_at(2, content=order.content + "\n【补充】" + "另外路灯也坏了，还有垃圾没人清。" * 20)
    assert duplicates(order, [other], POLICY)[0].reasons[0].likeness == 1


def test_score_grows_with_every_sign_and_stays_below_one():
    one = signs(looked_at(1, phone="1380000"), looked_at(2, phone="1380000"), POLICY, alike=0)
    two = signs(looked_at(1, phone="1380000"), looked_at(2, phone="1380000"), POLICY, alike=1)
    assert 0 < score(one) < score(two) < 1


def test_the_cells_cover_every_point_within_reach():
    north, east = cells_around(HERE, 150)
    for lat, lon in ((0.00134, 0), (-0.00134, 0), (0, 0.00173), (0, -0.00173)):
        point = Point(HERE.lon + lon, HERE.lat + lat)
        assert distance(HERE, point) <= 150
        assert int(point.lat * 500 // 1) in north
        assert int(point.lon * 500 // 1) in east
    assert len(north) * len(east) <= 9
    assert cells_around(None, 150) == ([], [])


def test_a_reason_is_written_without_what_it_does_not_have():
    found = signs(looked_at(1, phone="1380000"), looked_at(2, phone="1380000"), POLICY, alike=0)
    assert set(msgspec.to_builtins(found[0])) == {"sign", "text", "text_en"}
