"""How often one address may come to the evaluation page: counted in this process, by a clock that is handed in."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

MAX_KEYS = 20_000  # the oldest are forgotten first, so that a flood of addresses takes no memory without end


class Limiter:
    """At most `times` in each `span` a key."""

    def __init__(self, times: int, span: timedelta) -> None:
        self._times = times
        self._span = span
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()

    def is_full(self, key: str, now: datetime) -> bool:
        seen = self._seen.get(key)
        while seen and seen[0] <= now - self._span:
            seen.popleft()
        return seen is not None and len(seen) >= self._times

    def note(self, key: str, now: datetime) -> None:
        seen = self._seen.setdefault(key, deque(maxlen=self._times))
        seen.append(now)
        self._seen.move_to_end(key)
        while len(self._seen) > MAX_KEYS:
            self._seen.popitem(last=False)
