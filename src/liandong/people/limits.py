"""Rate limits in memory, a bucket of tokens for each name: a process lets through a rate and a burst, and says how long to wait."""

import math
import time

from liandong.core.errors import AppError

FORGET = 10_000  # buckets kept; beyond it the full ones are forgotten


class Limit:
    """`rate` a second, and at once no more than `burst`."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, name: str) -> None:
        """Raises AppError `too_many_requests` with `retry_after` in seconds."""
        now = time.monotonic()
        left, at = self._left.get(name, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate)
        if left < 1:
            wait = math.ceil((1 - left) / self._rate)
            raise AppError("too_many_requests", f"请 {wait} 秒后再试（try again in {wait} s）", retry_after=wait)
        if len(self._left) >= FORGET:
            self._forget(now)
        self._left[name] = (left - 1, now)

    def _forget(self, now: float) -> None:
        full = self._burst / self._rate
        self._left = {name: kept for name, kept in self._left.items() if now - kept[1] < full}
