"""Lines of a text file whose encoding nobody told us: UTF-8 with or without mark, or GB 18030 (with GBK, GB 2312).

Decoding is strict. A line that doesn't decode is marked as damaged, so that only its row is lost.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from liandong.imports.model import MessageFileError

LONGEST_LINE = 1_000_000  # bytes; what is longer is cut, so that a file without line ends can't fill the memory
_CHUNK = 1 << 20
_SAMPLE_LINES = 20_000
_DAMAGED = "第 {column} 个字节不是有效的 {encoding} / byte {column} of the line is not valid {encoding}"
_TOO_LONG = "一行超过 {limit} 字节 / the line is longer than {limit} bytes"


class Line(NamedTuple):
    """A line with its end; `problem` says why it can't be trusted, if it can't."""

    number: int
    text: str
    problem: str


def detect_encoding(path: Path) -> str:
    """`utf-8`, `utf-8-sig` or `gb18030`, from the whole file. Raises MessageFileError when it is none of them."""
    with path.open("rb") as file:
        head = file.read(_CHUNK)
        _require_text(head)
        file.seek(0)
        if _is_utf8(file):
            return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
        file.seek(0)
        return _likelier_encoding(file)


class Lines:
    """The lines of a text file, decoded one by one; knows how far it has come."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._encoding = encoding.removesuffix("-sig")
        self._separate = _old_mac_lines if _has_old_mac_lines(file) else _lines

    def __iter__(self) -> Iterator[Line]:
        encoding = self._encoding
        for number, (raw, cut) in enumerate(self._separate(self._file), start=1):
            if number == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)
            try:
                text, problem = raw.decode(encoding), ""
            except UnicodeDecodeError as error:
                text = raw.decode(encoding, "replace")
                problem = _DAMAGED.format(column=error.start + 1, encoding=encoding.upper())
            yield Line(number, text, _TOO_LONG.format(limit=LONGEST_LINE) if cut else problem)


def _require_text(head: bytes) -> None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise MessageFileError(
            "encoding", "文件是 UTF-16 编码，请另存为 UTF-8 的 CSV / the file is UTF-16: save it as CSV in UTF-8"
        )
    if head.count(0) * 10 > len(head):
        raise MessageFileError(
            "not_text", "这不是文本文件，请提供 csv、xlsx 或 jsonl / this is not a text file: give csv, xlsx or jsonl"
        )


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _likelier_encoding(file: BinaryIO) -> str:
    # A line of GB 18030 hardly ever passes for UTF-8, so a file of mostly good UTF-8 lines is UTF-8 with damage.
    total, first_bad = 0, 0
    fitting = {"utf-8": 0, "gb18030": 0}
    for number, (raw, _) in enumerate(_lines(file), start=1):
        if raw.isascii():
            continue
        total += 1
        fits = [encoding for encoding in fitting if _decodes(raw, encoding)]
        for encoding in fits:
            fitting[encoding] += 1
        first_bad = first_bad or (0 if fits else number)
        if total >= _SAMPLE_LINES:
            break
    for encoding, lines in fitting.items():
        if lines * 2 >= total:
            return encoding
    raise MessageFileError(
        "encoding",
        f"无法识别编码（如第 {first_bad} 行），请另存为 UTF-8 / neither UTF-8 nor GB 18030 (line {first_bad}, for one): "
        "save the file as UTF-8",
    )


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    while raw := file.readline(LONGEST_LINE):
        cut = len(raw) == LONGEST_LINE and not raw.endswith(b"\n")
        rest = raw
        while cut and rest and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE)
        yield raw, cut


def _has_old_mac_lines(file: BinaryIO) -> bool:
    head = file.read(_CHUNK)
    file.seek(0)
    return b"\r" in head and b"\n" not in head


def _old_mac_lines(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    # Latin-1 maps every byte to one character and back, so it splits at the carriage returns and changes nothing.
    with io.TextIOWrapper(file, encoding="latin-1", newline="\r") as text:
        for line in text:
            yield line.encode("latin-1").removesuffix(b"\r") + b"\n", len(line) > LONGEST_LINE
