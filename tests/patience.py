"""Readers of the ledger wait for every transaction of the server, and other tests share it: here they are given the time."""

import asyncio
from typing import Any

import pytest

ALL_SEEN = "SELECT coalesce(max(txid) < pg_snapshot_xmin(pg_current_snapshot()), true) FROM events"


async def everybody_sees_all(connection: Any) -> None:
    while not await connection.fetchval(ALL_SEEN):
        await asyncio.sleep(0.02)


def wait_before(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """`module.name(connection, …)` begins when no other transaction can hide a row from it."""
    right = getattr(module, name)

    async def patient(connection: Any, *given: Any, **more: Any) -> Any:
        await everybody_sees_all(connection)
        return await right(connection, *given, **more)

    monkeypatch.setattr(module, name, patient)
