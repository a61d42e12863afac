"""Draws docs/demo.svg from a real run of the demo in a folder of its own: `.venv/bin/python docs/picture.py`."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from liandong.cli import demo
from liandong.demo.day import Outcome

TARGET = Path(__file__).with_name("demo.svg")
# The picture must show everywhere: no fonts from the network, and Chinese from whatever the reader has.
FORMAT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "font-family: Fira Code, monospace", "font-family: Menlo, Consolas, 'Noto Sans Mono CJK SC', 'Microsoft YaHei', monospace"
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run(
            [sys.executable, "-m", "liandong", "demo", "--exit", "--json"],
            env=os.environ | {"LIANDONG_HOME": folder},
            stdout=subprocess.PIPE,
            check=True,
        )
    counts = json.loads(ran.stdout)
    demo.out = Console(record=True, width=88, file=open(os.devnull, "w"))
    demo.out.print("[bold]$ make demo[/]")
    names = Outcome.__struct_fields__
    outcome = Outcome(**{name: counts[name] for name in names})
    demo._report(None, outcome, [], False, counts["total_seconds"])
    TARGET.write_text(demo.out.export_svg(title="make demo", code_format=FORMAT, unique_id="demo"), encoding="utf-8")


if __name__ == "__main__":
    main()
