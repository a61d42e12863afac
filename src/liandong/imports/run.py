"""The import itself: reads a file in batches and hands them to whoever stores them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from liandong.imports.files import MessageFile
from liandong.imports.model import Row
from liandong.imports.report import Report

BATCH_SIZE = 500

# Stores rows and says of each, in order, True when it was stored and False when its key was there already.
Sink = Callable[[list[Row]], Awaitable[list[bool]]]


async def import_messages(
    file: MessageFile, sink: Sink, *, all_or_nothing: bool = False, report: Report | None = None
) -> Report:
    """Import every good row of a file; bad rows are reported and left out.

    all_or_nothing: check the whole file first and write nothing when any row is bad. Safe to repeat after a fault: the
    sink recognises by key what it has. Raises what the sink raises; rows of earlier batches are stored then.
    """
    report = report or Report()
    if all_or_nothing and await _has_bad_row(file, report):
        report.refused = True
        return report
    async for rows in _batches(file, report):
        fresh = _first_of_each(rows)
        stored = await sink(fresh)
        if len(stored) != len(fresh):
            raise ValueError(f"the sink answered for {len(stored)} of {len(fresh)} rows")
        report.imported += sum(stored)
        report.already += len(rows) - sum(stored)
    return report


async def _has_bad_row(file: MessageFile, report: Report) -> bool:
    checked = Report()
    for row in file:
        if isinstance(row, Row):
            checked.add_good()
        else:
            checked.bad += 1
            report.add_bad(row)
        if checked.good % BATCH_SIZE == 0:
            await asyncio.sleep(0)  # others in this process go on while a large file is checked
    if checked.bad:
        report.read += checked.good
        report.good += checked.good
    return bool(checked.bad)


async def _batches(file: MessageFile, report: Report) -> AsyncIterator[list[Row]]:
    batch: list[Row] = []
    for row in file:
        if not isinstance(row, Row):
            report.add_bad(row)
            continue
        report.add_good()
        batch.append(row)
        if len(batch) == BATCH_SIZE:
            yield batch
            batch = []
    if batch:
        yield batch


def _first_of_each(rows: list[Row]) -> list[Row]:
    # A row twice in one batch must not reach the sink twice in one statement; across batches the sink knows the key.
    return list({row.key: row for row in reversed(rows)}.values())[::-1]
