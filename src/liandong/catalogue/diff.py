"""What changes from one version to another, item by item and field by field."""

from typing import Any

import msgspec
from msgspec import Struct

from liandong.catalogue.content import Content
from liandong.catalogue.transfer import Category, Item

WORDS = {"added": "新增", "removed": "删除", "changed": "修改"}


class FieldChange(Struct, frozen=True):
    field: str
    before: Any
    after: Any


class Change(Struct, frozen=True):
    """`what`: item or category; `kind`: added, removed or changed. Fields of an added or removed one are not repeated."""

    what: str
    code: str
    title: str
    kind: str
    fields: tuple[FieldChange, ...] = ()


def diff(before: Content, after: Content) -> list[Change]:
    """Categories first, then items, each in order of code."""
    return [
        *_changes("category", {c.code: c for c in before.categories}, {c.code: c for c in after.categories}),
        *_changes("item", {i.code: i for i in before.items}, {i.code: i for i in after.items}),
    ]


def _changes(what: str, before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    found = []
    for code in sorted(before.keys() | after.keys()):
        old, new = before.get(code), after.get(code)
        if old is None:
            found.append(Change(what, code, after[code].title, "added"))
        elif new is None:
            found.append(Change(what, code, old.title, "removed"))
        elif old != new:
            found.append(Change(what, code, new.title, "changed", _fields(old, new)))
    return found


def _fields(old: Item | Category, new: Item | Category) -> tuple[FieldChange, ...]:
    was, now = msgspec.to_builtins(old), msgspec.to_builtins(new)
    return tuple(FieldChange(name, was[name], now[name]) for name in was if was[name] != now[name])
