"""The entries that orders kept of their own become measures, each once, with its steps; places of reading move into one table."""

import json

import pytest

from liandong.core import db
from liandong.core.db import migration_files
from liandong.handling.model import Handling
from liandong.orders.context import Actor
from liandong.oversight.service import find_measure, list_measures

MIGRATION = "0029"
ORDER = """INSERT INTO orders (id, matter_id, number, kind, status, version, head, round, responsible, first_receiver, origin, exercise, channel,
    urgent, danger, confidential, title, content, caller, incident, call, call_backs, tags, merged, revisited, fed_back, invalid, created_at,
    accepted_at, updated_at, handling)
    VALUES ($1, $1, '120000-12345-20250304-000001', 'work_order', 'dispatched', 1, '\\x00', 1, true, '12345', 'caller', 'actual', 'phone', false,
    false, false, '', 'x', '{}', '{}', '{}', 0, '{}', false, false, false, false, now(), now(), now(), $2)"""
ID = "00000000-0000-7000-8000-000000000001"
AT = "2025-03-04T02:00:00Z"
RETURN = {
    "no": 1,
    "round": 1,
    "unit": "U",
    "reason": "other",
    "basis": "b",
    "asked_by": "w",
    "asked_at": AT,
    "due_at": AT,
    "status": "refused",
}
ENTRIES = [
    {"no": 1, "round": 1, "kind": "malicious_return", "unit": "U", "return_no": 1, "evidence": "一周七次", "basis": "第十二条", "found_by": "finder",
     "found_at": AT, "status": "lifted", "appealed_by": "unit", "appealed_at": AT, "appeal": "区划有误", "decided_by": "leader", "decided_at": AT,
     "decision": "撤销"},
    {"no": 2, "round": 1, "kind": "overdue", "unit": "U", "clock": "answer", "evidence": "answer", "found_by": "clock", "found_at": AT},
]  # fmt: skip


@pytest.fixture
async def before(databases):
    """A database as it was before the migration, with two entries; and what brings it up to date."""
    name = await databases.create()
    await databases.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await databases.execute(f"CREATE DATABASE {name}")
    connection = await db.connect(databases.dsn(name), name="liandong tests")
    files = migration_files()
    for file, sql in files:
        if file < MIGRATION:
            await connection.execute(sql)
    yield connection, [sql for file, sql in files if file.startswith(MIGRATION)]
    await connection.close()
    await databases.drop(name)


async def test_entries_become_measures_and_a_malicious_return_names_its_own(before, databases):
    connection, (migration,) = before
    await connection.execute("SET session_replication_role = replica")  # an order without its ledger is enough here
    await connection.execute(ORDER, ID, json.dumps({"returns": [RETURN], "accountability": ENTRIES}))
    for entry in ENTRIES:
        columns = {
            k: v
            for k, v in entry.items()
            if k in {"no", "kind", "unit", "clock", "evidence", "basis", "found_by", "appeal", "decided_by"}
        }
        columns |= {"order_id": ID, "status": entry.get("status", "noted")}
        places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
        await connection.execute(
            f"INSERT INTO accountability ({', '.join(columns)}, found_at) VALUES ({places}, '{AT}')", *columns.values()
        )
    await connection.execute("INSERT INTO counters VALUES ('120000-12345-2025-WZ', 3)")
    await connection.execute("BEGIN; " + migration + "; COMMIT")
    measures = {
        m.cause: m
        for m in await list_measures(connection, unit=None, kind="accountability", status=None, before=None, limit=9)
    }
    assert {m.number for m in measures.values()} == {"120000-12345-2025-WZ-0004", "120000-12345-2025-WZ-0005"}
    malicious, overdue = measures["malicious_return"], measures["overdue"]
    assert (malicious.status, malicious.judged_by, malicious.appealed_by, overdue.status) == (
        "revoked",
        "leader",
        "unit",
        "in_force",
    )
    _, steps = await find_measure(connection, str(malicious.id), Actor("x", frozenset({"leader"})))
    assert [step["step"] for step in steps] == ["propose", "appeal", "revoke"]
    row = await connection.fetchrow("SELECT handling::text AS handling FROM orders")
    assert "accountability" not in row["handling"]
    import msgspec

    assert msgspec.json.decode(row["handling"], type=Handling).returns[0].measure == malicious.id
    assert await connection.fetchval("SELECT last FROM counters WHERE scope = '120000-12345-2025-WZ'") == 5
    assert {r["reader"] for r in await connection.fetch("SELECT reader FROM reading_places")} >= {
        "messaging",
        "callbacks",
    }
