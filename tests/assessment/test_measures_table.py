"""The table of measures is data that a city edits: what it may say, what is refused, and comparing by like."""

import io
from datetime import UTC, date, datetime

import msgspec
import pytest
from openpyxl import load_workbook

from liandong.assessment.comparing import compare, ranking
from liandong.assessment.conditions import COLUMNS, MOMENTS, ConditionError, sql_of
from liandong.assessment.counting import Cell, counted, roll_up
from liandong.assessment.model import Group
from liandong.assessment.periods import before, period_of
from liandong.assessment.policy import default_rules, load_rules
from liandong.assessment.reading import catch_up
from liandong.assessment.writing import Form, written
from liandong.catalogue.units import default_units
from liandong.core import db

RULES = default_rules()
DISTRICTS = sorted(code for code, unit in default_units().items() if unit.kind == "district")


@pytest.mark.parametrize(
    "wrong",
    [
        "true; DROP TABLE orders",
        "(SELECT true)",
        "pg_sleep(10) IS NULL",
        "unit = 'x' -- ",
        "unit = 'O''Brien'",
        "caller = 'x'",
        'unit = "x"',
        "unit::text = 'x'",
        "$1 = 1",
    ],
)
def test_a_condition_that_is_more_than_a_comparison_of_columns_is_refused(wrong):
    with pytest.raises(ConditionError):
        sql_of(wrong)


def test_a_condition_becomes_sql_with_the_moment_as_a_parameter():
    assert sql_of("handled_at <= as_of AND unit = 'a1'") == "handled_at <= $3::timestamptz AND unit = 'a1'"


async def test_the_columns_that_a_condition_may_name_are_there_and_every_moment_has_its_index(database):
    connection = await db.connect(database)
    sql = "SELECT column_name FROM information_schema.columns WHERE table_name = 'assessed_orders'"
    there = {row[0] for row in await connection.fetch(sql)}
    indexes = [
        row[0] for row in await connection.fetch("SELECT indexdef FROM pg_indexes WHERE tablename = 'assessed_orders'")
    ]
    await connection.close()
    assert there > COLUMNS
    for moment in MOMENTS:
        assert any(f"({moment})" in one for one in indexes), moment


def test_wrong_data_of_a_city_is_refused_with_its_name(tmp_path):
    measures = msgspec.to_builtins(list(RULES.measures))
    good = next(one for one in measures if one["name"] == "return_rate")
    for wrong in (
        {"moment": "closed_at"},
        {"denominator": ""},
        {"numerator": "returns > (SELECT 1)"},
        {"shape": "quantile", "value": "nothing"},
        {"name": "taken"},
    ):
        (tmp_path / "measures.json").write_bytes(msgspec.json.encode([*measures, good | {"name": "extra"} | wrong]))
        with pytest.raises(ConditionError):
            load_rules(tmp_path)
    (tmp_path / "measures.json").write_bytes(msgspec.json.encode([good]))
    with pytest.raises(ConditionError, match="response_rate"):
        load_rules(tmp_path)


def test_a_city_that_changes_a_file_has_another_version(tmp_path):
    (tmp_path / "populations.csv").write_text("division_code,inhabitants,source\n120101,10000,x\n", encoding="utf-8")
    assert load_rules(tmp_path).version != RULES.version
    assert load_rules(tmp_path).inhabitants == {"120101": 10_000}


def test_the_inhabitants_shipped_are_those_of_the_census():
    assert sum(RULES.inhabitants.values()) == 13_866_009


@pytest.mark.parametrize(
    "name, first, end, earlier",
    [
        ("2026-10", date(2026, 10, 1), date(2026, 11, 1), "2026-09"),
        ("2026-01", date(2026, 1, 1), date(2026, 2, 1), "2025-12"),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 5), "2025-W52"),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1), "2025-Q4"),
        ("2026-Q4", date(2026, 10, 1), date(2027, 1, 1), "2026-Q3"),
        ("2026", date(2026, 1, 1), date(2027, 1, 1), "2025"),
        ("2026-03-01", date(2026, 3, 1), date(2026, 3, 2), "2026-02-28"),
    ],
)
def test_periods_begin_and_end_at_midnight_in_the_city(name, first, end, earlier):
    period = period_of(name)
    eight = 8 * 3600
    for moment, day in ((period.starts_at, first), (period.ends_at, end)):
        assert moment.timestamp() == datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() - eight
    assert before(period).name == earlier


def cell(unit, category, **counts):
    flat = []
    for one in counted(RULES):
        flat += [*counts.get(one.name, (0, 0)), 0]
    return Cell(unit, "", category, flat)


CELLS = [
    # The first has the hard matters, the second the easy ones; each does exactly as well as the city with its mix.
    cell(DISTRICTS[0], "hard", response_rate=(45, 90), taken=(90, 90)),
    cell(DISTRICTS[0], "easy", response_rate=(9, 10), taken=(10, 10)),
    cell(DISTRICTS[1], "hard", response_rate=(5, 10), taken=(10, 10)),
    cell(DISTRICTS[1], "easy", response_rate=(81, 90), taken=(90, 90)),
    cell(DISTRICTS[2], "easy", response_rate=(9, 10), taken=(10, 10)),
]


def response_of(unit):
    found = compare(RULES, CELLS, unit, "2026-10")
    return found, next(one for one in found.measures if one.measure == "response_rate")


def test_a_unit_with_hard_matters_is_compared_with_what_the_city_reaches_with_the_same_mix():
    hard, easy = response_of(DISTRICTS[0])[1], response_of(DISTRICTS[1])[1]
    assert hard.value == pytest.approx(0.54)
    assert easy.value == pytest.approx(0.86)
    assert (hard.expected, easy.expected) == (pytest.approx(0.54), pytest.approx(0.86))


def test_like_units_are_of_the_same_kind_and_about_the_same_size():
    found, response = response_of(DISTRICTS[0])
    assert found.like_units == [DISTRICTS[1]], "the third is ten times smaller"
    assert response.like == pytest.approx(0.86)


def test_a_rate_over_few_orders_is_shown_and_not_compared():
    few = response_of(DISTRICTS[2])[1]
    assert (few.value, few.expected, few.like) == (pytest.approx(0.9), None, None)


def test_league_tables_are_off_until_a_city_turns_them_on():
    measure = RULES.measure("response_rate")
    assert ranking(RULES, CELLS, measure) is None
    on = msgspec.structs.replace(RULES, policy=msgspec.structs.replace(RULES.policy, league_tables=True))
    assert ranking(on, CELLS, measure) == [DISTRICTS[1], DISTRICTS[0]], "the third has too few orders"


def test_groups_are_sums_of_cells_and_the_score_is_weighed():
    cells = [
        cell("a", "x", response_rate=(1, 2), solved_rate=(1, 1), satisfied_rate=(1, 4)),
        cell("b", "x", response_rate=(1, 2)),
    ]
    by = {(f.measure, f.group): f for f in roll_up(RULES, cells, Group.UNIT)}
    city = {f.measure: f for f in roll_up(RULES, cells, Group.CITY)}
    assert city["response_rate"].value == by["response_rate", "a"].value == 0.5
    assert by["score", "a"].value == pytest.approx(30 * 0.5 + 35 * 1 + 35 * 0.25)
    assert by["score", "b"].value is None, "nobody was called back"


async def test_the_report_says_what_the_figures_say_with_its_fonts_inside(world):
    hotline = world.centre("12345")
    for n in range(4):
        order = await hotline.takes(f"路灯坏了{n}", type="help", division_code="120101")
        await (await order.work()).finish()
    await catch_up(hotline.node.assessor)
    period = period_of("2025-03")
    book = load_workbook(io.BytesIO(await written(hotline.node.assessor, period, form=Form.XLSX)))
    rows = {row[0].value: row for row in book["总体情况"].iter_rows()}
    assert [cell.value for cell in rows["响应率"][1:4]] == [1, 4, 4]
    assert book.sheetnames == ["总体情况", "承办单位", "区域", "类别", "每日受理", "疑点与剔除", "口径"]
    assert book["承办单位"]._charts
    pdf = await written(hotline.node.assessor, period, form=Form.PDF)
    assert pdf.count(b"/FontFile") == 2
    assert b"NotoSansSC" in pdf
