"""Messages about attachments. They say what there is; the bytes go beside them (docs/protocol.md, section 17)."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from liandong.attachments.model import FileName, MediaType, Sha256, Size
from liandong.exchange.body import Body
from liandong.orders.model import Line, Moment, Text


class AttachmentAdded(Body, frozen=True):
    """A file belongs to this matter; its bytes follow. `scan`: what the sender's scanner said, `clean` or `unscanned`."""

    attachment_id: UUID
    name: FileName
    media_type: MediaType
    size: Size
    sha256: Sha256
    added_at: Moment
    confidential: bool = False
    taken_at: Moment | None = None
    place: Line = ""
    scan: Line = "unscanned"


class AttachmentSettled(Body, frozen=True):
    """The receiver does not keep the file: `infected`, or `refused` with a reason. A file that is kept needs no message."""

    attachment_id: UUID
    status: Annotated[str, Meta(pattern=r"^(infected|refused)$")]
    at: Moment
    text: Text = ""


class AttachmentChunk(Body, frozen=True):
    """The seal of one piece of bytes, or with `length` 0 the question how far the receiver is. Never stored as a message."""

    attachment_id: UUID
    offset: Annotated[int, Meta(ge=0, le=2**40)]
    length: Annotated[int, Meta(ge=0, le=2**32)]
    sha256: Sha256
