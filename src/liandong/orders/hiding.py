"""A caller who asked for confidentiality, or who reports, does not exist for a unit: not in a field, a word, a file name or the ledger.

Whatever a unit's key is shown of such an order goes through `Hidden`: beside the caller's own fields, which are left out, every text loses
what the caller is known by: names, numbers, addresses and the numbers of recordings (domain §6: hidden from the unit).
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from liandong.orders.context import Actor
from liandong.orders.model import Caller, Snapshot, known_by

MARK = "＊＊＊"
_SHORTEST = 2  # a single character would blot out half of the text


class Hidden(Struct, frozen=True):
    """What must not be read. Empty: nothing is hidden from this actor."""

    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, snapshot: Snapshot, actor: Actor, earlier: Iterable[Caller] = ()) -> "Hidden":
        """`earlier`: the caller as it was taken down before it was corrected."""
        if actor.unit is None or not snapshot.order.confidential:
            return cls()
        return cls(secrets_of(snapshot, earlier))

    def text(self, text: str) -> str:
        for word in self.words:
            text = text.replace(word, MARK)
        return text

    def scrub(self, value: Any) -> Any:
        """Plain data (as msgspec.to_builtins gives it) with every text scrubbed."""
        if not self.words:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.scrub(one) for key, one in value.items()}
        return [self.scrub(one) for one in value] if isinstance(value, list | tuple) else value

    def struct(self, value: Any) -> Any:
        """A Struct of the same kind, scrubbed."""
        if not self.words:
            return value
        return msgspec.convert(self.scrub(msgspec.to_builtins(value)), type(value))


def secrets_of(snapshot: Snapshot, earlier: Iterable[Caller] = ()) -> tuple[str, ...]:
    """The longest first, so that a name within an address leaves no rest. The place of the incident stays: somebody must go there."""
    order = snapshot.order
    found: set[str] = {order.call.recording_no, *order.handling.known_by}
    for caller in (order.caller, *earlier):
        found |= set(known_by(caller))
    found = {word for word in found if word not in order.incident.address}
    for transfer in snapshot.transfers or ():
        found |= {joined.recording_no for call in transfer.calls for joined in call.joined}
    return tuple(sorted((word for word in found if len(word) >= _SHORTEST), key=lambda word: (-len(word), word)))
