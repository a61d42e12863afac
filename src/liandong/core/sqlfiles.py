"""Loads named queries: `-- name: create_order` starts a query, the comment lines after it are its documentation."""

import re
from functools import cache
from importlib.resources import files
from types import SimpleNamespace

_NAME = re.compile(r"^-- name: ([a-z_]+)\s*$", re.MULTILINE)


@cache
def load_sql(package: str, filename: str = "queries.sql") -> SimpleNamespace:
    """The queries of one file as attributes. Raises ValueError for a name given twice or text before the first name."""
    text = files(package).joinpath(filename).read_text(encoding="utf-8")
    head, *parts = _NAME.split(text)
    if any(line.strip() and not line.startswith("--") for line in head.splitlines()):
        raise ValueError(f"{package}/{filename}: SQL before the first '-- name:'")
    queries: dict[str, str] = {}
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        if name in queries:
            raise ValueError(f"{package}/{filename}: {name} is given twice")
        queries[name] = body.strip().rstrip(";")
    return SimpleNamespace(**queries)
