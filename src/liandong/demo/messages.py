"""What is played: the product's own sample of a day, or a file that the user brings."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from liandong.imports.files import open_messages
from liandong.imports.model import BadRow
from liandong.imports.sink import intake_of

SAMPLES = ("messages.jsonl", "messages_others.jsonl")


class DemoMessage(Struct, frozen=True):
    """`key` makes the intake idempotent; `body` is what the desk sends to /api/v1/orders."""

    centre: str
    key: str
    body: dict[str, Any]


def sample_day(centres: tuple[str, ...] = ("12345", "110")) -> list[DemoMessage]:
    """What is called in at these centres. All people in it are invented."""
    folder = files("liandong.demo").joinpath("data")
    lines = [line for name in SAMPLES for line in folder.joinpath(name).read_text(encoding="utf-8").splitlines()]
    rows = (json.loads(line) for line in lines if line.strip())
    return [_from_sample(row) for row in rows if row["centre"] in centres]


def from_file(path: Path, mapping: dict[str, str]) -> tuple[list[DemoMessage], list[BadRow]]:
    """A user's messages and the rows that can't be used. A row without a centre goes to 12345. Raises MessageFileError."""
    good, bad = [], []
    for row in open_messages(path, mapping):
        if isinstance(row, BadRow):
            bad.append(row)
        else:
            body = msgspec.to_builtins(intake_of(row))
            good.append(DemoMessage(row.centre if row.centre in {"12345", "110"} else "12345", row.key, body))
    return good, bad


def _from_sample(row: dict[str, Any]) -> DemoMessage:
    caller = row["caller"]
    body = {
        "content": row["text"],
        "channel": row["channel"],
        "type": row["type"],
        "class_intake": row["class_code"],
        "confidential": caller["confidential"],
        "division_code": row["division_code"],
        "caller": {"name": caller["name"], "sex": caller["sex"], "phone": caller["phone"]},
        "incident": {"address": row["address"]},
        "tags": ["样例"],
    }
    return DemoMessage(row["centre"], f"sample-{row['id']}", body)


def unique(messages: list[DemoMessage]) -> Iterator[DemoMessage]:
    seen = set()
    for message in messages:
        if message.key not in seen:
            seen.add(message.key)
            yield message
