"""What was measured: figures with the floor and the goal beside them, as a table and as JSON."""

import os
import platform
from pathlib import Path

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table


class Figure(Struct):
    """`ratio` is to the higher floor at 16 clients; `goal` is in words."""

    group: str
    name: str
    value: float
    unit: str
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    note: str = ""


class Report(Struct):
    quick: bool
    machine: str
    figures: list[Figure] = []
    seconds: float = 0.0

    def add(self, group: str, name: str, value: float, unit: str, **more: object) -> None:
        self.figures.append(Figure(group, name, value, unit, **more))  # type: ignore[arg-type]

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")

    def show(self, console: Console) -> None:
        table = Table(title=f"liandong bench{' --quick' if self.quick else ''} · {self.machine} · {self.seconds:.0f} s")
        for column in ("", "figure", "value", "p50 ms", "p99 ms", "× floor", "goal", ""):
            table.add_column(column, justify="right" if column in {"value", "p50 ms", "p99 ms", "× floor"} else "left")
        group = ""
        for figure in self.figures:
            if figure.group != group:
                table.add_section()
            table.add_row(
                figure.group if figure.group != group else "",
                figure.name + (f" [dim]({figure.note})[/]" if figure.note else ""),
                f"{_number(figure.value)} {figure.unit}",
                _number(figure.p50_ms),
                _number(figure.p99_ms),
                "" if figure.ratio is None else f"{figure.ratio:.2f}",
                figure.goal,
                {True: "[green]met[/]", False: "[red]missed[/]", None: ""}[figure.met],
            )
            group = figure.group
        console.print(table)


def machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, Python {platform.python_version()}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.2f}"
