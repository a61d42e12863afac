"""Sealed messages: what is opened, and each way in which a message may be wrong."""

import base64
import json
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from liandong.core.errors import AppError
from liandong.exchange.contracts import Envelope
from liandong.exchange.sealing import (
    MAX_MESSAGE,
    Opener,
    PeerKey,
    Sealer,
    new_key,
    public_text,
    read_private,
    read_public,
    write_private,
)

KEY, OTHER = new_key(), new_key()
SEALER = Sealer(KEY, "12345-1")
OPENER = Opener("110", {"12345-1": PeerKey("12345", KEY.public_key()), "119-1": PeerKey("119", OTHER.public_key())})


def envelope(**more):
    given = {"sender": "12345", "receiver": "110", "seq": 1, "body": {"text": "火"}} | more
    at = datetime(2025, 3, 4, tzinfo=UTC)
    return Envelope(id=UUID(int=1), kind="danger.raised.v1", matter_id=UUID(int=2), sent_at=at, **given)


def code_of(sealed):
    with pytest.raises(AppError) as refused:
        OPENER.open(sealed)
    return refused.value.code


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed_by_hand(header, payload, key=KEY):
    text = f"{b64(json.dumps(header).encode())}.{b64(payload)}"
    return f"{text}.{b64(key.sign(text.encode()))}"


def test_what_was_sealed_is_opened_as_it_was():
    opened = OPENER.open(SEALER.seal(envelope()))
    assert opened.envelope == envelope()


def test_sealing_twice_gives_the_same_bytes():
    assert SEALER.seal(envelope()) == SEALER.seal(envelope())


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_change_of_any_part_is_noticed(part):
    parts = SEALER.seal(envelope()).split(".")
    middle = len(parts[part]) // 2
    parts[part] = parts[part][:middle] + ("A" if parts[part][middle] != "A" else "B") + parts[part][middle + 1 :]
    assert code_of(".".join(parts)) in {"signature_invalid", "message_malformed", "sender_unknown"}


def test_another_s_key_is_noticed():
    assert code_of(Sealer(OTHER, "12345-1").seal(envelope())) == "signature_invalid"


def test_a_peer_may_not_speak_for_another():
    assert code_of(Sealer(OTHER, "119-1").seal(envelope())) == "sender_unknown"


def test_a_stranger_is_refused():
    assert code_of(Sealer(OTHER, "999-1").seal(envelope())) == "sender_unknown"


@pytest.mark.parametrize("alg", ["none", "HS256", "ES256", "eddsa", ""])
def test_no_other_algorithm_is_accepted_not_even_none(alg):
    sealed = signed_by_hand({"alg": alg, "kid": "12345-1"}, msgspec.json.encode(envelope()))
    assert code_of(sealed) == "signature_invalid"
    assert code_of(sealed.rpartition(".")[0] + ".") == "signature_invalid"


def test_a_message_for_somebody_else_is_refused():
    assert code_of(SEALER.seal(envelope(receiver="119"))) == "receiver_wrong"


def test_an_oversized_message_is_refused_before_its_signature_is_looked_at():
    assert code_of("x" * (MAX_MESSAGE + 1)) == "too_large"


@pytest.mark.parametrize("text", ["", ".", "..", "a.b", "a.b.c.d", "é.b.c", "\x00", "{}.{}.{}", "====.====.===="])
def test_what_is_no_jws_is_refused(text):
    assert code_of(text) == "message_malformed"


@pytest.mark.parametrize("payload", [b"", b"[]", b"{}", b'{"id":5}', b"\xff", b"[" * 5000])
def test_a_signed_payload_that_is_no_envelope_is_refused(payload):
    assert code_of(signed_by_hand({"alg": "EdDSA", "kid": "12345-1"}, payload)) == "message_malformed"


@pytest.mark.parametrize("seq", [0, -1, 2_000_000_001])
def test_a_number_out_of_range_is_refused(seq):
    assert code_of(SEALER.seal(envelope(seq=seq))) == "message_malformed"


def test_several_keys_of_one_peer_work_while_they_are_changed():
    opener = Opener("110", {"a": PeerKey("12345", KEY.public_key()), "b": PeerKey("12345", OTHER.public_key())})
    for key, kid in ((KEY, "a"), (OTHER, "b")):
        assert opener.open(Sealer(key, kid).seal(envelope())).envelope == envelope()


def test_a_private_key_is_written_for_its_owner_only_and_read_again(tmp_path):
    path = tmp_path / "key"
    write_private(KEY, path)
    assert path.stat().st_mode & 0o077 == 0
    assert public_text(read_private(path)) == public_text(KEY)
    assert public_text(read_public(public_text(KEY))) == public_text(KEY)
