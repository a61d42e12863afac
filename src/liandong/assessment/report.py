"""The report of a period, gathered once and written as PDF or xlsx: in Chinese, as an office sends it out."""

import asyncio
from datetime import date, datetime

import asyncpg
from msgspec import Struct

from liandong.assessment import service
from liandong.assessment.counting import Source
from liandong.assessment.freezing import source_of
from liandong.assessment.model import Figure, Figures, Group
from liandong.assessment.periods import ZONE, Period, before
from liandong.assessment.policy import Rules
from liandong.assessment.reading import Assessor
from liandong.catalogue.centres import default_centres
from liandong.catalogue.units import default_units, rows_of
from liandong.core.sqlfiles import load_sql

SQL = load_sql("liandong.assessment", "report.sql")
TYPES = {
    "consultation": "咨询",
    "help": "求助",
    "complaint": "投诉",
    "report": "举报",
    "suggestion": "建议",
    "praise": "表扬",
    "": "未分类",
}


class Report(Struct, frozen=True):
    """Everything that the report says. `last`: the period before, for comparing; `days`: matters taken in a local day.

    `flags`: by detector, how many are open, confirmed, dismissed. `excluded`: by reason, how many orders.
    """

    centre: str
    period: Period
    made_at: datetime
    rules: Rules
    city: Figures
    last: Figures | None
    last_zh: str
    units: Figures
    divisions: Figures
    categories: Figures
    days: list[tuple[date, int]]
    flags: list[tuple[str, int, int, int]]
    excluded: dict[str, int]
    names: dict[str, str]

    @property
    def title(self) -> str:
        return f"{self.centre}{self.period.zh}办理与联动考核报告"

    @property
    def state(self) -> str:
        if self.city.frozen is None:
            return "本期数据尚未封存，可能随办理进展变化。"
        return f"本期数据已于{local(self.city.as_of)}封存并由本中心密钥签名，封存编号 {self.city.frozen}。"

    def name(self, group: str) -> str:
        return self.names.get(group, group or "未定")


async def gather(assessor: Assessor, period: Period) -> Report:
    """Every figure with its queries; a few seconds for a month of a large city."""
    last = before(period)
    current = asyncio.create_task(_current(assessor, period))
    earlier = await service.period_figures(assessor, last) if last else None
    by, days, flags, excluded = await current
    city = by[Group.CITY]
    profile = default_centres().get(assessor.centre)
    return Report(
        centre=profile.name if profile else assessor.centre,
        period=period,
        made_at=assessor.clock.now(),
        rules=assessor.rules,
        city=city,
        last=earlier if earlier and (earlier.of("taken").value or 0) > 0 else None,
        last_zh=last.zh if last else "",
        units=by[Group.UNIT],
        divisions=by[Group.DIVISION],
        categories=by[Group.CATEGORY],
        days=days,
        flags=[(r["detector"], r["open"], r["confirmed"], r["dismissed"]) for r in flags],
        excluded={r["reason"]: r["count"] for r in excluded},
        names=_names(),
    )


def summary(report: Report) -> list[str]:
    """The text of the first part, in whole sentences."""
    city = report.city
    taken = f"{report.period.zh}，{report.centre}受理诉求{shown(report, city.of('taken'))}件"
    before_it = report.last.of("taken").value if report.last else None
    if before_it:
        change = (city.of("taken").value or 0) / before_it - 1
        taken += f"，较{report.last_zh}{'增加' if change >= 0 else '减少'}{abs(change):.1%}"
    lines = [
        f"{taken}，每万人{shown(report, city.of('per_10k'))}件，其中坐席直接答复{shown(report, city.of('answered_directly'))}。"
    ]
    rates = [
        f"{_zh(report, name)}{shown(report, city.of(name))}"
        for name in ("response_rate", "solved_rate", "satisfied_rate")
    ]
    lines.append(f"{'，'.join(rates)}，综合得分{shown(report, city.of('score'))}分。")
    lines.append(
        f"退单率{shown(report, city.of('return_rate'))}，重办率{shown(report, city.of('redo_rate'))}，"
        f"超期率{shown(report, city.of('overdue_rate'))}，重复率{shown(report, city.of('repeat_rate'))}。"
    )
    delayed = city.of("emergencies_delayed")
    danger = f"涉险诉求{_number(delayed.denominator)}件，因协商延误{_number(delayed.numerator)}件"
    lines.append(
        f"与其他中心共办的诉求闭环率{shown(report, city.of('loops_closed'))}，对方接收用时中位数{shown(report, city.of('take_p50'))}；{danger}"
        + ("。" if not delayed.numerator else "，须逐件查明原因。")
    )
    return lines


def shown(report: Report, figure: Figure) -> str:
    """A figure as people read it; `—` where nothing was counted."""
    measure = report.rules.measure(figure.measure)
    if figure.value is None:
        return "—"
    if measure.shape in {"rate", "reconciliations"}:
        return f"{figure.value:.1%}"
    if measure.unit == "seconds":
        return _seconds(figure.value)
    if measure.shape in {"score", "per_10k"}:
        return f"{figure.value:.1f}"
    return _number(figure.value)


def fraction(figure: Figure) -> str:
    """Numerator and denominator, as the figure was counted."""
    if figure.denominator is None or figure.numerator is None:
        return "" if figure.denominator is None else f"n={_number(figure.denominator)}"
    return f"{_number(figure.numerator)}/{_number(figure.denominator)}"


def change(report: Report, figure: Figure) -> str:
    """Against the period before: percentage points for rates, else per cent."""
    old = report.last.of(figure.measure).value if report.last else None
    if old is None or figure.value is None:
        return "—"
    if report.rules.measure(figure.measure).shape in {"rate", "reconciliations"}:
        return f"{100 * (figure.value - old):+.1f}个百分点"
    return f"{figure.value / old - 1:+.1%}" if old else "—"


def local(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%Y年%m月%d日 %H:%M}"


def _zh(report: Report, name: str) -> str:
    return report.rules.measure(name).zh


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:,.0f}"


def _seconds(value: float) -> str:
    if value < 120:
        return f"{value:.0f}秒"
    return f"{value / 60:.1f}分钟" if value < 7200 else f"{value / 3600:.1f}小时"


async def _current(
    assessor: Assessor, period: Period
) -> tuple[dict[Group, Figures], list[tuple[date, int]], list[asyncpg.Record], list[asyncpg.Record]]:
    """The period's own figures, counted once for all groups, its days, flags and exclusions."""
    by = await service.all_figures(assessor, period)
    async with assessor.pool.acquire() as connection:
        source = await source_of(connection, period, assessor.clock.now())
        days = await _days(connection, period, source)
        flags = await connection.fetch(SQL.flag_counts, period.starts_at, period.ends_at)
        excluded = await connection.fetch(SQL.excluded_counts, period.starts_at, period.ends_at)
    return by, days, flags, excluded


async def _days(connection: asyncpg.Connection, period: Period, source: Source) -> list[tuple[date, int]]:
    sql = SQL.frozen_days if source.frozen else SQL.days
    rows = await connection.fetch(sql, period.starts_at, period.ends_at, *source.more)
    return [(row["day"], row["count"]) for row in rows]


def _names() -> dict[str, str]:
    """Units, districts and classes by their codes; the two digits of a class are its first level."""
    names = {code: unit.short for code, unit in default_units().items()}
    names |= {row["code"]: row["name"] for row in rows_of("divisions.csv")}
    for name in ("police_classes.csv", "matter_classes.csv"):
        names |= {row["code"][:2]: row["name"] for row in rows_of(name) if not row["parent"]}
    return names | TYPES
