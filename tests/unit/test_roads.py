"""How far it is by road."""

import json

import pytest

from liandong.core.globe import metres
from liandong.policing.roads import Roads, RoadsError, load_roads

# A row of junctions from west to east, about 864 m apart, and one beyond a river in the north that only the last one leads to.
ROW = [(117.20 + n / 100, 39.10) for n in range(4)]
ACROSS = (117.20, 39.105)
LENGTH = metres(*ROW[0], *ROW[1])


def roads(*more, one_way=False):
    along = [(n, n + 1, LENGTH, one_way) for n in range(3)]
    return Roads("wgs84", [*ROW, ACROSS], [*along, (3, 4, 3000.0, False), *more])


def lengths(graph, to, snap=200, reach=30_000, **starts):
    return {name: round(found) for name, found in graph.distances(to, starts, reach=reach, snap=snap).items()}


def test_the_straight_line_is_known_to_a_metre_in_a_thousand():
    assert metres(117.2, 39.1, 117.2, 39.1) == 0
    assert metres(0, 0, 0, 1) == pytest.approx(111_195, rel=1e-3)
    assert abs(LENGTH - 863) < 5


def test_who_is_near_in_a_straight_line_may_be_far_by_road():
    found = lengths(roads(), ROW[0], row=ROW[3], across=ACROSS)
    assert found == {"row": round(3 * LENGTH), "across": round(3 * LENGTH + 3000)}
    assert metres(*ACROSS, *ROW[0]) < metres(*ROW[3], *ROW[0])


def test_a_one_way_road_is_followed_in_its_direction_only():
    graph = roads(one_way=True)
    assert lengths(graph, ROW[3], unit=ROW[0]) == {"unit": round(3 * LENGTH)}
    assert lengths(graph, ROW[0], unit=ROW[2]) == {}


def test_the_shorter_of_two_ways_counts():
    assert lengths(roads((0, 4, 700.0, False)), ROW[0], unit=ACROSS) == {"unit": 700}


def test_who_is_off_the_roads_or_out_of_reach_is_left_out():
    away = (117.30, 39.30)
    assert lengths(roads(), ROW[0], here=ROW[1], off=away) == {"here": round(LENGTH)}
    assert lengths(roads(), away, here=ROW[1]) == {}
    assert lengths(roads(), ROW[0], reach=1000, near=ROW[1], far=ROW[3]) == {"near": round(LENGTH)}


def test_the_way_to_the_next_junction_is_part_of_the_distance():
    beside = (117.21, 39.1005)
    off = metres(*beside, *ROW[1])
    assert lengths(roads(), ROW[0], unit=beside) == {"unit": round(LENGTH + off)}


@pytest.mark.parametrize("wrong", [[0, 9, 100], [0, 1, -5], [0, 1], [0, 1, 5, False, 1]])
def test_a_road_between_no_two_junctions_is_refused_and_named(tmp_path, wrong):
    path = tmp_path / "roads.json"
    path.write_text(json.dumps({"system": "wgs84", "junctions": ROW, "roads": [[0, 1, 5], wrong]}))
    with pytest.raises(RoadsError, match="road 1"):
        load_roads(path)


def test_a_file_is_read(tmp_path):
    path = tmp_path / "roads.json"
    path.write_text(json.dumps({"system": "gcj02", "junctions": ROW, "roads": [[0, 1, 500], [1, 2, 400, True]]}))
    graph = load_roads(path)
    assert graph.system == "gcj02"
    assert lengths(graph, ROW[2], unit=ROW[0]) == {"unit": 900}
