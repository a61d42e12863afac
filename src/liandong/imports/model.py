"""What a message file yields: rows that can be imported, rows that can't, and the refusal of a whole file."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Row(Struct, frozen=True, kw_only=True):
    """One message, cleaned and checked; an absent field is empty.

    line: where it begins in the file, from 1 (the row number in a workbook).
    key: SHA-256 over who said what and when; equal in every format and encoding of the same message.
    at: aware; a time without zone in the file was taken as Beijing time.
    division_code: the code or the name of the division, as written.
    type: the product's word (consultation, help, complaint, report, suggestion, praise), or as written when unknown.
    """

    line: int
    key: str
    source_id: str = ""
    title: str = ""
    content: str = ""
    at: datetime | None = None
    caller_name: str = ""
    phone: str = ""
    address: str = ""
    division_code: str = ""
    type: str = ""
    channel: str = ""
    centre: str | None = None

    @property
    def text(self) -> str:
        """The subject and the detail together: what is read to decide about the message."""
        return "\n".join(part for part in (self.title, self.content) if part)


class BadRow(Struct, frozen=True):
    """A row that can't be imported: where, which field, what is wrong (Chinese / English), and how it begins."""

    line: int
    field: str
    text: str
    excerpt: str


class RawRow(Struct, frozen=True):
    """A row as a reader found it: the names of its cells, the cells, and what made it unreadable, if anything did.

    beginning: the start of its text, when the format is text.
    """

    line: int
    header: tuple[str, ...]
    cells: list[object]
    problem: str = ""
    beginning: str = ""


class MessageFileError(ValueError):
    """A file that can't be imported at all. `code` is stable; the text says in both languages what to do."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


EXCERPT_LENGTH = 120


def excerpt_of(text: str) -> str:
    """The beginning of a row on one line, without characters that a terminal would act upon."""
    shown = text.rstrip("\r\n")[:EXCERPT_LENGTH]
    return "".join(character if character.isprintable() else " " for character in shown)
