"""A city's own tables of oversight, call-back and messaging: what has a hole is refused when the node starts, with file and line."""

import json
from importlib.resources import files

import pytest

from liandong.catalogue.callbacks import load_callbacks
from liandong.catalogue.clocks import load_clocks
from liandong.catalogue.messaging import load_messaging
from liandong.catalogue.oversight import load_oversight
from liandong.catalogue.tables import TableError
from liandong.node import events_of_orders

CLOCKS = frozenset(clock.name for clock in load_clocks().clocks)
LEVELS = frozenset({"centre", "district", "city"})
LOADERS = {
    "oversight": lambda path: load_oversight(path, CLOCKS),
    "callbacks": lambda path: load_callbacks(path, LEVELS),
    "messaging": lambda path: load_messaging(path, events_of_orders()),
}


def shipped(table):
    return json.loads(files("liandong.catalogue").joinpath(f"data/{table}.json").read_text(encoding="utf-8"))


def written(tmp_path, content):
    path = tmp_path / "city.json"
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.parametrize("table", LOADERS)
def test_the_shipped_table_has_no_hole_and_the_city_s_own_is_read(tmp_path, table):
    assert LOADERS[table](None) == LOADERS[table](written(tmp_path, shipped(table)))


HOLES = [
    ("oversight", lambda t: t["authorities"][1].update(clock="no_such"), '"no_such"', "no_such"),
    ("oversight", lambda t: t["authorities"][1].update(rank=1), '"district"', "twice"),
    ("oversight", lambda t: t["authorities"][2].update(roles=["clock"]), '"city"', "nobody may judge"),
    ("oversight", lambda t: t["authorities"][1].update(rank="first"), '"first"', "Expected `int`"),
    ("oversight", lambda t: t.update(measures=[m for m in t["measures"] if m["code"] != "accountability"]), '"measures"', "问责"),
    ("callbacks", lambda t: t["outcomes"][0].update(authority="province"), '"not_solved_again"', "province"),
    ("callbacks", lambda t: t["sampling"].pop(), '"sampling"', "last rule"),
    ("callbacks", lambda t: t["mapping"].pop("3"), '"mapping"', "3"),
    ("callbacks", lambda t: t.update(half_days=[["14:00:00", "20:00:00"], ["08:30:00", "12:00:00"]]), '"half_days"', "follow"),
    ("messaging", lambda t: t["rules"][1].update(events=["order.flown_away"]), '"order.flown_away"', "no such event"),
    ("messaging", lambda t: t["rules"][1].update(to="mayor"), '"mayor"', "mayor"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "break_it", "at", "says"), HOLES)
def test_a_hole_is_refused_with_the_line(tmp_path, table, break_it, at, says):
    content = shipped(table)
    break_it(content)
    path = written(tmp_path, content)
    lines = path.read_text(encoding="utf-8").splitlines()
    line = next(n for n, text in enumerate(lines, start=1) if at in text)
    with pytest.raises(TableError) as refused:
        LOADERS[table](path)
    assert f"city.json, line {line}:" in str(refused.value)
    assert says in str(refused.value)


def test_what_is_no_json_is_refused_with_the_line(tmp_path):
    path = tmp_path / "city.json"
    path.write_text('{\n "zone": "Asia/Shanghai",\n "half_days": oops\n}', encoding="utf-8")
    with pytest.raises(TableError, match=r"city.json, line 3:"):
        load_callbacks(path, LEVELS)
    with pytest.raises(TableError, match="can't be read"):
        load_callbacks(tmp_path / "nowhere.json", LEVELS)
