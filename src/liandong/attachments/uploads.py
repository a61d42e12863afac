"""Uploads of this centre's people: declared, sent in as many pieces as the line allows, checked, handed on."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.attachments import store
from liandong.attachments.admission import HEAD, Admission
from liandong.attachments.model import BAD, Attachment, AttachmentStatus, FileName, MediaType, Sha256, Size
from liandong.attachments.settings import AttachmentSettings
from liandong.attachments.settling import Settling
from liandong.attachments.store import PIECE, SQL
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.failpoints import reach
from liandong.core.ids import new_id
from liandong.core.lifecycle import Blocked
from liandong.orders.commands import may_see
from liandong.orders.context import Actor
from liandong.orders.lifecycle import LIFECYCLES
from liandong.orders.model import Line, Moment, Snapshot
from liandong.orders.store import SQL as ORDERS
from liandong.orders.store import Store


class Declared(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody is about to upload. `media_type` may be left to the name's extension.

    `confidential`: hidden from units; left out, a file that the centre adds to a confidential matter is.
    """

    name: FileName
    size: Size
    sha256: Sha256
    media_type: MediaType | None = None
    taken_at: Moment | None = None
    place: Line = ""
    confidential: bool | None = None


class Uploads:
    def __init__(
        self,
        *,
        pool: asyncpg.Pool,
        orders: Store,
        settling: Settling,
        clock: Clock,
        admission: Admission,
        settings: AttachmentSettings,
    ) -> None:
        self.pool = pool
        self.settings = settings
        self._orders = orders
        self._settling = settling
        self._clock = clock
        self._admission = admission

    async def find(self, key: str, actor: Actor) -> Snapshot:
        """The order by its id, its matter's id or its number. Raises AppError: not_found."""
        try:
            as_uuid = UUID(key)
        except ValueError:
            as_uuid = None
        order_id = await self.pool.fetchval(ORDERS.find, as_uuid, key)
        snapshot = await self._orders.load(order_id) if order_id else None
        if snapshot is None or not may_see(snapshot, actor):
            raise AppError("not_found", "没有这个工单，或没有派给您的单位")
        return snapshot

    async def begin(self, snapshot: Snapshot, declared: Declared, actor: Actor, *, key: str) -> tuple[Attachment, bool]:
        """Begins an upload. The same key with the same words gives the same upload again (True). Raises AppError."""
        require_attaching(snapshot, actor)
        order_id = snapshot.order.id
        digest = hashlib.sha256(msgspec.json.encode([order_id, declared])).digest()
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL.lock_order, str(order_id))
            before = await connection.fetchrow(SQL.begun_before, actor.id, key)
            if before is None:
                # read under the lock: two uploads begun at once must not pass a limit together
                values = self._row(await self._load(order_id), declared, actor)
                try:
                    await connection.execute(SQL.begin, *values, key, digest)
                except asyncpg.UniqueViolationError as error:
                    raise AppError("try_again", "同一 Idempotency-Key 正在使用") from error
            elif before["request_digest"] != digest:
                raise AppError("idempotency_key_reused", "请为新的附件换一个 Idempotency-Key")
        attachment_id = values[1] if before is None else before["id"]
        return await self._attachment(order_id, attachment_id), before is not None

    def _row(self, snapshot: Snapshot, declared: Declared, actor: Actor) -> tuple[Any, ...]:
        media_type = declared.media_type or self._admission.media_type_of(declared.name) or "application/octet-stream"
        against = self._admission.objection(
            name=declared.name, media_type=media_type, size=declared.size, others=snapshot.attachments or ()
        )
        if against is not None:
            raise AppError(against.code, against.text)
        hidden = declared.confidential
        if hidden is None:
            hidden = snapshot.order.confidential and actor.unit is None
        return (
            snapshot.order.id,
            new_id(),
            declared.name,
            media_type,
            declared.size,
            declared.sha256,
            declared.taken_at,
            declared.place,
            actor.id,
            hidden,
            self._clock.now(),
            sorted(actor.roles),
            actor.unit,
        )

    async def take(self, file: Attachment, offset: int, stream: AsyncIterator[bytes]) -> int:
        """Goes on with an upload at `offset`. Returns how many bytes there are; what was answered for is durable.

        Raises AppError: offset_wrong, attachment_too_large, media_type_refused (by the first bytes), attachment_not_ready.
        """
        taking = _Taking(self, file, offset)
        try:
            async for data in stream:
                await taking.add(data)
        finally:  # also when the line breaks: what came before counts
            await taking.flush()
        return taking.offset

    async def complete(self, file: Attachment) -> Snapshot:
        """The upload is whole: it is checked, scanned and added. While the scanner is away the answer is `scanning`, and the worker goes on.

        Raises AppError: upload_incomplete, hash_wrong, media_type_refused, attachment_infected.
        """
        row = await self.pool.fetchrow(SQL.progress, file.order_id, file.id)
        if row["status"] == AttachmentStatus.RECEIVING:
            if row["received"] < row["size"]:
                raise AppError(
                    "upload_incomplete", f"已收到 {row['received']}，共 {row['size']} 字节", received=row["received"]
                )
            await self._check_upload(file)
            reach("attachment.checked")
            if await self.pool.fetchval(
                SQL.begin_scan, file.order_id, file.id, self._settling.claim(self._clock.now())
            ):
                await self._settling.settle(file.order_id, file.id)
        snapshot = await self._load(file.order_id)
        after = snapshot.attachment(file.id)
        if after is None or after.status in BAD:
            code = (
                "attachment_infected" if after and after.status == AttachmentStatus.INFECTED else "attachment_not_ready"
            )
            raise AppError(code, (after.reason if after else "") or "附件未获接收")
        return snapshot

    async def _check_upload(self, file: Attachment) -> None:
        """An upload with other bytes than were declared may be sent again from its beginning; one of another kind may not."""
        wrong = self._admission.wrong_content(
            file.media_type, await store.head(self.pool, file.order_id, file.id, HEAD)
        )
        if wrong is not None:
            await self._start_over(file, AttachmentStatus.REFUSED, wrong)
            raise AppError("media_type_refused", wrong)
        if await store.sha256_of(self.pool, file.order_id, file.id) != file.sha256:
            await self._start_over(file, AttachmentStatus.RECEIVING, None)
            raise AppError("hash_wrong", "请从头重传此文件（位置 0）", received=0)

    async def _start_over(self, file: Attachment, status: AttachmentStatus, why: str | None) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL.drop_bytes, file.order_id, file.id)
            await connection.execute(SQL.start_over, file.order_id, file.id, status, why)

    async def _attachment(self, order_id: UUID, attachment_id: UUID) -> Attachment:
        found = (await self._load(order_id)).attachment(attachment_id)
        if found is None:
            raise AppError("not_found", "没有这个附件")
        return found

    async def _load(self, order_id: UUID) -> Snapshot:
        snapshot = await self._orders.load(order_id)
        if snapshot is None:
            raise AppError("not_found", "没有这个工单")
        return snapshot

    def wrong_head(self, media_type: str, data: bytes) -> str | None:
        return self._admission.wrong_content(media_type, data)


class _Taking:
    """Bytes on their way into rows of PIECE bytes."""

    def __init__(self, uploads: Uploads, file: Attachment, offset: int) -> None:
        self._uploads = uploads
        self._file = file
        self._buffer = bytearray()
        self.offset = offset

    async def add(self, data: bytes) -> None:
        if self.offset + len(self._buffer) + len(data) > self._file.size:
            raise AppError("attachment_too_large", f"申报的是 {self._file.size} 字节，传来的更多", received=self.offset)
        self._buffer += data
        while len(self._buffer) >= PIECE:
            await self._write(bytes(self._buffer[:PIECE]))

    async def flush(self) -> None:
        if self._buffer:
            await self._write(bytes(self._buffer))

    async def _write(self, piece: bytes) -> None:
        del self._buffer[: len(piece)]
        uploads, file = self._uploads, self._file
        wrong = uploads.wrong_head(file.media_type, piece) if self.offset == 0 and len(piece) >= HEAD else None
        if wrong is not None:
            self._buffer.clear()
            raise AppError("media_type_refused", wrong, received=0)
        there = await store.append(uploads.pool, file.order_id, file.id, offset=self.offset, data=piece)
        if there is None:
            self._buffer.clear()
            raise await self._why(file)
        self.offset = there
        reach("attachment.piece_written")

    async def _why(self, file: Attachment) -> AppError:
        row = await self._uploads.pool.fetchrow(SQL.progress, file.order_id, file.id)
        if row is None or row["status"] != AttachmentStatus.RECEIVING:
            return AppError("attachment_not_ready", "上传已经结束", status_now=row["status"] if row else None)
        return AppError("offset_wrong", f"请从位置 {row['received']} 继续", received=row["received"])


def require_attaching(snapshot: Snapshot, actor: Actor) -> None:
    """Whoever may not attach may not upload either; the table of the lifecycle says who. Raises AppError."""
    order = snapshot.order
    row = LIFECYCLES[order.kind].find(order.status, "attach", actor.roles, snapshot, None)
    if isinstance(row, Blocked):
        raise AppError(row.code, row.text)
