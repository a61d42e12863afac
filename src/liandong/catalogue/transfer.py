"""The transfer catalogue: which matters one centre hands to another, as versioned data.

Source: plan part 二(二)2 (事项清单) and 二(三)1. The shipped list has 9 categories and 64 items from 12345 to 110
and 22 categories and 105 items from 110 to 12345, `data/transfer_list.toml`; a city edits it.
"""

import datetime
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
from msgspec import Struct


class Way(StrEnum):
    """How a matter is handed over."""

    VOICE = "voice"
    DATA = "data"
    THREE_WAY = "three_way"


class Category(Struct, frozen=True, forbid_unknown_fields=True):
    """A group of items in one direction, sender → receiver."""

    code: str
    title: str
    sender: str
    to: str


class Item(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """One kind of matter that `from_` hands to `to`.

    keywords: patterns as explained in `terms.toml`. time_limit_s: seconds in which the receiver accepts.
    effective_to is the last day on which the item counts, None while it is open.
    """

    code: str
    category: str
    from_: str
    to: str
    title: str
    examples: tuple[str, ...]
    keywords: str
    way: Way
    urgent: bool
    time_limit_s: int
    effective_from: datetime.date
    basis: str
    effective_to: datetime.date | None = None
    only_in_danger: bool = False
    """Is the receiver's duty only while there is danger or a lead on stability; otherwise the words are a mention."""
    defeated_by: tuple[str, ...] = ("negated", "hypothesis", "risk", "fiction", "once")
    """The contexts in which the words do not speak for an item of the police side."""


class TransferCatalogue(Struct, frozen=True):
    """One version of the list."""

    version: str
    categories: tuple[Category, ...]
    items: tuple[Item, ...]

    def on(self, day: datetime.date) -> tuple[Item, ...]:
        """The items in force on a day."""
        return tuple(
            item
            for item in self.items
            if item.effective_from <= day and (item.effective_to is None or day <= item.effective_to)
        )

    def item(self, code: str) -> Item | None:
        return next((item for item in self.items if item.code == code), None)


def load_catalogue(text: str) -> TransferCatalogue:
    """A catalogue from the text of a TOML file; what an item does not say, it takes from its category.

    Raises ValueError for a code used twice, msgspec.ValidationError for a wrong field.
    """
    raw = tomllib.loads(text)
    categories: list[Category] = []
    items: list[Item] = []
    for group in raw["category"]:
        category, own = _read_category(group)
        categories.append(category)
        items.extend(own)
    seen: set[str] = set()
    for item in items:
        if item.code in seen:
            raise ValueError(f"item code {item.code} is used twice")
        seen.add(item.code)
    return TransferCatalogue(version=raw["version"], categories=tuple(categories), items=tuple(items))


@cache
def default_catalogue() -> TransferCatalogue:
    """The shipped catalogue."""
    return load_catalogue(files("liandong.catalogue").joinpath("data/transfer_list.toml").read_text("utf-8"))


def _read_category(group: dict[str, Any]) -> tuple[Category, list[Item]]:
    category = Category(code=group["code"], title=group["title"], sender=group["from"], to=group["to"])
    inherited = {
        name: group[name]
        for name in (
            "from",
            "to",
            "way",
            "urgent",
            "time_limit_s",
            "effective_from",
            "effective_to",
            "basis",
            "only_in_danger",
        )
        if name in group
    }
    return category, [msgspec.convert(inherited | {"category": category.code} | item, Item) for item in group["items"]]
