"""What the desks and units of the measured city say: rendered requests with texts from the product's own sample."""

import json
from collections.abc import Iterator
from functools import cache
from itertools import count, pairwise
from typing import Any
from uuid import uuid4

import msgspec

from bench import wire
from liandong.demo.messages import sample_day
from liandong.routing.reader import default_reader
from liandong.routing.rules import decide_ownership

LENGTH = 100  # characters a caller's words have, about
ANSWER = "您好，您反映的问题已现场核实并整改完毕，如再次发生请随时来电，我们会安排专人跟进，感谢您的监督。"
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("dispatch", {}),
    ("sign_for", {}),
    ("start_handling", {}),
    ("record_step", {"what": "到场核实并整改"}),
    ("record_contact", {"reached": True}),
    ("answer", {"answer": ANSWER}),
    ("close", {}),
)
"""The actions that close the loop of a work order that asks for help, each on the version that the one before left."""


@cache
def intakes(centre: str) -> list[bytes]:
    """Bodies for POST /orders: matters that this centre keeps, two of the sample's texts joined to about LENGTH characters."""
    kept = [m.body for m in sample_day() if m.centre == centre and _keeps(centre, m.body["content"])]
    joined = []
    for first, second in pairwise(kept):
        content = f"{first['content']}。另外，{second['content']}"
        if len(content) >= LENGTH * 0.7 and _keeps(centre, content):
            joined.append(first | {"type": "help", "confidential": False, "content": content[: int(LENGTH * 1.3)]})
    return [msgspec.json.encode(body) for body in joined]


def creates(centre: str, token: str) -> Iterator[bytes]:
    """Endless; each has an Idempotency-Key and a caller of its own."""
    run = uuid4().hex
    key, phone = "IDEMPOTENCY-KEY" + "-" * 17, "PHONE" + "-" * 6
    templates = [
        wire.post("/api/v1/orders", _called_from(phone, body), token, {"idempotency-key": key})
        .replace(b"%", b"%%")
        .replace(key.encode(), b"%(key)b")
        .replace(phone.encode(), b"%(phone)b")
        for body in intakes(centre)
    ]
    first = int(run[:7], 16) % 10**8
    for n in count():
        given = {b"key": b"%s%08x" % (run[:24].encode(), n), b"phone": b"139%08d" % ((first + n) % 10**8)}
        yield templates[n % len(templates)] % given


def commands(order_ids: Iterator[str], *, desk: str, unit: str, unit_code: str) -> Iterator[bytes]:
    """Takes order after order from `order_ids` through STEPS. `desk`, `unit`: API keys."""
    for order_id in order_ids:
        for version, (action, given) in enumerate(STEPS, start=1):
            asked = given | ({"unit": unit_code} if action == "dispatch" else {})
            yield act(order_id, action, version, desk if action in {"dispatch", "close"} else unit, **asked)


def act(order_id: str, action: str, version: int, token: str, **asked: Any) -> bytes:
    body = json.dumps({"action": action, "version": version, **asked}, ensure_ascii=False).encode()
    return wire.post(f"/api/v1/orders/{order_id}/actions", body, token)


def _called_from(phone: str, body: bytes) -> bytes:
    matter = json.loads(body)
    return msgspec.json.encode(matter | {"caller": matter["caller"] | {"phone": phone}})


def _keeps(centre: str, text: str) -> bool:
    facts = default_reader().read(text, centre)
    verdict = decide_ownership(facts)
    return verdict.decision == "keep" and not verdict.urgent and not facts.danger
