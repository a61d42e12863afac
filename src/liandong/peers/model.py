"""What centres tell each other of themselves, and what this centre knows of each of its peers."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from liandong.exchange.contracts import Centre
from liandong.orders.model import Line, Moment

ABOUT_TOLD = "about.told.v1"
PROTOCOL = 1
EVERY = 30.0  # seconds between questions to a peer
CLAIMED = timedelta(seconds=24)  # a peer asked more lately than this is not asked by another worker
PATIENCE = 5.0  # seconds for an answer, 2 of them for the connection
SLOW_MS = 1500  # an answer that took longer says that the link is slow
SKEW_MS = 2000  # clocks further apart than this are warned of
# What every peer speaks that has no address to be asked at: the messages of the first version.
FIRST_KINDS = frozenset({
    "transfer.offered.v1", "transfer.accepted.v1", "transfer.returned.v1", "transfer.withdrawal_requested.v1", "transfer.withdrawn.v1",
    "order.progressed.v1", "order.answered.v1", "order.evaluated.v1", "matter.supplemented.v1", "danger.raised.v1",
})  # fmt: skip
Nonce = Annotated[str, Meta(pattern=r"^[0-9a-zA-Z_-]{8,64}$")]


class About(Struct, frozen=True, kw_only=True):
    """A centre about itself, sealed for the one that asks. `nonce` is the asker's, so that an old answer can't be played again.

    `kinds`: the messages that it understands. `desk_open`: somebody sits at its desk now. `at`: its clock, RFC 3339.
    """

    centre: Centre
    nonce: Nonce
    at: Moment
    protocol: Annotated[int, Meta(ge=1, le=1000)]
    kinds: Annotated[list[Annotated[str, Meta(max_length=80)]], Meta(max_length=1000)]
    kind: Line = ""
    side: Line = ""
    name: Line = ""
    acts_in_danger: bool = False
    version: Line = ""
    desk_open: bool = True
    desk_reason: Line = ""
    desk_since: Moment | None = None


class LinkState(StrEnum):
    """`never`: no answer yet, since this centre knows of the peer."""

    UP = "up"
    SLOW = "slow"
    DOWN = "down"
    NEVER = "never"


class Heard(Struct, frozen=True, kw_only=True):
    """What came of one question. `about` None with `reachable`: an older peer that has no such address."""

    reachable: bool
    at: datetime
    latency_ms: int | None = None
    about: About | None = None
    skew_ms: int | None = None
    error: str | None = None

    @property
    def slow(self) -> bool:
        return self.reachable and (self.latency_ms or 0) > SLOW_MS

    @property
    def kinds(self) -> list[str] | None:
        if not self.reachable:
            return None
        return sorted(self.about.kinds if self.about else FIRST_KINDS)


class PeerView(Struct, frozen=True, kw_only=True):
    """One peer, for the people of this centre. `kinds_not_spoken`: messages of ours that it would not understand."""

    code: str
    name: str
    name_en: str
    side: str
    colour: str
    acts_in_danger: bool
    state: LinkState
    since: datetime | None
    last_seen_at: datetime | None
    latency_ms: int | None
    version: str | None
    protocol: int | None
    kinds_not_spoken: list[str]
    clock_skew_ms: int | None
    clock_skewed: bool
    desk_open: bool | None
    desk_reason: str | None
    desk_since: datetime | None
    pending: int
    dead: int
    oldest_waiting_at: datetime | None
    last_error: str | None


class DeskView(Struct, frozen=True):
    """Whether this centre's desk is staffed, and who said so."""

    open: bool
    reason: str
    since: datetime | None
    actor: str


NOBODY = UUID(int=0)


def state_of(row: Any) -> LinkState:
    if row is None or (row["last_seen_at"] is None and not row["reachable"]):
        return LinkState.NEVER
    if not row["reachable"]:
        return LinkState.DOWN
    return LinkState.SLOW if row["slow"] else LinkState.UP


def is_skewed(skew_ms: int | None) -> bool:
    return skew_ms is not None and abs(skew_ms) > SKEW_MS


def not_spoken(ours: Iterable[str], theirs: Iterable[str] | None) -> list[str]:
    """Of our kinds those that the peer does not understand; nothing is said of a peer that never answered."""
    return [] if theirs is None else sorted(set(ours) - set(theirs))
