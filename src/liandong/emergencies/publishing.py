"""The agreed answer as a knowledge card: found by every desk and given by automatic answers, at every centre, until it is replaced or over.

The card is written by who drafted the answer and approved by who agreed to it. A drill publishes nothing.
"""

from datetime import timedelta

from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.errors import AppError
from liandong.emergencies import lines as on
from liandong.emergencies.due import NO_CARD, card_work
from liandong.emergencies.model import AgreedAnswer, Emergency
from liandong.emergencies.service import Emergencies
from liandong.emergencies.store import SQL
from liandong.knowledge.model import CardContent, CardScope
from liandong.knowledge.service import Knowledge
from liandong.orders.context import Actor

WRITES = frozenset({"call_taker", "dispatcher", "supervisor"})
DECIDES = frozenset({"supervisor"})


async def publish(emergencies: Emergencies, knowledge: Knowledge, state: Emergency) -> None:
    """Whatever the cards of an emergency lack. Safe to repeat: a card that was published already is found by its title."""
    work = card_work(state, emergencies.centre)
    fresh = next((one for one, what in work if what == "publish"), None)
    old = next((one for one, what in work if what == "withdraw"), None)
    lines: list[on.Data] = [on.AnswerPublished(no=one.no, card="") for one, what in work if what == "withdraw"]
    try:
        if fresh is not None:
            number = await _approve(emergencies, knowledge, state, fresh, old.card if old else None)
            lines.append(on.AnswerPublished(no=fresh.no, card=number))
        elif old is not None:
            await _take_down(knowledge, state, old)
    except AppError as error:
        lines += [on.AnswerPublished(no=fresh.no, card=NO_CARD)] if fresh else []
        await _tell(emergencies, state, error)
    if lines:
        now = emergencies.clock.now()
        async with emergencies.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL.lock)
            await emergencies.append(connection, state.id, lines, "clock", state.exercise, now)


async def _approve(
    emergencies: Emergencies, knowledge: Knowledge, state: Emergency, answer: AgreedAnswer, number: str | None
) -> str:
    policy, now = emergencies.table, emergencies.clock.now()
    writer, boss = Actor(answer.drafted_by, WRITES), Actor(answer.agreed_by, DECIDES)
    subtype = policy.subtype(state.subtype)
    what, place = subtype.zh if subtype else state.title, state.place.text
    content = CardContent(
        title=f"{state.title}（统一答复）"[:120],
        questions=[f"{state.title}怎么回事"[:200], f"{place}{what}是怎么回事"[:200], f"{place}什么时候恢复"[:200]],
        answer=answer.text,
        scope=CardScope.PUBLIC,
        unit=policy.answer_unit,
        keywords=[state.number, what],
        review_on=emergencies.policy.local_date(now) + timedelta(days=policy.answer_review_days),
    )
    known = await knowledge.titled(content)
    if known is not None and known.status == "in_force" and known.content.answer == answer.text:
        return known.number
    draft = await knowledge.draft(content, writer, number=number or (known.number if known else None))
    if draft.status == "draft":
        await knowledge.take(draft.number, draft.version, "submit", writer)
    await knowledge.take(draft.number, draft.version, "approve", boss, digest=draft.digest)
    return draft.number


async def _take_down(knowledge: Knowledge, state: Emergency, answer: AgreedAnswer) -> None:
    boss = Actor(state.ended_by or answer.agreed_by, DECIDES)
    card, _ = await knowledge.card(answer.card, boss)
    if card.in_force is not None:
        await knowledge.take(answer.card, card.in_force, "withdraw", boss, reason=state.end_reason or "答复已撤下")


async def _tell(emergencies: Emergencies, state: Emergency, error: AppError) -> None:
    zh = f"“{state.title}”的统一答复没有成为知识卡片：{error.text}。各席位仍在事件页看到它"
    en = f"The agreed answer of {state.title} is no card: {error.text}"
    alarm = Alarm(kind="answer.unpublished", subject=state.number, severity=Severity.WARNING, zh=zh, en=en)
    await raise_alarm(emergencies.pool, alarm, emergencies.clock.now())
