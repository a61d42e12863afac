"""Models from the shell: those of a folder (liandong train), and with --settings those of a node: learnt anew, taken in, promoted, rolled back."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from liandong.cli.acting import _with_node as with_node
from liandong.cli.common import SettingsOption, fail, out, run
from liandong.cli.learning import FolderOption, chosen_folder
from liandong.cli.shown import say

models = typer.Typer(
    help="模型：查看、训练、启用、退回 / models: show, train, promote, roll back", no_args_is_help=True
)
NodeOption = Annotated[
    Path | None,
    typer.Option("--settings", "-s", help="节点设置文件；给出则为节点的模型 / the node's settings: its models"),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="理由，记入日志（节点的模型必填）/ why; recorded")]
ByOption = Annotated[str, typer.Option("--by", help="谁决定的 / who decides")]
NameArgument = Annotated[str, typer.Argument(help="模型名；节点有 class、type、unit / name")]


@models.command("list")
def list_models(
    model: Annotated[str, typer.Argument(help="模型名；节点可不写 / name")] = "",
    folder: FolderOption = None,
    settings: NodeOption = None,
) -> None:
    """列出版本 / The versions, with what was measured."""
    if settings is not None:
        _list_of_node(settings, model)
        return
    from liandong.models.files import FileFault
    from liandong.models.store import card_of, in_force, versions

    chosen = chosen_folder(folder)
    try:
        force = in_force(chosen, model)
        for version in versions(chosen, model):
            card = card_of(chosen, model, version)
            mark = "●" if force and force.version == version else " "
            words = f"{mark} {version}  {card.messages} 条  正确率 {card.figures.accuracy:.3f}  {card.data}"
            out.print(words, highlight=False)
    except FileFault as error:
        fail(str(error))


@models.command("promote")
def promote_model(
    model: NameArgument,
    version: Annotated[str, typer.Argument(help="版本 / version")],
    folder: FolderOption = None,
    settings: NodeOption = None,
    reason: ReasonOption = "",
    by: ByOption = "shell",
) -> None:
    """启用一个版本 / Put a version in force."""
    from liandong.models.files import FileFault
    from liandong.models.store import promote
    from liandong.suggesting import store

    if settings is not None:
        number = _number(version)

        async def work(node: Any) -> None:
            await store.promote(node.pool, model, number, by=by, reason=reason, now=node.clock.now())

        run(with_node(settings, work))
        say(f"{model} 在用版本 {version}（in force）；各进程几秒内改用")
        return
    try:
        out.print(
            f"{model} 在用版本 {promote(chosen_folder(folder), model, version).version}（in force）", highlight=False
        )
    except FileFault as error:
        fail(str(error))


@models.command("rollback")
def roll_back_model(
    model: NameArgument,
    folder: FolderOption = None,
    settings: NodeOption = None,
    reason: ReasonOption = "",
    by: ByOption = "shell",
) -> None:
    """退回上一个在用版本 / Back to the version before."""
    from liandong.models.files import FileFault
    from liandong.models.store import roll_back
    from liandong.suggesting import store

    if settings is not None:

        async def work(node: Any) -> int | None:
            return await store.roll_back(node.pool, model, by=by, reason=reason, now=node.clock.now())

        before = run(with_node(settings, work))
        say(
            f"{model} 在用版本 {before}（in force）"
            if before
            else f"{model} 退回为只按目录推荐（by the catalogue alone）"
        )
        return
    try:
        out.print(f"{model} 在用版本 {roll_back(chosen_folder(folder), model).version}（in force）", highlight=False)
    except FileFault as error:
        fail(str(error))


@models.command("train")
def train_models(settings: SettingsOption, by: ByOption = "shell") -> None:
    """用节点的办结工单重新训练，得到候选版本，并与在用版本比较 / Learn anew from the node's closed orders: candidates, compared."""
    from liandong.suggesting.retraining import train_now

    async def work(node: Any) -> Any:
        return await train_now(node.pool, node.clock, node.policy, node.suggesting.policy, by=by)

    done = run(with_node(settings, work))
    if done is None:
        fail("另一个进程正在训练（another process is training）")
    say(f"读 {done.rows} 件办结工单（closed orders）")
    for name, why in done.left_out.items():
        say(f"{name}：未训练。{why}")
    if done.versions:
        _list_of_node(settings, "")


@models.command("take")
def take_model(
    settings: SettingsOption,
    model: Annotated[str, typer.Argument(help="文件夹里的模型名 / its name in the folder")],
    target: Annotated[str, typer.Option("--as", help="class 或 type / what it reads")],
    version: Annotated[str, typer.Option(help="版本，默认在用的 / version, the one in force by default")] = "",
    folder: FolderOption = None,
    by: ByOption = "shell",
) -> None:
    """把 liandong train 训练的模型交给节点，作为候选 / Give a model of the folder to the node, as a candidate."""
    from liandong.models.files import FileFault
    from liandong.suggesting.store import keep
    from liandong.suggesting.taking import fresh_of

    try:
        fresh = fresh_of(chosen_folder(folder), model, version, target)
    except FileFault as error:
        fail(str(error))

    async def work(node: Any) -> int:
        reason = f"{fresh.card.source}：{fresh.card.rows} 条"
        return await keep(node.pool, fresh, event="taken_in", by=by, reason=reason, now=node.clock.now())

    number = run(with_node(settings, work))
    say(f"{target} 候选版本 {number}。启用：liandong models promote {target} {number} --reason … -s {settings}")


@models.command("card")
def show_card(
    settings: SettingsOption, model: NameArgument, version: Annotated[int, typer.Argument(help="版本 / version")]
) -> None:
    """一个版本的说明卡（JSON）/ The card of a version (JSON)."""
    import msgspec

    from liandong.suggesting.store import list_models as rows_of

    async def work(node: Any) -> Any:
        return [row for row in await rows_of(node.pool, model) if row.version == version]

    found = run(with_node(settings, work))
    if not found:
        fail(f"模型 {model} 没有版本 {version}（no such version）")
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found[0].card), indent=2) + b"\n")


@models.command("drift")
def show_drift(settings: SettingsOption) -> None:
    """在用的模型是否漂移 / Whether the models in force have drifted."""
    from liandong.suggesting.drifting import look

    async def work(node: Any) -> Any:
        loaded, policy = node.suggesting.models.loaded, node.suggesting.policy.drift
        return await look(node.pool, node.policy, policy, loaded, node.clock.now())

    found = run(with_node(settings, work))
    if not found:
        say("没有在用的模型，只按目录推荐（by the catalogue alone）")
    for one in found:
        shift = "—" if one.shift is None else f"{one.shift:.1%}"
        held = "—" if one.held is None else f"{one.held:.1%}"
        say(
            f"{one.name} {one.version}：分类变化 {shift}（{one.rows} 件），首选与结果相同 {held}，训练时 {one.measured:.1%}"
        )
        for why in one.why:
            say(f"  漂移：{why}")


def _list_of_node(settings: Path, model: str) -> None:
    from liandong.suggesting.store import list_models as rows_of

    async def work(node: Any) -> Any:
        return await rows_of(node.pool, model or None)

    table = Table(
        "", "模型 / model", "版本", "状态 / status", "学习/检验（件）", "正确率", "同样的件上，原来", "ECE", "训练"
    )
    for column in table.columns:  # on a narrow terminal a row takes more lines and loses nothing
        column.overflow = "fold"
    table.columns[3].no_wrap = True
    for row in run(with_node(settings, work)):
        card, before = row.card, row.card.compared
        table.add_row(
            "●" if row.status == "in_force" else "",
            row.name,
            str(row.version),
            row.status,
            f"{card.rows}/{card.held_out}",
            f"{card.figures.accuracy:.3f}",
            f"{before.accuracy_before:.3f}（{before.against}）" if before else "—",
            f"{card.figures.calibration:.3f}",
            f"{row.made_at:%Y-%m-%d} {row.made_by}",
        )
    out.print(table)


def _number(version: str) -> int:
    if not version.isdecimal():
        fail(f"版本应是数字：{version!r}（a number）")
    return int(version)


def register(app: typer.Typer) -> None:
    app.add_typer(models, name="models")
