"""Looking at what is there: orders and the outbox."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
import typer
from rich.table import Table

from liandong.cli.common import SettingsOption, fail, load, out, run
from liandong.cli.shown import clock

orders = typer.Typer(help="工单与警单 / orders", no_args_is_help=True)
outbox = typer.Typer(help="发往对方的消息 / messages to peers", no_args_is_help=True)


@orders.command("list")
def list_orders(
    settings: SettingsOption,
    open_only: Annotated[bool, typer.Option("--open", help="只看未结束的 / open only")] = False,
    status: Annotated[list[str] | None, typer.Option(help="状态，可多次")] = None,
    limit: int = 25,
) -> None:
    """最近的工单 / The newest orders."""
    from liandong.orders.lifecycle import LIFECYCLES
    from liandong.orders.listing import Filters, listing_sql

    async def read() -> list[Any]:
        sql, values = listing_sql(Filters(status=status, is_open=True if open_only else None), limit)
        return await fetch(loaded, f"SELECT * FROM orders WHERE id IN ({sql}) ORDER BY id DESC", *values)  # noqa: S608

    loaded = load(settings)
    table = Table()
    for heading, width in (("编号 / number", 28), ("状态 / status", 11), ("受理 / at", 14)):
        table.add_column(heading, no_wrap=True, min_width=width)
    table.add_column("内容 / content", no_wrap=True, overflow="ellipsis", ratio=1)
    words = {status: name for lifecycle in LIFECYCLES.values() for status, (name, _) in lifecycle.statuses.items()}
    for row in run(read()):
        state = f"{words[row['status']]} 紧急" if row["urgent"] else words[row["status"]]
        table.add_row(
            row["number"] or str(row["id"]),
            state,
            clock(row["created_at"])[5:19],
            row["content"].replace("\n", " ")[:60],
        )
    out.print(table)


@orders.command("show")
def show_order(settings: SettingsOption, key: Annotated[str, typer.Argument(help="编号、id 或诉求 id")]) -> None:
    """一个诉求的全过程：经过的中心、转交、协商、督办 / One order with its path, timeline, transfers, positions and supervisions."""
    from liandong.cli.shown import print_order
    from liandong.orders.model import Snapshot
    from liandong.orders.store import SQL

    async def read() -> Any:
        found = await fetch(loaded, SQL.find, as_uuid(key), key)
        if not found:
            return None
        order_id = found[0]["id"]
        return (
            (await fetch(loaded, SQL.snapshots, [order_id]))[0]["snapshot"],
            await fetch(loaded, SQL.events, order_id),
            await fetch(loaded, "SELECT * FROM timers WHERE order_id = $1 ORDER BY due_at", order_id),
        )

    loaded = load(settings)
    result = run(read())
    if result is None:
        fail(f"没有找到 {key}")
    print_order(msgspec.json.decode(result[0], type=Snapshot), *result[1:])


@outbox.command("list")
def list_outbox(settings: SettingsOption, status: str | None = None, peer: str | None = None, limit: int = 50) -> None:
    """待发、已送达与死信 / Pending, delivered and dead messages."""
    from liandong.exchange.receive import SQL

    for row in run(fetch(load(settings), SQL.list_outbox, status, peer, limit)):
        waits = f"，{clock(row['next_attempt_at'])} 再发" if row["status"] == "pending" else ""
        tried = f"第 {row['attempts']} 次" if row["attempts"] else "未发"
        out.print(
            f"{row['id']}  → {row['peer']}  {row['kind']} #{row['seq']}  [bold]{row['status']}[/] {tried}{waits}",
            highlight=False,
            soft_wrap=True,
        )
        if row["last_error"]:
            out.print(f"    {row['last_error']}", markup=False, highlight=False, soft_wrap=True)


@outbox.command("resend")
def resend(
    settings: SettingsOption,
    ids: Annotated[list[str] | None, typer.Argument(help="死信的消息编号；不给则用 --all")] = None,
    all_dead: Annotated[bool, typer.Option("--all", help="全部死信 / every dead letter")] = False,
    peer: str | None = None,
) -> None:
    """重发死信 / Send dead letters again."""
    from datetime import UTC, datetime

    from liandong.exchange.receive import SQL

    async def again() -> int:
        chosen = (
            [row["id"] for row in await fetch(loaded, SQL.dead_ids, peer)]
            if all_dead
            else [UUID(one) for one in ids or []]
        )
        return len(await fetch(loaded, SQL.resend, chosen, datetime.now(UTC)))

    loaded = load(settings)
    if not ids and not all_dead:
        fail("请给出消息编号，或用 --all 重发全部死信")
    try:
        out.print(f"已重新排队 {run(again())} 条 / queued again")
    except ValueError:
        fail("消息编号应为 UUID，可用 liandong outbox list --status dead 查看")


async def fetch(settings: Any, sql: str, *values: Any) -> list[Any]:
    """One query on the node's database."""
    from liandong.core import db

    connection = await db.connect(settings.dsn, name="liandong cli")
    try:
        return await connection.fetch(sql, *values)
    finally:
        await connection.close()


def as_uuid(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


def register(app: typer.Typer) -> None:
    app.add_typer(orders, name="orders")
    app.add_typer(outbox, name="outbox")
