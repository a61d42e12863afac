"""Emergencies from the shell: what is open, one of them, and whether a run card has a hole."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from liandong.cli.acting import _with_node as with_node
from liandong.cli.common import SettingsOption, fail, out, run
from liandong.cli.shown import say

emergencies = typer.Typer(help="应急联动：事件、处置卡 / emergencies, run cards", no_args_is_help=True)
ROMAN = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", 4: "Ⅳ"}


@emergencies.command("list")
def listed(
    settings: SettingsOption,
    all_: Annotated[bool, typer.Option("--all", help="也列出已结束的 / ended ones, too")] = False,
) -> None:
    """处置中的事件 / The emergencies that are open."""
    from liandong.emergencies.service import Board

    async def work(node: Any) -> Any:
        return await node.emergencies.listed(Board(None if all_ else "open"), 200)

    table = Table("编号 / number", "等级", "名称", "地点", "工单", "任务完成", "状态")
    for one in run(with_node(settings, work)):
        tasks = [task for task in one.tasks if not task.measure]
        done = f"{sum(task.status == 'done' for task in tasks)}/{len(tasks)}"
        drill = "【演练】" if one.is_drill else ""
        count = str(sum(not order.out for order in one.orders))
        table.add_row(one.number, ROMAN.get(one.level, ""), drill + one.title, one.place.text, count, done, one.status)
    out.print(table)


@emergencies.command("show")
def show(settings: SettingsOption, number: Annotated[str, typer.Argument(help="12345-E000001")]) -> None:
    """一个事件：任务、回执、日志 / One emergency: tasks, receipts, log."""
    from liandong.emergencies.lifecycle import EVENT_WORDS
    from liandong.emergencies.service import Board
    from liandong.emergencies.store import lines_of
    from liandong.emergencies.timeline import timeline

    async def work(node: Any) -> Any:
        found = await node.emergencies.listed(Board(), 200)
        state = next((one for one in found if one.number == number), None)
        lines = await lines_of(node.pool, [state.id, *state.members]) if state else []
        return state, timeline(lines, state) if state else []

    state, moments = run(with_node(settings, work))
    if state is None:
        fail(f"没有编号为 {number} 的事件（no such emergency）")
    say(f"{ROMAN.get(state.level, '')} {state.title} {state.place.text} {state.status}")
    tasks = Table("任务 / task", "承担", "状态")
    for task in state.tasks:
        tasks.add_row(task.title, task.to, f"{task.status}{' 超时' if task.overdue else ''}")
    out.print(tasks)
    for sent in state.broadcasts:
        say(f"广播：{sent.text}　" + "　".join(f"{one.centre} {one.status}" for one in sent.receipts))
    log = Table("时间 / at", "中心", "事项", "内容")
    for one in moments:
        log.add_row(f"{one.at:%H:%M:%S}", one.centre, EVENT_WORDS.get(one.event, [one.event])[0], one.text)
    out.print(log)


@emergencies.command("check-cards")
def check_cards(
    file: Annotated[Path, typer.Argument(help="run_cards.json")],
    tables: Annotated[Path | None, typer.Option(help="emergencies.json，默认自带的 / the one shipped")] = None,
) -> None:
    """处置卡有没有漏洞；有则逐条指出，返回 1 / The holes of a file of run cards."""
    from liandong.catalogue.centres import default_centres
    from liandong.emergencies.policy import load_emergencies
    from liandong.emergencies.run_cards import load_run_cards
    from liandong.units.reading import shipped_directory

    if not file.is_file():
        fail(f"没有这个文件（no such file）：{file}")
    try:
        policy = load_emergencies(tables)
        cards = load_run_cards(file, policy, frozenset(default_centres()), shipped_directory().knows)
    except ValueError as error:
        fail(str(error))
    say(f"{len(cards.cards)} 张处置卡，版本 {cards.version}，没有漏洞（no hole）")


def register(app: typer.Typer) -> None:
    app.add_typer(emergencies, name="emergencies")
