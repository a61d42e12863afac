"""Commands over text and files: route, deadline, import."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from liandong.catalogue.cli import deadline
from liandong.cli.common import SettingsOption, err, fail, load, out, run


def route() -> None:
    """判定归属：从标准输入读 {"id","centre","text"} 行 / Who owns it: JSON lines in, verdicts out."""
    from liandong.routing.jsonl import route_lines

    for line in route_lines(sys.stdin.buffer):
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()


def import_file(
    settings: SettingsOption,
    path: Annotated[Path, typer.Argument(help="csv、xlsx 或 jsonl 文件")],
    column: Annotated[
        list[str] | None, typer.Option("--map", help="字段=列名，如 content=留言详情；可多次 / field=column")
    ] = None,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="有一行出错就全部不导入 / none in if one is bad")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="逐行报告写到此文件（jsonl）/ row-level report")] = None,
) -> None:
    """导入诉求文件，重复导入不会重复受理 / Import messages from a file, never twice."""
    from rich.progress import Progress

    from liandong.imports.files import open_messages
    from liandong.imports.model import MessageFileError
    from liandong.imports.report import Report
    from liandong.imports.run import import_messages
    from liandong.imports.sink import order_sink
    from liandong.node import open_node

    loaded = load(settings)

    async def work() -> Report:
        file = open_messages(path, mapping_of(column))
        async with open_node(loaded) as node:
            with Report(report) as kept, Progress(console=err) as bar:
                task = bar.add_task("导入", total=None if file.fraction_read is None and file.kind == "xlsx" else 1.0)

                def progressed() -> None:
                    bar.update(task, completed=file.fraction_read or 0, description=f"已读 {kept.read:,} 行")

                sink = order_sink(node, progressed)
                done = await import_messages(file, sink, all_or_nothing=all_or_nothing, report=kept)
                progressed()
                return done

    try:
        done = run(work())
    except MessageFileError as error:
        fail(str(error))
    out.print(done.render())
    raise typer.Exit(1 if done.refused else 0)


def mapping_of(pairs: list[str] | None) -> dict[str, str]:
    """`content=留言详情` options as a mapping; fails with a sentence for one without `=`."""
    mapping = {}
    for pair in pairs or []:
        field, sign, name = pair.partition("=")
        if not sign or not field or not name:
            fail(f"--map 应写成 字段=列名，收到的是 {pair!r}")
        mapping[field.strip()] = name.strip()
    return mapping


def register(app: typer.Typer) -> None:
    app.command()(route)
    app.command()(deadline)
    app.command("import")(import_file)
