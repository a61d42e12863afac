"""What goes into a decision beside the snapshot, and what comes out of it."""

from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct

from liandong.attachments.admission import Admission
from liandong.attachments.model import Attachment
from liandong.core.lifecycle import Transition
from liandong.exchange.contracts import Body
from liandong.linkage.model import Transfer
from liandong.orders.model import Dispatch, Exercise, Kind, Order, Snapshot

DANGER_CLOCK = "danger_transfer"  # how long a hotline may take to hand danger over before the clock does


class Actor(Struct, frozen=True):
    """Who acts: a person's key, a clock or a peer. `unit` limits a unit's key to its own orders."""

    id: str
    roles: frozenset[str]
    unit: str | None = None


CLOCK_ACTOR = Actor(id="clock", roles=frozenset({"clock"}))


def peer_actor(code: str) -> Actor:
    return Actor(id=f"peer:{code}", roles=frozenset({"peer"}))


class Due(Struct, frozen=True):
    """A deadline, computed once, with the version of the policy it came from."""

    at: datetime
    policy_version: str


class Policy(Protocol):
    """What a city may edit, as the decisions see it. Implemented by catalogue.policy.CityPolicy."""

    centre: str
    kind: Kind
    division_code: str
    admission: Admission  # which files may be attached

    def side(self, centre: str) -> str | None:
        """`police`, `hotline`, … of this centre or a configured peer; None for a stranger."""
        ...

    def police(self) -> str | None:
        """The peer that acts first in danger, if there is one."""
        ...

    def local_date(self, now: datetime) -> date:
        """The day in the city."""
        ...

    def knows_unit(self, org_code: str) -> bool: ...

    def knows_reason(self, code: str) -> bool:
        """Is it one of the typed reasons for a return?"""
        ...

    def due(self, clock: str, order: Order, now: datetime) -> Due:
        """When a clock of this order, started now, runs out."""
        ...

    def remaining(self, clock: str, order: Order, now: datetime, due_at: datetime) -> dict[str, Any]:
        """What is left of a clock that is paused now."""
        ...

    def resumed(self, order: Order, now: datetime, remaining: dict[str, Any]) -> Due: ...


class Incoming(Struct, frozen=True):
    """The message that asks, when a peer does: for the inbox row that is written with the effect."""

    sender: str
    message_id: UUID
    matter_id: UUID
    seq: int
    kind: str
    digest: str
    exercise: Exercise = Exercise.ACTUAL


class Asked(Struct, frozen=True):
    """One request for a change. `data` is the action's Struct or the message's body."""

    action: str
    data: Any
    actor: Actor
    policy: Policy
    now: datetime
    incoming: Incoming | None = None


class Outgoing(Struct, frozen=True):
    """A message to a peer. `id` is set here so that a transfer can name the message that carries it."""

    id: UUID
    peer: str
    body: Body
    urgent: bool = False


class Effect(Struct):
    """What an action's own function adds to what the table says."""

    fields: dict[str, Any] = {}
    body: dict[str, Any] = {}
    transfers: list[Transfer] = []
    dispatches: list[Dispatch] = []
    attachments: list[Attachment] = []
    messages: list[Outgoing] = []
    timers: list[dict[str, Any]] = []
    stops: list[str] = []
    starts: list[str] | None = None


class Context(Struct, frozen=True):
    snapshot: Snapshot
    asked: Asked
    row: Transition
