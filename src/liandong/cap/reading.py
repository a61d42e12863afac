"""Somebody's CAP 1.2 alert becomes an intake. What the standard requires is looked at before anything is taken."""

import xml.etree.ElementTree as ElementTree
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from liandong.cap.writing import NAMESPACE
from liandong.core.errors import AppError
from liandong.orders.actions import Intake

EXERCISE = {"Actual": "actual", "Exercise": "exercise", "Test": "test"}
GRAVE = {"Extreme", "Severe"}
NOW = {"Immediate", "Expected"}
_TAG = f"{{{NAMESPACE}}}"


class Alert(Struct, frozen=True):
    """`id`: sender, identifier and sent together, as CAP names a message. `references`: the ids of the messages it is about.
    `grave`: extreme or severe, and now: it may be an emergency."""

    id: str
    kind: str
    references: list[str]
    words: str
    intake: Intake
    grave: bool = False


def read_alert(body: bytes) -> Alert:
    """Raises AppError field_invalid with what is missing or wrong."""
    if b"<!" in body.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise AppError("field_invalid", "不接受 DOCTYPE 或 ENTITY 声明（declarations are refused）")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314
    except (ElementTree.ParseError, ValueError) as error:
        raise AppError("field_invalid", f"不是有效的 XML：{error}") from error
    if root.tag != f"{_TAG}alert":
        raise AppError("field_invalid", f"根元素应为 {NAMESPACE} 的 alert（not a CAP 1.2 alert）")
    given = {name: _text(root, name) for name in ("identifier", "sender", "sent", "status", "msgType", "scope")}
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise AppError("field_invalid", f"缺少：{'、'.join(missing)}（missing）")
    if given["status"] not in EXERCISE:
        raise AppError("field_invalid", f"status 为 {given['status']} 的警报不收（Actual, Exercise, Test）")
    if given["msgType"] not in {"Alert", "Update", "Cancel"}:
        raise AppError("field_invalid", f"msgType 为 {given['msgType']} 的消息不收（Alert, Update, Cancel）")
    info = _best_info(root)
    if info is None and given["msgType"] == "Alert":
        raise AppError("field_invalid", "缺少 info（missing）")
    words = _words(info) if info is not None else _text(root, "note")
    return Alert(
        id=f"{given['sender']},{given['identifier']},{given['sent']}",
        kind=given["msgType"],
        references=_text(root, "references").split(),
        words=words or given["msgType"],
        intake=_intake(given, info, words),
        grave=_is_grave(info),
    )


def _intake(given: dict[str, str], info: Any, words: str) -> Intake:
    try:
        sent = datetime.fromisoformat(given["sent"])
        if sent.tzinfo is None:
            raise ValueError("no zone")
    except ValueError as error:
        raise AppError("field_invalid", "sent 应为带时区的时间（a time with its zone）") from error
    area = info.find(f"{_TAG}area") if info is not None else None
    incident: dict[str, Any] = {"occurred_at": sent}
    if area is not None:
        incident["address"] = _text(area, "areaDesc")[:300]
        incident |= _circle(_text(area, "circle"))
    grave = _is_grave(info)
    body = {
        "content": f"[CAP {given['sender']}] {words or given['msgType']}"[:10_000],
        "title": (_text(info, "headline") or _text(info, "event"))[:300] if info is not None else "",
        "channel": "import",
        "exercise": EXERCISE[given["status"]],
        "incident": incident,
        "tags": ["CAP"],
    }
    if grave:
        body["facts"] = {"danger": True}  # an alert may raise danger; what is less grave is read like any words
    try:
        return msgspec.convert(body, Intake)
    except msgspec.ValidationError as error:
        raise AppError("field_invalid", f"内容不符合要求：{error}") from error


def _is_grave(info: Any) -> bool:
    return info is not None and _text(info, "severity") in GRAVE and _text(info, "urgency") in NOW


def _best_info(root: Any) -> Any:
    """The Chinese one where there are several."""
    found = root.findall(f"{_TAG}info")
    chinese = [one for one in found if _text(one, "language").lower().startswith("zh")]
    return next(iter(chinese or found), None)


def _words(info: Any) -> str:
    names = ("event", "headline", "description", "instruction")
    return "\n".join(dict.fromkeys(text for name in names if (text := _text(info, name))))


def _circle(text: str) -> dict[str, Any]:
    """`lat,lon radius`."""
    try:
        lat, lon = (float(one) for one in text.split()[0].split(","))
    except (ValueError, IndexError):
        return {}
    return {"wgs84": {"lon": lon, "lat": lat}}


def _text(element: Any, name: str) -> str:
    return (element.findtext(f"{_TAG}{name}") or "").strip()
