"""The worker's part: rows that sides wrote are carried out as commands, once each, and events are written as rows for the sides they are for.

A row is first marked as pushed, then carried out under an idempotency key made of the side's own number, then marked as processed or refused.
Whoever dies in between leaves a row that is pushed and not settled: it is carried out again, and the key makes that harmless.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec

from liandong.core.clock import Clock
from liandong.core.errors import AppError, problem
from liandong.core.failpoints import reach
from liandong.core.places import read_on
from liandong.core.sqlfiles import load_sql
from liandong.middle.codes import Codes, codes_of, note_missing
from liandong.middle.model import HandedIn, Reply, Result, Side
from liandong.middle.reading import actions_of, intake_of
from liandong.middle.telling import Teller
from liandong.orders.actions import Action, OfferTransfer
from liandong.orders.commands import Commands
from liandong.orders.store import SQL as ORDERS_SQL
from liandong.orders.store import Store, digest_of
from liandong.partners.carrying import carry_out

SQL = load_sql("liandong.middle")
BATCH = 500
AT_ONCE = 64  # rows under way together
PAUSE = 0.5  # seconds between looks
log = logging.getLogger(__name__)
_handed_in = msgspec.json.Decoder(HandedIn)
_reply = msgspec.json.Decoder(Reply)


class Pump:
    def __init__(self, pool: asyncpg.Pool, commands: Commands, store: Store, clock: Clock) -> None:
        self._pool = pool
        self._commands = commands
        self._store = store
        self._clock = clock

    async def pump_once(self) -> int:
        """One round both ways. Returns how many rows and events were moved; 0 also while another worker does it."""
        async with self._pool.acquire() as holder:
            if not await holder.fetchval(SQL.try_pump):
                return 0
            try:
                return await self._round()
            finally:
                await holder.fetchval(SQL.end_pump)

    async def _round(self) -> int:
        sides = [msgspec.convert(dict(row), Side) for row in await self._pool.fetch(SQL.sides)]
        if not sides:
            return 0
        shared = await self._pool.fetch(SQL.codes)
        codes = {side.code: await codes_of(self._pool, side, shared) for side in sides}
        by_code = {side.code: side for side in sides}
        moved = await self._take_in(by_code, codes)
        moved += await self._take_replies(by_code, codes)
        for side in sides:
            teller = Teller(side, codes[side.code], self._store, SQL)
            moved += await read_on(self._pool, reader_of(side.code), teller.handle, self._clock.now())
            await note_missing(self._pool, codes[side.code], self._clock.now())
        return moved

    async def _take_in(self, sides: dict[str, Side], codes: dict[str, Codes]) -> int:
        rows = [_handed_in.decode(r["row"]) for r in await self._pool.fetch(SQL.take_handed_in, BATCH)]
        reach("middle.pushed")
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(row: HandedIn) -> Result | None:
            async with gate:
                return await self._settled(row, self._hand_in(row, sides[row.side], codes[row.side]))

        results = [r for r in await asyncio.gather(*(one(row) for row in rows)) if r is not None]
        reach("middle.carried_out")
        if results:
            await self._pool.execute(
                SQL.settle_handed_in,
                [r.id for r in results],
                [r.number for r in results],
                [r.code or None for r in results],
                [r.text or None for r in results],
                self._clock.now(),
            )
        await self._bury("handed_in", results)
        return len(results)

    async def _hand_in(self, row: HandedIn, side: Side, codes: Codes) -> Result:
        intake = intake_of(row, codes)
        to = codes.into_ours("lylx", row.zjzx)
        digest = digest_of(msgspec.json.encode(intake))
        taken = await self._commands.take_in(intake, side.actor, key=f"in:{row.jjdbh}", digest=digest)
        order = taken.snapshot.order
        if to is not None:
            offer = OfferTransfer(version=1, to=to, urgent=row.jjbz or order.danger)
            try:
                await self._carry_out(order.id, offer, side, f"in:{row.jjdbh}:transfer")
            except AppError as error:  # the matter is here all the same, and its number is told
                if error.code == "try_again":
                    raise
                return Result(row.id, number=order.number, code=error.code, text=_words(error))
        return Result(row.id, number=order.number)

    async def _take_replies(self, sides: dict[str, Side], codes: dict[str, Codes]) -> int:
        """Those of one order in the order in which they were written, those of different orders beside each other."""
        threads: dict[str, list[Reply]] = defaultdict(list)
        rows = [_reply.decode(r["row"]) for r in await self._pool.fetch(SQL.take_replies, BATCH)]
        for row in sorted(rows, key=lambda row: row.id):
            threads[row.gdbh].append(row)
        gate = asyncio.Semaphore(AT_ONCE)

        async def thread(replies: list[Reply]) -> list[Result]:
            async with gate:
                found = []
                for row in replies:
                    settled = await self._settled(row, self._reply(row, sides[row.side], codes[row.side]))
                    if settled is None:
                        break  # the later ones wait for it
                    found.append(settled)
                return found

        results = [r for some in await asyncio.gather(*(thread(one) for one in threads.values())) for r in some]
        reach("middle.replied")
        if results:
            ids, refused = [r.id for r in results], [r.code or None for r in results]
            texts = [r.text or None for r in results]
            await self._pool.execute(SQL.settle_replies, ids, refused, texts, self._clock.now())
        await self._bury("replies", results)
        return len(results)

    async def _reply(self, row: Reply, side: Side, codes: Codes) -> Result:
        order_id = await self._pool.fetchval(ORDERS_SQL.find, None, row.gdbh)
        order_id = order_id or await self._pool.fetchval(ORDERS_SQL.find, _matter(row.gdbh), None)
        if order_id is None:
            raise AppError("not_found", f"没有工单 {row.gdbh}（no such order）")
        before = await self._commands.look(order_id)
        for place, action in enumerate(actions_of(row, codes, before)):
            await self._carry_out(order_id, action, side, f"re:{row.xxbh}:{place}")
        return Result(row.id)

    async def _carry_out(self, order_id: UUID, action: Action, side: Side, key: str) -> None:
        await carry_out(self._commands, self._pool, self._clock, order_id, action, side.actor, key=key)

    async def _settled(self, row: HandedIn | Reply, work: "asyncio.Future[Result] | object") -> Result | None:
        """None: not now (the database is away); the row is taken again in the next round."""
        try:
            done: Result = await work  # type: ignore[misc]
        except AppError as error:
            if error.code == "try_again":
                return None
            done = Result(row.id, code=error.code, text=_words(error))
        return msgspec.structs.replace(done, own_number=row.own_number, side=row.side)

    async def _bury(self, table: str, results: Sequence[Result]) -> None:
        now = self._clock.now()
        for one in results:
            if one.code:
                await self._pool.execute(SQL.bury, one.side, table, one.id, one.own_number, one.code, one.text, now)
        done = [one.id for one in results if not one.code]
        if done:
            await self._pool.execute(SQL.raise_from_dead, table, done, now)


def reader_of(side: str) -> str:
    """The name under which a side reads the ledger."""
    return f"exchange_db:{side}"


def _words(error: AppError) -> str:
    said = problem(error)
    return f"{said['title']}：{said['detail']} / {said['title_en']}"[:1000]


def _matter(text: str) -> UUID | None:
    """An offer that waits has no number of ours yet: it is named by its matter's id."""
    try:
        return UUID(text)
    except ValueError:
        return None


async def keep_pumping(pump: Pump) -> None:
    """Runs until cancelled."""
    while True:
        if not await pump.pump_once():
            await asyncio.sleep(PAUSE)
