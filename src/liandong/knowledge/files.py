"""Cards from and to files: JSON lines, one card a line, or a workbook, one card a row. Nothing is taken when one line is wrong."""

import io
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from liandong.core.errors import AppError
from liandong.knowledge.model import CardContent, CardScope
from liandong.knowledge.service import Knowledge
from liandong.knowledge.store import SQL
from liandong.orders.context import Actor

HEADS = {
    "title": "标题",
    "questions": "问法",
    "answer": "答复",
    "scope": "范围",
    "unit": "责任单位",
    "law": "依据",
    "keywords": "关键词",
    "valid_from": "生效日期",
    "valid_until": "失效日期",
    "review_on": "复核日期",
}
SCOPES = {"公开": "public", "坐席": "seat", "公安内部": "police"}
LISTS = ("questions", "keywords")


def sample() -> Path:
    """The invented cards that come with the program."""
    return Path(str(files("liandong.knowledge").joinpath("data/cards.jsonl")))


def read_cards(path: Path) -> list[CardContent]:
    """Raises AppError field_invalid: the first line that is wrong, by its number."""
    rows = _workbook(path) if path.suffix.lower() == ".xlsx" else _lines(path)
    found = []
    for line, row in rows:
        try:
            found.append(msgspec.convert(row, CardContent, strict=False))
        except msgspec.ValidationError as error:
            raise AppError("field_invalid", f"第 {line} 行：{error}，整个文件没有导入") from error
    return found


async def import_cards(
    knowledge: Knowledge, cards: Iterable[CardContent], *, by: str, approved_by: str | None = None
) -> int:
    """Each becomes a draft that waits for approval, or, approved by another person, a card in force. Returns how many.

    Raises AppError as `Knowledge.draft` and `Knowledge.take`.
    """
    if approved_by is not None and approved_by == by:
        raise AppError("second_person_needed", "审核人须是另一人（--approved-by 不能与 --by 相同）")
    writer, approver = Actor(by, frozenset({"admin"})), Actor(approved_by or "", frozenset({"supervisor"}))
    count = 0
    for content in cards:
        draft = await knowledge.draft(content, writer)
        await knowledge.take(draft.number, draft.version, "submit", writer)
        if approved_by is not None:
            await knowledge.take(draft.number, draft.version, "approve", approver, digest=draft.digest)
        count += 1
    return count


async def export_cards(pool: Any, scopes: list[str]) -> list[CardContent]:
    """Every card in force of these scopes, by number."""
    found: list[CardContent] = []
    after, page = "", 1_000
    while True:
        rows = await pool.fetch(SQL.in_force_cards, scopes, after, page)
        found += [msgspec.json.decode(row["content"], type=CardContent) for row in rows]
        if len(rows) < page:
            return found
        after = rows[-1]["number"]


def write_cards(cards: list[CardContent], path: Path) -> None:
    if path.suffix.lower() == ".xlsx":
        path.write_bytes(_book(cards))
    else:
        path.write_bytes(b"".join(msgspec.json.encode(card) + b"\n" for card in cards))


def _lines(path: Path) -> Iterator[tuple[int, Any]]:
    for n, line in enumerate(path.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield n, msgspec.json.decode(line)
        except msgspec.DecodeError as error:
            raise AppError("json_malformed", f"第 {n} 行：{error}，整个文件没有导入") from error


def _workbook(path: Path) -> Iterator[tuple[int, Any]]:
    from openpyxl import load_workbook

    sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    heads = [str(cell or "").strip() for cell in next(rows, ())]
    names = {head: name for name, head in HEADS.items()} | {name: name for name in HEADS}
    if missing := [
        HEADS[name]
        for name in ("title", "questions", "answer", "scope", "unit")
        if not {name, HEADS[name]} & set(heads)
    ]:
        raise AppError("field_invalid", f"表头缺少：{'、'.join(missing)}")
    for n, cells in enumerate(rows, 2):
        row = {names[head]: _text(cell) for head, cell in zip(heads, cells, strict=False) if head in names}
        row = {name: value for name, value in row.items() if value}
        if row:
            yield n, _typed(row)


def _text(cell: Any) -> str:
    day = getattr(cell, "date", None)
    return str(day() if callable(day) else cell if cell is not None else "").strip()


def _typed(row: dict[str, str]) -> dict[str, Any]:
    lists = {name: [one.strip() for one in row[name].splitlines() if one.strip()] for name in LISTS if name in row}
    return row | lists | {"scope": SCOPES.get(row.get("scope", ""), row.get("scope", ""))}


def _book(cards: list[CardContent]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title = "知识卡片"
    sheet.append(list(HEADS.values()))
    words = {value: zh for zh, value in SCOPES.items()}
    for card in cards:
        told: dict[str, Any] = msgspec.to_builtins(card)
        told |= {name: "\n".join(told.get(name, [])) for name in LISTS} | {"scope": words[CardScope(told["scope"])]}
        sheet.append([_safe(told.get(name, "")) for name in HEADS])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _safe(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula stays a text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value
