"""Is it the caller's earlier matter again? Pure."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from liandong.core.likeness import likeness, pairs
from liandong.duplicates.rules import SUPPLEMENT, distance
from liandong.orders.model import RESOLVED, Point
from liandong.repeats.model import Earlier
from liandong.repeats.policy import RepeatsPolicy

ANSWERED = RESOLVED - {"cancelled"}
VOID = frozenset({"cancelled", "declined", "withdrawn"})


class Known(Struct, frozen=True):
    """What is known of one matter of a caller."""

    id: UUID
    number: str | None
    status: str
    title: str
    content: str
    address: str
    wgs84: Point | None
    gcj02: Point | None
    created_at: datetime
    repeats: int
    repeat_of: UUID | None
    answer: str | None
    closing: str | None
    solved: bool | None
    satisfaction: int | None

    @property
    def is_answered(self) -> bool:
        return self.status in ANSWERED

    @property
    def is_open(self) -> bool:
        return not self.is_answered and self.status not in VOID


class Said(Struct, frozen=True):
    """What the caller says now."""

    title: str
    content: str
    address: str
    wgs84: Point | None
    gcj02: Point | None


def earlier_matter(said: Said, known: Iterable[Known], policy: RepeatsPolicy) -> Earlier | None:
    """The newest matter about the same thing, if it has had its final answer. One that is still open is no repeat: it is urged or merged."""
    same = [one for one in known if one.status not in VOID and is_same(said, one, policy)]
    newest = max(same, key=lambda one: one.id, default=None)
    if newest is None or not newest.is_answered:
        return None
    return Earlier(newest.id, newest.number, newest.repeats)


def is_same(said: Said, one: Known, policy: RepeatsPolicy) -> bool:
    """The caller is the same already; now the place or the words."""
    if said.address and said.address == one.address:
        return True
    if any(a and b and distance(a, b) <= policy.metres for a, b in ((said.wgs84, one.wgs84), (said.gcj02, one.gcj02))):
        return True
    return likeness(pairs(said.title + said.content), pairs(one.title + first_words(one))) >= policy.likeness


def first_words(one: Known) -> str:
    """What the caller said first; supplements are not compared."""
    return one.content.partition(SUPPLEMENT)[0]
