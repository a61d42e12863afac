"""`liandong route`: JSON lines in, JSON lines out, one verdict or one error a line."""

from collections.abc import Iterable, Iterator

import msgspec

from liandong.routing.policy import Policy, default_policy
from liandong.routing.reader import Reader, default_reader
from liandong.routing.rules import decide_ownership


def route_lines(lines: Iterable[bytes | str]) -> Iterator[bytes]:
    """One answer for each line that is not blank, in order, without a line end.

    In `{"id","centre","text"}`, out `{"id","decision","target","urgent","items","spans","reason"}`.
    A line that can't be read gives `{"id": … | null, "error": {"code","text"}}`, and the next line is read.
    """
    reader, policy = default_reader(), default_policy()
    for line in lines:
        if not line.strip():
            continue
        answer = _answer(line, reader, policy)
        yield msgspec.json.encode(answer)


def _answer(line: bytes | str, reader: Reader, policy: Policy) -> dict[str, object]:
    try:
        message = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, UnicodeEncodeError) as error:
        return _error(None, "not_json", f"不是合法的 JSON：{error}")
    if not isinstance(message, dict):
        return _error(None, "not_an_object", "每行应是一个 JSON 对象")
    number = message.get("id")
    for name in ("id", "centre", "text"):
        if name not in message:
            return _error(number, "missing_field", f"缺少字段 {name}")
    centre, text = message["centre"], message["text"]
    if not isinstance(text, str):
        return _error(number, "bad_field", "text 应是字符串")
    if not isinstance(centre, str) or centre not in policy.parties:
        return _error(number, "unknown_centre", f"未登记的平台 {centre!r}")
    verdict = decide_ownership(reader.read(text, centre), policy)
    return {
        "id": number,
        "decision": verdict.decision,
        "target": verdict.target,
        "urgent": verdict.urgent,
        "items": verdict.items,
        "spans": verdict.spans,
        "reason": verdict.reason,
    }


def _error(number: object, code: str, text: str) -> dict[str, object]:
    return {"id": number, "error": {"code": code, "text": text}}
