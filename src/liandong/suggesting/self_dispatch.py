"""自助派单: what is certain enough by policy is dispatched by itself, everything else waits for a person. Never in danger, never against a person.

Off unless the city's file says otherwise. An order is looked at once; what was decided and why is kept, a share is put before people, and too
many wrong ones stop it until a person lets it go on.
"""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from msgspec import Struct

from liandong.core.alarms import Alarm, Severity, raise_alarm
from liandong.core.clock import Clock
from liandong.core.errors import AppError
from liandong.orders.actions import DispatchOrder
from liandong.orders.commands import Commands
from liandong.orders.context import Actor
from liandong.orders.model import Order
from liandong.reading.reader import read as read_text
from liandong.routing.model import Decision
from liandong.suggesting.guessing import Guesser, Said
from liandong.suggesting.model import Suggested, Suggestion
from liandong.suggesting.policy import SelfDispatchPolicy
from liandong.suggesting.service import Suggesting
from liandong.suggesting.store import SQL

SYSTEM = Actor("self_service", frozenset({"dispatcher"}))
AT_ONCE = 50
PARTS = 10_000


class SelfDispatchState(Struct, frozen=True):
    """`stopped`: by the checks, or by a person, until a person lets it go on."""

    on: bool
    stopped: bool
    since: datetime | None
    by: str
    reason: str
    sent: int
    sampled: int
    checked: int
    wrong: int
    returned: int


class Certain(Struct, frozen=True):
    """What would be done. `why`: why not, in one sentence; empty where it is certain enough."""

    class_code: str
    unit: str
    co_handlers: list[str]
    probability: float
    models: str
    why: str


async def state(pool: asyncpg.Pool, policy: SelfDispatchPolicy, now: datetime) -> SelfDispatchState:
    row = await pool.fetchrow(SQL.self_state)
    counts = await pool.fetchrow(SQL.self_counts, now - timedelta(days=policy.window_days))
    return SelfDispatchState(on=policy.on, **dict(row), **dict(counts))


async def dispatch_certain(pool: asyncpg.Pool, clock: Clock, commands: Commands, suggesting: Suggesting) -> int:
    """One round. Returns how many orders went by themselves. What is to be sent is written down before it goes, so none goes unrecorded; what
    a process that died had only written down is left to a person."""
    policy, now = suggesting.policy.self_dispatch, clock.now()
    if not policy.on or await stopped_by_checks(pool, policy, now):
        return 0
    since, until = now - timedelta(hours=policy.look_back_hours), now - timedelta(minutes=policy.wait_minutes)
    guesser, sent = suggesting.guesser(), 0
    await pool.execute(SQL.left_behind, since, until)
    for row in await pool.fetch(SQL.self_candidates, since, until, AT_ONCE):
        snapshot = await commands.look(row["id"])
        found = certain(snapshot.order, guesser, policy)
        sampled = not found.why and is_sampled(snapshot.order.id, policy.sample)
        values = (found.class_code, found.unit, found.probability, found.models, sampled)
        outcome = "asked" if found.why else "sent"
        await pool.execute(SQL.keep_self, snapshot.order.id, now, outcome, found.why, *values)
        if not found.why:
            why = await _send(commands, snapshot.order, found)
            sent += not why
            if why:
                await pool.execute(SQL.not_sent, snapshot.order.id, why)
    return sent


async def stopped_by_checks(pool: asyncpg.Pool, policy: SelfDispatchPolicy, now: datetime) -> bool:
    """Stops it, with an alarm, where more went wrong than the policy bears: checked as wrong, or given back by the unit."""
    current = await state(pool, policy, now)
    if current.stopped:
        return True
    since = max(now - timedelta(days=policy.window_days), current.since or now - timedelta(days=policy.window_days))
    counts = await pool.fetchrow(SQL.self_counts, since)
    least = policy.least_checks
    too_wrong = counts["checked"] >= least and counts["wrong"] > policy.most_wrong * counts["checked"]
    too_many_back = counts["sent"] >= least and counts["returned"] > policy.most_wrong * counts["sent"]
    if not (too_wrong or too_many_back):
        return False
    reason = (
        f"{counts['checked']} 件抽查中 {counts['wrong']} 件不对，{counts['sent']} 件中 {counts['returned']} 件被退回"
    )
    await pool.execute(SQL.set_self_state, True, now, "clock", reason)
    zh = f"自助派单已自动停止：{reason}。请查看抽查结果后决定是否恢复"
    en = "Self-service dispatch stopped by itself: too many were wrong. A person decides whether it goes on"
    await raise_alarm(
        pool, Alarm(kind="self_dispatch.stopped", subject="self_dispatch", severity=Severity.ALARM, zh=zh, en=en), now
    )
    return True


def certain(order: Order, guesser: Guesser, policy: SelfDispatchPolicy) -> Certain:
    """Pure. Safety and people first, then how sure the models are."""
    text = f"{order.title}。{order.content}" if order.title else order.content
    said = Said(text, order.division_code or "", order.incident.address, order.class_intake or "", order.type or "")
    found = guesser.suggest(said)
    code = order.class_intake or (found.class_.guesses[0].code if found.class_.guesses else "")
    lead = found.unit.guesses[0] if found.unit.guesses else None
    class_share = 1.0 if order.class_intake else (found.class_.guesses[0].probability if found.class_.guesses else 0.0)
    return Certain(
        class_code=code,
        unit=lead.code if lead else "",
        co_handlers=[one.code for one in found.co_handlers],
        probability=round(min(class_share, lead.probability if lead else 0.0), 4),
        models=f"class {found.class_.version}, unit {found.unit.version}",
        why=_a_persons(order, text, policy) or _not_sure(found, order, code, guesser, policy),
    )


def _a_persons(order: Order, text: str, policy: SelfDispatchPolicy) -> str:
    """What is never decided by itself, however sure a model is."""
    facts, verdict = order.facts, order.verdict
    if order.danger or order.urgent or facts is None or facts.danger or facts.violent_dispute or facts.stability_lead:
        return "有险情、紧急或稳定线索：由人处理"
    if facts.overruled:
        return "人已更正归属判断：由人处理"
    if verdict is None or verdict.decision != Decision.KEEP:
        return "归属不是本台办理，或不明确：由人处理"
    if read_text(text, facts.centre).danger > policy.most_danger:
        return "读出的危险程度不低：由人处理"
    if order.confidential or order.repeats:
        return "要求保密或重复反映：由人处理"
    if order.channel not in policy.channels:
        return "该渠道有人在受理"
    if order.type is not None and order.type not in policy.types:
        return "该类型不自助派单"
    return ""


def _not_sure(found: Suggested, order: Order, code: str, guesser: Guesser, policy: SelfDispatchPolicy) -> str:
    """Which of the policy's bounds it misses; the model's guess against a class that a person set is a doubt of its own."""
    if not (found.class_.measured and found.unit.measured):
        return "没有学成并启用的分类与承办单位模型"
    if order.type is None and (not found.type.guesses or found.type.guesses[0].code not in policy.types):
        return "读出的类型不自助派单"
    if any(guesser.models[one.field].card.figures.surest < policy.least_measured for one in (found.class_, found.unit)):
        return "模型最有把握的部分没有达到要求的正确率"
    if policy.classes and not code.startswith(policy.classes):
        return "该分类不自助派单"
    if not _reaches(found.class_, policy.least_class, order.class_intake):
        return "分类把握不够"
    if not _reaches(found.unit, policy.least_unit, None):
        return "承办单位把握不够"
    return ""


def _reaches(one: Suggestion, least: float, set_by_person: str | None) -> bool:
    if not one.guesses:
        return False
    first = one.guesses[0]
    return first.probability >= least and (set_by_person is None or first.code == set_by_person)


async def _send(commands: Commands, order: Order, found: Certain) -> str:
    """The ordinary dispatch, on the version that was looked at: whoever touched it meanwhile keeps it. Returns why not."""
    action = DispatchOrder(
        version=order.version,
        unit=found.unit,
        class_intake=found.class_code,
        co_handlers=found.co_handlers,
        note=f"自助派单：{found.models}，把握 {found.probability:.3f}",
    )
    try:
        await commands.act(order.id, action, SYSTEM)
    except AppError as error:
        return f"未派出：{error.text or error.code}"
    return ""


def is_sampled(order_id: UUID, share: float) -> bool:
    """The same order is always sampled or never: nobody can press again for another answer."""
    digest = hashlib.sha256(order_id.bytes).digest()
    return int.from_bytes(digest[:4], "big") % PARTS < share * PARTS


async def check(pool: asyncpg.Pool, order_id: UUID, *, right: bool, reason: str, by: str, now: datetime) -> None:
    """A person says whether it went to the right unit. Raises AppError not_found where it waits for no check."""
    if not right and len(reason.strip()) < 2:
        raise AppError("field_invalid", "判为不对时请写明应派给谁或为什么（say why it was wrong）")
    if await pool.fetchval(SQL.check_self, order_id, now, by, right, reason.strip()) is None:
        raise AppError("not_found", "这件没有等待抽查，或已有人查过（it waits for no check）")


async def set_stopped(pool: asyncpg.Pool, stopped: bool, *, reason: str, by: str, now: datetime) -> None:
    if len(reason.strip()) < 2:
        raise AppError("field_invalid", "请写明理由（say why: it is recorded）")
    await pool.execute(SQL.set_self_state, stopped, now, by, reason.strip())
