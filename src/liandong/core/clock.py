"""Time is a parameter: whoever needs the time is handed a clock."""

import os
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable


@runtime_checkable
class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock. LIANDONG_CLOCK_OFFSET (seconds) makes it wrong by that much: for tests of centres whose clocks differ."""

    def __init__(self) -> None:
        self._offset = timedelta(seconds=float(os.environ.get("LIANDONG_CLOCK_OFFSET") or 0))

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset


class ManualClock:
    """A clock that stands still until it is told to move; for stories and simulations."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, step: timedelta) -> None:
        self._now += step


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
