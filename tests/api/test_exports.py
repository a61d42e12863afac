"""Bulk export: by day, in three formats, resumable, with a manifest that notices a changed byte."""

import csv
import json
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from test_interfaces_shell import shell

from liandong.core import db
from liandong.exports import writing
from liandong.exports.writing import ExportError, export, faults

NOW = datetime.now(UTC) + timedelta(days=2)  # ids carry the machine's own time
DAYS = {"first": (NOW - timedelta(days=3)).date(), "last": (NOW - timedelta(days=1)).date()}


@pytest.fixture
async def orders(api):
    caller = {"name": "王小明", "phone": "13800001234"}
    for n in range(5):
        order = await api.takes(
            f"=我是王小明，第{n}盏路灯坏了", caller=caller, incident={"wgs84": {"lon": 117.2, "lat": 39.1}}
        )
        await api.act(order, "dispatch", unit=api.centre.unit)


async def write(api, folder, form, **more):
    connection = await db.connect(api.centre.node.settings.dsn)
    try:
        return await export(connection, folder, **{"centre": "12345", "form": form, "now": NOW} | DAYS | more)
    finally:
        await connection.close()


def read(folder, kind, form):
    paths = sorted(folder.glob(f"{kind}-*.{form}"))
    if form == "jsonl":
        return [json.loads(line) for path in paths for line in path.read_text().splitlines()]
    if form == "csv":
        return [row for path in paths for row in csv.DictReader(path.read_text("utf-8-sig").splitlines())]
    found = duckdb.sql(f"SELECT * FROM read_parquet({[str(path) for path in paths]}) ORDER BY ALL").fetchall()
    return [
        dict(
            zip(
                (
                    c[0]
                    for c in duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet({[str(p) for p in paths]})").fetchall()
                ),
                row,
                strict=True,
            )
        )
        for row in found
    ]


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
async def test_every_order_and_event_of_the_days_is_in_once_and_nobody_who_called(api, orders, tmp_path, form):
    manifest = await write(api, tmp_path, form)
    rows = {kind: read(tmp_path, kind, form) for kind in ("orders", "events")}
    assert {kind: len(found) for kind, found in rows.items()} == {"orders": 5, "events": 10}
    assert sum(one.rows for one in manifest.files) == 15
    assert {float(row["lat"]) for row in rows["orders"]} == {39.1}
    told = str(rows)
    assert "王小明" not in told
    assert "1380000" not in told
    assert "第4盏路灯坏了" in told
    if form == "csv":
        assert all(row["content"].startswith("'=") for row in rows["orders"])
    assert faults(tmp_path) == []


async def test_what_was_interrupted_goes_on_where_it_was_and_a_changed_file_is_written_again(
    api, orders, tmp_path, monkeypatch
):
    days = []
    real = writing._write_day

    async def dies_at_the_third(connection, folder, name, *rest):
        days.append(name)
        if len(days) == 3:
            (folder / f"{name}.part").write_bytes(b"half")
            raise KeyboardInterrupt
        return await real(connection, folder, name, *rest)

    monkeypatch.setattr(writing, "_write_day", dies_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        await write(api, tmp_path, "jsonl")
    await write(api, tmp_path, "jsonl")
    assert len(days) == 7  # two whole, one interrupted, and the four that were not there
    assert len(read(tmp_path, "orders", "jsonl")) == 5
    file = next(one for one in tmp_path.glob("orders-*.jsonl") if one.stat().st_size)
    file.write_bytes(file.read_bytes().replace(b"1", b"2"))
    assert faults(tmp_path) == [file.name]
    await write(api, tmp_path, "jsonl")
    assert faults(tmp_path) == []
    assert days[7:] == [file.name]


async def test_a_day_that_is_not_over_is_written_again_later(api, orders, tmp_path):
    early = datetime.now(UTC)
    manifest = await write(api, tmp_path, "jsonl", now=early)
    assert any(one.until for one in manifest.files)
    await api.takes("又坏了一盏")
    manifest = await write(api, tmp_path, "jsonl")
    assert sum(one.rows for one in manifest.files if one.kind == "orders") == 6
    assert not any(one.until for one in manifest.files)
    with pytest.raises(ExportError):
        await write(api, tmp_path, "csv")


async def test_the_command_writes_and_checks(api, orders, tmp_path):
    arguments = ["export", str(tmp_path / "out"), "--from", str(DAYS["first"]), "--to", str(DAYS["last"])]
    done = await shell(api, *arguments)
    assert done.exit_code == 0, done.output
    from typer.testing import CliRunner

    from liandong.cli.app import app

    assert CliRunner().invoke(app, ["check-export", str(tmp_path / "out")]).exit_code == 0
    (tmp_path / "out" / "orders-2000-01-01.jsonl").write_text("x")
    next(iter(sorted((tmp_path / "out").glob("events-*")))).unlink()
    assert CliRunner().invoke(app, ["check-export", str(tmp_path / "out")]).exit_code == 1
