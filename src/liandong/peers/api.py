"""/exchange/v1/about for peers; /api/v1/peers and /api/v1/desk for the people of this centre."""

from typing import Annotated, Any

import asyncpg
import msgspec
from litestar import Request, Response, get, put
from litestar.params import Parameter, QueryParameter
from msgspec import Meta, Struct

from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.clock import Clock
from liandong.core.http import answers, decode_body, json_answer
from liandong.orders.api import require
from liandong.orders.context import Actor
from liandong.peers.listing import list_peers
from liandong.peers.model import DeskView, PeerView
from liandong.peers.telling import SQL, Sealed, Teller

STAFF = ("call_taker", "dispatcher", "supervisor", "auditor", "admin")


class DeskChange(Struct, frozen=True, forbid_unknown_fields=True):
    """`open` false: nobody sits at the desk; the reason says until when and whom to call instead."""

    open: bool
    reason: Annotated[str, Meta(min_length=2, max_length=300)]


_change = msgspec.json.Decoder(DeskChange)


class Colleagues(Struct, frozen=True):
    """The configured peers' profiles and the messages that we speak, for the list."""

    profiles: list[Any]
    kinds: list[str]


@get(
    "/exchange/v1/about",
    summary="What this centre is and speaks, sealed for the peer that asks",
    tags=["exchange"],
    responses=answers(Sealed),
)
async def about(
    teller: Teller,
    pool: asyncpg.Pool,
    asker: Annotated[str, QueryParameter(name="for", pattern=r"^[0-9a-z_]{2,20}$")],
    nonce: Annotated[str, Parameter(pattern=r"^[0-9a-zA-Z_-]{8,64}$")],
) -> Response[bytes]:
    """One sealed message of kind `about.told.v1`; its body holds the asker's nonce."""
    return json_answer(await teller.tell(pool, asker, nonce))


@get(
    "/api/v1/peers",
    summary="The other centres and the links with them",
    tags=["peers"],
    responses=answers(list[PeerView]),
)
async def peers(actor: Actor, pool: asyncpg.Pool, colleagues: Colleagues) -> Response[bytes]:
    require(actor, *STAFF)
    return json_answer(await list_peers(pool, colleagues.profiles, kinds=colleagues.kinds))


@get("/api/v1/desk", summary="Is this centre's desk staffed?", tags=["peers"], responses=answers(DeskView))
async def show_desk(actor: Actor, pool: asyncpg.Pool) -> Response[bytes]:
    row = await pool.fetchrow(SQL.desk)
    return json_answer(DeskView(**row) if row else DeskView(True, "", None, ""))


@put("/api/v1/desk", summary="Say whether this centre's desk is staffed", tags=["peers"], responses=answers(DeskView))
async def set_desk(
    request: Request[Any, Any, Any], actor: Actor, pool: asyncpg.Pool, clock: Clock, data: DeskChange
) -> Response[bytes]:
    """The peers hear of it at their next question, within half a minute."""
    require(actor, "supervisor")
    change = decode_body(await request.body(), _change)
    now = clock.now()
    async with pool.acquire() as connection, connection.transaction():
        before = await connection.fetchval("SELECT open FROM desk FOR UPDATE")
        row = await connection.fetchrow(SQL.set_desk, change.open, change.reason, now, actor.id)
        if change.open != (before is not False):
            await raise_alarm(connection, _told(change), now)
    return json_answer(DeskView(**row))


def _told(change: DeskChange) -> Alarm:
    kind, severity = ("desk.opened", Severity.INFO) if change.open else ("desk.closed", Severity.WARNING)
    zh = f"本中心席位{'已有人值守' if change.open else '暂无人值守'}：{change.reason}"
    en = f"This centre's desk is {'staffed' if change.open else 'not staffed'}: {change.reason}"
    return Alarm(kind=kind, subject="desk", severity=severity, zh=zh, en=en)


HANDLERS = [about, peers, show_desk, set_desk]
