"""What only the reader of texts can tell of an item, and what this centre's other lists forbid."""

from collections.abc import Iterable, Iterator

from liandong.catalogue.content import Content
from liandong.catalogue.soundness import Fault, faults
from liandong.catalogue.transfer import Item
from liandong.routing.lexicon import Lexicon
from liandong.routing.reader import default_reader
from liandong.routing.terms import default_terms


def check_item(item: Item) -> Iterator[tuple[str, str, str]]:
    """Patterns that can't be read, contexts that do not exist, and centres that no text can be read for."""
    terms = default_terms()
    try:
        Lexicon(terms.classes, {}, ()).add_patterns(item.code, item.keywords)
    except ValueError as error:
        yield "keywords", f"写法有误：{error}", f"can't be read: {error}"
    for name in item.defeated_by:
        if not default_reader().knows_context(name):
            yield "defeated_by", f"没有语境 {name}", f"there is no context {name}"
    known = {party.code for party in terms.parties}
    for field, centre in (("from", item.from_), ("to", item.to)):
        if centre not in known:
            yield field, f"没有登记中心 {centre}", f"centre {centre} is not known"


def all_faults(content: Content, centres: tuple[str, str], taken: Iterable[str]) -> list[Fault]:
    """`centres`: the pair that it should be of. `taken`: codes that this centre uses with other peers."""
    found = faults(content, check_item)
    if content.centres != centres:
        found.append(Fault("", "centres", f"不是{centres[0]}与{centres[1]}的清单", f"is not the list of {centres}"))
    twice = {item.code for item in content.items} & set(taken)
    found += [
        Fault(code, "code", f"代码 {code} 已用于与其他中心的清单", f"code {code} is used with another centre")
        for code in sorted(twice)
    ]
    return found
