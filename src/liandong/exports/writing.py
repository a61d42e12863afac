"""Writes one file a day and a manifest that says what is complete. Whoever is killed begins again at the day that was not."""

import csv
import hashlib
import io
import os
from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.sqlfiles import load_sql
from liandong.core.worktime import zone_of
from liandong.exports.rows import KINDS
from liandong.orders.listing import first_id

SQL = load_sql("liandong.exports")
Format = Literal["jsonl", "csv", "parquet"]
FORMATS: tuple[Format, ...] = ("jsonl", "csv", "parquet")
LINES = 2000  # rows fetched and written together
ZONE = zone_of("Asia/Shanghai")
MANIFEST = "manifest.json"


class File(Struct, frozen=True):
    """`sha256` of the bytes as they lie there; `until`: of a day that was not over, when it was read."""

    name: str
    kind: str
    day: str
    rows: int
    bytes: int
    sha256: str
    until: datetime | None = None


class Manifest(Struct, frozen=True):
    centre: str
    format: str
    files: list[File] = []


class ExportError(Exception):
    """Why it can't be written there; in the user's words."""


async def export(
    connection: asyncpg.Connection, folder: Path, *, centre: str, form: Format, first: date, last: date, now: datetime
) -> Manifest:
    """Orders by the day (of the city) on which they were taken in, both days included, with their events.

    Files that the manifest has and whose bytes are right are left alone. Raises ExportError for a folder that holds another export.
    """
    manifest = _begun(folder) or Manifest(centre, form)
    if (manifest.centre, manifest.format) != (centre, form):
        raise ExportError(
            f"{folder} 中已有 {manifest.centre} 的 {manifest.format} 导出，请换一个目录（another export is there）"
        )
    day = first
    while day <= last:
        for kind in KINDS:
            name = f"{kind}-{day}.{form}"
            if not _is_whole(folder, manifest, name):
                written = await _write_day(connection, folder, name, kind, form, day, now)
                others = [one for one in manifest.files if one.name != name]
                manifest = Manifest(centre, form, sorted([*others, written], key=lambda one: one.name))
                _replace(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        day += timedelta(days=1)
    return manifest


def read_manifest(folder: Path) -> Manifest | None:
    path = folder / MANIFEST
    return msgspec.json.decode(path.read_bytes(), type=Manifest) if path.exists() else None


def _begun(folder: Path) -> Manifest | None:
    """What was written there before; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    return read_manifest(folder)


def faults(folder: Path) -> list[str]:
    """The files that are not as the manifest says."""
    manifest = read_manifest(folder)
    if manifest is None:
        raise ExportError(f"{folder} 中没有 {MANIFEST}（no manifest）")
    return [one.name for one in manifest.files if not _fits(folder, one)]


def _is_whole(folder: Path, manifest: Manifest, name: str) -> bool:
    known = next((one for one in manifest.files if one.name == name), None)
    return known is not None and known.until is None and _fits(folder, known)


def _fits(folder: Path, file: File) -> bool:
    path = folder / file.name
    return path.exists() and path.stat().st_size == file.bytes and _sha256(path) == file.sha256


async def _write_day(
    connection: asyncpg.Connection, folder: Path, name: str, kind: str, form: Format, day: date, now: datetime
) -> File:
    begins = datetime.combine(day, time(), ZONE)
    ends = begins + timedelta(days=1)
    part = folder / f"{name}.part"
    lines = part if form != "parquet" else folder / f"{name}.lines"
    count = 0
    with lines.open("wb") as out:
        if form == "csv":
            out.write(b"\xef\xbb\xbf" + _csv([list(KINDS[kind][0])]))  # spreadsheets read UTF-8 by this mark
        async for rows in _rows(connection, kind, first_id(begins), first_id(ends)):
            out.write(_csv([list(row.values()) for row in rows]) if form == "csv" else _jsonl(rows))
            count += len(rows)
    if form == "parquet":
        _to_parquet(lines, part, KINDS[kind][0])
        lines.unlink()
    written = File(name, kind, str(day), count, part.stat().st_size, _sha256(part), now if now < ends else None)
    os.replace(part, folder / name)
    return written


async def _rows(connection: asyncpg.Connection, kind: str, low: Any, high: Any) -> AsyncIterator[list[dict[str, Any]]]:
    made = KINDS[kind][1]
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        cursor = await connection.cursor(getattr(SQL, kind), low, high)
        while records := await cursor.fetch(LINES):
            yield [made(record) for record in records]


def _jsonl(rows: list[dict[str, Any]]) -> bytes:
    encode = msgspec.json.Encoder().encode
    return b"".join(encode(row) + b"\n" for row in rows)


def _csv(rows: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([[_cell(one) for one in row] for row in rows])
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would carry out as a formula is kept a text."""
    if isinstance(value, datetime):
        return value.isoformat()
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _to_parquet(lines: Path, path: Path, columns: dict[str, str]) -> None:
    import duckdb

    listed = ", ".join(f"\"{name}\": '{kind}'" for name, kind in columns.items())
    source, target = (str(one).replace("'", "''") for one in (lines, path))
    with duckdb.connect() as connection:
        connection.execute("SET timezone = 'UTC'")
        connection.execute(
            f"COPY (SELECT * FROM read_json('{source}', format = 'newline_delimited', columns = {{{listed}}}))"  # noqa: S608
            f" TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    os.replace(part, path)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
