"""Commands of the catalogue; plain functions that the root command line registers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from liandong.catalogue.arrangement import ArrangementError
from liandong.catalogue.calendar import Notice, state_council_calendar
from liandong.core import worktime
from liandong.core.worktime import Limit, LimitKind, OfficeHours, WorkTimeError

_HOURS = "08:30-12:00,14:00-18:00"


def deadline(
    start: Annotated[
        str, typer.Option(help="起算时刻，ISO 8601；无时区按北京时间 / ISO 8601; without a zone, Asia/Shanghai")
    ],
    working_days: Annotated[int | None, typer.Option(help="工作日数 / working days")] = None,
    working_minutes: Annotated[int | None, typer.Option(help="工作时间分钟数 / minutes of office hours")] = None,
    minutes: Annotated[int | None, typer.Option(help="自然分钟数 / wall-clock minutes")] = None,
    arrangement: Annotated[
        Path | None, typer.Option(help="节假日安排 CSV 或 JSON：date,kind,name / arrangement of holidays")
    ] = None,
    hours: Annotated[str, typer.Option(help="办公时间 / office hours")] = _HOURS,
) -> None:
    """计算期限 / Print when a limit that starts at a moment is used up, in ISO 8601 with zone."""
    given = {
        LimitKind.WORKING_DAYS: working_days,
        LimitKind.WORKING_MINUTES: working_minutes,
        LimitKind.MINUTES: minutes,
    }
    limit = _only_limit({kind: amount for kind, amount in given.items() if amount is not None})
    office = _office_hours(hours)
    try:
        calendar = state_council_calendar(arrangement, announce=_warn)
        due = worktime.deadline(_moment(start, office), limit, calendar=calendar, hours=office)
    except ArrangementError as error:
        _refuse("节假日安排有误", str(error))
    except WorkTimeError as error:
        _refuse("无法计算期限", str(error))
    typer.echo(_iso(due))


def _only_limit(given: dict[LimitKind, int]) -> Limit:
    if len(given) != 1:
        _refuse(
            "--working-days、--working-minutes、--minutes 必须且只能给出一个",
            "give exactly one of --working-days, --working-minutes, --minutes",
        )
    [(kind, amount)] = given.items()
    try:
        return Limit(kind, amount)
    except WorkTimeError as error:
        _refuse(f"--{kind.replace('_', '-')} 的值不可用", str(error))


def _office_hours(text: str) -> OfficeHours:
    try:
        return OfficeHours.parse(text)
    except WorkTimeError as error:
        _refuse(f"--hours 应如 {_HOURS}", str(error))


def _moment(text: str, hours: OfficeHours) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=hours.tz)
        moment.astimezone(UTC)  # a moment at the very edge of the calendar has no UTC form
    except (ValueError, OverflowError):
        _refuse(
            f"--start 不是 ISO 8601 时刻：{text!r}，应如 2024-02-07T10:00+08:00",
            "--start is not a moment in ISO 8601 such as 2024-02-07T10:00+08:00",
        )
    return moment


def _iso(moment: datetime) -> str:
    if moment.microsecond % 1000:
        return moment.isoformat()
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")


def _warn(notice: Notice) -> None:
    typer.secho(f"{notice.zh}\n{notice.en}", err=True, fg="yellow", bold=True)


def _refuse(zh: str, en: str) -> NoReturn:
    typer.secho(f"错误：{zh}\nerror: {en}", err=True, fg="red")
    raise typer.Exit(2)
