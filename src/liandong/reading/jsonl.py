"""`liandong read`: a message on a line in, its reading on a line out. The format is stable: fields are added, never changed."""

from collections.abc import Iterable, Iterator

import msgspec

from liandong.reading.reader import FullReader, Reading
from liandong.routing.policy import default_policy


def read_lines(lines: Iterable[bytes | str], reader: FullReader) -> Iterator[bytes]:
    """One answer for each line that is not blank, in order, without a line end; a bad line is answered with its error."""
    for line in lines:
        if line.strip():
            yield msgspec.json.encode(_answer(line, reader))


def _answer(line: bytes | str, reader: FullReader) -> dict[str, object]:
    try:
        message = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, UnicodeEncodeError) as error:
        return _error(None, "not_json", f"不是合法的 JSON：{error}（not JSON）")
    if not isinstance(message, dict):
        return _error(None, "not_an_object", "每行应是一个 JSON 对象（each line is a JSON object）")
    number = message.get("id")
    for name in ("id", "centre", "text"):
        if name not in message:
            return _error(number, "missing_field", f"缺少字段 {name}（field missing）")
    centre, text = message["centre"], message["text"]
    if not isinstance(text, str):
        return _error(number, "bad_field", "text 应是字符串（text must be a string）")
    if not isinstance(centre, str) or centre not in default_policy().parties:
        return _error(number, "unknown_centre", f"未登记的平台 {centre!r}（unknown centre）")
    return answer(number, reader.read(text, centre))


def answer(number: object, reading: Reading) -> dict[str, object]:
    verdict = reading.verdict
    return {
        "id": number,
        "class": reading.class_,
        "classes": reading.classes,
        "type": reading.type,
        "urgency": reading.urgency,
        "danger": reading.danger,
        "ownership": {
            "decision": verdict.decision,
            "target": verdict.target,
            "urgent": verdict.urgent,
            "items": verdict.items,
            "reason": verdict.reason,
        },
        "elements": reading.elements,
        "places": reading.places,
        "place_code": reading.place_code,
        "spans": reading.spans,
        "model": reading.model,
        "truncated": reading.truncated,
    }


def _error(number: object, code: str, text: str) -> dict[str, object]:
    return {"id": number, "error": {"code": code, "text": text}}
