"""Measures: interview (约谈), circular (通报), accountability (问责) and praise (表彰), each proposed with its evidence and decided by another person.

Their steps are data, like those of an order: who may take which, and when.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from liandong.core.lifecycle import Guard, Lifecycle, row

AUTHORITY = frozenset({"supervisor", "leader"})
APPELLANT = frozenset({"unit", "supervisor", "leader"})


class MeasureStatus(StrEnum):
    PROPOSED = "proposed"
    REFUSED = "refused"
    IN_FORCE = "in_force"
    APPEALED = "appealed"
    UPHELD = "upheld"
    REVOKED = "revoked"
    DONE = "done"


STATUSES = {
    "proposed": ("待审定", "proposed"),
    "refused": ("未同意", "refused"),
    "in_force": ("已决定", "decided"),
    "appealed": ("申诉中", "appealed"),
    "upheld": ("申诉维持", "upheld on appeal"),
    "revoked": ("已撤销", "revoked on appeal"),
    "done": ("已落实", "carried out"),
}


class Measure(Struct, frozen=True, kw_only=True):
    """`orders`: numbers of the orders that show it. `person`: empty where it concerns the unit as a whole.

    `cause`: `malicious_return` or `overdue` where a finding on an order or a ladder proposed it; empty: a person did.
    """

    id: UUID
    number: str
    kind: str
    status: MeasureStatus
    version: int
    unit: str
    person: str = ""
    reason: str
    basis: str = ""
    evidence: str = ""
    orders: list[str] = []
    cause: str = ""
    attachments: list[UUID] = []
    oversight: str | None = None
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None = None
    decided_at: datetime | None = None
    appeal_until: datetime | None = None
    appealed_by: str | None = None
    appealed_at: datetime | None = None
    appeal: str = ""
    judged_by: str | None = None
    judged_at: datetime | None = None
    done_at: datetime | None = None


class Step(Struct, frozen=True):
    """One step asked for, by whom and when. `unit`: of the key that asks."""

    by: str
    unit: str | None
    at: datetime


def another_person(measure: Measure, step: Step | None) -> str | None:
    """Whoever proposes does not decide."""
    return "须由提出人以外的人审定" if step is not None and step.by == measure.proposed_by else None


def third_person(measure: Measure, step: Step | None) -> str | None:
    """An appeal is judged by somebody who neither proposed, nor decided, nor appealed."""
    had_part = {measure.proposed_by, measure.decided_by, measure.appealed_by}
    return "申诉须由未参与提出、审定和申诉的人复核" if step is not None and step.by in had_part else None


def may_be_appealed(measure: Measure, step: Step | None) -> str | None:
    """Whether its kind knows an appeal was settled, with the time for it, when it was decided."""
    return None if measure.appeal_until is not None else "这类决定不设申诉"


def in_time_to_appeal(measure: Measure, step: Step | None) -> str | None:
    until = measure.appeal_until
    return "已过申诉期限" if step is not None and until is not None and step.at > until else None


def own_measure(measure: Measure, step: Step | None) -> str | None:
    return "这不是对您单位的决定" if step is not None and step.unit not in (None, measure.unit) else None


GUARDS: dict[str, Guard] = {
    rule.__name__: rule for rule in (another_person, third_person, may_be_appealed, in_time_to_appeal, own_measure)
}

LIFECYCLE: Lifecycle[Measure] = Lifecycle(
    "measure",
    statuses=STATUSES,
    initial={"proposed"},
    final={"refused", "upheld", "revoked", "done"},
    guards=GUARDS,
    rows=(
        row("approve", "proposed", "in_force", AUTHORITY, "measure.approved", "同意", "Approve", guards=("another_person",)),
        row("refuse", "proposed", "refused", AUTHORITY, "measure.refused", "不同意", "Refuse", guards=("another_person",)),
        row(
            "appeal", "in_force", "appealed", APPELLANT, "measure.appealed", "申诉", "Appeal",
            guards=("may_be_appealed", "own_measure", "in_time_to_appeal"),
        ),
        row("uphold", "appealed", "upheld", AUTHORITY, "measure.upheld", "维持", "Uphold", guards=("third_person",)),
        row("revoke", "appealed", "revoked", AUTHORITY, "measure.revoked", "撤销", "Revoke", guards=("third_person",)),
        row("carry_out", "in_force", "done", AUTHORITY, "measure.carried_out", "落实", "Record that it was carried out"),
    ),
)  # fmt: skip
