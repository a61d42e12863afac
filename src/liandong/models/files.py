"""Labelled messages out of a csv or jsonl file."""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace


class Labelled(Struct, frozen=True):
    text: str
    label: str
    district: str = ""
    at: str = ""


class FileFault(Exception):
    """The file can't be used; the text says why, in the user's words."""


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows by column name. Raises FileFault."""
    before = csv.field_size_limit(2**31 - 1)  # of the whole process: others have their own limit
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if path.suffix == ".jsonl":
                for number, line in enumerate(file, 1):
                    if line.strip():
                        yield _object(line, number)
            else:
                yield from csv.DictReader(file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileFault(f"读不了文件 {path}：{error}（can't read the file）") from error
    finally:
        csv.field_size_limit(before)


def labelled(path: Path, text: list[str], label: str, district: str = "", at: str = "") -> list[Labelled]:
    """Messages that have both a text and a label; the text columns are joined by line ends. Raises FileFault."""
    found = []
    for row in rows_of(path):
        for column in (*text, label):
            if column not in row:
                raise FileFault(f"没有这一列：{column}；文件的列：{'、'.join(map(str, row))}（no such column）")
        words = "\n".join(str(row[column] or "") for column in text)
        name = str(row[label] or "").strip()
        if words.strip() and name:
            found.append(Labelled(words, name, str(row.get(district) or ""), str(row.get(at) or "")))
    return found


def by_grade(messages: Sequence[Labelled], urgent_from: int) -> list[Labelled]:
    """The same messages labelled `urgent` or `other`. Raises FileFault where a grade is no number."""
    try:
        grades = [float(message.label) for message in messages]
    except ValueError as error:
        raise FileFault(f"类别列应是数字分级：{error}（grades must be numbers）") from error
    return [
        replace(message, label="urgent" if grade >= urgent_from else "other")
        for message, grade in zip(messages, grades, strict=True)
    ]


def _object(line: str, number: int) -> dict[str, str]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise FileFault(f"第 {number} 行不是合法的 JSON（line {number} is not JSON）") from error
    if not isinstance(row, dict):
        raise FileFault(f"第 {number} 行应是一个 JSON 对象（line {number} is no object）")
    return row
