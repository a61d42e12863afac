"""What the commands share: the settings option, running async code, and errors in the user's words."""

import asyncio
import logging
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from rich.console import Console

T = TypeVar("T")
SettingsOption = Annotated[
    Path,
    typer.Option("--settings", "-s", envvar="LIANDONG_SETTINGS", help="节点设置文件 / the node's settings file (TOML)"),
]
out = Console()
err = Console(stderr=True)


def load(path: Path) -> Any:
    from liandong.settings import SettingsError, load_settings

    try:
        return load_settings(path)
    except SettingsError as error:
        fail(str(error))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs it; what a user can mend is said in one sentence instead of a traceback."""
    import asyncpg

    from liandong.core.errors import AppError, problem

    try:
        return asyncio.run(work)
    except AppError as error:
        fail(f"{problem(error)['title']}：{error.text}" if error.text else problem(error)["title"])
    except (OSError, asyncpg.CannotConnectNowError, asyncpg.InvalidCatalogNameError) as error:
        fail(f"无法连接数据库，请检查设置中的 dsn（can't reach the database）：{error}")
    except asyncpg.UndefinedTableError:
        fail("数据库尚未建表，请先运行 liandong migrate（run migrate first）")


def fail(text: str, code: int = 2) -> NoReturn:
    err.print(f"[bold red]错误[/] {text}", highlight=False)
    raise typer.Exit(code)


def log_to_stderr(level: str = "INFO") -> None:
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel("WARNING")
