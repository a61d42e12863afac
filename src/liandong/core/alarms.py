"""Alarms: what people must hear of and that is no event of an order. Append-only, in both languages, and shown on the same feed as
the ledger's events (docs/runbook.md, 5)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.core.ids import new_id
from liandong.core.sqlfiles import load_sql

SQL = load_sql("liandong.core", "alarms.sql")


class Severity(StrEnum):
    """`alarm`: somebody must act now. `warning`: somebody should look. `info`: good to know."""

    INFO = "info"
    WARNING = "warning"
    ALARM = "alarm"


class Alarm(Struct, frozen=True, kw_only=True):
    """`kind` is `noun.past` as for events; `subject` is what it is about: a kind of finding, a peer's code."""

    kind: str
    subject: str
    severity: Severity
    zh: str
    en: str
    order_id: UUID | None = None


async def raise_alarm(connection: asyncpg.Connection | asyncpg.Pool, alarm: Alarm, now: datetime) -> UUID:
    """Writes it, in the caller's transaction if there is one. Returns its id."""
    alarm_id = new_id()
    values = (alarm.kind, alarm.subject, alarm.severity, alarm.zh, alarm.en, alarm.order_id)
    await connection.execute(SQL.add_alarm, alarm_id, now, *values)
    return alarm_id
