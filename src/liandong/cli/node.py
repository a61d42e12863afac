"""Running a node: init, migrate, serve, work, keys."""

from pathlib import Path
from typing import Annotated

import typer

from liandong.cli.common import SettingsOption, fail, load, log_to_stderr, out, ready, run

keys = typer.Typer(help="访问密钥 / API keys", no_args_is_help=True)


def init(
    centre: Annotated[str, typer.Argument(help="中心代码，如 12345 / the centre's code")],
    folder: Annotated[Path, typer.Option(help="设置写到哪个文件夹 / where to write the settings")] = Path("."),
    dsn: Annotated[str, typer.Option(help="PostgreSQL 连接串")] = "postgresql://postgres@127.0.0.1/liandong",
    listen: Annotated[str, typer.Option(help="监听地址 host:port")] = "127.0.0.1:8000",
) -> None:
    """生成一个节点的设置和密钥 / Write a node's settings and signing key."""
    from liandong.catalogue.centres import default_centres
    from liandong.exchange.sealing import new_key, public_text, write_private

    if centre not in default_centres():
        fail(f"没有“{centre}”的配置；已有：{'、'.join(default_centres())}")
    path, key_path = folder / f"{centre}.toml", folder / f"{centre}.key"
    for existing in (path, key_path):
        if existing.exists():
            fail(f"{existing} 已存在，不会覆盖（already there, not overwritten）")
    folder.mkdir(parents=True, exist_ok=True)
    key = new_key()
    write_private(key, key_path)
    path.touch(mode=0o600)  # the connection string may hold a password
    path.write_text(
        f'centre = "{centre}"\ndsn = "{dsn}"\nlisten = "{listen}"\nkey_file = "{key_path.name}"\nkid = "{centre}-1"\n',
        encoding="utf-8",
    )
    out.print(f"已写入 {path}\n把这段加入对方的设置文件 / add this to each peer's settings:", highlight=False)
    out.print(
        f'\n[peers.{centre}]\nurl = "http://{listen}"\n[peers.{centre}.public_keys]\n{centre}-1 = "{public_text(key)}"',
        markup=False,
        highlight=False,
    )


def migrate(settings: SettingsOption) -> None:
    """建表或升级数据库 / Create or upgrade the database."""
    from liandong.core import db

    applied = run(db.migrate(load(settings).dsn))
    out.print(f"已应用：{'、'.join(applied)}" if applied else "已是最新 / nothing to do")


def serve(
    settings: SettingsOption,
    with_worker: Annotated[
        bool, typer.Option("--with-worker", help="同一进程内兼作后台（小中心）/ also do the worker's part")
    ] = False,
    log_level: str = "WARNING",
) -> None:
    """启动接口服务 / Serve the API."""
    import uvicorn

    from liandong.api import create_app

    log_to_stderr(log_level)
    loaded = ready(load(settings))
    uvicorn.run(
        create_app(loaded, with_worker=with_worker),
        host=loaded.host,
        port=loaded.port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level=log_level.lower(),
        timeout_graceful_shutdown=5,
    )


def work(settings: SettingsOption, log_level: str = "WARNING") -> None:
    """启动后台：计时与消息发送 / Run the worker: timers and messages to peers."""
    import asyncio
    import signal

    import uvloop

    from liandong.node import open_node
    from liandong.node import work as keep_working

    log_to_stderr(log_level)
    loaded = ready(load(settings))

    async def until_stopped() -> None:
        async with open_node(loaded) as node:
            task = asyncio.create_task(keep_working(node))
            for stop in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(stop, task.cancel)
            await asyncio.wait([task])
            if not task.cancelled() and task.exception():
                raise task.exception()  # type: ignore[misc]

    run(until_stopped(), uvloop.run)


@keys.command("add")
def add_key(
    settings: SettingsOption,
    name: Annotated[str, typer.Option(help="谁使用 / who uses it")],
    role: Annotated[list[str], typer.Option(help="角色，可多次 / role, repeatable")],
    unit: Annotated[str | None, typer.Option(help="承办单位的机构代码 / the unit's org code")] = None,
    home: Annotated[
        str | None, typer.Option(help="专席（liaison）来自哪个中心 / the centre that a liaison comes from")
    ] = None,
) -> None:
    """新建访问密钥，只显示一次 / Make a key; it is shown once."""
    from liandong.core import db
    from liandong.core.clock import SystemClock
    from liandong.people import keys as people

    async def make() -> people.NewKey:
        loaded = load(settings)
        if home is not None and home not in loaded.peers:
            fail(f"没有配置对接中心“{home}”；已有：{'、'.join(loaded.peers)}（no such peer）")
        pool = await db.create_pool(loaded.dsn, size=2)
        try:
            return await people.add_key(pool, SystemClock(), name=name, roles=role, unit=unit, home=home)
        finally:
            await pool.close()

    try:
        key = run(make())
    except ValueError as error:
        fail(str(error))
    out.print(
        f"{key.token}\n编号 {key.id}，请立即保存，之后无法再查看 / keep it now, it can't be shown again",
        highlight=False,
    )


@keys.command("list")
def list_keys(settings: SettingsOption) -> None:
    """列出访问密钥 / List the keys."""
    from rich.table import Table

    from liandong.cli.records import fetch
    from liandong.people.keys import SQL

    table = Table("编号", "名称", "角色", "单位或来自", "建立", "停用")
    for row in run(fetch(load(settings), SQL.list_keys)):
        table.add_row(
            row["id"],
            row["name"],
            " ".join(row["roles"]),
            row["unit"] or row["home"] or "",
            f"{row['created_at']:%F %T}",
            str(row["revoked_at"] or ""),
        )
    out.print(table)


@keys.command("revoke")
def revoke_key(settings: SettingsOption, key_id: str) -> None:
    """停用访问密钥 / Revoke a key."""
    from datetime import UTC, datetime

    from liandong.cli.records import fetch
    from liandong.people.keys import SQL

    if not run(fetch(load(settings), SQL.revoke_key, key_id, datetime.now(UTC))):
        fail(f"没有编号为 {key_id} 的有效密钥")
    out.print("已停用，几秒内在各进程生效 / revoked, in force everywhere within seconds")


def register(app: typer.Typer) -> None:
    for command in (init, migrate, serve, work):
        app.command()(command)
    app.add_typer(keys, name="keys")
