"""An order in danger as a CAP 1.2 alert, valid against the OASIS schema. Each version of the order is one message with an id of its own."""

from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from xml.sax.saxutils import escape

import msgspec

from liandong.core.errors import AppError
from liandong.open311.services import class_names
from liandong.orders.hiding import Hidden, secrets_of
from liandong.orders.model import Order, Snapshot

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
STATUS = {"actual": "Actual", "exercise": "Exercise", "test": "Test"}
SEVERITY = {1: "Extreme", 2: "Severe", 3: "Moderate", 4: "Minor", 5: "Minor"}
RADIUS = 0.5  # km around the place that is known
_FORBIDDEN = {code: None for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


@cache
def categories() -> dict[str, str]:
    """CAP's category by the first two digits of a police class."""
    return msgspec.json.decode(files("liandong.cap").joinpath("data/categories.json").read_bytes())


def alert_of(snapshot: Snapshot, centre: str, name: str, zone_minutes: int = 480) -> str:
    """Raises AppError not_found for an order without danger. What the caller is known by is not in it."""
    order = snapshot.order
    if not order.danger:
        raise AppError("not_found", "这个工单不是险情，没有警报（not in danger: there is no alert）")
    sender = f"{centre}@liandong.{order.division_code or '000000'}"
    first = order.version == 1
    parts = [
        element("identifier", f"{order.matter_id}.{order.version}"),
        element("sender", sender),
        element("sent", moment(order.updated_at, zone_minutes)),
        element("status", STATUS[order.exercise.value]),
        element("msgType", "Alert" if first else "Update"),
        element("scope", "Restricted"),
        element("restriction", "联动单位 / partners of the centre"),
    ]
    if not first:
        parts.append(element("references", f"{sender},{order.matter_id}.1,{moment(order.created_at, zone_minutes)}"))
    parts.append(element("incidents", str(order.matter_id)))
    parts.append(_info(order, Hidden(secrets_of(snapshot)), name, zone_minutes))
    return document(parts)


def _info(order: Order, hidden: Hidden, name: str, zone_minutes: int) -> str:
    code = order.class_confirmed or order.class_intake or ""
    known = categories()
    parts = [
        element("language", "zh-CN"),
        element("category", known.get(code[:2], known[""]) if len(code) == 8 else known[""]),
        element("event", class_names().get(code, "险情")),
        element("responseType", "AllClear" if order.is_resolved else "Assess"),
        element("urgency", "Past" if order.is_resolved else "Immediate"),
        element("severity", SEVERITY.get(order.level or 0, "Unknown")),
        element("certainty", "Observed" if order.arrived_at else "Likely"),
        element("onset", moment(order.incident.occurred_at or order.created_at, zone_minutes)),
        element("senderName", name),
        element("headline", hidden.text(order.title or order.content)[:160]),
        element("description", hidden.text(order.content)),
    ]
    counts = {"trapped": order.incident.trapped, "injured": order.incident.injured, "dead": order.incident.dead}
    parts += [pair("parameter", key, str(value)) for key, value in counts.items() if value]
    return f"<info>{''.join(parts)}{_area(order)}</info>"


def _area(order: Order) -> str:
    parts = [element("areaDesc", order.incident.address or order.division_code or "地点待核实 / place unknown")]
    if order.incident.wgs84 is not None:
        parts.append(element("circle", f"{order.incident.wgs84.lat},{order.incident.wgs84.lon} {RADIUS}"))
    if order.division_code:
        parts.append(pair("geocode", "GB/T 2260", order.division_code))
    return f"<area>{''.join(parts)}</area>"


def document(parts: list[str]) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><alert xmlns="{NAMESPACE}">{"".join(parts)}</alert>'


def pair(name: str, key: str, value: str) -> str:
    return f"<{name}>{element('valueName', key)}{element('value', value)}</{name}>"


def element(name: str, text: str) -> str:
    return f"<{name}>{escape(text.translate(_FORBIDDEN))}</{name}>"


def moment(at: datetime, zone_minutes: int) -> str:
    """CAP wants whole seconds and a numeric zone, never Z."""
    local = at + timedelta(minutes=zone_minutes)
    sign = "-" if zone_minutes < 0 else "+"
    hours, minutes = divmod(abs(zone_minutes), 60)
    return f"{local:%Y-%m-%dT%H:%M:%S}{sign}{hours:02}:{minutes:02}"
