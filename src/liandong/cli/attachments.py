"""Files of an order: list, add, get."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from liandong.cli.common import SettingsOption, fail, load, out, run

attachments = typer.Typer(help="附件 / attachments", no_args_is_help=True)
KeyArgument = Annotated[str, typer.Argument(help="工单编号、id 或诉求 id / number, id or matter id")]
WORDS = {
    "receiving": "接收中 receiving",
    "scanning": "查验中 scanning",
    "clean": "已查毒 clean",
    "unscanned": "未查毒 unscanned",
    "infected": "含病毒，已隔离 infected",
    "refused": "未接收 refused",
}
COPIES = {"pending": "待传", "delivered": "已送达", "refused": "对方未接收", "withheld": "未传"}


@attachments.command("list")
def list_attachments(settings: SettingsOption, key: KeyArgument) -> None:
    """一个工单的附件，传到哪里、查毒与否 / The files of an order."""

    async def read() -> list[Any]:
        from liandong.node import open_node

        async with open_node(load(settings)) as node:
            snapshot = await node.uploads.find(key, _person())
            return snapshot.attachments or []

    table = Table("id", "名称 / name", "大小 / size", "状态 / status", "来源 / from", "对方 / peers")
    for file in run(read()):
        size = str(file.size) if file.received in {0, file.size} else f"{file.received}/{file.size}"
        mark = " 保密" if file.confidential else ""
        why = f"（{file.reason}）" if file.reason else ""
        peers = "，".join(f"{c.peer} {COPIES[c.status]}" for c in file.copies or ())
        table.add_row(str(file.id), file.name + mark, size, WORDS[file.status] + why, file.origin, peers)
    out.print(table)


@attachments.command("add")
def add_attachment(
    settings: SettingsOption,
    key: KeyArgument,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="要添加的文件 / the file")],
    name: Annotated[str | None, typer.Option(help="名称，默认为文件名 / its name")] = None,
    place: Annotated[str, typer.Option(help="拍摄地点 / where it was taken")] = "",
    confidential: Annotated[bool | None, typer.Option(help="对承办单位隐藏 / hidden from units")] = None,
) -> None:
    """添加一个附件 / Add a file."""
    from liandong.attachments.uploads import Declared

    async def put() -> Any:
        from liandong.node import open_node

        async with open_node(load(settings)) as node:
            digest, size = _digest(file), file.stat().st_size
            declared = Declared(
                name=name or file.name, size=size, sha256=digest, place=place, confidential=confidential
            )
            actor = _person()
            snapshot = await node.uploads.find(key, actor)
            begun, _ = await node.uploads.begin(
                snapshot, declared, actor, key=f"{snapshot.order.id} {file.name} {digest}"
            )
            if begun.status == "receiving":
                await node.uploads.take(begun, begun.received, _pieces(file, begun.received))
                snapshot = await node.uploads.complete(begun)
                return snapshot.attachment(begun.id)
            return begun

    if file.stat().st_size == 0:
        fail("文件是空的（the file is empty）")
    added = run(put())
    out.print(f"{added.id}  {WORDS[added.status]}  {added.reason or ''}", highlight=False)


@attachments.command("get")
def get_attachment(
    settings: SettingsOption,
    key: KeyArgument,
    attachment_id: Annotated[UUID, typer.Argument(help="附件 id / its id")],
    to: Annotated[Path | None, typer.Option("--to", "-o", help="写到哪里，默认当前文件夹 / where to write it")] = None,
) -> None:
    """取出一个附件；取用有记录 / Get a file; that is recorded."""

    async def fetch() -> tuple[Path, Any]:
        from liandong.attachments import store
        from liandong.attachments.serving import known_to, require_servable
        from liandong.node import open_node
        from liandong.orders.store import SQL

        async with open_node(load(settings)) as node:
            actor = _person()
            file = known_to(await node.uploads.find(key, actor), attachment_id, actor)
            require_servable(file, serve_unscanned=node.settings.attachments.serve_unscanned)
            target = to or Path(file.name)
            if target.exists():
                fail(f"{target} 已存在，不会覆盖（already there, not overwritten）")
            await node.pool.execute(
                SQL.record_view,
                node.clock.now(),
                actor.id,
                file.order_id,
                [f"attachment {file.id}"],
                "下载附件 / download",
            )
            with target.open("xb") as written:
                async for piece in store.read(node.pool, file.order_id, file.id):
                    written.write(piece)
            return target, file

    target, file = run(fetch())
    out.print(f"{target}  {file.size}  {WORDS[file.status]}", highlight=False, soft_wrap=True)


def _person() -> Any:
    """Whoever may use this command line on the node acts as its supervisor, under the system's user name."""
    import getpass

    from liandong.orders.context import Actor

    return Actor(id=f"cli:{getpass.getuser()}", roles=frozenset({"supervisor"}))


def _digest(path: Path) -> str:
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _pieces(path: Path, start: int) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while piece := file.read(1024 * 1024):
            yield piece


def register(app: typer.Typer) -> None:
    app.add_typer(attachments, name="attachments")
