"""The exact form of a day's root (docs/guarantees.md). Pure: bytes in, bytes out.

leaf   = order id (16 bytes) ‖ seq (4 bytes, big-endian) ‖ hash of the event (32 bytes)
bucket = SHA-256 of the leaves of the orders whose id ends in that byte, in order of id, then seq
root   = SHA-256( "liandong ledger 1 \\n centre \\n day \\n count \\n" ‖ root of the day before ‖ the 256 bucket roots )
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

SIZE = 32
BUCKETS = 256
EMPTY = hashlib.sha256(b"").digest()


class Tree:
    """The buckets of one day, grown leaf by leaf; `add` wants the leaves of a bucket in order. Constant memory."""

    def __init__(self) -> None:
        self._buckets = [hashlib.sha256() for _ in range(BUCKETS)]
        self.count = 0

    def add(self, order_id: UUID, seq: int, event_hash: bytes) -> None:
        leaf = order_id.bytes + seq.to_bytes(4, "big") + event_hash
        self._buckets[bucket_of(order_id)].update(leaf)
        self.count += 1

    def buckets(self) -> bytes:
        """256 roots, one after the other."""
        return b"".join(bucket.digest() for bucket in self._buckets)


def bucket_of(order_id: UUID) -> int:
    """The last byte: in ids of version 7 the first ones are the time and alike for a whole day."""
    return order_id.bytes[15]


def joined(found: Iterable[tuple[int, bytes]]) -> bytes:
    """Buckets by number, those that are not named being empty, as one string of bytes."""
    roots = [EMPTY] * BUCKETS
    for bucket, root in found:
        roots[bucket] = root
    return b"".join(roots)


def split(buckets: bytes) -> list[bytes]:
    return [buckets[at : at + SIZE] for at in range(0, len(buckets), SIZE)]


def differing(one: bytes, other: bytes) -> list[int]:
    """The numbers of the buckets that are not the same."""
    return [n for n, (a, b) in enumerate(zip(split(one), split(other), strict=True)) if a != b]


def as_hex(buckets: bytes) -> list[str]:
    return [root.hex() for root in split(buckets)]


def from_hex(buckets: Sequence[str]) -> bytes:
    return bytes.fromhex("".join(buckets))


def day_root(centre: str, day: date, *, count: int, previous: bytes, buckets: bytes) -> bytes:
    head = f"liandong ledger 1\n{centre}\n{day.isoformat()}\n{count}\n".encode()
    return hashlib.sha256(head + previous + buckets).digest()
