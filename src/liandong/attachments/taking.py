"""Bytes that a peer sends: each piece is sealed, must go on where the last one ended, and belongs to a file that this very peer announced.

Whatever is wrong changes nothing and leaves a trace.
"""

import hashlib
import logging
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.attachments import store
from liandong.attachments.model import BAD, WHOLE, AttachmentStatus
from liandong.attachments.store import PIECE, SQL
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.failpoints import reach
from liandong.exchange.attachment_messages import AttachmentChunk
from liandong.exchange.receive import SQL as EXCHANGE
from liandong.exchange.sealing import Opener

log = logging.getLogger(__name__)
CHUNK_KIND = "attachment.chunk.v1"


class Answer(Struct, frozen=True, omit_defaults=True):
    """Where the receiver stands. `received`: bytes that are durable here; go on from there.

    `status`: receiving | checking (being looked at, or on its way from another centre: ask again) | stored (done) | refused (final: nothing more is wanted) |
    unknown (never announced here, or not by the asking centre) | wrong (this piece was not taken).
    """

    status: str
    received: int = 0
    code: str = ""
    text: str = ""


class Taker:
    def __init__(self, *, pool: asyncpg.Pool, opener: Opener, clock: Clock) -> None:
        self._pool = pool
        self._opener = opener
        self._clock = clock

    async def take(self, attachment_id: UUID, sealed: str, data: bytes, source: str) -> Answer:
        """One piece, or with no bytes the question how far we are. Raises AppError for a seal that does not hold."""
        try:
            sender, matter_id, chunk = self._open(sealed, attachment_id)
        except AppError as error:
            await self._trace(source, error.code, error.text, sealed)
            raise
        row = await self._pool.fetchrow(SQL.taken_from, matter_id, attachment_id, sender)
        if row is None or row["origin"] != sender:
            if data:
                text = f"{sender}送来没有由它登记的附件 {attachment_id}"
                await self._trace(source, "unknown_matter", text, sealed)
            return _from_elsewhere(row)
        if len(data) != chunk.length or hashlib.sha256(data).hexdigest() != chunk.sha256:
            await self._trace(source, "chunk_wrong", f"{sender}的附件 {attachment_id}，位置 {chunk.offset}", sealed)
            return Answer("wrong", row["received"], "chunk_wrong", "这一段的长度或校验值不符")
        if chunk.offset + chunk.length > row["size"]:
            text = f"{sender}的附件 {attachment_id} 超出申报的 {row['size']} 字节"
            await self._trace(source, "attachment_too_large", text, sealed)
            return Answer("wrong", row["received"], "attachment_too_large", "超出申报的大小")
        if data and row["status"] == AttachmentStatus.RECEIVING and chunk.offset == row["received"]:
            await self._write(row["order_id"], attachment_id, chunk.offset, data=data, sender=sender)
            reach("attachment.chunk_stored")
            row = await self._pool.fetchrow(SQL.taken_from, matter_id, attachment_id, sender)
        return _answer(row)

    def _open(self, sealed: str, attachment_id: UUID) -> tuple[str, UUID, AttachmentChunk]:
        envelope = self._opener.open(sealed).envelope
        if envelope.kind != CHUNK_KIND:
            raise AppError("message_malformed", f"此地址只接受 {CHUNK_KIND}")
        try:
            chunk = msgspec.convert(envelope.body, AttachmentChunk)
        except msgspec.ValidationError as error:
            raise AppError("message_malformed", str(error)) from error
        if chunk.attachment_id != attachment_id:
            raise AppError("message_malformed", "地址与签名中的附件编号不同")
        return envelope.sender, envelope.matter_id, chunk

    async def _write(self, order_id: UUID, attachment_id: UUID, offset: int, *, data: bytes, sender: str) -> None:
        """Row by row; another try that was faster simply leaves us nothing to do."""
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            there = await store.append(
                self._pool, order_id, attachment_id, offset=offset + start, data=piece, origin=sender
            )
            if there is None:
                return

    async def _trace(self, source: str, code: str, text: str, sealed: str) -> None:
        log.warning("attachment bytes from %s: %s %s", source, code, text)
        sample = sealed[:500].replace("\x00", "")
        await self._pool.execute(EXCHANGE.keep_rejection, self._clock.now(), source, code, text, sample)


def _from_elsewhere(row: Any) -> Answer:
    """A file that came, or is coming, by another way needs no bytes from whoever asks now; a stranger learns nothing."""
    if row is None or not row["shared"]:
        return Answer("unknown", code="unknown_matter")
    answer = _answer(row)
    return answer if answer.status in {"stored", "refused"} else Answer("checking", answer.received)


def _answer(row: Any) -> Answer:
    status = row["status"]
    if status in BAD:
        return Answer("refused", row["received"], code=status, text=row["reason"] or "")
    if status in WHOLE:
        return Answer("stored", row["received"])
    return Answer("checking" if status == AttachmentStatus.SCANNING else "receiving", row["received"])
