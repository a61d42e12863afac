"""Signatures by Standard Webhooks (standardwebhooks.com, 1.0): HMAC-SHA256 over `id.timestamp.payload`, `v1,` and base64.

The same is asked of partners whose requests have to be signed; there the payload is `METHOD target`, a line feed, and the body.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
PREFIX = "whsec_"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, message_id: str, at: datetime, payload: bytes) -> str:
    return _signature(secret, message_id, str(int(at.timestamp())), payload)


def is_signed(secret: str, message_id: str, timestamp: str, signature: str, payload: bytes, now: datetime) -> bool:
    """Of several signatures, divided by spaces, one has to fit; the time may differ by five minutes."""
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(int(timestamp) - now.timestamp()) > TOLERANCE.total_seconds():
        return False
    right = _signature(secret, message_id, timestamp, payload)
    return any(hmac.compare_digest(one.encode(), right.encode()) for one in signature.split())


def request_payload(method: str, target: str, body: bytes) -> bytes:
    """`target`: path with its query, as it was sent."""
    return f"{method} {target}\n".encode() + body


def _signature(secret: str, message_id: str, timestamp: str, payload: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("a secret is whsec_ and base64") from error
    signed = f"{message_id}.{timestamp}.".encode() + payload
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
