"""A content on its way: compressed, as text, in parts that each fit into one sealed message."""

import base64
import binascii
import zlib
from collections.abc import Iterator, Sequence

from liandong.agreements.model import Version
from liandong.catalogue.content import MAX_CONTENT, digest_of
from liandong.exchange.catalogue_messages import MAX_PARTS, PART_LENGTH, CatalogueProposed

LONGEST_PARCEL = PART_LENGTH * MAX_PARTS


def packed(version: Version, content: str, by: str) -> Iterator[CatalogueProposed]:
    """The notices of one proposal. Raises ValueError for a content that is too large to be sent."""
    text = base64.b64encode(zlib.compress(content.encode(), 9)).decode()
    if len(content.encode()) > MAX_CONTENT or len(text) > LONGEST_PARCEL:
        raise ValueError("the content is too large")
    pieces = [text[start : start + PART_LENGTH] for start in range(0, len(text), PART_LENGTH)]
    assert version.no is not None
    assert version.effective_from is not None
    for part, piece in enumerate(pieces, start=1):
        yield CatalogueProposed(
            version_id=version.id,
            no=version.no,
            digest=version.digest,
            effective_from=version.effective_from,
            part=part,
            parts=len(pieces),
            content=piece,
            base=version.base,
            title=version.title,
            notes=version.notes,
            by=by,
        )


def unpacked(pieces: Sequence[str], digest: str) -> str:
    """The exact text. Raises ValueError for what is no such parcel, or has another digest than was said."""
    try:
        data = base64.b64decode("".join(pieces), validate=True)
        opener = zlib.decompressobj()
        text = opener.decompress(data, MAX_CONTENT).decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError) as error:
        raise ValueError(f"内容无法解开：{error}") from error
    if not opener.eof:
        raise ValueError(f"内容不完整或超过 {MAX_CONTENT} 字节")
    if digest_of(text) != digest:
        raise ValueError("摘要与内容不符")
    return text
