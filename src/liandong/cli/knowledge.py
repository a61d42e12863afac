"""The knowledge base from the shell: cards from and to files, and search."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from liandong.cli.acting import _with_node as with_node
from liandong.cli.common import SettingsOption, fail, out, run
from liandong.cli.shown import say

knowledge = typer.Typer(help="知识库：导入、导出、检索 / the knowledge base", no_args_is_help=True)
FileArgument = Annotated[Path, typer.Argument(help=".jsonl 或 .xlsx")]
ScopeOption = Annotated[str, typer.Option("--scope", help="public、seat 或 police，逗号分隔 / who may see it")]


@knowledge.command("import")
def import_file(
    settings: SettingsOption,
    file: FileArgument,
    by: Annotated[str, typer.Option("--by", help="编写人 / who wrote them")],
    approved_by: Annotated[
        str | None, typer.Option("--approved-by", help="审核人，须是另一人 / another person who approved them")
    ] = None,
) -> None:
    """导入卡片：成为待审核的卡片，给出审核人则直接使用；有一行错则一行也不导入 / Import cards; with one wrong line nothing is taken."""
    from liandong.knowledge.files import import_cards, read_cards

    if not file.is_file():
        fail(f"没有这个文件（no such file）：{file}")

    async def work(node: Any) -> int:
        return await import_cards(node.knowledge, read_cards(file), by=by, approved_by=approved_by)

    count = run(with_node(settings, work))
    say(f"导入 {count} 张卡片，{'已使用 / in force' if approved_by else '等待另一人审核 / wait for approval'}")


@knowledge.command("export")
def export_file(settings: SettingsOption, file: FileArgument, scope: ScopeOption = "public,seat") -> None:
    """导出使用中的卡片 / Export the cards in force."""
    from liandong.knowledge.files import export_cards, write_cards

    async def work(node: Any) -> int:
        cards = await export_cards(node.pool, _scopes(scope))
        write_cards(cards, file)
        return len(cards)

    say(f"导出 {run(with_node(settings, work))} 张卡片到 {file}")


@knowledge.command("search")
def search(
    settings: SettingsOption,
    text: Annotated[str, typer.Argument(help="问题、词、拼音或首字母 / a question, a word, pinyin, initials")],
    limit: Annotated[int, typer.Option(help="最多几张 / at most")] = 5,
    scope: ScopeOption = "public,seat",
) -> None:
    """检索使用中的卡片 / Search the cards in force."""

    async def work(node: Any) -> Any:
        return await node.knowledge.search(text, _scopes(scope), limit=limit)

    table = Table("编号 / number", "标题", "答复", "得分 / score")
    for one in run(with_node(settings, work)):
        table.add_row(f"{one.number}@{one.version}", one.title, one.answer, f"{one.score:.2f}")
    out.print(table)


def _scopes(text: str) -> list[str]:
    from liandong.knowledge.model import CardScope

    given = [one.strip() for one in text.split(",") if one.strip()]
    if not given or set(given) - set(CardScope):
        fail(f"scope 应为：{'、'.join(CardScope)}（who may see it: {', '.join(CardScope)}）")
    return given


def register(app: typer.Typer) -> None:
    app.add_typer(knowledge, name="knowledge")
