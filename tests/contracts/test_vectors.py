"""The test vectors of docs/protocol/vectors/: still true of our own code, and played back to it."""

import json
import os
from typing import Any

import msgspec
import pytest
from receipt_cases import cases, text_of
from schemas import faults
from vectors import FOLDER, STORIES, Recorder, fixed_key, store, written

import world as worlds
from liandong.exchange.sealing import Opener, PeerKey, public_text, read_public
from liandong.generate import message_schemas

SCHEMAS = message_schemas()
WRITE = bool(os.environ.get("LIANDONG_WRITE_VECTORS"))
RECEIPTS = FOLDER / "receipts.json"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds, "_key", fixed_key)


def _vector(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", STORIES)
async def test_the_conversation_is_still_held_so(open_world: Any, name: str) -> None:
    """The same centres say the same kinds to each other in the same order as the vector has it."""
    centres, story = STORIES[name]
    world = await open_world(*centres, arbitration=True)
    recorder = Recorder(world)
    await story(world)
    if WRITE:
        store(FOLDER / f"{name}.json", written(name, centres, recorder.said))
    now = [(m["from"], m["to"], m["kind"]) for m in recorder.said]
    assert now == [(m["from"], m["to"], m["kind"]) for m in _vector(name)["messages"]]
    assert all(m["receipt"]["status"] == "handled" for m in recorder.said)


@pytest.mark.parametrize("name", STORIES)
def test_every_message_of_a_vector_opens_and_fits_the_schemas(name: str) -> None:
    vector = _vector(name)
    known = {key["kid"]: PeerKey(code, read_public(key["public_key_base64"])) for code, key in vector["keys"].items()}
    heads: dict[tuple[str, str, str], int] = {}
    for message in vector["messages"]:
        opened = Opener(message["to"], known).open(message["sealed"]).envelope
        assert json.loads(msgspec.json.encode(opened)) == message["payload"]
        assert faults(message["payload"], SCHEMAS["envelope"]) == []
        assert faults(message["payload"]["body"], SCHEMAS[message["kind"]]) == []
        link = (message["from"], message["to"], message["payload"]["matter_id"])
        assert message["seq"] == heads.get(link, 0) + 1, "numbers run from 1 without gaps"
        heads[link] = message["seq"]


@pytest.mark.parametrize("name", STORIES)
async def test_who_was_asked_takes_the_conversation_when_it_is_played_back(open_world: Any, name: str) -> None:
    """A fresh node of the asked centre gets the other side's messages, sealed as they were, twice; each gets the receipt of then."""
    vector = _vector(name)
    asked = vector["messages"][0]["to"]
    world = await open_world(*STORIES[name][0], arbitration=True)
    receiver = world.centre(asked).node.receiver
    theirs = [m for m in vector["messages"] if m["to"] == asked and m["from"] == vector["messages"][0]["from"]]
    for _ in range(2):
        for message in theirs:
            (receipt,) = await receiver.receive([message["sealed"]], "vector")
            assert str(receipt.id) == message["payload"]["id"]
            assert receipt.status == message["receipt"]["status"], receipt
    assert len(await world.centre(asked).inbox()) == len(theirs)


async def _receipts(open_world: Any) -> list[dict[str, Any]]:
    world = await open_world("12345", "110")
    receiver = world.centre("110").node.receiver
    given = []
    for case in cases():
        (receipt,) = await receiver.receive([text_of(case)], "vector")
        plain = msgspec.to_builtins(receipt)
        given.append(case | {"receipt": {name: plain[name] for name in ("id", "status", "code") if name in plain}})
    return given


async def test_each_message_gets_the_receipt_that_the_vector_promises(open_world: Any) -> None:
    given = await _receipts(open_world)
    if WRITE:
        about = "Handed in one after the other at a fresh centre 110 that knows this key. `text` of a receipt is for people. Never use this key."
        key = {"kid": "12345-1", "public_key_base64": public_text(fixed_key("12345"))}
        store(RECEIPTS, {"about": about, "keys": {"12345": key}, "cases": given})
    assert _vector("receipts")["cases"] == given
    codes = {case["receipt"].get("code") for case in given}
    assert {"signature_invalid", "sender_unknown", "receiver_wrong", "message_malformed", "too_large", "out_of_order", "message_reused", "unknown_matter"} <= codes  # fmt: skip
    assert {case["receipt"]["status"] for case in given} == {"handled", "parked", "refused", "retry"}


def test_every_vector_has_its_test() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {*STORIES, "receipts"}
