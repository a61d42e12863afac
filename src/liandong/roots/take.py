"""What a peer announces of its ledger: kept for good and checked at once against what it announced before.

What does not fit is kept all the same, it is the evidence; an alarm goes to people. Only what is no root at all is refused.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from liandong.core.errors import AppError
from liandong.discrepancies.store import Found, put_down
from liandong.exchange.ledger_bodies import LedgerHeads, LedgerSealed
from liandong.orders.context import Incoming
from liandong.roots.seal import SQL
from liandong.roots.tree import day_root, from_hex


async def take_sealed(connection: asyncpg.Connection, incoming: Incoming, body: LedgerSealed, now: datetime) -> None:
    peer, buckets = incoming.sender, from_hex(body.buckets)
    root, previous = bytes.fromhex(body.root), bytes.fromhex(body.previous or "")
    if day_root(peer, body.day, count=body.count, previous=previous, buckets=buckets) != root:
        raise AppError("message_malformed", "root 与 previous、count、buckets 不符")
    await put_down(connection, await _against_what_is_held(connection, peer, body.day, root, previous), now)
    await connection.execute(
        SQL.keep_root,
        peer,
        body.day,
        root,
        previous,
        body.count,
        buckets,
        body.heads,
        incoming.message_id,
        now,
    )


async def take_heads(connection: asyncpg.Connection, incoming: Incoming, body: LedgerHeads, now: datetime) -> None:
    peer = incoming.sender
    columns = (
        [head.matter_id for head in body.heads],
        [head.seq for head in body.heads],
        [bytes.fromhex(head.hash) for head in body.heads],
    )
    against = await connection.fetch(SQL.heads_against, peer, *columns, body.day)
    await put_down(connection, [_head_alarm(peer, body.day, row) for row in against], now)
    await connection.execute(SQL.keep_heads, peer, *columns, body.day, incoming.message_id, now)


async def _against_what_is_held(
    connection: asyncpg.Connection, peer: str, day: date, root: bytes, previous: bytes
) -> list[Found]:
    def alarm(kind: str, text: str, *, on: date = day) -> Found:
        return Found(peer, kind, f"{peer}/{on}", text)

    held = await connection.fetch(SQL.roots_of_day, peer, day)
    if any(row["root"] == root for row in held):
        return []
    if held:
        text = f"{peer}为{day}先后宣告了两个根：{held[0]['root'].hex()[:16]}…，现在是{root.hex()[:16]}…，其账本被改写过，或恢复过较早的备份"
        return [alarm("root_twice", text)]
    found = []
    before = await connection.fetchrow(SQL.root_before, peer, day)
    if before is not None and before["day"] != day - timedelta(days=1):
        missing = before["day"] + timedelta(days=1)
        found.append(alarm("day_missing", f"{peer}没有宣告{missing}至{day - timedelta(days=1)}的根", on=missing))
    elif before is not None and before["root"] != previous:
        found.append(alarm("root_chain", f"{peer}的{day}没有接在它宣告过的{before['day']}的根之后"))
    after = await connection.fetchrow(SQL.root_after, peer, day)
    if after is not None and after["day"] == day + timedelta(days=1) and after["previous"] != root:
        found.append(alarm("root_chain", f"{peer}事后宣告的{day}的根，不是它的{after['day']}所接的那个"))
    return found


def _head_alarm(peer: str, day: date, row: Any) -> Found:
    matter: UUID = row["matter_id"]
    if row["held_seq"] == row["seq"]:
        text = f"{peer}在{row['held_day']}和{day}为同一诉求的第{row['seq']}条宣告了不同的哈希，其账本被改写过"
        return Found(peer, "head_changed", str(matter), text, matter)
    text = f"{peer}在{row['held_day']}宣告到第{row['held_seq']}条，{day}却只到第{row['seq']}条"
    return Found(peer, "head_backwards", str(matter), text, matter)


NOTICES: dict[str, Any] = {"ledger.sealed.v1": take_sealed, "ledger.heads.v1": take_heads}
