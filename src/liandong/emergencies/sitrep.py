"""A situation report as PDF, in Chinese with its own fonts inside, from the emergency as it stands and its log."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from fpdf import FPDF
from msgspec import Struct
from pylopdf_fonts_zh_cn import sans_path, serif_path

from liandong.emergencies.callers import Counts
from liandong.emergencies.lifecycle import EVENT_WORDS
from liandong.emergencies.model import Emergency
from liandong.emergencies.timeline import Moment

ZONE = ZoneInfo("Asia/Shanghai")
NEWEST = 80  # lines of the log in one report
STATUSES = {"called": "已通知", "accepted": "执行中", "done": "完成", "refused": "不能承担"}
RECEIPTS = {"waiting": "未阅", "read": "已阅", "acting": "已行动", "silent": "无应答"}


class Sitrep(Struct, frozen=True, kw_only=True):
    """What a report says. `names`: of centres by their code."""

    no: int
    made_at: datetime
    centre: str
    state: Emergency
    level: str
    kind: str
    counts: Counts
    moments: list[Moment]
    names: dict[str, str]

    @property
    def title(self) -> str:
        drill = "【演练】" if self.state.is_drill else ""
        return f"{drill}{self.state.title} 态势报告（第{self.no}期）"

    def name(self, code: str) -> str:
        return self.names.get(code, code)


class _Pages(FPDF):
    def __init__(self, report: Sitrep) -> None:
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


def pdf_of(report: Sitrep) -> bytes:
    """The file's bytes."""
    pdf = _Pages(report)
    pdf.add_page()
    _head(pdf, report)
    _facts(pdf, report)
    _answer(pdf, report)
    _tasks(pdf, report)
    _broadcasts(pdf, report)
    _resources(pdf, report)
    _log(pdf, report)
    return bytes(pdf.output())


def _head(pdf: FPDF, report: Sitrep) -> None:
    pdf.set_font("serif", size=18)
    pdf.multi_cell(0, 10, report.title, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("sans", size=9)
    pdf.set_text_color(90, 90, 90)
    told = f"编号：{report.state.number}　编制：{report.centre}　时间：{_local(report.made_at)}"
    pdf.cell(0, 6, told, align="C", new_x="LMARGIN", new_y="NEXT")
    pdf.set_text_color(0, 0, 0)
    pdf.ln(2)


def _facts(pdf: FPDF, report: Sitrep) -> None:
    state, facts, counts = report.state, report.state.facts, report.counts
    _heading(pdf, "一、基本情况")
    at = _local(state.declared_at) if state.declared_at else "—"
    ended = f"，{_local(state.ended_at)} 结束（{state.end_reason}）" if state.ended_at else ""
    linked = [one for one in state.orders if not one.out]
    lines = [
        f"类别等级：{report.kind}，{report.level}。依据：{state.grades[-1].reason if state.grades else state.why}。",
        f"时间地点：{at} 由{report.name(state.centre)}宣布{ended}；地点：{state.place.text or '待核实'}。",
        f"人员：死亡 {facts.dead} 人，受伤 {facts.injured} 人，被困 {facts.trapped} 人，受影响 {facts.affected} 人（截至本期，以现场核实为准）。",
        f"来电：各中心归入工单 {len(linked)} 张；本中心群呼登记 {counts.waiting + counts.called_back + counts.kept_elsewhere} 人、{counts.calls} 次，"
        f"已回电 {counts.called_back} 人，待回电 {counts.waiting} 人。",
    ]
    if state.text:
        lines.insert(2, f"简况：{state.text}")
    if state.response:
        lines.append(f"响应：{state.response} 级应急响应启动中。")
    for sent in state.sent_up:
        lines.append(f"上报：{_local(sent.at)} 向{sent.to}报告{'（超时）' if sent.late else ''}：{sent.text}")
    for one in lines:
        _paragraph(pdf, one)


def _answer(pdf: FPDF, report: Sitrep) -> None:
    _heading(pdf, "二、统一答复")
    answer = report.state.answer
    _paragraph(pdf, answer.text if answer else "尚未形成统一答复。")


def _tasks(pdf: FPDF, report: Sitrep) -> None:
    _heading(pdf, "三、任务")
    rows = [
        (
            one.title,
            report.name(one.to),
            STATUSES[one.status] + ("（超时）" if one.overdue else ""),
            _clock(one.accepted_at),
            _clock(one.done_at),
            one.text,
        )
        for one in report.state.tasks
    ]
    _table(pdf, ("任务", "承担方", "状态", "接受", "完成", "说明"), rows, (56, 34, 20, 15, 15, 30))


def _broadcasts(pdf: FPDF, report: Sitrep) -> None:
    _heading(pdf, "四、广播和回执")
    for sent in report.state.broadcasts:
        _paragraph(pdf, f"{_local(sent.at)} {report.name(sent.centre)}：{sent.text}")
        told = [
            f"{report.name(one.centre)} {RECEIPTS[one.status]}" + (f"（再呼 {one.rung} 次）" if one.rung else "")
            for one in sent.receipts
        ]
        _paragraph(pdf, "回执：" + "；".join(told))
    if not report.state.broadcasts:
        _paragraph(pdf, "没有广播。")


def _resources(pdf: FPDF, report: Sitrep) -> None:
    if report.state.resources:
        _heading(pdf, "五、资源")
        for one in report.state.resources:
            offers = "；".join(
                f"{report.name(o.centre)} 提供 {o.amount}{'（已接受）' if o.taken else ''}" for o in one.offers
            )
            _paragraph(
                pdf, f"{report.name(one.centre)} 请求 {one.what} × {one.amount}，尚缺 {one.open_amount}。{offers}"
            )


def _log(pdf: FPDF, report: Sitrep) -> None:
    _heading(pdf, "附：事件日志（按因果顺序）")
    left_out = len(report.moments) - NEWEST
    if left_out > 0:
        _paragraph(pdf, f"较早的 {left_out} 条见系统。")
    rows = [
        (_clock(one.at), report.name(one.centre), _label(one.event), one.text[:200]) for one in report.moments[-NEWEST:]
    ]
    _table(pdf, ("时间", "中心", "事项", "内容"), rows, (16, 36, 28, 90))


def _label(event: str) -> str:
    return EVENT_WORDS.get(event, [event])[0]


def _heading(pdf: FPDF, text: str) -> None:
    pdf.ln(2)
    pdf.set_font("serif", size=12.5)
    pdf.cell(0, 8, text, new_x="LMARGIN", new_y="NEXT")


def _paragraph(pdf: FPDF, text: str) -> None:
    pdf.set_font("sans", size=9.5)
    pdf.multi_cell(0, 5.6, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _table(pdf: FPDF, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
    pdf.set_font("sans", size=8)
    if not rows:
        _paragraph(pdf, "没有。")
        return
    with pdf.table(col_widths=tuple(widths), line_height=4.6, text_align="LEFT", first_row_as_headings=False) as table:
        for line in (heads, *rows):
            row = table.row()
            for cell in line:
                row.cell(cell)


def _local(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"


def _clock(at: datetime | None) -> str:
    return f"{at.astimezone(ZONE):%H:%M}" if at else ""
