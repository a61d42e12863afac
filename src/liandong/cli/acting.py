"""Doing things from the shell: any action on an order, what may be a duplicate, precedents and proposals."""

import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import msgspec
import typer
from rich.table import Table

from liandong.cli.common import SettingsOption, fail, load, out, run
from liandong.cli.records import as_uuid, orders
from liandong.cli.shown import BASIS_WORDS, SETTLED_WORDS, clock, say

T = TypeVar("T")
DESK = ("call_taker", "dispatcher", "supervisor", "unit")
proposals = typer.Typer(help="清单修订建议 / proposals for the catalogue", no_args_is_help=True)


@orders.command("act")
def act_on_order(
    settings: SettingsOption,
    key: Annotated[str, typer.Argument(help="编号、id 或诉求 id")],
    action: Annotated[str | None, typer.Argument(help="操作，如 offer_transfer；不给则列出现在可做的")] = None,
    fields: Annotated[
        list[str] | None, typer.Argument(help="字段=值，如 to=110；JSON 写作 字段:=JSON，如 items:='[\"P0801\"]'")
    ] = None,
    role: Annotated[list[str] | None, typer.Option(help="以什么角色，可多次；默认全部坐席角色 / in which role")] = None,
    unit: Annotated[str | None, typer.Option(help="以哪个承办单位 / as which unit")] = None,
) -> None:
    """对一个工单做一项操作，规则与接口相同 / Do one action on an order, by the same rules as over the API."""
    from liandong.node import Node
    from liandong.orders.actions import person_actions
    from liandong.orders.context import Actor
    from liandong.orders.view import AllowedAction, view

    actor = Actor(id=f"cli:{getpass.getuser()}", roles=frozenset(role or DESK), unit=unit)
    if action is not None and action not in person_actions():
        fail(f"没有操作“{action}”（no such action）；已有：{'、'.join(sorted(person_actions()))}")
    given = fields_of(fields)

    async def work(node: Node) -> tuple[str, list[AllowedAction]]:
        snapshot = await _found(node, key)
        if action is not None:
            asked = {"action": action, "version": snapshot.order.version} | given
            try:
                data = msgspec.convert(asked, person_actions()[action], strict=False)
            except msgspec.ValidationError as error:
                fail(f"字段有误（a field is not valid）：{error}")
            snapshot = await node.commands.act(snapshot.order.id, data, actor)
        return snapshot.order.status, view(snapshot, actor).allowed_actions

    status, allowed = run(_with_node(settings, work))
    say(f"状态 / status：{status}")
    for one in allowed:
        takes = " ".join([f"{name}=…" for name in one.needs] + [f"[{name}=…]" for name in one.takes])
        say(f"  {one.action}（{one.label} / {one.label_en}） {takes}")


@orders.command("duplicates")
def show_duplicates(settings: SettingsOption, key: Annotated[str, typer.Argument(help="编号、id 或诉求 id")]) -> None:
    """可能是同一件事的工单和理由 / Orders that may be about the same thing, with the reasons."""
    from liandong.duplicates.model import Duplicate
    from liandong.duplicates.store import find_duplicates
    from liandong.node import Node

    async def work(node: Node) -> list[Duplicate]:
        snapshot = await _found(node, key)
        return await find_duplicates(node.pool, snapshot.order, node.policy.linkage)

    table = Table("编号 / number", "状态 / status", "可能 / score", "理由 / reasons", "内容 / content")
    for one in run(_with_node(settings, work)):
        reasons = "、".join(reason.text for reason in one.reasons)
        table.add_row(one.number or str(one.id), one.status, f"{one.score:.2f}", reasons, one.content[:40])
    out.print(table)


def precedents(
    settings: SettingsOption,
    text: Annotated[str, typer.Argument(help="想查的事，如“烟花爆竹噪声”；不给则看最近的")] = "",
    question: Annotated[str, typer.Option(help="问题编号 / the question")] = "",
    item: Annotated[list[str] | None, typer.Option(help="清单事项，可多次 / catalogue item")] = None,
    limit: int = 20,
) -> None:
    """查协商先例 / How the same question was settled before."""
    from liandong.node import Node
    from liandong.precedents.model import FoundPrecedent
    from liandong.precedents.store import Search, find_precedents

    async def work(node: Node) -> list[FoundPrecedent]:
        return await find_precedents(node.pool, Search(question=question, items=item or [], text=text), limit)

    for one in run(_with_node(settings, work)):
        alike = f"，相似{one.likeness:.0%}" if one.likeness is not None else ""
        say(f"{clock(one.settled_at)[:16]}  {one.question}：归{one.owner}，{SETTLED_WORDS[one.settled_by]}{alike}")
        ground = f"{BASIS_WORDS[one.basis_kind]}：{one.basis} " if one.basis_kind else ""
        say(f"    {ground}{one.text} 工单 {one.number or one.order_id}，先例编号 {one.transfer_id}")


@proposals.command("list")
def list_proposals(
    settings: SettingsOption,
    status: Annotated[str | None, typer.Option(help="open、taken 或 dismissed")] = None,
    limit: int = 100,
) -> None:
    """反复协商的问题 / Questions that came so often that the catalogue should answer them."""
    from liandong.node import Node
    from liandong.precedents import store
    from liandong.precedents.model import Proposal, ProposalStatus

    if status is not None and status not in set(ProposalStatus):
        fail("状态应为 open、taken 或 dismissed（no such status）")

    async def work(node: Node) -> list[Proposal]:
        await store.propose(node.pool, node.policy.linkage.propose_after)
        return await store.list_proposals(node.pool, ProposalStatus(status) if status else None, limit)

    table = Table("问题 / question", "次数 / count", "结论 / owners", "最近 / last", "状态 / status", "说明 / note")
    for one in run(_with_node(settings, work)):
        owners = "、".join(f"{owner} {count}次" for owner, count in one.owners.items())
        table.add_row(one.question, str(one.count), owners, clock(one.last_at)[:16], one.status, one.note or "")
    out.print(table)


@proposals.command("take")
def take_proposal(settings: SettingsOption, question: str, note: str = "") -> None:
    """提交会商，修订清单 / Take it to the consultation."""
    _decide(settings, question, "taken", note)


@proposals.command("dismiss")
def dismiss_proposal(settings: SettingsOption, question: str, note: str = "") -> None:
    """不予采纳 / Dismiss it."""
    _decide(settings, question, "dismissed", note)


def _decide(settings: Any, question: str, status: str, note: str) -> None:
    from liandong.node import Node
    from liandong.precedents.model import Proposal, ProposalStatus
    from liandong.precedents.store import decide_proposal

    async def work(node: Node) -> Proposal:
        by = f"cli:{getpass.getuser()}"
        return await decide_proposal(
            node.pool, question, ProposalStatus(status), by=by, now=node.clock.now(), note=note
        )

    done = run(_with_node(settings, work))
    say(f"{done.question}：{done.status} / done")


def fields_of(pairs: list[str] | None) -> dict[str, Any]:
    """`to=110` as text, `items:=["P0801"]` as JSON. Fails with a sentence for one that is neither."""
    given: dict[str, Any] = {}
    for pair in pairs or []:
        name, sign, value = pair.partition("=")
        if not sign or not name.rstrip(":"):
            fail(f"字段应写成 字段=值，收到的是 {pair!r}（write field=value）")
        if not name.endswith(":"):
            given[name] = value
            continue
        try:
            given[name[:-1]] = msgspec.json.decode(value)
        except msgspec.DecodeError as error:
            fail(f"{name} 后面应是 JSON：{error}（not JSON）")
    return given


async def _found(node: Any, key: str) -> Any:
    from liandong.orders.store import SQL

    order_id = await node.pool.fetchval(SQL.find, as_uuid(key), key)
    snapshot = await node.store.load(order_id) if order_id else None
    if snapshot is None:
        fail(f"没有找到 {key}")
    return snapshot


async def _with_node(settings: Any, work: Callable[[Any], Awaitable[T]]) -> T:
    from liandong.node import open_node

    async with open_node(load(settings)) as node:
        return await work(node)


def register(app: typer.Typer) -> None:
    app.command()(precedents)
    app.add_typer(proposals, name="proposals")
