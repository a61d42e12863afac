"""An emergency as a CAP 1.2 alert, valid against the OASIS schema: each change of it is one message that refers to the first."""

from liandong.cap.writing import document, element, moment, pair
from liandong.emergencies.model import Emergency
from liandong.emergencies.policy import EmergencyPolicy
from liandong.orders.model import Exercise

STATUS = {Exercise.ACTUAL: "Actual", Exercise.EXERCISE: "Exercise", Exercise.TEST: "Test"}
CATEGORY = {"natural": "Met", "accident": "Safety", "health": "Health", "security": "Security"}
SEVERITY = {1: "Extreme", 2: "Severe", 3: "Moderate", 4: "Minor"}
RADIUS = 1.0  # km around the place that is known
ZONE_MINUTES = 480


def alert_of(state: Emergency, policy: EmergencyPolicy, name: str) -> str:
    """Alert, then Update, at its end Cancel."""
    assert state.declared_at is not None
    sender = f"{state.centre}@liandong.{state.place.division_code or '000000'}"
    changed = max([grade.at for grade in state.grades] + [state.ended_at or state.declared_at])
    kind = "Cancel" if state.status == "ended" else ("Update" if len(state.grades) > 1 else "Alert")
    parts = [
        element("identifier", f"{state.id}.{len(state.grades) + (state.status == 'ended')}"),
        element("sender", sender),
        element("sent", moment(changed, ZONE_MINUTES)),
        element("status", STATUS[state.exercise]),
        element("msgType", kind),
        element("scope", "Restricted"),
        element("restriction", "联动单位 / partners of the centre"),
    ]
    if kind != "Alert":
        parts.append(element("references", f"{sender},{state.id}.1,{moment(state.declared_at, ZONE_MINUTES)}"))
    parts.append(element("incidents", str(state.id)))
    parts.append(_info(state, policy, name))
    return document(parts)


def _info(state: Emergency, policy: EmergencyPolicy, name: str) -> str:
    subtype, level = policy.subtype(state.subtype), policy.level(state.level or 4)
    answer = state.answer
    parts = [
        element("language", "zh-CN"),
        element("category", CATEGORY.get(state.kind, "Other")),
        element("event", subtype.zh if subtype else state.subtype),
        element("responseType", "AllClear" if state.status == "ended" else "Execute"),
        element("urgency", "Past" if state.status == "ended" else "Immediate"),
        element("severity", SEVERITY[level.level]),
        element("certainty", "Observed"),
        element("senderName", name),
        element("headline", f"{level.roman}级（{level.colour}）{state.title}"[:160]),
        element("description", state.text or state.title),
    ]
    parts += [element("instruction", answer.text)] if answer else []
    counts = {name: getattr(state.facts, name) for name in state.facts.__struct_fields__}
    parts += [pair("parameter", key, str(value)) for key, value in counts.items() if value]
    area = [element("areaDesc", state.place.text or "地点待核实 / place unknown")]
    if state.place.point is not None:
        area.append(element("circle", f"{state.place.point.lat},{state.place.point.lon} {RADIUS}"))
    if state.place.division_code:
        area.append(pair("geocode", "GB/T 2260", state.place.division_code))
    return f"<info>{''.join(parts)}<area>{''.join(area)}</area></info>"
