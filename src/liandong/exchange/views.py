"""How one centre sees the matters that it shares with another: what both sides tell each other to compare."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from liandong.exchange.asking import NOTHING
from liandong.exchange.receive import SQL
from liandong.orders.lifecycle import FINAL
from liandong.orders.model import Moment

VIEWS_ASKED = "views.asked.v1"
PAGE = 1000


class MatterView(Struct, frozen=True, omit_defaults=True):
    """How one centre sees a shared matter. `sent` and `received` are the last numbers to and from the other.

    `peer_result`: it has noted the other's result; null where an older version does not say. `gaps`: numbers below `received` that
    are not there.
    """

    matter_id: UUID
    status: str
    number: str | None
    responsible: bool
    open: bool
    transfer_id: UUID
    direction: str
    transfer_status: str
    part: bool
    sent: int
    received: int
    round: int = 1
    dead: int = 0
    pending: int = 0
    closed_at: datetime | None = None
    peer_result: bool | None = None
    gaps: int = 0


class ViewsAsked(Struct, frozen=True):
    """The open matters after `after`; or those closed after `closed_since` (at that very moment: after `after`); or just the `matters` named."""

    after: UUID = NOTHING
    matters: Annotated[list[UUID], Meta(max_length=PAGE)] | None = None
    closed_since: Moment | None = None


async def shared_matters(pool: Any, peer: str, asked: ViewsAsked) -> list[MatterView]:
    """Our own view: open ones and named ones by matter, closed ones in order of closing. At most a page."""
    if asked.matters is not None:
        rows = await pool.fetch(SQL.shared_named, peer, asked.matters)
    elif asked.closed_since is not None:
        rows = await pool.fetch(SQL.shared_closed, peer, asked.closed_since, asked.after, PAGE)
    else:
        rows = await pool.fetch(SQL.shared_open, peer, asked.after, PAGE)
    ids = [row["id"] for row in rows]
    views = await pool.fetch(SQL.views_of, peer, ids, sorted(FINAL)) if ids else []
    found = [MatterView(**row) for row in views]
    if asked.matters is None and asked.closed_since is not None:
        return sorted(found, key=lambda view: (view.closed_at or asked.closed_since, view.matter_id.bytes))
    return sorted(found, key=lambda view: view.matter_id.bytes)


def following(asked: ViewsAsked, page: list[MatterView]) -> ViewsAsked | None:
    """The question for the next page; None when this was the last. A version that knows no closed matters ends there."""
    if not page:
        return None
    last = page[-1]
    if asked.closed_since is None:
        return msgspec.structs.replace(asked, after=last.matter_id)
    if last.closed_at is None or (last.closed_at, last.matter_id.bytes) <= (asked.closed_since, asked.after.bytes):
        return None
    return ViewsAsked(after=last.matter_id, closed_since=last.closed_at)
