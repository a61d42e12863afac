"""Commands of the learned reading: train, read, topics, evaluate."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from liandong.cli.common import err, fail, out

FolderOption = Annotated[
    Path | None, typer.Option("--models", help="模型文件夹，默认在 LIANDONG_HOME 下 / folder of the models")
]
TextOption = Annotated[str, typer.Option("--text", help="文本列，可用逗号分隔多列 / text columns, comma-separated")]
LabelOption = Annotated[str, typer.Option("--label", help="类别列 / column of the class")]
NameOption = Annotated[str, typer.Option("--model", help="模型名 / the model's name")]


def train(
    file: Annotated[Path, typer.Argument(help="csv 或 jsonl 文件 / file")],
    text: TextOption,
    label: LabelOption,
    model: NameOption,
    folder: FolderOption = None,
    district: Annotated[str, typer.Option(help="区的列，说明卡分区列出 / column of the district")] = "",
    at: Annotated[str, typer.Option(help="时间列，说明卡写明时期 / column of the time")] = "",
    also: Annotated[
        list[str] | None,
        typer.Option(
            help="补充学习的文件，写作 文件:文本列，类别列同名 / more to learn from, FILE:COLUMNS; the figures stay those of FILE"
        ),
    ] = None,
    urgent_from: Annotated[
        int,
        typer.Option(
            help="类别是分级时学险情模型：从几级起算紧急 / grades: learn a danger model, grades from this one on are urgent"
        ),
    ] = -1,
) -> None:
    """从已办结的诉求学习分类，给出交叉验证的数字 / Learn classes from closed matters; cross-validated figures."""
    from rich.progress import Progress

    from liandong.models.files import FileFault
    from liandong.models.training import train_model

    chosen = chosen_folder(folder)
    try:
        with Progress(console=err) as bar:
            task = bar.add_task("…", total=1.0)
            card, comparison = train_model(
                file,
                text.split(","),
                label,
                model,
                chosen,
                district=district,
                at=at,
                also=tuple(also or ()),
                urgent_from=urgent_from,
                progress=lambda words, done: bar.update(task, completed=done, description=words),
            )
    except FileFault as error:
        fail(str(error))
    _show(card.figures)
    for words in (*card.weaknesses, comparison):
        out.print(words, highlight=False)


def read(
    model: Annotated[str, typer.Option("--model", help="模型名；不写则只按词表读 / none: by words only")] = "",
    folder: FolderOption = None,
    danger: Annotated[
        str,
        typer.Option(
            "--danger", help="险情模型名：只会把紧急程度提高 / a danger model may raise urgency, never lower it"
        ),
    ] = "",
) -> None:
    """读懂文本：从标准输入读 {"id","centre","text"} 行 / Read texts: JSON lines in, readings out."""
    from liandong.models.files import FileFault
    from liandong.reading.jsonl import read_lines

    try:
        reader = _reader(chosen_folder(folder), model, danger)
    except FileFault as error:
        fail(str(error))
    for line in read_lines(sys.stdin.buffer, reader):
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()


def topics(
    file: Annotated[Path, typer.Argument(help="csv 或 jsonl 文件 / file")],
    text: Annotated[str, typer.Option("--text", help="文本列 / text columns")] = "留言主题,留言详情",
    number: Annotated[str, typer.Option("--id", help="编号列 / column of the number")] = "留言编号",
    at: Annotated[str, typer.Option("--at", help="时间列 / column of the time")] = "留言时间",
    top: Annotated[int, typer.Option(help="最多几个热点，0 为全部 / at most, 0 for all")] = 0,
) -> None:
    """归集同一件事的诉求，大的在前（JSON）/ Gather messages about the same thing, the largest first (JSON)."""
    import msgspec

    from liandong.models.files import FileFault
    from liandong.topics.gathering import topics_of_file

    try:
        found = topics_of_file(file, text.split(","), number, at)
    except FileFault as error:
        fail(str(error))
    sys.stdout.buffer.write(msgspec.json.encode({"topics": found[:top] if top else found}) + b"\n")


def evaluate(
    file: Annotated[Path, typer.Argument(help="csv 或 jsonl 文件 / file")],
    text: TextOption = "",
    label: LabelOption = "",
    model: Annotated[str, typer.Option("--model", help="模型名；不写则交叉验证 / none: cross-validate")] = "",
    folder: FolderOption = None,
    urgent_from: Annotated[
        int, typer.Option(help="类别是分级时，从几级起算紧急 / grades from this one on are urgent")
    ] = -1,
    ownership: Annotated[
        bool,
        typer.Option(help="文件是标注过归属的来电（jsonl）/ the file is calls labelled with decision and urgent"),
    ] = False,
    danger: Annotated[
        str, typer.Option("--danger", help="与 --ownership 合用的险情模型 / a danger model, with --ownership")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="以 JSON 给出 / as JSON")] = False,
) -> None:
    """用文件检验：正确率、前二前三、最有把握的七成、校准；分级或归属文件给出漏报与误报曲线 / Figures from a file."""
    import msgspec

    from liandong.models.files import FileFault
    from liandong.reading.evaluating import evaluate_classes, evaluate_danger
    from liandong.reading.judging import evaluate_ownership

    if not ownership and not (text and label):
        fail("请写明 --text 和 --label，或者 --ownership（name the columns, or say --ownership）")
    try:
        if ownership:
            measured: Any = evaluate_ownership(file, _reader(chosen_folder(folder), "", danger))
        elif urgent_from >= 0:
            measured = evaluate_danger(file, text.split(","), label, urgent_from)
        else:
            measured = evaluate_classes(file, text.split(","), label, model, chosen_folder(folder))
    except FileFault as error:
        fail(str(error))
    if json:
        sys.stdout.buffer.write(msgspec.json.encode(measured) + b"\n")
    elif ownership:
        _show_verdicts(measured)
    elif urgent_from >= 0:
        _show_curve(measured)
    else:
        _show(measured)


def chosen_folder(given: Path | None) -> Path:
    from liandong.models.store import models_folder

    return given or models_folder()


def _reader(folder: Path, model: str, danger: str) -> Any:
    """Raises FileFault."""
    from liandong.models.store import load
    from liandong.reading.danger import danger_model_of
    from liandong.reading.reader import FullReader

    return FullReader(
        load(folder, model)[0] if model else None,
        danger_model=danger_model_of(*load(folder, danger)) if danger else None,
    )


def _show(measured: Any) -> None:
    from rich.table import Table

    table = Table(title=f"{measured.messages} 条 / messages")
    for column in ("类别 / class", "条数", "精确率 precision", "召回率 recall", "F1"):
        table.add_column(column)
    for one in measured.classes:
        table.add_row(one.name, str(one.messages), f"{one.precision:.3f}", f"{one.recall:.3f}", f"{one.f1:.3f}")
    out.print(table)
    for name, value in (
        ("正确率 accuracy", measured.accuracy),
        ("宏 F1 macro-F1", measured.macro_f1),
        ("前二 top-2", measured.top_two),
        ("前三 top-3", measured.top_three),
        ("最有把握的 70% right among the surest 70 %", measured.surest),
        ("校准误差 calibration error (ECE)", measured.calibration),
    ):
        out.print(f"{name}: {value:.4f}", highlight=False)


def _show_curve(measured: Any) -> None:
    out.print(
        f"{measured.messages} 条，紧急 {measured.urgent} 条 / messages, urgent\n"
        f"词表与权重 by words and weights: 召回率 recall {measured.recall:.4f}，误报率 false alarms {measured.false_alarms:.4f}，"
        f"精确率 precision {measured.precision:.4f}",
        highlight=False,
    )
    if measured.learned:
        at = measured.learned
        out.print(
            f"学习后（交叉验证）learned, cross-validated: 召回率 recall {at[1]:.4f}，误报率 false alarms {at[2]:.4f}，精确率 precision {at[3]:.4f}\n"
            "两者之一报警 either: 召回率 recall {:.4f}，误报率 false alarms {:.4f}，精确率 precision {:.4f}".format(
                *measured.together
            ),
            highlight=False,
        )
    _show_points(measured.curve)


def _show_verdicts(measured: Any) -> None:
    out.print(
        f"{measured.messages} 条，有险情 {measured.urgent} 条 / calls, dangerous\n"
        f"归属判对 right: {measured.right:.4f}\n"
        f"险情召回率 recall {measured.recall:.4f}，误报率 false alarms {measured.false_alarms:.4f}，精确率 precision {measured.precision:.4f}\n"
        f"有把握自行办理的 sure: {measured.sure:.4f}，其中判对 right {measured.sure_right:.4f}，"
        f"藏着险情 hiding a danger {measured.sure_dangerous}\n"
        f"漏报 missed: {'、'.join(measured.missed) or '—'}\n误报 false alarms: {'、'.join(measured.alarmed) or '—'}",
        highlight=False,
    )
    _show_points(measured.curve)


def _show_points(curve: Any) -> None:
    out.print("阈值 threshold · 召回率 recall · 误报率 false alarms · 精确率 precision", highlight=False)
    for threshold, recall, alarms, precision in curve:
        out.print(f"{threshold:.4f}  {recall:.4f}  {alarms:.4f}  {precision:.4f}", highlight=False)


def register(app: typer.Typer) -> None:
    app.command()(train)
    app.command()(read)
    app.command()(topics)
    app.command()(evaluate)
