"""Exclusions: one person asks with a reason and its evidence, another one decides. Only then do the measures leave the order out."""

from uuid import UUID

import asyncpg

from liandong.assessment.model import Exclusion, of_row
from liandong.assessment.policy import Rules
from liandong.assessment.reading import READER, SQL, derive
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.ids import new_id
from liandong.core.places import wait_for_reader


async def request_exclusion(
    pool: asyncpg.Pool,
    rules: Rules,
    clock: Clock,
    *,
    order_id: UUID,
    reason: str,
    evidence: str,
    attachments: list[UUID],
    who: str,
) -> Exclusion:
    """Raises AppError: field_invalid (reason, evidence, a file of another order), period_frozen, guard_refused (one is there already)."""
    if reason not in rules.policy.exclusions:
        raise AppError("field_invalid", f"剔除原因应为：{'、'.join(rules.policy.exclusions)}（not a typed reason）")
    if len(evidence.strip()) < 10:
        raise AppError("field_invalid", "请写明剔除的依据和证据，至少10个字（say what the evidence is）")
    async with pool.acquire() as connection, connection.transaction():
        if len(set(attachments)) != await connection.fetchval(SQL.attachments_of, order_id, attachments):
            raise AppError("field_invalid", "附件不属于这个工单（the files are not this order's）")
        await require_thawed(connection, order_id)
        given = (new_id(), order_id, reason, evidence.strip(), attachments, who, clock.now())
        row = await connection.fetchrow(SQL.request_exclusion, *given)
        if row is None:
            raise AppError("guard_refused", "这个工单已有待审或已通过的剔除申请（there is one already）")
        return of_row(Exclusion, row)


async def decide_exclusion(
    pool: asyncpg.Pool, rules: Rules, clock: Clock, exclusion_id: UUID, *, approve: bool, who: str, note: str
) -> Exclusion:
    """Raises AppError: not_found, second_person_needed, period_frozen, guard_refused (decided before)."""
    async with pool.acquire() as connection, connection.transaction():
        asked = await connection.fetchrow(SQL.exclusion, exclusion_id)
        if asked is None:
            raise AppError("not_found", "没有这个剔除申请（no such request）")
        if person_of(asked["requested_by"]) == person_of(who):
            raise AppError(
                "second_person_needed", "申请人不能审批自己的剔除申请，请另一人审批（another person has to decide）"
            )
        await require_thawed(connection, asked["order_id"])
        await wait_for_reader(connection, READER)  # a look that began before would write the row without the exclusion
        status = "approved" if approve else "refused"
        row = await connection.fetchrow(SQL.decide_exclusion, exclusion_id, status, who, clock.now(), note)
        if row is None:
            raise AppError("guard_refused", "这个申请已经审批过（it was decided before）")
        await derive(connection, rules, [row["order_id"]])
        return of_row(Exclusion, row)


async def require_thawed(connection: asyncpg.Connection, order_id: UUID) -> None:
    """Raises AppError: period_frozen."""
    frozen = [row["period"] for row in await connection.fetch(SQL.frozen_with, order_id)]
    if frozen:
        raise AppError(
            "period_frozen", f"该工单所在周期 {'、'.join(frozen)} 已封存，请先说明理由重开（reopen the period first）"
        )


def person_of(actor: str) -> str:
    """Somebody with two keys is still one person."""
    return actor.split("#", 1)[0]
