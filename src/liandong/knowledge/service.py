"""Everything that people do with cards: drafts, steps, feedback, search. Each change is one transaction with its line in the log and its messages."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.ids import new_id
from liandong.core.lifecycle import Blocked, Transition
from liandong.knowledge.lifecycle import LIFECYCLE, WRITERS, CardStep
from liandong.knowledge.model import (
    CardContent,
    CardScope,
    CardVersion,
    CitedCard,
    FoundCard,
    content_of,
    digest_of,
    text_of,
)
from liandong.knowledge.ranking import Wanted, fit
from liandong.knowledge.sharing import tell_published, tell_withdrawn
from liandong.knowledge.store import (
    SQL,
    Card,
    add_log,
    add_version,
    card_of,
    decide,
    find_card,
    find_version,
    hide,
    show,
    version_of,
)
from liandong.knowledge.terms import sounds_text, terms_of_query
from liandong.orders.context import Actor
from liandong.policy import CityPolicy

CANDIDATES = 40  # cards that are compared in full
PLACES = 6_000  # places of terms that a search looks at, the rarest terms first
OF_ONE_TERM = 3_000
UNLIKE = 0.12  # below this a card has nothing to do with the question
FEEDBACK_CLOCK = "card_feedback"
SEATS = frozenset({"call_taker", "dispatcher", "supervisor", "leader", "auditor", "admin"})


class Uses(Struct, frozen=True):
    """Direct answers that cite a card, and what call-back found: the check of the answer by those who asked."""

    answers: int
    called_back: int
    solved: int
    not_solved: int
    reopened: int


class Feedback(Struct, frozen=True, kw_only=True):
    """What somebody found wrong or missing in a card; its unit answers by `due_at`."""

    id: UUID
    number: str
    version: int
    unit: str
    text: str
    given_by: str
    given_at: datetime
    due_at: datetime
    order_id: UUID | None = None
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None


class Knowledge:
    def __init__(self, pool: asyncpg.Pool, clock: Clock, policy: CityPolicy, *, peers: Iterable[str] = ()) -> None:
        self._pool = pool
        self._clock = clock
        self._policy = policy
        self.peers = tuple(peers)
        self.centre = policy.centre

    @property
    def is_police(self) -> bool:
        return self._policy.profile.side == "police"

    def scopes(self, actor: Actor) -> list[str]:
        """What this person may see: units and guests the public cards, seats what is for seats, people of a police centre all."""
        if actor.home is not None or not actor.roles & SEATS:
            seen = [CardScope.PUBLIC]
            return [str(one) for one in ([*seen, CardScope.POLICE] if self.is_police and actor.home is None else seen)]
        return [str(one) for one in CardScope if one != CardScope.POLICE or self.is_police]

    async def search(self, text: str, scopes: list[str], *, limit: int = 10) -> list[FoundCard]:
        """The cards in force that fit best, among those that may be seen."""
        wanted = Wanted(text)
        terms = terms_of_query(wanted.text)
        if not terms:
            return []
        rows = await self._pool.fetch(
            SQL.search, scopes, list(terms), list(terms.values()), self._today(), CANDIDATES, PLACES, OF_ONE_TERM
        )  # fmt: skip
        found = [_found(row, wanted) for row in rows]
        kept = [one for one in found if one.score >= UNLIKE]
        return sorted(kept, key=lambda one: (-one.score, one.number))[:limit]

    async def cite(self, number: str, actor: Actor) -> CitedCard:
        """The card that an answer rests on. Raises AppError field_invalid: none in force by this number that the person may see."""
        row = await self._pool.fetchrow(SQL.citable, number, self._today())
        seat = Actor(actor.id, actor.roles | {"call_taker"}, actor.unit, actor.home)
        if row is None or row["scope"] not in self.scopes(seat):
            raise AppError("field_invalid", f"没有编号为 {number} 的使用中的知识卡片，请先检索，或去掉 card")
        return CitedCard(row["id"], row["number"], row["version"])

    async def still_public(self, cards: dict[str, int]) -> set[str]:
        """Which of these numbers, in these versions, are in force and for everybody now."""
        rows = await self._pool.fetch(SQL.still_public, list(cards), list(cards.values()), self._today())
        return {row["number"] for row in rows}

    async def card(self, number: str, actor: Actor) -> tuple[Card, list[CardVersion]]:
        """With its versions, the newest first. Raises AppError not_found, also for who may not see it."""
        card = await find_card(self._pool, number)
        if card is None or not self._sees(card, actor):
            raise AppError("not_found", f"没有编号为 {number} 的知识卡片")
        versions = [version_of(row) for row in await self._pool.fetch(SQL.versions, card.id)]
        writes = bool(actor.roles & WRITERS) and (actor.unit is None or actor.unit == card.unit) and actor.home is None
        open_to_all = {"in_force", "superseded", "withdrawn", "expired"}
        return card, [v for v in versions if writes or v.status in open_to_all]

    async def titled(self, content: CardContent) -> CardVersion | None:
        """The newest version of our card of the same title and unit."""
        row = await self._pool.fetchrow(SQL.titled, self.centre, content.unit, content.title)
        return await find_version(self._pool, row["id"], row["newest"]) if row else None

    async def cards(
        self, actor: Actor, *, owner: str | None, unit: str | None, before: UUID | None, limit: int
    ) -> list[Card]:
        rows = await self._pool.fetch(SQL.list_cards, self.scopes(actor), owner, unit, before, limit)
        return [card_of(row) for row in rows]

    async def ending(self, actor: Actor, days: int, limit: int = 200) -> list[Card]:
        """In force, and within so many days they end or are to be read again."""
        until = self._today() + timedelta(days=days)
        return [card_of(row) for row in await self._pool.fetch(SQL.list_ending, self.scopes(actor), until, limit)]

    async def waiting(self, limit: int = 200) -> list[CardVersion]:
        return [version_of(row) for row in await self._pool.fetch(SQL.waiting, limit)]

    async def history(self, card: Card) -> list[dict[str, Any]]:
        return [dict(row) for row in await self._pool.fetch(SQL.log_of, card.id)]

    async def uses(self, card: Card, *, days: int = 365) -> Uses:
        row = await self._pool.fetchrow(SQL.uses, str(card.id), self._clock.now() - timedelta(days=days))
        return Uses(**dict(row))

    def allowed(self, version: CardVersion, actor: Actor) -> list[str]:
        step = self._step(version, actor, version.digest, "…")
        rows = LIFECYCLE.allowed(version.status, actor.roles - {"clock", "peer"}, version)
        return [row.action for row in rows if all(LIFECYCLE.guards[name](version, step) is None for name in row.guards)]

    async def draft(self, content: CardContent, actor: Actor, *, number: str | None = None) -> CardVersion:
        """A new card, or the next version of one (or another text of the draft that is being written).

        Raises AppError: not_found, not_permitted, guard_refused (a peer's card, a version that waits for approval), field_invalid.
        """
        self.check(content, actor)
        now = self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL.lock)
            card = await find_card(connection, number) if number else await self._new_card(connection, content, now)
            if card is None or not self._sees(card, actor):
                raise AppError("not_found", f"没有编号为 {number} 的知识卡片")
            if card.owner != self._policy.centre:
                raise AppError("guard_refused", f"这是{card.owner}的卡片，本中心只有副本，可提交反馈")
            if actor.unit not in (None, card.unit):
                raise AppError("not_permitted", "卡片不属于您的单位")
            return await self._write_draft(connection, card, content, actor, now)

    async def take(
        self, number: str, version: int, action: str, actor: Actor, *, digest: str = "", reason: str = ""
    ) -> CardVersion:
        """One step. Raises AppError: not_found, action_not_allowed, not_permitted, guard_refused. `digest`: of the text that was read."""
        now = self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL.lock)
            card = await find_card(connection, number)
            found = await find_version(connection, card.id, version) if card and self._sees(card, actor) else None
            if card is None or found is None:
                raise AppError("not_found", f"没有卡片 {number} 的第 {version} 版")
            step = self._step(found, actor, digest, reason)
            row = LIFECYCLE.find(found.status, action, actor.roles, found, step)
            if isinstance(row, Blocked):
                raise AppError(row.code, row.text)
            return await self._carry_out(connection, card, found, row, step, now)

    async def confirm(self, number: str, actor: Actor, review_on: date) -> Card:
        """Somebody has read the card in force again: it stays as it is until the next day of review."""
        if review_on <= self._today():
            raise AppError("field_invalid", "下次复核日期须在今天之后")
        now = self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            card = await find_card(connection, number)
            if card is None or card.in_force is None or card.owner != self._policy.centre:
                raise AppError("not_found", f"没有编号为 {number} 的本中心使用中的卡片")
            await connection.execute(SQL.set_review, card.id, review_on, now)
            await add_log(
                connection, card.id, card.in_force, now, by=actor.id, event="card.reviewed", text=str(review_on)
            )
        return msgspec.structs.replace(card, review_on=review_on)

    async def give_feedback(self, number: str, text: str, actor: Actor, *, order_id: UUID | None = None) -> Feedback:
        """Something in a card is wrong or missing; its unit answers in the time of the clock card_feedback."""
        card, _ = await self.card(number, actor)
        now, policy = self._clock.now(), self._policy
        due = policy.clocks.deadline(FEEDBACK_CLOCK, now, calendar=policy.calendar, centre=policy.centre).astimezone(
            UTC
        )
        values = (new_id(), card.id, card.in_force or card.newest, order_id, text, actor.id, now, due)
        await self._pool.execute(SQL.add_feedback, *values)
        rows = await self._pool.fetch(SQL.feedback_of, card.id)
        return next(_feedback(row) for row in rows if row["id"] == values[0])

    async def feedback(self, actor: Actor, *, number: str | None = None, limit: int = 200) -> list[Feedback]:
        """Of one card, or all that waits for an answer, the most pressing first."""
        if number is None:
            return [_feedback(row) for row in await self._pool.fetch(SQL.open_feedback, actor.unit, limit)]
        card, _ = await self.card(number, actor)
        return [_feedback(row) for row in await self._pool.fetch(SQL.feedback_of, card.id)]

    async def answer_feedback(self, feedback_id: UUID, answer: str, actor: Actor) -> Feedback:
        row = await self._pool.fetchrow(
            SQL.answer_feedback, feedback_id, answer, actor.id, self._clock.now(), actor.unit
        )
        if row is None:
            raise AppError("not_found", "没有这条待答复的反馈")
        return _feedback(row)

    async def expire(self) -> int:
        """Cards whose last day is over are found no more. Returns how many."""
        now, today = self._clock.now(), self._today()
        rows = await self._pool.fetch(SQL.ending, self._policy.centre, today, 200)
        for row in rows:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(SQL.lock)
                fresh = await connection.fetchrow(SQL.card_by_id, row["id"])
                version = await find_version(connection, row["id"], row["in_force"])
                if fresh is None or version is None or fresh["in_force"] != row["in_force"]:
                    continue
                step = CardStep("clock", None, today, ours=True, police=self.is_police, reason="有效期已过")
                found = LIFECYCLE.find(version.status, "expire", frozenset({"clock"}), version, step)
                if not isinstance(found, Blocked):
                    await self._carry_out(connection, card_of(fresh), version, found, step, now)
        return len(rows)

    def _today(self) -> date:
        return self._policy.local_date(self._clock.now())

    def _sees(self, card: Card, actor: Actor) -> bool:
        return str(card.scope) in self.scopes(actor) or (actor.unit is not None and card.unit == actor.unit)

    def _step(self, version: CardVersion, actor: Actor, digest: str, reason: str) -> CardStep:
        ours = version.owner == self._policy.centre
        return CardStep(
            actor.id, actor.unit, self._today(), ours=ours, police=self.is_police, digest=digest, reason=reason
        )

    def check(self, content: CardContent, actor: Actor) -> None:
        """May this person write it, and is it sound? Raises AppError: not_permitted, field_invalid, guard_refused."""
        if not actor.roles & WRITERS or actor.home is not None:
            raise AppError("not_permitted", f"编写卡片需要角色：{'、'.join(sorted(WRITERS))}")
        if not self._policy.knows_unit(content.unit):
            raise AppError("field_invalid", f"没有机构代码为“{content.unit}”的单位，请从单位目录中选择")
        if actor.unit is not None and actor.unit != content.unit:
            raise AppError("not_permitted", "只能编写本单位的卡片")
        if content.scope == CardScope.POLICE and not self.is_police:
            raise AppError("guard_refused", "“公安内部”卡片只能由公安侧中心编写")
        if content.valid_from and content.valid_until and content.valid_from > content.valid_until:
            raise AppError("field_invalid", "valid_from 晚于 valid_until")

    async def _new_card(self, connection: Any, content: CardContent, now: datetime) -> Card:
        centre = self._policy.centre
        number = f"{centre}-K{await connection.fetchval(SQL.next_number, f'{centre}-K'):06d}"
        card_id = new_id()
        await connection.fetchval(
            SQL.add_card, card_id, number, centre, 0, content.scope, content.unit, content.title, now
        )  # fmt: skip
        card = await find_card(connection, number)
        assert card is not None
        return card

    async def _write_draft(
        self, connection: Any, card: Card, content: CardContent, actor: Actor, now: datetime
    ) -> CardVersion:
        newest = await find_version(connection, card.id, card.newest) if card.newest else None
        if newest is not None and newest.status == "submitted":
            raise AppError("guard_refused", f"第 {newest.version} 版正在等待审核，请先审核、退回或放弃它")
        number = card.newest
        if newest is not None and newest.status == "draft":
            text = text_of(content)
            values = (text, digest_of(text), sounds_text(content), actor.id, now)
            await connection.execute(SQL.write_draft, card.id, number, *values)
        else:
            number += 1
            await add_version(connection, card.id, number, content, by=actor.id, now=now)
            await connection.execute(SQL.note_newest, card.id, number, now)
        await add_log(connection, card.id, number, now, by=actor.id, event="card.drafted")
        written = await find_version(connection, card.id, number)
        assert written is not None
        return written

    async def _carry_out(
        self, connection: Any, card: Card, version: CardVersion, row: Transition, step: CardStep, now: datetime
    ) -> CardVersion:
        decided = row.action in ("approve", "withdraw")
        by, at = (step.by, now) if decided and version.decided_by is None else (None, None)
        if row.action == "approve" and card.in_force is not None:
            old = await find_version(connection, card.id, card.in_force)
            assert old is not None
            await decide(connection, old, "superseded", by=None, at=None, reason=old.reason)
            await add_log(connection, card.id, old.version, now, by="clock", event="card.superseded")
        await decide(connection, version, row.target or version.status, by=by, at=at, reason=step.reason)
        await add_log(connection, card.id, version.version, now, by=step.by, event=row.event, text=step.reason)
        after = await find_version(connection, card.id, version.version)
        assert after is not None
        if "card.published.v1" in row.sends:
            await show(connection, card, after, now)
            await tell_published(connection, after, peers=self.peers, side=self._policy.side, now=now)
        if "card.withdrawn.v1" in row.sends:
            await hide(connection, card, now)
            await tell_withdrawn(connection, after, peers=self.peers, reason=step.reason, now=now)
        return after


def _found(row: Any, wanted: Wanted) -> FoundCard:
    content = content_of(row["content"])
    score, said = fit(wanted, content, row["sounds"])
    return FoundCard(
        id=row["id"],
        number=row["number"],
        version=row["version"],
        owner=row["owner"],
        scope=content.scope,
        unit=content.unit,
        title=content.title,
        answer=content.answer,
        asked_as=said,
        score=round(score, 4),
        law=content.law,
    )


def _feedback(row: Any) -> Feedback:
    return msgspec.convert({name: row[name] for name in Feedback.__struct_fields__}, Feedback)
