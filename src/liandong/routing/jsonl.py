"""JSON lines in, JSON lines out, one verdict or one error a line: `liandong route`, and the reading of lines for whoever else takes them."""

from collections.abc import Callable, Iterable, Iterator

import msgspec
from msgspec import Struct

from liandong.routing.policy import default_policy
from liandong.routing.reader import default_reader
from liandong.routing.rules import decide_ownership

IN_ENGLISH = {
    "not_json": "not JSON",
    "not_an_object": "each line is a JSON object",
    "missing_field": "field missing",
    "bad_field": "text must be a string",
    "unknown_centre": "unknown centre",
}


class Message(Struct, frozen=True):
    number: object
    centre: str
    text: str


class BadLine(ValueError):
    """`number`: the line's id, None where it has none that could be read."""

    def __init__(self, number: object, code: str, text: str) -> None:
        super().__init__(text)
        self.number, self.code, self.text = number, code, text


def answer_lines(
    lines: Iterable[bytes | str],
    answer: Callable[[Message], dict[str, object]],
    words: Callable[[BadLine], str] = lambda bad: bad.text,
) -> Iterator[bytes]:
    """One answer for each line that is not blank, in order, without a line end.

    In `{"id","centre","text"}`. A line that can't be read gives `{"id": … | null, "error": {"code","text"}}`, and the next line is read.
    """
    for line in lines:
        if not line.strip():
            continue
        try:
            said = answer(message_of(line))
        except BadLine as bad:
            said = {"id": bad.number, "error": {"code": bad.code, "text": words(bad)}}
        yield msgspec.json.encode(said)


def route_lines(lines: Iterable[bytes | str]) -> Iterator[bytes]:
    """Out `{"id","decision","target","urgent","items","spans","reason"}`; else as `answer_lines`."""
    reader, policy = default_reader(), default_policy()

    def answer(message: Message) -> dict[str, object]:
        verdict = decide_ownership(reader.read(message.text, message.centre), policy)
        return {
            "id": message.number,
            "decision": verdict.decision,
            "target": verdict.target,
            "urgent": verdict.urgent,
            "items": verdict.items,
            "spans": verdict.spans,
            "reason": verdict.reason,
        }

    return answer_lines(lines, answer)


def message_of(line: bytes | str) -> Message:
    """Raises BadLine."""
    try:
        message = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, UnicodeEncodeError) as error:
        raise BadLine(None, "not_json", f"不是合法的 JSON：{error}") from error
    if not isinstance(message, dict):
        raise BadLine(None, "not_an_object", "每行应是一个 JSON 对象")
    number = message.get("id")
    for name in ("id", "centre", "text"):
        if name not in message:
            raise BadLine(number, "missing_field", f"缺少字段 {name}")
    centre, text = message["centre"], message["text"]
    if not isinstance(text, str):
        raise BadLine(number, "bad_field", "text 应是字符串")
    if not isinstance(centre, str) or centre not in default_policy().parties:
        raise BadLine(number, "unknown_centre", f"未登记的平台 {centre!r}")
    return Message(number, centre, text)
