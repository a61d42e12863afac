"""What was published stays readable and is still written to the byte."""

import json

import msgspec
import pytest
from goldens import FOLDER, KEY, KID, payload_of
from schemas import faults

from liandong.exchange.contracts import MESSAGES, Envelope
from liandong.exchange.receive import ACTIONS
from liandong.exchange.sealing import Opener, PeerKey, Sealer
from liandong.generate import message_schemas
from liandong.node import notice_handlers, understood

SCHEMAS = message_schemas()


@pytest.fixture(params=sorted(MESSAGES))
def golden(request):
    return json.loads((FOLDER / f"{request.param}.json").read_text(encoding="utf-8"))


def test_every_kind_has_its_golden_message_and_no_other():
    assert {path.name.removesuffix(".json") for path in FOLDER.glob("*.json")} == set(MESSAGES)


def test_every_kind_has_somebody_who_carries_it_out():
    assert set(understood()) == set(MESSAGES)
    assert not set(ACTIONS) & set(notice_handlers())


def test_a_golden_message_is_read(golden):
    opened = Opener("110", {KID: PeerKey("12345", KEY.public_key())}).open(golden["jws"])
    assert opened.envelope.kind == golden["kind"]
    assert json.loads(msgspec.json.encode(opened.envelope)) == golden["payload"]
    assert json.loads(payload_of(golden["jws"])) == golden["payload"]


def test_a_golden_message_is_written_to_the_byte(golden):
    envelope = msgspec.json.decode(payload_of(golden["jws"]), type=Envelope)
    assert Sealer(KEY, KID).seal(envelope) == golden["jws"]


def test_a_golden_body_is_read_and_written_to_the_byte(golden):
    text = msgspec.json.encode(msgspec.json.decode(payload_of(golden["jws"]))["body"])
    body = msgspec.json.decode(text, type=MESSAGES[golden["kind"]])
    assert msgspec.json.encode(body) == text


def test_a_golden_message_fits_the_published_schemas(golden):
    assert faults(golden["payload"], SCHEMAS["envelope"]) == []
    assert faults(golden["payload"]["body"], SCHEMAS[golden["kind"]]) == []


def test_a_golden_body_without_a_required_field_fits_no_more(golden):
    required = SCHEMAS[golden["kind"]].get("$defs", {})
    names = [
        name for name in golden["payload"]["body"] if any(name in d.get("required", ()) for d in required.values())
    ]
    assert names
    for name in names:
        broken = {k: v for k, v in golden["payload"]["body"].items() if k != name}
        assert faults(broken, SCHEMAS[golden["kind"]]), name
        with pytest.raises(msgspec.ValidationError, match=name):
            msgspec.convert(broken, MESSAGES[golden["kind"]])


def test_a_field_that_a_newer_peer_adds_is_passed_over(golden):
    newer = golden["payload"]["body"] | {"of_tomorrow": {"x": 1}}
    assert faults(newer, SCHEMAS[golden["kind"]]) == []
    assert msgspec.convert(newer, MESSAGES[golden["kind"]])
