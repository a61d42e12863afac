"""`python -m bench [--quick] [--json FILE]`: measures, shows a table, writes JSON. A missed goal is shown, never an error."""

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

import uvloop
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bench.city import WORK, open_city
from bench.report import Report, machine
from bench.run import FULL, QUICK, Run


async def measure(report: Report, console: Console) -> None:
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting PostgreSQL and two nodes …")
        async with open_city() as city:
            run = Run(
                city,
                report,
                QUICK if report.quick else FULL,
                lambda text: progress.update(task, description=text),
            )
            await run.everything()


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="under a minute, with shorter measurements and small lists"
    )
    parser.add_argument("--json", type=Path, default=WORK / "bench.json", help="where to write the figures")
    given = parser.parse_args()
    for stop in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(stop, _stopped)
    console, report, started = Console(), Report(given.quick, machine()), time.monotonic()
    if not console.is_terminal:
        console.width = 140
    try:
        uvloop.run(measure(report, console))
    except BlockingIOError:
        console.print("another bench is running here: the two would measure each other")
        return 2
    finally:
        report.seconds = time.monotonic() - started
        if report.figures:
            report.show(console)
            report.write(given.json)
    return 0


def _stopped(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
