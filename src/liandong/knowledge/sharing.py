"""What peers are told of our cards, and what is done with theirs: each in one transaction with its message.

A copy is sent to every peer that may see it; a card for the police alone goes to police centres. Of two versions the higher one counts,
and only the owner sends, so copies end equal in whatever order things were lost and sent again.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import asyncpg
import msgspec

from liandong.core.errors import AppError
from liandong.exchange.card_messages import CardPublished, CardWithdrawn
from liandong.exchange.notices import Handlers, send_notice
from liandong.knowledge.model import CardContent, CardScope, CardVersion, content_of, digest_of, text_of
from liandong.knowledge.store import SQL, Card, add_log, add_version, card_of, decide, find_version, hide, show
from liandong.orders.context import Incoming

THREAD = uuid5(UUID(int=0), "liandong cards")
Side = Callable[[str], str | None]


def may_have(scope: CardScope, side: str | None) -> bool:
    """May a centre of this side hold a copy?"""
    return scope != CardScope.POLICE or side == "police"


async def tell_published(
    connection: asyncpg.Connection,
    version: CardVersion,
    *,
    peers: Iterable[str],
    side: Side,
    now: datetime,
    text: str = "",
) -> None:
    """The version to those that may see it; those that had an earlier one and may see it no more are told to take it down."""
    exact = text or text_of(version.content)
    for peer in peers:
        if not may_have(version.content.scope, side(peer)):
            await _tell_withdrawn(connection, version, peer, reason="不再对贵中心开放", now=now)
            continue
        body = CardPublished(
            card_id=version.card_id,
            number=version.number,
            version=version.version,
            digest=digest_of(exact),
            content=exact,
            at=now,
            made_by=version.made_by,
            approved_by=version.decided_by or "",
            review_on=version.content.review_on,
        )
        message = await send_notice(connection, peer=peer, thread=THREAD, body=body, now=now)
        await connection.execute(SQL.keep_copy, version.card_id, peer, version.version, True, message, now)


async def tell_withdrawn(
    connection: asyncpg.Connection, version: CardVersion, *, peers: Iterable[str], reason: str, now: datetime
) -> None:
    for peer in peers:
        await _tell_withdrawn(connection, version, peer, reason=reason, now=now)


async def _tell_withdrawn(
    connection: asyncpg.Connection, version: CardVersion, peer: str, *, reason: str, now: datetime
) -> None:
    copy = await connection.fetchrow(SQL.copy_of, peer, version.card_id)
    if copy is None or not copy["published"]:
        return  # it never had one
    body = CardWithdrawn(
        card_id=version.card_id, number=version.number, version=version.version, at=now, reason=reason[:300]
    )
    message = await send_notice(connection, peer=peer, thread=THREAD, body=body, now=now)
    await connection.execute(SQL.keep_copy, version.card_id, peer, version.version, False, message, now)


async def note_published(
    connection: asyncpg.Connection, incoming: Incoming, body: CardPublished, now: datetime
) -> None:
    """Our copy becomes the sender's version, unless ours is as new already."""
    await connection.execute(SQL.lock)
    content = _opened(body)
    card = await _copy_of(connection, body.card_id, incoming.sender)
    if card is None:
        if await connection.fetchrow(SQL.card, body.number) is not None:
            raise AppError("message_malformed", f"编号 {body.number} 已是另一张卡片")
        no = await connection.fetchval(
            SQL.add_card, body.card_id, body.number, incoming.sender, body.version, content.scope, content.unit, content.title, now
        )  # fmt: skip
        card = Card(
            id=body.card_id, number=body.number, owner=incoming.sender, newest=body.version, in_force=None, scope=content.scope,
            unit=content.unit, title=content.title, valid_until=None, review_on=None, changed_at=now, no=no,
        )  # fmt: skip
    elif card.newest >= body.version and await find_version(connection, card.id, body.version) is not None:
        return await _known_already(connection, card, body, now)
    await _supersede(connection, card, now)
    made_by, approved_by = f"{incoming.sender}:{body.made_by}", f"{incoming.sender}:{body.approved_by}"
    if made_by == approved_by:
        raise AppError("message_malformed", "卡片须由编写人以外的人审核")
    await add_version(
        connection, card.id, body.version, content, text=body.content, by=made_by, now=body.at, status="in_force", decided=(approved_by, body.at)
    )  # fmt: skip
    version = await find_version(connection, card.id, body.version)
    assert version is not None
    await show(connection, card, version, now)
    await add_log(connection, card.id, body.version, now, by=f"peer:{incoming.sender}", event="card.received")


async def note_withdrawn(
    connection: asyncpg.Connection, incoming: Incoming, body: CardWithdrawn, now: datetime
) -> None:
    """A card that never came, or of which a newer version is here, is left as it is."""
    await connection.execute(SQL.lock)
    card = await _copy_of(connection, body.card_id, incoming.sender)
    if card is None or card.in_force is None or card.in_force > body.version:
        return
    version = await find_version(connection, card.id, card.in_force)
    assert version is not None
    await decide(connection, version, "withdrawn", by=None, at=None, reason=body.reason)
    await hide(connection, card, now)
    await add_log(
        connection, card.id, card.in_force, now, by=f"peer:{incoming.sender}", event="card.withdrawn", text=body.reason
    )


async def _known_already(connection: asyncpg.Connection, card: Card, body: CardPublished, now: datetime) -> None:
    """The same version again: brings a copy back that was withdrawn; another text under the same version is refused."""
    version = await find_version(connection, card.id, body.version)
    assert version is not None
    if version.digest != body.digest:
        raise AppError("message_reused", f"{body.number} 第 {body.version} 版此前是另一份内容，未收下")
    if card.in_force is None and card.newest == body.version:
        await decide(connection, version, "in_force", by=None, at=None, reason="")
        await show(connection, card, version, now)
        await add_log(connection, card.id, body.version, now, by=f"peer:{card.owner}", event="card.received")


def _opened(body: CardPublished) -> CardContent:
    if digest_of(body.content) != body.digest:
        raise AppError("message_malformed", "内容与摘要不符")
    try:
        return content_of(body.content)
    except msgspec.MsgspecError as error:
        raise AppError("message_malformed", f"卡片内容不能使用：{error}") from error


async def _copy_of(connection: asyncpg.Connection, card_id: UUID, sender: str) -> Card | None:
    row = await connection.fetchrow(SQL.card_by_id, card_id)
    if row is not None and row["owner"] != sender:
        raise AppError("message_malformed", "只有卡片所属的中心能发布或撤下它")
    return card_of(row) if row else None


async def _supersede(connection: asyncpg.Connection, card: Card, now: datetime) -> None:
    if card.in_force is not None:
        old = await find_version(connection, card.id, card.in_force)
        if old is not None:
            await decide(connection, old, "superseded", by=None, at=None, reason=old.reason)


HANDLERS: Handlers = {"card.published.v1": note_published, "card.withdrawn.v1": note_withdrawn}


async def send_missing(
    connection: asyncpg.Connection, owner: str, peer: str, *, side: Side, now: datetime, limit: int = 200
) -> int:
    """Cards that a peer was never sent, as one added later. Returns how many were sent."""
    scopes = [str(scope) for scope in CardScope if may_have(scope, side(peer))]
    rows: list[Any] = await connection.fetch(SQL.unsent, owner, peer, scopes, limit)
    for row in rows:
        version = await find_version(connection, row["id"], row["in_force"])
        if version is not None:
            await tell_published(connection, version, peers=[peer], side=side, now=now)
    return len(rows)
