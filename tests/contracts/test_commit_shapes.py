"""The commit statement goes to the database in the parts that a batch needs; whatever a change carries is written all the same."""

import itertools
import json
import re

import pytest

from liandong.core import db
from liandong.orders.shapes import CARRIED, PARTS, WHOLE, parts_of, statement_for

COMMON = sorted(PARTS - {"rare"})
SHAPES = [frozenset(some) for n in range(1, 5) for some in itertools.combinations(COMMON, n)] + [PARTS]
DOCUMENTS = set(re.search(r"jsonb_to_recordset\(\$1::jsonb\) AS c \((.*?)\)\n", WHOLE, re.S)[1].split()[0::2])
TABLES = {
    "intake": {"requests", "counters", "orders"},
    "change": {"orders", "timers"},
    "dispatch": {"dispatches"},
    "linkage": {"inbox", "transfers", "outbox"},
}


@pytest.fixture
async def connection(module_database):
    opened = await db.connect(module_database, settings=db.COMMIT_SETTINGS)
    yield opened
    await opened.close()


async def test_every_shape_fits_the_schema_and_finds_its_rows_by_a_key_even_in_an_empty_database(connection):
    for shape in SHAPES:
        given = statement_for([shape]).replace("$1::jsonb", "'[]'::jsonb")
        plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {given}")
        for node in nodes(json.loads(plan)[0]["Plan"]):
            if "Relation Name" in node and node["Node Type"] not in {"ModifyTable", "CTE Scan"}:
                assert node["Node Type"] in {"Index Scan", "Index Only Scan"}, (shape, json.dumps(node))
                assert node.get("Index Cond"), (shape, json.dumps(node))


@pytest.mark.parametrize("part", TABLES)
def test_a_part_writes_its_tables_and_no_other_shape_does(part):
    others = set().union(*(tables for name, tables in TABLES.items() if name != part))
    alone, without = (written(statement_for([shape])) for shape in (frozenset({part}), PARTS - {part, "rare"}))
    assert alone == TABLES[part] | {"events", "timers"}
    assert not (TABLES[part] - others - {"timers"}) & without


def test_the_whole_statement_knows_every_document_that_a_change_may_carry():
    told = {"n", "relies", "relies_version", "attachments", "oversights", "measures"}
    assert set(CARRIED) | told == DOCUMENTS


def test_a_document_that_no_part_is_known_for_needs_the_whole_statement():
    assert parts_of({"expected": 3, "fields": {}, "something_new": [1]}) == PARTS
    assert statement_for([PARTS, frozenset({"change"})]) == WHOLE


def test_a_return_and_a_file_that_is_announced_are_rows_too():
    class Handling:
        returns = (1,)

    assert parts_of({"expected": 3, "fields": {"handling": Handling}}) == PARTS
    announced = [{"kind": "attachment.added.v1"}]
    assert parts_of({"expected": 3, "fields": {}, "outbox": announced}) == PARTS
    assert parts_of({"expected": 3, "fields": {}, "outbox": []}) == {"change", "linkage"}


def test_a_batch_has_the_parts_of_all_its_changes():
    both = statement_for([frozenset({"intake"}), frozenset({"change", "linkage"})])
    assert written(both) == TABLES["intake"] | TABLES["change"] | TABLES["linkage"] | {"events"}


def written(sql):
    return set(re.findall(r"(?:INSERT INTO|UPDATE) (\w+)(?= |\n)(?! SET \()", sql)) - {"SET"}


def nodes(plan):
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


async def test_a_plan_is_kept_however_long_the_statement_grows(connection):
    grown = WHOLE + "\n--" + "x" * 40_000
    await connection.fetch(grown, "[]")
    await connection.fetch(grown, "[]")
    kept = await connection.fetchval("SELECT count(*) FROM pg_prepared_statements WHERE length(statement) > 40000")
    assert kept == 1
