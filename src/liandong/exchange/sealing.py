"""Sealing: each message is a JWS compact serialisation (RFC 7515) signed with Ed25519 (RFC 8037), so any stack can read and write it.

`kid` names the sender's key; a peer may have several at a time, so that keys can be changed without a gap.
"""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from liandong.core.errors import AppError
from liandong.exchange.contracts import Envelope

MAX_MESSAGE = 256 * 1024  # bytes of one sealed message
_envelope = msgspec.json.Decoder(Envelope)


class _Header(Struct, frozen=True):
    alg: str
    kid: str


_header = msgspec.json.Decoder(_Header)


class PeerKey(Struct, frozen=True):
    centre: str
    public: Ed25519PublicKey


class Opened(Struct, frozen=True):
    """A message whose signature was checked. `digest` is of the exact bytes that were signed, in hex."""

    envelope: Envelope
    digest: str
    raw: str


class Sealer:
    """Signs what this centre sends."""

    def __init__(self, key: Ed25519PrivateKey, kid: str) -> None:
        self._key = key
        self._head = _b64(msgspec.json.encode({"alg": "EdDSA", "kid": kid}))

    def seal(self, envelope: Envelope) -> str:
        signed = self._head + b"." + _b64(msgspec.json.encode(envelope))
        return (signed + b"." + _b64(self._key.sign(signed))).decode()


class Opener:
    """Checks what comes in. Raises AppError: message_malformed, too_large, sender_unknown, signature_invalid, receiver_wrong."""

    def __init__(self, centre: str, keys: Mapping[str, PeerKey]) -> None:
        self._centre = centre
        self._keys = dict(keys)

    def open(self, sealed: str) -> Opened:
        if len(sealed) > MAX_MESSAGE:
            raise AppError("too_large", f"一条消息不得超过 {MAX_MESSAGE} 字节")
        head, payload, signature = self._split(sealed)
        peer = self._peer(head)
        try:
            peer.public.verify(signature, sealed.rpartition(".")[0].encode())
        except InvalidSignature as error:
            raise AppError("signature_invalid", "请检查双方登记的公钥") from error
        try:
            envelope = _envelope.decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise AppError("message_malformed", str(error)) from error
        if envelope.sender != peer.centre:
            raise AppError("sender_unknown", f"密钥属于{peer.centre}，消息却写着{envelope.sender}")
        if envelope.receiver != self._centre:
            raise AppError("receiver_wrong", f"收件方是{envelope.receiver}，本中心是{self._centre}")
        return Opened(envelope, hashlib.sha256(payload).hexdigest(), sealed)

    def _split(self, sealed: str) -> tuple[_Header, bytes, bytes]:
        try:
            head, payload, signature = sealed.split(".")
            return _header.decode(_unb64(head)), _unb64(payload), _unb64(signature)
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
            raise AppError("message_malformed", "不是 JWS 紧凑格式") from error

    def _peer(self, head: _Header) -> PeerKey:
        if head.alg != "EdDSA":
            raise AppError("signature_invalid", f"不支持的算法 {head.alg}")
        if head.kid not in self._keys:
            raise AppError("sender_unknown", f"没有登记编号为 {head.kid} 的公钥")
        return self._keys[head.kid]


def new_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def write_private(key: Ed25519PrivateKey, path: Path) -> None:
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.touch(mode=0o600)
    path.write_bytes(pem)


def read_private(path: Path) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path.name}: not an Ed25519 key")
    return key


def public_text(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return base64.b64encode(public.public_bytes_raw()).decode()


def read_public(text: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


def _b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _unb64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
