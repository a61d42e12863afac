"""Formal supervision (督办) inside a centre: over a unit's handling of an order, with a number and a deadline of its own."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct


class OversightStatus(StrEnum):
    """`open`: the unit has to reply. `raised`: a higher authority has taken it over."""

    OPEN = "open"
    REPLIED = "replied"
    ACCEPTED = "accepted"
    RAISED = "raised"
    WITHDRAWN = "withdrawn"


class ProposedMeasure(Struct, frozen=True, kw_only=True):
    """A measure that a decision on an order proposes; the commit writes it with the order and gives it the next number of `scope`.

    `cause`: `malicious_return` or `overdue`; whoever proposed it through the list of measures gives none.
    """

    id: UUID
    scope: str
    kind: str
    unit: str
    reason: str
    basis: str
    evidence: str
    orders: list[str]
    attachments: list[UUID] = []
    cause: str
    proposed_by: str
    proposed_at: datetime


ALIVE = frozenset({OversightStatus.OPEN, OversightStatus.REPLIED})


class Round(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was asked, the unit's reply and the judgement of it; a rejected reply begins the next."""

    asked_at: datetime
    due_at: datetime
    text: str
    reply: str = ""
    replied_at: datetime | None = None
    replied_by: str = ""
    late: bool = False
    accepted: bool | None = None
    verdict: str = ""
    judged_at: datetime | None = None
    judged_by: str = ""


class SiteCheck(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody went and looked. `attachments`: files of the order that show it."""

    at: datetime
    by: str
    place: str
    found: str
    persons: str = ""
    attachments: list[UUID] = []


class Oversight(Struct, frozen=True, kw_only=True):
    """`rank` is its authority's when it was opened. `rule`: the rule that opened it; None for a person.

    `joint`: the supervision that asks the other centre the same, at the same time.
    """

    order_id: UUID
    no: int
    number: str
    authority: str
    rank: int
    status: OversightStatus
    unit: str | None = None
    text: str
    rule: str | None = None
    joint: UUID | None = None
    opened_at: datetime
    opened_by: str
    due_at: datetime
    ended_at: datetime | None = None
    rounds: list[Round]
    checks: list[SiteCheck]

    @property
    def is_alive(self) -> bool:
        return self.status in ALIVE
