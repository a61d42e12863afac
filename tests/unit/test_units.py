"""The directory of units: the shipped tree is whole, a hole is refused with its line, places and duties are resolved, workbooks round trip."""

import csv
import io
from datetime import date, datetime
from importlib.resources import files

import pytest

from liandong.catalogue.units import default_units
from liandong.policy import ZONE
from liandong.units.changes import changes
from liandong.units.columns import DUTIES, ROTA, TABLES, UNITS
from liandong.units.directory import Matter, class_depth
from liandong.units.model import DirectoryError
from liandong.units.reading import read_tables, shipped_directory
from liandong.units.workbook import read_workbook, write_workbook

TODAY = date(2025, 3, 4)
DIRECTORY = shipped_directory()
BY_SHORT = {unit.short: unit for unit in DIRECTORY.units}


@pytest.fixture
def tables():
    """The shipped tables as rows of cells, to be spoilt."""
    folder = files("liandong.units").joinpath("data")
    return {t.name: list(csv.reader(io.StringIO(folder.joinpath(t.file).read_text("utf-8")))) for t in TABLES}


def put(tables, table, line, field, value):
    rows = tables[table.name]
    rows[line - 1][rows[0].index(field)] = value


def refused(tables):
    with pytest.raises(DirectoryError) as error:
        read_tables(tables, "spoilt")
    return [(fault.table, fault.line, fault.zh) for fault in error.value.faults]


def test_the_shipped_tree_has_every_district_street_and_known_unit():
    kinds = [unit.kind for unit in DIRECTORY.units if unit.stands_on(TODAY)]
    assert (kinds.count("district"), kinds.count("street")) == (16, 299)
    assert kinds.count("department") + kinds.count("utility") >= 40
    assert all(DIRECTORY.unit(code, TODAY) for code in default_units()), "the demo's units are all in the tree"
    roots = [unit for unit in DIRECTORY.units if not unit.parent]
    assert len(roots) == 1
    assert all(DIRECTORY.path(unit, TODAY)[0] == roots[0] for unit in DIRECTORY.units if unit.parent)


def test_a_missing_parent_is_refused_with_its_line(tables):
    put(tables, UNITS, 5, "parent", "NOBODY")
    assert refused(tables) == [("单位", 5, "没有上级 NOBODY")]


def test_a_circle_of_parents_is_refused_with_its_line(tables):
    root = tables[UNITS.name][1][0]
    put(tables, UNITS, 2, "parent", tables[UNITS.name][3][0])
    [(table, line, told)] = refused(tables)
    assert (table, line) == ("单位", 2)
    assert told.startswith(f"上级成环：{root}")


def test_a_circle_of_successors_is_refused(tables):
    for line, heir in ((3, 4), (4, 3)):
        put(tables, UNITS, line, "valid_to", "2024-12-31")
        put(tables, UNITS, line, "succession", "合并")
        put(tables, UNITS, line, "successor", tables[UNITS.name][heir - 1][0])
    assert [told[:5] for _, _, told in refused(tables)] == ["承接单位成"]


def test_overlapping_days_of_one_code_are_refused_and_a_new_name_from_the_next_day_is_not(tables):
    rows = tables[UNITS.name]
    rows.append([*rows[4]])
    assert refused(tables)[0] == ("单位", len(rows), "与第 5 行有效期重叠")
    put(tables, UNITS, 5, "valid_to", "2025-06-30")
    put(tables, UNITS, len(rows), "valid_from", "2025-07-01")
    put(tables, UNITS, len(rows), "name", "新名称（样例）")
    directory = read_tables(tables, "renamed").directory
    assert directory.unit(rows[4][0], date(2025, 7, 1)).name == "新名称（样例）"
    assert directory.unit(rows[4][0], date(2025, 6, 30)).name == rows[4][1]


def test_a_duty_of_an_unknown_unit_an_unknown_class_or_the_same_days_is_refused(tables):
    put(tables, DUTIES, 3, "owner", "NOBODY")
    put(tables, DUTIES, 4, "class_code", "990000")
    tables[DUTIES.name].append([*tables[DUTIES.name][1]])
    found = refused(tables)
    assert ("职责", 3, "没有单位“NOBODY”") in found
    assert ("职责", 4, "没有分类 990000") in found
    assert ("职责", len(tables[DUTIES.name]), "与第 2 行有效期重叠") in found


def test_a_shift_of_an_unknown_unit_and_a_cell_that_can_not_be_read_are_refused(tables):
    put(tables, ROTA, 2, "org_code", "NOBODY")
    assert refused(tables) == [("值班", 2, "没有单位 NOBODY")]
    put(tables, ROTA, 3, "start", "noon")
    assert refused(tables) == [("值班", 3, "“noon”不是时刻，应如 08:30")]


def test_a_code_that_fails_gb_32100_is_shown_and_taken(tables):
    old = tables[UNITS.name][-1][0]
    put(tables, UNITS, len(tables[UNITS.name]), "org_code", "OLD-CODE-1")
    read = read_tables(tables, "warned")
    assert [(fault.line, "OLD-CODE-1" in fault.zh) for fault in read.warnings] == [(len(tables[UNITS.name]), True)]
    assert not read.directory.knows(old)


def test_a_workbook_read_again_is_the_same_directory():
    read = read_workbook(write_workbook(DIRECTORY), DIRECTORY.version)
    assert read.directory == DIRECTORY
    assert read.warnings == []


def test_a_workbook_with_a_fault_names_sheet_and_row(tables):
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(write_workbook(DIRECTORY)))
    book["单位"]["E7"] = "NOBODY"
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(DirectoryError, match="单位 第 7 行 上级机构代码：没有上级 NOBODY"):
        read_workbook(stream.getvalue(), "x")
    with pytest.raises(DirectoryError, match="无法读取"):
        read_workbook(b"PK\x03\x04nonsense", "x")


def test_the_differences_of_two_versions_are_told_by_field(tables):
    put(tables, UNITS, 5, "phone", "022-1")
    dropped = tables[DUTIES.name].pop(3)
    found = changes(DIRECTORY, read_tables(tables, "next").directory)
    assert {(one.kind, one.table, one.field, one.after) for one in found} == {
        ("changed", "单位", "联系电话", "022-1"),
        ("removed", "职责", "", ""),
    }
    assert any(dropped[0] in one.key for one in found)


@pytest.mark.parametrize(
    "kind, address, short",
    [
        ("street", "天津市河西区大营门街道大沽南路1号", "大营门街道办"),
        ("community", "天津市和平区劝业场街道兆丰路社区3号", "兆丰路社区居委会"),
        ("police_station", "天津市河北区王串场街道", "王串场街派出所"),
        ("grid", "天津市和平区劝业场街道花园路社区南京路1号", "花园路社区第1网格"),
        ("grid", "天津市和平区劝业场街道花园路社区", None),
        ("street", "天津市河西区", None),
        ("street", "", None),
    ],
)
def test_a_place_resolves_to_its_station_or_to_none(kind, address, short):
    found = DIRECTORY.station(kind, Matter(address=address), TODAY)
    assert (found.short if found else None) == short


def test_where_the_finer_station_is_unknown_the_next_one_above_has_it():
    found = DIRECTORY.resolve("community", Matter(address="天津市南开区学府街道"), TODAY)
    assert found.kind == "street"


def test_the_nearest_class_wins_and_words_decide_only_without_one():
    wide, near = (DIRECTORY.duty(Matter(class_code=code), TODAY).code for code in ("010501", "010504"))
    assert (wide, near) == ("Z0105", "Z010504")
    assert DIRECTORY.duty(Matter(words="小区楼道堆物，占用楼道"), TODAY).code == "Z0405"
    assert DIRECTORY.duty(Matter(words="没有这样的话"), TODAY) is None
    assert (class_depth("100000", "100201"), class_depth("100400", "100201")) == (2, 0)


def test_a_line_counts_from_its_first_day():
    assert DIRECTORY.duty(Matter(class_code="120301"), date(2024, 12, 31)) is None


def test_successors_are_followed_over_several_steps_and_only_after_the_last_day(tables):
    park, culture = BY_SHORT["市市容园林委"].org_code, BY_SHORT["市文化和旅游局"].org_code
    city = next(n for n, row in enumerate(tables[UNITS.name], 1) if row[0] == BY_SHORT["市城市管理委"].org_code)
    for field, value in (("valid_to", "2024-12-31"), ("succession", "合并"), ("successor", culture)):
        put(tables, UNITS, city, field, value)
    directory = read_tables(tables, "chain").directory
    assert directory.successor(park, TODAY).org_code == culture
    assert DIRECTORY.successor(park, date(2018, 11, 30)) is None
    assert directory.successor(culture, TODAY) is None


def test_somebody_is_on_duty_over_midnight_and_over_the_end_of_the_week():
    company = BY_SHORT["水务集团"].org_code
    friday_night, saturday_dawn = datetime(2025, 3, 7, 23, 0, tzinfo=ZONE), datetime(2025, 3, 8, 7, 59, tzinfo=ZONE)
    assert DIRECTORY.on_duty(company, friday_night) == DIRECTORY.on_duty(company, saturday_dawn)
    assert DIRECTORY.on_duty(company, datetime(2025, 3, 8, 8, 0, tzinfo=ZONE)) != DIRECTORY.on_duty(
        company, saturday_dawn
    )
    assert DIRECTORY.on_duty(BY_SHORT["市教委"].org_code, friday_night) is None
