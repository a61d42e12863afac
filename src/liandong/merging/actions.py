"""Two orders of one centre handled together, and apart again."""

from uuid import UUID

from liandong.orders.acting import Action, ShortWords
from liandong.orders.model import Text


class Merge(Action, frozen=True, tag="merge"):
    """Handled together with another order of this centre; the result of that one is this one's, and every caller is answered."""

    into: UUID
    text: Text = ""


class Unmerge(Action, frozen=True, tag="unmerge"):
    reason: ShortWords


MergingAction = Merge | Unmerge
