"""Does somebody evaluate in the callers' stead? Each new evaluation is held against the newest ones of the same seat, address and number,
by index. The detector flags; a person decides."""

import hashlib
from datetime import timedelta
from typing import Any

import asyncpg

from liandong.callbacks.invites import SQL
from liandong.catalogue.callbacks import Detector
from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.ids import new_id

WORDS = {
    "too_fast": ("链接发出几秒内即评价", "evaluated within seconds of sending"),
    "office_network": ("从办公网络评价", "evaluated from an office network"),
    "same_address": ("同一网络地址评价多件", "one address evaluates many"),
    "same_number": ("同一号码评价多件", "one number evaluates many"),
    "same_seat": ("同一坐席短时间录入多件评价", "one seat writes down many in a short time"),
}


async def flag_suspicious(
    connection: asyncpg.Connection, limits: Detector, event: Any, used: Any, phone: str | None
) -> None:
    """`used`: the invitation with the address it was used from; None for an evaluation that a seat wrote down."""
    at, since = event["at"], event["at"] - timedelta(minutes=limits.window_minutes)
    address = used["tried_from"] if used else None
    if used and used["sent_at"] and at - used["sent_at"] < timedelta(seconds=limits.seconds_after_sending):
        await _flag(connection, event, "too_fast", f"{at:%Y-%m-%d}", [event["number"]])
    if address:
        if limits.in_office(address):
            await _flag(connection, event, "office_network", address, [event["number"]])
        await _many(
            connection, event, "same_address", address, SQL.by_address, address, since, limits.same_address_from
        )
    if phone:
        digest = hashlib.sha256(phone.encode()).digest()
        shown = f"{phone[:3]}****{phone[-4:]}/{digest.hex()[:8]}"
        await _many(connection, event, "same_number", shown, SQL.by_phone, digest, since, limits.same_number_from)
    if not used:
        since = at - timedelta(minutes=limits.seat_window_minutes)
        seat = event["actor"]
        await _many(connection, event, "same_seat", seat, SQL.by_actor, seat, since, limits.same_seat_from)


async def _many(
    connection: asyncpg.Connection, event: Any, kind: str, thing: str, sql: str, value: Any, since: Any, limit: int
) -> None:
    rows = await connection.fetch(sql, value, since, event["at"])
    if len(rows) >= limit:
        await _flag(connection, event, kind, thing, [row["number"] for row in rows])


async def _flag(connection: asyncpg.Connection, event: Any, kind: str, thing: str, numbers: list[str | None]) -> None:
    orders = [number for number in numbers if number]
    count = await connection.fetchval(SQL.flag, new_id(), kind, thing, orders, event["at"], [event["actor"]])
    if count > 1:
        return
    zh, en = WORDS[kind]
    alarm = Alarm(
        kind="evaluation.flagged",
        subject=kind,
        severity=Severity.WARNING,
        zh=f"疑似代为评价：{zh}（{thing}），请人工核实",
        en=f"Somebody may evaluate in the callers' stead: {en} ({thing}); please look",
        order_id=event["order_id"],
    )
    await raise_alarm(connection, alarm, event["at"])
