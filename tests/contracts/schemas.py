"""A reader of just the JSON Schema that the message schemas use; any other keyword is an error, so nothing passes unchecked."""

import re
from typing import Any

TYPES = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
    "object": dict,
    "array": list,
}
WORDS = {"title", "description", "default", "$schema", "$defs"}
FORMATS = {
    "date": r"\d{4}-\d\d-\d\d",
    "uuid": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "date-time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any] | None = None, at: str = "$") -> list[str]:
    """What does not fit, by place; empty when it fits."""
    root = root or schema
    if "$ref" in schema:
        return faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, at)
    found: list[str] = []
    for keyword, wanted in schema.items():
        found += _one(keyword, wanted, value, schema, root, at)
    return found


def _one(keyword: str, wanted: Any, value: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    match keyword:
        case _ if keyword in WORDS or keyword == "additionalProperties":
            return []
        case "type":
            kinds = wanted if isinstance(wanted, list) else [wanted]
            fits = any(isinstance(value, TYPES[k]) and not (isinstance(value, bool) and k != "boolean") for k in kinds)
            return [] if fits else [f"{at}: not {wanted}"]
        case "enum":
            return [] if value in wanted else [f"{at}: none of {wanted}"]
        case "const":
            return [] if value == wanted else [f"{at}: not {wanted}"]
        case "anyOf":
            return [] if any(not faults(value, one, root, at) for one in wanted) else [f"{at}: fits no variant"]
        case "required":
            return [f"{at}.{name}: missing" for name in wanted if isinstance(value, dict) and name not in value]
        case "properties":
            if not isinstance(value, dict):
                return []
            strict = schema.get("additionalProperties") is False
            extra = [f"{at}.{name}: not known" for name in value if strict and name not in wanted]
            return extra + [
                f
                for name, part in wanted.items()
                if name in value
                for f in faults(value[name], part, root, f"{at}.{name}")
            ]
        case "items":
            parts = enumerate(value) if isinstance(value, list) else ()
            return [f for n, part in parts for f in faults(part, wanted, root, f"{at}[{n}]")]
        case "pattern":
            return [] if not isinstance(value, str) or re.search(wanted, value) else [f"{at}: not like {wanted}"]
        case "format":
            return [] if not isinstance(value, str) or re.fullmatch(FORMATS[wanted], value) else [f"{at}: no {wanted}"]
        case "minLength" | "maxLength" | "minItems" | "maxItems":
            size = len(value) if isinstance(value, str | list) else 0
            fits = size >= wanted if keyword.startswith("min") else size <= wanted
            return [] if fits else [f"{at}: {keyword} {wanted}"]
        case "minimum" | "maximum":
            number = value if isinstance(value, int | float) else wanted
            fits = number >= wanted if keyword == "minimum" else number <= wanted
            return [] if fits else [f"{at}: {keyword} {wanted}"]
    raise AssertionError(f"{at}: this reader does not know the keyword {keyword}")
