"""What a worker does once a day: seal the ledger's day, reconcile with every peer, have the ledger witnessed.

Any number of workers may run: the database says what is due, a lock lets one of them do it.
"""

import asyncio
import logging
from datetime import date, datetime, time, timedelta
from typing import Any

import asyncpg
import httpx
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.discrepancies.store import Found, put_down
from liandong.exchange.asking import Asker, NoAnswer, UnknownQuestion
from liandong.exchange.healing import DAYS, reconcile, send_again_in_thread
from liandong.exchange.receive import SQL as EXCHANGE_SQL
from liandong.roots.model import ROOTS_ASKED, Fault, RootsAnswer, RootsAsked
from liandong.roots.own import OwnChecked, check_own
from liandong.roots.seal import SQL, THREAD, NotSettled, Sealing, seal_due
from liandong.roots.witness import check_with

PAUSE = 30.0  # seconds between looks at what is due
TRY_AGAIN = timedelta(minutes=10)  # after a peer could not be asked, or something was sent again
HOLD = "SELECT pg_try_advisory_lock(hashtext('liandong nightly'))"
RELEASE = "SELECT pg_advisory_unlock(hashtext('liandong nightly'))"
log = logging.getLogger(__name__)


class Nightly(Struct, frozen=True):
    """`at`: the local time from which the day's comparison with the peers is due."""

    pool: Any
    sealing: Sealing
    clock: Clock
    at: time = time(1, 30)
    days: int = DAYS


async def keep_nightly(nightly: Nightly, askers: dict[str, Asker]) -> None:
    """Runs until cancelled."""
    while True:
        try:
            await do_what_is_due(nightly, askers)
        except NotSettled:
            log.warning("the ledger's day can't be sealed yet: a transaction from before its end is still running")
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            log.warning("nightly: %s", error)
        except Exception:  # a fault here must never stop clocks and senders of the same process
            log.exception("nightly")
        await asyncio.sleep(PAUSE)


async def do_what_is_due(nightly: Nightly, askers: dict[str, Asker]) -> int:
    """Seals what has ended and compares with the peers whose turn it is. Returns with how many peers it compared."""
    pool = nightly.pool
    await seal_due(pool, nightly.sealing, nightly.clock)
    due = [peer for peer in askers if await _is_due(nightly, peer)]
    if not due:
        return 0
    async with pool.acquire() as holder:
        if not await holder.fetchval(HOLD):
            return 0
        try:
            own = await check_own(holder, nightly.sealing.centre, since=_since(nightly))
            await put_down(holder, [_found(nightly.sealing.centre, fault) for fault in own.faults], nightly.clock.now())
            return sum([await _with_peer(nightly, askers[peer], own) for peer in due])
        finally:
            await holder.execute(RELEASE)


async def _with_peer(nightly: Nightly, asker: Asker, own: OwnChecked) -> bool:
    """Whether the peer could be compared with."""
    pool, clock = nightly.pool, nightly.clock
    try:
        done = await reconcile(pool, asker, clock=clock, days=nightly.days, heal=True, nightly=True)
    except NoAnswer as error:
        log.warning("nightly: %s can't be asked: %s", asker.peer, error)
        failed = (asker.peer, clock.now(), True, nightly.days, 0, "{}", 0, str(error)[:500])
        await pool.execute(EXCHANGE_SQL.record_reconciliation, *failed)
        return False
    log.info("reconciled with %s: %d matters, %s", asker.peer, done.looked, done.kinds())
    try:
        await heal_thread(pool, asker, clock.now())
        witnessed = await check_with(pool, asker, own, since=_since(nightly))
        await put_down(pool, [_found(asker.peer, fault) for fault in witnessed.faults], clock.now())
    except NoAnswer as error:  # an older version: matters are compared with it all the same
        log.warning("nightly: %s can't witness the ledger: %s", asker.peer, error)
    return True


async def heal_thread(pool: asyncpg.Pool, asker: Asker, now: datetime) -> int:
    """A peer that has forgotten our notices of the ledger (an older backup) gets them again. Returns how many; none from an older version."""
    try:
        answer = await asker.ask("roots", ROOTS_ASKED, RootsAsked(), RootsAnswer)
    except UnknownQuestion:
        return 0
    sent = await pool.fetchrow(SQL.thread_sent, asker.peer, THREAD)
    if sent["waiting"] or answer.received >= sent["delivered"]:
        return 0
    return await send_again_in_thread(pool, asker.peer, thread=THREAD, after=answer.received, now=now)


async def _is_due(nightly: Nightly, peer: str) -> bool:
    """Once a day from the set time on; again soon after a try that failed or that sent something again."""
    now = nightly.clock.now()
    local = now.astimezone(nightly.sealing.zone)
    turn = datetime.combine(local.date(), nightly.at, tzinfo=nightly.sealing.zone)
    if local < turn:
        turn -= timedelta(days=1)
    last = await nightly.pool.fetchrow(EXCHANGE_SQL.last_nightly, peer)
    if last is None:
        return local >= turn and local.timetz() >= nightly.at.replace(tzinfo=local.tzinfo)
    if last["at"] < turn:
        return True
    return bool(last["error"] or last["resent"]) and last["at"] + TRY_AGAIN <= now


def _since(nightly: Nightly) -> date:
    """The witness looks at the days of the period each night; `verify --peers` looks at all."""
    return (nightly.clock.now() - timedelta(days=nightly.days + 1)).astimezone(nightly.sealing.zone).date()


def _found(peer: str, fault: Fault) -> Found:
    whose = f"{fault.centre}的账本"
    on = f"{fault.day}" if fault.day else ""
    place = f"第{fault.bucket:02x}桶" if fault.bucket is not None else ""
    number = f"工单{fault.number}" if fault.number else ""
    head = "，".join(part for part in (whose, on, place, number) if part)
    return Found(peer, fault.kind, fault.subject, f"{head}：{fault.text}", fault.matter_id)


def clients() -> httpx.AsyncClient:
    """For questions to peers: they may compute for a while."""
    return httpx.AsyncClient(timeout=httpx.Timeout(60, connect=5), trust_env=False)
