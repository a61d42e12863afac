"""Orders as CAP and EIDO, and CAP alerts taken in."""

from typing import Any
from uuid import UUID

import asyncpg
from litestar import Request, Response, get, post
from msgspec import Struct

from liandong.cap.reading import Alert, read_alert
from liandong.cap.writing import alert_of
from liandong.core.clock import Clock
from liandong.core.http import answers, json_answer
from liandong.eido.writing import eido_of
from liandong.emergencies.bursting import Bursts
from liandong.orders.actions import Supplement
from liandong.orders.commands import Commands
from liandong.orders.store import SQL as ORDERS_SQL
from liandong.orders.store import Store, digest_of
from liandong.partners.api import reader
from liandong.partners.asking import Door
from liandong.partners.carrying import carry_out
from liandong.partners.model import Partner
from liandong.partners.orders import find_for
from liandong.policy import CityPolicy

TAGS = ["partners"]


class AlertTaken(Struct, frozen=True):
    """`repeated`: this message had been taken in before."""

    order_id: UUID
    number: str | None
    repeated: bool


@get("/partner/v1/orders/{key:str}/cap", summary="An order in danger as CAP 1.2", tags=TAGS, responses=answers(None))
async def cap(
    key: str, request: Request[Any, Any, Any], door: Door, store: Store, pool: asyncpg.Pool, policy: CityPolicy
) -> Response[bytes]:
    """XML, valid against the OASIS schema. An order without danger has none: 404."""
    snapshot = await find_for(await reader(request, door), key, store, pool)
    text = alert_of(snapshot, policy.centre, policy.profile.name)
    return Response(text.encode(), media_type="application/cap+xml")


@get(
    "/partner/v1/orders/{key:str}/eido",
    summary="An order as NENA EIDO",
    tags=TAGS,
    responses=answers(dict[str, Any]),
)
async def eido(
    key: str, request: Request[Any, Any, Any], door: Door, store: Store, pool: asyncpg.Pool, policy: CityPolicy
) -> Response[bytes]:
    snapshot = await find_for(await reader(request, door), key, store, pool)
    body = eido_of(snapshot, policy.centre, policy.profile.name)
    return json_answer(body)


@post(
    "/partner/v1/alerts", summary="Hand in a CAP 1.2 alert", tags=TAGS, status_code=200, responses=answers(AlertTaken)
)
async def take_alert(
    request: Request[Any, Any, Any], door: Door, commands: Commands, pool: asyncpg.Pool, clock: Clock, bursts: Bursts
) -> Response[bytes]:
    """XML body. A grave one is proposed as an emergency. The same message (sender, identifier, sent) is taken in once; an Update or Cancel is added to the order of what it refers to."""
    partner = await door.partner(request, "alerts")
    body = await request.body()
    alert = read_alert(body)
    earlier = await _earlier(alert, partner, pool)
    if alert.kind != "Alert" and earlier is not None:
        action = Supplement(version=1, text=f"[CAP {alert.kind}] {alert.words}"[:10_000])
        done = await carry_out(commands, pool, clock, earlier, action, partner.actor, key=f"cap:{alert.id}")
        return json_answer(AlertTaken(done.order.id, done.order.number, repeated=False))
    taken = await commands.take_in(alert.intake, partner.actor, key=f"cap:{alert.id}", digest=digest_of(body))
    if alert.grave and not taken.repeated:
        await bursts.propose_alert(alert.id, taken.snapshot.order)
    return json_answer(AlertTaken(taken.snapshot.order.id, taken.snapshot.order.number, taken.repeated))


async def _earlier(alert: Alert, partner: Partner, pool: asyncpg.Pool) -> UUID | None:
    """The order of the newest message that this one refers to."""
    for reference in reversed(alert.references):
        row = await pool.fetchrow(ORDERS_SQL.request, partner.actor.id, f"cap:{reference}")
        if row is not None:
            return UUID(str(row["order_id"]))
    return None


HANDLERS = [cap, eido, take_alert]
