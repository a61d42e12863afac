"""The same answer as JSON or as XML: lists get the names of their elements from the standard."""

from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

import msgspec

ITEMS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "service_request_updates": "request_update",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
_FORBIDDEN = {code: None for code in range(32) if code not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}


def as_json(value: Any) -> bytes:
    return msgspec.json.encode(value)


def as_xml(root: str, value: Any) -> bytes:
    return ('<?xml version="1.0" encoding="utf-8"?>' + _element(root, _plain(value))).encode()


def _plain(value: Any) -> Any:
    return msgspec.to_builtins(value, builtin_types=(datetime,))


def _element(name: str, value: Any) -> str:
    if value is None:
        return f"<{name}/>"
    if isinstance(value, list):
        inner = "".join(_element(ITEMS.get(name, "item"), one) for one in value)
    elif isinstance(value, dict):
        inner = "".join(_element(key, one) for key, one in value.items())
    elif isinstance(value, bool):
        inner = "true" if value else "false"
    else:
        text = value.isoformat() if isinstance(value, datetime) else str(value)
        inner = escape(text.translate(_FORBIDDEN))
    return f"<{name}>{inner}</{name}>"
