"""What decisions on an order open beside it: a formal supervision of its unit, a measure against the unit. Pure."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from liandong.catalogue.oversight import ACCOUNTABILITY, Authority
from liandong.core.ids import new_id
from liandong.orders.context import Asked, Context, started_clock
from liandong.orders.model import Order
from liandong.oversight.model import Oversight, OversightStatus, ProposedMeasure, Round
from liandong.oversight.rules import alive

CLOCK = "oversight"


def begun(
    ctx: Context, authority: Authority, text: str, *, unit: str | None, rule: str | None, joint: UUID | None = None
) -> list[Oversight]:
    """A new formal supervision; a lower authority's that is alive ends as `raised`, and stands before it."""
    asked, order = ctx.asked, ctx.snapshot.order
    before, no = alive(ctx.snapshot), len(ctx.snapshot.oversights or ()) + 1
    due_at = reply_clock(asked, order, authority.clock)["due_at"]
    new = Oversight(
        order_id=order.id,
        no=no,
        number=f"{order.number}-DB{no:02d}",
        authority=authority.code,
        rank=authority.rank,
        status=OversightStatus.OPEN,
        unit=unit,
        text=text,
        rule=rule,
        joint=joint,
        opened_at=asked.now,
        opened_by=f"rule:{rule}" if rule else asked.actor.id,
        due_at=due_at,
        rounds=[Round(asked_at=asked.now, due_at=due_at, text=text)],
        checks=[],
    )
    raised = [msgspec.structs.replace(before, status=OversightStatus.RAISED, ended_at=asked.now)] if before else []
    return [*raised, new]


def told_of(one: Oversight) -> dict[str, Any]:
    """What the ledger says of it."""
    return {"number": one.number, "authority": one.authority, "status": one.status, "unit": one.unit}


def reply_clock(asked: Asked, order: Order, clock: str) -> dict[str, Any]:
    """The order's clock `oversight`, as long as the authority's own entry in the table says."""
    return started_clock(order.id, CLOCK, asked.policy.due(clock, order, asked.now), asked.now)


def charged(
    ctx: Context, unit: str, *, cause: str, reason: str, basis: str, evidence: str, by: str, attachments: list[UUID] | None = None
) -> ProposedMeasure:  # fmt: skip
    """A measure of accountability, proposed: another person decides, and the unit may appeal against the decision."""
    asked, order = ctx.asked, ctx.snapshot.order
    return ProposedMeasure(
        id=new_id(),
        scope=measure_scope(asked, ACCOUNTABILITY, asked.now),
        kind=ACCOUNTABILITY,
        unit=unit,
        reason=reason,
        basis=basis,
        evidence=evidence,
        orders=[order.number] if order.number else [],
        attachments=attachments or [],
        cause=cause,
        proposed_by=by,
        proposed_at=asked.now,
    )


def measure_scope(asked: Asked, kind: str, now: datetime) -> str:
    """Division, centre, year and the kind's mark; the running number of the year is added when it is written."""
    known = asked.policy.oversight.measure(kind)
    mark = known.mark if known else "QT"
    return f"{asked.policy.division_code}-{asked.policy.centre}-{asked.policy.local_date(now):%Y}-{mark}"
