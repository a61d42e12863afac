"""What goes into a decision beside the snapshot, and what comes out of it."""

from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct

from liandong.attachments.admission import Admission
from liandong.attachments.model import Attachment
from liandong.catalogue.callbacks import CallbackPolicy
from liandong.catalogue.oversight import OversightPolicy
from liandong.core.lifecycle import Transition
from liandong.dispatching.model import DispatchingPolicy
from liandong.exchange.contracts import Body
from liandong.handling.policy import HandlingPolicy
from liandong.handling.reckoning import Reckoning
from liandong.knowledge.model import CitedCard
from liandong.linkage.model import Transfer
from liandong.orders.model import Dispatch, Exercise, Kind, Order, Snapshot
from liandong.oversight.model import Oversight, ProposedMeasure
from liandong.policing.policy import PolicingPolicy
from liandong.repeats.policy import RepeatsPolicy
from liandong.routing.policy import Policy as Ownership
from liandong.units.directory import Directory

MERGED_CLOCK = "merged"  # a merged order looks at what became of its master
DANGER_CLOCK = "danger_transfer"  # how long a hotline may take to hand danger over before the clock does


class Actor(Struct, frozen=True):
    """Who acts: a person's key, a clock or a peer. `unit` limits a unit's key to its own orders.

    `home`: the centre that a liaison comes from; its rights end at the matters shared with that centre.
    `division`: the district (6 digits) or street (9) whose matters are all that it sees.
    """

    id: str
    roles: frozenset[str]
    unit: str | None = None
    home: str | None = None
    division: str | None = None

    def covers(self, division_code: str | None) -> bool:
        """Whether a matter of this division is in its district. What has no division is nobody's but the centre's."""
        return self.division is None or (division_code or "").startswith(self.division)


CLOCK_ACTOR = Actor(id="clock", roles=frozenset({"clock"}))


def peer_actor(code: str) -> Actor:
    return Actor(id=f"peer:{code}", roles=frozenset({"peer"}))


class Due(Struct, frozen=True):
    """A deadline, computed once, with the version of the policy it came from."""

    at: datetime
    policy_version: str


def started_clock(order_id: UUID, clock: str, due: Due, now: datetime) -> dict[str, Any]:
    """A clock that starts, as the commit writes it."""
    return {
        "order_id": order_id,
        "name": clock,
        "status": "running",
        "due_at": due.at,
        "started_at": now,
        "policy_version": due.policy_version,
        "remaining": None,
        "reason": None,
    }


class Policy(Protocol):
    """What a city may edit, as the decisions see it. Implemented by catalogue.policy.CityPolicy."""

    centre: str
    kind: Kind
    division_code: str
    max_bounces: int
    """How often a matter may be given back in a round before the next offer is a negotiation."""
    routing: Ownership | None
    """What ownership is decided by; None is the shipped list."""
    admission: Admission  # which files may be attached
    policing: PolicingPolicy  # danger questions, causes of delay, how units are proposed
    repeats: RepeatsPolicy  # what is the same matter again
    oversight: OversightPolicy  # who may supervise at which level, which measures may follow
    callbacks: CallbackPolicy  # half-days
    handling: HandlingPolicy  # grounds, evidence, ladders
    reckoning: Reckoning  # rungs, windows, clocks that were held or extended
    directory: Directory  # the units and the dispatch catalogue in force
    dispatching: DispatchingPolicy

    def side(self, centre: str) -> str | None:
        """`police`, `hotline`, … of this centre or a configured peer; None for a stranger."""
        ...

    def police(self) -> str | None:
        """The peer that acts first in danger, if there is one."""
        ...

    def acts_first(self) -> bool:
        """Is this centre the one that acts first in danger?"""
        ...

    def takes_danger(self, centre: str) -> bool:
        """May an urgent offer go to this peer? It sends forces out by itself."""
        ...

    def arbitrates(self, peer: str) -> bool:
        """Have both centres agreed that a leader may decide a negotiation?"""
        ...

    def speaks(self, peer: str, kind: str) -> bool:
        """Does the peer understand this kind of message? A peer that has never said so counts as one of our version."""
        ...

    def local_date(self, now: datetime) -> date:
        """The day in the city."""
        ...

    def knows_unit(self, org_code: str) -> bool: ...

    def knows_reason(self, code: str) -> bool:
        """Is it one of the typed reasons for a return?"""
        ...

    def tags(self, order: Order) -> frozenset[str]:
        """What the tables of clocks, closing and ladders may distinguish."""
        ...

    def may_pause(self, clock: str) -> bool:
        """Clocks of safety and of the linkage run on whatever anybody wishes."""
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
    related: Snapshot | None = None
    """Another order of this centre that the change is about: what is merged into, the master of a merged order."""
    cited: CitedCard | None = None
    """The answer card that a direct answer rests on, as it stands now."""

    @property
    def sender(self) -> str:
        """The peer that asks."""
        return self.incoming.sender if self.incoming else ""


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
    oversights: list[Oversight] = []
    measures: list[ProposedMeasure] = []
    messages: list[Outgoing] = []
    timers: list[dict[str, Any]] = []
    stops: list[str] = []
    starts: list[str] | None = None


class Context(Struct, frozen=True):
    snapshot: Snapshot
    asked: Asked
    row: Transition
