"""A version of the transfer list of one pair, and what its lifecycle looks at."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct

from liandong.orders.context import Actor


class Status(StrEnum):
    """`agreed`: both centres agreed, its day may still be to come. `withdrawing`: asked back, the peer has not confirmed."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    WITHDRAWING = "withdrawing"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"


class Version(Struct, frozen=True, kw_only=True):
    """A row of `catalogue_versions` without its content. `no` counts the agreed versions of the pair, from 1."""

    id: UUID
    peer: str
    origin: str
    status: Status
    title: str
    notes: str
    digest: str
    base: str | None = None
    no: int | None = None
    effective_from: date | None = None
    made_by: str
    made_at: datetime
    answered_by: str | None = None
    reason: str | None = None
    agreed_at: datetime | None = None
    in_force_at: datetime | None = None
    superseded_at: datetime | None = None

    @property
    def is_ours(self) -> bool:
        return self.origin == "ours"


class Head(Struct, frozen=True):
    """The newest version that the pair has agreed on, in force or still to come; `no` 0 is the shipped list."""

    no: int
    digest: str | None


class Standing(Struct, frozen=True):
    """What the guards look at. `ours_on_table`: a proposal of ours waits for the peer. `faults`: why the content can't be agreed."""

    version: Version
    head: Head
    ours_on_table: UUID | None
    faults: tuple[str, ...]


class Asked(Struct, frozen=True):
    """One request for a step. `digest`: of the content that whoever asks was looking at; empty when a clock asks."""

    action: str
    actor: Actor
    now: datetime
    today: date
    digest: str = ""
    effective_from: date | None = None
    reason: str = ""
    at: datetime | None = None
    confirmed: bool = False
    by: str = ""


class Step(Struct, frozen=True):
    """What one step writes: the status, the other columns that change, and what goes to the peer."""

    status: Status
    event: str
    changed: dict[str, Any]
    sends: tuple[str, ...]
