"""A city's own table in place of the one that comes with the program: read whole, and what is wrong in it named with file and line."""

import re
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
_AT = re.compile(r" - at `\$\.?(?P<path>[^`]*)`")
_BYTE = re.compile(r"byte (?P<byte>\d+)")
_STEP = re.compile(r"(?P<name>\w+)(?:\[(?P<index>\d+)\])?")


class TableError(ValueError):
    """A table that can't be used; the text names the file, the line and what is wrong."""


class Table:
    """The text of one table. `name` is what errors call it."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name, self.data = name, data.removeprefix(b"\xef\xbb\xbf")

    def decode(self, kind: type[T]) -> T:
        """Raises TableError."""
        try:
            return msgspec.json.decode(self.data, type=kind)
        except msgspec.ValidationError as error:
            raise TableError(f"{self.name}, line {self._line_at(str(error))}: {error}") from error
        except msgspec.DecodeError as error:
            found = _BYTE.search(str(error))
            raise TableError(f"{self.name}, line {self._line(int(found['byte']) if found else 0)}: {error}") from error

    def wrong(self, word: Any, text: str) -> TableError:
        """About something that the table itself says: the line is the first where the word stands as a value."""
        written = msgspec.json.encode(word)
        return TableError(f"{self.name}, line {self._line(max(self.data.find(written), 0))}: {text}")

    def _line(self, offset: int) -> int:
        return self.data.count(b"\n", 0, offset) + 1

    def _line_at(self, error: str) -> int:
        """Of the innermost part that msgspec's path leads to."""
        found = _AT.search(error)
        offset, part = 0, msgspec.Raw(self.data)
        for step in _STEP.finditer(found["path"]) if found else ():
            offset, part = self._into(offset, part, step["name"])
            if step["index"] is not None:
                offset, part = self._into(offset, part, int(step["index"]))
        return self._line(offset)

    def _into(self, offset: int, part: msgspec.Raw, key: str | int) -> tuple[int, msgspec.Raw]:
        try:
            if isinstance(key, int):
                items = msgspec.json.decode(part, type=list[msgspec.Raw])
                for before in items[:key]:
                    offset = self.data.index(bytes(before), offset) + len(bytes(before))
                inner = items[key]
            else:
                inner = msgspec.json.decode(part, type=dict[str, msgspec.Raw])[key]
                offset = self.data.index(f'"{key}"'.encode(), offset)
        except (msgspec.DecodeError, KeyError, IndexError, ValueError):
            return offset, part  # as near as it can be said
        return self.data.index(bytes(inner), offset), inner


def read_table(path: Path | None, shipped: str) -> Table:
    """The city's file, or the one in catalogue/data. Raises TableError."""
    if path is None:
        return Table(shipped, files("liandong.catalogue").joinpath("data", shipped).read_bytes())
    try:
        return Table(path.name, path.read_bytes())
    except OSError as error:
        raise TableError(f"{path.name}: 读不了 / can't be read: {error.strerror}") from error
