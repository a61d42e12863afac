"""What the commands share: the settings option, running async code, and errors in the user's words."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
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


def ready(settings: Any) -> Any:
    """Checks what a node needs before it starts, and says in one sentence what is missing."""
    from liandong.catalogue.arrangement import ArrangementError
    from liandong.catalogue.clocks import ClockError
    from liandong.catalogue.tables import TableError
    from liandong.core import db
    from liandong.exchange.sealing import read_private
    from liandong.handling.policy import HandlingPolicyError
    from liandong.messaging.gateways import gateways_of
    from liandong.node import peer_keys, policy_of
    from liandong.policing.roads import load_roads
    from liandong.suggesting.policy import load_suggesting

    try:
        policy_of(settings)
        if settings.road_file:
            load_roads(settings.path(settings.road_file))
        if settings.suggesting_file:
            load_suggesting(settings.path(settings.suggesting_file))
        peer_keys(settings)
        read_private(settings.path(settings.key_file))
        gateways_of(settings.messaging, Path(settings.folder))
    except (ArrangementError, ClockError, HandlingPolicyError, TableError) as error:
        fail(str(error))
    except (OSError, ValueError) as error:
        fail(f"设置有误（the settings can't be used）：{error}")

    async def reach() -> bool:
        connection = await db.connect(settings.dsn, name="liandong start")
        try:
            return await connection.fetchval("SELECT to_regclass('orders') IS NOT NULL")
        finally:
            await connection.close()

    if not run(reach()):
        fail("数据库尚未建表，请先运行 liandong migrate（run migrate first）")
    return settings


def run(work: Coroutine[Any, Any, T], runner: Callable[[Coroutine[Any, Any, T]], T] | None = None) -> T:
    """Runs it; what a user can mend is said in one sentence instead of a traceback. `runner`: in place of asyncio.run."""
    import asyncpg

    from liandong.core.errors import AppError, problem

    try:
        return (runner or asyncio.run)(work)
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
