"""The switch with its log, and conversations: each step is one transaction, filing goes through the one path of all matters."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.core.ids import new_id
from liandong.core.sqlfiles import load_sql
from liandong.knowledge.model import CardScope
from liandong.knowledge.service import Knowledge
from liandong.orders.actions import Action, AnswerDirectly, Intake, RaiseDanger, Supplement
from liandong.orders.commands import Commands, Reads
from liandong.orders.context import Actor
from liandong.orders.model import Caller, Channel, MatterType
from liandong.surge.policy import SurgePolicy, default_surge
from liandong.surge.switch import Load, Mode, Switch, after_load, look, set_by
from liandong.surge.talking import (
    Heard,
    Reply,
    ShownCard,
    Status,
    Turn,
    afterwards,
    comes_first,
    is_closing_word,
    reply,
)

SQL = load_sql("liandong.surge")
SYSTEM = Actor("surge", frozenset({"call_taker"}))
LOOKED_AT = 5  # cards that an answer is chosen from
_encode = msgspec.json.Encoder().encode
RETRY_AFTER = timedelta(seconds=30)


class Conversation(Struct, frozen=True, kw_only=True):
    """`turns`: everything said. `offered`: the cards asked back about last. `card`: the last one answered with. `reason`: why a person."""

    id: UUID
    status: Status
    channel: Channel
    caller: Caller
    turns: list[Turn]
    failures: int
    offered: list[ShownCard] = []
    card: ShownCard | None = None
    order_id: UUID | None = None
    reason: str = ""
    started_at: datetime
    changed_at: datetime

    @property
    def said(self) -> list[str]:
        return [turn.text for turn in self.turns if turn.who == "caller"]


class Surge:
    def __init__(
        self,
        pool: asyncpg.Pool,
        clock: Clock,
        knowledge: Knowledge,
        commands: Commands,
        reader: Reads,
        *,
        policy: SurgePolicy | None = None,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._knowledge = knowledge
        self._commands = commands
        self._reader = reader
        self.policy = policy or default_surge()

    async def switch(self) -> Switch:
        """As it is now: a load that has grown old switches it off here, too."""
        state = _switch(await self._pool.fetchrow(SQL.state))
        return state if look(state, self.policy, self._clock.now()) == state else await self.look()

    async def look(self) -> Switch:
        return await self._change(lambda state, now: look(state, self.policy, now))

    async def report(self, load: Load) -> Switch:
        """The telephone system's figures; every few seconds."""
        return await self._change(lambda state, now: after_load(state, load, self.policy, now))

    async def set(self, mode: Mode, reason: str, actor: Actor) -> Switch:
        return await self._change(lambda state, now: set_by(state, mode, actor.id, reason, self.policy, now))

    async def log(self, before: int | None, limit: int) -> list[dict[str, Any]]:
        rows = await self._pool.fetch(SQL.log, before, limit)
        return [dict(row) | {"load": msgspec.json.decode(row["load"]) if row["load"] else None} for row in rows]

    async def start(self, key: str, channel: Channel, caller: Caller) -> Conversation:
        """Raises AppError guard_refused while it is off: the caller goes to a person."""
        known = await self._pool.fetchrow(SQL.by_key, key)
        if known is not None:
            return _conversation(known)
        if not (await self.switch()).is_on:
            raise AppError("guard_refused", "自动应答没有开启，请直接转人工", human=True)
        now = self._clock.now()
        greeting = [Turn(who="system", at=now, text=self.policy.greeting, how="greeting")]
        await self._pool.execute(SQL.start, new_id(), key, channel, _text(caller), _text(greeting), now)
        return _conversation(await self._pool.fetchrow(SQL.by_key, key))

    async def conversation(self, conversation_id: UUID) -> Conversation:
        row = await self._pool.fetchrow(SQL.conversation, conversation_id)
        if row is None:
            raise AppError("not_found", "没有这次对话")
        return _conversation(row)

    async def conversations(self, status: Status, before: UUID | None, limit: int) -> list[Conversation]:
        return [_conversation(row) for row in await self._pool.fetch(SQL.list, status, before, limit)]

    async def say(self, conversation_id: UUID, no: int, text: str) -> Conversation:
        """The caller's `no`th words, counted from 1. The same once more changes nothing. What is said after a person was called goes to
        the matter that was filed. Raises AppError: not_found, stale_version, action_not_allowed where it ended."""
        more = False
        before = await self.conversation(conversation_id)
        heard = await self._heard(before, text)
        async with self._pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(SQL.conversation_for_update, conversation_id)
            talk = _conversation(row)
            if no <= len(talk.said) and talk.said[no - 1] == text:
                pass  # said before: the answer got lost on the way
            elif no != len(talk.said) + 1:
                raise AppError("stale_version", f"已说到第 {len(talk.said)} 句，下一句应为 {len(talk.said) + 1}")
            elif talk.status in ("solved", "filed"):
                raise AppError("action_not_allowed", "这次对话已结束，请转人工或重新开始", human=True)
            elif talk.said != before.said:
                raise AppError("try_again", "同一对话的两句话同时到达")
            else:
                more = talk.status == "handed_over" and talk.order_id is not None
                open_ = talk.status == "open"
                answer = reply(heard, self.policy) if open_ else afterwards(heard, talk.reason, self.policy)
                talk = await self._write(connection, talk, text, answer)
        if more and talk.order_id is not None:
            await self._add(talk.order_id, text, danger=heard.danger)
        return talk if talk.status == "open" or talk.order_id else await self.file(talk)

    async def file(self, talk: Conversation) -> Conversation:
        """The matter with everything said, once, however often this is asked. What a card solved is answered directly with that card."""
        said = _matter(talk.said, self.policy)
        if not said:
            return talk
        content = "\n".join(said)[:9_500] + f"\n（自动应答 {talk.id}：{_outcome(talk)}）"
        intake = Intake(
            content=content, channel=talk.channel, caller=talk.caller, tags=["自动应答"],
            type=MatterType.CONSULTATION if talk.status == "solved" else None,
        )  # fmt: skip
        digest = hashlib.sha256(_encode(intake)).hexdigest()
        taken = await self._commands.take_in(intake, SYSTEM, key=f"surge:{talk.id}", digest=digest)
        order = taken.snapshot.order
        if talk.status == "solved" and talk.card is not None and order.status == "accepted" and not order.danger:
            await self._answer(order.id, order.version, talk.card)
        await self._pool.execute(SQL.filed, talk.id, order.id)
        return await self.conversation(talk.id)

    async def file_waiting(self) -> int:
        """What a process that stopped has left unfiled. Returns how many."""
        rows = await self._pool.fetch(SQL.unfiled, self._clock.now() - RETRY_AFTER)
        for row in rows:
            await self.file(await self.conversation(row["id"]))
        return len(rows)

    async def number_of(self, talk: Conversation) -> str | None:
        if talk.order_id is None:
            return None
        return (await self._commands.look(talk.order_id)).order.number

    async def _add(self, order_id: UUID, text: str, *, danger: bool) -> None:
        """What the caller said while waiting belongs to the matter; danger is raised on it."""
        action: Action = RaiseDanger(version=1, text=text) if danger else Supplement(version=1, text=text)
        try:
            await self._commands.act_now(order_id, action, SYSTEM)
        except AppError as error:
            if error.code == "try_again":
                raise
            if danger:  # known as danger already, or over: the words are kept all the same
                await self._add(order_id, text, danger=False)

    async def _answer(self, order_id: UUID, version: int, card: ShownCard) -> None:
        """Where a rule forbids it, or the card was withdrawn meanwhile, the order stays open for a person."""
        action = AnswerDirectly(version=version, answer=card.answer, card=card.number)
        try:
            await self._commands.act(order_id, action, SYSTEM)
        except AppError as error:
            if error.code == "try_again":
                raise

    async def _heard(self, talk: Conversation, text: str) -> Heard:
        switch = await self.switch()
        everything = "\n".join((*talk.said, text))
        # "明白了" alone is too short to be weighed; with everything said before it is read like any other words
        texts = (everything,) if is_closing_word(text, self.policy) else (text, everything)
        read = [self._reader.read(words, self._knowledge.centre) for words in texts]
        cards = {one.number: one.version for one in (*talk.offered, *([talk.card] if talk.card else []))}
        public = await self._knowledge.still_public(cards) if cards else set()
        heard = Heard(
            text=text,
            danger=any(facts.danger or facts.violent_dispute for facts in read),
            is_on=switch.is_on,
            found=[],
            failures=talk.failures,
            offered=talk.offered if all(one.number in public for one in talk.offered) else [],
            last_card=talk.card,
            turns=len(talk.turns),
        )
        if talk.status != "open" or comes_first(heard, self.policy) is not None:
            return heard  # nothing is looked up for who needs a person
        found = await self._knowledge.search(text, [str(CardScope.PUBLIC)], limit=LOOKED_AT)
        return msgspec.structs.replace(heard, found=found)

    async def _write(
        self, connection: asyncpg.Connection, talk: Conversation, text: str, answer: Reply
    ) -> Conversation:
        now = self._clock.now()
        options = [one.title for one in answer.options]
        turns = [
            *talk.turns,
            Turn(who="caller", at=now, text=text),
            Turn(who="system", at=now, text=answer.text, how=answer.how, card=answer.card, options=options),
        ]
        card = answer.card or talk.card
        await connection.execute(
            SQL.write, talk.id, answer.status, _text(turns), answer.failures, _text(answer.options), _text(card) if card else None,
            answer.reason, answer.status != "open" and bool(_matter([*talk.said, text], self.policy)), now,
        )  # fmt: skip
        if answer.how == "danger":
            alarm = Alarm(
                kind="surge.danger", subject=str(talk.id), severity=Severity.ALARM, zh="自动应答中出现疑似险情，已优先转人工",
                en="Danger in an automatic conversation: handed to a person first",
            )  # fmt: skip
            await raise_alarm(connection, alarm, now)
        row = await connection.fetchrow(SQL.conversation, talk.id)
        return _conversation(row)

    async def _change(self, change: Any) -> Switch:
        now = self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            before = _switch(await connection.fetchrow(SQL.state_for_update))
            after = change(before, now)
            load = _text(after.load) if after.load else None
            values = (after.is_on, after.mode, after.since, after.by, after.reason, load)
            await connection.execute(SQL.write_state, *values, after.load_at)
            if (before.is_on, before.mode) != (after.is_on, after.mode):
                await connection.execute(SQL.add_log, now, after.is_on, after.mode, after.by, after.reason, load)
                await raise_alarm(connection, _switched(after), now)
        return after


def _switched(switch: Switch) -> Alarm:
    word, en = ("开启", "on") if switch.is_on else ("关闭", "off")
    return Alarm(
        kind="surge.switched", subject=en, severity=Severity.INFO, zh=f"自动应答已{word}（{switch.by}）：{switch.reason}",
        en=f"Automatic answering is {en} ({switch.by}): {switch.reason}",
    )  # fmt: skip


def _outcome(talk: Conversation) -> str:
    """How it ended, in words that name no danger of their own."""
    words: dict[Status, str] = {
        "solved": "来电人表示已解决",
        "filed": "来电人要求登记",
        "handed_over": "已转人工",
        "open": "进行中",
    }
    card = f"，出示过知识卡片 {talk.card.number} 第{talk.card.version}版" if talk.card else ""
    return words[talk.status] + card


def _matter(said: list[str], policy: SurgePolicy) -> list[str]:
    """What was said of a matter, without mere wishes for a person."""
    return [text for text in said if not _only_wishes(text, policy)]


def _only_wishes(text: str, policy: SurgePolicy) -> bool:
    """“转人工” alone says nothing of a matter."""
    rest = text
    for word in (
        *policy.want_person,
        *policy.solved,
        "您好",
        "你好",
        "转",
        "我要",
        "要",
        "给我",
        "请",
        "帮我",
        "吧",
        "！",
        "。",
        "，",
    ):
        rest = rest.replace(word, "")
    return len(rest.strip()) < 2


def _switch(row: Any) -> Switch:
    told = dict(row)
    return msgspec.convert(told | {"load": msgspec.json.decode(told["load"]) if told["load"] else None}, Switch)


def _conversation(row: Any) -> Conversation:
    told = {name: row[name] for name in Conversation.__struct_fields__}
    for name in ("caller", "turns", "offered", "card"):
        told[name] = msgspec.json.decode(told[name]) if told[name] else None
    return msgspec.convert(told, Conversation, strict=False)


def _text(value: Any) -> str:
    return _encode(value).decode()
