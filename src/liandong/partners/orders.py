"""An order as a partner sees it. Who called is shown, masked, to accounts that were given it; words lose what the caller is known by."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.core.errors import AppError
from liandong.orders.hiding import Hidden, secrets_of
from liandong.orders.model import Caller, Incident, Snapshot
from liandong.orders.store import SQL as ORDERS_SQL
from liandong.orders.store import Store
from liandong.orders.view import Masked
from liandong.partners.accounts import SQL
from liandong.partners.model import Partner


class PartnerOrder(Struct, frozen=True):
    """`caller`: null unless the account has the scope `callers` and the caller asked for no confidentiality."""

    id: UUID
    matter_id: UUID
    number: str | None
    kind: str
    status: str
    version: int
    type: str | None
    class_code: str | None
    level: int | None
    urgent: bool
    danger: bool
    exercise: str
    channel: str
    division_code: str | None
    unit: str | None
    first_receiver: str
    title: str
    content: str
    incident: Incident
    caller: Caller | None
    result: str | None
    solved: bool | None
    satisfaction: int | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None


async def find_for(partner: Partner, key: str, store: Store, pool: asyncpg.Pool) -> Snapshot:
    """Raises AppError not_found, also for what the partner may not see."""
    order_id = await pool.fetchval(ORDERS_SQL.find, _as_uuid(key), key)
    snapshot = await store.load(order_id) if order_id else None
    if snapshot is not None and await _may_see(partner, snapshot, pool):
        return snapshot
    raise AppError("not_found", "没有这个工单，或账号无权查看（unknown, or not this account's）")


async def _may_see(partner: Partner, snapshot: Snapshot, pool: asyncpg.Pool) -> bool:
    if partner.unit is not None:
        return snapshot.is_unit_of(partner.unit)
    if "orders" in partner.scopes:
        return True
    return bool(await pool.fetch(SQL.handed_in_by, partner.actor.id, [snapshot.order.id]))


def shown_to(partner: Partner, snapshot: Snapshot) -> PartnerOrder:
    order = snapshot.order
    hidden = Hidden(secrets_of(snapshot))
    caller = None
    if "callers" in partner.scopes and not order.confidential:
        caller = Masked(confidential=False).caller(order.caller)
    result = order.answer or (order.feedback.result if order.feedback else None)
    return PartnerOrder(
        id=order.id,
        matter_id=order.matter_id,
        number=order.number,
        kind=order.kind.value,
        status=order.status,
        version=order.version,
        type=order.type.value if order.type else None,
        class_code=order.class_confirmed or order.class_intake,
        level=order.level,
        urgent=order.urgent,
        danger=order.danger,
        exercise=order.exercise.value,
        channel=order.channel.value,
        division_code=order.division_code,
        unit=order.unit,
        first_receiver=order.first_receiver,
        title=hidden.text(order.title),
        content=hidden.text(order.content),
        incident=order.incident,
        caller=caller,
        result=hidden.text(result) if result else None,
        solved=order.solved,
        satisfaction=order.satisfaction,
        created_at=order.created_at,
        updated_at=order.updated_at,
        closed_at=order.closed_at,
    )


def _as_uuid(key: str) -> Any:
    try:
        return UUID(key)
    except ValueError:
        return None
