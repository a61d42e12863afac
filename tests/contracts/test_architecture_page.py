"""The page on architecture shows the layers that are checked, and names every part that exists."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")


def layers():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    return [layer.replace("liandong.", "") for layer in next(c for c in contracts if c["type"] == "layers")["layers"]]


def test_the_diagram_shows_the_layers_as_they_are_checked():
    shown = re.search(r"```\n(cli\n.*?)```", PAGE, re.DOTALL)
    assert shown, "the block that begins with cli"
    assert [line.split("  ")[0].strip() for line in shown[1].splitlines()] == layers()


def test_every_package_and_table_is_named():
    packages = {path.parent.name for path in (ROOT / "src/liandong").glob("*/__init__.py")} - {"migrations"}
    assert not [name for name in sorted(packages) if f"`{name}/" not in PAGE and f"`{name}." not in PAGE]
    made, dropped = (
        set(re.findall(pattern, sql))
        for sql in ["\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "src/liandong/migrations").glob("*.sql"))]
        for pattern in (r"CREATE TABLE (\w+)", r"DROP TABLE (\w+)")
    )
    assert not [name for name in sorted(made - dropped) if f"`{name}`" not in PAGE]


def test_no_table_stands_twice_in_the_list_of_state():
    state = PAGE[PAGE.index("## State") : PAGE.index("The whole is in")]
    leading = [re.findall(r"`(\w+)`", line.split(":")[0]) for line in state.splitlines() if line.startswith("- ")]
    named = [name for names in leading for name in names]
    assert len(named) == len(set(named))
