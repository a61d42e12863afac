"""The report as PDF, with its own Chinese fonts inside (Noto, SIL OFL), so that it looks and prints the same everywhere (ADR 0020)."""

from collections.abc import Sequence

from fpdf import FPDF
from fpdf.fonts import FontFace
from pylopdf_fonts_zh_cn import sans_path, serif_path

from liandong.assessment import charts
from liandong.assessment.model import Figures, Measure
from liandong.assessment.report import Report, change, fraction, local, shown, summary
from liandong.detectors.policy import names_zh

INK = charts.INK
LINKAGE = (
    "transfer_on_time",
    "take_p50",
    "take_p90",
    "bounce_rate",
    "negotiation_p50",
    "negotiation_p90",
    "emergencies_delayed",
    "loops_closed",
    "reconciliation_rate",
)
UNITS = ("response_rate", "solved_rate", "satisfied_rate", "score", "return_rate", "redo_rate", "overdue_rate")


class _Pages(FPDF):
    def __init__(self, report: Report) -> None:
        super().__init__(format="A4")
        self._report = report
        self.set_margins(20, 18)
        self.set_auto_page_break(True, margin=18)
        self.add_font("sans", "", str(sans_path()))
        self.add_font("serif", "", str(serif_path()))
        self.set_title(report.title)
        self.set_author(report.centre)
        self.set_creation_date(report.made_at)
        self.set_lang("zh-CN")

    def footer(self) -> None:
        self.set_y(-13)
        self.set_font("sans", size=7)
        self.set_text_color(120, 120, 120)
        self.cell(0, 5, f"{self._report.title}　第{self.page_no()}页", align="C")


def pdf_of(report: Report) -> bytes:
    """The file's bytes."""
    pdf = _Pages(report)
    pdf.add_page()
    _head(pdf, report)
    _overall(pdf, report)
    _linkage(pdf, report)
    _units(pdf, report)
    _places(pdf, report)
    _flags(pdf, report)
    _rules(pdf, report)
    _signatures(pdf)
    return bytes(pdf.output())


def _head(pdf: FPDF, report: Report) -> None:
    pdf.set_text_color(*INK)
    size = 21.0
    pdf.set_font("serif", size=size)
    while pdf.get_string_width(report.title) > pdf.epw - 4 and size > 12:
        size -= 0.5
        pdf.set_font("serif", size=size)
    pdf.multi_cell(0, 11, report.title, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("sans", size=8.5)
    pdf.set_text_color(90, 90, 90)
    told = f"编制时间：{local(report.made_at)}　口径版本：{report.city.policy_version}　时限版本：{'、'.join(report.city.clocks_versions) or '—'}"
    pdf.cell(0, 6, told, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.cell(0, 6, report.state, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(2)


def _overall(pdf: FPDF, report: Report) -> None:
    _heading(pdf, "一、总体情况")
    for sentence in summary(report):
        _paragraph(pdf, sentence)
    three = [
        ("响应率", "response_rate"),
        ("解决率", "solved_rate"),
        ("满意率", "satisfied_rate"),
        ("按时答复率", "answer_on_time"),
        ("按时办结率", "close_on_time"),
        ("直接答复率", "answered_directly"),
        ("首次解决率", "first_call_solved"),
    ]
    rows = [(zh, report.city.of(name).value, report.last.of(name).value if report.last else None) for zh, name in three]
    charts.bars(pdf, "主要指标", rows, height=42, percent=True, key=("本期", report.last_zh))
    if len(report.days) > 1:
        charts.line(pdf, "每日受理量（件）", [(f"{day:%m-%d}", count) for day, count in report.days], height=32)
    _measures(pdf, report, [one for one in report.rules.measures if one.name not in LINKAGE])


def _linkage(pdf: FPDF, report: Report) -> None:
    _heading(pdf, "二、平台联动")
    _measures(pdf, report, [one for one in report.rules.measures if one.name in LINKAGE])


def _measures(pdf: FPDF, report: Report, measures: Sequence[Measure]) -> None:
    rows, silent = [], []
    for one in measures:
        figure = report.city.of(one.name)
        old = report.last.of(one.name) if report.last else None
        if figure.value is None and (old is None or old.value is None):
            silent.append(one.zh)
            continue
        rows.append(
            (
                one.zh,
                shown(report, figure),
                fraction(figure),
                str(figure.excluded) if one.excludes else "",
                shown(report, old) if old else "—",
                change(report, figure),
            )
        )
    _table(pdf, ("指标", "本期", "分子/分母", "剔除", "上期", "变化"), rows, (34, 24, 42, 14, 24, 32))
    if silent:
        _small(pdf, f"本期没有可计数工单的指标：{'、'.join(silent)}。")


def _units(pdf: FPDF, report: Report) -> None:
    _heading(pdf, "三、承办单位情况（按单位代码排列，不作排名）")
    names = [one for one in UNITS if any(m.name == one for m in report.rules.measures)]
    heads = ("承办单位", "应办", *(report.rules.measure(name).zh for name in names))
    rows = [_unit_row(report, group, names) for group in report.units.groups if group]
    least = report.rules.policy.least_count
    if not rows:
        _paragraph(pdf, "本期没有派单。")
        return
    _table(pdf, heads, rows, (38, 16, *([116 / len(names)] * len(names))))
    _small(
        pdf,
        f"应办少于{least}件的单位标注“*”，其比率仅供参考，不作比较。各单位所办事项构成不同，同类比较见系统“同类对照”。",
    )


def _unit_row(report: Report, group: str, names: Sequence[str]) -> tuple[str, ...]:
    due = int(report.units.of("response_rate", group).denominator or 0)
    mark = "*" if due < report.rules.policy.least_count else ""
    return (report.name(group) + mark, f"{due:,}", *(shown(report, report.units.of(name, group)) for name in names))


def _places(pdf: FPDF, report: Report) -> None:
    _heading(pdf, "四、区域与类别")
    per_10k = [
        (report.name(g), report.divisions.of("per_10k", g).value, None)
        for g in report.divisions.groups
        if g in report.rules.inhabitants
    ]
    if per_10k:
        charts.bars(pdf, "各区每万人诉求量（件）", per_10k, height=34, percent=False, key=("", ""))
    rows = _by_size(report, report.categories)
    _table(pdf, ("类别", "受理量", "占比", "响应率", "解决率", "满意率", "重复率"), rows, (44, 22, 20, 21, 21, 21, 21))


def _by_size(report: Report, figures: Figures, most: int = 20) -> list[tuple[str, ...]]:
    total = report.city.of("taken").value or 1
    groups = sorted(figures.groups, key=lambda g: (-(figures.of("taken", g).value or 0), g))[:most]
    rates = ("response_rate", "solved_rate", "satisfied_rate", "repeat_rate")
    return [
        (
            report.name(g),
            shown(report, figures.of("taken", g)),
            f"{(figures.of('taken', g).value or 0) / total:.1%}",
            *(shown(report, figures.of(r, g)) for r in rates),
        )
        for g in groups
    ]


def _flags(pdf: FPDF, report: Report) -> None:
    _heading(pdf, "五、疑点核查")
    if not report.flags:
        _paragraph(pdf, "本期没有发现需要核查的疑点。")
        return
    words = names_zh()
    rows = [(words.get(name, name), f"{a + b + c:,}", f"{b:,}", f"{c:,}", f"{a:,}") for name, a, b, c in report.flags]
    _table(pdf, ("疑点", "提示", "核查属实", "核查不属实", "待核查"), rows, (70, 25, 25, 25, 25))
    _small(pdf, "疑点由系统按公开规则提示，属实与否由人核查认定；未核查的不作结论。")


def _rules(pdf: FPDF, report: Report) -> None:
    _heading(pdf, "六、口径与剔除")
    reasons = report.rules.policy.exclusions
    if report.excluded:
        told = "、".join(f"{reasons.get(code, (code,))[0]}{count}件" for code, count in sorted(report.excluded.items()))
        _paragraph(pdf, f"经一人申请、另一人审批剔除：{told}。")
    else:
        _paragraph(pdf, "本期没有剔除的工单。")
    _paragraph(pdf, "演练与测试工单不计入任何指标。各指标口径如下：")
    _table(pdf, ("指标", "口径"), [(one.zh, one.zh_says) for one in report.rules.measures], (38, 132))


def _signatures(pdf: FPDF) -> None:
    if pdf.get_y() + 24 > pdf.page_break_trigger:
        pdf.add_page()
    pdf.ln(8)
    pdf.set_font("sans", size=10)
    pdf.cell(0, 8, "编制：____________　　审核：____________　　签发：____________　　（盖章）", align="C")


def _heading(pdf: FPDF, text: str) -> None:
    if pdf.get_y() + 62 > pdf.page_break_trigger:
        pdf.add_page()
    pdf.ln(3)
    pdf.set_font("serif", size=13)
    pdf.set_text_color(*INK)
    pdf.cell(0, 8, text, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(1)


def _paragraph(pdf: FPDF, text: str) -> None:
    pdf.set_font("sans", size=10)
    pdf.set_text_color(30, 30, 30)
    pdf.multi_cell(0, 6.2, f"　　{text}", align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(0.8)


def _small(pdf: FPDF, text: str) -> None:
    pdf.set_font("sans", size=7.5)
    pdf.set_text_color(110, 110, 110)
    pdf.multi_cell(0, 4.4, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _table(pdf: FPDF, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
    pdf.set_font("sans", size=8)
    pdf.set_text_color(30, 30, 30)
    pdf.set_draw_color(200, 205, 213)
    pdf.set_line_width(0.15)
    pdf.set_fill_color(255, 255, 255)
    style = FontFace(fill_color=(233, 238, 246), color=INK)
    align = tuple("LEFT" if n == 0 or len(widths) == 2 else "RIGHT" for n in range(len(widths)))
    with pdf.table(
        col_widths=tuple(widths),
        width=pdf.epw,
        text_align=align,
        headings_style=style,
        line_height=5.4,
        padding=(0.4, 1),
    ) as table:
        for cells in (heads, *rows):
            row = table.row()
            for cell in cells:
                row.cell(cell)
    pdf.ln(2)
