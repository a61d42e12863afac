"""What a line of an export holds. Who called is not in it, and words lose what the caller is known by."""

from collections.abc import Callable
from typing import Any

import msgspec

from liandong.orders.hiding import Hidden
from liandong.orders.model import Caller, Incident, known_by

_caller = msgspec.json.Decoder(Caller)
_incident = msgspec.json.Decoder(Incident)
_WORDS = ("title", "content", "answer", "result")
# Names and types of the columns, in order, as a reader of Parquet gets them.
ORDER_COLUMNS = {
    **dict.fromkeys(
        (
            *("id", "matter_id", "number", "kind", "status", "first_receiver", "origin", "exercise", "channel", "type"),
            *("class_intake", "class_confirmed"),
        ),
        "VARCHAR",
    ),
    "level": "INTEGER",
    **dict.fromkeys(("urgent", "danger", "confidential"), "BOOLEAN"),
    **dict.fromkeys(("division_code", "unit", "title", "content", "address"), "VARCHAR"),
    **dict.fromkeys(("lon", "lat"), "DOUBLE"),
    **dict.fromkeys(("trapped", "injured", "dead"), "INTEGER"),
    **dict.fromkeys(("answer", "result"), "VARCHAR"),
    "satisfaction": "INTEGER",
    "solved": "BOOLEAN",
    **dict.fromkeys(("call_backs", "round", "bounces", "repeats"), "INTEGER"),
    **dict.fromkeys(
        (
            *("created_at", "accepted_at", "dispatched_at", "signed_at", "arrived_at", "answered_at", "closed_at"),
            *("called_back_at", "evaluated_at", "updated_at"),
        ),
        "TIMESTAMPTZ",
    ),
}
EVENT_COLUMNS = {
    "order_id": "VARCHAR",
    "seq": "INTEGER",
    "kind": "VARCHAR",
    "status": "VARCHAR",
    "at": "TIMESTAMPTZ",
    "role": "VARCHAR",
    "cursor": "VARCHAR",
    "hash": "VARCHAR",
}


def order_row(record: Any) -> dict[str, Any]:
    row = dict(record)
    caller, incident = _caller.decode(row.pop("caller")), _incident.decode(row.pop("incident"))
    hidden = Hidden(tuple(sorted((w for w in known_by(caller) if len(w) > 1), key=len, reverse=True)))
    for name in _WORDS:
        row[name] = hidden.text(row[name]) if row[name] else row[name]
    point = incident.wgs84
    row |= {"address": incident.address, "lon": point.lon if point else None, "lat": point.lat if point else None}
    row |= {"trapped": incident.trapped, "injured": incident.injured, "dead": incident.dead}
    return {name: row[name] for name in ORDER_COLUMNS}


def event_row(record: Any) -> dict[str, Any]:
    return {name: record[name] for name in EVENT_COLUMNS}


KINDS: dict[str, tuple[dict[str, str], Callable[[Any], dict[str, Any]]]] = {
    "orders": (ORDER_COLUMNS, order_row),
    "events": (EVENT_COLUMNS, event_row),
}
