"""What a settled negotiation says about the list: a content that names the duty as it was settled, for a draft that people judge."""

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from liandong.catalogue.content import Content, new_content
from liandong.catalogue.transfer import Category, Item

TITLE = "协商先例"
EXAMPLES = 10  # of one item; further matters of the same kind say nothing new


def with_precedent(content: Content, codes: Iterable[str], owner: str, *, day: date, example: str = "") -> Content:
    """The items of a matter that was settled to be `owner`'s: an item that already is gets the example; another one ends before
    `day` and begins then, with the same words, in the owner's direction.

    Codes that are not in the content are passed over. Raises ValueError for an owner that is not of the pair.
    """
    if owner not in content.centres:
        raise ValueError(f"{owner} is not of {content.centres}")
    categories = {category.code: category for category in content.categories}
    items = {item.code: item for item in content.items}
    for code in codes:
        item = items.get(code)
        if item is None or (item.effective_to is not None and item.effective_to < day):
            continue
        if item.to == owner:
            items[code] = _with_example(item, example)
            continue
        category = Category(code=f"J{item.to}-{owner}", title=TITLE, sender=item.to, to=owner)
        categories.setdefault(category.code, category)
        turned = _turned(item, category, items, day)
        items[turned.code] = _with_example(turned, example)
        items[code] = msgspec.structs.replace(item, effective_to=max(item.effective_from, day - timedelta(days=1)))
    return new_content(content.centres, categories.values(), items.values())


def _turned(item: Item, category: Category, items: dict[str, Item], day: date) -> Item:
    """A code is used once and never again, so the next number is above all that were ever given."""
    given = [int(code.rpartition("-")[2]) for code in items if code.startswith(f"{category.code}-")]
    return msgspec.structs.replace(
        item,
        code=f"{category.code}-{max(given, default=0) + 1:02d}",
        category=category.code,
        from_=category.sender,
        to=category.to,
        effective_from=day,
        effective_to=None,
        basis=f"{TITLE}（原 {item.code}）；{item.basis}"[:300],
    )


def _with_example(item: Item, example: str) -> Item:
    example = " ".join(example.split())[:200]
    if not example or example in item.examples or len(item.examples) >= EXAMPLES:
        return item
    return msgspec.structs.replace(item, examples=(*item.examples, example))
