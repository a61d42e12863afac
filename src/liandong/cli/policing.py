"""From the shell: units proposed for an order, danger questions, a caller's thread and history."""

import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import typer
from rich.table import Table

from liandong.cli.acting import DESK, fields_of
from liandong.cli.common import SettingsOption, fail, load, out, run
from liandong.cli.records import as_uuid, orders
from liandong.cli.shown import clock, say

T = TypeVar("T")
KEY = typer.Argument(help="编号、id 或诉求 id")


@orders.command("units")
def show_units(settings: SettingsOption, key: Annotated[str, KEY], limit: int = 5) -> None:
    """派谁：按得分列出单位和理由 / Units to send, with the reasons."""
    from liandong.policing.proposing import AVAILABILITY_ZH, Proposed
    from liandong.policing.units import propose_units

    async def work(node: Any) -> list[Proposed]:
        order = (await _found(node, key)).order
        policy = node.policy
        return await propose_units(
            node.pool, order, node.clock.now(), centre=policy.centre, policy=policy.policing, roads=node.roads
        )

    for one in run(_with_node(settings, work))[:limit]:
        say(f"{one.score:.2f}  {one.unit}  {one.name}  {AVAILABILITY_ZH[one.state]}")
        say(f"      {'、'.join(reason.text for reason in one.reasons)}")


@orders.command("ask")
def ask_about(
    settings: SettingsOption,
    key: Annotated[str, KEY],
    answers: Annotated[
        list[str] | None, typer.Argument(help="问题=回答，如 weapons=blade injured:=1；不给则只看下一问")
    ] = None,
) -> None:
    """险情询问：记下回答，给出下一问 / Danger questions: keeps answers and gives the next one."""
    from liandong.orders.actions import AnswerQuestions
    from liandong.orders.context import Actor
    from liandong.policing.model import NOTHING
    from liandong.policing.questions import Question, next_question

    given = fields_of(answers)
    actor = Actor(id=f"cli:{getpass.getuser()}", roles=frozenset(DESK))

    async def work(node: Any) -> tuple[Any, Question | None]:
        order = (await _found(node, key)).order
        if given:
            order = (await node.commands.act_now(order.id, AnswerQuestions(version=1, answers=given), actor)).order
        return order, next_question(node.policy.policing.questions, (order.policing or NOTHING).given)

    order, question = run(_with_node(settings, work))
    level = order.policing.proposed_level if order.policing else None
    danger, proposed = "险情 / danger" if order.danger else "无险情 / no danger", level or "-"
    say(f"{danger}，建议级别 / proposed level：{proposed}")
    if question is None:
        say("没有其他问题 / nothing more to ask")
        return
    say(f"{question.id}：{question.zh} / {question.en}")
    for one in question.choices:
        say(f"  {one.code}  {one.zh} / {one.en}")


@orders.command("thread")
def show_thread(settings: SettingsOption, key: Annotated[str, KEY]) -> None:
    """同一件事的历次诉求和答复 / Everything that was said and answered about one thing, in order."""
    from liandong.orders.context import Actor
    from liandong.repeats.callers import Thread, thread

    actor = Actor(id=f"cli:{getpass.getuser()}", roles=frozenset(DESK))

    async def work(node: Any) -> Thread:
        return await thread(node.pool, node.store, (await _found(node, key)).order.id, actor)

    found = run(_with_node(settings, work))
    table = Table("时间 / at", "编号 / number", "事项 / what", "内容 / text", "满意度 / satisfaction")
    for one in found.entries:
        table.add_row(clock(one.at)[:16], one.number or "", one.what, one.text[:80], str(one.satisfaction or ""))
    out.print(table)


async def _found(node: Any, key: str) -> Any:
    from liandong.orders.store import SQL

    order_id = await node.pool.fetchval(SQL.find, as_uuid(key), key)
    snapshot = await node.store.load(order_id) if order_id else None
    if snapshot is None:
        fail(f"没有找到 {key}（not found）")
    return snapshot


async def _with_node(settings: Any, work: Callable[[Any], Awaitable[T]]) -> T:
    from liandong.node import open_node

    async with open_node(load(settings)) as node:
        return await work(node)


def register(app: typer.Typer) -> None:
    """Its commands stand under `orders`."""
