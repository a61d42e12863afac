"""A second factor: codes by RFC 6238. The secret is sealed with the node's own key and each code counts once."""

import os
from datetime import datetime

import pyotp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

STEP = 30  # seconds
AROUND = 1  # steps before and after that are taken, for a phone whose clock is not quite right


class Box:
    """Seals secrets for this node's database: a copy of the database alone gives none of them away."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        made = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"liandong totp").derive(key.private_bytes_raw())
        self._box = AESGCM(made)

    def seal(self, account: str, secret: str) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._box.encrypt(nonce, secret.encode(), account.encode())

    def open(self, account: str, sealed: bytes) -> str:
        return self._box.decrypt(sealed[:12], sealed[12:], account.encode()).decode()


def new_secret() -> str:
    return pyotp.random_base32()


def uri_of(secret: str, account: str, centre: str) -> str:
    """What an authenticator reads from a picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=f"Liandong {centre}")


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code belongs to; None: it is no code of now."""
    here = int(now.timestamp()) // STEP
    code = code.replace(" ", "")
    for step in range(here - AROUND, here + AROUND + 1):
        if pyotp.utils.strings_equal(pyotp.TOTP(secret).generate_otp(step), code):
            return step
    return None
