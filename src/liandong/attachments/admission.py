"""What may be attached: limits of size and number, and the media types with the signs by which their content is known. All of it data."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from liandong.attachments.model import BAD, Attachment, MediaType

HEAD = 4096  # bytes of the beginning that the content is judged by
MIB = 1024 * 1024


class Limits(Struct, frozen=True):
    """Bytes of one file, bytes and number of all files of an order."""

    max_file: int = 100 * MIB
    max_order: int = 500 * MIB
    max_count: int = 50


class Sign(Struct, frozen=True, forbid_unknown_fields=True):
    """These bytes at this place."""

    at: Annotated[int, Meta(ge=0, lt=HEAD)]
    hex: Annotated[str, Meta(pattern=r"^([0-9a-f]{2})+$")]

    def holds(self, head: bytes) -> bool:
        wanted = bytes.fromhex(self.hex)
        return head[self.at : self.at + len(wanted)] == wanted


class Kind(Struct, frozen=True, forbid_unknown_fields=True):
    """One media type. `signs`: alternatives, of which one must hold in all its parts; none of them: the content must be text."""

    media_type: MediaType
    group: str
    extensions: list[str]
    signs: list[list[Sign]] = []

    def fits(self, head: bytes) -> bool:
        if not self.signs:
            return is_text(head)
        return any(all(sign.holds(head) for sign in way) for way in self.signs)


class Objection(Struct, frozen=True):
    """Why a file is not taken. `code` is one of core.errors.PROBLEMS."""

    code: str
    text: str


class Admission:
    def __init__(self, limits: Limits | None = None, kinds: Iterable[Kind] | None = None) -> None:
        self.limits = limits or Limits()
        self._kinds = {kind.media_type: kind for kind in (kinds if kinds is not None else default_kinds())}

    def media_type_of(self, name: str) -> str | None:
        """The media type that a name's extension stands for."""
        return next((kind.media_type for kind in self._kinds.values() if _extension(name) in kind.extensions), None)

    def objection(self, *, name: str, media_type: str, size: int, others: Iterable[Attachment]) -> Objection | None:
        """What speaks against a declared file beside the order's other ones. None: nothing."""
        kind = self._kinds.get(media_type)
        if kind is None:
            return Objection("media_type_refused", f"不接受“{media_type}”类型的文件；可用：{self._words()}")
        if _extension(name) not in kind.extensions:
            return Objection(
                "media_type_refused", f"“{media_type}”的文件名应以 {'、'.join(kind.extensions)} 结尾，不是“{name}”"
            )
        kept = [one for one in others if one.status not in BAD]
        if size > self.limits.max_file:
            return Objection("attachment_too_large", f"单个附件不得超过 {_mib(self.limits.max_file)}")
        if len(kept) >= self.limits.max_count:
            return Objection("attachment_too_large", f"一个工单最多 {self.limits.max_count} 个附件")
        if sum(one.size for one in kept) + size > self.limits.max_order:
            return Objection("attachment_too_large", f"一个工单的附件合计不得超过 {_mib(self.limits.max_order)}")
        return None

    def wrong_content(self, media_type: str, head: bytes) -> str | None:
        """Why the beginning of a file is not what its type says. None: it is."""
        kind = self._kinds.get(media_type)
        if kind is not None and kind.fits(head[:HEAD]):
            return None
        return f"内容不是“{media_type}”"

    def _words(self) -> str:
        return "、".join(sorted({kind.group for kind in self._kinds.values()}))


class KindsError(ValueError):
    """The list of media types can't be used."""


@cache
def default_kinds() -> tuple[Kind, ...]:
    return _decode(files("liandong.attachments").joinpath("data/media_types.json").read_bytes())


def load_kinds(path: Path) -> tuple[Kind, ...]:
    """A city's own list. Raises KindsError with what is wrong."""
    try:
        return _decode(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise KindsError(f"{path}: {error}") from error


def is_text(head: bytes) -> bool:
    """UTF-8 or GB 18030 without control characters other than tabs and line ends."""
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in head):
        return False
    for encoding, widest in (("utf-8", 4), ("gb18030", 4)):
        for cut in range(widest if len(head) == HEAD else 1):  # the last character may be cut off
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False


def _decode(text: bytes) -> tuple[Kind, ...]:
    return tuple(msgspec.json.decode(text, type=list[Kind]))


def _extension(name: str) -> str:
    return PurePosixPath(name).suffix.lower().lstrip(".")


def _mib(size: int) -> str:
    return f"{size / MIB:.0f} MiB" if size >= MIB else f"{size} 字节"
