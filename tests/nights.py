"""What happens in the night between centres, and people who may switch triggers off."""

import contextlib
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import httpx

from liandong.api import create_app
from liandong.core import ledger
from liandong.exchange.asking import Asker
from liandong.exchange.healing import Reconciled
from liandong.exchange.healing import reconcile as reconcile_with
from liandong.nightly import do_what_is_due
from liandong.roots.model import Fault, Sealed
from liandong.roots.own import check_own
from liandong.roots.seal import recomputed, seal_due
from liandong.roots.tree import day_root
from liandong.roots.witness import Witnessed, check_with
from world import Centre, World


class Nights:
    """The exchange's questions between the centres of a world, over each node's own HTTP application."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._clients: dict[str, httpx.AsyncClient] = {}

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, world: World) -> AsyncIterator["Nights"]:
        nights = cls(world)
        async with contextlib.AsyncExitStack() as stack:
            for here in world.centres:
                ways = {f"http://{there.code}.invalid": _Way(world, here, there) for there in world.centres}
                client = httpx.AsyncClient(mounts=ways)
                nights._clients[here.code] = await stack.enter_async_context(client)
            yield nights

    def asker(self, here: str, there: str) -> Asker:
        return self.world.centre(here).node.asker(there, self._clients[here])

    async def pass_day(self, days: int = 1) -> None:
        """A day later: every centre has sealed the day that ended and told the others."""
        for _ in range(days):
            await self.world.fast_forward(hours=24)
            await self.seal()

    async def seal(self) -> None:
        for centre in self.world.centres:
            await sealed_by(centre)
        await self.world.settle()

    async def verify(self, here: str, there: str) -> tuple[list[Fault], Witnessed]:
        """`verify --peers` at one centre with one peer: what it finds alone, and what the two find together."""
        centre = self.world.centre(here)
        async with centre.pool.acquire() as connection:
            own = await check_own(connection, here)
        return own.faults, await check_with(centre.pool, self.asker(here, there), own)

    async def reconcile(self, here: str, there: str, **options: Any) -> Reconciled:
        centre = self.world.centre(here)
        return await reconcile_with(centre.pool, self.asker(here, there), clock=self.world.clock, **options)

    async def do_what_is_due(self, here: str) -> int:
        centre = self.world.centre(here)
        askers = {there.code: self.asker(here, there.code) for there in self.world.centres if there is not centre}
        return await do_what_is_due(centre.node.nightly, askers)


class _Way(httpx.AsyncBaseTransport):
    """From one centre to another; cut when the link is."""

    def __init__(self, world: World, here: Centre, there: Centre) -> None:
        self._link = world.link(here.code, there.code) if here is not there else None
        app = create_app(None, there.node)
        app.state.node = there.node
        self._app = httpx.ASGITransport(app, raise_app_exceptions=True)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._link is not None and not self._link.is_whole:
            raise httpx.ConnectError("the link is cut")
        return await self._app.handle_async_request(request)


async def sealed_by(centre: Centre) -> list[Sealed]:
    return await seal_due(centre.pool, centre.node.sealing, centre.node.clock)


async def discrepancies(centre: Centre, status: str = "open") -> list[Any]:
    return await centre.pool.fetch("SELECT * FROM discrepancies WHERE status = $1 ORDER BY id", status)


async def kinds(centre: Centre, status: str = "open") -> list[str]:
    return sorted(row["kind"] for row in await discrepancies(centre, status))


class Administrator:
    """Somebody with every right on one centre's database, who knows exactly how the ledger is built."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre

    async def rewrite(self, order_id: UUID, old: str, new: str) -> None:
        """An event's text, every hash that follows from it, and the order's head."""
        async with self._unguarded() as connection:
            sql = "UPDATE events SET body = replace(body, $2, $3) WHERE order_id = $1 AND body LIKE '%' || $2 || '%'"
            assert await connection.execute(sql, order_id, old, new) != "UPDATE 0"
            await self._rechain(connection, order_id)

    async def cut_off(self, order_id: UUID, keep: int) -> None:
        """The order's newest events, and the order is put back to where it stood."""
        async with self._unguarded() as connection:
            await connection.execute("DELETE FROM events WHERE order_id = $1 AND seq > $2", order_id, keep)
            sql = """UPDATE orders o SET version = e.seq, status = e.status, head = e.hash FROM events e
                     WHERE o.id = $1 AND e.order_id = o.id AND e.seq = $2"""
            await connection.execute(sql, order_id, keep)

    async def delete(self, order_id: UUID) -> None:
        """The whole order with everything that hangs on it."""
        async with self._unguarded() as connection:
            for table in ("events", "timers", "dispatches", "transfers"):
                await connection.execute(f"DELETE FROM {table} WHERE order_id = $1", order_id)
            await connection.execute("DELETE FROM orders WHERE id = $1", order_id)

    async def drop_day(self, day: date) -> None:
        """One sealed day is gone; the next takes its events over and the chain is closed again."""
        async with self._unguarded() as connection:
            after = await connection.fetchval("DELETE FROM sealed_days WHERE day = $1 RETURNING after_position", day)
            sql = """UPDATE sealed_days SET after_position = $2
                     WHERE day = (SELECT min(day) FROM sealed_days WHERE day > $1)"""
            await connection.execute(sql, day, after)
        await self.reseal()

    async def reseal(self) -> None:
        """Every sealed day so that it fits what the events say now."""
        previous = b""
        async with self._unguarded() as connection:
            for row in await connection.fetch("SELECT * FROM sealed_days ORDER BY day"):
                count, buckets = await recomputed(connection, row["after_position"], row["until_position"])
                root = day_root(self.centre.code, row["day"], count=count, previous=previous, buckets=buckets)
                sql = "UPDATE sealed_days SET count = $2, buckets = $3, previous = $4, root = $5 WHERE day = $1"
                await connection.execute(sql, row["day"], count, buckets, previous, root)
                previous = root

    async def execute(self, sql: str, *values: Any) -> None:
        async with self._unguarded() as connection:
            await connection.execute(sql, *values)

    async def _rechain(self, connection: Any, order_id: UUID) -> None:
        head = b""
        for row in await connection.fetch("SELECT * FROM events WHERE order_id = $1 ORDER BY seq", order_id):
            head = ledger.event_hash(head, row)
            await connection.execute(
                "UPDATE events SET hash = $3 WHERE order_id = $1 AND seq = $2", order_id, row["seq"], head
            )
        await connection.execute("UPDATE orders SET head = $2 WHERE id = $1", order_id, head)

    @contextlib.asynccontextmanager
    async def _unguarded(self) -> AsyncIterator[Any]:
        tables = ("events", "sealed_days", "peer_roots", "peer_heads")
        async with self.centre.pool.acquire() as connection, connection.transaction():
            for table in tables:
                await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            await connection.execute("SET LOCAL session_replication_role = replica")
            yield connection
            for table in tables:
                await connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


class Backup:
    """All rows of a centre's database at one moment; `restore` puts the database back to it, as an older backup does."""

    TABLES = (
        "orders",
        "events",
        "counters",
        "timers",
        "dispatches",
        "transfers",
        "outbox",
        "attempts",
        "inbox",
        "requests",
        "sealed_days",
        "peer_roots",
        "peer_heads",
        "discrepancies",
        "reconciliations",
    )

    def __init__(self, centre: Centre) -> None:
        self.centre = centre

    @classmethod
    async def take(cls, centre: Centre) -> "Backup":
        await centre.pool.execute("CREATE SCHEMA backup")
        for table in cls.TABLES:
            await centre.pool.execute(f"CREATE TABLE backup.{table} AS SELECT * FROM public.{table}")
        return cls(centre)

    async def restore(self) -> None:
        async with self.centre.pool.acquire() as connection, connection.transaction():
            await connection.execute("SET LOCAL session_replication_role = replica")
            for table in self.TABLES:
                await connection.execute(f"DELETE FROM public.{table}")
                columns = await connection.fetchval(
                    "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
                    "WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped",
                    f"public.{table}",
                )
                await connection.execute(
                    f"INSERT INTO public.{table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM backup.{table}"
                )
