"""Messages handed in one after the other at a fresh centre 110, with the receipt that each must get: the vector docs/protocol/vectors/receipts.json."""

import json
from typing import Any
from uuid import UUID

from vectors import fixed_key

from liandong.conformance.session import b64

AT = "2026-03-03T02:00:00Z"
MATTER, OTHER = "01957000-0000-7000-8000-000000000100", "01957000-0000-7000-8000-000000000200"
OFFER = {
    "transfer_id": "01957000-0000-7000-8000-000000000101",
    "urgent": False,
    "part": False,
    "first_receiver": "12345",
    "sender_number": "120000-12345-20260303-000001",
    "round": 1,
    "content": "停在楼下的电动车让人偷了",
    "created_at": AT,
}
SAID = {"at": AT, "text": "车是红色的"}


def _id(number: int) -> str:
    return str(UUID(int=(0x01957000_0000_7000_8000_000000000000) + number))


def payload(number: int, seq: int, kind: str, body: Any, **change: Any) -> bytes:
    given = {"id": _id(number), "kind": kind, "sender": "12345", "receiver": "110", "matter_id": MATTER, "seq": seq}
    return json.dumps(given | {"sent_at": AT, "body": body} | change, ensure_ascii=False).encode()


def seal(said: bytes, *, kid: str = "12345-1", alg: str = "EdDSA") -> str:
    signed = f"{b64(json.dumps({'alg': alg, 'kid': kid}).encode())}.{b64(said)}"
    return f"{signed}.{b64(fixed_key('12345').sign(signed.encode()))}"


def cases() -> list[dict[str, Any]]:
    """Each with `why` and `sealed`; too long ones are described by `repeat`."""
    offer = payload(1, 1, "transfer.offered.v1", OFFER)
    supplement = "matter.supplemented.v1"
    good, other = seal(offer), seal(payload(2, 2, supplement, SAID))
    spoilt = good.rpartition(".")[0] + "." + other.rpartition(".")[2]
    told = [
        ("the signature is not of this text", spoilt),
        ("the kid is not known", seal(offer, kid="12345-9")),
        ("the alg is not EdDSA", seal(offer, alg="HS256")),
        ("the key belongs to another centre", seal(payload(3, 1, "transfer.offered.v1", OFFER, sender="gas"))),
        ("it is for another centre", seal(payload(4, 1, "transfer.offered.v1", OFFER, receiver="119"))),
        ("the payload is no envelope: it has no number", seal(b'{"id": "x"}')),
        ("it is no compact JWS", "not.a jws"),
        ("a message for a matter that was never offered", seal(payload(5, 1, supplement, SAID, matter_id=OTHER))),
        ("an offer; nothing before has used its number up", good),
        ("the same again", good),
        ("the same id with another payload", seal(payload(1, 2, supplement, SAID))),
        ("number 3 before number 2", seal(payload(6, 3, supplement, {"at": AT, "text": "第三条"}))),
        ("number 2, a kind that is not known", seal(payload(7, 2, "weather.changed.v9", {"sky": "grey"}))),
        ("number 3 again", seal(payload(6, 3, supplement, {"at": AT, "text": "第三条"}))),
        ("number 3 as another message", seal(payload(8, 3, supplement, SAID))),
        ("number 4: the body has no text", seal(payload(9, 4, supplement, {"at": AT}))),
        ("number 5, with fields that are not known", seal(payload(10, 5, supplement, SAID | {"mood": "calm"}, trace="1"))),
    ]  # fmt: skip
    return [
        *({"why": why, "sealed": sealed} for why, sealed in told),
        {"why": "longer than the limit", "repeat": {"text": "a", "times": 262_145}},
    ]


def text_of(case: dict[str, Any]) -> str:
    return case["sealed"] if "sealed" in case else case["repeat"]["text"] * case["repeat"]["times"]
