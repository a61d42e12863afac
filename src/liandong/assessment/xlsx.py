"""The report as a workbook: numbers as numbers, with their numerators and denominators, and charts that Excel and WPS draw."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from liandong.assessment.model import Figures, Measure
from liandong.assessment.report import Report, local, summary
from liandong.detectors.policy import names_zh

HEAD = PatternFill("solid", fgColor="1F3864")
RATES = frozenset({"rate", "reconciliations"})


def workbook_of(report: Report) -> bytes:
    """The file's bytes."""
    book = Workbook()
    _overall(book.active, report)
    _groups(book.create_sheet("承办单位"), report, report.units, "承办单位")
    divisions = book.create_sheet("区域")
    _groups(divisions, report, report.divisions, "区域")
    _groups(book.create_sheet("类别"), report, report.categories, "类别")
    _days(book.create_sheet("每日受理"), report)
    _flags(book.create_sheet("疑点与剔除"), report)
    _rules(book.create_sheet("口径"), report)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _overall(sheet: Any, report: Report) -> None:
    sheet.title = "总体情况"
    sheet["A1"] = report.title
    sheet["A1"].font = Font(size=16, bold=True, color="1F3864")
    sheet["A2"] = f"编制时间：{local(report.made_at)}；口径版本：{report.city.policy_version}"
    sheet["A3"] = report.state
    for n, sentence in enumerate(summary(report)):
        sheet.cell(4 + n, 1, sentence)
    start = 5 + len(summary(report))
    _heads(sheet, start, ("指标", "本期", "分子", "分母", "剔除", "上期", "口径"))
    for n, one in enumerate(report.rules.measures):
        figure, old = report.city.of(one.name), report.last.of(one.name).value if report.last else None
        row = start + 1 + n
        for column, value in enumerate(
            (
                one.zh,
                figure.value,
                figure.numerator,
                figure.denominator,
                figure.excluded if one.excludes else None,
                old,
                one.zh_says,
            ),
            1,
        ):
            sheet.cell(row, column, value)
        for column in (2, 6):
            sheet.cell(row, column).number_format = _format(one)
    _widths(sheet, (24, 14, 12, 12, 8, 14, 70))
    rows = [start + 1 + n for n, one in enumerate(report.rules.measures) if one.shape == "rate"]
    chart = BarChart()
    chart.title, chart.height, chart.width = "三率", 8, 16
    first = next(n for n, one in enumerate(report.rules.measures) if one.name == "response_rate") + start + 1
    chart.add_data(Reference(sheet, min_col=2, min_row=first, max_row=first + 2))
    chart.set_categories(Reference(sheet, min_col=1, min_row=first, max_row=first + 2))
    chart.legend = None
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
    chart.y_axis.delete = chart.x_axis.delete = False
    sheet.add_chart(chart, f"A{max(rows) + 14}")


def _groups(sheet: Any, report: Report, figures: Figures, head: str) -> None:
    """A line a group by its code; each rate has its fraction beside it."""
    measures = [one for one in report.rules.measures if one.is_counted or one.shape == "score"]
    heads = ["代码", head]
    for one in measures:
        heads += [one.zh] if one.shape in {"count", "per_10k", "score"} else [one.zh, "分子", "分母"]
    _heads(sheet, 1, heads)
    for row, group in enumerate(figures.groups, 2):
        values: list[Any] = [group, report.name(group)]
        formats = ["@", "@"]
        for one in measures:
            figure = figures.of(one.name, group)
            values.append(figure.value)
            formats.append(_format(one))
            if one.shape not in {"count", "per_10k", "score"}:
                values += [figure.numerator, figure.denominator]
                formats += ["#,##0", "#,##0"]
        for column, (value, form) in enumerate(zip(values, formats, strict=True), 1):
            sheet.cell(row, column, value).number_format = form
    _widths(sheet, (22, 22, *([11] * (len(heads) - 2))))
    sheet.freeze_panes = "C2"
    if figures.groups:
        _chart(sheet, BarChart(), "受理量", 3, len(figures.groups) + 1, f"C{len(figures.groups) + 4}", names=2)


def _days(sheet: Any, report: Report) -> None:
    _heads(sheet, 1, ("日期", "受理量"))
    for row, (day, count) in enumerate(report.days, 2):
        sheet.cell(row, 1, day).number_format = "yyyy-mm-dd"
        sheet.cell(row, 2, count)
    _widths(sheet, (14, 12))
    if len(report.days) > 1:
        _chart(sheet, LineChart(), "每日受理量", 2, len(report.days) + 1, "D2", names=1)


def _flags(sheet: Any, report: Report) -> None:
    words = names_zh()
    _heads(sheet, 1, ("疑点", "待核查", "核查属实", "核查不属实"))
    for row, (name, *counts) in enumerate(report.flags, 2):
        for column, value in enumerate((words.get(name, name), *counts), 1):
            sheet.cell(row, column, value)
    start = len(report.flags) + 4
    _heads(sheet, start, ("剔除原因", "工单数"))
    for n, (code, count) in enumerate(sorted(report.excluded.items()), start + 1):
        sheet.cell(n, 1, report.rules.policy.exclusions.get(code, (code,))[0])
        sheet.cell(n, 2, count)
    _widths(sheet, (30, 12, 12, 12))


def _rules(sheet: Any, report: Report) -> None:
    _heads(sheet, 1, ("代码", "指标", "口径", "分子条件", "分母条件"))
    for row, one in enumerate(report.rules.measures, 2):
        for column, value in enumerate((one.name, one.zh, one.zh_says, one.numerator or one.value, one.denominator), 1):
            sheet.cell(row, column, value).alignment = Alignment(wrap_text=True, vertical="top")
    _widths(sheet, (22, 20, 50, 50, 50))


def _chart(sheet: Any, chart: Any, title: str, column: int, last: int, place: str, *, names: int) -> None:
    chart.title, chart.height, chart.width = title, 8, 20
    chart.add_data(Reference(sheet, min_col=column, min_row=1, max_row=last), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=names, min_row=2, max_row=last))
    chart.legend = None
    chart.y_axis.delete = chart.x_axis.delete = False
    sheet.add_chart(chart, place)


def _heads(sheet: Any, row: int, heads: Sequence[str]) -> None:
    for column, text in enumerate(heads, 1):
        cell = sheet.cell(row, column, text)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), HEAD


def _widths(sheet: Any, widths: Sequence[float]) -> None:
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def _format(measure: Measure) -> str:
    return "0.0%" if measure.shape in RATES else "0.0" if measure.shape in {"score", "per_10k", "quantile"} else "#,##0"
