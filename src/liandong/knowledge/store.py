"""Cards in the database: reading them, and the writes that every step shares. All writes need a transaction that holds the lock."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from liandong.core.sqlfiles import load_sql
from liandong.knowledge.model import CardContent, CardScope, CardStatus, CardVersion, content_of, digest_of, text_of
from liandong.knowledge.terms import sounds_text, terms_of_card

SQL = load_sql("liandong.knowledge")


class Card(Struct, frozen=True, kw_only=True):
    """A card's line in lists: of its version in force, or of its first draft where none is. `no`: its place in the index of words."""

    id: UUID
    number: str
    owner: str
    newest: int
    in_force: int | None
    scope: CardScope
    unit: str
    title: str
    valid_until: date | None
    review_on: date | None
    changed_at: datetime
    no: int = 0


def card_of(row: Any) -> Card:
    known = Card.__struct_fields__
    return msgspec.convert({name: value for name, value in dict(row).items() if name in known}, Card)


def version_of(row: Any) -> CardVersion:
    told = {name: value for name, value in dict(row).items() if name in CardVersion.__struct_fields__}
    return msgspec.convert(
        told | {"content": msgspec.to_builtins(content_of(row["content"]))}, CardVersion, strict=False
    )


async def find_card(connection: Any, number: str) -> Card | None:
    row = await connection.fetchrow(SQL.card, number)
    return card_of(row) if row else None


async def find_version(connection: Any, card_id: UUID, version: int) -> CardVersion | None:
    row = await connection.fetchrow(SQL.version, card_id, version)
    return version_of(row) if row else None


async def add_version(
    connection: Any,
    card_id: UUID,
    version: int,
    content: CardContent,
    *,
    text: str | None = None,
    by: str,
    now: datetime,
    status: str = "draft",
    decided: tuple[str, datetime] | None = None,
) -> None:
    """`text`: the exact text of a peer's card; our own is written from the content."""
    exact = text_of(content) if text is None else text
    decided_by, decided_at = decided or (None, None)
    await connection.execute(
        SQL.add_version, card_id, version, status, exact, digest_of(exact), sounds_text(content), by, now, decided_by, decided_at
    )  # fmt: skip


async def show(connection: Any, card: Card, version: CardVersion, now: datetime) -> None:
    """This version is what is found and listed from now on; the one before, if any, is found no more."""
    await _unindex(connection, card)
    content = version.content
    await connection.execute(
        SQL.show_version, card.id, version.version, content.scope, content.unit, content.title, content.valid_until,
        content.review_on, now,
    )  # fmt: skip
    await connection.execute(SQL.add_terms, content.scope, sorted(terms_of_card(content)), card.no)


async def hide(connection: Any, card: Card, now: datetime) -> None:
    """No version of the card is found any more."""
    await _unindex(connection, card)
    await connection.execute(SQL.hide_card, card.id, now)


async def _unindex(connection: Any, card: Card) -> None:
    if card.in_force is None:
        return
    old = await find_version(connection, card.id, card.in_force)
    if old is not None:
        await connection.execute(SQL.drop_terms, old.content.scope, sorted(terms_of_card(old.content)), card.no)


async def decide(
    connection: Any, version: CardVersion, status: str, *, by: str | None, at: datetime | None, reason: str
) -> None:
    await connection.execute(SQL.decide_version, version.card_id, version.version, CardStatus(status), by, at, reason)


async def add_log(
    connection: Any, card_id: UUID, version: int, now: datetime, *, by: str, event: str, text: str = ""
) -> None:
    await connection.execute(SQL.add_log, card_id, version, now, by, event, text)
