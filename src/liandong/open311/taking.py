"""A GeoReport form becomes an intake. What is wrong is named by the field's own name."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from liandong.core.errors import AppError
from liandong.open311.model import AttributeRule, Open311Policy, Service
from liandong.orders.actions import Intake

LONGEST = 4000  # characters of a description, by the standard


def intake_of(form: Mapping[str, Any], service: Service, policy: Open311Policy) -> Intake:
    """Raises AppError field_invalid. E-mail, device and account are taken and not kept: nobody here answers by them."""
    given = {name: str(value).strip() for name, value in form.items() if isinstance(value, str) and value.strip()}
    description = given.get("description", "")
    if len(description) > LONGEST:
        raise AppError("field_invalid", f"description 不得超过 {LONGEST} 个字符")
    incident = _place(given)
    lines, fields = _attributes(form, service, policy, incident)
    if given.get("media_url"):
        lines.append(f"图片：{given['media_url'][:300]}")
    caller = {
        "name": f"{given.get('last_name', '')}{given.get('first_name', '')}",
        "phone": given.get("phone", ""),
    }
    body = {
        "content": "\n".join([description or service.service_name, *lines]),
        "title": service.service_name,
        "channel": "web",
        "class_intake": service.service_code,
        "caller": {name: value for name, value in caller.items() if value},
        "incident": incident,
    } | fields
    try:
        return msgspec.convert(body, Intake, strict=False)
    except msgspec.ValidationError as error:
        raise AppError("field_invalid", f"内容不符合要求：{error}") from error


def _place(given: dict[str, str]) -> dict[str, Any]:
    """One of the three ways to say where; WGS-84 as the standard says."""
    place: dict[str, Any] = {"address": given.get("address_string") or given.get("address_id") or ""}
    if "lat" in given or "long" in given:
        try:
            place["wgs84"] = {"lon": float(given.get("long", "")), "lat": float(given.get("lat", ""))}
        except ValueError as error:
            raise AppError("field_invalid", "lat 与 long 须同时给出，以度为单位（degrees）") from error
    if not place["address"] and "wgs84" not in place:
        raise AppError(
            "field_invalid", "请给出 lat 与 long，或 address_string，或 address_id（a location is required）"
        )
    return place


def _attributes(
    form: Mapping[str, Any], service: Service, policy: Open311Policy, incident: dict[str, Any]
) -> tuple[list[str], dict[str, Any]]:
    lines: list[str] = []
    fields: dict[str, Any] = {}
    for rule in policy.attributes:
        if not rule.asked_for(service.service_code):
            continue
        values = _values(form, rule.code)
        if not values and rule.required:
            raise AppError("field_invalid", f"缺少 attribute[{rule.code}]：{rule.description}")
        for value in values:
            _check(rule, value)
        if not values:
            continue
        if rule.field == "occurred_at":
            incident["occurred_at"] = values[0]
        elif rule.field == "confidential":
            fields["confidential"] = values[0] == "yes"
        elif rule.field:
            fields[rule.field] = values[0]
        else:
            lines.append(f"{rule.description}：{'、'.join(values)}")
    return lines, fields


def _values(form: Mapping[str, Any], code: str) -> list[str]:
    found: list[str] = []
    for name in (f"attribute[{code}]", f"attribute[{code}][]"):
        value = form.get(name)
        found += [str(one) for one in (value if isinstance(value, list) else [value]) if one not in (None, "")]
    return found


def _check(rule: AttributeRule, value: str) -> None:
    known = {one.key for one in rule.values}
    if rule.datatype in {"singlevaluelist", "multivaluelist"} and value not in known:
        raise AppError("field_invalid", f"attribute[{rule.code}] 应为：{'、'.join(sorted(known))}")
    try:
        if rule.datatype == "number":
            float(value)
        if rule.datatype == "datetime" and datetime.fromisoformat(value).tzinfo is None:
            raise ValueError
    except ValueError as error:
        raise AppError(
            "field_invalid", f"attribute[{rule.code}] 应为 {rule.datatype}（含时区 with its zone）"
        ) from error
