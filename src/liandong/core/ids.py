"""Identifiers: time-ordered UUIDs (RFC 9562, version 7), so that indexes stay compact and newest-first is by id."""

import os
import time
from uuid import UUID


def new_id(now_ms: int | None = None) -> UUID:
    """A version 7 UUID. `now_ms` is Unix time in milliseconds; without it the system's clock is read, which only affects sorting."""
    ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    tail = int.from_bytes(os.urandom(10))
    value = (ms & 0xFFFF_FFFF_FFFF) << 80 | tail
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
