"""What is done with a file once it is whole: hash, content, virus scan, and into the order it goes, or into quarantine."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from liandong.attachments import store
from liandong.attachments.admission import HEAD, Admission
from liandong.attachments.model import BAD, OWN, WHOLE, AttachmentStatus
from liandong.attachments.scan import Scanner, ScannerAway
from liandong.attachments.settings import AttachmentSettings
from liandong.attachments.store import SQL
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.failpoints import reach
from liandong.orders.actions import Attach, SettleAttachment
from liandong.orders.commands import Commands
from liandong.orders.context import Actor

log = logging.getLogger(__name__)
SCANNER = Actor(id="scanner", roles=frozenset({"clock"}))
SCAN_WAITS = (5.0, 600.0)  # seconds between tries while the scanner is away, doubled each time
PAUSE = 1.0  # seconds between looks for files that wait
BATCH = 4
SWEEP_EVERY = 600.0  # seconds


class Settling:
    """`scanner` may be exchanged for another that answers `scan`."""

    def __init__(
        self,
        *,
        pool: asyncpg.Pool,
        commands: Commands,
        clock: Clock,
        admission: Admission,
        settings: AttachmentSettings,
    ) -> None:
        self.pool = pool
        self.scanner = Scanner(settings)
        self._commands = commands
        self._clock = clock
        self._admission = admission
        self._settings = settings

    async def settle_waiting(self) -> int:
        """One round over whole files that wait for their check. Returns how many were looked at."""
        now = self._clock.now()
        rows = await self.pool.fetch(SQL.claim_waiting, now, self.claim(now), BATCH)
        for row in rows:
            try:
                await self.settle(row["order_id"], row["id"])
            except AppError as error:
                log.warning("attachment %s waits: %s", row["id"], error)
        return len(rows)

    async def settle(self, order_id: UUID, attachment_id: UUID) -> None:
        """A whole file becomes part of its order, or is found bad. While the scanner is away it waits for its next turn."""
        row = await self.pool.fetchrow(SQL.waiting, order_id, attachment_id)
        if row is None:
            return
        if row["status"] == AttachmentStatus.SCANNING:
            try:
                status, text = await self._judge(row)
            except ScannerAway as away:
                await self._later(row, str(away))
                return
            reach("attachment.judged")
            if row["origin"] != OWN or status in BAD:
                await self._commands.act_now(
                    order_id, SettleAttachment(version=1, attachment=attachment_id, status=status, text=text), SCANNER
                )
                return
            await self.pool.execute(SQL.found, order_id, attachment_id, status)
        elif row["status"] not in WHOLE or row["added_at"] is not None:
            return
        await self._attach(row)

    async def forget_unfinished(self) -> int:
        before = self._clock.now() - timedelta(hours=self._settings.unfinished_hours)
        return len(await self.pool.fetch(SQL.forget_unfinished, before))

    async def _judge(self, row: Any) -> tuple[AttachmentStatus, str]:
        """A peer's file is not believed: its hash and content are looked at here. Raises ScannerAway."""
        order_id, attachment_id = row["order_id"], row["id"]
        if row["origin"] != OWN:
            wrong = self._admission.wrong_content(
                row["media_type"], await store.head(self.pool, order_id, attachment_id, HEAD)
            )
            if await store.sha256_of(self.pool, order_id, attachment_id) != row["sha256"]:
                wrong = "校验值与申报不符"
            if wrong is not None:
                await self.pool.execute(SQL.drop_bytes, order_id, attachment_id)
                return AttachmentStatus.REFUSED, wrong
        finding = await self.scanner.scan(lambda: store.read(self.pool, order_id, attachment_id))
        return finding.status, finding.text

    async def _attach(self, row: Any) -> None:
        """In the name of whoever uploaded it. Where the order no longer lets them, the upload is refused and says why."""
        actor = Actor(row["added_by"], frozenset(row["roles"] or ()), row["unit"])
        try:
            await self._commands.act_now(row["order_id"], Attach(version=1, attachment=row["id"]), actor)
        except AppError as error:
            if error.code == "try_again":
                raise
            log.warning("attachment %s not added: %s", row["id"], error)
            await self.pool.execute(SQL.found_bad, row["order_id"], row["id"], error.text or error.code)

    async def _later(self, row: Any, why: str) -> None:
        first, longest = SCAN_WAITS
        wait = min(first * 2 ** min(row["attempts"], 20), longest)
        log.warning("attachment %s waits %.0f s for the scanner: %s", row["id"], wait, why)
        at = self._clock.now() + timedelta(seconds=wait)
        await self.pool.execute(SQL.scan_later, row["order_id"], row["id"], at, f"等待查毒：{why}")

    def claim(self, now: datetime) -> datetime:
        """How long one process may take over one file before another looks at it."""
        return now + timedelta(seconds=self._settings.scan_timeout + 60)


async def keep_settling(settling: Settling) -> None:
    """Runs until cancelled."""
    swept = float("-inf")
    loop = asyncio.get_running_loop()
    while True:
        try:
            found = await settling.settle_waiting()
            if loop.time() - swept > SWEEP_EVERY:
                await settling.forget_unfinished()
                swept = loop.time()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, AppError) as error:
            log.warning("attachments: %s", error)
            found = 0
        if found < BATCH:
            await asyncio.sleep(PAUSE)
