"""The worker's rounds: each peer is asked every half minute, what it said is kept, and what changed is told."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import asyncpg

from liandong.catalogue.centres import Centre
from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.clock import Clock
from liandong.peers.model import CLAIMED, EVERY, Heard, LinkState, is_skewed, state_of
from liandong.peers.telling import SQL, AboutAsker, row_of

log = logging.getLogger(__name__)


async def ask_peer(
    pool: asyncpg.Pool, asker: AboutAsker, clock: Clock, *, peer: Centre, url: str
) -> list[Alarm] | None:
    """One question, with what changed. None: another worker has just asked."""
    now = clock.now()
    if not await pool.fetchval(SQL.claim_asking, peer.code, now, now - CLAIMED):
        return None
    return await keep(pool, peer, await asker.ask(peer.code, url))


async def keep(pool: asyncpg.Pool, peer: Centre, heard: Heard) -> list[Alarm]:
    """The answer and the alarms about what it changed, in one transaction."""
    async with pool.acquire() as connection, connection.transaction():
        before = await connection.fetchrow(SQL.lock_peer, peer.code)
        row = row_of(peer.code, before, heard)
        await connection.execute(SQL.keep_heard, *row)
        after = await connection.fetchrow(SQL.lock_peer, peer.code)
        alarms = changes(peer, before, after)
        for alarm in alarms:
            await raise_alarm(connection, alarm, heard.at)
    return alarms


async def keep_asking(pool: asyncpg.Pool, asker: AboutAsker, clock: Clock, *, peer: Centre, url: str) -> None:
    """Runs until cancelled. Looks more often than it asks, so that a worker that ended leaves no gap."""
    while True:
        try:
            await ask_peer(pool, asker, clock, peer=peer, url=url)
        except Exception:
            log.exception("asking %s", peer.code)
        await asyncio.sleep(EVERY / 3)


def changes(peer: Centre, before: Any, after: Any) -> list[Alarm]:
    """What people must hear of, as the difference of two rows."""
    old, new = state_of(before), state_of(after)
    found = [_link_changed(peer, old, new, after)] if old != new else []
    return [
        *found,
        *_clock_changed(peer, before, after),
        *_desk_changed(peer, before, after),
        *_upgraded(peer, before, after),
    ]


def _clock_changed(peer: Centre, before: Any, after: Any) -> Iterator[Alarm]:
    was, now = is_skewed(before["clock_skew_ms"]), is_skewed(after["clock_skew_ms"])
    if now and not was:
        seconds = f"{after['clock_skew_ms'] / 1000:.1f}"
        zh, en = (
            f"{peer.code}的时钟与本中心相差 {seconds} 秒",
            f"The clock of {peer.code} differs from ours by {seconds} s",
        )
        yield _alarm(peer, "peer.clock_skewed", Severity.WARNING, zh, en)
    if was and not now:
        zh, en = f"{peer.code}的时钟已对准", f"The clock of {peer.code} agrees again"
        yield _alarm(peer, "peer.clock_agreed", Severity.INFO, zh, en)


def _desk_changed(peer: Centre, before: Any, after: Any) -> Iterator[Alarm]:
    was, now = before["desk_open"], after["desk_open"]
    if now is False and was is not False:
        why = after["desk_reason"] or ""
        zh, en = f"{peer.code}的席位暂无人值守：{why}", f"Nobody sits at the desk of {peer.code}: {why}"
        yield _alarm(peer, "peer.desk_closed", Severity.WARNING, zh, en)
    if was is False and now:
        zh, en = f"{peer.code}的席位已有人值守", f"The desk of {peer.code} is staffed again"
        yield _alarm(peer, "peer.desk_opened", Severity.INFO, zh, en)


def _upgraded(peer: Centre, before: Any, after: Any) -> Iterator[Alarm]:
    was, now = before["version"], after["version"]
    if was and now and was != now:
        zh, en = f"{peer.code}的软件版本变为 {now}", f"{peer.code} runs version {now} now"
        yield _alarm(peer, "peer.upgraded", Severity.INFO, zh, en)


def _link_changed(peer: Centre, old: LinkState, new: LinkState, after: Any) -> Alarm:
    if new == LinkState.DOWN:
        severity = Severity.ALARM if peer.acts_in_danger else Severity.WARNING
        why = after["last_error"] or ""
        return _alarm(
            peer, "peer.lost", severity, f"无法连接{peer.code}，消息会自动补发；险情请电话通知：{why}",
            f"{peer.code} can't be reached; messages will follow by themselves, tell danger by telephone: {why}",
        )  # fmt: skip
    if new == LinkState.SLOW:
        took = after["latency_ms"]
        return _alarm(
            peer, "peer.slowed", Severity.WARNING, f"{peer.code}应答缓慢（{took} 毫秒）", f"{peer.code} answers slowly ({took} ms)"
        )  # fmt: skip
    kind = "peer.met" if old == LinkState.NEVER else "peer.returned"
    return _alarm(peer, kind, Severity.INFO, f"与{peer.code}的链路正常", f"The link with {peer.code} is up")


def _alarm(peer: Centre, kind: str, severity: Severity, zh: str, en: str) -> Alarm:
    return Alarm(kind=kind, subject=peer.code, severity=severity, zh=zh, en=en)


class SpokenKinds:
    """Which messages each peer understands, in memory for the decisions, read again every few seconds."""

    READ = 5.0  # seconds

    def __init__(self) -> None:
        self._kinds: dict[str, frozenset[str]] = {}

    def speaks(self, peer: str, kind: str) -> bool:
        """A peer that was never heard counts as one of our own version: what it does not know it parks."""
        known = self._kinds.get(peer)
        return known is None or kind in known

    async def read(self, pool: asyncpg.Pool) -> None:
        self._kinds = {row["code"]: frozenset(row["kinds"]) for row in await pool.fetch(SQL.spoken)}

    async def keep_reading(self, pool: asyncpg.Pool) -> None:
        """Runs until cancelled."""
        while True:
            try:
                await self.read(pool)
            except Exception as error:  # whatever it is, it must not end the process
                log.warning("kinds that the peers speak: %s", error)
            await asyncio.sleep(self.READ)


def profile_of(code: str, centres: dict[str, Centre]) -> Centre:
    """The catalogue's profile, or a bare one for a centre that the catalogue does not know."""
    known = centres.get(code)
    if known is not None:
        return known
    example = next(iter(centres.values()))
    return Centre(code, code, code, "other", example.kind, False, example.division_code, "#8c8c8c")
