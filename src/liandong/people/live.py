"""/api/v1/live: what changed, for screens: ids and versions only. One look at the ledger serves every screen of this process.

The hub looks ten times a second while somebody listens. What it finds is written once for each kind of viewer (a unit, a centre that a liaison
comes from, a district, the desk) and the same bytes go to all of them, so three hundred desks cost little more than one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import msgspec
from litestar import Request, get
from litestar.response import Stream
from msgspec import Struct

from liandong.core.db import TROUBLE
from liandong.core.errors import AppError
from liandong.core.sqlfiles import load_sql
from liandong.orders.context import Actor
from liandong.orders.store import SQL as ORDERS
from liandong.people.door import lets
from liandong.people.rights import right_of

SQL = load_sql("liandong.people")
PAUSE = 0.1  # seconds between looks
DESK_LOOK = 1.0
STILL = 3.0  # seconds between looks whether a viewer may still see
QUIET = 15.0  # seconds without anything until a sign of life
PAGE = 500
WAITING = 256  # chunks that a slow reader may owe; then it is let go and comes back with its Last-Event-ID
Cursor = tuple[str, int]
log = logging.getLogger(__name__)


class Viewer(Struct, frozen=True):
    """Who sees the same."""

    orders: bool
    alarms: bool
    emergencies: bool
    unit: str | None
    home: str | None
    division: str | None

    @classmethod
    def of(cls, actor: Actor) -> "Viewer":
        return cls(
            _may("/api/v1/orders", actor),
            _may("/api/v1/alarms", actor),
            _may("/api/v1/emergencies", actor),
            actor.unit,
            actor.home,
            actor.division,
        )

    def sees(self, row: asyncpg.Record) -> bool:
        """As orders.commands.may_see says of the order itself."""
        if row["event"] == "alarm":
            return self.alarms
        if row["event"] == "emergency":
            return self.emergencies
        if not self.orders or not (row["division_code"] or "").startswith(self.division or ""):
            return False
        if self.home is not None:
            return self.home in row["peers"]
        return self.unit is None or self.unit in _units_of(row)


class Subscription:
    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.chunks: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
        self.lost = False

    def put(self, chunk: bytes) -> None:
        try:
            self.chunks.put_nowait(chunk)
        except asyncio.QueueFull:
            self.lost = True


class Hub:
    """One look for all. `cursor` is how far it has read."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._subscriptions: set[Subscription] = set()
        self._task: asyncio.Task[None] | None = None
        self._cursor: Cursor = ("0", 0)
        self._desk: Any = None

    async def subscribe(self, viewer: Viewer) -> tuple[Subscription, Cursor]:
        """From the cursor on everything comes to the subscription, and nothing before it."""
        if self._task is None or self._task.done():
            row = await self._pool.fetchrow(ORDERS.feed_end)
            self._desk = await self._pool.fetchrow(SQL.desk_now)
            if self._task is None or self._task.done():
                self._cursor = (row["txid"], row["position"]) if row else ("0", 0)
                self._task = asyncio.create_task(self._keep_looking())
        subscription = Subscription(viewer)
        self._subscriptions.add(subscription)
        return subscription, self._cursor

    def leave(self, subscription: Subscription) -> None:
        self._subscriptions.discard(subscription)

    async def between(self, viewer: Viewer, after: Cursor, until: Cursor) -> AsyncIterator[bytes]:
        """What a viewer missed."""
        while _place(after) < _place(until):
            rows = await self._pool.fetch(SQL.live, *after, PAGE)
            rows = [row for row in rows if (int(row["txid"]), row["position"]) <= _place(until)]
            if not rows:
                return
            chunk = _chunk(viewer, rows)
            if chunk:
                yield chunk
            after = (rows[-1]["txid"], rows[-1]["position"])

    async def _keep_looking(self) -> None:
        """Ends when nobody listens any more."""
        looks = 0
        while self._subscriptions:
            try:
                read = await self._look()
                if looks % round(DESK_LOOK / PAUSE) == 0:
                    await self._look_at_desk()
            except TROUBLE as error:
                log.warning("live: %s", error)
                await asyncio.sleep(1)
                continue
            looks += 1
            if read < PAGE:
                await asyncio.sleep(PAUSE)

    async def _look(self) -> int:
        rows = await self._pool.fetch(SQL.live, *self._cursor, PAGE)
        if rows:
            self._cursor = (rows[-1]["txid"], rows[-1]["position"])
            self._tell(lambda viewer: _chunk(viewer, rows))
        return len(rows)

    async def _look_at_desk(self) -> None:
        row = await self._pool.fetchrow(SQL.desk_now)
        if row != self._desk:
            self._desk = row
            status = "open" if row["open"] else "closed"
            data = {"id": None, "number": None, "version": int(row["since"].timestamp() * 1000), "status": status}
            self._tell(lambda _: _message("desk", data))

    def _tell(self, write: Callable[[Viewer], bytes]) -> None:
        written: dict[Viewer, bytes] = {}
        for subscription in list(self._subscriptions):
            viewer = subscription.viewer
            if viewer not in written:
                written[viewer] = write(viewer)
            if written[viewer]:
                subscription.put(written[viewer])


@get("/api/v1/live", summary="What changed, ids and versions only (server-sent events)", tags=["feed"])
async def live(request: Request[Any, Any, Any], actor: Actor, live: Hub, after: str | None = None) -> Stream:
    """Events `order`, `alarm`, `emergency`, `desk` with `{"id","number","version","status"}`. `Last-Event-ID` or `after` continues where a reader
    left off. The stream ends with the session."""
    given = request.headers.get("last-event-id") or after
    begin = cursor_of(given) if given else None
    viewer = Viewer.of(actor)
    return Stream(
        _stream(live, viewer, begin, request.state.still),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _stream(
    hub: Hub, viewer: Viewer, begin: Cursor | None, still: Callable[[], Awaitable[bool]]
) -> AsyncIterator[bytes]:
    subscription, cursor = await hub.subscribe(viewer)
    try:
        yield (
            f": here\nretry: 1000\nid: {cursor[0]}-{cursor[1]}\n\n".encode()
            if begin is None
            else b": here\nretry: 1000\n\n"
        )
        if begin is not None:
            async for chunk in hub.between(viewer, begin, cursor):
                yield chunk
        quiet = 0.0
        while not subscription.lost and await still():
            try:
                yield await asyncio.wait_for(subscription.chunks.get(), STILL)
                quiet = 0.0
            except TimeoutError:
                quiet += STILL
                if quiet >= QUIET:
                    quiet = 0.0
                    yield b": still here\n\n"
    finally:
        hub.leave(subscription)


def cursor_of(text: str) -> Cursor:
    """Raises AppError field_invalid."""
    txid, _, position = text.partition("-")
    digits = text.isascii() and txid.isdigit() and position.isdigit()
    if not (digits and int(txid) < 2**63 and int(position) < 2**63):
        raise AppError("field_invalid", "after 应为此前收到的编号，如 1234-56；从头开始用 0-0")
    return txid, int(position)


def _chunk(viewer: Viewer, rows: list[asyncpg.Record]) -> bytes:
    names = ("id", "number", "version", "status")
    return b"".join(
        _message(row["event"], {name: row[name] for name in names}, f"{row['txid']}-{row['position']}")
        for row in rows
        if viewer.sees(row)
    )


def _message(event: str, data: dict[str, Any], place: str | None = None) -> bytes:
    lines = [f"event: {event}", f"data: {msgspec.json.encode(data).decode()}"]
    return "\n".join([*([f"id: {place}"] if place else []), *lines, "\n"]).encode()


def _units_of(row: asyncpg.Record) -> set[str]:
    """The unit that has it, those with a share in the last dispatch, those that support it, and one that is asked by a supervision."""
    shares = msgspec.json.decode(row["shares"]) if row["shares"] else []
    policing = msgspec.json.decode(row["policing"]) if row["policing"] else {}
    helped = {one["unit"] for one in shares if one.get("no") == row["no"]}
    supporting = {one.get("unit") for one in policing.get("supports", [])}
    return {row["unit"], *helped, *supporting, *row["overseen"]} - {None}


def _place(cursor: Cursor) -> tuple[int, int]:
    return int(cursor[0]), cursor[1]


def _may(path: str, actor: Actor) -> bool:
    right = right_of("GET", path)
    return right is not None and lets(right, actor)


HANDLERS = [live]
