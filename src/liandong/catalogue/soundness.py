"""What is wrong with a content, in words; empty when it may be agreed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from liandong.catalogue.content import Content
from liandong.catalogue.transfer import Category, Item

LONGEST_LIMIT = 7 * 24 * 3600  # seconds
LIMITS = {"title": 60, "basis": 300, "keywords": 10_000}  # characters

Check = Callable[[Item], Iterable[tuple[str, str, str]]]
"""What only the reader of texts can tell of an item: (field, Chinese, English) for each fault."""


class Fault(Struct, frozen=True):
    """`field` is the item's or category's field as in the file's header."""

    code: str
    field: str
    zh: str
    en: str


def faults(content: Content, check: Check) -> list[Fault]:
    """Everything, not just the first."""
    categories = {category.code: category for category in content.categories}
    found: list[Fault] = []
    if not content.items:
        found.append(Fault("", "code", "清单中没有事项", "the list has no item"))
    for what, codes in (("category", [c.code for c in content.categories]), ("code", [i.code for i in content.items])):
        found += [
            Fault(code, what, f"代码 {code} 用了 {count} 次", f"code {code} is used {count} times")
            for code, count in Counter(codes).items()
            if count > 1
        ]
    pair = set(content.centres)
    for category in content.categories:
        if {category.sender, category.to} != pair:
            found.append(Fault(category.code, "category", "不属于这两个中心", "is not of these two centres"))
    for item in content.items:
        found += item_faults(item, categories.get(item.category), check)
    return found


def item_faults(item: Item, category: Category | None, check: Check) -> Iterator[Fault]:
    def fault(field: str, zh: str, en: str) -> Fault:
        return Fault(item.code, field, zh, en)

    if category is None:
        yield fault("category", f"没有类别 {item.category}", f"there is no category {item.category}")
    elif (item.from_, item.to) != (category.sender, category.to):
        yield fault("from", "方向与类别不符", "its direction is not its category's")
    if not item.code.startswith(item.category) or item.code == item.category:
        yield fault("code", f"事项代码应以类别代码 {item.category} 开头", f"the code must begin with {item.category}")
    for field, text in (("title", item.title), ("basis", item.basis), ("keywords", item.keywords)):
        if not text.strip():
            yield fault(field, "不能为空", "must not be empty")
        elif len(text) > LIMITS[field]:
            yield fault(field, f"不得超过 {LIMITS[field]} 字", f"must not exceed {LIMITS[field]} characters")
    if not item.examples or not all(example.strip() for example in item.examples):
        yield fault("examples", "至少要有一个例子", "needs at least one example")
    texts = {"title": (item.title,), "basis": (item.basis,), "keywords": (item.keywords,), "examples": item.examples}
    for field, parts in texts.items():
        if not all(part.isprintable() for part in parts):
            yield fault(field, "含有不可见的控制字符", "holds a control character")
    if not 1 <= item.time_limit_s <= LONGEST_LIMIT:
        yield fault("time_limit_s", f"应在 1 到 {LONGEST_LIMIT} 秒之间", f"must be from 1 to {LONGEST_LIMIT} seconds")
    if item.effective_to is not None and item.effective_to < item.effective_from:
        yield fault("effective_to", "早于生效日期", "is before effective_from")
    for field, zh, en in check(item):
        yield fault(field, zh, en)
