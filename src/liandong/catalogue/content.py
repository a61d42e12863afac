"""The content of one version: what two centres hand to each other, as the exact text whose digest both agree to."""

import hashlib
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from liandong.catalogue.transfer import Category, Item, TransferCatalogue

MAX_CONTENT = 4 * 1024 * 1024  # bytes of one content; the shipped one of 12345 and 110 has 0.1 MB


class Content(Struct, frozen=True, forbid_unknown_fields=True):
    """The list of one pair, both directions. A field that is not known here is refused: nobody agrees to what they can't read."""

    centres: tuple[str, str]
    categories: tuple[Category, ...]
    items: tuple[Item, ...]

    def item(self, code: str) -> Item | None:
        return next((item for item in self.items if item.code == code), None)


_decoder = msgspec.json.Decoder(Content)


def pair_of(here: str, there: str) -> tuple[str, str]:
    """The pair's name, the same from both sides."""
    first, second = sorted((here, there))
    return first, second


def new_content(centres: tuple[str, str], categories: Iterable[Category], items: Iterable[Item]) -> Content:
    """In order of code, so that the same list has the same digest however its file was sorted."""
    return Content(
        centres=pair_of(*centres),
        categories=tuple(sorted(categories, key=lambda category: category.code)),
        items=tuple(sorted(items, key=lambda item: item.code)),
    )


def content_of_pair(catalogue: TransferCatalogue, here: str, there: str) -> Content:
    """What a whole catalogue says of one pair."""
    pair = {here, there}
    return new_content(
        (here, there),
        (category for category in catalogue.categories if {category.sender, category.to} == pair),
        (item for item in catalogue.items if {item.from_, item.to} == pair),
    )


def write_content(content: Content) -> str:
    return msgspec.json.encode(content).decode()


def read_content(text: str) -> Content:
    """Raises msgspec.ValidationError naming the field, msgspec.DecodeError for what is no JSON."""
    return _decoder.decode(text)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
