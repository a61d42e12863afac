"""Assessment and detectors from the shell: figures, the orders behind them, exclusions, frozen periods, the report, flags."""

import getpass
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.table import Table

from liandong.cli.acting import _with_node as with_node
from liandong.cli.common import SettingsOption, fail, out, run
from liandong.cli.shown import clock, say

assess = typer.Typer(help="考核：指标、背后的工单、剔除、封存 / assessment", no_args_is_help=True)
detectors = typer.Typer(help="疑点：提示与核查 / detectors", no_args_is_help=True)
PeriodOption = Annotated[str, typer.Option("--period", "-p", help="2026-10、2026-W41、2026-Q3、2026 或 2026-10-08")]
ByOption = Annotated[str, typer.Option("--by", help="city、unit、division 或 category")]


@assess.command("measures")
def measures() -> None:
    """有哪些指标，怎么算 / The measures and how each is counted."""
    from liandong.assessment.policy import default_rules

    table = Table("代码 / name", "指标", "English", "口径")
    for one in default_rules().measures:
        table.add_row(one.name, one.zh, one.en, one.zh_says)
    out.print(table)


@assess.command("figures")
def figures(settings: SettingsOption, period: PeriodOption, by: ByOption = "city") -> None:
    """一个周期的各项指标，含分子、分母、剔除 / The figures of a period with what they were counted from."""
    from liandong.assessment import service
    from liandong.assessment.model import Figures
    from liandong.assessment.periods import period_of

    async def work(node: Any) -> Figures:
        await _caught_up(node)
        return await service.period_figures(node.assessor, period_of(period), by=_group(by))

    found = run(with_node(settings, work))
    table = Table("" if by == "city" else by, "指标 / measure", "值 / value", "分子", "分母", "剔除")
    for one in found.figures:
        value = "—" if one.value is None else f"{one.value:.4g}"
        table.add_row(one.group, one.measure, value, _count(one.numerator), _count(one.denominator), str(one.excluded))
    out.print(table)
    state = f"已封存 {found.frozen}" if found.frozen else "未封存 / not frozen"
    say(f"{found.period}，截至 {clock(found.as_of)}，口径 {found.policy_version}，{state}")


@assess.command("orders")
def orders(
    settings: SettingsOption,
    period: PeriodOption,
    measure: Annotated[str, typer.Argument(help="指标代码 / the measure")],
    part: Annotated[str, typer.Option(help="numerator、denominator、missed 或 excluded")] = "denominator",
    by: ByOption = "city",
    group: Annotated[str, typer.Option(help="单位、区划或类别代码")] = "",
    after: Annotated[UUID | None, typer.Option(help="上一页最后的 id / next page")] = None,
    limit: int = 50,
) -> None:
    """一个指标背后的工单 / The orders behind a figure, page by page."""
    from liandong.assessment import service
    from liandong.assessment.model import BehindPage, Part
    from liandong.assessment.periods import period_of

    if part not in set(Part):
        fail(f"part 应为：{'、'.join(Part)}")

    async def work(node: Any) -> BehindPage:
        await _caught_up(node)
        return await service.behind(
            node.assessor,
            measure,
            period_of(period),
            part=Part(part),
            by=_group(by),
            group=group,
            after=after,
            limit=limit,
        )

    page = run(with_node(settings, work))
    for one in page.orders:
        due = f"，应于 {clock(one.answer_due)}" if one.answer_due else ""
        say(f"{one.number or one.order_id}  {one.unit}  {one.status}{due}  {one.title}")
    say(f"共 {page.count} 件 / in all{f'；下一页 --after {page.next}' if page.next else ''}")


@assess.command("exclude")
def exclude(
    settings: SettingsOption,
    key: Annotated[str, typer.Argument(help="编号、id 或诉求 id")],
    reason: Annotated[
        str, typer.Option(help="not_duty、malicious、legal_channel、repeat_after_final 或 force_majeure")
    ],
    evidence: Annotated[str, typer.Option(help="依据与证据 / the evidence")],
    attachment: Annotated[list[UUID] | None, typer.Option(help="工单的附件 id，可多次")] = None,
) -> None:
    """申请剔除，须另一人审批 / Ask for an exclusion; another person has to approve it."""
    from liandong.assessment.exclusions import request_exclusion
    from liandong.cli.acting import _found

    async def work(node: Any) -> UUID:
        order = (await _found(node, key)).order
        made = await request_exclusion(
            node.pool,
            node.assessor.rules,
            node.clock,
            order_id=order.id,
            reason=reason,
            evidence=evidence,
            attachments=attachment or [],
            who=_who(),
        )
        return made.id

    say(f"已申请，编号 {run(with_node(settings, work))} / requested")


@assess.command("decide")
def decide(
    settings: SettingsOption,
    exclusion_id: UUID,
    approve: Annotated[bool, typer.Option("--approve/--refuse", help="同意或不同意")],
    note: str = "",
) -> None:
    """审批剔除申请，不能审批自己的 / Approve or refuse an exclusion that somebody else asked for."""
    from liandong.assessment.exclusions import decide_exclusion

    async def work(node: Any) -> str:
        made = await decide_exclusion(
            node.pool, node.assessor.rules, node.clock, exclusion_id, approve=approve, who=_who(), note=note
        )
        return made.status

    say(f"状态 / status：{run(with_node(settings, work))}")


@assess.command("exclusions")
def exclusions(settings: SettingsOption, status: str | None = None, limit: int = 50) -> None:
    """剔除申请 / Exclusions, newest first."""
    from liandong.assessment import service

    async def work(node: Any) -> Any:
        return await service.exclusions(node.pool, status, None, limit)

    for one in run(with_node(settings, work)):
        decided = f"，{one.decided_by} {clock(one.decided_at)}" if one.decided_at else ""
        say(f"{one.id}  {one.number or one.order_id}  {one.reason}  {one.status}（{one.requested_by}{decided}）")
        say(f"    {one.evidence}")


@assess.command("freeze")
def freeze_period(settings: SettingsOption, period: PeriodOption) -> None:
    """封存并签名 / Freeze a period and sign its figures with the centre's key."""
    from liandong.assessment.freezing import freeze
    from liandong.assessment.periods import period_of

    async def work(node: Any) -> Any:
        return await freeze(node.assessor, node.signer, period_of(period), who=_who())

    done = run(with_node(settings, work))
    say(f"{done.period} 已封存，编号 {done.id} / frozen")


@assess.command("reopen")
def reopen_period(
    settings: SettingsOption, period: PeriodOption, reason: Annotated[str, typer.Option(help="理由 / why")]
) -> None:
    """重开已封存的周期，须有理由；原封存保留 / Open a frozen period again; what was frozen stays as evidence."""
    from liandong.assessment.freezing import reopen
    from liandong.assessment.periods import period_of

    async def work(node: Any) -> Any:
        return await reopen(node.assessor, period_of(period), who=_who(), reason=reason)

    say(f"{run(with_node(settings, work)).period} 已重开 / opened again")


@assess.command("check")
def check(settings: SettingsOption, period: PeriodOption) -> None:
    """封存的数据是否未被改动 / Is a frozen period still what was signed?"""
    from liandong.assessment.freezing import check_frozen
    from liandong.assessment.periods import period_of

    async def work(node: Any) -> Any:
        return await check_frozen(node.pool, period_of(period), node.signer.public)

    found = run(with_node(settings, work))
    say(f"签名 / signature：{'有效 valid' if found.signature else '无效 NOT VALID'}")
    say(
        f"工单 / orders：{'与封存时一致 unchanged' if found.rows else '与封存时不一致 CHANGED'}（{found.sealed.orders}）"
    )
    if not (found.signature and found.rows):
        raise typer.Exit(1)


@assess.command("rebuild")
def rebuild_all(settings: SettingsOption) -> None:
    """从工单重新生成考核底册 / Make every row that is counted again from the orders."""
    from liandong.assessment.reading import catch_up, rebuild

    async def work(node: Any) -> int:
        count = await rebuild(node.assessor)
        await catch_up(node.assessor)
        return count

    say(f"{run(with_node(settings, work))} 件 / orders")


def report(
    settings: SettingsOption,
    period: PeriodOption,
    file: Annotated[Path, typer.Option("--out", "-o", help="输出文件，.pdf 或 .xlsx / where to write it")],
) -> None:
    """周报、月报、季报：PDF 或 xlsx / The report of a week, month or quarter."""
    from liandong.assessment.periods import period_of
    from liandong.assessment.writing import Form, written

    form = file.suffix.lstrip(".").lower()
    if form not in set(Form):
        fail("输出文件应以 .pdf 或 .xlsx 结尾（the file must end in .pdf or .xlsx）")

    async def work(node: Any) -> bytes:
        await _caught_up(node)
        return await written(node.assessor, period_of(period), form=Form(form))

    made = run(with_node(settings, work))
    try:
        file.write_bytes(made)
    except OSError as error:
        fail(f"无法写入 {file}（can't write it）：{error}")
    say(f"已写入 {file}，{len(made) / 1024:.0f} KB / written")


@detectors.command("run")
def run_detectors(
    settings: SettingsOption,
    period: Annotated[
        str | None, typer.Option("--period", "-p", help="只看一个周期；不给则读完账本 / a period only")
    ] = None,
) -> None:
    """立即运行检测 / Run the detectors now."""
    from liandong.assessment.periods import period_of
    from liandong.detectors.running import Raised, catch_up, detect_between

    async def work(node: Any) -> str:
        await _caught_up(node)
        if period is None:
            return f"读了 {await catch_up(node.detecting)} 条事件 / events read"
        chosen = period_of(period)
        raised: Raised = await detect_between(node.detecting, chosen.starts_at, chosen.ends_at)
        return f"看了 {raised.looked} 件，新疑点 {raised.flags} 条 / orders looked at, new flags"

    say(run(with_node(settings, work)))


@detectors.command("list")
def list_all(
    settings: SettingsOption,
    status: Annotated[str | None, typer.Option(help="open、confirmed 或 dismissed")] = None,
    detector: Annotated[str | None, typer.Option(help="规则 / the rule")] = None,
    limit: int = 50,
) -> None:
    """疑点，新的在前 / Flags, newest first."""
    from liandong.detectors.deciding import list_flags

    async def work(node: Any) -> Any:
        return await list_flags(node.pool, status=status, detector=detector, before=None, limit=limit)

    for one in run(with_node(settings, work)):
        decided = f"，{one.decided_by}：{one.reason}" if one.decided_by else ""
        say(f"{one.id}  {one.detector}  {one.score:.2f}≥{one.threshold:.2f}  {one.number or one.order_id}  {one.unit}")
        say(f"    {one.status}{decided}  {one.evidence}")


@detectors.command("decide")
def decide_one(
    settings: SettingsOption,
    flag_id: UUID,
    confirm: Annotated[bool, typer.Option("--confirm/--dismiss", help="属实或不属实")],
    reason: Annotated[str, typer.Option(help="理由 / why")],
) -> None:
    """核查一个疑点 / Confirm or dismiss a flag; the decisions move the threshold."""
    from liandong.detectors.deciding import decide_flag

    async def work(node: Any) -> Any:
        return await decide_flag(node.detecting, flag_id, confirm=confirm, reason=reason, who=_who())

    done = run(with_node(settings, work))
    say(f"状态 / status：{done.flag.status}")
    if done.moved is not None:
        say(f"    {done.flag.detector}：{done.because}")


@detectors.command("evaluate")
def evaluate_file(
    labels: Annotated[Path, typer.Argument(help="标注文件：留言编号和标注列（1 好，0 差）/ labelled answers")],
    messages: Annotated[Path | None, typer.Option(help="留言与答复；默认同目录 messages_with_replies.csv")] = None,
    column: Annotated[str | None, typer.Option(help="标注列；不给则逐列 / the label; each one by default")] = None,
) -> None:
    """用人工标注衡量文本规则：精确率、召回率、平衡准确率 / Precision, recall and balanced accuracy beside always saying yes."""
    from liandong.detectors.evaluate import evaluate, label_columns, read_labels
    from liandong.detectors.policy import load_detectors

    beside = messages or labels.parent / "messages_with_replies.csv"
    try:
        for name in [column] if column else label_columns(labels):
            for one in evaluate(load_detectors(None), read_labels(labels, beside, name)):
                say(f"{name}  {one.detector}：{one.rows} 行，差 {one.bad}，提示 {one.flagged}，其中确差 {one.right}")
                rates = f"精确率 P {one.precision:.3f}，召回率 R {one.recall:.3f}，平衡准确率 B {one.balanced:.3f}"
                say(f"    {rates}；全提示 / always yes：P {one.always:.3f}，B 0.500")
    except (OSError, ValueError) as error:
        fail(f"无法读取（can't read it）：{error}")


async def _caught_up(node: Any) -> None:
    """The shell sees what is in the ledger now, also where no worker runs."""
    from liandong.assessment.reading import catch_up

    await catch_up(node.assessor)


def _group(by: str) -> Any:
    from liandong.assessment.model import Group

    if by not in set(Group):
        fail(f"by 应为：{'、'.join(Group)}")
    return Group(by)


def _count(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _who() -> str:
    return f"cli:{getpass.getuser()}"


def register(app: typer.Typer) -> None:
    app.add_typer(assess, name="assess")
    app.command("report")(report)
    app.add_typer(detectors, name="detectors")
