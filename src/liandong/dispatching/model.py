"""What an order knows of its dispatch beside the unit: how it is handled, who helps, who was bound to take it."""

from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from liandong.units.model import Mode


class DispatchingPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`designate_after`: after so many dispatches without an owner in a round the hotline designates a unit (domain §2).

    `most_co_handlers` of one dispatch; `most_at_once`: orders in one bulk dispatch.
    """

    designate_after: int
    most_co_handlers: int
    most_at_once: int


@cache
def default_dispatching() -> DispatchingPolicy:
    text = files("liandong.dispatching").joinpath("data/dispatching.json").read_bytes()
    return msgspec.json.decode(text, type=DispatchingPolicy)


class ShareStatus(StrEnum):
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    ANSWERED = "answered"


class Share(Struct, frozen=True, kw_only=True):
    """One co-handler's part (协办). It belongs to the dispatch `no` and ends with it. The clocks `co_accept` and `co_answer` of the
    order watch the earliest of what is due; `overdue` has the names of those that have run out for this share."""

    no: int
    unit: str
    status: ShareStatus = ShareStatus.DISPATCHED
    dispatched_at: datetime
    sign_due_at: datetime
    answer_due_at: datetime
    signed_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str = ""
    overdue: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.status != ShareStatus.ANSWERED

    def due_at(self, clock: str) -> datetime | None:
        """When this clock runs out for the share; None once it is done, or has run out and was told."""
        if clock in self.overdue or self.status == ShareStatus.ANSWERED:
            return None
        if clock == "co_accept":
            return self.sign_due_at if self.status == ShareStatus.DISPATCHED else None
        return self.answer_due_at


class Signature(Struct, frozen=True):
    unit: str
    agrees: bool
    text: str
    at: datetime


class JointSigning(Struct, frozen=True, kw_only=True):
    """The lead's draft, put before its co-handlers (会签)."""

    no: int
    draft: str
    opened_at: datetime
    signatures: list[Signature] = []


class Designation(Struct, frozen=True, kw_only=True):
    """A unit that was bound to take the order (指定承办): it may not give it back."""

    no: int
    unit: str
    reason: str
    basis: str
    by: str
    at: datetime


class Assignment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`duty`: the line of the dispatch catalogue that was followed, of this version of the `directory`."""

    mode: Mode = Mode.ORDINARY
    duty: str = ""
    directory: str = ""
    shares: list[Share] = []
    joint: JointSigning | None = None
    designation: Designation | None = None
