"""Which column of a file holds which field: by explicit mapping, else by the headers that are in use.

The headers known are data: `data/columns.json`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from itertools import islice

import msgspec

from liandong.imports.model import MessageFileError


class FieldSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """headers: in order of preference. longest: characters."""

    headers: list[str]
    longest: int
    required: bool = False


class ColumnTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Fields by name, and for some fields the words that are translated into the product's own."""

    fields: dict[str, FieldSpec]
    words: dict[str, dict[str, str]]


@cache
def column_table() -> ColumnTable:
    """The shipped table."""
    data = (resources.files("liandong.imports") / "data" / "columns.json").read_bytes()
    return msgspec.json.decode(data, type=ColumnTable)


def parse_mapping(options: Iterable[str]) -> dict[str, str]:
    """Read options such as `content=留言详情` into a mapping field → column. Raises MessageFileError."""
    mapping: dict[str, str] = {}
    for option in options:
        field, equals, column = option.partition("=")
        if not equals or not column.strip():
            raise MessageFileError(
                "mapping", f"列对应应写成 字段=列名：{option!r} / a mapping is written field=column, not {option!r}"
            )
        mapping[field.strip()] = column.strip()
    check_mapping(mapping)
    return mapping


def check_mapping(mapping: Mapping[str, str]) -> None:
    """Raise MessageFileError when a mapping names a field that doesn't exist, or one column for two fields."""
    known = column_table().fields
    unknown = [field for field in mapping if field not in known]
    if unknown:
        raise MessageFileError(
            "mapping",
            f"没有这些字段：{'、'.join(unknown)}；可用字段：{'、'.join(known)} / no such field; the fields are listed above",
        )
    columns = [normal_header(column) for column in mapping.values()]
    if len(set(columns)) < len(columns):
        raise MessageFileError("mapping", "一列只能对应一个字段 / a column can be mapped to one field only")


def match_columns(header: Iterable[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """Field → position of its column; the explicit mapping wins, then the preferred header of each field."""
    places: dict[str, int] = {}
    for position, header_name in enumerate(header):
        places.setdefault(normal_header(header_name), position)
    mapped = {field: places[name] for field, name in _normal(mapping).items() if name in places}
    taken = set(mapped.values())
    found = dict(mapped)
    for field, names in _headers().items():
        if field in mapping:
            continue
        free = (places[name] for name in names if name in places and places[name] not in taken)
        for place in islice(free, 1):
            found[field] = place
            taken.add(place)
    return found


def missing_columns(header: Iterable[str], mapping: Mapping[str, str]) -> list[str]:
    """What a header lacks: required fields without a column, and mapped columns that aren't there."""
    found = match_columns(header, mapping)
    required = [field for field, spec in column_table().fields.items() if spec.required]
    return [field for field in dict.fromkeys([*required, *mapping]) if field not in found]


def require_columns(header: Iterable[str], mapping: Mapping[str, str]) -> None:
    """Raise MessageFileError, with the columns found and what to do, when a header lacks something."""
    header = list(header)
    missing = missing_columns(header, mapping)
    if not missing:
        return
    columns = "、".join(name.strip()[:40] or "（空）" for name in header[:40])
    needed = "、".join(mapping.get(field) or column_table().fields[field].headers[0] for field in missing)
    raise MessageFileError(
        "missing_columns",
        f"缺少列：{needed}。文件中的列：{columns}。请改列名，或用 --map {missing[0]}=列名 指定 / "
        f"missing: {', '.join(missing)}; the file has the columns listed above; rename one or give --map {missing[0]}=COLUMN",
    )


@cache
def normal_header(name: str) -> str:
    """A header for comparing: full-width forms, case, spaces, marks and remarks in brackets removed."""
    plain = unicodedata.normalize("NFKC", name).strip().lstrip("\ufeff").casefold()
    return re.sub(r"\(.*?\)|[\s*:_]", "", plain)


@cache
def _headers() -> dict[str, list[str]]:
    return {field: [normal_header(name) for name in spec.headers] for field, spec in column_table().fields.items()}


def _normal(mapping: Mapping[str, str]) -> dict[str, str]:
    return {field: normal_header(name) for field, name in mapping.items()}
