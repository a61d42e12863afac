"""Steps that the author of lives leaves out, since each leads to a defect that is known. Its story is in stories.py.

A line here is a function of (centre, the fields of the action, the order as it is) that says whether somebody would take such a step now.
Mend the defect, then take its line out of KEPT_OUT: from then on random lives take that step too.
"""

from collections.abc import Callable
from typing import Any

from liandong.orders.model import Snapshot

KEPT_OUT: tuple[Callable[[str, dict[str, Any], Snapshot], bool], ...] = ()
