"""`liandong demo`: linked centres and a day of calls, in one command."""

import asyncio
import signal
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from liandong.cli.common import err, fail, out, run
from liandong.cli.text import mapping_of

STAGES = {"intake": "来电受理 / calls", "loops": "办理闭环 / loops"}
LABELS = {
    "received": "受理 / received",
    "answered_directly": "直接答复 / answered directly",
    "guided": "解释引导 / guided away",
    "transferred_12345_to_110": "12345 → 110 转接 / transferred",
    "transferred_110_to_12345": "110 → 12345 转接 / transferred",
    "transferred_elsewhere": "其他中心之间转接 / between the other centres",
    "urgent": "其中紧急 / urgent",
    "returned": "退回 / returned",
    "calls": "三方通话 / three-way calls",
    "negotiated": "在线协商 / negotiated",
    "recalled": "误转撤回 / mistakes given back",
    "shared": "共同处置 / handled jointly",
    "dispatched": "派单派警 / dispatched",
    "closed": "办结 / closed",
    "called_back": "回访 / called back",
    "evaluated": "评价 / evaluated",
    "open_loops": "未闭环 / loops still open",
}


def demo(
    messages: Annotated[
        Path | None, typer.Option(help="改用自己的诉求文件（csv、xlsx、jsonl）/ your own file of messages")
    ] = None,
    column: Annotated[list[str] | None, typer.Option("--map", help="字段=列名，可多次 / field=column")] = None,
    leave: Annotated[bool, typer.Option("--exit", help="演示完即退出 / stop when the day is over")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="结果以一个 JSON 对象输出 / print one JSON object")] = False,
    centres: Annotated[
        int, typer.Option(envvar="DEMO_CENTRES", help="几个中心：2，或全部 8 个 / how many centres: 2, or all 8")
    ] = 2,
    clear: Annotated[bool, typer.Option("--reset", help="清除演示数据 / remove the demo's data")] = False,
) -> None:
    """启动互联的中心，演示一天的来电 / Start linked centres and play a day of calls."""
    from liandong.demo.city import CENTRES, EVERYBODY, City, default_folder, reset

    chosen = {len(CENTRES): CENTRES, len(EVERYBODY): EVERYBODY}.get(centres)
    if chosen is None:
        fail(f"--centres 应为 {len(CENTRES)} 或 {len(EVERYBODY)}（2 or 8）")

    folder = default_folder()
    try:
        if clear:
            out.print("演示数据已清除 / removed" if reset(folder) else "没有演示数据 / nothing to remove")
            return
        code = run(_demo(City(folder, chosen), messages, mapping_of(column), leave, as_json))
    except RuntimeError as error:
        fail(str(error))
    raise typer.Exit(code)


async def _demo(city: Any, path: Path | None, mapping: dict[str, str], leave: bool, as_json: bool) -> int:
    from liandong.demo.day import Day

    day, bad = _messages(path, mapping, city.centres)
    started = time.monotonic()
    stopped = asyncio.Event()
    main_task = asyncio.current_task()
    playing = True

    def stop() -> None:
        stopped.set()
        if playing and main_task:
            main_task.cancel()

    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop)
    err.print(
        "找到上次的数据，接着来 / found earlier data"
        if city.found_data
        else "第一次运行，正在建立数据库 / first run: making the databases"
    )
    try:
        await city.start()
        with _progress() as bars:
            tasks = {stage: bars.add_task(text, total=None, start=stage == "intake") for stage, text in STAGES.items()}

            def told(stage: str, done: int, total: int) -> None:
                bars.start_task(tasks[stage])
                bars.update(tasks[stage], completed=done if total else 1, total=total or 1)

            outcome = await Day(city, told).play(day)
        playing = False
        _report(city, outcome, bad, as_json, round(time.monotonic() - started, 2))
        if not leave and not stopped.is_set():
            _addresses(city)
            going_on = asyncio.create_task(Day(city, lambda *_: None).go_on(day, stopped))
            while not stopped.is_set():
                await _first(stopped, 1.0)
                if city.ended():
                    fail(f"有进程意外结束：{city.ended()}；日志在 {city.folder}", code=1)
                if going_on.done():
                    break
            await going_on
        return 1 if outcome.open_loops else 0
    except asyncio.CancelledError:
        err.print("已中断；已受理的诉求都已保存，再次运行会接着办完 / interrupted: what was accepted is kept")
        return 130
    finally:
        city.stop()
        if not leave:
            err.print("已停止本演示启动的全部进程 / stopped everything that was started here")


def _messages(path: Path | None, mapping: dict[str, str], centres: tuple[str, ...]) -> tuple[list[Any], list[Any]]:
    from liandong.demo.messages import from_file, sample_day
    from liandong.imports.model import MessageFileError

    if path is None:
        return sample_day(centres), []
    try:
        return from_file(path, mapping)
    except MessageFileError as error:
        fail(str(error))


def _report(city: Any, outcome: Any, bad: list[Any], as_json: bool, total_seconds: float) -> None:
    import msgspec

    if as_json:
        counts = msgspec.structs.asdict(outcome) | {"bad_rows": len(bad), "total_seconds": total_seconds}
        sys.stdout.write(msgspec.json.encode(counts).decode() + "\n")
        return
    table = Table(title="这一天 / the day", title_justify="left")
    table.add_column("发生了什么 / what happened")
    table.add_column("件 / count", justify="right")
    for name, label in LABELS.items():
        value = getattr(outcome, name)
        style = ("bold red" if value else "bold green") if name == "open_loops" else ""
        table.add_row(label, f"{value:,}", style=style)
    out.print(table)
    out.print(
        f"本次新受理 {outcome.new:,} 件，此前已有 {outcome.already_there:,} 件，用时 {outcome.seconds:.1f} 秒"
        f" / {outcome.new:,} new, {outcome.already_there:,} found, {outcome.seconds:.1f} s",
        highlight=False,
    )
    for row in bad[:10]:
        err.print(f"第 {row.line} 行未能使用：{row.field} {row.text}", highlight=False, markup=False)
    if outcome.open_loops:
        err.print(f"[bold red]有 {outcome.open_loops} 件未闭环[/]，日志在 {city.folder}", highlight=False)


def _addresses(city: Any) -> None:
    from liandong.demo.city import DESK

    out.print(f"\n[bold]{len(city.nodes)} 个中心正在运行 / {len(city.nodes)} centres are running[/]")
    for node in city.nodes.values():
        lines = (
            f"工作台 / console: {node.url}/  接口文档 / API: {node.url}/schema",
            f"话务台密钥 / desk key: {node.tokens[DESK]}",
            f"设置 / settings: {node.settings}",
        )
        out.print(f"[bold]{node.centre}[/]  " + "\n       ".join(lines), highlight=False, soft_wrap=True)
    for node in city.nodes.values():
        who = "  ".join(f"{one.name}（{one.display_name}）" for one in node.accounts)
        out.print(f"账号 / accounts {node.centre}: {who}", highlight=False, soft_wrap=True)
    out.print(f"所有演示账号的密码 / the password of them all: {city.password}", highlight=False)
    first = city.nodes["12345"]
    command = Path(sys.argv[0]).name if Path(sys.argv[0]).name == "liandong" else "liandong"
    out.print(
        f"\n看看工单 / look at the orders: .venv/bin/{command} orders list -s {first.settings}",
        highlight=False,
        soft_wrap=True,
    )
    out.print("来电还在继续，坐席也在办；按 Ctrl-C 停止 / calls go on and people go on working; press Ctrl-C to stop")


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=err
    )


async def _first(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return


def register(app: typer.Typer) -> None:
    app.command()(demo)
