"""`liandong read`: a message on a line in, its reading on a line out. The format is stable: fields are added, never changed."""

from collections.abc import Iterable, Iterator

from liandong.reading.reader import FullReader, Reading
from liandong.routing.jsonl import IN_ENGLISH, answer_lines


def read_lines(lines: Iterable[bytes | str], reader: FullReader) -> Iterator[bytes]:
    """Lines and errors as in `routing.jsonl.answer_lines`, in both languages."""
    return answer_lines(
        lines,
        lambda message: answer(message.number, reader.read(message.text, message.centre)),
        words=lambda bad: f"{bad.text}（{IN_ENGLISH[bad.code]}）",
    )


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
            "sure": reading.sure,
        },
        "elements": reading.elements,
        "places": reading.places,
        "place_code": reading.place_code,
        "spans": reading.spans,
        "model": reading.model,
        "truncated": reading.truncated,
    }
