"""The tables and the Structs say the same: a column that one side forgets would be lost silently."""

import re
from importlib.resources import files

import msgspec
import pytest

from liandong.attachments.model import Attachment
from liandong.core import db
from liandong.linkage.model import Transfer
from liandong.orders.model import Dispatch, Order, Timer
from liandong.oversight.model import Oversight

# Columns that only the database uses.
OWN = {"orders": {"head"}, "timers": {"claimed_until"}, "dispatches": set(), "transfers": set(), "oversights": set()}
OWN["attachments"] = {"roles", "unit", "request_key", "request_digest", "attempts", "next_attempt_at"}
TABLES = {
    "orders": Order,
    "timers": Timer,
    "dispatches": Dispatch,
    "transfers": Transfer,
    "attachments": Attachment,
    "oversights": Oversight,
}
NO_COLUMN = {"copies"}  # what a Struct gathers from another table
# What an order is born with and never changes.
FIXED = {"id", "matter_id", "kind", "first_receiver", "origin", "exercise", "channel", "created_at"}
COMMIT = files("liandong.orders").joinpath("commit.sql").read_text(encoding="utf-8")


@pytest.fixture
async def columns(module_database):
    async def of(table):
        connection = await db.connect(module_database)
        rows = await connection.fetch(
            "SELECT column_name, is_nullable FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1",
            table,
        )
        await connection.close()
        return {row["column_name"]: row["is_nullable"] == "YES" for row in rows}

    return of


@pytest.mark.parametrize("table", TABLES)
async def test_the_columns_of_a_table_are_the_fields_of_its_struct(columns, table):
    assert set(await columns(table)) - OWN[table] == set(TABLES[table].__struct_fields__) - NO_COLUMN


@pytest.mark.parametrize("table", TABLES)
async def test_what_may_be_null_may_be_none(columns, table):
    nullable = await columns(table)
    for field in msgspec.structs.fields(TABLES[table]):
        if field.name in NO_COLUMN:
            continue
        optional = field.default is None
        assert nullable[field.name] == optional, f"{table}.{field.name}"


async def test_the_update_of_the_commit_statement_covers_every_column_that_may_change(columns):
    names, values = re.search(
        r"UPDATE orders o SET\s*\((.*?)\)\s*= \(SELECT (.*?)\s+FROM jsonb_populate_record", COMMIT, re.S
    ).groups()
    written = [name.strip() for name in names.split(",")]
    assert set(written) == set(await columns("orders")) - FIXED
    assert len(written) == len(set(written))
    given = [part.strip() for part in re.split(r",(?![^()]*\))", values)]
    own = {"number": "coalesce(w.number, o.number)", "version": "w.expected + 1", "head": "w.hash"}
    assert given == [own.get(name, f"f.{name}") for name in written]


@pytest.mark.parametrize("table", ["timers", "dispatches", "transfers", "attachments", "oversights"])
async def test_a_row_that_is_written_again_keeps_only_what_never_changes(columns, table):
    fixed = {
        "timers": {"order_id", "name"},
        "dispatches": {"order_id", "no", "round", "unit", "dispatched_at"},
        "transfers": {
            *{"id", "order_id", "direction", "peer", "items", "message_id", "offered_at", "round", "binding"},
        },
        "oversights": {
            "order_id",
            "no",
            "number",
            "authority",
            "rank",
            "unit",
            "text",
            "rule",
            "joint",
            "opened_at",
            "opened_by",
        },
        # bytes come in beside the order's commits
        "attachments": set(Attachment.__struct_fields__) - {"status", "added_at", "reason"} | OWN["attachments"],
    }
    found = re.search(rf"INSERT INTO {table}\b.*?DO UPDATE SET \((.*?)\)", COMMIT, re.S)
    assert {name.strip() for name in found[1].split(",")} == set(await columns(table)) - fixed[table]
