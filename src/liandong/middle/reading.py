"""A row becomes what the commands take. Raises AppError field_invalid in the words of the columns."""

from typing import Any

import msgspec

from liandong.core.errors import AppError
from liandong.middle.codes import Codes
from liandong.middle.model import HandedIn, Reply, message_steps, plain
from liandong.orders.actions import Action, Intake, person_actions
from liandong.orders.model import Snapshot

CODED = {"thyy", "zjzx", "cbdw", "lbdm"}
_LISTS = {"zjzx": "lylx"}  # columns whose code list has another name


def intake_of(row: HandedIn, codes: Codes) -> Intake:
    caller = {
        "name": row.bjrmc,
        "sex": codes.into_ours("bjrxbdm", row.bjrxbdm),
        "phone": row.bjdh,
        "contact_phone": row.lxdh,
        "subscriber_name": row.bjdhyhm,
        "subscriber_address": row.bjdhyhdz,
        "address": row.bjdz,
    }
    incident = {
        "address": row.jqdz,
        "wgs84": _point(row.jd84, row.wd84),
        "gcj02": _point(row.jdgcj, row.wdgcj),
        "trapped": row.bkryqksm,
        "injured": row.ssryqksm,
        "dead": row.swryqksm,
    }
    call = {"reached_at": row.bjsj, "answered_at": row.jjsj, "ended_at": row.jjwcsj, "recording_no": row.jjlyh}
    body = {
        "content": row.bjnr,
        "title": row.bjbt,
        "channel": codes.into_ours("jqlyfs", row.jqlyfs),
        "type": codes.into_ours("sqlx", row.sqlx),
        "class_intake": codes.into_ours("lbdm", row.lbdm),
        "level": row.jqdjdm,
        "confidential": row.sfbm,
        "exercise": codes.into_ours("ylbz", row.ylbz),
        "division_code": codes.into_ours("xzqhdm", row.xzqhdm),
        "caller": _given(caller),
        "incident": _given(incident),
        "call": _given(call),
    }
    return _converted(_given(body), Intake)


def actions_of(reply: Reply, codes: Codes, snapshot: Snapshot) -> list[Action]:
    """In the order in which they are carried out. Their version is none that anybody saw: they go to the order as it is."""
    kind = codes.into_ours("xxlx", reply.xxlx)
    steps = message_steps().get(kind or "", {})
    asked = "asked" if snapshot.open_transfer("in") is not None else ""
    chosen = steps.get(asked) or steps.get(snapshot.order.kind.value) or steps.get("any")
    if chosen is None:
        raise AppError("field_invalid", f"消息类型 {reply.xxlx} 不用于这种工单（kind of message not for this order）")
    known = person_actions()
    found: list[Action] = []
    for step in chosen:
        if step.with_ is not None and getattr(reply, step.with_) is None:
            continue
        fields = {name: _column(reply, column, codes) for name, column in step.fields.items()}
        body = {"version": 1, "action": step.action} | _given(fields)
        found.append(_converted(body, known[step.action]))
    return found


def _column(reply: Reply, column: str, codes: Codes) -> Any:
    value = getattr(reply, column)
    if column == "myd":
        return int(codes.into_ours("myd", value) or 0) or None
    return codes.into_ours(_LISTS.get(column, column), value) if column in CODED else value


def _point(lon: float | None, lat: float | None) -> dict[str, float] | None:
    if lon is None and lat is None:
        return None
    if lon is None or lat is None:
        raise AppError("field_invalid", "经度和纬度须同时填写（longitude and latitude go together）")
    return {"lon": lon, "lat": lat}


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _converted(body: dict[str, Any], kind: Any) -> Any:
    try:
        return msgspec.convert(plain(body), kind, strict=False)
    except msgspec.ValidationError as error:
        raise AppError("field_invalid", f"内容不符合要求：{error}") from error
