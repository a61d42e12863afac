"""Which precedents speak for a matter. Pure."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from liandong.core.likeness import likeness, pairs
from liandong.precedents.model import FoundPrecedent
from liandong.routing.model import Verdict

CITED = 3  # precedents in a verdict
ALIKE = 0.2  # words that share less say nothing about one another


def questions_of(verdict: Verdict, class_intake: str | None, overlaps: frozenset[str]) -> list[str]:
    """What the matter may have been called as a question: its overlaps, its catalogue items together, else its class.

    The same names as linkage.precedents gives to what was settled.
    """
    says = (span.says for span in verdict.spans)
    named = dict.fromkeys(one for one in says if one in overlaps)
    items = " ".join(sorted(verdict.items))
    if items:
        named[items] = None
    return list(named) or ([class_intake] if class_intake else [])


def ranked(found: Iterable[tuple[FoundPrecedent, str]], text: str, limit: int) -> list[FoundPrecedent]:
    """Pairs of a precedent with what its caller said. With words asked about: the likest first, and none that is not alike.

    Without: in the order given, the newest first.
    """
    if not text:
        return [one for one, _ in found][:limit]
    asked = pairs(text)
    alike = ((likeness(asked, pairs(said)), one) for one, said in found)
    near = sorted((pair for pair in alike if pair[0] >= ALIKE), key=lambda pair: -pair[0])
    return [msgspec.structs.replace(one, likeness=round(share, 2)) for share, one in near[:limit]]


def cited(verdict: Verdict, found: list[FoundPrecedent]) -> Verdict:
    """The verdict with what was decided before, said in its sentence too."""
    chosen = found[:CITED]
    if not chosen:
        return verdict
    owners = Counter(one.owner for one in chosen).most_common()
    counts = "、".join(f"{owner}承办{count}次" for owner, count in owners)
    reason = f"{verdict.reason}同类问题此前确定由{counts}。"
    return msgspec.structs.replace(verdict, reason=reason, precedents=tuple(one.citation() for one in chosen))
