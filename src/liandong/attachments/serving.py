"""How a file is handed out: whole or a range of it, as something to save and never as something to show."""

import re
import unicodedata
from urllib.parse import quote

from msgspec import Struct

from liandong.attachments.model import BAD, WHOLE, Attachment, AttachmentStatus
from liandong.core.errors import AppError
from liandong.orders.context import Actor
from liandong.orders.model import Snapshot

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class Span(Struct, frozen=True):
    """`length` bytes from `start` on."""

    start: int
    length: int


def known_to(snapshot: Snapshot, attachment_id: object, actor: Actor) -> Attachment:
    """The attachment, if this actor may know of it: what is confidential does not exist for a unit. Raises AppError: not_found."""
    file = next((a for a in snapshot.attachments or () if a.id == attachment_id), None)
    if file is None or (file.confidential and actor.unit is not None):
        raise AppError("not_found", "没有这个附件")
    return file


def require_servable(file: Attachment, *, serve_unscanned: bool) -> None:
    """Raises AppError: attachment_infected, attachment_unscanned, attachment_not_ready."""
    if file.status == AttachmentStatus.INFECTED:
        raise AppError("attachment_infected", file.reason or "")
    if file.status in BAD or file.status not in WHOLE or file.added_at is None:
        raise AppError("attachment_not_ready", f"状态：{file.status}，已收到 {file.received}，共 {file.size} 字节")
    if file.status == AttachmentStatus.UNSCANNED and not serve_unscanned:
        raise AppError("attachment_unscanned")


def span_of(header: str | None, size: int) -> Span | None:
    """RFC 9110: one range; what is no single range of bytes is passed over (None: the whole). Raises AppError: range_wrong."""
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or found[1] == found[2] == "":
        return None
    if found[1] == "":
        length = min(int(found[2]), size)
        start = size - length
    else:
        start = int(found[1])
        last = min(int(found[2]), size - 1) if found[2] else size - 1
        if found[2] and int(found[2]) < start:
            return None
        length = last - start + 1
    if length <= 0 or start >= size:
        raise AppError("range_wrong", f"文件共 {size} 字节", size=size)
    return Span(start, length)


def headers_of(file: Attachment, span: Span | None) -> dict[str, str]:
    """Never sniffed, never shown in place, never cached; the scan's result for everybody to see."""
    headers = {
        "content-disposition": disposition(file.name),
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "private, no-store",
        "accept-ranges": "bytes",
        "etag": f'"{file.sha256}"',
        "liandong-scan": str(file.status),
        "content-length": str(span.length if span else file.size),
    }
    if span:
        headers["content-range"] = f"bytes {span.start}-{span.start + span.length - 1}/{file.size}"
    return headers


def disposition(name: str) -> str:
    """RFC 6266: an ASCII name for old clients, the real one in UTF-8 beside it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", plain).strip(" .") or "file"
    stem, dot, extension = name.rpartition(".")
    if dot and stem and not plain.removesuffix(extension).strip("._- "):
        plain = f"file.{extension}" if extension.isascii() and extension.isalnum() else "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
