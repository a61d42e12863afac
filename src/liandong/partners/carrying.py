"""What another system asks becomes the same command that a person gives, once for each idempotency key."""

from uuid import UUID

import asyncpg
import msgspec

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.orders.actions import Action
from liandong.orders.commands import Commands
from liandong.orders.context import Actor
from liandong.orders.model import Snapshot
from liandong.orders.store import SQL, Request, digest_of

TRIES = 25


async def carry_out(
    commands: Commands, pool: asyncpg.Pool, clock: Clock, order_id: UUID, action: Action, actor: Actor, *, key: str
) -> Snapshot:
    """On the order as it is now. The same key again changes nothing and gives the order as it is.

    Raises AppError as `Commands.act`, and idempotency_key_reused for another content under the same key.
    """
    digest = digest_of(msgspec.json.encode(msgspec.structs.replace(action, version=1)))
    for _ in range(TRIES):
        if await was_carried_out(pool, actor, key, digest):
            return await commands.look(order_id)
        snapshot = await commands.look(order_id)
        current = msgspec.structs.replace(action, version=snapshot.order.version)
        request = Request(actor=actor.id, key=key, digest=digest, at=clock.now())
        try:
            return await commands.act(order_id, current, actor, request=request)
        except AppError as error:
            if error.code not in {"stale_version", "try_again"}:
                # the same key may have been carried out by another process in between
                if await was_carried_out(pool, actor, key, digest):
                    return await commands.look(order_id)
                raise
            if error.code == "try_again" and not await was_carried_out(pool, actor, key, digest):
                raise
    raise AppError("try_again", "同一工单的操作过于频繁")


async def was_carried_out(pool: asyncpg.Pool, actor: Actor, key: str, digest: str) -> bool:
    """Raises AppError idempotency_key_reused."""
    row = await pool.fetchrow(SQL.request, actor.id, key)
    if row is not None and row["digest"].hex() != digest:
        raise AppError("idempotency_key_reused", "同一编号此前用于了不同的内容")
    return row is not None
